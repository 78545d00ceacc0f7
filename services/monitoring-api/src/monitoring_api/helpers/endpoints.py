"""HTTP doors of helpers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from service_kit.db import DbSession
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.pagination import Page, Paging, cut
from service_kit.region import RegionCode

from monitoring_api.helpers import repository, service
from monitoring_api.helpers.auth import HelpersRead, HelpersWrite
from monitoring_api.helpers.schemas import Assign, HandedOver, HandOver, HelpedHousehold, Helper, Release, Workload
from monitoring_api.sql import region_of

router = APIRouter(tags=["helpers"])


@router.get("/helpers", summary="帮扶责任人记录")
async def list_helpers(
    actor: HelpersRead, session: DbSession, household_id: Annotated[UUID, Query(description="哪一户")]
) -> list[Helper]:
    """All helpers that a household has had, the newest first."""
    return [Helper.model_validate(row) for row in await repository.assignments_of(session, actor, household_id)]


@router.get("/helpers/workload", summary="帮扶责任人工作量")
async def list_workloads(
    actor: HelpersRead,
    session: DbSession,
    paging: Paging,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本人辖区")] = None,
    q: Annotated[str | None, Query(max_length=50, description="姓名或单位")] = None,
) -> Page[Workload]:
    """Who helps how many households, the most first."""
    key = paging.after(int, UUID)
    after = (key[0], key[1]) if key else None
    rows = await repository.workloads(session, actor, region_of(actor, region), q, after, paging.limit + 1)
    kept, following = cut(rows, paging.limit, lambda row: (row.households, row.helper_id))
    return Page(items=[Workload.model_validate(row) for row in kept], next=following)


@router.get("/helpers/households", summary="帮扶责任人的帮扶户")
async def list_helped_households(
    actor: HelpersRead,
    session: DbSession,
    paging: Paging,
    helper_id: Annotated[UUID, Query(description="哪位帮扶责任人")],
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本人辖区")] = None,
) -> Page[HelpedHousehold]:
    """The households that one person helps now, by village and number."""
    key = paging.after(str, str, UUID)
    after = (key[0], key[1], key[2]) if key else None
    rows = await repository.helped_households(
        session, actor, helper_id, region_of(actor, region), after, paging.limit + 1
    )
    kept, following = cut(rows, paging.limit, lambda row: (row.village_code, row.household_no, row.household_id))
    return Page(items=[HelpedHousehold.model_validate(row) for row in kept], next=following)


@router.put("/helpers/{assignment_id}", summary="确定帮扶责任人", responses={201: {"model": Helper}})
async def assign_helper(
    actor: HelpersWrite, session: DbSession, assignment_id: Uuid7, body: Assign, response: Response
) -> Helper:
    """Name a helper for a household; whoever helped before hands over in the same act."""
    assignment, created = await service.assign(session, actor, assignment_id, body)
    response.status_code = 201 if created else 200
    return Helper.model_validate(assignment)


@router.post("/helpers/handover", summary="批量交接帮扶责任")
async def hand_over(actor: HelpersWrite, session: DbSession, command: Idempotency, body: HandOver) -> HandedOver:
    """All households of one helper in a region go to another."""
    region = region_of(actor, body.region_code)
    return await command.once(session, actor, body, HandedOver, lambda: service.hand_over(session, actor, body, region))


@router.post("/helpers/{assignment_id}/release", summary="解除帮扶责任")
async def release_helper(
    actor: HelpersWrite, session: DbSession, command: Idempotency, assignment_id: UUID, body: Release
) -> Helper:
    """Only when no risk remains; while one does, name a successor instead."""

    async def act() -> Helper:
        return Helper.model_validate(await service.release(session, actor, assignment_id, body))

    return await command.once(session, actor, body, Helper, act)
