"""Finding and storing pairs of records that may be one person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from service_kit.clock import now
from service_kit.errors import NotFound
from service_kit.ids import uuid7
from service_kit.scope import Scope
from service_kit.tokens import Actor
from sqlalchemy import and_, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from monitoring_api.duplicates.models import DuplicateCandidate
from monitoring_api.duplicates.rules import Basis, region_of_both
from monitoring_api.households.models import HouseholdMember
from monitoring_api.households.repository import readable

FOUND_AT_ONCE = 2000
"""Pairs that one search of a region writes; searching again finds the next ones."""


async def present_villages(session: AsyncSession, county_code: str, ids: Collection[UUID]) -> dict[UUID, str]:
    """Village by member, of those of these who are present."""
    query = select(HouseholdMember.id, HouseholdMember.village_code).where(
        HouseholdMember.county_code == county_code,
        HouseholdMember.id.in_(ids),
        HouseholdMember.state == "present",
    )
    return {row.id: row.village_code for row in await session.execute(query)}


async def same_name_and_birth(
    session: AsyncSession, county_code: str, members: Sequence[HouseholdMember]
) -> Sequence[Any]:
    """Others present in the same village with name and birth date of one of these: ``(id, other, villages)``."""
    other = aliased(HouseholdMember)
    mine = HouseholdMember
    query = (
        select(mine.id, other.id, mine.village_code, other.village_code)
        .join(
            other,
            and_(
                other.county_code == mine.county_code,
                other.village_code == mine.village_code,
                other.name == mine.name,
                other.birth_date == mine.birth_date,
                other.id != mine.id,
                other.state == "present",
            ),
        )
        .where(
            mine.county_code == county_code,
            other.county_code == county_code,
            mine.id.in_([member.id for member in members]),
            mine.state == "present",
        )
    )
    return (await session.execute(query)).all()


async def lock_village(session: AsyncSession, village_code: str) -> None:
    """Of two who register in one village at once the second sees what the first wrote."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"register.{village_code}"}
    )


async def search(session: AsyncSession, region: str) -> Sequence[Any]:
    """Pairs in a region that nobody has been asked about: ``(county, id, other id, villages, basis)``. Set-based."""
    scope = Scope(region)
    found = await session.execute(
        text(
            """
    WITH present AS MATERIALIZED (
        SELECT m.county_code, m.id, m.village_code, m.name, m.birth_date, m.id_number_index
        FROM household_member m
        WHERE m.county_code >= :county_lo AND m.county_code < :county_hi
          AND m.village_code >= :lo AND m.village_code < :hi AND m.state = 'present'
    ), numbered AS (
        SELECT county_code, id_number_index FROM present WHERE id_number_index IS NOT NULL
        GROUP BY county_code, id_number_index HAVING count(*) > 1
    ), named AS (
        SELECT county_code, village_code, name, birth_date FROM present
        GROUP BY county_code, village_code, name, birth_date HAVING count(*) > 1
    ), pairs AS (
        SELECT a.county_code, a.id, b.id AS other, a.village_code AS va, b.village_code AS vb, 'id_number' AS basis
        FROM numbered n
        JOIN present a ON a.county_code = n.county_code AND a.id_number_index = n.id_number_index
        JOIN present b ON b.county_code = a.county_code AND b.id_number_index = a.id_number_index AND b.id > a.id
        UNION ALL
        SELECT a.county_code, a.id, b.id, a.village_code, b.village_code, 'name_birth_village'
        FROM named n
        JOIN present a ON a.county_code = n.county_code AND a.village_code = n.village_code
             AND a.name = n.name AND a.birth_date = n.birth_date
        JOIN present b ON b.county_code = a.county_code AND b.village_code = a.village_code
             AND b.name = a.name AND b.birth_date = a.birth_date AND b.id > a.id
        WHERE a.id_number_index IS DISTINCT FROM b.id_number_index OR a.id_number_index IS NULL
    )
    SELECT p.county_code, p.id, p.other, p.va, p.vb, p.basis
    FROM pairs p
    WHERE NOT EXISTS (
        SELECT FROM duplicate_candidate d
        WHERE d.county_code = p.county_code AND d.first_id = p.id AND d.second_id = p.other
    )
    ORDER BY p.county_code, p.id, p.other LIMIT :most"""
        ),
        {
            "county_lo": scope.county_lo, "county_hi": scope.county_hi, "lo": scope.lo, "hi": scope.hi,
            "most": FOUND_AT_ONCE,
        },
    )  # fmt: skip
    return found.all()


def pair(
    county_code: str, one: UUID, two: UUID, villages: tuple[str, str], basis: Basis, other_county: str | None = None
) -> dict[str, Any]:
    """Columns of a new candidate."""
    at = now()
    first, second = (one, two) if other_county else sorted((one, two))
    return {
        "county_code": county_code,
        "id": uuid7(),
        "region_code": county_code if other_county else region_of_both(*villages),
        "first_id": first,
        "second_id": second,
        "other_county_code": other_county,
        "basis": basis,
        "state": "open",
        "found_at": at,
        "created_at": at,
        "updated_at": at,
        "version": 1,
    }


async def add_pairs(session: AsyncSession, pairs: Sequence[dict[str, Any]]) -> int:
    """Add those that are new; returns how many."""
    if not pairs:
        return 0
    statement = insert(DuplicateCandidate).values(list(pairs)).on_conflict_do_nothing()
    return len((await session.execute(statement.returning(DuplicateCandidate.id))).all())


async def lock_candidate(session: AsyncSession, actor: Actor, candidate_id: UUID) -> DuplicateCandidate:
    """Raises: NotFound when there is no such pair in the actor's region."""
    query = select(DuplicateCandidate).where(
        readable(actor, DuplicateCandidate.county_code), DuplicateCandidate.id == candidate_id
    )
    query = query.with_for_update().execution_options(populate_existing=True)
    found: DuplicateCandidate | None = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


async def candidates_about(session: AsyncSession, county_code: str, ids: Collection[UUID]) -> list[DuplicateCandidate]:
    """Open pairs in one county in which one of these persons takes part, locked."""
    query = (
        select(DuplicateCandidate)
        .where(
            DuplicateCandidate.county_code == county_code,
            DuplicateCandidate.state == "open",
            DuplicateCandidate.other_county_code.is_(None),
            or_(DuplicateCandidate.first_id.in_(ids), DuplicateCandidate.second_id.in_(ids)),
        )
        .order_by(DuplicateCandidate.id)
        .with_for_update()
    )
    return list((await session.execute(query)).scalars())
