"""Totals by region and kind, counted when asked."""

from __future__ import annotations

from typing import get_args

from service_kit.db import ReadConnection
from service_kit.db.statement import Statement
from service_kit.region import child_length, level_of

from asset_registry.overview.schemas import AssetTotals, ByKind, Child, Overview, RegionName, Total
from asset_registry.terms import AssetKind

NATION_NAME = "全国"


async def overview(db: ReadConnection, region: str) -> Overview:
    """One statement for the totals (an index-only scan of the region), one for names."""
    depth = child_length(region) or len(region)
    statement = Statement(region)
    width = statement.arg(depth)
    rows = await db.rows(
        f"""
    SELECT left(a.region_code, {width}) AS place, a.kind, count(*) AS count, sum(a.original_value_fen)::bigint AS fen
    FROM asset a
    WHERE {statement.inside("a")} AND a.status <> 'disposed'
    GROUP BY 1, 2 ORDER BY 1""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    by_kind = {kind: Total(count=0, value=0) for kind in get_args(AssetKind)}
    by_child: dict[str, Total] = {}
    for row in rows:
        for total in (by_kind[row["kind"]], by_child.setdefault(row["place"], Total(count=0, value=0))):
            total.count += row["count"]
            total.value += row["fen"]
    # What is registered at the region itself, e.g. by a county, belongs to no child.
    by_child = {code: total for code, total in by_child.items() if len(code) == depth and code != region}
    found = await db.rows("SELECT code, name FROM region WHERE code = ANY($1)", [region, *by_child])
    names = {row["code"]: row["name"] for row in found}
    return Overview(
        region=RegionName(code=region, name=names.get(region, "") if region else NATION_NAME, level=level_of(region)),
        assets=AssetTotals(
            count=sum(total.count for total in by_kind.values()),
            value=sum(total.value for total in by_kind.values()),
            by_kind=ByKind(**by_kind),
        ),
        children=[
            Child(code=code, name=names.get(code, ""), level=level_of(code), assets=total)
            for code, total in by_child.items()
        ],
    )
