"""Self-application 自主申请, its progress and its withdrawal (MON-5): pages and forms that need no script."""

from __future__ import annotations

import time
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from service_kit.auth import Context, Public
from service_kit.context import ServiceContext
from service_kit.errors import NotFound
from service_kit.receipts import ReceiptQuery
from service_kit.region import is_region_code
from service_kit.validation_messages import field_errors

from gateway.clients import upstreams_of
from gateway.gongshi import desk, pages, regions
from gateway.gongshi.answering import as_page, html
from gateway.gongshi.desk import ApplicationProgress, ObjectionProgress, Receipt, Rejected
from gateway.gongshi.forms import Filled, FormTooOld, by_field, errors_of, key_of, make_mark, read_form
from gateway.gongshi.look import look_of
from gateway.limits import few_enough, steady

router = APIRouter(dependencies=[Public], include_in_schema=False)

_METHODS = ["GET", "HEAD"]
_VILLAGE = 12
LABELS: Mapping[str, str] = {
    "village_code": "所在村（社区）",
    "head_name": "户主姓名",
    "id_number": "户主身份证号",
    "phone": "联系电话",
    "risk": "主要困难类型",
    "difficulty": "困难情况",
    "proxy_name": "代为申请人姓名",
    "proxy_relation": "与户主的关系",
}
PROGRESS_LABELS: Mapping[str, str] = {"number": "回执号", "phone_last4": "手机号后 4 位"}


@router.api_route("/apply", methods=_METHODS)
@as_page
async def apply_page(request: Request, ctx: Context) -> Response:
    """First the village, step by step through the regions; then the form."""
    region = request.query_params.get("region", "")
    place = await regions.around(ctx, region) if not region or is_region_code(region) else None
    if place is None:
        raise NotFound("没有这个地区，请从头选择。")
    if len(region) < _VILLAGE:
        body = pages.render("apply_where.html", look_of(request), path=place.path, children=place.children)
        return html(request, body, 200)
    return await _apply_form(request, ctx, region, Filled(labels=LABELS))


@router.post("/apply")
@as_page
async def apply(request: Request, ctx: Context) -> Response:
    """Hands it in; the receipt stands on the page that answers, and nowhere in an address."""
    started = time.monotonic()
    await few_enough(request, ctx)
    values = await read_form(request, ctx)
    content = {name: values.get(name, "") for name in LABELS}
    proxy = {name: content.pop(name) for name in ("proxy_name", "proxy_relation")}
    if values.get("by_proxy") or any(proxy.values()):
        content |= proxy
    errors: dict[str, str] = {name: "请填写" for name, value in content.items() if not value}
    receipt: Receipt | None = None
    if not errors:
        try:
            key = key_of(ctx, values)
            receipt = await desk.send(upstreams_of(ctx), "monitoring", "/public/applications", content, Receipt, key)
        except Rejected as rejected:
            errors = errors_of(rejected.problem, LABELS)
        except FormTooOld as old:
            errors = {"": old.title}
    await steady(started)
    if receipt is None:
        region = content["village_code"]
        if len(region) != _VILLAGE or not is_region_code(region):
            raise NotFound("没有选择村（社区），请从头选择。")
        return await _apply_form(request, ctx, region, Filled(values, errors, LABELS), status=422)
    body = pages.render("receipt.html", look_of(request), heading="申请已受理", receipt=receipt, again="/gongshi/apply")
    return html(request, body, 201, fresh=True)


async def _apply_form(
    request: Request, ctx: ServiceContext, region: str, filled: Filled, *, status: int = 200
) -> Response:
    place = await regions.around(ctx, region)
    if place is None or len(region) != _VILLAGE:
        raise NotFound("没有这个村（社区），请从头选择。")
    body = pages.render(
        "apply.html",
        look_of(request),
        village_code=region,
        village=" ".join(name for _, name in place.path[1:]),
        risks=await desk.risks(upstreams_of(ctx), region[:6]),
        mark=make_mark(ctx),
        filled=filled,
    )
    return html(request, body, status, fresh=True)


@router.api_route("/progress", methods=_METHODS)
@as_page
async def progress_page(request: Request) -> Response:
    body = pages.render("progress.html", look_of(request), filled=Filled(labels=PROGRESS_LABELS), found=None)
    return html(request, body, 200)


@router.post("/progress")
@as_page
async def progress(request: Request, ctx: Context) -> Response:
    """How a matter stands, by receipt number and the end of the phone number."""
    started = time.monotonic()
    await few_enough(request, ctx)
    values = await read_form(request, ctx)
    status, errors = 200, {}
    found: ApplicationProgress | ObjectionProgress | None = None
    try:
        query = ReceiptQuery(number=values.get("number", ""), phone_last4=values.get("phone_last4", ""))
        found = await _find(ctx, query)
    except ValidationError as invalid:
        status, errors = 422, by_field(field_errors(invalid.errors()))
    except NotFound as missing:
        status, errors = 404, {"": missing.detail or missing.title}
    except Rejected as rejected:
        status, errors = 422, errors_of(rejected.problem, PROGRESS_LABELS)
    await steady(started)
    return await _show(request, ctx, found, Filled(values, errors, PROGRESS_LABELS), status)


async def _find(ctx: ServiceContext, query: ReceiptQuery) -> ApplicationProgress | ObjectionProgress:
    """Raises: NotFound, Rejected, RateLimited, UpstreamUnavailable."""
    at = desk.DESKS.get(query.number[0])
    if at is None:
        raise NotFound("没有查到，请核对回执号和手机号后 4 位")
    service, name = at
    model = ApplicationProgress if name == "applications" else ObjectionProgress
    return await desk.send(upstreams_of(ctx), service, f"/public/{name}/progress", query.model_dump(), model)


@router.post("/withdraw")
@as_page
async def withdraw(request: Request, ctx: Context) -> Response:
    """Takes an application back; asked for on the page of its progress."""
    started = time.monotonic()
    await few_enough(request, ctx)
    values = await read_form(request, ctx)
    status, errors = 200, {}
    found: ApplicationProgress | None = None
    body = {name: values.get(name, "") for name in ("number", "phone_last4", "reason")}
    try:
        key = key_of(ctx, values)
        path = "/public/applications/withdrawal"
        found = await desk.send(upstreams_of(ctx), "monitoring", path, body, ApplicationProgress, key)
    except Rejected as rejected:
        status, errors = 409, errors_of(rejected.problem, PROGRESS_LABELS)
    except FormTooOld as old:
        status, errors = 400, {"": old.title}
    await steady(started)
    return await _show(request, ctx, found, Filled(values, errors, PROGRESS_LABELS), status)


async def _show(
    request: Request,
    ctx: ServiceContext,
    found: ApplicationProgress | ObjectionProgress | None,
    filled: Filled,
    status: int,
) -> Response:
    mark = make_mark(ctx)
    body = pages.render("progress.html", look_of(request), filled=filled, found=found, mark=mark)
    return html(request, body, status, fresh=True)
