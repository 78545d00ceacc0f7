"""What this service asks the monitoring service: how many people and villages a region has."""

from __future__ import annotations

import asyncio

from service_kit.clients import ServiceClient
from service_kit.context import ServiceContext
from service_kit.schemas import ReadModel


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
