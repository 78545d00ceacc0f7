"""Regions, into the gateway's own table and the copy in each service."""

from __future__ import annotations

from collections.abc import Iterable

from service_kit.bulk import copy_rows
from service_kit.pinyin import initials

from linkage_local.context import SeedContext
from linkage_local.seed.loading import owner_transaction
from linkage_local.seed.regions import Region, zixing_regions
from linkage_local.seed.rows import LOADED_AT

_COLUMNS = ("code", "name", "level", "parent_code", "initials", "updated_at")
_SERVICES = ("gateway", "monitoring", "assets", "funds")


async def load_regions(ctx: SeedContext) -> None:
    """The 234 regions of Zixing; those that are there already stay as they are."""
    ctx.progress("载入资兴市行政区划")
    await store_regions(ctx, zixing_regions())


async def store_regions(ctx: SeedContext, regions: Iterable[Region]) -> None:
    """Add regions to all four services, parents and children in any order."""
    rows = [
        (r.code, r.name, r.level, r.parent_code, initials(r.name), LOADED_AT)
        for r in {region.code: region for region in regions}.values()
    ]
    for service in _SERVICES:
        async with owner_transaction(ctx, service) as connection:
            await copy_rows(connection, "region", _COLUMNS, rows, on_conflict="ON CONFLICT (code) DO NOTHING")
