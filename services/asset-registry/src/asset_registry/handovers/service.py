"""Taking over what projects built: noting it when the ledger tells, and entering it in a ledger of assets (FND-6)."""

from __future__ import annotations

from uuid import UUID

from service_kit.clock import now
from service_kit.errors import FieldError, NotFound, ValidationFailed
from service_kit.money import format_yuan
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from asset_registry.assets.schemas import AssetCreate
from asset_registry.errors import AlreadyRegistered
from asset_registry.events import ProjectAccepted
from asset_registry.handovers.models import PendingAsset


async def take_over(session: AsyncSession, event: ProjectAccepted) -> None:
    """Note the assets of an accepted project; told twice, it changes nothing."""
    rows = [
        {
            "county_code": event.county_code,
            "id": asset.id,
            "region_code": event.region_code,
            "project_id": event.project_id,
            "project_name": event.name,
            "accepted_on": event.accepted_on,
            "name": asset.name,
            "kind": asset.kind,
            "category": asset.category,
            "location": asset.location,
            "value_fen": asset.value_fen,
            "fund_composition": [line.model_dump() for line in asset.fund_composition],
            "state": "pending",
            "asset_id": None,
            "received_at": now(),
        }
        for asset in event.assets
    ]
    if rows:
        await session.execute(insert(PendingAsset).values(rows).on_conflict_do_nothing())


async def claim_pending(session: AsyncSession, county_code: str, body: AssetCreate, asset_id: UUID) -> PendingAsset:
    """The waiting asset that is being entered, from now on registered as ``asset_id``.

    Raises:
        NotFound: there is none in the actor's region.
        AlreadyRegistered: it was entered before.
        ValidationFailed: another place, kind or value than the project handed over.
    """
    query = (
        select(PendingAsset)
        .where(PendingAsset.county_code == county_code, PendingAsset.id == body.pending_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    pending = (await session.scalars(query)).one_or_none()
    if pending is None:
        raise NotFound("没有找到这项待登记资产")
    if pending.asset_id is not None:
        raise AlreadyRegistered(asset_id=str(pending.asset_id))
    errors = []
    if body.original_value != pending.value_fen:
        message = f"应等于项目决算移交的 {format_yuan(pending.value_fen)} 元"
        errors.append(FieldError("body.original_value", "value_of_project", message))
    if body.kind != pending.kind:
        errors.append(FieldError("body.kind", "kind_of_project", "应与项目移交的类别一致"))
    if not body.region_code.startswith(pending.region_code):
        errors.append(FieldError("body.region_code", "region_of_project", "应在项目所在地"))
    if errors:
        raise ValidationFailed(errors=errors)
    pending.state, pending.asset_id = "registered", asset_id
    await session.flush()
    return pending
