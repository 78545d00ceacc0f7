"""What crosses HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from service_kit.files import MAX_FILE_BYTES, MediaType
from service_kit.ids import Uuid7
from service_kit.schemas import ApiModel, ReadModel


class Place(ApiModel):
    """Where a photo was taken, WGS 84; ``accuracy`` in metres."""

    lat: float = Field(ge=-90, le=90)
    lng: float = Field(ge=-180, le=180)
    accuracy: float | None = Field(default=None, ge=0, le=100_000)


class _Described(ApiModel):
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$", examples=["photo"])]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="文件内容的 SHA-256，小写十六进制")]
    size: int = Field(ge=1, le=MAX_FILE_BYTES, description="字节数，最多 8 MiB")
    media_type: MediaType
    file_name: str = Field(min_length=1, max_length=200, pattern=r"^[^/\\\x00-\x1f]+$")
    taken_at: AwareDatetime | None = None
    place: Place | None = None


class FileDeclaration(_Described):
    """One file that a record names: which bytes will come under which id."""

    id: Uuid7


class AttachmentCreate(_Described):
    """Declares one file for a record that is already there."""

    subject_type: str = Field(min_length=1, max_length=40)
    subject_id: UUID

    def declaration(self, attachment_id: UUID) -> FileDeclaration:
        return FileDeclaration(id=attachment_id, **self.model_dump(exclude={"subject_type", "subject_id"}))


class AttachmentRead(ReadModel):
    id: UUID
    subject_type: str
    subject_id: UUID
    region_code: str
    kind: str
    sha256: str
    size: int
    media_type: str
    file_name: str
    taken_at: datetime | None
    place: Place | None
    declared_at: datetime
    received_at: datetime | None
    """None until the bytes are here."""
    uploaded_by_name: str


class FileReceipt(ReadModel):
    id: UUID
    sha256: str
    size: int
    received_at: datetime


class AttachmentReceipt(ReadModel):
    """The bytes are on the disk."""

    receipt: FileReceipt


class PhotoReceipt(ReadModel):
    """One line of a record's own receipt: which file it names and whether its bytes are here."""

    id: UUID
    sha256: str
    received: bool
