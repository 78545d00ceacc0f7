"""The smallest service that takes files: reports of a region, with photos."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from files_exports import EXPORTS
from pydantic import Field
from service_kit import attachments, exports
from service_kit.attachments import FileDeclaration, PhotoReceipt, Subject, attachment_router, located_in
from service_kit.auth import Requires
from service_kit.db import CountyKey, DbSession, Record, RegionText, new_metadata, tenant
from service_kit.region import LocalRegionCode
from service_kit.schemas import ApiModel
from service_kit.spec import ServiceSpec
from service_kit.tokens import Actor
from sqlalchemy.orm import DeclarativeBase, Mapped


class Base(Record, DeclarativeBase):
    metadata = new_metadata()


attachments.mount(Base.metadata)
exports.mount(Base.metadata)


class Report(CountyKey, Base):
    __tablename__ = "report"
    __table_args__ = (tenant(),)

    region_code: Mapped[RegionText]


class ReportIn(ApiModel):
    region_code: LocalRegionCode
    photos: Annotated[list[FileDeclaration], Field(default_factory=list, max_length=20)]


class ReportOut(ApiModel):
    photos: list[PhotoReceipt]


router = APIRouter()
Read = Annotated[Actor, Depends(Requires("sample.reports:read"))]
Write = Annotated[Actor, Depends(Requires("sample.reports:write"))]


@router.get("/reports/{report_id}")
async def get_report(report_id: UUID, actor: Read, session: DbSession) -> ReportOut:
    code = await SUBJECTS["report"].locate(session, actor, report_id)
    return ReportOut(photos=await attachments.photo_receipts(session, code[:6], "report", report_id))


@router.put("/reports/{report_id}")
async def put_report(report_id: UUID, body: ReportIn, actor: Write, session: DbSession) -> ReportOut:
    county = body.region_code[:6]
    await session.merge(Report(county_code=county, id=report_id, region_code=body.region_code))
    await session.flush()
    await attachments.declare(
        session,
        actor,
        region_code=body.region_code,
        subject_type="report",
        subject_id=report_id,
        files=body.photos,
    )
    return ReportOut(photos=await attachments.photo_receipts(session, county, "report", report_id))


SUBJECTS = {
    "report": Subject(
        title="报告",
        read="sample.reports:read",
        write="sample.reports:write",
        locate=located_in(Report),
        personal=True,
    ),
    "plan": Subject(title="计划", read="sample.plans:read", write="sample.plans:write", locate=located_in(Report)),
}

SPEC = ServiceSpec(
    name="sample",
    package="files_sample",
    title="Files",
    metadata=Base.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=[router, attachment_router("sample", SUBJECTS)],
    exports=EXPORTS,
    constraint_errors=attachments.CONSTRAINT_ERRORS,
)
