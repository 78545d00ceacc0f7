"""Loading and storing assets. Row-level security limits every statement to the actor's region."""

from __future__ import annotations

from uuid import UUID

from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy import Select, and_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from asset_registry.assets.models import Asset


def readable(actor: Actor) -> Select[Asset]:
    """Where every load starts: the tenants that an actor can meet."""
    if len(actor.region) >= 6:
        return select(Asset).where(Asset.county_code == actor.region[:6])
    scope = actor.scope
    return select(Asset).where(and_(Asset.county_code >= scope.county_lo, Asset.county_code < scope.county_hi))


async def lock_asset(session: AsyncSession, actor: Actor, asset_id: UUID) -> Asset:
    """Load an asset for a change; others wait, so that its versions follow one another.

    Raises:
        NotFound: no such asset in the actor's region.
    """
    query = readable(actor).where(Asset.id == asset_id).with_for_update()
    asset = (await session.scalars(query)).one_or_none()
    if asset is None:
        raise NotFound()
    return asset


async def find_asset(session: AsyncSession, county_code: str, asset_id: UUID) -> Asset | None:
    query = select(Asset).where(Asset.county_code == county_code, Asset.id == asset_id)
    return (await session.scalars(query)).one_or_none()


async def claim_asset(session: AsyncSession, asset: Asset) -> bool:
    """Insert the row unless its id is taken; waits for another registration of the same id to end."""
    values = {column.key: getattr(asset, column.key) for column in Asset.__table__.columns}
    statement = insert(Asset).values(values).on_conflict_do_nothing(index_elements=["county_code", "id"])
    return (await session.execute(statement.returning(Asset.id))).scalar_one_or_none() is not None
