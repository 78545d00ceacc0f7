"""HTTP doors of the register."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field
from service_kit.auth import Context
from service_kit.db import DbSession, ReadDb
from service_kit.errors import NotFound, ValidationFailed
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.pagination import Page, PageParams, Paging
from service_kit.region import RegionCode, VillageCode, contains
from service_kit.schemas import ApiModel
from service_kit.versions import IfMatch

from monitoring_api.households import rules, views
from monitoring_api.households.auth import HouseholdsLookup, HouseholdsRead, HouseholdsReveal, HouseholdsWrite
from monitoring_api.households.schemas import (
    Catalogue,
    Code,
    HistoryLine,
    Household,
    HouseholdCreate,
    HouseholdName,
    HouseholdRow,
    HouseholdUpdate,
    Id,
    MemberCreate,
    MemberUpdate,
    MonitoringUpdate,
    Revealed,
    RevealRequest,
)
from monitoring_api.households.service import correct, monitoring, register
from monitoring_api.households.service.register import Written
from monitoring_api.households.service.reveal import reveal
from monitoring_api.sql import region_of
from monitoring_api.terms import Status

router = APIRouter(tags=["households"])

Duplicates = Annotated[
    Literal["keep", "refuse"],
    Query(description="有人的身份证号已在册时：keep 照常登记并列入重复人员，refuse 不登记并说明"),
]
SearchText = Annotated[str, Field(max_length=50)]


class HouseholdSearch(ApiModel):
    """The filters of the list, and an identity number, which must not stand in an address."""

    region: RegionCode | None = None
    monitored_class: Code | None = Field(default=None, alias="class")
    risk: Code | None = None
    status: Status | None = None
    q: SearchText | None = None
    id_number: Id | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20
    cursor: Annotated[str, Field(max_length=500)] | None = None
    with_total: bool = False


def _answer(written: Written) -> Response:
    return JsonBytes(written.body, 201 if written.created else 200, headers={"ETag": f'"{written.version}"'})


def _name(q: str | None, region: str, path: str) -> rules.NameSearch | None:
    search = rules.name_search(q) if q is not None else None
    if search is None or q is None:
        return None
    if error := rules.search_error(q, one_county=len(region) >= 6, path=path):
        raise ValidationFailed(errors=[error])
    return search


@router.get("/households", response_model=Page[HouseholdRow], summary="农户列表")
async def list_households(
    actor: HouseholdsRead,
    db: ReadDb,
    paging: Paging,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本人辖区")] = None,
    monitored_class: Annotated[Code | None, Query(alias="class", description="监测类别")] = None,
    risk: Annotated[Code | None, Query(description="风险")] = None,
    status: Annotated[Status | None, Query(description="脱贫户、监测对象或一般农户")] = None,
    q: Annotated[SearchText | None, Query(description="姓名开头、名字开头或拼音首字母")] = None,
) -> Response:
    """Active households in the order of village and household number."""
    covered = region_of(actor, region)
    filters = views.Filters(covered, monitored_class, risk, status, _name(q, covered, "query.q"))
    return JsonBytes(await views.list_households(db, filters, paging))


@router.get("/households/names", response_model=list[HouseholdName], summary="按姓名找农户（供资产登记选择）")
async def find_household_names(
    actor: HouseholdsLookup,
    db: ReadDb,
    region: Annotated[VillageCode, Query(description="所在村")],
    q: Annotated[str, Query(min_length=1, max_length=50, description="户主姓名或拼音首字母")],
) -> Response:
    """Up to twenty households of one village by the name of the head: what it takes to name one, and no more."""
    if not contains(actor.region, region):
        raise NotFound()
    search = _name(q, region, "query.q")
    if search is None:
        return JsonBytes(b"[]")
    return JsonBytes(await views.find_names(db, region, search))


@router.post("/households/search", response_model=Page[HouseholdRow], summary="查找农户（含身份证号）")
async def search_households(actor: HouseholdsRead, db: ReadDb, ctx: Context, body: HouseholdSearch) -> Response:
    """As the list; identity numbers travel in the body so that no log or history keeps them. Changes nothing."""
    covered = region_of(actor, body.region)
    filters = views.Filters(
        covered,
        body.monitored_class,
        body.risk,
        body.status,
        _name(body.q, covered, "body.q"),
        ctx.crypto.blind_index(body.id_number) if body.id_number else None,
    )
    paging = PageParams(body.limit, body.cursor, body.with_total)
    return JsonBytes(await views.list_households(db, filters, paging))


@router.get("/households/{household_id}", response_model=Household, summary="户卡")
async def get_household(actor: HouseholdsRead, db: ReadDb, household_id: UUID) -> Response:
    found = await views.get_household(db, actor.region, household_id)
    if found is None:
        raise NotFound()
    body, version = found
    return JsonBytes(body, headers={"ETag": f'"{version}"'})


@router.put("/households/{household_id}", response_model=Household, summary="登记农户", status_code=201)
async def register_household(
    actor: HouseholdsWrite,
    session: DbSession,
    ctx: Context,
    household_id: Uuid7,
    body: HouseholdCreate,
    duplicates: Duplicates = "keep",
) -> Response:
    """Household and members in one act; the client makes the ids, and repeating the request is safe."""
    refuse = duplicates == "refuse"
    written = await register.register_household(
        session, actor, ctx.crypto, household_id, body, refuse_duplicates=refuse
    )
    return _answer(written)


@router.patch("/households/{household_id}", response_model=Household, summary="更正农户信息")
async def correct_household(
    actor: HouseholdsWrite, session: DbSession, household_id: UUID, expected: IfMatch, body: HouseholdUpdate
) -> Response:
    return _answer(await correct.correct_household(session, actor, household_id, expected, body))


@router.put(
    "/households/{household_id}/members/{member_id}",
    response_model=Household,
    summary="新增家庭成员",
    status_code=201,
)
async def add_member(
    actor: HouseholdsWrite,
    session: DbSession,
    ctx: Context,
    household_id: UUID,
    member_id: Uuid7,
    body: MemberCreate,
    duplicates: Duplicates = "keep",
) -> Response:
    """Answers with the whole household."""
    refuse = duplicates == "refuse"
    written = await register.add_member(
        session, actor, ctx.crypto, household_id, member_id, body, refuse_duplicates=refuse
    )
    return _answer(written)


@router.patch("/households/{household_id}/members/{member_id}", response_model=Household, summary="更正家庭成员信息")
async def correct_member(
    actor: HouseholdsWrite,
    session: DbSession,
    ctx: Context,
    household_id: UUID,
    member_id: UUID,
    expected: IfMatch,
    body: MemberUpdate,
) -> Response:
    """``If-Match`` is the member's version. Answers with the whole household."""
    written = await correct.correct_member(session, actor, ctx.crypto, household_id, member_id, expected, body)
    return _answer(written)


