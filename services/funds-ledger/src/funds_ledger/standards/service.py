"""Setting and finding subsidy standards (FND-10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.clock import now, today
from service_kit.errors import AlreadyExists
from service_kit.region import ancestors_of
from service_kit.tokens import Actor
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import FloorChangedMeanwhile
from funds_ledger.standards import rules
from funds_ledger.standards.models import PayoutStandard
from funds_ledger.standards.schemas import StandardRead, Standards, StandardWrite


async def _of_county(session: AsyncSession, county_code: str) -> Sequence[PayoutStandard]:
    """Every revision that could bind a county; the newest of a code first."""
    binding = ["", *ancestors_of(county_code), county_code]
    query = (
        select(PayoutStandard)
        .where(PayoutStandard.region_code.in_(binding))
        .order_by(PayoutStandard.code, PayoutStandard.effective_on.desc(), PayoutStandard.revision.desc())
    )
    return (await session.scalars(query)).all()


async def of_county(session: AsyncSession, county_code: str) -> Standards:
    """All standards that bind or bound a county; there are some dozens."""
    rows = await _of_county(session, county_code)
    holding = {row.id for row in rules.in_force(rows, county_code, today()).values()}
    return Standards(items=[_read(row, row.id in holding) for row in rows])


def _read(row: PayoutStandard, holds: bool) -> StandardRead:
    own = {name: getattr(row, name) for name in StandardRead.model_fields if hasattr(row, name)}
    return StandardRead.model_validate(own | {"amount": row.amount_fen, "in_force": holds})


async def binding(session: AsyncSession, county_code: str, standard_id: UUID, day: date) -> PayoutStandard | None:
    """The standard of that id if it is in force in the county on a day."""
    rows = await _of_county(session, county_code)
    return next((row for row in rules.in_force(rows, county_code, day).values() if row.id == standard_id), None)


async def by_id(session: AsyncSession, standard_id: UUID) -> PayoutStandard:
    return await session.get_one(PayoutStandard, standard_id)


async def set_standard(
    session: AsyncSession, actor: Actor, standard_id: UUID, body: StandardWrite
) -> tuple[StandardRead, bool]:
    """Put a revision in force from its day on; says whether it was new.

    Raises:
        RegionOutOfScope: the region is not the actor's.
        AlreadyExists: the id holds another standard.
        FloorChangedMeanwhile: somebody else has just set the same one.
    """
    ensure_in_scope(actor, body.region_code)
    content = body.model_dump(exclude={"amount"}) | {"amount_fen": body.amount}
    known = await session.get(PayoutStandard, standard_id)
    if known is not None:
        if any(getattr(known, name) != value for name, value in content.items()):
            raise AlreadyExists()
        return _read(known, known.effective_on <= today()), False
    if not await _add(session, actor, standard_id, content):
        raise FloorChangedMeanwhile()
    await audit.record(
        session,
        actor,
        action="payout_standard.set",
        subject_type="payout_standard",
        subject_id=standard_id,
        region_code=body.region_code,
        detail=body.model_dump(mode="json"),
    )
    row = await by_id(session, standard_id)
    return _read(row, row.effective_on <= today() and (row.ends_on is None or row.ends_on >= today())), True


async def _add(session: AsyncSession, actor: Actor, standard_id: UUID, content: dict[str, Any]) -> bool:
    same = (PayoutStandard.region_code, PayoutStandard.code, PayoutStandard.effective_on)
    newest = select(func.coalesce(func.max(PayoutStandard.revision), 0)).where(
        *(column == content[column.key] for column in same)
    )
    values = content | {
        "id": standard_id,
        "revision": (await session.execute(newest)).scalar_one() + 1,
        "created_at": now(),
        "created_by": actor.id,
        "created_by_name": actor.name,
    }
    statement = insert(PayoutStandard).values(values).on_conflict_do_nothing().returning(PayoutStandard.id)
    return (await session.execute(statement)).scalar_one_or_none() is not None
