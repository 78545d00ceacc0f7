"""Asking several services at once: one deadline for all, and a word for each part that is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
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
    holds: tuple[str, ...] = ()
    """The fields of the page that the answer consists of; without, the answer is the one field of the part's name."""

    @property
    def fields(self) -> tuple[str, ...]:
        return self.holds or (self.name,)


@dataclass(slots=True)
class Parts:
    """What came in time: JSON by part, as the services wrote it, and what did not."""

    content: dict[str, bytes] = field(default_factory=dict)
    unavailable: list[Unavailable] = field(default_factory=list)


_REASONS = {
    "service_unavailable": "“{title}”暂时连接不上，此部分稍后再看",
    "service_timeout": "“{title}”没有及时答复，此部分稍后再看",
    "service_failed": "“{title}”出错，此部分暂时看不到",
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
        result.unavailable.extend(missing(field, part.service, answer) for field in part.fields)
    return result


def missing(field: str, service: ServiceName, code: str) -> Unavailable:
    """A field of the page that stays empty, in words for a clerk."""
    reason = _REASONS[code].format(title=SERVICE_TITLES[service])
    return Unavailable(part=field, service=service, code=code, reason=reason)


def side_by_side(head: Mapping[str, Any], parts: Sequence[Part], answers: Parts) -> bytes:
    """The services' own JSON put side by side without reading it; a field without an answer is null."""
    pieces = [orjson.dumps(head)[1:-1]] if head else []
    for part in parts:
        content = answers.content.get(part.name)
        if content is None:
            pieces.extend(b'"%b":null' % field.encode() for field in part.fields)
        else:
            pieces.append(content[1:-1] if part.holds else b'"%b":%b' % (part.name.encode(), content))
    pieces.append(b'"unavailable":' + orjson.dumps([each.model_dump() for each in answers.unavailable]))
    return b"{%b}" % b",".join(pieces)


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
        answer = await upstreams.get(part.service, part.path, part.params, headers, deadline=deadline)
    except UpstreamUnavailable as error:
        return error.code
    match answer.status:
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