@router.put("/households/{household_id}/monitoring", response_model=Household, summary="更正监测状态")
async def set_monitoring(
    actor: HouseholdsWrite,
    session: DbSession,
    household_id: UUID,
    expected: IfMatch,
    body: MonitoringUpdate,
) -> Response:
    """An administrative correction with its reason; ``If-Match`` is the household's version."""
    return _answer(await monitoring.set_monitoring(session, actor, household_id, expected, body))


@router.get("/households/{household_id}/history", response_model=Page[HistoryLine], summary="变更记录")
async def list_household_history(actor: HouseholdsRead, db: ReadDb, household_id: UUID, paging: Paging) -> Response:
    """Every act on the household and its members, newest first; numbers masked."""
    body = await views.list_history(db, actor.region, household_id, paging)
    if body is None:
        raise NotFound()
    return JsonBytes(body)


@router.post("/households/{household_id}/reveal", summary="查看完整号码")
async def reveal_number(
    actor: HouseholdsReveal,
    session: DbSession,
    ctx: Context,
    household_id: UUID,
    body: RevealRequest,
    response: Response,
) -> Revealed:
    """One number in full. Leaves an audit entry each time, so it is not idempotent and its answer is not kept."""
    response.headers["Cache-Control"] = "no-store"
    return await reveal(session, actor, ctx.crypto, household_id, body)


@router.get("/catalogue", response_model=Catalogue, summary="监测类别和风险目录")
async def read_catalogue(actor: HouseholdsRead, db: ReadDb) -> Response:
    del actor
    return JsonBytes(await views.read_catalogue(db))
