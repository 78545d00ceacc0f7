"""Reading assets: JSON made by the database, the tenant bound at every level."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.db.statement import Statement, iso, yuan
from service_kit.pagination import TOTAL_CAP, PageParams, json_page

from asset_registry.terms import AssetKind, AssetStatus

_COMPOSITION = f"""(
    SELECT json_agg(json_build_object(
        'source_level', line ->> 'source_level', 'year', (line ->> 'year')::int,
        'document_number', line ->> 'document_number', 'amount', {yuan("line ->> 'amount_fen'")}
    ) ORDER BY place)
    FROM jsonb_array_elements(a.fund_composition) WITH ORDINALITY AS lines (line, place)
)"""  # noqa: S608 - our own text

_CARD = f"""json_build_object(
    'id', a.id, 'county_code', a.county_code, 'region_code', a.region_code, 'region_name', r.name, 'kind', a.kind,
    'code', a.code, 'name', a.name, 'category', a.category, 'project_name', a.project_name,
    'original_value', {yuan("a.original_value_fen")}, 'fund_composition', {_COMPOSITION},
    'location', a.location, 'built_on', a.built_on, 'status', a.status, 'owner_kind', a.owner_kind,
    'owner_name', a.owner_name, 'title_confirmed', a.title_confirmed, 'keeper', a.keeper,
    'keeper_person', a.keeper_person, 'upkeep_budget', {yuan("a.upkeep_budget_fen")},
    'upkeep_source', a.upkeep_source, 'operator_name', a.operator_name, 'operation_mode', a.operation_mode,
    'contract_from', a.contract_from, 'contract_to', a.contract_to, 'yearly_rent', {yuan("a.yearly_rent_fen")},
    'household_id', a.household_id, 'household_head_name', a.household_head_name, 'project_id', a.project_id,
    'demo', a.demo, 'version', a.version, 'created_at', {iso("a.created_at")}, 'updated_at', {iso("a.updated_at")}
)::text"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of assets is narrowed to; ``text`` looks in names, pinyin initials and numbers."""

    region: str
    kind: AssetKind | None = None
    status: AssetStatus | None = None
    household_id: UUID | None = None
    text: str | None = None


def _conditions(statement: Statement, filters: Filters) -> str:
    conditions = [statement.inside("a")]
    for column, value in (
        ("kind", filters.kind),
        ("status", filters.status),
        ("household_id", filters.household_id),
    ):
        if value is not None:
            conditions.append(f"a.{column} = {statement.arg(value)}")
    if wanted := "".join((filters.text or "").split()):
        # A county has some thousand assets, so words are looked for anywhere in the name, row by row.
        name, lower = statement.arg(wanted), statement.arg(wanted.lower())
        conditions.append(
            f"(strpos(a.name, {name}) > 0 OR strpos(a.initials, {lower}) > 0 OR strpos(lower(a.code), {lower}) > 0)"
        )
    return " AND ".join(conditions)


async def list_assets(db: ReadConnection, filters: Filters, paging: PageParams) -> bytes:
    """A page in the order of region and number. One statement, or two with a total."""
    statement = Statement(filters.region)
    conditions = _conditions(statement, filters)
    total = None
    if paging.with_total:
        counted = f"SELECT count(*) FROM (SELECT 1 FROM asset a WHERE {conditions} LIMIT {TOTAL_CAP + 1}) t"  # noqa: S608
        total = await db.value(counted, *statement.args)
    if key := paging.after(str, str, str):
        county, place, code = (statement.arg(value) for value in key)
        conditions += f" AND (a.county_code, a.region_code, a.code) > ({county}, {place}, {code})"
    limit = statement.arg(paging.limit + 1)
    rows = await db.rows(
        f"""
    SELECT {_CARD}, a.county_code, a.region_code, a.code
    FROM (
        SELECT a.* FROM asset a WHERE {conditions}
        ORDER BY a.county_code, a.region_code, a.code LIMIT {limit}
    ) a
    JOIN region r ON r.code = a.region_code
    ORDER BY a.county_code, a.region_code, a.code""",  # noqa: S608 - our own text, values are arguments
        *statement.args,
    )
    return json_page(rows, paging.limit, total)


async def get_asset(db: ReadConnection, region: str, asset_id: UUID) -> tuple[bytes, int] | None:
    """The asset as JSON and its version; None when there is none in the region."""
    statement = Statement(region)
    row = await db.row(
        f"SELECT {_CARD} AS body, a.version FROM asset a JOIN region r ON r.code = a.region_code"  # noqa: S608
        f" WHERE {statement.inside('a')} AND a.id = {statement.arg(asset_id)}",
        *statement.args,
    )
    return None if row is None else (row["body"].encode(), row["version"])


async def list_history(db: ReadConnection, region: str, asset_id: UUID, paging: PageParams) -> bytes | None:
    """A page of acts, newest first; None when the asset is not in the region."""
    statement = Statement(region)
    wanted = statement.arg(asset_id)
    known = await db.value(
        f"SELECT a.version FROM asset a WHERE {statement.inside('a')} AND a.id = {wanted}",  # noqa: S608
        *statement.args,
    )
    if known is None:
        return None
    before = ""
    if key := paging.after(int):
        before = f"AND c.version < {statement.arg(key[0])}"
    rows = await db.rows(
        f"""
    SELECT json_build_object('version', c.version, 'at', {iso("c.at")}, 'actor_name', c.actor_name, 'act', c.act,
        'reason', c.reason, 'changes', c.changes)::text, c.version
    FROM asset_change c
    WHERE {statement.inside("c")} AND c.asset_id = {wanted} {before}
    ORDER BY c.version DESC LIMIT {statement.arg(paging.limit + 1)}""",  # noqa: S608 - our own text
        *statement.args,
    )
    return json_page(rows, paging.limit)
