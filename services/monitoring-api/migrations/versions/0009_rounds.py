"""Look-backs after elimination, and sweeps over every household of an area.

Revision ID: 0009_rounds
Revises: 0008_assistance
Create Date: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops
from sqlalchemy.dialects import postgresql

revision = "0009_rounds"
down_revision = "0008_assistance"
branch_labels = None
depends_on = None

TENANTS = {
    "look_back": "SELECT, INSERT, UPDATE",
    "look_back_record": "SELECT, INSERT",
    "sweep_item": "SELECT, INSERT, UPDATE",
    "sweep_record": "SELECT, INSERT",
    "sweep_issue": "SELECT, INSERT, UPDATE",
}
OTHERS = {"sweep_round": "SELECT, INSERT, UPDATE"}

LOOK_BACK = {"quarters": 4, "months": 3}
SWEEP = {"rounds_per_year": 2, "issue_working_days": 20}


def upgrade() -> None:
    set_policies()
    create_tables()
    role = ops.service_role(op)
    for table, grants in (TENANTS | OTHERS).items():
        op.execute(f'GRANT {grants} ON "{table}" TO {role}')
    for table in TENANTS:
        ops.enable_region_scope(op, table, "village_code")


def downgrade() -> None:
    raise NotImplementedError("look-backs and sweeps are records; they are left by restoring a backup")


def set_policies() -> None:
    default = sa.table(
        "policy_default",
        sa.column("profile_code", sa.Text()),
        sa.column("key", sa.Text()),
        sa.column("value", postgresql.JSONB()),
    )
    op.execute(default.update().where(default.c.key == "look_back").values(value=LOOK_BACK))
    codes = op.get_bind().execute(sa.text("SELECT code FROM policy_profile")).scalars().all()
    op.bulk_insert(default, [{"profile_code": code, "key": "sweep", "value": SWEEP} for code in codes])


def create_tables() -> None:
    op.create_table('look_back',
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('village_code', sa.Text(collation='C'), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.SmallInteger(), nullable=False),
    sa.Column('opens_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('record_id', sa.Uuid(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('records', sa.SmallInteger(), nullable=False),
    sa.Column('review', sa.Text(), nullable=False),
    sa.Column('stopped_on', sa.Date(), nullable=True),
    sa.Column('stop_reason', sa.Text(), nullable=True),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('county_code', sa.Text(collation='C'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(review = 'none') = (records <= 1)", name='ck_look_back_records'),
    sa.CheckConstraint("(state = 'stopped') = (num_nulls(stopped_on, stop_reason) = 0)", name='ck_look_back_stopped'),
    sa.CheckConstraint("outcome IN ('ok', 'risk_returned')", name='ck_look_back_outcome'),
    sa.CheckConstraint("review IN ('none', 'open', 'settled')", name='ck_look_back_review'),
    sa.CheckConstraint("state <> 'done' OR record_id IS NOT NULL", name='ck_look_back_done'),
    sa.CheckConstraint("state <> 'due' OR record_id IS NULL", name='ck_look_back_due'),
    sa.CheckConstraint("state IN ('due', 'done', 'stopped')", name='ck_look_back_state'),
    sa.CheckConstraint('length(village_code) = 12 AND left(village_code, 6) = county_code', name='ck_look_back_county'),
    sa.CheckConstraint('num_nulls(record_id, outcome, done_at) IN (0, 3)', name='ck_look_back_record'),
    sa.CheckConstraint('seq >= 1 AND due_on >= opens_on', name='ck_look_back_turn'),
    sa.ForeignKeyConstraint(['county_code', 'case_id'], ['monitoring_case.county_code', 'monitoring_case.id'], name='fk_look_back_case'),
    sa.ForeignKeyConstraint(['county_code', 'household_id', 'village_code'], ['household.county_code', 'household.id', 'household.village_code'], name='fk_look_back_household', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('county_code', 'id', name='look_back_pkey'),
    sa.UniqueConstraint('county_code', 'case_id', 'seq', name='uq_look_back_turn')
    )
    op.create_index('ix_look_back_due', 'look_back', ['county_code', 'due_on', 'id'], unique=False)
    op.create_index('ix_look_back_household', 'look_back', ['county_code', 'household_id', 'due_on'], unique=False)
    op.create_index('ix_look_back_village', 'look_back', ['county_code', 'village_code', 'due_on', 'id'], unique=False, postgresql_where=sa.text("state = 'due'"))
    op.create_table('look_back_record',
    sa.Column('look_back_id', sa.Uuid(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('findings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('village_code', sa.Text(collation='C'), nullable=False),
    sa.Column('visited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('visitor_id', sa.Uuid(), nullable=False),
    sa.Column('visitor_name', sa.Text(), nullable=False),
    sa.Column('form_version', sa.SmallInteger(), nullable=False),
    sa.Column('location', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('device_clock', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('payload_hash', sa.Text(), nullable=False),
    sa.Column('receipt_number', sa.Text(), nullable=False),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('county_code', sa.Text(collation='C'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("outcome IN ('ok', 'risk_returned')", name='ck_look_back_record_outcome'),
    sa.CheckConstraint('length(payload_hash) = 64', name='ck_look_back_record_payload_hash'),
    sa.CheckConstraint('length(village_code) = 12 AND left(village_code, 6) = county_code', name='ck_look_back_record_county'),
    sa.ForeignKeyConstraint(['county_code', 'household_id', 'village_code'], ['household.county_code', 'household.id', 'household.village_code'], name='fk_look_back_record_household', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['county_code', 'look_back_id'], ['look_back.county_code', 'look_back.id'], name='fk_look_back_record_look_back'),
    sa.PrimaryKeyConstraint('county_code', 'id', name='look_back_record_pkey'),
    sa.UniqueConstraint('county_code', 'id', 'look_back_id', name='uq_look_back_record_look_back'),
    sa.UniqueConstraint('county_code', 'receipt_number', name='uq_look_back_record_receipt_number')
    )
    op.create_index('ix_look_back_record_household', 'look_back_record', ['county_code', 'household_id'], unique=False)
    op.create_index('ix_look_back_record_look_back', 'look_back_record', ['county_code', 'look_back_id', 'received_at'], unique=False)
    op.create_table('sweep_round',
    sa.Column('region_code', sa.Text(collation='C'), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('year', sa.SmallInteger(), nullable=False),
    sa.Column('half', sa.SmallInteger(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('form_version', sa.SmallInteger(), nullable=False),
    sa.Column('households', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by', sa.Uuid(), nullable=False),
    sa.Column('opened_by_name', sa.Text(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.Uuid(), nullable=True),
    sa.Column('closed_by_name', sa.Text(), nullable=True),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('county_code', sa.Text(collation='C'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('(is_open AND num_nonnulls(closed_at, closed_by, closed_by_name) = 0) OR (NOT is_open AND num_nulls(closed_at, closed_by, closed_by_name) = 0)', name='ck_sweep_round_closed'),
    sa.CheckConstraint('ends_on >= starts_on', name='ck_sweep_round_dates'),
    sa.CheckConstraint('half IN (1, 2) AND year BETWEEN 2021 AND 2999', name='ck_sweep_round_period'),
    sa.CheckConstraint('households >= 0', name='ck_sweep_round_households'),
    sa.CheckConstraint('length(region_code) IN (6, 9, 12) AND left(region_code, 6) = county_code AND length(county_code) = 6', name='ck_sweep_round_region'),
    sa.PrimaryKeyConstraint('county_code', 'id', name='sweep_round_pkey'),
    sa.UniqueConstraint('county_code', 'id', 'is_open', name='uq_sweep_round_open')
    )
    op.create_index('ix_sweep_round_year', 'sweep_round', ['county_code', 'year', 'starts_on', 'id'], unique=False)
    op.create_table('sweep_item',
    sa.Column('round_id', sa.Uuid(), nullable=False),
    sa.Column('round_open', sa.Boolean(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('village_code', sa.Text(collation='C'), nullable=False),
    sa.Column('assignee_id', sa.Uuid(), nullable=True),
    sa.Column('assignee_name', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('record_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('visitor_id', sa.Uuid(), nullable=True),
    sa.Column('visitor_name', sa.Text(), nullable=True),
    sa.Column('unchanged', sa.Boolean(), nullable=True),
    sa.Column('problems', sa.SmallInteger(), nullable=True),
    sa.Column('records', sa.SmallInteger(), nullable=False),
    sa.Column('review', sa.Text(), nullable=False),
    sa.Column('excuse', sa.Text(), nullable=True),
    sa.Column('excused_by_name', sa.Text(), nullable=True),
    sa.Column('excused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('county_code', sa.Text(collation='C'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(review = 'none') = (records <= 1)", name='ck_sweep_item_records'),
    sa.CheckConstraint("(state = 'done') = (record_id IS NOT NULL)", name='ck_sweep_item_done'),
    sa.CheckConstraint("review IN ('none', 'open', 'settled')", name='ck_sweep_item_review'),
    sa.CheckConstraint("round_open OR state <> 'open'", name='ck_sweep_item_round'),
    sa.CheckConstraint("state <> 'excused' OR num_nulls(excuse, excused_by_name, excused_at) = 0", name='ck_sweep_item_excuse'),
    sa.CheckConstraint("state IN ('open', 'done', 'excused')", name='ck_sweep_item_state'),
    sa.CheckConstraint('length(village_code) = 12 AND left(village_code, 6) = county_code', name='ck_sweep_item_county'),
    sa.CheckConstraint('num_nulls(record_id, recorded_at, visitor_id, visitor_name, unchanged, problems) IN (0, 6)', name='ck_sweep_item_record'),
    sa.ForeignKeyConstraint(['county_code', 'household_id', 'village_code'], ['household.county_code', 'household.id', 'household.village_code'], name='fk_sweep_item_household', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['county_code', 'round_id', 'round_open'], ['sweep_round.county_code', 'sweep_round.id', 'sweep_round.is_open'], name='fk_sweep_item_round', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('county_code', 'id', name='sweep_item_pkey'),
    sa.UniqueConstraint('county_code', 'round_id', 'household_id', name='uq_sweep_item_household')
    )
    op.create_index('ix_sweep_item_household', 'sweep_item', ['county_code', 'household_id'], unique=False)
    op.create_index('ix_sweep_item_progress', 'sweep_item', ['county_code', 'round_id', 'village_code', 'state'], unique=False, postgresql_include=['unchanged', 'problems', 'review'])
    op.create_table('sweep_record',
    sa.Column('round_id', sa.Uuid(), nullable=False),
    sa.Column('unchanged', sa.Boolean(), nullable=False),
    sa.Column('findings', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('problems', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('village_code', sa.Text(collation='C'), nullable=False),
    sa.Column('visited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('visitor_id', sa.Uuid(), nullable=False),
    sa.Column('visitor_name', sa.Text(), nullable=False),
    sa.Column('form_version', sa.SmallInteger(), nullable=False),
    sa.Column('location', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('device_clock', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('payload_hash', sa.Text(), nullable=False),
    sa.Column('receipt_number', sa.Text(), nullable=False),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('county_code', sa.Text(collation='C'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('length(payload_hash) = 64', name='ck_sweep_record_payload_hash'),
    sa.CheckConstraint('length(village_code) = 12 AND left(village_code, 6) = county_code', name='ck_sweep_record_county'),
    sa.CheckConstraint('unchanged = (findings IS NULL)', name='ck_sweep_record_unchanged'),
    sa.ForeignKeyConstraint(['county_code', 'household_id', 'village_code'], ['household.county_code', 'household.id', 'household.village_code'], name='fk_sweep_record_household', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['county_code', 'round_id', 'household_id'], ['sweep_item.county_code', 'sweep_item.round_id', 'sweep_item.household_id'], name='fk_sweep_record_item'),
    sa.PrimaryKeyConstraint('county_code', 'id', name='sweep_record_pkey'),
    sa.UniqueConstraint('county_code', 'id', 'round_id', 'household_id', name='uq_sweep_record_item'),
    sa.UniqueConstraint('county_code', 'receipt_number', name='uq_sweep_record_receipt_number')
    )
    op.create_index('ix_sweep_record_household', 'sweep_record', ['county_code', 'household_id'], unique=False)
    op.create_index('ix_sweep_record_item', 'sweep_record', ['county_code', 'round_id', 'household_id', 'received_at'], unique=False)
    op.create_table('sweep_issue',
    sa.Column('round_id', sa.Uuid(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('village_code', sa.Text(collation='C'), nullable=False),
    sa.Column('record_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('found_by_name', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('measure', sa.Text(), nullable=True),
    sa.Column('evidence', sa.Text(), nullable=True),
    sa.Column('struck_off_on', sa.Date(), nullable=True),
    sa.Column('struck_off_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('struck_off_by', sa.Uuid(), nullable=True),
    sa.Column('struck_off_by_name', sa.Text(), nullable=True),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('county_code', sa.Text(collation='C'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'open' AND num_nonnulls(measure, evidence, struck_off_on, struck_off_at) = 0) OR (state = 'struck_off' AND num_nulls(measure, evidence, struck_off_on, struck_off_at, struck_off_by, struck_off_by_name) = 0)", name='ck_sweep_issue_struck_off'),
    sa.CheckConstraint("kind IN ('income', 'food', 'clothing', 'education', 'medical', 'dwelling', 'water', 'employment', 'industry', 'policy', 'disaster', 'data', 'other')", name='ck_sweep_issue_kind'),
    sa.CheckConstraint("state IN ('open', 'struck_off')", name='ck_sweep_issue_state'),
    sa.CheckConstraint('length(village_code) = 12 AND left(village_code, 6) = county_code', name='ck_sweep_issue_county'),
    sa.ForeignKeyConstraint(['county_code', 'household_id', 'village_code'], ['household.county_code', 'household.id', 'household.village_code'], name='fk_sweep_issue_household', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['county_code', 'record_id'], ['sweep_record.county_code', 'sweep_record.id'], name='fk_sweep_issue_record'),
    sa.ForeignKeyConstraint(['county_code', 'round_id', 'household_id'], ['sweep_item.county_code', 'sweep_item.round_id', 'sweep_item.household_id'], name='fk_sweep_issue_item'),
    sa.PrimaryKeyConstraint('county_code', 'id', name='sweep_issue_pkey'),
    sa.UniqueConstraint('county_code', 'round_id', 'household_id', 'kind', name='uq_sweep_issue_kind')
    )
    op.create_index('ix_sweep_issue_found', 'sweep_issue', ['county_code', 'found_at', 'id'], unique=False)
    op.create_index('ix_sweep_issue_household', 'sweep_issue', ['county_code', 'household_id'], unique=False)
    op.create_index('ix_sweep_issue_open', 'sweep_issue', ['county_code', 'due_on', 'id'], unique=False, postgresql_include=['village_code', 'round_id'], postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_sweep_issue_round', 'sweep_issue', ['county_code', 'round_id', 'village_code', 'state'], unique=False)
    op.create_foreign_key('fk_look_back_record', 'look_back', 'look_back_record', ['county_code', 'record_id', 'id'], ['county_code', 'id', 'look_back_id'])
    op.create_foreign_key('fk_sweep_item_record', 'sweep_item', 'sweep_record', ['county_code', 'record_id', 'round_id', 'household_id'], ['county_code', 'id', 'round_id', 'household_id'])
