"""Acts on households, moves between regions, and persons registered twice.

Revision ID: 0005_register
Revises: 0004_exports
Create Date: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops
from sqlalchemy.dialects import postgresql

revision = "0005_register"
down_revision = "0004_exports"
branch_labels = None
depends_on = None

TENANTS = {
    "register_act": ("village_code", "SELECT, INSERT"),
    "relocation": ("region_code", "SELECT, INSERT, UPDATE"),
    "duplicate_candidate": ("region_code", "SELECT, INSERT, UPDATE"),
}
STATES = ("present", "died", "moved_out", "merged", "void")
ACTS = (
    "registered", "imported", "corrected", "member_added", "member_corrected", "monitoring_set", "monitoring_cleared",
    "act", "persons_merged", "persons_unmerged",
)  # fmt: skip


def upgrade() -> None:
    widen("household_member", "state", STATES)
    widen("household_change", "act", ACTS)
    create_acts()
    create_relocations()
    create_duplicates()
    role = ops.service_role(op)
    for table, (column, grants) in TENANTS.items():
        op.execute(f'GRANT {grants} ON "{table}" TO {role}')
        ops.enable_region_scope(op, table, column)


def downgrade() -> None:
    raise NotImplementedError("acts are not unwritten")


def widen(table: str, column: str, words: tuple[str, ...]) -> None:
    """Let a column hold more words than before."""
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{column}")
    listed = ", ".join(f"'{word}'" for word in words)
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{column} CHECK ({column} IN ({listed}))")


def create_acts() -> None:
    op.create_table('register_act',
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('village_code', sa.Text(collation='C'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('other_household_id', sa.Uuid(), nullable=True),
    sa.Column('other_version', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=False),
    sa.Column('actor_name', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('people', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('place', sa.Text(), nullable=True),
    sa.Column('relocation_id', sa.Uuid(), nullable=True),
    sa.Column('effects', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('undoes', sa.Uuid(), nullable=True),
    sa.Column('content_hash', sa.LargeBinary(), nullable=False),
    sa.Column('county_code', sa.Text(collation='C'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)", name='ck_register_act_undoes'),
    sa.CheckConstraint("kind IN ('birth', 'move_in', 'death', 'head_change', 'split', 'merge', 'transfer', 'move_village', 'move_out', 'declare_move', 'withdraw_move', 'decline_move', 'moved_out', 'moved_in', 'close', 'undo')", name='ck_register_act_kind'),
    sa.CheckConstraint('(other_household_id IS NULL) = (other_version IS NULL)', name='ck_register_act_other'),
    sa.CheckConstraint('length(village_code) = 12 AND left(village_code, 6) = county_code', name='ck_register_act_county'),
    sa.CheckConstraint('other_household_id <> household_id', name='ck_register_act_two_households'),
    sa.ForeignKeyConstraint(['county_code', 'household_id', 'village_code'], ['household.county_code', 'household.id', 'household.village_code'], name='fk_register_act_household', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['county_code', 'other_household_id'], ['household.county_code', 'household.id'], name='fk_register_act_other_household'),
    sa.ForeignKeyConstraint(['county_code', 'undoes'], ['register_act.county_code', 'register_act.id'], name='fk_register_act_undoes'),
    sa.PrimaryKeyConstraint('county_code', 'id', name='register_act_pkey'),
    sa.UniqueConstraint('county_code', 'household_id', 'version', name='uq_register_act_version')
    )
    op.create_index('ix_register_act_household', 'register_act', ['county_code', 'household_id', 'recorded_at', 'id'], unique=False)
    op.create_index('ix_register_act_other', 'register_act', ['county_code', 'other_household_id', 'recorded_at', 'id'], unique=False, postgresql_where=sa.text('other_household_id IS NOT NULL'))
    op.create_index('uq_register_act_undoes', 'register_act', ['county_code', 'undoes'], unique=True, postgresql_where=sa.text('undoes IS NOT NULL'))


def create_relocations() -> None:
    op.create_table('relocation',
    sa.Column('region_code', sa.Text(collation='C'), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('from_county_code', sa.Text(collation='C'), nullable=False),
    sa.Column('from_village_code', sa.Text(collation='C'), nullable=False),
    sa.Column('from_household_id', sa.Uuid(), nullable=False),
    sa.Column('whole', sa.Boolean(), nullable=False),
    sa.Column('member_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('new_head', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('people', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('head_name', sa.Text(), nullable=False),
    sa.Column('was_monitored', sa.Boolean(), nullable=False),
    sa.Column('monitored_class', sa.Text(), nullable=True),
    sa.Column('lifted', sa.Boolean(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('declared_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('declared_by', sa.Uuid(), nullable=False),
    sa.Column('declared_by_name', sa.Text(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_by_name', sa.Text(), nullable=True),
    sa.Column('opinion', sa.Text(), nullable=True),
    sa.Column('household_id', sa.Uuid(), nullable=True),
    sa.Column('member_count', sa.SmallInteger(), nullable=False),
    sa.Column('county_code', sa.Text(collation='C'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'accepted') = (household_id IS NOT NULL)", name='ck_relocation_accepted'),
    sa.CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name='ck_relocation_decided'),
    sa.CheckConstraint("state IN ('pending', 'accepted', 'declined', 'withdrawn')", name='ck_relocation_state'),
    sa.CheckConstraint('cardinality(member_ids) > 0', name='ck_relocation_members'),
    sa.CheckConstraint('length(region_code) IN (6, 9, 12) AND left(region_code, 6) = county_code', name='ck_relocation_county'),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name='fk_relocation_region'),
    sa.PrimaryKeyConstraint('county_code', 'id', name='relocation_pkey')
    )
    op.create_index('ix_relocation_list', 'relocation', ['county_code', 'state', 'declared_at', 'id'], unique=False)
    op.create_index('uq_relocation_pending', 'relocation', ['county_code', 'from_household_id'], unique=True, postgresql_where=sa.text("state = 'pending'"))


def create_duplicates() -> None:
    op.create_table('duplicate_candidate',
    sa.Column('region_code', sa.Text(collation='C'), nullable=False),
    sa.Column('first_id', sa.Uuid(), nullable=False),
    sa.Column('second_id', sa.Uuid(), nullable=False),
    sa.Column('other_county_code', sa.Text(collation='C'), nullable=True),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_by_name', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('kept_id', sa.Uuid(), nullable=True),
    sa.Column('choices', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('county_code', sa.Text(collation='C'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'merged') = (before IS NOT NULL)", name='ck_duplicate_candidate_before'),
    sa.CheckConstraint("(state = 'merged') = (kept_id IS NOT NULL)", name='ck_duplicate_candidate_merged'),
    sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name='ck_duplicate_candidate_decided'),
    sa.CheckConstraint("basis IN ('id_number', 'name_birth_village')", name='ck_duplicate_candidate_basis'),
    sa.CheckConstraint("state <> 'merged' OR other_county_code IS NULL", name='ck_duplicate_candidate_one_county'),
    sa.CheckConstraint("state IN ('open', 'merged', 'not_duplicate')", name='ck_duplicate_candidate_state'),
    sa.CheckConstraint('first_id < second_id OR other_county_code IS NOT NULL', name='ck_duplicate_candidate_order'),
    sa.CheckConstraint('length(region_code) IN (6, 9, 12) AND left(region_code, 6) = county_code', name='ck_duplicate_candidate_county'),
    sa.CheckConstraint('other_county_code <> county_code', name='ck_duplicate_candidate_other_county'),
    sa.ForeignKeyConstraint(['county_code', 'first_id'], ['household_member.county_code', 'household_member.id'], name='fk_duplicate_candidate_first'),
    sa.PrimaryKeyConstraint('county_code', 'id', name='duplicate_candidate_pkey'),
    sa.UniqueConstraint('county_code', 'first_id', 'second_id', name='uq_duplicate_candidate_pair')
    )
    op.create_index('ix_duplicate_candidate_list', 'duplicate_candidate', ['county_code', 'state', 'found_at', 'id'], unique=False)
    op.create_index('ix_duplicate_candidate_second', 'duplicate_candidate', ['county_code', 'second_id'], unique=False, postgresql_where=sa.text("state <> 'not_duplicate'"))
    # ### end Alembic commands ###
