"""Tables that the kit mounts into each service's own schema.

No table names a schema: the ``search_path`` of the connecting role decides. ``info`` tells the migration helpers
and the catalogue test what a table is:

* ``kind``: ``reference`` (small catalogue, copied everywhere), ``tenant`` (rows belong to a county and are guarded
  by row-level security on ``region_column``) or ``local`` (queues, logs and chains of this one service);
* ``grants``: what the running service's role may do. Append-only holds by privilege: no UPDATE, no DELETE;
* ``piece``: for tables that came after the first migrations, the name by which a later migration creates them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

kit_metadata = MetaData()

Code = Text(collation="C")
"""Region codes compare as bytes, so that a prefix is a range of an index."""

Instant = DateTime(timezone=True)

READ_WRITE = "SELECT, INSERT, UPDATE"
APPEND_ONLY = "SELECT, INSERT"
QUEUE = "SELECT, INSERT, UPDATE, DELETE"

region = Table(
    "region",
    kit_metadata,
    Column("code", Code, nullable=False),
    Column("name", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("parent_code", Code, nullable=False, comment="empty above a province"),
    Column("initials", Text, nullable=False, comment="pinyin initials of the name"),
    Column("updated_at", Instant, nullable=False, comment="when it changed at its source; older news is ignored"),
    PrimaryKeyConstraint("code", name="region_pkey"),
    CheckConstraint("level IN ('province', 'prefecture', 'county', 'township', 'village')", name="ck_region_level"),
    CheckConstraint(r"code ~ '^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$'", name="ck_region_code"),
    Index("ix_region_parent_code", "parent_code", "code"),
    info={"kind": "reference", "grants": READ_WRITE},
)

outbox_event = Table(
    "outbox_event",
    kit_metadata,
    Column("id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("version", SmallInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="the thing the event is about; empty when there is none"),
    Column("data", JSONB, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    PrimaryKeyConstraint("id", name="outbox_event_pkey"),
    Index("ix_outbox_event_occurred_at", "occurred_at"),
    info={"kind": "local", "grants": APPEND_ONLY},
)

outbox_delivery = Table(
    "outbox_delivery",
    kit_metadata,
    Column("event_id", Uuid, nullable=False),
    Column("subscriber", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("delivered_at", Instant, nullable=True),
    Column("last_error", Text, nullable=True, comment="class of the failure, never an answer's body"),
    PrimaryKeyConstraint("event_id", "subscriber", name="outbox_delivery_pkey"),
    ForeignKeyConstraint(["event_id"], ["outbox_event.id"], name="fk_outbox_delivery_event"),
    Index(
        "ix_outbox_delivery_waiting",
        "subscriber",
        "created_at",
        postgresql_where="delivered_at IS NULL",
    ),
    info={"kind": "local", "grants": READ_WRITE},
)

inbox_event = Table(
    "inbox_event",
    kit_metadata,
    Column("source", Text, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    PrimaryKeyConstraint("source", "event_id", name="inbox_event_pkey"),
    info={"kind": "local", "grants": APPEND_ONLY},
)

idempotency_key = Table(
    "idempotency_key",
    kit_metadata,
    Column("actor_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("body_hash", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("response", JSONB, nullable=True),
    Column("created_at", Instant, nullable=False),
    PrimaryKeyConstraint("actor_id", "key", name="idempotency_key_pkey"),
    Index("ix_idempotency_key_created_at", "created_at"),
    info={"kind": "local", "grants": QUEUE},
)

audit_entry = Table(
    "audit_entry",
    kit_metadata,
    Column("id", Uuid, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor_id", Uuid, nullable=False),
    Column("actor_role", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_type", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("region_code", Code, nullable=False, comment="empty: concerns the nation"),
    Column("detail", JSONB, nullable=False, comment="no personal data"),
    PrimaryKeyConstraint("id", name="audit_entry_pkey"),
    Index("ix_audit_entry_region_code", "region_code", "id"),
    Index("ix_audit_entry_subject", "subject_type", "subject_id", "id"),
    Index("ix_audit_entry_actor_id", "actor_id", "id"),
    info={"kind": "local", "grants": APPEND_ONLY},
)

audit_pending = Table(
    "audit_pending",
    kit_metadata,
    Column("entry_id", Uuid, nullable=False),
    PrimaryKeyConstraint("entry_id", name="audit_pending_pkey"),
    ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name="fk_audit_pending_entry"),
    info={"kind": "local", "grants": "SELECT, INSERT, DELETE"},
)

audit_chain = Table(
    "audit_chain",
    kit_metadata,
    Column("position", BigInteger, nullable=False, autoincrement=False),
    Column("entry_id", Uuid, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("position", name="audit_chain_pkey"),
    UniqueConstraint("entry_id", name="uq_audit_chain_entry_id"),
    ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name="fk_audit_chain_entry"),
    CheckConstraint("position >= 1", name="ck_audit_chain_position"),
    info={"kind": "local", "grants": APPEND_ONLY},
)

notice = Table(
    "notice",
    kit_metadata,
    Column("county_code", Code, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("region_code", Code, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("document_number", Text, nullable=True),
    Column("paragraphs", JSONB, nullable=False, comment="list of plain text paragraphs"),
    Column("table", JSONB, nullable=True, comment="{columns: [text], rows: [[text]]}, names already masked"),
    Column("subject_type", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=True, comment="null: shown for good"),
    Column("published_at", Instant, nullable=False),
    PrimaryKeyConstraint("county_code", "id", name="notice_pkey"),
    CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ck_notice_period"),
    CheckConstraint("region_code >= county_code AND region_code < county_code || ':'", name="ck_notice_region"),
    Index("ix_notice_published_at", "county_code", "published_at", "id"),
    Index("ix_notice_subject", "county_code", "subject_type", "subject_id", "published_at", "id"),
    info={"kind": "tenant", "region_column": "region_code", "grants": APPEND_ONLY},
)

PUBLIC_DESK = "public_desk"
"""What comes in without login: objections, receipts, counted windows."""

notice_standing = Table(
    "notice_standing",
    kit_metadata,
    Column("county_code", Code, nullable=False),
    Column("notice_id", Uuid, nullable=False),
    Column("region_code", Code, nullable=False),
    Column("ends_on", Date, nullable=True, comment="as the notice's own"),
    Column("open_objections", Integer, nullable=False),
    Column("upheld_objections", Integer, nullable=False),
    Column("cleared_on", Date, nullable=True, comment="first day on which something was built on the notice"),
    PrimaryKeyConstraint("county_code", "notice_id", name="notice_standing_pkey"),
    ForeignKeyConstraint(
        ["county_code", "notice_id"], ["notice.county_code", "notice.id"], name="fk_notice_standing_notice"
    ),
    CheckConstraint("open_objections >= 0 AND upheld_objections >= 0", name="ck_notice_standing_objections"),
    CheckConstraint(
        "cleared_on IS NULL OR (ends_on IS NOT NULL AND cleared_on > ends_on"
        " AND open_objections = 0 AND upheld_objections = 0)",
        name="ck_notice_standing_cleared",
    ),
    info={"kind": "tenant", "region_column": "region_code", "grants": READ_WRITE, "piece": PUBLIC_DESK},
)

notice_objection = Table(
    "notice_objection",
    kit_metadata,
    Column("county_code", Code, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("notice_id", Uuid, nullable=False),
    Column("region_code", Code, nullable=False),
    Column("receipt_number", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("name", LargeBinary, nullable=False, comment="ciphertext"),
    Column("name_masked", Text, nullable=False),
    Column("phone", LargeBinary, nullable=False, comment="ciphertext"),
    Column("phone_index", LargeBinary, nullable=False, comment="blind index"),
    Column("phone_masked", Text, nullable=False),
    Column("statement", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("finding", Text, nullable=True),
    Column("handled_at", Instant, nullable=True),
    Column("handled_by", Uuid, nullable=True),
    Column("handled_by_name", Text, nullable=True),
    PrimaryKeyConstraint("county_code", "id", name="notice_objection_pkey"),
    ForeignKeyConstraint(
        ["county_code", "notice_id"],
        ["notice_standing.county_code", "notice_standing.notice_id"],
        name="fk_notice_objection_notice",
    ),
    UniqueConstraint("county_code", "receipt_number", name="uq_notice_objection_receipt_number"),
    CheckConstraint("state IN ('open', 'upheld', 'rejected')", name="ck_notice_objection_state"),
    CheckConstraint(
        "(state = 'open') = (num_nonnulls(finding, handled_at, handled_by, handled_by_name) = 0)"
        " AND num_nonnulls(finding, handled_at, handled_by, handled_by_name) IN (0, 4)",
        name="ck_notice_objection_handled",
    ),
    Index("ix_notice_objection_notice", "county_code", "notice_id", "phone_index"),
    Index("ix_notice_objection_state", "county_code", "state", "received_at", "id"),
    info={"kind": "tenant", "region_column": "region_code", "grants": READ_WRITE, "piece": PUBLIC_DESK},
)

public_receipt = Table(
    "public_receipt",
    kit_metadata,
    Column("proof", LargeBinary, nullable=False, comment="keyed hash of receipt number and end of the phone number"),
    Column("kind", Text, nullable=False),
    Column("county_code", Code, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("created_at", Instant, nullable=False),
    PrimaryKeyConstraint("proof", name="public_receipt_pkey"),
    info={"kind": "local", "grants": APPEND_ONLY, "piece": PUBLIC_DESK},
)

rate_window = Table(
    "rate_window",
    kit_metadata,
    Column("name", Text, nullable=False),
    Column("subject", LargeBinary, nullable=False, comment="keyed hash"),
    Column("hits", Integer, nullable=False),
    Column("ends_at", Instant, nullable=False),
    PrimaryKeyConstraint("name", "subject", name="rate_window_pkey"),
    Index("ix_rate_window_ends_at", "ends_at"),
    info={"kind": "local", "grants": QUEUE, "piece": PUBLIC_DESK},
)
