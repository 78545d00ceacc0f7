"""Asking several services at once: one deadline for all, and a word for each part that is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx
import structlog
from fastapi import Request
from pydantic import BaseModel
from service_kit.context import ServiceContext
from service_kit.errors import DomainError, Forbidden, NotFound
from service_kit.tokens import Actor

from gateway.clients import SERVICE_TITLES, ServiceName, Upstreams, UpstreamUnavailable, upstreams_of
from gateway.identity.sessions import session_of, sessions_of
from gateway.settings import settings_of

log = structlog.get_logger(__name__)


class Unavailable(BaseModel):
    """A part that is missing from a page, and why."""

    part: str
    service: str
    code: str
    """``service_unavailable``, ``service_timeout``, ``forbidden``, ``not_found`` or ``service_failed``."""
    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """One question to one service."""

    name: str
    service: ServiceName
    path: str
    permission: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    main: bool = False
    """The page is about this: when it does not exist or may not be seen, there is no page."""


@dataclass(slots=True)
class Parts:
    """What came in time: JSON by part, as the services wrote it, and what did not."""

    content: dict[str, bytes] = field(default_factory=dict)
    unavailable: list[Unavailable] = field(default_factory=list)


_REASONS = {
    "service_unavailable": "“{title}”暂时连接不上,此部分稍后再看",
    "service_timeout": "“{title}”没有及时答复,此部分稍后再看",
    "service_failed": "“{title}”出错,此部分暂时看不到",
    "forbidden": "没有查看此部分的权限",
    "not_found": "没有找到此部分的内容",
}


async def gather(ctx: ServiceContext, request: Request, actor: Actor, parts: Sequence[Part]) -> Parts:
    """Ask for all parts at the same time.

    Raises:
        NotFound, Forbidden: said by the service of the main part.
    """
    token = sessions_of(ctx).service_token(session_of(request))
    headers = {
        "authorization": f"Bearer {token}",
        "x-request-id": request.state.request_id,
        "accept-language": request.headers.get("accept-language", "zh-CN"),
        "accept-encoding": "identity",
    }
    upstreams = upstreams_of(ctx)
    asked = [part for part in parts if actor.may(part.permission)]
    deadline = settings_of(ctx).page_deadline_seconds
    answers = await asyncio.gather(*(_ask(upstreams, part, headers, deadline) for part in asked))
    by_name = dict(zip((part.name for part in asked), answers, strict=True))
    result = Parts()
    for part in parts:
        answer = by_name.get(part.name, "forbidden")
        if isinstance(answer, bytes):
            result.content[part.name] = answer
            continue
        if part.main and (refusal := _refusal(answer)):
            raise refusal
        title = SERVICE_TITLES[part.service]
        result.unavailable.append(
            Unavailable(part=part.name, service=part.service, code=answer, reason=_REASONS[answer].format(title=title))
        )
    return result


def _refusal(code: str) -> DomainError | None:
    match code:
        case "not_found":
            return NotFound()
        case "forbidden":
            return Forbidden()
        case _:
            return None


async def _ask(upstreams: Upstreams, part: Part, headers: dict[str, str], deadline: float) -> bytes | str:
    """The JSON of a part, or the code of why there is none."""
    try:
        async with asyncio.timeout(deadline):
            answer = await upstreams.http.get(
                upstreams.url(part.service, part.path), params=dict(part.params), headers=headers
            )
    except UpstreamUnavailable:
        return "service_unavailable"
    except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout):
        log.warning("part_timeout", part=part.name, peer=part.service)
        return "service_timeout"
    except httpx.TransportError as error:
        log.warning("part_unavailable", part=part.name, peer=part.service, error=type(error).__name__)
        return "service_unavailable"
    match answer.status_code:
        case 200:
            return answer.content
        case 403:
            return "forbidden"
        case 404:
            return "not_found"
        case 502 | 503 | 504:
            return "service_unavailable"
        case status:
            log.warning("part_failed", part=part.name, peer=part.service, status=status)
            return "service_failed"
