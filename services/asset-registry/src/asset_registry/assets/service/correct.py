"""Correcting an entry."""

from __future__ import annotations

from uuid import UUID

from service_kit.clock import now, today
from service_kit.errors import FieldError, ValidationFailed
from service_kit.pinyin import initials
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from asset_registry.assets import repository, rules
from asset_registry.assets.models import Asset
from asset_registry.assets.schemas import AssetUpdate
from asset_registry.assets.service import records
from asset_registry.assets.service.records import Written


async def correct_asset(
    session: AsyncSession, actor: Actor, asset_id: UUID, expected: int, body: AssetUpdate
) -> Written:
    """Change the fields that were sent. Nothing changed means no new version.

    Raises:
        NotFound, ValidationFailed, CompositionMismatch, AssetCodeTaken.
        VersionMismatch: with the asset as it stands and what was sent.
    """
    asset = await repository.lock_asset(session, actor, asset_id)
    if asset.version != expected:
        check_version(
            asset.version,
            expected,
            current_view=await records.current(session, asset),
            yours=body.model_dump(mode="json", exclude_unset=True),
        )
    if asset.status == "disposed":
        raise ValidationFailed(errors=[FieldError("body.status", "disposed", "已处置的资产不能再修改")])
    before = records.view(asset)
    _apply(asset, body)
    changes = rules.changes_between(before, records.view(asset))
    if not changes:
        return Written(*await records.card(session, asset), created=False)
    if errors := rules.errors_of(records.facts_of(asset), today()):
        raise ValidationFailed(errors=errors)
    rules.ensure_adds_up(asset.original_value_fen, records.loaded_lines(asset))
    asset.updated_at = now()
    await records.write_history(session, actor, asset, "corrected", changes, reason=body.reason)
    return Written(*await records.card(session, asset), created=False)


def _apply(asset: Asset, body: AssetUpdate) -> None:
    for field in body.model_fields_set:
        if field in records.PLAIN_FIELDS:
            setattr(asset, field, getattr(body, field))
        elif field in records.MONEY_COLUMNS:
            setattr(asset, records.MONEY_COLUMNS[field], getattr(body, field))
    if "name" in body.model_fields_set:
        asset.initials = initials(body.name)
    if "fund_composition" in body.model_fields_set:
        asset.fund_composition = records.stored_lines(body.fund_composition)
