"""Loading and storing sweeps. Items are limited to the actor's region, rounds to those with a part in their area."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from service_kit.errors import NotFound
from service_kit.ids import moment_of_now, uuid7, uuid7_in_sql
from service_kit.scope import Scope
from service_kit.tokens import Actor
from sqlalchemy import ColumnElement, CursorResult, case, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.db import insert_once
from monitoring_api.households.models import Household
from monitoring_api.households.repository import readable
from monitoring_api.sweeps.models import SweepIssue, SweepItem, SweepRecord, SweepRound
from monitoring_api.sweeps.rules import covers


async def find_round(session: AsyncSession, county_code: str, round_id: UUID) -> SweepRound | None:
    query = select(SweepRound).where(SweepRound.county_code == county_code, SweepRound.id == round_id)
    return (await session.execute(query)).scalar_one_or_none()


async def get_round(session: AsyncSession, actor: Actor, round_id: UUID, *, lock: bool = False) -> SweepRound:
    """Raises: NotFound when the actor has no part in such a round."""
    query = select(SweepRound).where(readable(actor, SweepRound.county_code), SweepRound.id == round_id)
    if lock:
        query = query.with_for_update()
    found = (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if found is None or not covers(found.region_code, actor.region):
        raise NotFound()
    return found


async def claim_round(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert unless the id is taken; waits for another opening of the same id to end."""
    statement = insert(SweepRound).values(values).on_conflict_do_nothing(index_elements=["county_code", "id"])
    return (await session.execute(statement.returning(SweepRound.id))).scalar_one_or_none() is not None


_TAKE_UP = f"""
INSERT INTO sweep_item (county_code, id, round_id, round_open, household_id, village_code, assignee_id, assignee_name,
    state, records, review)
SELECT h.county_code, {uuid7_in_sql(":moment")}, :round_id, true, h.id, h.village_code, a.helper_id, a.helper_name,
    'open', 0, 'none'
FROM household h LEFT JOIN helper_assignment a
    ON a.county_code = :county AND a.county_code = h.county_code AND a.household_id = h.id AND a.until IS NULL
WHERE h.county_code = :county AND h.village_code >= :lo AND h.village_code < :hi AND h.state = 'active'
ORDER BY h.village_code, h.household_no"""  # noqa: S608 - our own text, values are arguments


async def take_up_households(session: AsyncSession, found: SweepRound) -> int:
    """One item for each active household of the area, with who helps it; returns how many."""
    scope = Scope(found.region_code)
    values = {
        "county": found.county_code,
        "round_id": found.id,
        "lo": scope.lo,
        "hi": scope.hi,
        "moment": moment_of_now(),
    }
    done = await session.execute(text(_TAKE_UP), values)
    return cast("CursorResult[Any]", done).rowcount


async def lock_item(session: AsyncSession, county_code: str, round_id: UUID, household_id: UUID) -> SweepItem | None:
    """A household's item in a round, if the actor may see it; others wait, so that the first record counts."""
    query = select(SweepItem).where(
        SweepItem.county_code == county_code,
        SweepItem.round_id == round_id,
        SweepItem.household_id == household_id,
    )
    found: SweepItem | None = (
        await session.execute(query.with_for_update().execution_options(populate_existing=True))
    ).scalar_one_or_none()
    return found


async def add_item(session: AsyncSession, found: SweepRound, household: Household) -> None:
    """Take up a household that came into the area after the round was opened."""
    await session.execute(
        insert(SweepItem)
        .values(
            county_code=household.county_code,
            id=uuid7(),
            round_id=found.id,
            round_open=True,
            household_id=household.id,
            village_code=household.village_code,
            state="open",
            records=0,
            review="none",
        )
        .on_conflict_do_nothing(index_elements=["county_code", "round_id", "household_id"])
    )


async def add_record(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert unless the id is taken; waits for another upload of the same id to end. False when it is taken."""
    return await insert_once(session, SweepRecord, values)


async def find_record(session: AsyncSession, county_code: str, record_id: UUID) -> SweepRecord | None:
    query = select(SweepRecord).where(SweepRecord.county_code == county_code, SweepRecord.id == record_id)
    return (await session.execute(query)).scalar_one_or_none()


async def add_issues(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """A problem of a kind that this round has found at the household already is the same issue."""
    if rows:
        statement = insert(SweepIssue).values(list(rows))
        await session.execute(
            statement.on_conflict_do_nothing(index_elements=["county_code", "round_id", "household_id", "kind"])
        )


async def excuse(
    session: AsyncSession, found: SweepRound, wanted: ColumnElement[bool], reason: str, actor: Actor, at: datetime
) -> int:
    """Give open items a reason; returns how many there were."""
    excused = await session.execute(
        update(SweepItem)
        .where(
            SweepItem.county_code == found.county_code,
            SweepItem.round_id == found.id,
            SweepItem.state == "open",
            wanted,
        )
        .values(state="excused", excuse=reason, excused_by_name=actor.name, excused_at=at)
        .returning(SweepItem.id)
    )
    return len(excused.all())


async def remaining(session: AsyncSession, found: SweepRound) -> int:
    query = select(func.count()).where(
        SweepItem.county_code == found.county_code, SweepItem.round_id == found.id, SweepItem.state == "open"
    )
    return (await session.execute(query)).scalar_one()


async def lock_issue(session: AsyncSession, actor: Actor, issue_id: UUID) -> SweepIssue:
    """Raises: NotFound when there is no such issue in the actor's region."""
    query = select(SweepIssue).where(readable(actor, SweepIssue.county_code), SweepIssue.id == issue_id)
    found = (
        await session.execute(query.with_for_update().execution_options(populate_existing=True))
    ).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


async def rounds_of_year(session: AsyncSession, county_code: str, year: int) -> tuple[int, int, list[int]]:
    """Rounds over the whole county in a year: how many, how many of them closed, and in which half-years."""
    over_county = (
        SweepRound.county_code == county_code,
        SweepRound.year == year,
        SweepRound.region_code == county_code,
    )
    row = (
        await session.execute(
            select(
                func.count(),
                func.count(case((~SweepRound.is_open, 1))),
                func.array_agg(SweepRound.half.distinct()),
            ).where(*over_county)
        )
    ).one()
    return row[0], row[1], sorted(row[2] or [])
