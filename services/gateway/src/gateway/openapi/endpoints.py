"""The merged document over HTTP, made from what the running services say of themselves."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import orjson
import structlog
from fastapi import APIRouter, Request, Response
from service_kit.auth import Context, Public

from gateway.clients import SERVICES, Upstreams, UpstreamUnavailable, upstreams_of
from gateway.openapi.merging import merge

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/api", tags=["openapi"])

_DEADLINE_SECONDS = 5.0
_COMPLETE_SECONDS = 300.0
_INCOMPLETE_SECONDS = 5.0
_KEY = "merged_openapi"


@router.get("/openapi.json", dependencies=[Public], include_in_schema=False)
async def merged_openapi(request: Request, ctx: Context) -> Response:
    """Kept for five minutes; for five seconds only when a service was missing, which ``x-unavailable`` names."""
    known: tuple[float, bytes] | None = ctx.extras.get(_KEY)
    if known is None or known[0] <= time.monotonic():
        upstreams = upstreams_of(ctx)
        answers = await asyncio.gather(*(_document_of(upstreams, service) for service in SERVICES))
        documents: dict[str, Any] = {"gateway": request.app.openapi()}
        documents |= {name: answer for name, answer in zip(SERVICES, answers, strict=True) if answer is not None}
        merged = merge(documents)
        missing = [name for name in SERVICES if name not in documents]
        if missing:
            merged["x-unavailable"] = missing
        lifetime = _INCOMPLETE_SECONDS if missing else _COMPLETE_SECONDS
        known = (time.monotonic() + lifetime, orjson.dumps(merged))
        ctx.extras[_KEY] = known
    return Response(known[1], media_type="application/json")


async def _document_of(upstreams: Upstreams, service: str) -> dict[str, Any] | None:
    try:
        answer = await upstreams.get(service, "/openapi.json", deadline=_DEADLINE_SECONDS)
        if answer.status != 200:
            log.warning("openapi_unavailable", peer=service, status=answer.status)
            return None
        document: dict[str, Any] = orjson.loads(answer.content)
    except (UpstreamUnavailable, orjson.JSONDecodeError) as error:
        log.warning("openapi_unavailable", peer=service, error=type(error).__name__)
        return None
    return document
