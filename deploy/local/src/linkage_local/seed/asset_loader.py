"""Demo assets into the registry, each with its first line of history."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from service_kit.bulk import copy_rows
from service_kit.pinyin import initials

from linkage_local.context import SeedContext
from linkage_local.seed.account_loader import DEMO_USERS, user_ids
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.loading import owner_transaction
from linkage_local.seed.property import DemoAsset, plan_assets
from linkage_local.seed.rows import LOADED_AT
from linkage_local.seed.villages import Household

_FEN = 100
_KEEPER_USER = "assets"
_ASSET_COLUMNS = (
    "county_code", "id", "region_code", "kind", "code", "name", "initials", "category", "project_name",
    "original_value_fen", "fund_composition", "location", "built_on", "status", "owner_kind", "owner_name",
    "title_confirmed", "keeper", "keeper_person", "upkeep_budget_fen", "upkeep_source", "operator_name",
    "operation_mode", "contract_from", "contract_to", "yearly_rent_fen", "household_id", "household_head_name",
    "demo", "version", "created_at", "updated_at",
)  # fmt: skip
_CHANGE_COLUMNS = (
    "county_code", "id", "asset_id", "region_code", "version", "at", "actor_id", "actor_name", "act", "changes",
)  # fmt: skip


async def load_assets(ctx: SeedContext, county: CountySeed, households: list[Household]) -> None:
    """The county's assets; nothing when it has assets already."""
    async with owner_transaction(ctx, "assets") as connection:
        if await connection.fetchval("SELECT EXISTS (SELECT FROM asset WHERE county_code = $1)", county.county_code):
            return
        assets = plan_assets(list(county.villages), households, county.rng("assets"))
        ids = county.ids("asset", 0)
        numbered = [(ids.take(), asset) for asset in assets]
        await copy_rows(connection, "asset", _ASSET_COLUMNS, _asset_rows(county.county_code, numbered))
        await copy_rows(connection, "asset_change", _CHANGE_COLUMNS, _change_rows(county, numbered))


def _asset_rows(county_code: str, assets: list[tuple[UUID, DemoAsset]]) -> Iterator[tuple[object, ...]]:
    for asset_id, a in assets:
        public, operating = a.kind == "public_welfare", a.kind == "operating"
        parts = [
            {
                "source_level": part.source_level,
                "year": part.year,
                "document_number": part.document_number,
                "amount_fen": part.amount * _FEN,
            }
            for part in a.parts
        ]
        yield (
            county_code, asset_id, a.region_code, a.kind, a.code, a.name, initials(a.name), a.category,
            f"{a.built_on.year}年{a.category}项目（演示）", a.value * _FEN, parts, a.location, a.built_on, a.status,
            "individual" if a.household else "village_collective", a.owner_name, a.title_confirmed,
            a.owner_name if public else None, a.keeper_person, _fen(a.upkeep_budget),
            "村集体经济收入" if public else None, a.operator_name, "租赁" if operating else None,
            a.contract_from, a.contract_to, _fen(a.yearly_rent),
            a.household.id if a.household else None, a.owner_name if a.household else None,
            True, 1, LOADED_AT, LOADED_AT,
        )  # fmt: skip


def _fen(yuan: int | None) -> int | None:
    return None if yuan is None else yuan * _FEN


def _change_rows(county: CountySeed, assets: list[tuple[UUID, DemoAsset]]) -> Iterator[tuple[object, ...]]:
    keeper = next(user for user in DEMO_USERS if user.username == _KEEPER_USER)
    keeper_id = user_ids(county)[_KEEPER_USER]
    for asset_id, asset in assets:
        # A line of history may carry its asset's id: the two are keys of different tables.
        yield (
            county.county_code, asset_id, asset_id, asset.region_code, 1, LOADED_AT, keeper_id, keeper.name,
            "imported", [],
        )  # fmt: skip
