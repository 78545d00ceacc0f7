"""The built single-page applications: ``/admin`` for the bureau, ``/m`` for the phone."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from service_kit.auth import Context, Public
from service_kit.errors import NotFound

from gateway.answers import accepts
from gateway.static.files import Dist, StaticFile

router = APIRouter(tags=["static"], dependencies=[Public], include_in_schema=False)

_PHONE = re.compile(r"Mobile|Android|iPhone|iPod|HarmonyOS", re.IGNORECASE)
_NOT_BUILT = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>界面尚未构建 · 衔接</title></head>
<body style="font:18px/1.7 'PingFang SC','HarmonyOS Sans SC','Microsoft YaHei','Noto Sans SC',sans-serif;max-width:36em;
margin:12vh auto;padding:0 16px;color:#1d2b26;background:#f6f7f4">
<h1 style="font-size:24px">界面尚未构建</h1>
<p>服务已经启动，但网页文件还没有生成。请在安装目录运行 <code>./linkage up</code>，完成后刷新本页。</p>
<p><a href="/gongshi" style="color:#1f6f54">公告公示</a>不受影响，可以照常查看。</p></body></html>"""

_METHODS = ["GET", "HEAD"]


@router.api_route("/", methods=_METHODS)
async def home(request: Request) -> Response:
    """Phones go to the phone's pages, everybody else to the desk's."""
    hint = request.headers.get("sec-ch-ua-mobile")
    phone = hint == "?1" or (hint is None and _PHONE.search(request.headers.get("user-agent", "")) is not None)
    headers = {"cache-control": "no-cache", "vary": "User-Agent, Sec-CH-UA-Mobile"}
    return RedirectResponse("/m" if phone else "/admin", status_code=302, headers=headers)


@router.api_route("/static/{path:path}", methods=_METHODS)
async def static_file(path: str, request: Request, ctx: Context) -> Response:
    return _file_or_404(_dist(ctx).find(f"static/{path}"), request)


@router.api_route("/favicon.svg", methods=_METHODS)
async def favicon(request: Request, ctx: Context) -> Response:
    return _file_or_404(_dist(ctx).find("favicon.svg"), request)


@router.api_route("/favicon.ico", methods=_METHODS)
async def favicon_by_habit() -> Response:
    return RedirectResponse("/favicon.svg", status_code=301)


@router.api_route("/robots.txt", methods=_METHODS)
async def robots() -> Response:
    """Only the public notices are for search engines."""
    return Response("User-agent: *\nAllow: /gongshi\nDisallow: /\n", media_type="text/plain")


@router.api_route("/admin", methods=_METHODS)
@router.api_route("/admin/{path:path}", methods=_METHODS)
async def admin_page(request: Request, ctx: Context, path: str = "") -> Response:
    """Every address of the application is its one page; the router in it does the rest."""
    return _page(_dist(ctx), "admin.html", request)


@router.api_route("/m", methods=_METHODS)
@router.api_route("/m/{path:path}", methods=_METHODS)
async def phone_page(request: Request, ctx: Context, path: str = "") -> Response:
    """The service worker and its kind are files; everything else is the one page."""
    dist = _dist(ctx)
    if path and (file := dist.find(f"m/{path}")) is not None:
        answer = _file(file, request)
        if path.endswith("sw.js"):
            # It lives under /m/ and also controls /m itself.
            answer.headers["service-worker-allowed"] = "/m"
        return answer
    if "." in path.rpartition("/")[2]:
        raise NotFound()
    return _page(dist, "m.html", request)


def _dist(ctx: Context) -> Dist:
    dist: Dist = ctx.extras["dist"]
    return dist


def _page(dist: Dist, name: str, request: Request) -> Response:
    file = dist.find(name)
    if file is None:
        return HTMLResponse(_NOT_BUILT, 503, {"cache-control": "no-store", "retry-after": "10"})
    return _file(file, request)


def _file_or_404(file: StaticFile | None, request: Request) -> Response:
    if file is None:
        raise NotFound()
    return _file(file, request)


def _file(file: StaticFile, request: Request) -> Response:
    headers = {"etag": file.etag, "cache-control": file.caching}
    content = file.content
    if file.encoded:
        headers["vary"] = "Accept-Encoding"
        for coding in ("br", "gzip"):
            if coding in file.encoded and accepts(request, coding):
                content = file.encoded[coding]
                headers["content-encoding"] = coding
                break
    if file.etag in request.headers.get("if-none-match", ""):
        headers.pop("content-encoding", None)
        return Response(None, 304, headers)
    headers["content-length"] = str(len(content))
    body = None if request.method == "HEAD" else content
    return Response(body, 200, headers, media_type=file.media_type)
