"""What crosses HTTP when a phone submits a form. The shapes are those of the phone's forms, version 1."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from service_kit.region import VillageCode
from service_kit.schemas import ApiModel, ReadModel

from monitoring_api import terms
from monitoring_api.casework.schemas import Opinion, Risks, Text, WindowIncome
from monitoring_api.field_records import FieldUpload, Receipt
from monitoring_api.households.schemas import Code, NewMember, PersonName, Reason, Text100, Text200
from monitoring_api.submissions import rules
from monitoring_api.visits.schemas import Guarantees, Location


class Consent(ApiModel):
    """承诺授权书: who signed; the signature is the one photo of that kind."""

    signed_by: PersonName
    signed_on: date


class VerificationUpload(FieldUpload):
    """入户核实, gathered without a network: it completes that step of the case.

    ``supplement`` adds it to the case as further evidence instead, wherever the case is by then.
    """

    household_id: UUID
    case_id: UUID
    supplement: bool = False
    opinion: Opinion
    income: WindowIncome
    guarantees_ok: Guarantees
    risks: list[Code] = Field(default_factory=list, max_length=20)
    consent: Consent
    note: Annotated[str, Field(max_length=2000)] = ""


class ApplicationUpload(FieldUpload):
    """A cadre applies for a household. The record's id becomes the case's.

    ``supplement`` adds it to the case that is open already.
    """

    household_id: UUID
    supplement: bool = False
    difficulty: Text
    risks: Risks


class RegistrationUpload(FieldUpload):
    """A household that the register does not know. The record's id becomes the household's."""

    village_code: VillageCode
    group_name: Text100 | None = None
    address: Text200 | None = None
    dwelling_grade: terms.DwellingGrade | None = None
    water_supply: terms.WaterSupply | None = None
    members: list[NewMember] = Field(min_length=1, max_length=30)
    note: Annotated[str, Field(max_length=2000)] = ""


class OpinionCreate(ApiModel):
    opinion: Annotated[Reason, Field(description="处理意见", examples=["已核对，与原核实一致，留存备查"])]


class SubmissionOpinion(ReadModel):
    opinion: str
    written_at: datetime
    actor_name: str


class Submission(ReadModel):
    id: UUID
    kind: rules.Kind
    outcome: rules.Outcome
    household_id: UUID
    household_head_name: str | None
    village_code: str
    village_name: str
    case_id: UUID | None
    visited_at: datetime
    received_at: datetime
    visitor_name: str
    form_version: int
    content: dict[str, Any]
    location: Location | None
    receipt_number: str
    late_days: int
    """Days from the visit to the receipt, by the phone's clock and the server's."""
    duplicates: int
    """Persons of a registration who stand on the list of duplicates, undecided."""
    opinion: SubmissionOpinion | None
    needs_person: bool
    """A supplement about which nobody has written an opinion, or persons who may be registered twice."""


class Submitted(ReadModel):
    receipt: Receipt
    submission: Submission
