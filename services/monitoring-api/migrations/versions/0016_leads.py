"""Leads that other services tell of households

Revision ID: 0016_leads
Revises: 0015_phone
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops

revision = "0016_leads"
down_revision = "0015_phone"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.DateTime(timezone=True)
FEN = sa.BigInteger()
ID = sa.Uuid()
TEXT = sa.Text()


def upgrade() -> None:
    create_lead()


def downgrade() -> None:
    raise NotImplementedError("what was told is not unsaid")


def create_lead() -> None:
    table = op.create_table('lead',
    sa.Column('village_code', CODE, nullable=False),
    sa.Column('household_id', ID, nullable=False),
    sa.Column('member_id', ID, nullable=True),
    sa.Column('kind', TEXT, nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('amount', FEN, nullable=True),
    sa.Column('state', TEXT, nullable=False),
    sa.Column('told_at', INSTANT, nullable=False),
    sa.Column('note', TEXT, nullable=False),
    sa.Column('handled_by', ID, nullable=True),
    sa.Column('handled_by_name', TEXT, nullable=True),
    sa.Column('handled_at', INSTANT, nullable=True),
    sa.Column('county_code', CODE, nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.CheckConstraint("(state = 'open') = (handled_at IS NULL)", name=op.f('ck_lead_handled')),
    sa.CheckConstraint("kind IN ('loan_overdue')", name=op.f('ck_lead_kind')),
    sa.CheckConstraint("state = 'open' OR note <> ''", name=op.f('ck_lead_said')),
    sa.CheckConstraint("state IN ('open', 'followed', 'dismissed')", name=op.f('ck_lead_state')),
    sa.CheckConstraint('length(village_code) = 12 AND left(village_code, 6) = county_code', name=op.f('ck_lead_county')),
    sa.PrimaryKeyConstraint('county_code', 'id', name=op.f('lead_pkey')),
    info={'kind': 'tenant', 'region_column': 'village_code', 'grants': 'SELECT, INSERT, UPDATE'}
    )
    op.create_index('ix_lead_open', 'lead', ['county_code', 'village_code', 'told_at', 'id'], unique=False)
    ops.secure_table(op, table)


