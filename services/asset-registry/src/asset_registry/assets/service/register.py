"""Entering an asset in its ledger."""

from __future__ import annotations

import hashlib
from uuid import UUID

from service_kit.auth import ensure_in_scope
from service_kit.clock import now, today
from service_kit.crypto import FieldCrypto
from service_kit.errors import AlreadyExists, ValidationFailed
from service_kit.json import canonical
from service_kit.outbox import publish
from service_kit.pinyin import initials
from service_kit.region import county_of
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from asset_registry.assets import repository, rules
from asset_registry.assets.models import Asset
from asset_registry.assets.schemas import AssetCreate
from asset_registry.assets.service import records
from asset_registry.assets.service.records import Written
from asset_registry.events import AssetRegistered
from asset_registry.handovers.service import claim_pending


async def register_asset(
    session: AsyncSession, actor: Actor, crypto: FieldCrypto, asset_id: UUID, body: AssetCreate
) -> Written:
    """Enter an asset (AST-1). The same request again has no further effect.

    Raises:
        ValidationFailed, CompositionMismatch, RegionOutOfScope, AssetCodeTaken, RegionUnknown.
        NotFound, AlreadyRegistered: what a project handed over is not there, or was entered before.
        AlreadyExists: the id belongs to another request.
    """
    ensure_in_scope(actor, body.region_code)
    asset = _new(asset_id, body, _content_hash(crypto, body))
    if errors := rules.errors_of(records.facts_of(asset), today()):
        raise ValidationFailed(errors=errors)
    rules.ensure_adds_up(body.original_value, body.fund_composition)
    if body.pending_id is not None:
        if (known := await repository.find_asset(session, asset.county_code, asset_id)) is None:
            pending = await claim_pending(session, asset.county_code, body, asset_id)
            asset.project_id, asset.project_name = pending.project_id, pending.project_name
        else:
            asset.project_id = known.project_id
    if not await repository.claim_asset(session, asset):
        known = await repository.find_asset(session, asset.county_code, asset_id)
        if known is None or known.content_hash != asset.content_hash:
            raise AlreadyExists()
        return Written(*await records.card(session, known), created=False)
    after = {field: value for field, value in records.view(asset).items() if value is not None}
    await records.write_history(session, actor, asset, "registered", rules.changes_between({}, after))
    await _announce(session, asset)
    return Written(*await records.card(session, asset), created=True)


def _new(asset_id: UUID, body: AssetCreate, content_hash: bytes) -> Asset:
    at = now()
    return Asset(
        county_code=county_of(body.region_code),
        id=asset_id,
        region_code=body.region_code,
        kind=body.kind,
        initials=initials(body.name),
        fund_composition=records.stored_lines(body.fund_composition),
        project_id=None,
        pending_id=body.pending_id,
        demo=False,
        version=1,
        created_at=at,
        updated_at=at,
        content_hash=content_hash,
        **{field: getattr(body, field) for field in records.PLAIN_FIELDS},
        **{column: getattr(body, field) for field, column in records.MONEY_COLUMNS.items()},
    )


def _content_hash(crypto: FieldCrypto, body: AssetCreate) -> bytes:
    """Keyed, because the body holds persons' names."""
    return crypto.blind_index(hashlib.sha256(canonical(body.model_dump(mode="json"))).hexdigest())


async def _announce(session: AsyncSession, asset: Asset) -> None:
    event = AssetRegistered.model_validate(
        {
            "asset_id": asset.id,
            "county_code": asset.county_code,
            "region_code": asset.region_code,
            "kind": asset.kind,
            "code": asset.code,
            "original_value_fen": asset.original_value_fen,
            "fund_composition": asset.fund_composition,
            "name": asset.name,
            "project_id": asset.project_id,
            "registered_at": asset.created_at,
        }
    )
    await publish(session, event, key=str(asset.id))
