"""HTTP doors of the rules of casework."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from service_kit.clock import today
from service_kit.db import DbSession
from service_kit.ids import Uuid7
from service_kit.region import RegionCode
from service_kit.versions import if_match

from monitoring_api.policy import service
from monitoring_api.policy.auth import PolicyRead, PolicyWrite
from monitoring_api.policy.schemas import Policy, Profile, Setting, SettingCreate, Words
from monitoring_api.sql import region_of

router = APIRouter(tags=["policy"])

CountyCode = Annotated[str, Path(pattern=r"^[0-9]{6}$", max_length=6, description="县级区划代码")]


async def _seen(
    sent: Annotated[str | None, Header(alias="If-Match", description='所见的变更次数，如 "3"；不填则不核对')] = None,
) -> int | None:
    return None if sent is None else await if_match(sent)


Seen = Annotated[int | None, Depends(_seen)]
Day = Annotated[date | None, Query(description="默认为今天")]


@router.get("/policy-profiles", summary="政策时期")
async def list_policy_profiles(actor: PolicyRead, session: DbSession) -> list[Profile]:
    """The policy periods with what each calls things."""
    del actor
    return await service.list_profiles(session)


@router.get("/words", summary="对象和风险的名称")
async def get_words(
    actor: PolicyRead,
    session: DbSession,
    region: Annotated[RegionCode | None, Query(description="默认为本人辖区")] = None,
    on: Day = None,
) -> Words:
    """What classes, risks and the monitored are called in a region on a day, for all screens."""
    return await service.get_words(session, region_of(actor, region), on or today())


@router.get("/policies/{county_code}", summary="县级监测规则")
async def get_policy(actor: PolicyRead, session: DbSession, county_code: CountyCode, on: Day = None) -> Policy:
    """All rules that hold in a county on a day; a case already open keeps those of its own day."""
    return await service.get_policy(session, actor, county_code, on or today())


@router.get("/policies/{county_code}/settings", summary="规则变更记录")
async def list_policy_settings(actor: PolicyRead, session: DbSession, county_code: CountyCode) -> list[Setting]:
    return await service.list_settings(session, actor, county_code)


@router.put(
    "/policies/{county_code}/settings/{setting_id}",
    summary="设定监测规则",
    responses={201: {"model": Setting}},
)
async def set_policy(
    actor: PolicyWrite,
    session: DbSession,
    county_code: CountyCode,
    setting_id: Uuid7,
    body: SettingCreate,
    seen: Seen,
    response: Response,
) -> Setting:
    """A new value from a day on. Nothing is edited: to undo one, set the old value from another day.

    ``If-Match``: how many settings of the rule the person has seen; 412 with the newest one when there are more.
    """
    setting, created = await service.set_rule(session, actor, county_code, setting_id, body, seen)
    response.status_code = 201 if created else 200
    return setting
