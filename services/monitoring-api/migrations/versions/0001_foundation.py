"""Foundation: village profiles, the register of households, visits, and the kit's tables.

Revision ID: 0001_foundation
Revises:
Create Date: 2026-11-22
"""

from datetime import date

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops, queue
from sqlalchemy.dialects import postgresql

revision = "0001_foundation"
down_revision = None
branch_labels = None
depends_on = None

TENANTS = {
    "village": "SELECT, INSERT, UPDATE",
    "household": "SELECT, INSERT, UPDATE",
    "household_member": "SELECT, INSERT, UPDATE",
    "household_income": "SELECT, INSERT, UPDATE",
    "household_change": "SELECT, INSERT",
    "visit": "SELECT, INSERT",
}
OTHERS = {
    "monitored_class": "SELECT",
    "risk_kind": "SELECT",
    "person_registry": "SELECT, INSERT, DELETE",
}

# The words of the 2021 plans. Later rules add rows with their own dates.
CLASSES = [
    ("unstable_lifted", "脱贫不稳定户", True),
    ("marginal", "边缘易致贫户", False),
    ("sudden_hardship", "突发严重困难户", None),
]
RISKS = [
    ("illness", "因病"),
    ("disability", "因残"),
    ("schooling", "因学"),
    ("disaster", "因灾"),
    ("accident", "因意外"),
    ("business_failure", "因产业失败"),
    ("unstable_job", "因务工不稳"),
    ("dwelling", "住房安全"),
    ("water", "饮水安全"),
]
SINCE = date(2021, 1, 1)


def upgrade() -> None:
    ops.create_kit_tables(op)
    queue.create_queue_tables(op)
    create_catalogues()
    create_register()
    create_visits()
    role = ops.service_role(op)
    for table, grants in (TENANTS | OTHERS).items():
        op.execute(f'GRANT {grants} ON "{table}" TO {role}')
    for table in TENANTS:
        ops.enable_region_scope(op, table, "village_code")


def downgrade() -> None:
    raise NotImplementedError("the first revision is left by dropping the schema")


def create_catalogues() -> None:
    classes = op.create_table(
        "monitored_class",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lifted", sa.Boolean(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_monitored_class_period"),
        sa.PrimaryKeyConstraint("code", name="monitored_class_pkey"),
    )
    risks = op.create_table(
        "risk_kind",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_risk_kind_period"),
        sa.PrimaryKeyConstraint("code", name="risk_kind_pkey"),
    )
    op.bulk_insert(
        classes,
        [
            {"code": code, "name": name, "lifted": lifted, "valid_from": SINCE, "valid_to": None, "position": position}
            for position, (code, name, lifted) in enumerate(CLASSES, 1)
        ],
    )
    op.bulk_insert(
        risks,
        [
            {"code": code, "name": name, "valid_from": SINCE, "valid_to": None, "position": position}
            for position, (code, name) in enumerate(RISKS, 1)
        ],
    )


