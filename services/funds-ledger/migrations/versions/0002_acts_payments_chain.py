"""Acts on documents, last year's share as a floor, bulk allocations, payments, and a hash chain over the transfers

Revision ID: 0002_acts_payments_chain
Revises: 0001_foundation
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops

revision = "0002_acts_payments_chain"
down_revision = "0001_foundation"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.DateTime(timezone=True)
FEN = sa.BigInteger()
HASH = sa.LargeBinary()

SOURCE_LEVELS = "'central', 'provincial', 'prefecture', 'county', 'integrated', 'land_revenue', 'social'"
MAX_FUND_FEN = 100_000_000_000_000
IN_COUNTY = "region_code > county_code AND region_code < county_code || ':'"
RULE_REGION = "region_code ~ '^(|\\d{2}|\\d{4}|\\d{6})$'"

CONTENT = (
    "CAST(county_code AS text) || '|' || CAST(pool_id AS text) || '|' || CAST(seq AS text)"
    " || '|' || CAST(id AS text) || '|' || CAST(kind AS text) || '|' || CAST(region_code AS text)"
    " || '|' || CAST(debit_account_id AS text) || '|' || CAST(credit_account_id AS text)"
    " || '|' || CAST(amount_fen AS text) || '|' || coalesce(CAST(document_id AS text), '')"
    " || '|' || coalesce(CAST(act_id AS text), '') || '|' || coalesce(CAST(allocation_id AS text), '')"
    " || '|' || coalesce(CAST(payment_id AS text), '') || '|' || coalesce(CAST(reverses_id AS text), '')"
    " || '|' || CAST(received_after_fen AS text) || '|' || CAST(industry_after_fen AS text)"
    " || '|' || CAST(other_after_fen AS text) || '|' || CAST(floor_bp AS text)"
    " || '|' || CAST(CAST(extract(epoch FROM posted_at) * 1000000 AS bigint) AS text)"
    " || '|' || CAST(posted_by AS text) || '|' || CAST(posted_by_name AS text)"
)
HASH_OF_ROW = f"sha256(previous_hash || convert_to({CONTENT}, 'UTF8'))"


def upgrade() -> None:
    op.execute("SET LOCAL app.scope_lo = '0'")
    op.execute("SET LOCAL app.scope_hi = ':'")
    change_floor_rule()
    change_account()
    change_fund_document()
    create_document_act()
    change_allocation()
    create_contract()
    create_payment()
    create_payment_event()
    create_progress_checkpoint()
    create_allocation_speed_rule()
    change_transfer()
    change_pool()
    chain_what_is_there()


def downgrade() -> None:
    raise NotImplementedError("台账只进不退;请从备份恢复")


def replace_check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def grant_update(table: str, columns: str) -> None:
    op.execute(f'GRANT UPDATE ({columns}) ON "{table}" TO {ops.service_role(op)}')


def change_floor_rule() -> None:
    op.add_column(
        "floor_rule", sa.Column("not_below_last_year", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("floor_rule", "not_below_last_year", server_default=None)


def change_account() -> None:
    replace_check("account", "kind", "kind IN ('income', 'available', 'allocated', 'paid')")
    replace_check("account", "purpose_by_kind", "(kind IN ('allocated', 'paid')) = (purpose IS NOT NULL)")
    op.create_check_constraint(
        op.f("ck_account_income_not_negative"), "account", "kind <> 'income' OR debited_fen <= credited_fen"
    )


def change_fund_document() -> None:
    op.add_column("fund_document", sa.Column("adjusted_fen", FEN, nullable=False, server_default="0"))
    op.alter_column("fund_document", "adjusted_fen", server_default=None)
    replace_check("fund_document", "within_amount", "allocated_fen BETWEEN 0 AND amount_fen + adjusted_fen")
    op.create_check_constraint(
        op.f("ck_fund_document_current_range"),
        "fund_document",
        f"amount_fen + adjusted_fen BETWEEN 0 AND {MAX_FUND_FEN}",
    )
    op.create_unique_constraint(
        op.f("uq_fund_document_county_code_id_pool_id"), "fund_document", ["county_code", "id", "pool_id"]
    )
    grant_update("fund_document", "adjusted_fen")


def create_document_act() -> None:
    table = op.create_table(
        "document_act",
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", FEN, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('supplement', 'cut', 'return')", name=op.f("ck_document_act_kind")),
        sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name=op.f("ck_document_act_amount_range")),
        sa.ForeignKeyConstraint(
            ["county_code", "document_id", "pool_id"],
            ["fund_document.county_code", "fund_document.id", "fund_document.pool_id"],
            name="fk_document_act_document",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("document_act_pkey")),
        sa.UniqueConstraint(
            "county_code", "id", "document_id", "pool_id", "kind", "amount_fen", name="uq_document_act_decision"
        ),
        sa.UniqueConstraint(
            "county_code", "document_id", "number", name=op.f("uq_document_act_county_code_document_id_number")
        ),
        info={"kind": "tenant", "region_column": "county_code", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)


def change_allocation() -> None:
    for name in ("committed_fen", "paid_fen"):
        op.add_column("allocation", sa.Column(name, FEN, nullable=False, server_default="0"))
        op.alter_column("allocation", name, server_default=None)
    op.add_column("allocation", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_allocation_paid_within_allocated"),
        "allocation",
        "paid_fen BETWEEN 0 AND committed_fen AND committed_fen <= amount_fen",
    )
    op.create_check_constraint(
        op.f("ck_allocation_reversed_unpaid"), "allocation", "status <> 'reversed' OR committed_fen = 0"
    )
    op.create_unique_constraint(
        op.f("uq_allocation_county_code_id_pool_id_region_code"),
        "allocation",
        ["county_code", "id", "pool_id", "region_code"],
    )
    grant_update("allocation", "committed_fen, paid_fen")


def create_contract() -> None:
    table = op.create_table(
        "contract",
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("amount_fen", FEN, nullable=False),
        sa.Column("committed_fen", FEN, nullable=False),
        sa.Column("paid_fen", FEN, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name=op.f("ck_contract_amount_range")),
        sa.CheckConstraint(
            "paid_fen BETWEEN 0 AND committed_fen AND committed_fen <= amount_fen",
            name=op.f("ck_contract_paid_within_contract"),
        ),
        sa.CheckConstraint(IN_COUNTY, name=op.f("ck_contract_region_in_county")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("contract_pkey")),
        sa.UniqueConstraint(
            "county_code", "region_code", "number", name=op.f("uq_contract_county_code_region_code_number")
        ),
        sa.UniqueConstraint("county_code", "id", "region_code", name=op.f("uq_contract_county_code_id_region_code")),
        info={
            "kind": "tenant",
            "region_column": "region_code",
            "grants": "SELECT, INSERT, UPDATE (committed_fen, paid_fen, updated_at)",
        },
    )
    ops.secure_table(op, table)


def create_payment() -> None:
    table = op.create_table(
        "payment",
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("amount_fen", FEN, nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("account_number", HASH, nullable=False),
        sa.Column("account_index", HASH, nullable=False),
        sa.Column("account_mask", sa.Text(), nullable=False),
        sa.Column("evidence_number", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("content_hash", HASH, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_by_name", sa.Text(), nullable=True),
        sa.Column("reviewed_at", INSTANT, nullable=True),
        sa.Column("paid_by", sa.Uuid(), nullable=True),
        sa.Column("paid_at", INSTANT, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name=op.f("ck_payment_amount_range")),
        sa.CheckConstraint(
            "status IN ('requested', 'approved', 'paid', 'returned', 'refunded')", name=op.f("ck_payment_status")
        ),
        sa.CheckConstraint("reviewed_by <> created_by", name=op.f("ck_payment_two_persons")),
        sa.CheckConstraint(
            "(reviewed_by IS NULL) = (reviewed_at IS NULL) AND (reviewed_by IS NULL) = (reviewed_by_name IS NULL)",
            name=op.f("ck_payment_review_complete"),
        ),
        sa.CheckConstraint("(status = 'requested') = (reviewed_by IS NULL)", name=op.f("ck_payment_reviewed")),
        sa.CheckConstraint(
            "(status IN ('paid', 'refunded')) = (paid_at IS NOT NULL) AND (paid_at IS NULL) = (paid_by IS NULL)",
            name=op.f("ck_payment_paid_by_whom"),
        ),
        sa.CheckConstraint(
            "(status IN ('returned', 'refunded')) = (end_reason IS NOT NULL)", name=op.f("ck_payment_reason")
        ),
        sa.CheckConstraint(IN_COUNTY, name=op.f("ck_payment_region_in_county")),
        sa.ForeignKeyConstraint(
            ["county_code", "allocation_id", "pool_id", "region_code"],
            ["allocation.county_code", "allocation.id", "allocation.pool_id", "allocation.region_code"],
            name="fk_payment_allocation",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "contract_id", "region_code"],
            ["contract.county_code", "contract.id", "contract.region_code"],
            name="fk_payment_contract",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("payment_pkey")),
        sa.UniqueConstraint(
            "county_code", "id", "allocation_id", "pool_id", "amount_fen", name="uq_payment_what_is_posted"
        ),
        info={
            "kind": "tenant",
            "region_column": "region_code",
            "grants": "SELECT, INSERT, UPDATE (status, reviewed_by, reviewed_by_name, reviewed_at, paid_by, paid_at,"
            " end_reason, version, updated_at)",
        },
    )
    op.create_index(op.f("ix_payment_county_code_created_at_id"), "payment", ["county_code", "created_at", "id"])
    op.create_index(
        op.f("ix_payment_county_code_region_code_created_at_id"),
        "payment",
        ["county_code", "region_code", "created_at", "id"],
    )
    op.create_index(op.f("ix_payment_county_code_allocation_id"), "payment", ["county_code", "allocation_id"])
    op.create_index(op.f("ix_payment_county_code_contract_id"), "payment", ["county_code", "contract_id"])
    ops.secure_table(op, table)


def create_payment_event() -> None:
    table = op.create_table(
        "payment_event",
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(from_status IS NULL AND to_status = 'requested')"
            " OR (from_status = 'requested' AND to_status = 'approved')"
            " OR (from_status = 'approved' AND to_status = 'paid')"
            " OR (from_status = 'requested' AND to_status = 'returned')"
            " OR (from_status = 'approved' AND to_status = 'returned')"
            " OR (from_status = 'paid' AND to_status = 'refunded')",
            name=op.f("ck_payment_event_lifecycle"),
        ),
        sa.CheckConstraint(
            "to_status NOT IN ('returned', 'refunded') OR reason <> ''", name=op.f("ck_payment_event_reason")
        ),
        sa.CheckConstraint(IN_COUNTY, name=op.f("ck_payment_event_region_in_county")),
        sa.ForeignKeyConstraint(
            ["county_code", "payment_id"], ["payment.county_code", "payment.id"], name="fk_payment_event_payment"
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("payment_event_pkey")),
        sa.UniqueConstraint("county_code", "payment_id", "to_status", name="uq_payment_event_once"),
        info={"kind": "tenant", "region_column": "region_code", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)


def create_progress_checkpoint() -> None:
    table = op.create_table(
        "progress_checkpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source_level", sa.Text(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(f"source_level IN ({SOURCE_LEVELS})", name=op.f("ck_progress_checkpoint_source_level")),
        sa.CheckConstraint("share_bp BETWEEN 0 AND 10000", name=op.f("ck_progress_checkpoint_share_range")),
        sa.CheckConstraint(RULE_REGION, name=op.f("ck_progress_checkpoint_region_code")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_progress_checkpoint_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("progress_checkpoint_pkey")),
        sa.UniqueConstraint(
            "year",
            "source_level",
            "region_code",
            "due_on",
            "revision",
            name="uq_progress_checkpoint_revision",
        ),
        info={"kind": "reference", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)


def create_allocation_speed_rule() -> None:
    table = op.create_table(
        "allocation_speed_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("full_days", sa.Integer(), nullable=False),
        sa.Column("zero_days", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "0 <= full_days AND full_days < zero_days AND zero_days <= 1000", name=op.f("ck_allocation_speed_rule_days")
        ),
        sa.CheckConstraint(RULE_REGION, name=op.f("ck_allocation_speed_rule_region_code")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_allocation_speed_rule_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("allocation_speed_rule_pkey")),
        sa.UniqueConstraint(
            "region_code",
            "effective_on",
            "revision",
            name=op.f("uq_allocation_speed_rule_region_code_effective_on_revision"),
        ),
        info={"kind": "reference", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)
    op.execute(
        "INSERT INTO allocation_speed_rule (id, region_code, effective_on, full_days, zero_days, revision, basis,"
        " created_at, created_by, created_by_name) VALUES ('01940000-0000-7000-8000-000000000001', '', '2021-01-01',"
        " 25, 50, 1, '衔接资金绩效评价:25 个工作日内满分,50 个工作日及以上 0 分,其间按比例', now(),"
        " '00000000-0000-0000-0000-000000000000', '系统预置')"
    )


def change_transfer() -> None:
    op.add_column("transfer", sa.Column("act_id", sa.Uuid(), nullable=True))
    op.add_column("transfer", sa.Column("payment_id", sa.Uuid(), nullable=True))
    op.add_column("transfer", sa.Column("previous_hash", HASH, nullable=True))
    op.add_column("transfer", sa.Column("hash", HASH, nullable=True))
    replace_check(
        "transfer",
        "kind",
        "kind IN ('receipt', 'supplement', 'cut', 'return', 'allocation', 'reversal', 'payment', 'refund')",
    )
    replace_check(
        "transfer", "reversal_names_original", "(kind IN ('reversal', 'refund')) = (reverses_id IS NOT NULL)"
    )
    replace_check(
        "transfer",
        "allocation_named",
        "kind NOT IN ('allocation', 'payment', 'refund') OR allocation_id IS NOT NULL",
    )
    op.create_check_constraint(
        op.f("ck_transfer_act_named"),
        "transfer",
        "(kind IN ('supplement', 'cut', 'return')) = (act_id IS NOT NULL)"
        " AND (act_id IS NULL OR document_id IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("ck_transfer_payment_named"), "transfer", "(kind IN ('payment', 'refund')) = (payment_id IS NOT NULL)"
    )
    op.create_foreign_key(
        "fk_transfer_act",
        "transfer",
        "document_act",
        ["county_code", "act_id", "document_id", "pool_id", "kind", "amount_fen"],
        ["county_code", "id", "document_id", "pool_id", "kind", "amount_fen"],
    )
    op.create_foreign_key(
        "fk_transfer_payment",
        "transfer",
        "payment",
        ["county_code", "payment_id", "allocation_id", "pool_id", "amount_fen"],
        ["county_code", "id", "allocation_id", "pool_id", "amount_fen"],
    )
    op.create_index(
        "uq_transfer_act",
        "transfer",
        ["county_code", "act_id"],
        unique=True,
        postgresql_where=sa.text("act_id IS NOT NULL"),
    )
    op.create_index(
        "uq_transfer_payment_posting",
        "transfer",
        ["county_code", "payment_id", "kind"],
        unique=True,
        postgresql_where=sa.text("payment_id IS NOT NULL"),
    )


def change_pool() -> None:
    op.add_column("pool", sa.Column("last_year_bp", sa.Integer(), nullable=True))
    genesis = sa.text("decode(repeat('00', 32), 'hex')")
    for name in ("previous_hash", "last_hash"):
        op.add_column("pool", sa.Column(name, HASH, nullable=False, server_default=genesis))
        op.alter_column("pool", name, server_default=None)
    op.create_check_constraint(
        op.f("ck_pool_not_below_last_year"),
        "pool",
        "last_year_bp IS NULL OR (last_year_bp BETWEEN 0 AND 10000 AND floor_bp >= last_year_bp)",
    )
    op.create_check_constraint(
        op.f("ck_pool_hashes"), "pool", "octet_length(previous_hash) = 32 AND octet_length(last_hash) = 32"
    )
    grant_update("pool", "last_year_bp, previous_hash, last_hash")


def chain_what_is_there() -> None:
    """Link the transfers posted before there was a chain, in their order, and note the heads."""
    op.execute(
        f"""
        DO $$
        DECLARE
            place record;
            pool_before uuid;
            head bytea;
        BEGIN
            FOR place IN SELECT county_code, pool_id, id FROM transfer ORDER BY county_code, pool_id, seq LOOP
                IF place.pool_id IS DISTINCT FROM pool_before THEN
                    head := decode(repeat('00', 32), 'hex');
                    pool_before := place.pool_id;
                END IF;
                UPDATE transfer t SET previous_hash = head
                    WHERE t.county_code = place.county_code AND t.id = place.id;
                UPDATE transfer t SET hash = {HASH_OF_ROW}
                    WHERE t.county_code = place.county_code AND t.id = place.id
                    RETURNING t.hash INTO head;
                UPDATE pool p SET previous_hash = last_hash, last_hash = head
                    WHERE p.county_code = place.county_code AND p.id = place.pool_id;
            END LOOP;
        END $$
        """  # noqa: S608 - constants
    )
    op.alter_column("transfer", "previous_hash", nullable=False)
    op.alter_column("transfer", "hash", nullable=False)
    op.create_check_constraint(op.f("ck_transfer_previous_hash"), "transfer", "octet_length(previous_hash) = 32")
    op.create_check_constraint(op.f("ck_transfer_hash"), "transfer", f"hash = {HASH_OF_ROW}")
