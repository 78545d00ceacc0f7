"""One screen from one call (GW-2)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from service_kit.auth import Context
from service_kit.coalesce import coalescer
from service_kit.context import ServiceContext
from service_kit.errors import NotFound
from service_kit.ids import Uuid7
from service_kit.region import RegionCode, VillageCode, ancestors_of, contains, level_of
from service_kit.tokens import Actor

from gateway.answers import Content, whole
from gateway.identity.auth import Anyone
from gateway.identity.service.views import NATION_NAME
from gateway.pages import overview
from gateway.pages.parts import Part, gather, missing, side_by_side
from gateway.pages.schemas import HouseholdPage, Overview, VillagePage

router = APIRouter(prefix="/api/pages", tags=["pages"])

_NAMES = "SELECT code, name FROM region WHERE code = ANY($1)"
_NAMES_BELOW = "SELECT code, name FROM region WHERE code = ANY($1) OR parent_code = $2"
_JSON = {"content-type": "application/json"}


@router.get("/overview", summary="总览", response_model=Overview)
async def get_overview_page(
    actor: Anyone,
    request: Request,
    ctx: Context,
    region: Annotated[RegionCode | None, Query(description="不填为本人所在地区")] = None,
) -> Response:
    """Figures of a region and of the regions below it. A service that does not answer in time is named in
    ``unavailable`` and its figures are null.

    Raises:
        NotFound: no such region, or outside the reader's.
    """
    code = actor.region if region is None else region

    async def ask() -> Content:
        names, parts = await asyncio.gather(
            _region_names(ctx, actor, code, below=True), gather(ctx, request, actor, overview.parts_for(code))
        )
        return Content(orjson.dumps(overview.compose(_page_region(code, names), parts, names)))

    # Nothing else than these makes one reader's overview differ from another's.
    content = await coalescer(ctx, "overview").fresh((actor.permissions, actor.region, code), ask)
    return whole(content, 200, _JSON, request)


@router.get("/villages/{code}", summary="村页面", response_model=VillagePage)
async def get_village_page(actor: Anyone, request: Request, ctx: Context, code: VillageCode) -> Response:
    """What the three services know of a village.

    Raises:
        NotFound: no such village, or outside the reader's region.
    """
    names = await _region_names(ctx, actor, code)
    parts = village_parts(code)
    answers = await gather(ctx, request, actor, parts)
    return whole(side_by_side({"region": _page_region(code, names)}, parts, answers), 200, _JSON, request)


@router.get("/households/{household_id}", summary="农户页面", response_model=HouseholdPage)
async def get_household_page(actor: Anyone, request: Request, ctx: Context, household_id: Uuid7) -> Response:
    """What the three services know of a household.

    Raises:
        NotFound: no such household, or outside the reader's region.
    """
    parts = household_parts(str(household_id))
    answers = await gather(ctx, request, actor, parts)
    if "dossier" in answers.content and not actor.may("monitoring.visits:read"):
        answers.unavailable.append(missing("visits", "monitoring", "forbidden"))
    return whole(side_by_side({}, parts, answers), 200, _JSON, request)


def village_parts(code: str) -> list[Part]:
    here: dict[str, str | int] = {"region": code, "limit": 20}
    return [
        Part("village", "monitoring", f"/villages/{code}", "monitoring.villages:read", main=True),
        Part("households", "monitoring", "/households", "monitoring.households:read", here | {"with_total": "true"}),
        Part("visits", "monitoring", "/visits", "monitoring.visits:read", here | {"limit": 10}),
        Part("assets", "assets", "/assets", "assets.assets:read", here),
        Part("funds", "funds", "/allocations", "funds.allocations:read", here),
    ]


def household_parts(household_id: str) -> list[Part]:
    of_household: dict[str, str | int] = {"household_id": household_id, "limit": 20}
    return [
        Part(
            "dossier",
            "monitoring",
            f"/households/{household_id}/dossier",
            "monitoring.households:read",
            main=True,
            holds=("household", "history", "visits"),
        ),
        Part("assets", "assets", "/assets", "assets.assets:read", of_household),
    ]


async def _region_names(ctx: ServiceContext, actor: Actor, code: str, *, below: bool = False) -> dict[str, str]:
    """Names of a region, of those above it and, if wanted, of those right below it.

    Raises:
        NotFound: the region is not in the catalogue or not the actor's.
    """
    if not contains(actor.region, code):
        raise NotFound()
    wanted = [*ancestors_of(code), code]
    pool = ctx.read_pool  # the catalogue is for everyone: no scope, so no transaction
    rows = await (pool.fetch(_NAMES_BELOW, wanted, code) if below else pool.fetch(_NAMES, wanted))
    names = {row["code"]: row["name"] for row in rows}
    if code and code not in names:
        raise NotFound()
    return names


def _page_region(code: str, names: dict[str, str]) -> dict[str, Any]:
    above = [{"code": a, "name": names.get(a, a), "level": level_of(a)} for a in ancestors_of(code)]
    return {"code": code, "name": names[code] if code else NATION_NAME, "level": level_of(code), "ancestors": above}
