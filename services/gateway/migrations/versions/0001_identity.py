"""People who sign in, their sessions, and the tables of the kit

Revision ID: 0001_identity
Revises:
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops, queue

revision = "0001_identity"
down_revision = None
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.DateTime(timezone=True)

ROLES = (
    "'system_admin', 'security_admin', 'audit_admin', 'bureau', 'department_officer', 'township', 'village_cadre',"
    " 'finance', 'asset_keeper', 'auditor'"
)


def upgrade() -> None:
    role = ops.service_role(op)
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("authorised_at", INSTANT, nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("last_login_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="user_account_pkey"),
        sa.UniqueConstraint("username", name="uq_user_account_username"),
        sa.CheckConstraint(f"role IN ({ROLES})", name=op.f("ck_user_account_role")),
        sa.CheckConstraint(
            r"region_code ~ '^(|\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$'", name=op.f("ck_user_account_region_code")
        ),
        sa.CheckConstraint("username = lower(username)", name=op.f("ck_user_account_username")),
    )
    op.create_index("ix_user_account_region_code", "user_account", ["region_code", "username"])
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="login_session_pkey"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_login_session_user_id"),
    )
    op.create_index("ix_login_session_user_id", "login_session", ["user_id"])
    op.create_table(
        "login_throttle",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", name="login_throttle_pkey"),
        sa.CheckConstraint("kind IN ('username', 'address')", name=op.f("ck_login_throttle_kind")),
    )
    op.create_index("ix_login_throttle_ends_at", "login_throttle", ["ends_at"])
    op.create_table(
        "administrator_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="administrator_link_pkey"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON user_account TO {role}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON login_session, login_throttle TO {role}")
    op.execute(f"GRANT SELECT, UPDATE ON administrator_link TO {role}")
    ops.create_kit_tables(op)
    queue.create_queue_tables(op)
