"""Foundation: the three ledgers of assets, their history, and the kit's tables.

Revision ID: 0001_foundation
Revises:
Create Date: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops, queue
from sqlalchemy.dialects import postgresql

revision = "0001_foundation"
down_revision = None
branch_labels = None
depends_on = None

TENANTS = {"asset": "SELECT, INSERT, UPDATE", "asset_change": "SELECT, INSERT"}

COMPOSITION_FEN = """
CREATE FUNCTION composition_fen(lines jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT CASE
        WHEN count(*) = 0 OR bool_or((line ->> 'amount_fen')::bigint <= 0 OR line ->> 'amount_fen' IS NULL) THEN -1
        ELSE sum((line ->> 'amount_fen')::bigint)
    END
    FROM jsonb_array_elements(lines) AS line
)
"""


def upgrade() -> None:
    ops.create_kit_tables(op)
    queue.create_queue_tables(op)
    op.execute(COMPOSITION_FEN)
    create_asset()
    create_asset_change()
    role = ops.service_role(op)
    for table, grants in TENANTS.items():
        op.execute(f'GRANT {grants} ON "{table}" TO {role}')
        ops.enable_region_scope(op, table, "region_code")


def downgrade() -> None:
    raise NotImplementedError("the first revision is left by dropping the schema")


def create_asset() -> None:
    op.create_table(
        "asset",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("project_name", sa.Text(), nullable=True),
        sa.Column("original_value_fen", sa.BigInteger(), nullable=False),
        sa.Column("fund_composition", postgresql.JSONB(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("built_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_name", sa.Text(), nullable=True),
        sa.Column("title_confirmed", sa.Boolean(), nullable=False),
        sa.Column("keeper", sa.Text(), nullable=True),
        sa.Column("keeper_person", sa.Text(), nullable=True),
        sa.Column("upkeep_budget_fen", sa.BigInteger(), nullable=True),
        sa.Column("upkeep_source", sa.Text(), nullable=True),
        sa.Column("operator_name", sa.Text(), nullable=True),
        sa.Column("operation_mode", sa.Text(), nullable=True),
        sa.Column("contract_from", sa.Date(), nullable=True),
        sa.Column("contract_to", sa.Date(), nullable=True),
        sa.Column("yearly_rent_fen", sa.BigInteger(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("household_head_name", sa.Text(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name="asset_pkey"),
        sa.UniqueConstraint("county_code", "code", name="uq_asset_code"),
        sa.UniqueConstraint("county_code", "id", "region_code", name="uq_asset_id_region"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_asset_region"),
        sa.CheckConstraint(
            "length(region_code) IN (6, 9, 12) AND left(region_code, 6) = county_code", name="ck_asset_county"
        ),
        sa.CheckConstraint("kind IN ('public_welfare', 'operating', 'household')", name="ck_asset_kind"),
        sa.CheckConstraint("status IN ('in_use', 'idle', 'damaged', 'disposed')", name="ck_asset_status"),
        sa.CheckConstraint("owner_kind IN ('individual', 'village_collective', 'state')", name="ck_asset_owner_kind"),
        sa.CheckConstraint("original_value_fen BETWEEN 1 AND 1000000000000000", name="ck_asset_original_value"),
        sa.CheckConstraint(
            "jsonb_typeof(fund_composition) = 'array' AND composition_fen(fund_composition) = original_value_fen",
            name="ck_asset_composition",
        ),
        sa.CheckConstraint(
            "(kind = 'public_welfare' OR num_nonnulls(keeper, keeper_person, upkeep_budget_fen, upkeep_source) = 0)"
            " AND (kind = 'operating' OR num_nonnulls(operator_name, operation_mode, contract_from, contract_to,"
            " yearly_rent_fen) = 0)"
            " AND (kind = 'household' OR num_nonnulls(household_id, household_head_name) = 0)",
            name="ck_asset_fields_of_kind",
        ),
        sa.CheckConstraint(
            "kind <> 'household' OR (household_id IS NOT NULL AND household_head_name IS NOT NULL"
            " AND owner_kind = 'individual' AND length(region_code) = 12)",
            name="ck_asset_household",
        ),
        sa.CheckConstraint(
            "contract_to IS NULL OR (contract_from IS NOT NULL AND contract_to >= contract_from)",
            name="ck_asset_contract_period",
        ),
        sa.CheckConstraint("upkeep_budget_fen >= 0", name="ck_asset_upkeep_budget"),
        sa.CheckConstraint("yearly_rent_fen >= 0", name="ck_asset_yearly_rent"),
    )
    op.create_index(
        "ix_asset_list",
        "asset",
        ["county_code", "region_code", "code"],
        postgresql_include=["kind", "status", "original_value_fen"],
    )
    op.create_index(
        "ix_asset_household_id",
        "asset",
        ["county_code", "household_id"],
        postgresql_where=sa.text("household_id IS NOT NULL"),
    )


def create_asset_change() -> None:
    op.create_table(
        "asset_change",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name="asset_change_pkey"),
        sa.UniqueConstraint("county_code", "asset_id", "version", name="uq_asset_change_version"),
        sa.ForeignKeyConstraint(
            ["county_code", "asset_id", "region_code"],
            ["asset.county_code", "asset.id", "asset.region_code"],
            name="fk_asset_change_asset",
        ),
        sa.CheckConstraint("act IN ('registered', 'imported', 'corrected')", name="ck_asset_change_act"),
    )
