"""Notices of three services as one list: the newest first, whichever service put them up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import structlog
from pydantic import BaseModel, ValidationError
from service_kit.errors import NotFound
from service_kit.pagination import encode_cursor

from gateway.clients import ServiceName, Upstreams, UpstreamUnavailable, unavailable
from gateway.wire import Answer

log = structlog.get_logger(__name__)

PAGE_SIZE = 20
DEADLINE_SECONDS = 3.0


class NoticeTable(BaseModel):
    columns: list[str]
    rows: list[list[str]]


class NoticeRow(BaseModel):
    """As every service's ``/public/notices`` lists it."""

    id: UUID
    county_code: str
    region_code: str
    region_name: str | None
    kind: str
    title: str
    document_number: str | None
    starts_on: date
    ends_on: date | None
    published_at: datetime

    @property
    def key(self) -> tuple[datetime, str, UUID]:
        """The order that all services list by."""
        return self.published_at, self.county_code, self.id


class Notice(NoticeRow):
    paragraphs: list[str]
    table: NoticeTable | None


class _Page(BaseModel):
    items: list[NoticeRow]
    next: str | None


@dataclass(slots=True)
class Listing:
    items: list[tuple[ServiceName, NoticeRow]] = field(default_factory=list)
    next: str | None = None
    missing: list[ServiceName] = field(default_factory=list)
    """Services whose notices are not in the list because they did not answer."""


async def list_notices(
    upstreams: Upstreams, services: tuple[ServiceName, ...], filters: Mapping[str, str], cursor: str | None
) -> Listing:
    """One page of the merged list.

    All services list by the same key, so the key of the last notice shown is the cursor for each of them.
    """
    params: dict[str, str | int] = {**filters, "limit": PAGE_SIZE}
    if cursor:
        params["cursor"] = cursor
    answers = await asyncio.gather(*(_page(upstreams, service, params) for service in services))
    listing = Listing()
    found: list[tuple[ServiceName, NoticeRow]] = []
    more = False
    for service, page in zip(services, answers, strict=True):
        if page is None:
            listing.missing.append(service)
            continue
        found.extend((service, row) for row in page.items)
        more = more or page.next is not None
    found.sort(key=lambda pair: pair[1].key, reverse=True)
    listing.items = found[:PAGE_SIZE]
    if listing.items and (more or len(found) > PAGE_SIZE):
        listing.next = encode_cursor(listing.items[-1][1].key)
    return listing


async def get_notice(upstreams: Upstreams, service: ServiceName, notice_id: UUID, county: str | None) -> Notice:
    """Raises NotFound, UpstreamUnavailable."""
    params = {"county": county} if county else {}
    answer = await upstreams.get(service, f"/public/notices/{notice_id}", params, deadline=DEADLINE_SECONDS)
    if answer.status in {404, 422}:
        raise NotFound()
    try:
        return Notice.model_validate_json(_content(answer))
    except (_Failed, ValidationError) as error:
        log.warning("notice_unavailable", peer=service, error=type(error).__name__)
        raise unavailable(service) from error


async def _page(upstreams: Upstreams, service: ServiceName, params: dict[str, str | int]) -> _Page | None:
    try:
        answer = await upstreams.get(service, "/public/notices", params, deadline=DEADLINE_SECONDS)
        return _Page.model_validate_json(_content(answer))
    except (UpstreamUnavailable, _Failed, ValidationError) as error:
        log.warning("notices_unavailable", peer=service, error=type(error).__name__)
        return None


class _Failed(Exception):
    """The service answered with an error."""


def _content(answer: Answer) -> bytes:
    if answer.status != 200:
        raise _Failed(str(answer.status))
    return answer.content
