"""Casework: rules with dates, identification and elimination, ways in, helpers, look-backs.

Revision ID: 0002_casework
Revises: 0001_foundation
Create Date: 2026-11-22
"""

from datetime import date

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops
from sqlalchemy.dialects import postgresql

revision = "0002_casework"
down_revision = "0001_foundation"
branch_labels = None
depends_on = None

TENANTS = {
    "helper_assignment": "SELECT, INSERT, UPDATE",
    "monitoring_case": "SELECT, INSERT, UPDATE",
    "case_notice": "SELECT, INSERT, UPDATE",
    "case_step": "SELECT, INSERT",
    "objection": "SELECT, INSERT, UPDATE",
}
OTHERS = {
    "policy_profile": "SELECT",
    "policy_setting": "SELECT, INSERT",
    "policy_default": "SELECT",
}

PROFILES = [
    (
        "transition_2021",
        "过渡期(2021–2025年)",
        "监测对象",
        "财政衔接推进乡村振兴补助资金",
        date(2021, 1, 1),
        date(2025, 12, 31),
    ),
    ("regular_2026", "常态化帮扶(2026年起)", "防止返贫致贫对象", "常态化帮扶资金", date(2026, 1, 1), None),
]

# Fen per head and year; counties set their own each year.
INCOME_LINES = {"transition_2021": 600_000, "regular_2026": 850_000}
CLASS_NAMES = {
    "transition_2021": {
        "unstable_lifted": "脱贫不稳定户",
        "marginal": "边缘易致贫户",
        "sudden_hardship": "突发严重困难户",
    },
    "regular_2026": {
        "unstable_lifted": "易返贫对象",
        "marginal": "易致贫对象",
        "sudden_hardship": "突发严重困难对象",
    },
}
RULES = {
    "income_window": {"months": 12, "ends": "month_before"},
    "time_limits": {
        "application": 2,
        "home_verification": 2,
        "village_review": 3,
        "notice": 2,
        "township_review": 3,
        "county_determination": 5,
    },
    "notice_days": {"days": 5},
    "approvers": {
        "application": ["village_cadre", "township"],
        "home_verification": ["village_cadre", "township"],
        "village_review": ["village_cadre"],
        "notice": ["village_cadre"],
        "township_review": ["township"],
        "county_determination": ["bureau"],
    },
    "elimination": {"enrolled_months": 6, "stable_months": 6, "measures": 1},
    "look_back": {"quarters": 4},
}


def upgrade() -> None:
    create_tables()
    insert_policies()
    role = ops.service_role(op)
    for table, grants in (TENANTS | OTHERS).items():
        op.execute(f'GRANT {grants} ON "{table}" TO {role}')
    for table in TENANTS:
        ops.enable_region_scope(op, table, "village_code")


def downgrade() -> None:
    raise NotImplementedError("cases are records; they are left by restoring a backup")


def insert_policies() -> None:
    profile = sa.table(
        "policy_profile",
        *(sa.column(name, sa.Text()) for name in ("code", "name", "object_name", "fund_name")),
        sa.column("valid_from", sa.Date()),
        sa.column("valid_to", sa.Date()),
    )
    names = ("code", "name", "object_name", "fund_name", "valid_from", "valid_to")
    op.bulk_insert(profile, [dict(zip(names, row, strict=True)) for row in PROFILES])
    default = sa.table(
        "policy_default",
        sa.column("profile_code", sa.Text()),
        sa.column("key", sa.Text()),
        sa.column("value", postgresql.JSONB()),
    )
    rows = []
    for code, *_ in PROFILES:
        values = RULES | {"income_line": {"fen": INCOME_LINES[code]}, "class_names": CLASS_NAMES[code]}
        rows += [{"profile_code": code, "key": key, "value": value} for key, value in values.items()]
    op.bulk_insert(default, rows)


