"""Microloans: dated limits and yearly targets, loans as banks report them

Revision ID: 0011_microloans
Revises: 0010_payouts
"""

from datetime import UTC, date, datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops
from sqlalchemy.dialects import postgresql

revision = "0011_microloans"
down_revision = "0010_payouts"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.DateTime(timezone=True)
FEN = sa.BigInteger()
ID = sa.Uuid()
TEXT = sa.Text()
BYTES = sa.LargeBinary()

_BY = {"created_at": datetime(2026, 1, 1, tzinfo=UTC), "created_by": UUID(int=0), "created_by_name": "系统"}


def upgrade() -> None:
    create_microloan_policy()
    create_microloan_target()
    ship()
    create_microloan()
    create_microloan_report()


def downgrade() -> None:
    raise NotImplementedError("台账只进不退;请从备份恢复")


def ship() -> None:
    """The limits that hold everywhere, and the one yearly target that was published."""
    policy = {
        "id": UUID(int=(0x0190_0000_0000_7000_8000 << 48) + 0x1001),
        "region_code": "",
        "effective_on": date(2021, 3, 1),
        "revision": 1,
        "max_fen": 50_000 * 100,
        "max_months": 36,
        "min_age": 18,
        "max_age": 65,
        "rate_cap_bp": None,
        "subsidy_share_bp": None,
        "basis": "脱贫人口小额信贷：5 万元（含）以下、3 年期（含）以内、18 周岁（含）至 65 周岁（含）、免担保免抵押",
    } | _BY
    target = {
        "id": UUID(int=(0x0190_0000_0000_7000_8000 << 48) + 0x1002),
        "region_code": "430981",
        "year": 2022,
        "revision": 1,
        "amount_fen": 24_000_000 * 100,
        "basis": "《沅江市乡村振兴局 2022 年工作要点》（2022 年 8 月 31 日）：户贷户用小额信贷年发放额",
    } | _BY
    for name, row in (("microloan_policy", policy), ("microloan_target", target)):
        op.bulk_insert(sa.table(name, *(sa.column(column) for column in row)), [row])


def create_microloan_policy() -> None:
    table = op.create_table(
        "microloan_policy",
        sa.Column("id", ID, nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("max_fen", FEN, nullable=False),
        sa.Column("max_months", sa.Integer(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=False),
        sa.Column("max_age", sa.Integer(), nullable=False),
        sa.Column("rate_cap_bp", sa.Integer(), nullable=True),
        sa.Column("subsidy_share_bp", sa.Integer(), nullable=True),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("created_by_name", TEXT, nullable=False),
        sa.CheckConstraint("region_code ~ '^(|\\d{2}|\\d{4}|\\d{6})$'", name=op.f("ck_microloan_policy_region_code")),
        sa.CheckConstraint("max_fen BETWEEN 1 AND 100000000000000", name=op.f("ck_microloan_policy_max_range")),
        sa.CheckConstraint("max_months BETWEEN 1 AND 120", name=op.f("ck_microloan_policy_months")),
        sa.CheckConstraint("min_age BETWEEN 0 AND max_age AND max_age <= 120", name=op.f("ck_microloan_policy_age")),
        sa.CheckConstraint("rate_cap_bp BETWEEN 1 AND 10000", name=op.f("ck_microloan_policy_rate")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_microloan_policy_revision")),
        sa.CheckConstraint("subsidy_share_bp BETWEEN 0 AND 10000", name=op.f("ck_microloan_policy_subsidy")),
        sa.PrimaryKeyConstraint("id", name=op.f("microloan_policy_pkey")),
        sa.UniqueConstraint("region_code", "effective_on", "revision", name="uq_microloan_policy_revision"),
        info={"kind": "reference", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)


def create_microloan_target() -> None:
    table = op.create_table(
        "microloan_target",
        sa.Column("id", ID, nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("amount_fen", FEN, nullable=False),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("created_by_name", TEXT, nullable=False),
        sa.CheckConstraint("region_code ~ '^\\d{6}$'", name=op.f("ck_microloan_target_region_code")),
        sa.CheckConstraint("amount_fen BETWEEN 1 AND 100000000000000", name=op.f("ck_microloan_target_amount_range")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_microloan_target_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("microloan_target_pkey")),
        sa.UniqueConstraint("region_code", "year", "revision", name="uq_microloan_target_revision"),
        info={"kind": "reference", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)


def create_microloan() -> None:
    table = op.create_table(
        "microloan",
        sa.Column("lender", TEXT, nullable=False),
        sa.Column("contract_number", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("person_key", BYTES, nullable=False),
        sa.Column("id_number", BYTES, nullable=False),
        sa.Column("id_number_mask", TEXT, nullable=False),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("household_id", ID, nullable=True),
        sa.Column("village_code", CODE, nullable=True),
        sa.Column("principal_fen", FEN, nullable=False),
        sa.Column("balance_fen", FEN, nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("disbursed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("household_used", sa.Boolean(), nullable=False),
        sa.Column("problems", postgresql.ARRAY(TEXT), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("told_overdue_at", INSTANT, nullable=True),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("balance_fen BETWEEN 0 AND principal_fen", name=op.f("ck_microloan_balance_range")),
        sa.CheckConstraint("due_on > disbursed_on", name=op.f("ck_microloan_term")),
        sa.CheckConstraint("principal_fen BETWEEN 1 AND 100000000000000", name=op.f("ck_microloan_principal_range")),
        sa.CheckConstraint("rate_bp BETWEEN 0 AND 10000", name=op.f("ck_microloan_rate")),
        sa.CheckConstraint("reported_on >= disbursed_on", name=op.f("ck_microloan_reported")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("microloan_pkey")),
        sa.UniqueConstraint("county_code", "lender", "contract_number", name="uq_microloan_contract"),
        info={"kind": "tenant", "region_column": "county_code", "grants": "SELECT, INSERT, UPDATE"},
    )
    op.create_index("ix_microloan_due", "microloan", ["county_code", "due_on", "id"], unique=False)
    op.create_index("ix_microloan_household", "microloan", ["county_code", "household_id"], unique=False)
    ops.secure_table(op, table)


def create_microloan_report() -> None:
    table = op.create_table(
        "microloan_report",
        sa.Column("loan_id", ID, nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("balance_fen", FEN, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("by_name", TEXT, nullable=False),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint("balance_fen >= 0", name=op.f("ck_microloan_report_balance")),
        sa.ForeignKeyConstraint(
            ["county_code", "loan_id"], ["microloan.county_code", "microloan.id"], name="fk_microloan_report_loan"
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("microloan_report_pkey")),
        sa.UniqueConstraint("county_code", "loan_id", "reported_on", name="uq_microloan_report_day"),
        info={"kind": "tenant", "region_column": "county_code", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)
