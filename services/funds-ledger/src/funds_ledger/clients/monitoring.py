"""What this service asks the monitoring service: how many people a region has, and who is listed or known there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from service_kit.clients import ServiceClient
from service_kit.context import ServiceContext
from service_kit.schemas import ApiModel, ReadModel


class People(ReadModel):
    people: int


class VillageTypes(ReadModel):
    by_type: dict[str, int]


class RegionFigures(ReadModel):
    """A region of the next level, as the overview counts it."""

    code: str
    name: str
    population: People
    lifted: People
    monitored: People
    villages: VillageTypes


class _Overview(ReadModel):
    children: list[RegionFigures]


_DEADLINE_SECONDS = 10.0
_AT_ONCE = 4


async def figures_below(ctx: ServiceContext, token: str | None, county_code: str, level: str) -> list[RegionFigures]:
    """Figures of all townships, or of all villages, of a county, recounted now with the acting person's token.

    Raises:
        PeerUnavailable, PeerFailed, NotFound, Forbidden, Unauthenticated.
    """
    async with ServiceClient(ctx, "monitoring", deadline=_DEADLINE_SECONDS, token=token) as client:
        townships = (await client.get("/overview", _Overview, {"region": county_code})).children
        if level == "township":
            return townships
        gate = asyncio.Semaphore(_AT_ONCE)

        async def villages(code: str) -> list[RegionFigures]:
            async with gate:
                return (await client.get("/overview", _Overview, {"region": code})).children

        found = await asyncio.gather(*(villages(township.code) for township in townships))
        return [village for part in found for village in part]


class Entitled(ReadModel):
    """A person whom the register lists for a subsidy."""

    member_id: UUID
    household_id: UUID
    village_code: str
    name: str
    id_number: str | None


class _EntitledPage(ReadModel):
    items: list[Entitled]
    next: str | None


class Known(ReadModel):
    """What the register says of one of the numbers asked about; ``place`` is its position."""

    place: int
    member_id: UUID
    household_id: UUID
    village_code: str
    name: str
    state: str
    supported: bool = True
    """Of a lifted or monitored household."""


class _Matches(ReadModel):
    items: list[Known]


class _Numbers(ApiModel):
    region: str
    id_numbers: list[str]


_OWN_PERMISSIONS = ("monitoring.entitlements:read",)
"""Whole identity numbers travel only between the services; no person may ask for them."""
_PAGE = 2_000
_LIST_SECONDS = 60.0


async def entitled_people(
    ctx: ServiceContext, county_code: str, listed_by: str, value: str, among: str, on: date, *, most: int
) -> list[Entitled]:
    """Everybody whom the register lists in a county on a day, at most ``most`` and one page more.

    Raises:
        PeerUnavailable, PeerFailed.
    """
    params: dict[str, str | int] = {
        "region": county_code,
        "listed_by": listed_by,
        "value": value,
        "among": among,
        "on": on.isoformat(),
        "limit": _PAGE,
    }
    found: list[Entitled] = []
    async with ServiceClient(ctx, "monitoring", deadline=_LIST_SECONDS, permissions=_OWN_PERMISSIONS) as client:
        while len(found) <= most:
            page = await client.get("/entitlements", _EntitledPage, params)
            found += page.items
            if page.next is None:
                break
            params["cursor"] = page.next
    return found


async def match_people(ctx: ServiceContext, county_code: str, id_numbers: Sequence[str]) -> dict[int, Known]:
    """What the register says of people by their numbers, by their place in ``id_numbers``; 2,000 a call.

    Raises:
        PeerUnavailable, PeerFailed.
    """
    gate = asyncio.Semaphore(_AT_ONCE)
    async with ServiceClient(ctx, "monitoring", deadline=_LIST_SECONDS, permissions=_OWN_PERMISSIONS) as client:

        async def part(start: int) -> dict[int, Known]:
            body = _Numbers(region=county_code, id_numbers=list(id_numbers[start : start + _PAGE]))
            async with gate:
                answer = await client.post("/entitlements/matches", body, _Matches)
            return {start + found.place: found for found in answer.items}

        parts = await asyncio.gather(*(part(start) for start in range(0, len(id_numbers), _PAGE)))
    return {place: found for one in parts for place, found in one.items()}
