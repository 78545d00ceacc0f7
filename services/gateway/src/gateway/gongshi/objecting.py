"""Objecting to a notice 对公示提出异议 from its public page (FND-7)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request, Response
from service_kit.auth import Context, Public
from service_kit.context import ServiceContext
from service_kit.errors import NotFound
from service_kit.region import is_region_code

from gateway.clients import SERVICES, ServiceName, upstreams_of
from gateway.gongshi import desk, notices, pages
from gateway.gongshi.answering import as_page, html, message
from gateway.gongshi.desk import Receipt, Rejected
from gateway.gongshi.forms import Filled, FormTooOld, errors_of, key_of, make_mark, read_form
from gateway.gongshi.look import look_of
from gateway.gongshi.notices import Notice
from gateway.limits import few_enough, steady

router = APIRouter(dependencies=[Public], include_in_schema=False)

LABELS: Mapping[str, str] = {"name": "您的姓名", "phone": "联系电话", "statement": "异议内容"}


@router.api_route("/{service}/{notice_id}/objection", methods=["GET", "HEAD"])
@as_page
async def objection_page(request: Request, ctx: Context, service: str, notice_id: str) -> Response:
    known, notice = await _notice(request, ctx, service, notice_id)
    if not pages.takes_objections(notice):
        return message(request, 409, "公示期已过", "这条公告的公示期已过，不再受理网上异议。可直接联系发布单位。")
    return _form(request, ctx, known, notice, Filled(labels=LABELS))


@router.post("/{service}/{notice_id}/objection")
@as_page
async def raise_objection(request: Request, ctx: Context, service: str, notice_id: str) -> Response:
    started = time.monotonic()
    await few_enough(request, ctx)
    values = await read_form(request, ctx)
    known, notice = await _notice(request, ctx, service, notice_id)
    errors = {name: "请填写" for name in LABELS if not values.get(name)}
    receipt: Receipt | None = None
    if not errors:
        content = {name: values[name] for name in LABELS} | {"county_code": notice.county_code}
        try:
            key, path = key_of(ctx, values), f"/public/notices/{notice.id}/objections"
            receipt = await desk.send(upstreams_of(ctx), known, path, content, Receipt, key)
        except Rejected as rejected:
            errors = errors_of(rejected.problem, LABELS)
        except FormTooOld as old:
            errors = {"": old.title}
    await steady(started)
    if receipt is None:
        return _form(request, ctx, known, notice, Filled(values, errors, LABELS), status=422)
    again = pages.notice_href(known, notice)
    body = pages.render("receipt.html", look_of(request), heading="异议已收到", receipt=receipt, again=again)
    return html(request, body, 201, fresh=True)


def _form(
    request: Request, ctx: ServiceContext, service: ServiceName, notice: Notice, filled: Filled, *, status: int = 200
) -> Response:
    body = pages.render(
        "objection.html",
        look_of(request),
        notice=notice,
        notice_href=pages.notice_href(service, notice),
        action=pages.objection_href(service, notice),
        mark=make_mark(ctx),
        filled=filled,
    )
    return html(request, body, status, fresh=True)


async def _notice(request: Request, ctx: ServiceContext, service: str, notice_id: str) -> tuple[ServiceName, Notice]:
    """Raises: NotFound, UpstreamUnavailable."""
    county = request.query_params.get("county")
    known: ServiceName | None = next((name for name in SERVICES if name == service), None)
    if known is None or (county and not is_region_code(county)):
        raise NotFound("没有这条公告。")
    try:
        wanted = UUID(notice_id)
    except ValueError:
        raise NotFound("没有这条公告。") from None
    return known, await notices.get_notice(upstreams_of(ctx), known, wanted, county)
