"""Payouts to persons: dated standards, lists, runs to the bank

Revision ID: 0010_payouts
Revises: 0008_person_status
"""

from datetime import UTC, date, datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

revision = "0010_payouts"
down_revision = "0008_person_status"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.DateTime(timezone=True)
FEN = sa.BigInteger()
ID = sa.Uuid()
TEXT = sa.Text()
BYTES = sa.LargeBinary()

_ZIXING = "《资兴市巩固拓展脱贫攻坚成果同乡村振兴有效衔接的实施方案》（2021 年 8 月 2 日）"
_CHANGNING = "昌宁县关于贯彻省、市脱贫攻坚重大战略部署的决定（2017 年 2 月 13 日公开）"
_FIVE = "脱贫人口、监测对象等五类家庭经济困难学生"
# code, name, category, beneficiary, unit, yuan, counted, period, condition, listed by, listed value
SHIPPED = {
    ("431081", date(2021, 8, 2), _ZIXING): (
        ("EDU-PRESCHOOL", "学前教育入园补助金", "education", "家庭经济困难幼儿（脱贫人口、监测对象等五类）",
         "元/生/年", 1000, False, "year", "在园；平均标准", "schooling", "preschool"),
        ("EDU-PRIMARY-BOARD", "义务教育生活补助（小学寄宿生）", "education", "家庭经济困难寄宿生",
         "元/生/年", 1000, False, "year", "小学、寄宿", "schooling", "primary"),
        ("EDU-JUNIOR-BOARD", "义务教育生活补助（初中寄宿生）", "education", "家庭经济困难寄宿生",
         "元/生/年", 1250, False, "year", "初中、寄宿", "schooling", "junior"),
        ("EDU-PRIMARY-DAY", "义务教育生活补助（小学非寄宿生）", "education", _FIVE,
         "元/生/年", 500, False, "year", "同学段寄宿生标准的 50%", "schooling", "primary"),
        ("EDU-JUNIOR-DAY", "义务教育生活补助（初中非寄宿生）", "education", _FIVE,
         "元/生/年", 625, False, "year", "同学段寄宿生标准的 50%", "schooling", "junior"),
        ("EDU-SENIOR-GRANT", "普通高中国家助学金", "education", "家庭经济困难学生",
         "元/生/年", 2000, False, "year", "平均标准", "schooling", "senior"),
        ("EDU-SENIOR-GRANT-TOP", "普通高中国家助学金（五类最高档）", "education", _FIVE,
         "元/生/年", 3000, False, "year", "最高档", "schooling", "senior"),
        ("EMP-TRAIN-LIVING", "培训生活费补贴", "training", "参加培训的脱贫人口",
         "元/人/天", 20, True, "month", "按培训天数", None, None),
        ("EMP-AGENT", "就业中介服务补贴", "employment", "人力资源机构、劳务经纪人",
         "元/人", 200, True, "year", "介绍 1 名脱贫人口稳定就业 6 个月以上；脱贫人口每人每年一次", None, None),
    ),
    ("530524", date(2017, 2, 13), _CHANGNING): (
        ("EDU-SENIOR-CN", "建档立卡户学生高中阶段助学金", "education", "建档立卡户学生",
         "元/人/年", 2500, False, "year", "", "schooling", "senior"),
        ("EDU-UNDERGRAD-CN", "考入一本院校学费奖励", "education", "建档立卡户子女",
         "元/人/年", 5000, False, "year", "本科学习期间", "schooling", "higher"),
        ("POST-CN", "乡镇专业技术岗位补贴", "employment", "到贫困乡镇连续工作满 2 年的中级以上职称或执业医师",
         "元/人/年", 10000, False, "year", "", None, None),
    ),
}  # fmt: skip


def upgrade() -> None:
    create_payout_standard()
    ship_standards()
    create_payout_batch()
    create_payout_run()
    create_payout_line()
    create_payout_return()
    create_payout_import()
    create_payout_event()


def downgrade() -> None:
    raise NotImplementedError("台账只进不退;请从备份恢复")


