"""Public notices for everybody, without login and without a script (GW-5)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from service_kit.auth import Context, Public
from service_kit.errors import NotFound, ValidationFailed
from service_kit.pagination import decode_cursor
from service_kit.region import is_region_code

from gateway.answers import whole
from gateway.clients import SERVICES, UpstreamUnavailable, upstreams_of
from gateway.gongshi import notices, pages, regions
from gateway.gongshi.terms import service_of

router = APIRouter(prefix="/gongshi", tags=["gongshi"], dependencies=[Public], include_in_schema=False)

_METHODS = ["GET", "HEAD"]


@router.api_route("", methods=_METHODS)
async def list_page(request: Request, ctx: Context) -> Response:
    """Query: ``region``, ``kind`` (a kind, or a service for all its kinds), ``cursor``. What cannot be understood gives
    a page that says so, never a problem document."""
    query = request.query_params
    region, kind, cursor = query.get("region", ""), query.get("kind", ""), query.get("cursor") or None
    service = service_of(kind) if kind else None
    if (region and not is_region_code(region)) or (kind and service is None) or not _is_cursor(cursor):
        return _message(request, 404, "没有这个列表", "网址不完整或已经变了,请从公告首页重新查找。")
    place = await regions.around(ctx, region)
    if place is None:
        return _message(request, 404, "没有这个地区", "请从公告首页按地区重新查找。")
    filters = {"region": region} if region else {}
    if service is not None and kind != service:
        filters["kind"] = kind
    chosen = (service,) if service else SERVICES
    listing = await notices.list_notices(upstreams_of(ctx), chosen, filters, cursor)
    html = pages.render_list(listing, path=place.path, children=place.children, kind=kind, cursor=cursor)
    return _html(request, html, 503 if len(listing.missing) == len(chosen) else 200, fresh=bool(listing.missing))


@router.api_route("/{service}/{notice_id}", methods=_METHODS)
async def notice_page(request: Request, ctx: Context, service: str, notice_id: str) -> Response:
    county = request.query_params.get("county")
    try:
        if service not in SERVICES or (county and not is_region_code(county)):
            raise NotFound()
        notice = await notices.get_notice(upstreams_of(ctx), service, _uuid(notice_id), county)
    except NotFound:
        return _message(request, 404, "没有这条公告", "公告不存在,或者还没有到发布的时间。")
    except UpstreamUnavailable as error:
        return _message(request, 503, "暂时打不开", error.detail or error.title)
    return _html(request, pages.render_notice(service, notice), 200)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


def _is_cursor(cursor: str | None) -> bool:
    if cursor is None:
        return True
    try:
        decode_cursor(cursor, (datetime, str, UUID))
    except ValidationFailed:
        return False
    return len(cursor) <= 500


def _message(request: Request, status: int, heading: str, text: str) -> Response:
    return _html(request, pages.render_message(heading, text), status, fresh=True)


def _html(request: Request, html: str, status: int, *, fresh: bool = False) -> Response:
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": pages.POLICY,
        "cache-control": "no-store" if fresh else "public, max-age=60",
    }
    if status == 503:
        headers["retry-after"] = "10"
    answer = whole(html.encode(), status, headers, request)
    return answer if request.method != "HEAD" else Response(None, status, dict(answer.headers))
