"""What crosses HTTP about visits. The shapes are those of the phone's form, version 2."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field
from pydantic_core import PydanticCustomError
from service_kit.attachments import FileDeclaration, PhotoReceipt
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api.households.schemas import Code
from monitoring_api.visits.rules import FORM_VERSION, oldest_version


def _plausible(instant: datetime) -> datetime:
    # A phone's clock may be days off, and the visit must still arrive; only nonsense is refused.
    if not datetime(2000, 1, 1, tzinfo=UTC) <= instant < datetime(2100, 1, 1, tzinfo=UTC):
        raise PydanticCustomError("instant_implausible", "时间不合理")
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_plausible)]


class DeviceClock(ApiModel):
    """When the record was closed by the phone's clock, and how far off it last knew itself to be (milliseconds)."""

    sent_at: Instant
    offset_ms: Annotated[int, Field(ge=-(10**12), le=10**12)]
    elapsed_ms: Annotated[int, Field(ge=0, le=10**12)] | None = None
    """Since the phone last heard the server, by a clock that nobody can set; null when it was restarted since."""


class Guarantees(ApiModel):
    """两不愁三保障和饮水安全: whether each is in order (MON-4)."""

    food: bool
    clothing: bool
    education: bool
    medical: bool
    dwelling: bool
    water: bool


class Findings(ApiModel):
    income_changed: bool
    income_note: Annotated[str, Field(max_length=1000)] = ""
    guarantees_ok: Guarantees
    risks: list[Code] = Field(default_factory=list, max_length=20)
    note: Annotated[str, Field(max_length=2000)] = ""


class Location(ApiModel):
    """WGS 84 degrees; accuracy in metres."""

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lng: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    accuracy: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


Photos = Annotated[list[FileDeclaration], Field(max_length=20)]
"""Photos and signatures that a record names; their bytes follow, one by one."""


class VisitUpload(ApiModel):
    """One visit from a phone.

    ``payload_hash`` is the hex SHA-256 of the canonical JSON (keys sorted, no spaces, UTF-8) of this object without it.
    """

    household_id: UUID
    visited_at: Instant
    device_clock: DeviceClock
    form_version: Annotated[int, Field(ge=oldest_version(FORM_VERSION), le=FORM_VERSION)]
    findings: Findings
    location: Location | None = None
    photos: Photos = Field(default_factory=list)
    payload_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64)]


class VisitReceipt(ReadModel):
    id: UUID
    number: str
    received_at: datetime
    payload_hash: str
    photos: list[PhotoReceipt]
    """Every photo that the record named, and whether its bytes are here."""


class Visit(ReadModel):
    id: UUID
    household_id: UUID
    household_head_name: str | None
    village_code: str
    village_name: str
    visited_at: datetime
    received_at: datetime
    visitor_name: str
    form_version: int
    findings: Findings
    location: Location | None
    receipt_number: str
    demo: bool


class UploadedVisit(ReadModel):
    receipt: VisitReceipt
    visit: Visit
