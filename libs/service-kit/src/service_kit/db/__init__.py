"""Database furniture: base and mixins for models, the transaction of a request, the hot paths."""

from service_kit.db.models import (
    APPEND_ONLY,
    NAMING,
    READ_WRITE,
    CountyKey,
    Fen,
    Record,
    RegionText,
    Timestamps,
    Versioned,
    local,
    new_metadata,
    reference,
    tenant,
)
from service_kit.db.reading import PublicReadDb, ReadConnection, ReadDb, read_connection
from service_kit.db.session import DbSession, apply_scope, get_session, system_session
from service_kit.db.writing import WriteDb, Writing, transaction

__all__ = [
    "APPEND_ONLY",
    "NAMING",
    "READ_WRITE",
    "CountyKey",
    "DbSession",
    "Fen",
    "PublicReadDb",
    "ReadConnection",
    "ReadDb",
    "Record",
    "RegionText",
    "Timestamps",
    "Versioned",
    "WriteDb",
    "Writing",
    "apply_scope",
    "get_session",
    "local",
    "new_metadata",
    "read_connection",
    "reference",
    "system_session",
    "tenant",
    "transaction",
]
