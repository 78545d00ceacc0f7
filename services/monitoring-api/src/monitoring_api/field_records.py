"""What all records taken in the field share, whatever they are for: look-backs, sweeps, verifications (GW-4).

A phone makes the id and hashes what it sends, so that the same upload again gets the same receipt and another content
under the same id is seen. Records are append-only: of two about the same thing both are kept, one counts, and a person
reviews.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

import orjson
from fastapi import Request
from pydantic import Field
from service_kit import attachments
from service_kit.attachments import PhotoReceipt
from service_kit.db import CountyKey, RegionText
from service_kit.errors import BadJson
from service_kit.schemas import ApiModel, ReadModel
from service_kit.tokens import Actor
from sqlalchemy import SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api.errors import HashMismatch
from monitoring_api.visits.rules import oldest_version, payload_hash
from monitoring_api.visits.schemas import DeviceClock, Instant, Location, Photos

Review = Literal["none", "open", "settled"]
"""Whether several records stand against each other: no; yes, and a person is to choose; yes, and one has chosen."""


FORM_VERSION = 1
"""Of the forms that phones write now, visits apart."""


class FieldRecord(CountyKey):
    """Columns of an append-only record from a phone; shapes of the JSON are those of the uploads."""

    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    visited_at: Mapped[datetime]
    """By the phone's clock."""
    received_at: Mapped[datetime]
    """By the server's clock."""
    visitor_id: Mapped[UUID]
    visitor_name: Mapped[str]
    form_version: Mapped[int] = mapped_column(SmallInteger)
    location: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    device_clock: Mapped[dict[str, Any]]
    payload_hash: Mapped[str]
    """Hex SHA-256 of the canonical JSON of the request."""
    receipt_number: Mapped[str]
    demo: Mapped[bool] = mapped_column(default=False)


class FieldUpload(ApiModel):
    """What every record from a phone says of itself.

    ``payload_hash`` is the hex SHA-256 of the canonical JSON (keys sorted, no spaces, UTF-8) of the object without it.
    """

    visited_at: Instant
    device_clock: DeviceClock
    form_version: Annotated[int, Field(ge=oldest_version(FORM_VERSION), le=FORM_VERSION)]
    location: Location | None = None
    photos: Photos = Field(default_factory=list)
    payload_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64)]


class Receipt(ReadModel):
    id: UUID
    number: str
    received_at: datetime
    payload_hash: str
    photos: list[PhotoReceipt]
    """Every photo that the record named, and whether its bytes are here."""


class Place(Protocol):
    """Whatever a record is about: it names the household and its tenant."""

    @property
    def county_code(self) -> str: ...
    @property
    def household_id(self) -> UUID: ...
    @property
    def village_code(self) -> str: ...


async def sent(request: Request) -> dict[str, Any]:
    """The body as it was sent, which the hash covers: blanks that validation strips included.

    Raises:
        BadJson.
    """
    try:
        payload: dict[str, Any] = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise BadJson() from None
    return payload


def ensure_intact(body: FieldUpload, payload: Mapping[str, Any]) -> None:
    """Raises: HashMismatch: the content is not what the phone hashed."""
    if payload_hash(payload) != body.payload_hash:
        raise HashMismatch()


def columns(
    place: Place, record_id: UUID, actor: Actor, body: FieldUpload, received_at: datetime, number: str
) -> dict[str, Any]:
    """The shared columns of a new record."""
    where = {
        "county_code": place.county_code,
        "village_code": place.village_code,
        "household_id": place.household_id,
    }
    return where | said(record_id, actor, body, received_at, number)


def said(record_id: UUID, actor: Actor, body: FieldUpload, received_at: datetime, number: str) -> dict[str, Any]:
    """The shared columns of a new record, without whom it is about."""
    return {
        "id": record_id,
        "visited_at": body.visited_at,
        "received_at": received_at,
        "visitor_id": actor.id,
        "visitor_name": actor.name,
        "form_version": body.form_version,
        "location": body.location.model_dump(mode="json") if body.location else None,
        "device_clock": body.device_clock.model_dump(mode="json"),
        "payload_hash": body.payload_hash,
        "receipt_number": number,
        "demo": False,
    }


async def declare_photos(
    session: AsyncSession, actor: Actor, place: Place, subject_type: str, record_id: UUID, body: FieldUpload
) -> None:
    """Note which files will follow the record.

    Raises:
        AttachmentConflict: a photo's id was declared before for another file or record.
    """
    await attachments.declare(
        session,
        actor,
        region_code=place.village_code,
        subject_type=subject_type,
        subject_id=record_id,
        files=body.photos,
    )