def create_register() -> None:
    op.create_table(
        "person_registry",
        sa.Column("id_number_index", sa.LargeBinary(), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id_number_index", name="person_registry_pkey"),
    )
    op.create_table(
        "village",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("collective_income", sa.BigInteger(), nullable=True),
        sa.Column("published_population", sa.Integer(), nullable=True),
        sa.Column("published_lifted_households", sa.Integer(), nullable=True),
        sa.Column("published_lifted_people", sa.Integer(), nullable=True),
        sa.Column("published_monitored_households", sa.Integer(), nullable=True),
        sa.Column("published_monitored_people", sa.Integer(), nullable=True),
        sa.Column("published_source", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("types <@ ARRAY['lifted', 'key_assistance', 'model']", name="ck_village_types"),
        sa.CheckConstraint("collective_income >= 0", name="ck_village_collective_income"),
        sa.CheckConstraint(
            "length(village_code) = 12 AND left(village_code, 6) = county_code", name="ck_village_county"
        ),
        sa.CheckConstraint(
            "published_population >= 0 AND published_lifted_households >= 0 AND published_lifted_people >= 0 AND published_monitored_households >= 0 AND published_monitored_people >= 0",
            name="ck_village_published",
        ),
        sa.ForeignKeyConstraint(["village_code"], ["region.code"], name="fk_village_region"),
        sa.PrimaryKeyConstraint("county_code", "village_code", name="village_pkey"),
    )
    op.create_table(
        "household",
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=True),
        sa.Column("household_no", sa.Text(collation="C"), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("dwelling_grade", sa.Text(), nullable=True),
        sa.Column("water_supply", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lifted", sa.Boolean(), nullable=False),
        sa.Column("lifted_year", sa.SmallInteger(), nullable=True),
        sa.Column("monitored", sa.Boolean(), nullable=False),
        sa.Column("monitored_class", sa.Text(), nullable=True),
        sa.Column("monitored_since", sa.Date(), nullable=True),
        sa.Column("risks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("dwelling_grade IN ('A', 'B', 'C', 'D')", name="ck_household_dwelling_grade"),
        sa.CheckConstraint("state IN ('active', 'closed')", name="ck_household_state"),
        sa.CheckConstraint("water_supply IN ('centralised', 'dispersed', 'unsafe')", name="ck_household_water_supply"),
        sa.CheckConstraint(
            "length(village_code) = 12 AND left(village_code, 6) = county_code", name="ck_household_county"
        ),
        sa.CheckConstraint("lifted_year IS NULL OR lifted", name="ck_household_lifted_year"),
        sa.CheckConstraint("monitored = (cardinality(risks) > 0)", name="ck_household_risks_iff_monitored"),
        sa.CheckConstraint("monitored = (monitored_class IS NOT NULL)", name="ck_household_class_iff_monitored"),
        sa.CheckConstraint("monitored = (monitored_since IS NOT NULL)", name="ck_household_since_iff_monitored"),
        sa.ForeignKeyConstraint(["monitored_class"], ["monitored_class.code"], name="fk_household_monitored_class"),
        sa.ForeignKeyConstraint(["village_code"], ["region.code"], name="fk_household_region"),
        sa.PrimaryKeyConstraint("county_code", "id", name="household_pkey"),
        sa.UniqueConstraint("county_code", "id", "village_code", name="uq_household_id_village"),
        sa.UniqueConstraint("county_code", "village_code", "household_no", name="uq_household_number"),
    )
    op.create_index(
        "ix_household_counted",
        "household",
        ["county_code", "village_code"],
        unique=False,
        postgresql_include=["lifted", "monitored"],
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index(
        "ix_household_lifted",
        "household",
        ["county_code", "village_code", "household_no"],
        unique=False,
        postgresql_where=sa.text("lifted AND state = 'active'"),
    )
    op.create_index(
        "ix_household_monitored",
        "household",
        ["county_code", "village_code", "household_no"],
        unique=False,
        postgresql_where=sa.text("monitored AND state = 'active'"),
    )
    op.create_table(
        "household_change",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "act IN ('registered', 'imported', 'corrected', 'member_added', 'member_corrected', 'monitoring_set', 'monitoring_cleared')",
            name="ck_household_change_act",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            ["household.county_code", "household.id", "household.village_code"],
            name="fk_household_change_household",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name="household_change_pkey"),
        sa.UniqueConstraint("county_code", "household_id", "version", name="uq_household_change_version"),
    )
    op.create_table(
        "household_income",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("wage", sa.BigInteger(), nullable=False),
        sa.Column("business", sa.BigInteger(), nullable=False),
        sa.Column("property", sa.BigInteger(), nullable=False),
        sa.Column("transfer", sa.BigInteger(), nullable=False),
        sa.Column("rigid_expense", sa.BigInteger(), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "wage >= 0 AND property >= 0 AND transfer >= 0 AND rigid_expense >= 0",
            name="ck_household_income_not_negative",
        ),
        sa.CheckConstraint("year BETWEEN 1949 AND 2999", name="ck_household_income_year"),
        sa.ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            ["household.county_code", "household.id", "household.village_code"],
            name="fk_household_income_household",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name="household_income_pkey"),
        sa.UniqueConstraint("county_code", "household_id", "year", name="uq_household_income_year"),
    )
    op.create_table(
        "household_member",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("name_tail", sa.Text(collation="C"), nullable=False),
        sa.Column("initials", sa.Text(collation="C"), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("id_number", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_masked", sa.Text(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_masked", sa.Text(), nullable=True),
        sa.Column("labour_ability", sa.Text(), nullable=False),
        sa.Column("health", sa.Text(), nullable=False),
        sa.Column("education", sa.Text(), nullable=False),
        sa.Column("schooling", sa.Text(), nullable=False),
        sa.Column("employment", sa.Text(), nullable=False),
        sa.Column("insured", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(relation = 'head') = is_head", name="ck_household_member_head_relation"),
        sa.CheckConstraint(
            "education IN ('illiterate', 'primary', 'junior', 'senior', 'college', 'university')",
            name="ck_household_member_education",
        ),
        sa.CheckConstraint(
            "employment IN ('none', 'farming', 'local_job', 'migrant_job', 'welfare_post', 'own_business')",
            name="ck_household_member_employment",
        ),
        sa.CheckConstraint("health IN ('healthy', 'chronic', 'severe', 'disabled')", name="ck_household_member_health"),
        sa.CheckConstraint(
            "labour_ability IN ('skilled', 'ordinary', 'weak', 'lost', 'none')",
            name="ck_household_member_labour_ability",
        ),
        sa.CheckConstraint(
            "relation IN ('head', 'spouse', 'child', 'child_in_law', 'grandchild', 'parent', 'parent_in_law', 'grandparent', 'sibling', 'other')",
            name="ck_household_member_relation",
        ),
        sa.CheckConstraint(
            "schooling IN ('none', 'preschool', 'primary', 'junior', 'senior', 'vocational', 'higher', 'dropout')",
            name="ck_household_member_schooling",
        ),
        sa.CheckConstraint("sex IN ('male', 'female')", name="ck_household_member_sex"),
        sa.CheckConstraint("state IN ('present', 'died', 'moved_out')", name="ck_household_member_state"),
        sa.CheckConstraint(
            "num_nulls(id_number, id_number_index, id_number_masked) IN (0, 3)",
            name="ck_household_member_id_number_complete",
        ),
        sa.CheckConstraint("num_nulls(phone, phone_masked) IN (0, 2)", name="ck_household_member_phone_complete"),
        sa.ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            ["household.county_code", "household.id", "household.village_code"],
            name="fk_household_member_household",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name="household_member_pkey"),
    )
    op.create_index(
        "ix_household_member_household",
        "household_member",
        ["county_code", "village_code", "household_id"],
        unique=False,
        postgresql_include=["state"],
    )
    op.create_index(
        "ix_household_member_initials",
        "household_member",
        ["county_code", "initials", "village_code", "household_id"],
        unique=False,
    )
    op.create_index(
        "ix_household_member_name",
        "household_member",
        ["county_code", "name", "village_code", "household_id"],
        unique=False,
    )
    op.create_index(
        "ix_household_member_name_tail",
        "household_member",
        ["county_code", "name_tail", "village_code", "household_id"],
        unique=False,
    )
    op.create_index(
        "uq_household_member_head",
        "household_member",
        ["county_code", "household_id"],
        unique=True,
        postgresql_where=sa.text("is_head"),
    )


def create_visits() -> None:
    op.create_table(
        "visit",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_name", sa.Text(), nullable=False),
        sa.Column("form_version", sa.SmallInteger(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("location", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("device_clock", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payload_hash", sa.Text(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(payload_hash) = 64", name="ck_visit_payload_hash"),
        sa.CheckConstraint("length(village_code) = 12 AND left(village_code, 6) = county_code", name="ck_visit_county"),
        sa.ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            ["household.county_code", "household.id", "household.village_code"],
            name="fk_visit_household",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name="visit_pkey"),
        sa.UniqueConstraint("county_code", "receipt_number", name="uq_visit_receipt_number"),
    )
    op.create_index("ix_visit_household", "visit", ["county_code", "household_id", "visited_at", "id"], unique=False)
    op.create_index("ix_visit_county", "visit", ["county_code", "visited_at", "id"], unique=False)
    op.create_index("ix_visit_village", "visit", ["county_code", "village_code", "visited_at", "id"], unique=False)
