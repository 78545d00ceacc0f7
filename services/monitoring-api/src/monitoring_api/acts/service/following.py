"""What hangs on a person or on a household goes along when they get another place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from service_kit.clock import now
from service_kit.ids import uuid7
from sqlalchemy import exists, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from monitoring_api.benefits.models import PolicyBenefit
from monitoring_api.households.models import HouseholdMember

_COPIED = ("kind", "title", "since", "yearly_amount", "source", "note", "demo")
_KINDS_OF_RECORD = {
    "register_act": "register_act",
    "visit": "visit",
    "look_back_record": "look_back_record",
    "sweep_record": "sweep_record",
    "sweep_issue": "sweep_issue",
    "case": "monitoring_case",
}
"""Subject of files → the table of a household's records that take them."""


async def benefits_follow(session: AsyncSession, county_code: str, member_ids: Collection[UUID]) -> None:
    """Policies that are a person's own stand with the household in which the person now is. Rows must be flushed."""
    await session.execute(
        update(PolicyBenefit)
        .where(
            PolicyBenefit.county_code == county_code,
            PolicyBenefit.member_id.in_(member_ids),
            HouseholdMember.county_code == county_code,
            HouseholdMember.id == PolicyBenefit.member_id,
            HouseholdMember.household_id != PolicyBenefit.household_id,
        )
        .values(
            household_id=HouseholdMember.household_id,
            village_code=HouseholdMember.village_code,
            updated_at=now(),
            version=PolicyBenefit.version + 1,
        )
        .execution_options(synchronize_session=False)
    )


async def hand_over(session: AsyncSession, kept: HouseholdMember, dropped: HouseholdMember) -> list[list[str]]:
    """Give the policies of a record that was merged to the one that stays; returns [policy, former member].

    A policy that both records have now is one, and stays where it is.
    """
    same = aliased(PolicyBenefit)
    both_have = exists().where(
        same.county_code == kept.county_code,
        same.member_id == kept.id,
        same.kind == PolicyBenefit.kind,
        same.title == PolicyBenefit.title,
        same.until.is_(None),
    )
    mine = (PolicyBenefit.county_code == kept.county_code, PolicyBenefit.member_id == dropped.id)
    found = select(PolicyBenefit.id).where(*mine, PolicyBenefit.until.is_not(None) | ~both_have)
    handed = list((await session.execute(found)).scalars())
    await _owned_by(session, kept.county_code, handed, kept.id)
    await benefits_follow(session, kept.county_code, [kept.id])
    return [[str(benefit_id), str(dropped.id)] for benefit_id in handed]


async def hand_back(session: AsyncSession, county_code: str, handed: Collection[list[str]]) -> None:
    """As before ``hand_over``; the households follow when the persons are back in theirs."""
    for benefit_id, member_id in handed:
        await _owned_by(session, county_code, [UUID(benefit_id)], UUID(member_id))


async def _owned_by(session: AsyncSession, county_code: str, ids: Collection[UUID], member_id: UUID) -> None:
    await session.execute(
        update(PolicyBenefit)
        .where(PolicyBenefit.county_code == county_code, PolicyBenefit.id.in_(ids))
        .values(member_id=member_id, updated_at=now(), version=PolicyBenefit.version + 1)
        .execution_options(synchronize_session=False)
    )


async def take_along(
    session: AsyncSession, county_code: str, member_ids: Collection[UUID], last_day: date
) -> list[dict[str, Any]]:
    """End what these persons enjoy in a county that they leave; returns what to write where they arrive."""
    query = select(PolicyBenefit).where(
        PolicyBenefit.county_code == county_code,
        PolicyBenefit.member_id.in_(member_ids),
        PolicyBenefit.until.is_(None),
    )
    taken = []
    for benefit in (await session.execute(query)).scalars():
        taken.append({column: getattr(benefit, column) for column in (*_COPIED, "member_id")})
        benefit.until, benefit.updated_at = max(benefit.since, last_day), now()
    await session.flush()
    return taken


async def bring(session: AsyncSession, taken: Collection[dict[str, Any]], twin: Mapping[UUID, HouseholdMember]) -> None:
    """Write what ``take_along`` returned for the new records of the persons."""
    at = now()
    for columns in taken:
        row = twin[columns["member_id"]]
        session.add(
            PolicyBenefit(
                county_code=row.county_code,
                id=uuid7(),
                household_id=row.household_id,
                village_code=row.village_code,
                created_at=at,
                updated_at=at,
                **columns | {"member_id": row.id},
            )
        )
    await session.flush()


async def files_follow(session: AsyncSession, county_code: str, household_id: UUID, village_code: str) -> None:
    """Files of a household's records are seen in the village to which the whole household has moved."""
    listed = " UNION ALL ".join(
        f"SELECT '{subject}', id FROM {table} WHERE county_code = :county AND household_id = :household"  # noqa: S608
        for subject, table in _KINDS_OF_RECORD.items()
    )
    await session.execute(
        text(
            "UPDATE attachment SET region_code = :village WHERE county_code = :county AND region_code <> :village"  # noqa: S608
            " AND ((subject_type = 'household' AND subject_id = :household)"
            f" OR (subject_type, subject_id) IN ({listed}))"
        ),
        {"county": county_code, "household": household_id, "village": village_code},
    )
