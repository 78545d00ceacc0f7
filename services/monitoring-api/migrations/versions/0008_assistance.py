"""Assistance plans and their measures; what each risk calls for, and how long a plan may take, as policy.

Revision ID: 0008_assistance
Revises: 0007_applications
Create Date: 2026-11-22
"""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from alembic import op
from service_kit.calendar import add_working_days
from service_kit.ids import uuid7
from service_kit.migrations import ops
from sqlalchemy.dialects import postgresql

revision = "0008_assistance"
down_revision = "0007_applications"
branch_labels = None
depends_on = None

TENANTS = {"assistance_plan": "SELECT, INSERT, UPDATE", "assistance_measure": "SELECT, INSERT, UPDATE"}

KEYS = (
    "income_line",
    "income_window",
    "time_limits",
    "notice_days",
    "approvers",
    "class_names",
    "elimination",
    "look_back",
    "assistance_plan",
    "assistance_packages",
    "sweep",
)


def entry(kind: str, title: str, department: str) -> dict[str, str]:
    return {"type": kind, "title": title, "department": department}


PACKAGES = {
    "illness": [
        entry("health", "参保资助与三重医疗保障", "医疗保障局"),
        entry("health", "家庭医生签约与大病专项救治", "卫生健康局"),
        entry("social_security", "临时救助", "民政局"),
    ],
    "disability": [
        entry("social_security", "残疾人两项补贴", "民政局"),
        entry("health", "康复服务与辅助器具适配", "残疾人联合会"),
    ],
    "schooling": [entry("education", "学生资助（含雨露计划）", "教育局")],
    "disaster": [
        entry("social_security", "受灾生活救助", "应急管理局"),
        entry("industry", "恢复生产扶持", "农业农村局"),
    ],
    "accident": [entry("social_security", "临时救助", "民政局")],
    "business_failure": [
        entry("industry", "产业技术指导与小额信贷", "农业农村局"),
        entry("consumption", "农产品产销对接", "商务局"),
    ],
    "unstable_job": [
        entry("employment", "岗位推荐与技能培训", "人力资源和社会保障局"),
        entry("employment", "公益性岗位", "人力资源和社会保障局"),
    ],
    "dwelling": [entry("housing", "农村危房改造", "住房和城乡建设局")],
    "water": [entry("water", "饮水设施修缮与供水保障", "水利局")],
    "no_labour": [entry("social_security", "低保或特困供养", "民政局")],
}
RULES = {"assistance_plan": {"working_days": 10}, "assistance_packages": {"packages": PACKAGES}}


def upgrade() -> None:
    allow_keys()
    insert_policies()
    create_tables()
    role = ops.service_role(op)
    for table, grants in TENANTS.items():
        op.execute(f'GRANT {grants} ON "{table}" TO {role}')
        ops.enable_region_scope(op, table, "village_code")
    begin_plans()


def downgrade() -> None:
    raise NotImplementedError("plans are records; they are left by restoring a backup")


def allow_keys() -> None:
    words = ", ".join(f"'{key}'" for key in KEYS)
    for table in ("policy_setting", "policy_default"):
        op.drop_constraint(f"ck_{table}_key", table, type_="check")
        op.create_check_constraint(f"ck_{table}_key", table, f"key IN ({words})")


def insert_policies() -> None:
    default = sa.table(
        "policy_default",
        sa.column("profile_code", sa.Text()),
        sa.column("key", sa.Text()),
        sa.column("value", postgresql.JSONB()),
    )
    codes = op.get_bind().execute(sa.text("SELECT code FROM policy_profile")).scalars().all()
    rows = [{"profile_code": code, "key": key, "value": value} for code in codes for key, value in RULES.items()]
    op.bulk_insert(default, rows)


def begin_plans() -> None:
    """A draft for each household that is monitored already; its limit runs from today, when plans come into force."""
    bind = op.get_bind()
    at = datetime.now(timezone(timedelta(hours=8)))
    days = RULES["assistance_plan"]["working_days"]
    due_on = add_working_days(at.date(), days)
    op.execute("SET LOCAL app.scope_lo = '0'")
    op.execute("SET LOCAL app.scope_hi = ':'")
    monitored = bind.execute(
        sa.text(
            "SELECT county_code, id, village_code, monitored_since, demo FROM household"
            " WHERE monitored AND state = 'active'"
        )
    ).all()
    plan = sa.table("assistance_plan", *(sa.column(name) for name in draft("", uuid7(), "", at.date(), False, 0, at)))
    rows = [draft(*row, days, at) | {"due_on": due_on} for row in monitored]
    for start in range(0, len(rows), 1000):
        bind.execute(plan.insert(), rows[start : start + 1000])


def draft(
    county: str, household: Any, village: str, since: date, demo: bool, days: int, at: datetime
) -> dict[str, Any]:
    return {
        "county_code": county,
        "id": uuid7(),
        "household_id": household,
        "village_code": village,
        "since": since,
        "working_days": days,
        "due_on": since,
        "state": "draft",
        "goal": "",
        "demo": demo,
        "created_at": at,
        "updated_at": at,
        "version": 1,
    }


