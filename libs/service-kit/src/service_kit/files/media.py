"""What a file is, by its first bytes: neither its name nor what the sender says of it can be trusted."""

from __future__ import annotations

from typing import Literal, get_args

MediaType = Literal[
    "image/jpeg",
    "image/png",
    "image/webp",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
]
MEDIA_TYPES: tuple[MediaType, ...] = get_args(MediaType)
XLSX: MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

SNIFFED_BYTES = 4096
"""How much of the beginning ``media_type_of`` wants to see."""

_SUFFIXES: dict[str, str] = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    XLSX: ".xlsx",
    "text/csv": ".csv",
}
_OFFICE_PARTS = (b"[Content_Types].xml", b"_rels/", b"xl/", b"docProps/")
"""One of these is the first entry of any workbook; which one depends on the program that wrote it."""
_ZIP_ENTRY = b"PK\x03\x04"
_ZIP_NAME_AT = 30


def media_type_of(head: bytes) -> MediaType | None:
    """The media type of a file that begins with ``head``, None for what is not kept here."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(_ZIP_ENTRY) and head[_ZIP_NAME_AT:].startswith(_OFFICE_PARTS):
        return XLSX
    return None


def suffix_of(media_type: str) -> str:
    """The end of a file name, e.g. ``.pdf``."""
    return _SUFFIXES.get(media_type, "")
