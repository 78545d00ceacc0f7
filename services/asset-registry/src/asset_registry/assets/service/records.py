"""What all acts on an asset share: its fields as the API spells them, history, audit, and the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from service_kit import audit
from service_kit.clock import now
from service_kit.db import ReadConnection
from service_kit.money import format_yuan
from service_kit.queue import raw_connection
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from asset_registry.assets import views
from asset_registry.assets.models import Asset, AssetChange
from asset_registry.assets.rules import FIELDS_OF_KIND, Facts
from asset_registry.assets.schemas import CompositionLine
from asset_registry.terms import Act

PLAIN_FIELDS = (
    "code", "name", "category", "project_name", "location", "built_on", "status", "owner_kind", "owner_name",
    "title_confirmed", "keeper", "keeper_person", "upkeep_source", "operator_name", "operation_mode",
    "contract_from", "contract_to", "household_id", "household_head_name",
)  # fmt: skip
MONEY_COLUMNS = {
    "original_value": "original_value_fen",
    "upkeep_budget": "upkeep_budget_fen",
    "yearly_rent": "yearly_rent_fen",
}
"""Field of the API, in yuan → column, in fen."""


@dataclass(frozen=True, slots=True)
class Written:
    """The asset after an act; ``created`` is false for a repeated request."""

    body: bytes
    version: int
    created: bool


def stored_lines(lines: Sequence[CompositionLine]) -> list[dict[str, Any]]:
    """A fund composition as its column holds it."""
    return [
        {
            "source_level": line.source_level,
            "year": line.year,
            "document_number": line.document_number,
            "amount_fen": line.amount,
        }
        for line in lines
    ]


def loaded_lines(asset: Asset) -> list[CompositionLine]:
    """The stored composition as a request would carry it."""
    return [
        CompositionLine.model_validate(
            {name: line[name] for name in ("source_level", "year", "document_number")}
            | {"amount": format_yuan(line["amount_fen"])}
        )
        for line in asset.fund_composition
    ]


def facts_of(asset: Asset) -> Facts:
    """What the rules look at."""
    kinds = {name for fields in FIELDS_OF_KIND.values() for name in fields}
    return Facts(
        kind=asset.kind,
        region_code=asset.region_code,
        original_value=asset.original_value_fen,
        composition=loaded_lines(asset),
        built_on=asset.built_on,
        owner_kind=asset.owner_kind,
        filled=frozenset(n for n in kinds if getattr(asset, MONEY_COLUMNS.get(n, n)) is not None),
        contract_from=asset.contract_from,
        contract_to=asset.contract_to,
    )


def view(asset: Asset) -> dict[str, Any]:
    """The fields of an asset that history compares, as the API spells them."""
    plain = {name: _spelled(getattr(asset, name)) for name in PLAIN_FIELDS}
    amounts = {name: _yuan(getattr(asset, column)) for name, column in MONEY_COLUMNS.items()}
    composition = [
        {key: value for key, value in line.items() if key != "amount_fen"} | {"amount": format_yuan(line["amount_fen"])}
        for line in asset.fund_composition
    ]
    return plain | amounts | {"fund_composition": composition}


def _spelled(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | str) else str(value)


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else format_yuan(fen)


async def write_history(
    session: AsyncSession,
    actor: Actor,
    asset: Asset,
    act: Act,
    changes: Sequence[Mapping[str, Any]],
    *,
    reason: str | None = None,
) -> None:
    """Flush the act, then add its line of history and its audit entry (which names fields, never values)."""
    await session.flush()
    session.add(
        AssetChange(
            county_code=asset.county_code,
            asset_id=asset.id,
            region_code=asset.region_code,
            version=asset.version,
            at=now(),
            actor_id=actor.id,
            actor_name=actor.name,
            act=act,
            reason=reason,
            changes=list(changes),
        )
    )
    await session.flush()
    await audit.record(
        session,
        actor,
        action=f"asset.{act}",
        subject_type="asset",
        subject_id=asset.id,
        region_code=asset.region_code,
        detail={"version": asset.version, "fields": [change["field"] for change in changes]},
    )


async def card(session: AsyncSession, asset: Asset) -> tuple[bytes, int]:
    """The asset as it stands in this transaction."""
    found = await views.get_asset(ReadConnection(await raw_connection(session)), asset.region_code, asset.id)
    if found is None:
        raise LookupError("an asset that was just written is not readable")
    return found


async def current(session: AsyncSession, asset: Asset) -> Any:
    """The asset as data, for a refusal that shows both versions."""
    body, _ = await card(session, asset)
    return orjson.loads(body)