def create_tables() -> None:
    op.create_table('assistance_plan',
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('village_code', sa.Text(collation='C'), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('working_days', sa.SmallInteger(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('goal', sa.Text(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_by', sa.Uuid(), nullable=True),
    sa.Column('confirmed_by_name', sa.Text(), nullable=True),
    sa.Column('confirmed_risks', postgresql.ARRAY(sa.Text()), nullable=True),
    sa.Column('labour_people', sa.SmallInteger(), nullable=True),
    sa.Column('backstop_id', sa.Uuid(), nullable=True),
    sa.Column('backstop_type', sa.Text(), nullable=True),
    sa.Column('backstop_kept', sa.Boolean(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('county_code', sa.Text(collation='C'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name='ck_assistance_plan_closed'),
    sa.CheckConstraint("num_nulls(backstop_id, backstop_type, backstop_kept) IN (0, 3) AND (backstop_id IS NULL OR (backstop_type = 'social_security' AND backstop_kept))", name='ck_assistance_plan_backstop_type'),
    sa.CheckConstraint("num_nulls(confirmed_at, confirmed_by, confirmed_by_name, labour_people, confirmed_risks) IN (0, 5) AND (state <> 'confirmed' OR confirmed_at IS NOT NULL)", name='ck_assistance_plan_confirmed'),
    sa.CheckConstraint("state IN ('draft', 'confirmed', 'closed')", name='ck_assistance_plan_state'),
    sa.CheckConstraint('labour_people > 0 OR backstop_id IS NOT NULL', name='ck_assistance_plan_backstop'),
    sa.CheckConstraint('length(village_code) = 12 AND left(village_code, 6) = county_code', name='ck_assistance_plan_county'),
    sa.ForeignKeyConstraint(['county_code', 'household_id', 'village_code'], ['household.county_code', 'household.id', 'household.village_code'], name='fk_assistance_plan_household', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('county_code', 'id', name='assistance_plan_pkey')
    )
    op.create_index('ix_assistance_plan_due', 'assistance_plan', ['county_code', 'due_on', 'id'], unique=False, postgresql_include=['village_code'], postgresql_where=sa.text("state = 'draft'"))
    op.create_index('ix_assistance_plan_household', 'assistance_plan', ['county_code', 'household_id', 'since'], unique=False)
    op.create_index('ix_assistance_plan_state', 'assistance_plan', ['county_code', 'state', 'since', 'id'], unique=False, postgresql_include=['village_code'])
    op.create_index('uq_assistance_plan_current', 'assistance_plan', ['county_code', 'household_id'], unique=True, postgresql_where=sa.text("state <> 'closed'"))
    op.create_table('assistance_measure',
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('village_code', sa.Text(collation='C'), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.Column('planned_from', sa.Date(), nullable=False),
    sa.Column('planned_to', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('kept', sa.Boolean(), nullable=False),
    sa.Column('delivered_on', sa.Date(), nullable=True),
    sa.Column('delivered_amount', sa.BigInteger(), nullable=True),
    sa.Column('evidence', sa.Text(), nullable=True),
    sa.Column('delivered_by_name', sa.Text(), nullable=True),
    sa.Column('result', sa.Text(), nullable=True),
    sa.Column('cancel_reason', sa.Text(), nullable=True),
    sa.Column('created_by_name', sa.Text(), nullable=False),
    sa.Column('content_hash', sa.LargeBinary(), nullable=True),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('county_code', sa.Text(collation='C'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'cancelled') = (cancel_reason IS NOT NULL)", name='ck_assistance_measure_cancelled'),
    sa.CheckConstraint("(state = 'delivered' AND num_nulls(delivered_on, delivered_amount, evidence, delivered_by_name) = 0) OR (state <> 'delivered' AND num_nonnulls(delivered_on, delivered_amount, evidence) = 0)", name='ck_assistance_measure_delivered'),
    sa.CheckConstraint("kept = (state <> 'cancelled')", name='ck_assistance_measure_kept'),
    sa.CheckConstraint("state IN ('planned', 'delivered', 'cancelled')", name='ck_assistance_measure_state'),
    sa.CheckConstraint("type IN ('industry', 'consumption', 'employment', 'health', 'education', 'social_security', 'housing', 'water', 'motivation')", name='ck_assistance_measure_type'),
    sa.CheckConstraint('amount >= 0 AND delivered_amount >= 0', name='ck_assistance_measure_amount'),
    sa.CheckConstraint('length(village_code) = 12 AND left(village_code, 6) = county_code', name='ck_assistance_measure_county'),
    sa.CheckConstraint('planned_to >= planned_from', name='ck_assistance_measure_dates'),
    sa.ForeignKeyConstraint(['county_code', 'household_id', 'village_code'], ['household.county_code', 'household.id', 'household.village_code'], name='fk_assistance_measure_household', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['county_code', 'plan_id'], ['assistance_plan.county_code', 'assistance_plan.id'], name='fk_assistance_measure_plan'),
    sa.PrimaryKeyConstraint('county_code', 'id', name='assistance_measure_pkey'),
    sa.UniqueConstraint('county_code', 'id', 'plan_id', 'type', 'kept', name='uq_assistance_measure_kept')
    )
    op.create_index('ix_assistance_measure_due', 'assistance_measure', ['county_code', 'planned_to', 'id'], unique=False, postgresql_include=['village_code'])
    op.create_index('ix_assistance_measure_household', 'assistance_measure', ['county_code', 'household_id'], unique=False)
    op.create_index('ix_assistance_measure_plan', 'assistance_measure', ['county_code', 'plan_id', 'state'], unique=False)
    op.create_foreign_key('fk_assistance_plan_backstop', 'assistance_plan', 'assistance_measure', ['county_code', 'backstop_id', 'id', 'backstop_type', 'backstop_kept'], ['county_code', 'id', 'plan_id', 'type', 'kept'])
