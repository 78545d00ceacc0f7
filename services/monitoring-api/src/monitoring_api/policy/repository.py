"""Loading and storing the rules of casework."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from service_kit.errors import NotFound
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.policy.models import PolicyDefault, PolicyProfile, PolicySetting


async def profiles(session: AsyncSession) -> Sequence[PolicyProfile]:
    return (await session.execute(select(PolicyProfile).order_by(PolicyProfile.valid_from))).scalars().all()


async def defaults_of(session: AsyncSession, profile_code: str) -> dict[str, dict[str, object]]:
    query = select(PolicyDefault).where(PolicyDefault.profile_code == profile_code)
    return {row.key: row.value for row in (await session.execute(query)).scalars()}


async def settings_of(session: AsyncSession, county_code: str) -> Sequence[PolicySetting]:
    """All of a county's settings, the newest first: some dozens over the years."""
    query = (
        select(PolicySetting)
        .where(PolicySetting.county_code == county_code)
        .order_by(PolicySetting.valid_from.desc(), PolicySetting.revision.desc(), PolicySetting.id)
    )
    return (await session.execute(query)).scalars().all()


async def risk_settings_inside(session: AsyncSession, prefix: str) -> Sequence[PolicySetting]:
    """What the counties of a province or prefecture have named, the newest first."""
    query = (
        select(PolicySetting)
        .where(PolicySetting.county_code.startswith(prefix), PolicySetting.key == "risk_points")
        .order_by(PolicySetting.valid_from.desc(), PolicySetting.revision.desc(), PolicySetting.id)
    )
    return (await session.execute(query)).scalars().all()


async def find_setting(session: AsyncSession, county_code: str, setting_id: UUID) -> PolicySetting | None:
    query = select(PolicySetting).where(PolicySetting.county_code == county_code, PolicySetting.id == setting_id)
    return (await session.execute(query)).scalar_one_or_none()


async def last_revision(session: AsyncSession, setting: PolicySetting) -> int:
    query = select(func.coalesce(func.max(PolicySetting.revision), 0)).where(
        PolicySetting.county_code == setting.county_code,
        PolicySetting.key == setting.key,
        PolicySetting.valid_from == setting.valid_from,
    )
    return (await session.execute(query)).scalar_one()


async def profile(session: AsyncSession, code: str) -> PolicyProfile:
    """Raises: NotFound."""
    found = await session.get(PolicyProfile, code)
    if found is None:
        raise NotFound()
    return found
