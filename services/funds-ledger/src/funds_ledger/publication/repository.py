"""SQL of act notices, their rules, and the switch to library projects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from service_kit.clock import now
from service_kit.ids import uuid7
from sqlalchemy import Date, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.publication.models import ActNotice, FundingRule, PublicationRule

NEVER = date(9999, 12, 31)
_NOBODY = UUID(int=0)


async def rules(session: AsyncSession) -> Sequence[PublicationRule]:
    return (await session.scalars(select(PublicationRule))).all()


async def lock_notice(session: AsyncSession, county_code: str, notice_id: UUID) -> ActNotice | None:
    query = (
        select(ActNotice)
        .where(ActNotice.county_code == county_code, ActNotice.id == notice_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one_or_none()


async def library_from(session: AsyncSession, county_code: str, year: int) -> date:
    """Since when the county's money of a year needs a project; the row is made when it is not there yet."""
    query = select(FundingRule.library_from).where(FundingRule.county_code == county_code, FundingRule.year == year)
    known = (await session.execute(query)).scalar_one_or_none()
    if known is not None:
        return known
    moment = now()
    await session.execute(
        insert(FundingRule)
        .values(
            county_code=county_code,
            id=uuid7(),
            year=year,
            library_from=NEVER,
            basis="",
            set_by=_NOBODY,
            set_by_name="",
            created_at=moment,
            updated_at=moment,
        )
        .on_conflict_do_nothing()
    )
    return (await session.execute(query)).scalar_one()


async def lock_funding_rule(session: AsyncSession, county_code: str, year: int) -> FundingRule:
    await library_from(session, county_code, year)
    query = (
        select(FundingRule)
        .where(FundingRule.county_code == county_code, FundingRule.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one()


async def funding_rules(session: AsyncSession, county_code: str) -> Sequence[FundingRule]:
    query = select(FundingRule).where(FundingRule.county_code == county_code).order_by(FundingRule.year.desc())
    return (await session.scalars(query)).all()


async def ended(session: AsyncSession, county_code: str, day: date, limit: int) -> Sequence[UUID]:
    """Notices of allocations whose last day is before ``day`` and that nobody has closed, oldest first."""
    query = (
        select(ActNotice.id)
        .where(
            ActNotice.county_code == county_code,
            ActNotice.act == "allocation",
            ActNotice.closed_on.is_(None),
            ActNotice.ends_on < day,
        )
        .order_by(ActNotice.ends_on, ActNotice.id)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def release_allocations(session: AsyncSession, county_code: str, notice_ids: Sequence[UUID], day: date) -> None:
    """Allocations that wait for these notices may be paid from ``day`` on."""
    await session.execute(
        text(
            """
            UPDATE allocation a SET released_on = :day
            WHERE a.county_code = :county_code AND a.notice_id = ANY(:ids) AND a.released_on IS NULL
            """
        ).bindparams(bindparam("ids", type_=ARRAY(Uuid())), bindparam("day", type_=Date())),
        {"county_code": county_code, "ids": list(notice_ids), "day": day},
    )


async def rule_page(session: AsyncSession, after: UUID | None, limit: int) -> Sequence[PublicationRule]:
    """Newest first."""
    query = select(PublicationRule)
    if after is not None:
        query = query.where(PublicationRule.id < after)
    return (await session.scalars(query.order_by(PublicationRule.id.desc()).limit(limit))).all()
