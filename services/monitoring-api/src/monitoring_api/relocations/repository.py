"""Loading and storing moves between regions."""

from __future__ import annotations

from uuid import UUID

from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.acts.models import RegisterAct
from monitoring_api.households.repository import readable
from monitoring_api.relocations.models import Relocation


async def lock_relocation(session: AsyncSession, actor: Actor, relocation_id: UUID) -> Relocation:
    """Raises: NotFound when no such move goes to the actor's region."""
    query = select(Relocation).where(readable(actor, Relocation.county_code), Relocation.id == relocation_id)
    return await _one(session, query)


async def lock_relocation_in(session: AsyncSession, county_code: str, relocation_id: UUID) -> Relocation:
    """As ``lock_relocation`` for the side that declared it, which knows the county it went to."""
    query = select(Relocation).where(Relocation.county_code == county_code, Relocation.id == relocation_id)
    return await _one(session, query)


async def _one(session: AsyncSession, query: object) -> Relocation:
    statement = query.with_for_update().execution_options(populate_existing=True)  # type: ignore[attr-defined]
    found: Relocation | None = (await session.execute(statement)).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


async def find_relocation(session: AsyncSession, county_code: str, relocation_id: UUID) -> Relocation | None:
    query = select(Relocation).where(Relocation.county_code == county_code, Relocation.id == relocation_id)
    return (await session.execute(query)).scalar_one_or_none()


async def declaration(session: AsyncSession, county_code: str, household_id: UUID, relocation_id: UUID) -> RegisterAct:
    """The act by which a household's move was declared.

    Raises:
        NotFound: the household has declared no such move.
    """
    query = select(RegisterAct).where(
        RegisterAct.county_code == county_code,
        RegisterAct.household_id == household_id,
        RegisterAct.relocation_id == relocation_id,
        RegisterAct.kind == "declare_move",
    )
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


async def is_waiting(session: AsyncSession, county_code: str, household_id: UUID) -> bool:
    """Whether a move that the household declared has not been decided: more declarations than ends."""
    ends = ("withdraw_move", "decline_move", "moved_out")
    query = select(
        func.count().filter(RegisterAct.kind == "declare_move"), func.count().filter(RegisterAct.kind.in_(ends))
    ).where(
        RegisterAct.county_code == county_code,
        RegisterAct.household_id == household_id,
        RegisterAct.relocation_id.is_not(None),
    )
    declared, ended = (await session.execute(query)).one()
    return bool(declared > ended)
