"""Public notices for everybody, and the ways in, without login and without a script (GW-5)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from service_kit.auth import Context, Public
from service_kit.context import context_of
from service_kit.errors import NotFound, ValidationFailed
from service_kit.pagination import decode_cursor
from service_kit.region import is_region_code

from gateway.clients import SERVICES, UpstreamUnavailable, upstreams_of
from gateway.gongshi import applying, notices, objecting, pages, regions
from gateway.gongshi.answering import html, message
from gateway.gongshi.look import COOKIE, LARGE, is_own_path, look_of
from gateway.gongshi.terms import service_of
from gateway.settings import settings_of

router = APIRouter(prefix="/gongshi", tags=["gongshi"], dependencies=[Public], include_in_schema=False)

_METHODS = ["GET", "HEAD"]


@router.api_route("", methods=_METHODS)
async def list_page(request: Request, ctx: Context) -> Response:
    """Query: ``region``, ``kind`` (a kind, or a service for all its kinds), ``year``, ``q``, ``cursor``. What cannot be
    understood gives a page that says so, never a problem document."""
    query = request.query_params
    region, kind, cursor = query.get("region", ""), query.get("kind", ""), query.get("cursor") or None
    year, q = query.get("year", ""), query.get("q", "").strip()[:50]
    service = service_of(kind) if kind else None
    understood = (not region or is_region_code(region)) and (not kind or service is not None) and _is_cursor(cursor)
    if not understood or not _is_year(year) or not q.isprintable():
        return message(request, 404, "没有这个列表", "网址不完整或已经变了，请从公告首页重新查找。")
    place = await regions.around(ctx, region)
    if place is None:
        return message(request, 404, "没有这个地区", "请从公告首页按地区重新查找。")
    filters = {"region": region} if region else {}
    filters |= {name: value for name, value in (("year", year), ("q", q)) if value}
    if service is not None and kind != service:
        filters["kind"] = kind
    chosen = (service,) if service else SERVICES
    listing = await notices.list_notices(upstreams_of(ctx), chosen, filters, cursor)
    body = pages.render_list(
        look_of(request),
        listing,
        path=place.path,
        children=place.children,
        kind=kind,
        year=year,
        q=q,
        cursor=cursor,
    )
    return html(request, body, 503 if len(listing.missing) == len(chosen) else 200, fresh=bool(listing.missing))


@router.api_route("/type", methods=_METHODS)
async def type_size(request: Request) -> Response:
    """Switches large type on or off and leads back; a cookie remembers it for a year."""
    back = request.query_params.get("to", "/gongshi")
    answer = RedirectResponse(back if is_own_path(back) else "/gongshi", status_code=303)
    answer.headers["cache-control"] = "no-store"
    if request.query_params.get("size") == LARGE:
        secure = settings_of(await context_of(request)).cookie_secure
        answer.set_cookie(
            COOKIE, LARGE, max_age=365 * 86400, path="/gongshi", httponly=True, secure=secure, samesite="lax"
        )
    else:
        answer.delete_cookie(COOKIE, path="/gongshi")
    return answer


router.include_router(applying.router)


@router.api_route("/{service}/{notice_id}", methods=_METHODS)
async def notice_page(request: Request, ctx: Context, service: str, notice_id: str) -> Response:
    county = request.query_params.get("county")
    try:
        if service not in SERVICES or (county and not is_region_code(county)):
            raise NotFound()
        notice = await notices.get_notice(upstreams_of(ctx), service, _uuid(notice_id), county)
    except NotFound:
        return message(request, 404, "没有这条公告", "公告不存在，或者还没有到发布的时间。")
    except UpstreamUnavailable as error:
        return message(request, 503, "暂时打不开", error.detail or error.title, **{"retry-after": "10"})
    return html(request, pages.render_notice(look_of(request), service, notice), 200)


router.include_router(objecting.router)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


def _is_year(year: str) -> bool:
    return not year or (len(year) == 4 and year.isascii() and year.isdigit() and "2000" <= year < "3000")


def _is_cursor(cursor: str | None) -> bool:
    if cursor is None:
        return True
    try:
        decode_cursor(cursor, (datetime, str, UUID))
    except ValidationFailed:
        return False
    return len(cursor) <= 500