def create_tables() -> None:
    op.create_table(
        "policy_profile",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("object_name", sa.Text(), nullable=False),
        sa.Column("fund_name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_policy_profile_period"),
        sa.PrimaryKeyConstraint("code", name="policy_profile_pkey"),
    )
    op.create_table(
        "policy_setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "key IN ('income_line', 'income_window', 'time_limits', 'notice_days', 'approvers', 'class_names', 'elimination', 'look_back')",
            name="ck_policy_setting_key",
        ),
        sa.CheckConstraint("length(county_code) = 6", name="ck_policy_setting_county"),
        sa.CheckConstraint("revision >= 1", name="ck_policy_setting_revision"),
        sa.PrimaryKeyConstraint("county_code", "id", name="policy_setting_pkey"),
        sa.UniqueConstraint("county_code", "key", "valid_from", "revision", name="uq_policy_setting_revision"),
    )
    op.create_table(
        "policy_default",
        sa.Column("profile_code", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "key IN ('income_line', 'income_window', 'time_limits', 'notice_days', 'approvers', 'class_names', 'elimination', 'look_back')",
            name="ck_policy_default_key",
        ),
        sa.ForeignKeyConstraint(["profile_code"], ["policy_profile.code"], name="fk_policy_default_profile"),
        sa.PrimaryKeyConstraint("profile_code", "key", name="policy_default_pkey"),
    )
    op.create_table(
        "helper_assignment",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("helper_name", sa.Text(), nullable=False),
        sa.Column("helper_unit", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("assigned_by_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(until IS NULL) = (num_nulls(successor_id, release_reason) = 2)", name="ck_helper_assignment_end"
        ),
        sa.CheckConstraint(
            "length(village_code) = 12 AND left(village_code, 6) = county_code", name="ck_helper_assignment_county"
        ),
        sa.CheckConstraint("num_nonnulls(successor_id, release_reason) <= 1", name="ck_helper_assignment_one_end"),
        sa.CheckConstraint("successor_id <> id", name="ck_helper_assignment_successor"),
        sa.CheckConstraint("until IS NULL OR until >= since", name="ck_helper_assignment_period"),
        sa.ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            ["household.county_code", "household.id", "household.village_code"],
            name="fk_helper_assignment_household",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "successor_id", "household_id"],
            ["helper_assignment.county_code", "helper_assignment.id", "helper_assignment.household_id"],
            name="fk_helper_assignment_successor",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name="helper_assignment_pkey"),
        sa.UniqueConstraint("county_code", "id", "household_id", name="uq_helper_assignment_household"),
    )
    op.create_index(
        "ix_helper_assignment_helper",
        "helper_assignment",
        ["county_code", "helper_id", "village_code"],
        unique=False,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_index(
        "uq_helper_assignment_current",
        "helper_assignment",
        ["county_code", "household_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "monitoring_case",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("previous_case_id", sa.Uuid(), nullable=True),
        sa.Column("difficulty", sa.Text(), nullable=False),
        sa.Column("risks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_by_name", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("profile_code", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("income_line", sa.BigInteger(), nullable=False),
        sa.Column("window_from", sa.Date(), nullable=False),
        sa.Column("window_to", sa.Date(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("income", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("people", sa.SmallInteger(), nullable=True),
        sa.Column("net_income_per_head", sa.BigInteger(), nullable=True),
        sa.Column("monitored_class", sa.Text(), nullable=True),
        sa.Column("determined_risks", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "is_open = (state IN ('application', 'home_verification', 'village_review', 'notice', 'township_review', 'county_determination'))",
            name="ck_monitoring_case_open",
        ),
        sa.CheckConstraint(
            "kind IN ('identification', 'elimination', 'natural_elimination')", name="ck_monitoring_case_kind"
        ),
        sa.CheckConstraint(
            "origin IN ('cadre', 'township', 'lead', 'self_application')", name="ck_monitoring_case_origin"
        ),
        sa.CheckConstraint(
            "state <> 'monitored' OR (kind = 'identification' AND num_nulls(monitored_class, net_income_per_head, people, income_line) = 0)",
            name="ck_monitoring_case_determined",
        ),
        sa.CheckConstraint(
            "state IN ('application', 'home_verification', 'village_review', 'notice', 'township_review', 'county_determination', 'monitored', 'eliminated', 'refused', 'withdrawn', 'rolled_back', 'remarked')",
            name="ck_monitoring_case_state",
        ),
        sa.CheckConstraint(
            "state NOT IN ('eliminated', 'rolled_back', 'remarked') OR kind <> 'identification'",
            name="ck_monitoring_case_eliminated",
        ),
        sa.CheckConstraint("is_open = (cardinality(roles) > 0)", name="ck_monitoring_case_roles"),
        sa.CheckConstraint("is_open = (closed_at IS NULL)", name="ck_monitoring_case_closed"),
        sa.CheckConstraint("is_open = (due_on IS NOT NULL)", name="ck_monitoring_case_due"),
        sa.CheckConstraint(
            "length(village_code) = 12 AND left(village_code, 6) = county_code", name="ck_monitoring_case_county"
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            ["household.county_code", "household.id", "household.village_code"],
            name="fk_monitoring_case_household",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["profile_code"], ["policy_profile.code"], name="fk_monitoring_case_profile"),
        sa.PrimaryKeyConstraint("county_code", "id", name="monitoring_case_pkey"),
        sa.UniqueConstraint("county_code", "id", "village_code", name="uq_monitoring_case_village"),
    )
    op.create_index(
        "ix_monitoring_case_due",
        "monitoring_case",
        ["county_code", "due_on", "id"],
        unique=False,
        postgresql_include=["village_code", "state", "roles"],
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_monitoring_case_household",
        "monitoring_case",
        ["county_code", "household_id", "opened_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_monitoring_case_started", "monitoring_case", ["county_code", "opened_by", "opened_at", "id"], unique=False
    )
    op.create_index(
        "ix_monitoring_case_village",
        "monitoring_case",
        ["county_code", "village_code", "due_on", "id"],
        unique=False,
        postgresql_include=["state", "roles"],
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "uq_monitoring_case_open",
        "monitoring_case",
        ["county_code", "household_id"],
        unique=True,
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "case_notice",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("open_objections", sa.SmallInteger(), nullable=False),
        sa.Column("upheld_objections", sa.SmallInteger(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "closed_on IS NULL OR (closed_on > ends_on AND open_objections = 0 AND upheld_objections = 0)",
            name="ck_case_notice_close",
        ),
        sa.CheckConstraint("days >= 5 AND ends_on - starts_on >= days", name="ck_case_notice_period"),
        sa.CheckConstraint("open_objections >= 0 AND upheld_objections >= 0", name="ck_case_notice_objections"),
        sa.ForeignKeyConstraint(
            ["county_code", "case_id", "village_code"],
            ["monitoring_case.county_code", "monitoring_case.id", "monitoring_case.village_code"],
            name="fk_case_notice_case",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name="case_notice_pkey"),
        sa.UniqueConstraint("county_code", "case_id", "id", "closed_on", name="uq_case_notice_closed"),
    )
    op.create_table(
        "case_step",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.Column("previous_seq", sa.SmallInteger(), nullable=True),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("actor_region", sa.Text(collation="C"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("notice_closed_on", sa.Date(), nullable=True),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("action <> 'complete' OR evidence IS NOT NULL", name="ck_case_step_evidence"),
        sa.CheckConstraint(
            "coalesce(from_state, '') || '>' || action || '>' || to_state IN ('>open>county_determination', '>open>home_verification', 'application>complete>home_verification', 'application>refuse>refused', 'application>withdraw>withdrawn', 'county_determination>complete>eliminated', 'county_determination>complete>monitored', 'county_determination>refuse>refused', 'county_determination>return>application', 'county_determination>return>home_verification', 'county_determination>return>notice', 'county_determination>return>township_review', 'county_determination>return>village_review', 'county_determination>withdraw>withdrawn', 'eliminated>remark>remarked', 'eliminated>rollback>rolled_back', 'home_verification>complete>village_review', 'home_verification>refuse>refused', 'home_verification>return>application', 'home_verification>withdraw>withdrawn', 'notice>complete>township_review', 'notice>refuse>refused', 'notice>return>application', 'notice>return>home_verification', 'notice>return>village_review', 'notice>withdraw>withdrawn', 'township_review>complete>county_determination', 'township_review>refuse>refused', 'township_review>return>application', 'township_review>return>home_verification', 'township_review>return>notice', 'township_review>return>village_review', 'township_review>withdraw>withdrawn', 'village_review>complete>notice', 'village_review>refuse>refused', 'village_review>return>application', 'village_review>return>home_verification', 'village_review>withdraw>withdrawn')",
            name="ck_case_step_step",
        ),
        sa.CheckConstraint(
            "from_state IS DISTINCT FROM 'notice' OR action <> 'complete' OR (notice_id IS NOT NULL AND notice_closed_on IS NOT NULL AND (at AT TIME ZONE 'Asia/Shanghai')::date >= notice_closed_on)",
            name="ck_case_step_notice",
        ),
        sa.CheckConstraint("(seq = 1) = (from_state IS NULL)", name="ck_case_step_first"),
        sa.CheckConstraint("previous_seq IS NOT DISTINCT FROM nullif(seq - 1, 0)", name="ck_case_step_previous"),
        sa.ForeignKeyConstraint(
            ["county_code", "case_id", "notice_id", "notice_closed_on"],
            ["case_notice.county_code", "case_notice.case_id", "case_notice.id", "case_notice.closed_on"],
            name="fk_case_step_notice",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "case_id", "previous_seq", "from_state"],
            ["case_step.county_code", "case_step.case_id", "case_step.seq", "case_step.to_state"],
            name="fk_case_step_previous",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "case_id", "village_code"],
            ["monitoring_case.county_code", "monitoring_case.id", "monitoring_case.village_code"],
            name="fk_case_step_case",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name="case_step_pkey"),
        sa.UniqueConstraint("county_code", "case_id", "seq", "to_state", name="uq_case_step_state"),
        sa.UniqueConstraint("county_code", "case_id", "seq", name="uq_case_step_seq"),
    )
    op.create_index("ix_case_step_actor", "case_step", ["county_code", "actor_id", "at", "id"], unique=False)
    op.create_table(
        "objection",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("name_masked", sa.Text(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone_masked", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("handled_by_name", sa.Text(), nullable=True),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (handled_at IS NULL)", name="ck_objection_handled"),
        sa.CheckConstraint(
            "state = 'open' OR num_nulls(finding, handled_by, handled_by_name) = 0", name="ck_objection_finding"
        ),
        sa.CheckConstraint("state IN ('open', 'upheld', 'rejected')", name="ck_objection_state"),
        sa.ForeignKeyConstraint(
            ["county_code", "case_id", "village_code"],
            ["monitoring_case.county_code", "monitoring_case.id", "monitoring_case.village_code"],
            name="fk_objection_case",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "notice_id"], ["case_notice.county_code", "case_notice.id"], name="fk_objection_notice"
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name="objection_pkey"),
        sa.UniqueConstraint("county_code", "receipt_number", name="uq_objection_receipt_number"),
    )
    op.create_index("ix_objection_case", "objection", ["county_code", "case_id", "received_at"], unique=False)
    op.create_index("ix_objection_notice", "objection", ["county_code", "notice_id", "phone_index"], unique=False)
    op.create_foreign_key(
        "fk_monitoring_case_last_step",
        "monitoring_case",
        "case_step",
        ["county_code", "id", "version", "state"],
        ["county_code", "case_id", "seq", "to_state"],
        deferrable=True,
        initially="DEFERRED",
    )
