"""Whoever asked for a payment may take the request back before it is reviewed

Revision ID: 0015_withdrawal
Revises: 0014_land_revenue
"""

from alembic import op

revision = "0015_withdrawal"
down_revision = "0014_land_revenue"
branch_labels = None
depends_on = None

ENDED = "'returned', 'withdrawn', 'refunded'"


def upgrade() -> None:
    for table, name, condition in (
        ("payment", "ck_payment_status", f"status IN ('requested', 'approved', 'paid', {ENDED})"),
        ("payment", "ck_payment_reviewed", "(status IN ('requested', 'withdrawn')) = (reviewed_by IS NULL)"),
        ("payment", "ck_payment_reason", f"(status IN ({ENDED})) = (end_reason IS NOT NULL)"),
        (
            "payment_event",
            "ck_payment_event_lifecycle",
            "(from_status IS NULL AND to_status = 'requested')"
            " OR (from_status = 'requested' AND to_status = 'approved')"
            " OR (from_status = 'approved' AND to_status = 'paid')"
            " OR (from_status = 'requested' AND to_status = 'returned')"
            " OR (from_status = 'approved' AND to_status = 'returned')"
            " OR (from_status = 'requested' AND to_status = 'withdrawn')"
            " OR (from_status = 'paid' AND to_status = 'refunded')",
        ),
        ("payment_event", "ck_payment_event_reason", f"to_status NOT IN ({ENDED}) OR reason <> ''"),
    ):
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, condition)
