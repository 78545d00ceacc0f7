"""The ledger: accounts, and transfers between two of them. Balance holds by construction, history by privilege."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service_kit.clock import now
from service_kit.db import APPEND_ONLY, CountyKey, Fen, RegionText, Timestamps, tenant
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from funds_ledger.db import Base
from funds_ledger.ledger.chain import hash_sql
from funds_ledger.ledger.rules import ACCOUNT_KINDS, DOCUMENT_ACT_KINDS, TRANSFER_KINDS
from funds_ledger.terms import MAX_FUND_FEN, PURPOSES, SourceLevel, sql_list


class Account(CountyKey, Timestamps, Base):
    """One account of a pool; its balance is what was debited less what was credited.

    ``income`` is where the money came from (a credit balance), ``available`` what waits for allocation, ``allocated``
    what a region holds for a purpose, ``paid`` what has left it. Only ``income`` may be overdrawn: the constraint
    ``not_overdrawn`` refuses anything that leaves another account with less than nothing, whatever the code says.
    """

    __tablename__ = "account"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "pool_id", "year", "source_level"],
            ["pool.county_code", "pool.id", "pool.year", "pool.source_level"],
            name="fk_account_pool",
        ),
        UniqueConstraint(
            "county_code", "pool_id", "kind", "region_code", "purpose", postgresql_nulls_not_distinct=True
        ),
        UniqueConstraint("county_code", "id", "pool_id"),
        Index(None, "county_code", "region_code", "id"),
        CheckConstraint(f"kind IN ({sql_list(ACCOUNT_KINDS)})", name="kind"),
        CheckConstraint(f"purpose IN ({sql_list(PURPOSES)})", name="purpose"),
        CheckConstraint("(kind IN ('allocated', 'paid')) = (purpose IS NOT NULL)", name="purpose_by_kind"),
        CheckConstraint("region_code >= county_code AND region_code < county_code || ':'", name="region_in_county"),
        CheckConstraint("debited_fen >= 0 AND credited_fen >= 0", name="not_negative"),
        CheckConstraint("kind = 'income' OR credited_fen <= debited_fen", name="not_overdrawn"),
        CheckConstraint("kind <> 'income' OR debited_fen <= credited_fen", name="income_not_negative"),
        tenant("region_code", grants="SELECT, INSERT, UPDATE (debited_fen, credited_fen, updated_at)"),
    )

    region_code: Mapped[RegionText]
    pool_id: Mapped[UUID]
    year: Mapped[int]
    source_level: Mapped[SourceLevel] = mapped_column(Text())
    """Year and source of the pool, kept here because a township sees its accounts but not the pool."""
    kind: Mapped[str]
    purpose: Mapped[str | None]
    debited_fen: Mapped[Fen] = mapped_column(default=0)
    credited_fen: Mapped[Fen] = mapped_column(default=0)


class Transfer(CountyKey, Base):
    """One movement of money: a debit account, a credit account, a positive amount. Never changed, never deleted.

    ``seq`` numbers the transfers of a pool 1, 2, 3 … without gaps, in the order in which they took effect, so any past
    balance is the sum up to a ``seq`` and needs no clock. Each row also carries the pool as it stood right after
    (``*_after_fen`` and the floor then in force) under the same constraints as the pool: that the limits held at every
    moment of history can be read from the rows.

    A reversal names what it reverses; the foreign key makes it the exact counter-transfer (accounts swapped, same
    amount, same pool), the unique constraint makes it the only one. A refund is the reversal of a payment. In the same
    way the foreign keys to the act on a document and to the payment hold the amount equal to what was decided there.

    ``hash`` links the row to the one before it, see ``chain``.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "pool_id"], ["pool.county_code", "pool.id"]),
        ForeignKeyConstraint(
            ["county_code", "debit_account_id", "pool_id"],
            ["account.county_code", "account.id", "account.pool_id"],
            name="fk_transfer_debit_account",
        ),
        ForeignKeyConstraint(
            ["county_code", "credit_account_id", "pool_id"],
            ["account.county_code", "account.id", "account.pool_id"],
            name="fk_transfer_credit_account",
        ),
        ForeignKeyConstraint(["county_code", "document_id"], ["fund_document.county_code", "fund_document.id"]),
        ForeignKeyConstraint(
            ["county_code", "allocation_id", "pool_id"],
            ["allocation.county_code", "allocation.id", "allocation.pool_id"],
            name="fk_transfer_allocation",
        ),
        ForeignKeyConstraint(
            ["county_code", "act_id", "document_id", "pool_id", "kind", "amount_fen"],
            [
                "document_act.county_code",
                "document_act.id",
                "document_act.document_id",
                "document_act.pool_id",
                "document_act.kind",
                "document_act.amount_fen",
            ],
            name="fk_transfer_act",
        ),
        ForeignKeyConstraint(
            ["county_code", "payment_id", "allocation_id", "pool_id", "amount_fen"],
            [
                "payment.county_code",
                "payment.id",
                "payment.allocation_id",
                "payment.pool_id",
                "payment.amount_fen",
            ],
            name="fk_transfer_payment",
        ),
        UniqueConstraint(
            "county_code",
            "debit_account_id",
            "id",
            "credit_account_id",
            "pool_id",
            "amount_fen",
            name="uq_transfer_both_sides",
        ),
        ForeignKeyConstraint(
            ["county_code", "credit_account_id", "reverses_id", "debit_account_id", "pool_id", "amount_fen"],
            [
                "transfer.county_code",
                "transfer.debit_account_id",
                "transfer.id",
                "transfer.credit_account_id",
                "transfer.pool_id",
                "transfer.amount_fen",
            ],
            name="fk_transfer_reverses",
        ),
        UniqueConstraint("county_code", "reverses_id", name="uq_transfer_reverses_id"),
        UniqueConstraint("county_code", "pool_id", "seq"),
        Index("ix_transfer_credit_account", "county_code", "credit_account_id", "seq"),
        Index(
            "uq_transfer_allocation_posting",
            "county_code",
            "allocation_id",
            unique=True,
            postgresql_where=text("kind = 'allocation'"),
        ),
        Index(
            "uq_transfer_document_receipt",
            "county_code",
            "document_id",
            unique=True,
            postgresql_where=text("kind = 'receipt'"),
        ),
        Index("uq_transfer_act", "county_code", "act_id", unique=True, postgresql_where=text("act_id IS NOT NULL")),
        Index(
            "uq_transfer_payment_posting",
            "county_code",
            "payment_id",
            "kind",
            unique=True,
            postgresql_where=text("payment_id IS NOT NULL"),
        ),
        CheckConstraint(f"kind IN ({sql_list(TRANSFER_KINDS)})", name="kind"),
        CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FUND_FEN}", name="amount_range"),
        CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
        CheckConstraint("(kind IN ('reversal', 'refund')) = (reverses_id IS NOT NULL)", name="reversal_names_original"),
        CheckConstraint("kind <> 'receipt' OR document_id IS NOT NULL", name="receipt_names_document"),
        CheckConstraint(
            "kind NOT IN ('allocation', 'payment', 'refund') OR allocation_id IS NOT NULL", name="allocation_named"
        ),
        CheckConstraint(
            f"(kind IN ({sql_list(DOCUMENT_ACT_KINDS)})) = (act_id IS NOT NULL)"
            " AND (act_id IS NULL OR document_id IS NOT NULL)",
            name="act_named",
        ),
        CheckConstraint("(kind IN ('payment', 'refund')) = (payment_id IS NOT NULL)", name="payment_named"),
        CheckConstraint("octet_length(previous_hash) = 32", name="previous_hash"),
        CheckConstraint(f"hash = {hash_sql('previous_hash')}", name="hash"),
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint("floor_bp BETWEEN 0 AND 10000", name="floor_range"),
        CheckConstraint(f"received_after_fen BETWEEN 0 AND {MAX_FUND_FEN}", name="received_range"),
        CheckConstraint("industry_after_fen >= 0 AND other_after_fen >= 0", name="not_negative"),
        CheckConstraint("industry_after_fen + other_after_fen <= received_after_fen", name="within_received"),
        CheckConstraint("other_after_fen * 10000 <= received_after_fen * (10000 - floor_bp)", name="industry_floor"),
        CheckConstraint("region_code >= county_code AND region_code < county_code || ':'", name="region_in_county"),
        tenant("region_code", grants=APPEND_ONLY),
    )

    region_code: Mapped[RegionText]
    """Where the money goes: the county for receipts, the target of an allocation and of its reversal."""
    pool_id: Mapped[UUID]
    seq: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    debit_account_id: Mapped[UUID]
    credit_account_id: Mapped[UUID]
    amount_fen: Mapped[Fen]
    document_id: Mapped[UUID | None]
    act_id: Mapped[UUID | None]
    allocation_id: Mapped[UUID | None]
    payment_id: Mapped[UUID | None]
    reverses_id: Mapped[UUID | None]
    received_after_fen: Mapped[Fen]
    industry_after_fen: Mapped[Fen]
    other_after_fen: Mapped[Fen]
    floor_bp: Mapped[int]
    posted_at: Mapped[datetime] = mapped_column(default=now)
    posted_by: Mapped[UUID]
    posted_by_name: Mapped[str]
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
