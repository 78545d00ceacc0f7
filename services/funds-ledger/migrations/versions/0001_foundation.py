"""Foundation: floor rules, pools, documents, allocations and the ledger, with the tables of the kit

Revision ID: 0001_foundation
Revises:
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops, queue

revision = "0001_foundation"
down_revision = None
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.DateTime(timezone=True)
FEN = sa.BigInteger()

SOURCE_LEVELS = "'central', 'provincial', 'prefecture', 'county', 'integrated', 'land_revenue', 'social'"
PURPOSES = "'industry', 'infrastructure', 'public_service', 'other'"
MAX_FUND_FEN = 100_000_000_000_000


def upgrade() -> None:
    ops.create_kit_tables(op)
    queue.create_queue_tables(op)
    create_floor_rule()
    create_pool()
    create_account()
    create_fund_document()
    create_allocation()
    create_transfer()


def downgrade() -> None:
    raise NotImplementedError("台账只进不退;请从备份恢复")


def create_floor_rule() -> None:
    table = op.create_table(
        "floor_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source_level", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("floor_bp", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("region_code ~ '^(|\\d{2}|\\d{4}|\\d{6})$'", name=op.f("ck_floor_rule_region_code")),
        sa.CheckConstraint(f"source_level IN ({SOURCE_LEVELS})", name=op.f("ck_floor_rule_source_level")),
        sa.CheckConstraint("floor_bp BETWEEN 0 AND 10000", name=op.f("ck_floor_rule_floor_range")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_floor_rule_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("floor_rule_pkey")),
        sa.UniqueConstraint(
            "year",
            "source_level",
            "region_code",
            "revision",
            name=op.f("uq_floor_rule_year_source_level_region_code_revision"),
        ),
        info={"kind": "reference", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)


def create_pool() -> None:
    table = op.create_table(
        "pool",
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source_level", sa.Text(), nullable=False),
        sa.Column("received_fen", FEN, nullable=False),
        sa.Column("allocated_industry_fen", FEN, nullable=False),
        sa.Column("allocated_other_fen", FEN, nullable=False),
        sa.Column("floor_bp", sa.Integer(), nullable=False),
        sa.Column("floor_rule_id", sa.Uuid(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("county_code ~ '^\\d{6}$'", name=op.f("ck_pool_county_code")),
        sa.CheckConstraint(f"source_level IN ({SOURCE_LEVELS})", name=op.f("ck_pool_source_level")),
        sa.CheckConstraint(
            "allocated_industry_fen + allocated_other_fen <= received_fen", name=op.f("ck_pool_within_received")
        ),
        sa.CheckConstraint(
            "allocated_industry_fen >= 0 AND allocated_other_fen >= 0", name=op.f("ck_pool_not_negative")
        ),
        sa.CheckConstraint(
            "allocated_other_fen * 10000 <= received_fen * (10000 - floor_bp)", name=op.f("ck_pool_industry_floor")
        ),
        sa.CheckConstraint("floor_bp BETWEEN 0 AND 10000", name=op.f("ck_pool_floor_range")),
        sa.CheckConstraint("last_seq >= 0 AND version >= 1", name=op.f("ck_pool_counters")),
        sa.CheckConstraint(f"received_fen BETWEEN 0 AND {MAX_FUND_FEN}", name=op.f("ck_pool_received_range")),
        sa.ForeignKeyConstraint(["floor_rule_id"], ["floor_rule.id"], name=op.f("fk_pool_floor_rule_id")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pool_pkey")),
        sa.UniqueConstraint(
            "county_code", "id", "year", "source_level", name=op.f("uq_pool_county_code_id_year_source_level")
        ),
        sa.UniqueConstraint("county_code", "year", "source_level", name=op.f("uq_pool_county_code_year_source_level")),
        info={
            "kind": "tenant",
            "region_column": "county_code",
            "grants": "SELECT, INSERT, UPDATE (received_fen, allocated_industry_fen, allocated_other_fen, floor_bp, floor_rule_id, last_seq, version, updated_at)",
        },
    )
    ops.secure_table(op, table)


def create_account() -> None:
    table = op.create_table(
        "account",
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source_level", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("debited_fen", FEN, nullable=False),
        sa.Column("credited_fen", FEN, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("(kind = 'allocated') = (purpose IS NOT NULL)", name=op.f("ck_account_purpose_by_kind")),
        sa.CheckConstraint("kind = 'income' OR credited_fen <= debited_fen", name=op.f("ck_account_not_overdrawn")),
        sa.CheckConstraint("kind IN ('income', 'available', 'allocated')", name=op.f("ck_account_kind")),
        sa.CheckConstraint(f"purpose IN ({PURPOSES})", name=op.f("ck_account_purpose")),
        sa.CheckConstraint(
            "region_code >= county_code AND region_code < county_code || ':'", name=op.f("ck_account_region_in_county")
        ),
        sa.CheckConstraint("debited_fen >= 0 AND credited_fen >= 0", name=op.f("ck_account_not_negative")),
        sa.ForeignKeyConstraint(
            ["county_code", "pool_id", "year", "source_level"],
            ["pool.county_code", "pool.id", "pool.year", "pool.source_level"],
            name="fk_account_pool",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("account_pkey")),
        sa.UniqueConstraint("county_code", "id", "pool_id", name=op.f("uq_account_county_code_id_pool_id")),
        sa.UniqueConstraint(
            "county_code",
            "pool_id",
            "kind",
            "region_code",
            "purpose",
            name=op.f("uq_account_county_code_pool_id_kind_region_code_purpose"),
            postgresql_nulls_not_distinct=True,
        ),
        info={
            "kind": "tenant",
            "region_column": "region_code",
            "grants": "SELECT, INSERT, UPDATE (debited_fen, credited_fen, updated_at)",
        },
    )
    op.create_index(op.f("ix_account_county_code_region_code_id"), "account", ["county_code", "region_code", "id"])
    ops.secure_table(op, table)


def create_fund_document() -> None:
    table = op.create_table(
        "fund_document",
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source_level", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", FEN, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("allocated_fen", FEN, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("allocated_fen BETWEEN 0 AND amount_fen", name=op.f("ck_fund_document_within_amount")),
        sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name=op.f("ck_fund_document_amount_range")),
        sa.CheckConstraint("received_on >= issued_on", name=op.f("ck_fund_document_received_after_issued")),
        sa.ForeignKeyConstraint(
            ["county_code", "pool_id", "year", "source_level"],
            ["pool.county_code", "pool.id", "pool.year", "pool.source_level"],
            name="fk_fund_document_pool",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("fund_document_pkey")),
        sa.UniqueConstraint(
            "county_code", "id", "pool_id", "direct", name=op.f("uq_fund_document_county_code_id_pool_id_direct")
        ),
        sa.UniqueConstraint(
            "county_code",
            "year",
            "source_level",
            "number",
            name=op.f("uq_fund_document_county_code_year_source_level_number"),
        ),
        info={
            "kind": "tenant",
            "region_column": "county_code",
            "grants": "SELECT, INSERT, UPDATE (allocated_fen, updated_at)",
        },
    )
    op.create_index(
        op.f("ix_fund_document_county_code_created_at_id"), "fund_document", ["county_code", "created_at", "id"]
    )
    ops.secure_table(op, table)


def create_allocation() -> None:
    table = op.create_table(
        "allocation",
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source_level", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("amount_fen", FEN, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reversed_at", INSTANT, nullable=True),
        sa.Column("reversal_reason", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(status = 'reversed') = (reversed_at IS NOT NULL) AND (status = 'reversed') = (reversal_reason IS NOT NULL)",
            name=op.f("ck_allocation_reversal"),
        ),
        sa.CheckConstraint(f"purpose IN ({PURPOSES})", name=op.f("ck_allocation_purpose")),
        sa.CheckConstraint(
            "region_code > county_code AND region_code < county_code || ':'",
            name=op.f("ck_allocation_region_in_county"),
        ),
        sa.CheckConstraint("status IN ('allocated', 'reversed')", name=op.f("ck_allocation_status")),
        sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name=op.f("ck_allocation_amount_range")),
        sa.CheckConstraint("document_id IS NOT NULL OR NOT direct", name=op.f("ck_allocation_direct_names_document")),
        sa.ForeignKeyConstraint(
            ["county_code", "document_id", "pool_id", "direct"],
            ["fund_document.county_code", "fund_document.id", "fund_document.pool_id", "fund_document.direct"],
            name="fk_allocation_document",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "pool_id", "year", "source_level"],
            ["pool.county_code", "pool.id", "pool.year", "pool.source_level"],
            name="fk_allocation_pool",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("allocation_pkey")),
        sa.UniqueConstraint("county_code", "id", "pool_id", name=op.f("uq_allocation_county_code_id_pool_id")),
        info={
            "kind": "tenant",
            "region_column": "region_code",
            "grants": "SELECT, INSERT, UPDATE (status, reversed_at, reversal_reason, version, updated_at)",
        },
    )
    op.create_index(op.f("ix_allocation_county_code_created_at_id"), "allocation", ["county_code", "created_at", "id"])
    op.create_index(
        op.f("ix_allocation_county_code_pool_id_created_at_id"),
        "allocation",
        ["county_code", "pool_id", "created_at", "id"],
    )
    op.create_index(
        op.f("ix_allocation_county_code_region_code_created_at_id"),
        "allocation",
        ["county_code", "region_code", "created_at", "id"],
    )
    ops.secure_table(op, table)


def create_transfer() -> None:
    table = op.create_table(
        "transfer",
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("debit_account_id", sa.Uuid(), nullable=False),
        sa.Column("credit_account_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", FEN, nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("allocation_id", sa.Uuid(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("received_after_fen", FEN, nullable=False),
        sa.Column("industry_after_fen", FEN, nullable=False),
        sa.Column("other_after_fen", FEN, nullable=False),
        sa.Column("floor_bp", sa.Integer(), nullable=False),
        sa.Column("posted_at", INSTANT, nullable=False),
        sa.Column("posted_by", sa.Uuid(), nullable=False),
        sa.Column("posted_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_transfer_reversal_names_original")
        ),
        sa.CheckConstraint(
            "kind <> 'allocation' OR allocation_id IS NOT NULL", name=op.f("ck_transfer_allocation_named")
        ),
        sa.CheckConstraint(
            "kind <> 'receipt' OR document_id IS NOT NULL", name=op.f("ck_transfer_receipt_names_document")
        ),
        sa.CheckConstraint("kind IN ('receipt', 'allocation', 'reversal')", name=op.f("ck_transfer_kind")),
        sa.CheckConstraint(
            "region_code >= county_code AND region_code < county_code || ':'", name=op.f("ck_transfer_region_in_county")
        ),
        sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name=op.f("ck_transfer_amount_range")),
        sa.CheckConstraint("debit_account_id <> credit_account_id", name=op.f("ck_transfer_two_accounts")),
        sa.CheckConstraint("floor_bp BETWEEN 0 AND 10000", name=op.f("ck_transfer_floor_range")),
        sa.CheckConstraint(
            "industry_after_fen + other_after_fen <= received_after_fen", name=op.f("ck_transfer_within_received")
        ),
        sa.CheckConstraint("industry_after_fen >= 0 AND other_after_fen >= 0", name=op.f("ck_transfer_not_negative")),
        sa.CheckConstraint(
            "other_after_fen * 10000 <= received_after_fen * (10000 - floor_bp)",
            name=op.f("ck_transfer_industry_floor"),
        ),
        sa.CheckConstraint(f"received_after_fen BETWEEN 0 AND {MAX_FUND_FEN}", name=op.f("ck_transfer_received_range")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_transfer_seq")),
        sa.ForeignKeyConstraint(
            ["county_code", "allocation_id", "pool_id"],
            ["allocation.county_code", "allocation.id", "allocation.pool_id"],
            name="fk_transfer_allocation",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "credit_account_id", "pool_id"],
            ["account.county_code", "account.id", "account.pool_id"],
            name="fk_transfer_credit_account",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "credit_account_id", "reverses_id", "debit_account_id", "pool_id", "amount_fen"],
            [
                "transfer.county_code",
                "transfer.debit_account_id",
                "transfer.id",
                "transfer.credit_account_id",
                "transfer.pool_id",
                "transfer.amount_fen",
            ],
            name="fk_transfer_reverses",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "debit_account_id", "pool_id"],
            ["account.county_code", "account.id", "account.pool_id"],
            name="fk_transfer_debit_account",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "document_id"],
            ["fund_document.county_code", "fund_document.id"],
            name=op.f("fk_transfer_county_code_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "pool_id"], ["pool.county_code", "pool.id"], name=op.f("fk_transfer_county_code_pool_id")
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("transfer_pkey")),
        sa.UniqueConstraint(
            "county_code",
            "debit_account_id",
            "id",
            "credit_account_id",
            "pool_id",
            "amount_fen",
            name="uq_transfer_both_sides",
        ),
        sa.UniqueConstraint("county_code", "pool_id", "seq", name=op.f("uq_transfer_county_code_pool_id_seq")),
        sa.UniqueConstraint("county_code", "reverses_id", name="uq_transfer_reverses_id"),
        info={"kind": "tenant", "region_column": "region_code", "grants": "SELECT, INSERT"},
    )
    op.create_index("ix_transfer_credit_account", "transfer", ["county_code", "credit_account_id", "seq"])
    op.create_index(
        "uq_transfer_allocation_posting",
        "transfer",
        ["county_code", "allocation_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'allocation'"),
    )
    op.create_index(
        "uq_transfer_document_receipt",
        "transfer",
        ["county_code", "document_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'receipt'"),
    )
    ops.secure_table(op, table)