def ship_standards() -> None:
    """The published standards that are amounts for persons; the fees that are waived and the shares are not paid out."""
    rows = []
    for (region_code, since, basis), standards in SHIPPED.items():
        for code, name, category, beneficiary, unit, yuan, counted, period, condition, by, value in standards:
            rows.append(
                {
                    "id": UUID(int=(0x0190_0000_0000_7000_8000 << 48) + len(rows) + 1),
                    "region_code": region_code,
                    "code": code,
                    "revision": 1,
                    "name": name,
                    "category": category,
                    "beneficiary": beneficiary,
                    "unit": unit,
                    "amount_fen": yuan * 100,
                    "counted": counted,
                    "period_kind": period,
                    "condition": condition,
                    "listed_by": by,
                    "listed_value": value,
                    "among": "lifted_or_monitored",
                    "effective_on": since,
                    "ends_on": None,
                    "basis": basis,
                    "created_at": datetime(2026, 1, 1, tzinfo=UTC),
                    "created_by": UUID(int=0),
                    "created_by_name": "系统",
                }
            )
    table = sa.table("payout_standard", *(sa.column(name) for name in rows[0]))
    op.bulk_insert(table, rows)


def create_payout_standard() -> None:
    table = op.create_table(
        "payout_standard",
        sa.Column("id", ID, nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("beneficiary", TEXT, nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("amount_fen", FEN, nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("period_kind", TEXT, nullable=False),
        sa.Column("condition", TEXT, nullable=False),
        sa.Column("listed_by", TEXT, nullable=True),
        sa.Column("listed_value", TEXT, nullable=True),
        sa.Column("among", TEXT, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("created_by_name", TEXT, nullable=False),
        sa.CheckConstraint(
            "among IN ('any', 'lifted_or_monitored', 'monitored')", name=op.f("ck_payout_standard_among")
        ),
        sa.CheckConstraint(
            "category IN ('education', 'training', 'employment', 'insurance', 'interest_subsidy', 'other')",
            name=op.f("ck_payout_standard_category"),
        ),
        sa.CheckConstraint(
            "listed_by IN ('schooling', 'employment', 'benefit', 'status')", name=op.f("ck_payout_standard_listed_by")
        ),
        sa.CheckConstraint(
            "period_kind IN ('year', 'semester', 'month', 'once')", name=op.f("ck_payout_standard_period_kind")
        ),
        sa.CheckConstraint("region_code ~ '^(|\\d{2}|\\d{4}|\\d{6})$'", name=op.f("ck_payout_standard_region_code")),
        sa.CheckConstraint(
            "(listed_by IS NULL) = (listed_value IS NULL)", name=op.f("ck_payout_standard_list_complete")
        ),
        sa.CheckConstraint("amount_fen BETWEEN 1 AND 100000000", name=op.f("ck_payout_standard_amount_range")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= effective_on", name=op.f("ck_payout_standard_period")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_payout_standard_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("payout_standard_pkey")),
        sa.UniqueConstraint("region_code", "code", "effective_on", "revision", name="uq_payout_standard_revision"),
        info={"kind": "reference", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)


def create_payout_batch() -> None:
    table = op.create_table(
        "payout_batch",
        sa.Column("allocation_id", ID, nullable=False),
        sa.Column("standard_id", ID, nullable=False),
        sa.Column("standard_code", TEXT, nullable=False),
        sa.Column("limit_fen", FEN, nullable=False),
        sa.Column("period", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("bank", TEXT, nullable=False),
        sa.Column("account_number", BYTES, nullable=False),
        sa.Column("account_mask", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("held_payment_id", ID, nullable=True),
        sa.Column("content_hash", BYTES, nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("created_by_name", TEXT, nullable=False),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'running', 'finished', 'dropped')", name=op.f("ck_payout_batch_state")),
        sa.CheckConstraint("limit_fen BETWEEN 1 AND 100000000", name=op.f("ck_payout_batch_limit_range")),
        sa.ForeignKeyConstraint(
            ["county_code", "allocation_id"],
            ["allocation.county_code", "allocation.id"],
            name="fk_payout_batch_allocation",
        ),
        sa.ForeignKeyConstraint(["standard_id"], ["payout_standard.id"], name="fk_payout_batch_standard"),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("payout_batch_pkey")),
        sa.UniqueConstraint("county_code", "id", "standard_code", "period", name="uq_payout_batch_what_is_paid"),
        info={"kind": "tenant", "region_column": "county_code", "grants": "SELECT, INSERT, UPDATE"},
    )
    op.create_index("ix_payout_batch_allocation", "payout_batch", ["county_code", "allocation_id"], unique=False)
    op.create_index("ix_payout_batch_recent", "payout_batch", ["county_code", "created_at", "id"], unique=False)
    ops.secure_table(op, table)


def create_payout_run() -> None:
    table = op.create_table(
        "payout_run",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("payment_id", ID, nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("amount_fen", FEN, nullable=False),
        sa.Column("paid_lines", sa.Integer(), nullable=False),
        sa.Column("paid_fen", FEN, nullable=False),
        sa.Column("failed_lines", sa.Integer(), nullable=False),
        sa.Column("submitted_by", ID, nullable=False),
        sa.Column("submitted_by_name", TEXT, nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_by_name", TEXT, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("opinion", TEXT, nullable=False),
        sa.Column("file_digest", BYTES, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('sent', 'settled')) = (file_digest IS NOT NULL)", name=op.f("ck_payout_run_file")
        ),
        sa.CheckConstraint(
            "state <> 'settled' OR paid_lines + failed_lines = lines", name=op.f("ck_payout_run_settled")
        ),
        sa.CheckConstraint("state = 'submitted' OR decided_by IS NOT NULL", name=op.f("ck_payout_run_decided")),
        sa.CheckConstraint(
            "state IN ('submitted', 'approved', 'sent', 'settled', 'returned')", name=op.f("ck_payout_run_state")
        ),
        sa.CheckConstraint("amount_fen BETWEEN 1 AND 100000000000000", name=op.f("ck_payout_run_amount_range")),
        sa.CheckConstraint("decided_by <> submitted_by", name=op.f("ck_payout_run_two_persons")),
        sa.CheckConstraint("lines >= 1 AND number >= 1", name=op.f("ck_payout_run_positive")),
        sa.CheckConstraint(
            "paid_lines + failed_lines <= lines AND paid_fen <= amount_fen", name=op.f("ck_payout_run_within")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "batch_id"], ["payout_batch.county_code", "payout_batch.id"], name="fk_payout_run_batch"
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "payment_id"], ["payment.county_code", "payment.id"], name="fk_payout_run_payment"
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("payout_run_pkey")),
        sa.UniqueConstraint("county_code", "batch_id", "number", name="uq_payout_run_number"),
        info={"kind": "tenant", "region_column": "county_code", "grants": "SELECT, INSERT, UPDATE"},
    )
    op.create_index("ix_payout_run_payment", "payout_run", ["county_code", "payment_id"], unique=False)
    op.create_index(
        "uq_payout_run_open",
        "payout_run",
        ["county_code", "batch_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('submitted', 'approved', 'sent')"),
    )
    ops.secure_table(op, table)


def create_payout_line() -> None:
    table = op.create_table(
        "payout_line",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("standard_code", TEXT, nullable=False),
        sa.Column("period", TEXT, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("person_key", BYTES, nullable=False),
        sa.Column("id_number", BYTES, nullable=False),
        sa.Column("id_number_mask", TEXT, nullable=False),
        sa.Column("account_number", BYTES, nullable=True),
        sa.Column("account_index", BYTES, nullable=True),
        sa.Column("account_mask", TEXT, nullable=True),
        sa.Column("account_valid", sa.Boolean(), nullable=False),
        sa.Column("account_by", ID, nullable=True),
        sa.Column("bank", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_fen", FEN, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("household_id", ID, nullable=True),
        sa.Column("village_code", CODE, nullable=True),
        sa.Column("register_state", TEXT, nullable=True),
        sa.Column("name_differs", sa.Boolean(), nullable=False),
        sa.Column("matched_at", INSTANT, nullable=False),
        sa.Column("problems", postgresql.ARRAY(TEXT), nullable=False),
        sa.Column("kept", postgresql.ARRAY(TEXT), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("decided_by_name", TEXT, nullable=True),
        sa.Column("failure", TEXT, nullable=False),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("paid_at", INSTANT, nullable=True),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name=op.f("ck_payout_line_paid")),
        sa.CheckConstraint("(state IN ('excluded', 'given_up')) <= (reason <> '')", name=op.f("ck_payout_line_reason")),
        sa.CheckConstraint(
            "(state IN ('ready', 'sent', 'paid')) <= (run_id IS NOT NULL)", name=op.f("ck_payout_line_run_named")
        ),
        sa.CheckConstraint(
            "NOT (state IN ('ready', 'sent', 'paid')) OR account_number IS NOT NULL",
            name=op.f("ck_payout_line_account_known"),
        ),
        sa.CheckConstraint(
            "NOT (state IN ('ready', 'sent', 'paid')) OR problems <@ kept", name=op.f("ck_payout_line_problems_decided")
        ),
        sa.CheckConstraint(
            "NOT kept && ARRAY['repeated', 'paid_already', 'account_missing']", name=op.f("ck_payout_line_never_kept")
        ),
        sa.CheckConstraint(
            "state IN ('listed', 'excluded', 'ready', 'sent', 'paid', 'failed', 'given_up')",
            name=op.f("ck_payout_line_state"),
        ),
        sa.CheckConstraint("amount_fen BETWEEN 1 AND 100000000000000", name=op.f("ck_payout_line_amount_range")),
        sa.CheckConstraint("line_no BETWEEN 1 AND 20000", name=op.f("ck_payout_line_line_range")),
        sa.CheckConstraint(
            "num_nulls(account_number, account_index, account_mask) IN (0, 3)",
            name=op.f("ck_payout_line_account_complete"),
        ),
        sa.CheckConstraint("quantity BETWEEN 1 AND 1000", name=op.f("ck_payout_line_quantity_range")),
        sa.ForeignKeyConstraint(
            ["county_code", "batch_id", "standard_code", "period"],
            ["payout_batch.county_code", "payout_batch.id", "payout_batch.standard_code", "payout_batch.period"],
            name="fk_payout_line_batch",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "run_id"], ["payout_run.county_code", "payout_run.id"], name="fk_payout_line_run"
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("payout_line_pkey")),
        sa.UniqueConstraint("county_code", "batch_id", "line_no", name="uq_payout_line_number"),
        info={"kind": "tenant", "region_column": "county_code", "grants": "SELECT, INSERT, UPDATE"},
    )
    op.create_index(
        "ix_payout_line_member",
        "payout_line",
        ["county_code", "member_id"],
        unique=False,
        postgresql_where=sa.text("member_id IS NOT NULL"),
    )
    op.create_index("ix_payout_line_person", "payout_line", ["county_code", "person_key", "batch_id"], unique=False)
    op.create_index("ix_payout_line_run", "payout_line", ["county_code", "run_id", "state"], unique=False)
    op.create_index(
        "uq_payout_line_once",
        "payout_line",
        ["county_code", "person_key", "standard_code", "period"],
        unique=True,
        postgresql_where=sa.text("state IN ('ready', 'sent', 'paid')"),
    )
    ops.secure_table(op, table)


def create_payout_return() -> None:
    table = op.create_table(
        "payout_return",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("account_index", BYTES, nullable=False),
        sa.Column("account_mask", TEXT, nullable=False),
        sa.Column("amount_fen", FEN, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "line_id"], ["payout_line.county_code", "payout_line.id"], name="fk_payout_return_line"
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "run_id"], ["payout_run.county_code", "payout_run.id"], name="fk_payout_return_run"
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("payout_return_pkey")),
        sa.UniqueConstraint("county_code", "line_id", "run_id", name="uq_payout_return_once"),
        info={"kind": "tenant", "region_column": "county_code", "grants": "SELECT, INSERT"},
    )
    op.create_index("ix_payout_return_account", "payout_return", ["county_code", "account_index"], unique=False)
    ops.secure_table(op, table)


def create_payout_import() -> None:
    table = op.create_table(
        "payout_import",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("sheet", BYTES, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("by_name", TEXT, nullable=False),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint("kind IN ('list', 'return')", name=op.f("ck_payout_import_kind")),
        sa.CheckConstraint("(refused > 0) = (sheet IS NOT NULL)", name=op.f("ck_payout_import_handed_back")),
        sa.ForeignKeyConstraint(
            ["county_code", "batch_id"], ["payout_batch.county_code", "payout_batch.id"], name="fk_payout_import_batch"
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("payout_import_pkey")),
        info={"kind": "tenant", "region_column": "county_code", "grants": "SELECT, INSERT"},
    )
    op.create_index("ix_payout_import_batch", "payout_import", ["county_code", "batch_id", "at"], unique=False)
    ops.secure_table(op, table)


def create_payout_event() -> None:
    table = op.create_table(
        "payout_event",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("run_number", sa.Integer(), nullable=True),
        sa.Column("act", TEXT, nullable=False),
        sa.Column("lines", sa.Integer(), nullable=True),
        sa.Column("amount_fen", FEN, nullable=True),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("by_name", TEXT, nullable=False),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "batch_id"], ["payout_batch.county_code", "payout_batch.id"], name="fk_payout_event_batch"
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("payout_event_pkey")),
        info={"kind": "tenant", "region_column": "county_code", "grants": "SELECT, INSERT"},
    )
    op.create_index("ix_payout_event_batch", "payout_event", ["county_code", "batch_id", "at"], unique=False)
    ops.secure_table(op, table)
