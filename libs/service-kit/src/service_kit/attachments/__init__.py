"""Attachments: photos and documents that belong to a record (ARCHITECTURE, ``attachments``).

A file comes in two steps, each of which may be repeated. First it is *declared*: which record it belongs to and the
SHA-256 of its bytes, in the transaction of that record or at ``PUT /attachments/{id}``. Then its *bytes* come to
``PUT /attachments/{id}/content``; the receipt is given when they are on the disk and the row says so. Bytes lie under
their digest, once per county, and are never removed.

A service mounts it: ``attachments.mount(Base.metadata)``, ``attachment_router(...)`` with its subjects, and
``create_attachment_table`` in a migration.
"""

from service_kit.attachments.endpoints import attachment_router
from service_kit.attachments.errors import CONSTRAINT_ERRORS, AttachmentConflict
from service_kit.attachments.schemas import (
    AttachmentRead,
    AttachmentReceipt,
    FileDeclaration,
    PhotoReceipt,
    Place,
)
from service_kit.attachments.service import as_json, declare, declaring, missing, of, photo_receipts, relocate
from service_kit.attachments.subjects import Subject, located_in
from service_kit.attachments.tables import attachment, mount

__all__ = [
    "CONSTRAINT_ERRORS",
    "AttachmentConflict",
    "AttachmentRead",
    "AttachmentReceipt",
    "FileDeclaration",
    "PhotoReceipt",
    "Place",
    "Subject",
    "as_json",
    "attachment",
    "attachment_router",
    "declare",
    "declaring",
    "located_in",
    "missing",
    "mount",
    "of",
    "photo_receipts",
    "relocate",
]
