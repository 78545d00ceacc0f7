"""HTTP of the project library."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from service_kit.db import DbSession, ReadDb
from service_kit.db.statement import region_of
from service_kit.errors import NotFound
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.region import RegionCode
from service_kit.schemas import ReadModel
from service_kit.versions import IfMatch, set_etag

from funds_ledger.projects import negative, views
from funds_ledger.projects.auth import NegativeListWrite, ProjectsRead, ProjectsWrite
from funds_ledger.projects.models import Project as ProjectRecord
from funds_ledger.projects.rules import Category, State
from funds_ledger.projects.schemas import (
    Adjustment,
    BatchAnswer,
    BatchDecision,
    Decision,
    FindingDecision,
    NegativeItemRead,
    NegativeItemWrite,
    PerformanceWrite,
    PriorityWrite,
    Project,
    ProjectRow,
    ProjectUpdate,
    ProjectWrite,
)
from funds_ledger.projects.service import measuring, proposing, records, stepping
from funds_ledger.terms import Purpose, Year

router = APIRouter(tags=["projects"])


class StateCounts(ReadModel):
    counts: dict[str, int]


@router.get("/projects", response_model=Page[ProjectRow], summary="项目库")
async def list_projects(
    actor: ProjectsRead,
    db: ReadDb,
    paging: Paging,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本辖区")] = None,
    state: Annotated[State | None, Query()] = None,
    year: Annotated[Year | None, Query(description="申报年度")] = None,
    plan_year: Annotated[Year | None, Query(description="列入该年度计划的")] = None,
    category: Annotated[Category | None, Query()] = None,
    purpose: Annotated[Purpose | None, Query(description="用途；industry 即产业项目库")] = None,
    queue: Annotated[Literal["todo"] | None, Query(description="todo:等我办理的")] = None,
    q: Annotated[str | None, Query(max_length=50, description="项目名称")] = None,
) -> Response:
    wanted = views.Filter(region_of(actor, region), state, year, category, plan_year, queue == "todo", q, purpose)
    return JsonBytes(await views.list_projects(db, actor, wanted, paging))


@router.get("/projects/counts", summary="各状态的项目数")
async def count_projects(
    actor: ProjectsRead,
    db: ReadDb,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本辖区")] = None,
    year: Annotated[Year | None, Query()] = None,
) -> StateCounts:
    return StateCounts(counts=await views.count_states(db, region_of(actor, region), year))


@router.get("/projects/{project_id}", response_model=Project, summary="项目全貌")
async def get_project(actor: ProjectsRead, db: ReadDb, project_id: UUID) -> Response:
    found = await views.get_project(db, actor, actor.region, project_id)
    if found is None:
        raise NotFound()
    return JsonBytes(found[0], headers={"ETag": f'"{found[1]}"'})


@router.put(
    "/projects/{project_id}", response_model=Project, responses={201: {"model": Project}}, summary="申报项目（草稿）"
)
async def put_project(actor: ProjectsWrite, session: DbSession, project_id: Uuid7, body: ProjectWrite) -> Response:
    project, created = await proposing.open_project(session, actor, project_id, body)
    code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
    answer = JsonBytes(await records.answer(session, actor, project), code)
    set_etag(answer, project.version)
    return answer


@router.patch("/projects/{project_id}", response_model=Project, summary="修改草稿")
async def patch_project(
    actor: ProjectsWrite, session: DbSession, project_id: UUID, expected: IfMatch, body: ProjectUpdate
) -> Response:
    project = await proposing.edit(session, actor, project_id, expected, body)
    answer = JsonBytes(await records.answer(session, actor, project))
    set_etag(answer, project.version)
    return answer


@router.post("/projects/batch", summary="批量审核项目")
async def review_projects(
    actor: ProjectsWrite, session: DbSession, command: Idempotency, body: BatchDecision
) -> BatchAnswer:
    """The same step for many projects, each with its own result; ``preview`` changes nothing."""
    return await command.once(session, actor, body, BatchAnswer, lambda: stepping.review_batch(session, actor, body))


@router.post("/projects/{project_id}/steps", summary="办理：提交、审核、退回、入库、退库等")
async def take_step(
    actor: ProjectsWrite,
    session: DbSession,
    command: Idempotency,
    project_id: UUID,
    expected: IfMatch,
    body: Decision,
    response: Response,
) -> Project:
    async def act() -> Project:
        return await _read(session, actor, await stepping.decide(session, actor, project_id, expected, body))

    answer = await command.once(session, actor, body, Project, act)
    set_etag(response, answer.version)
    return answer


@router.post("/projects/{project_id}/adjustments", summary="调整库内项目（公示后生效）")
async def adjust_project(
    actor: ProjectsWrite,
    session: DbSession,
    command: Idempotency,
    project_id: UUID,
    expected: IfMatch,
    body: Adjustment,
    response: Response,
) -> Project:
    async def act() -> Project:
        return await _read(session, actor, await stepping.adjust(session, actor, project_id, expected, body))

    answer = await command.once(session, actor, body, Project, act)
    set_etag(response, answer.version)
    return answer


@router.post("/projects/{project_id}/findings/{finding_id}/decision", summary="处理负面清单或重复提示")
async def decide_finding(
    actor: ProjectsWrite,
    session: DbSession,
    command: Idempotency,
    project_id: UUID,
    finding_id: UUID,
    body: FindingDecision,
) -> Project:
    async def act() -> Project:
        return await _read(session, actor, await stepping.decide_finding(session, actor, project_id, finding_id, body))

    return await command.once(session, actor, body, Project, act)


@router.post("/projects/{project_id}/priority", summary="排优先次序")
async def prioritise_project(
    actor: ProjectsWrite, session: DbSession, command: Idempotency, project_id: UUID, body: PriorityWrite
) -> Project:
    async def act() -> Project:
        return await _read(session, actor, await stepping.prioritise(session, actor, project_id, body))

    return await command.once(session, actor, body, Project, act)


@router.post("/projects/{project_id}/performance", summary="绩效监控或自评")
async def record_performance(
    actor: ProjectsWrite, session: DbSession, command: Idempotency, project_id: UUID, body: PerformanceWrite
) -> Project:
    """Actual values against the targets; the score is worked out from them."""

    async def act() -> Project:
        return await _read(session, actor, await measuring.record(session, actor, project_id, body))

    return await command.once(session, actor, body, Project, act)


@router.get("/negative-list", summary="负面清单及其历次修改")
async def list_negative_items(actor: ProjectsRead, session: DbSession, paging: Paging) -> Page[NegativeItemRead]:
    del actor
    return await negative.page(session, paging)


@router.put("/negative-list/{item_id}", summary="设定负面清单条目", responses={201: {"model": NegativeItemRead}})
async def put_negative_item(
    item_id: Uuid7, body: NegativeItemWrite, actor: NegativeListWrite, session: DbSession, response: Response
) -> NegativeItemRead:
    read, created = await negative.set_item(session, actor, item_id, body)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return read


async def _read(session: DbSession, actor: ProjectsRead, project: ProjectRecord) -> Project:
    return await records.read(session, actor, project)
