"""Where bytes lie that are too large for a row: on this machine's disk, or in an object store of the S3 kind."""

from service_kit.files.media import MEDIA_TYPES, MediaType, media_type_of, suffix_of
from service_kit.files.receiving import MAX_FILE_BYTES, Received, receive
from service_kit.files.store import FileStore, files_of

__all__ = [
    "MAX_FILE_BYTES",
    "MEDIA_TYPES",
    "FileStore",
    "MediaType",
    "Received",
    "files_of",
    "media_type_of",
    "receive",
    "suffix_of",
]
