"""The smallest services that the kit can be tried on: one that publishes, one that consumes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Depends
from service_kit import audit, notices, outbox
from service_kit.audit_api import audit_router
from service_kit.auth import Requires
from service_kit.db import CountyKey, DbSession, Record, RegionText, new_metadata, tenant
from service_kit.objections_api import objection_router
from service_kit.region_copy import RegionChanged, apply_region_changed
from service_kit.schemas import ApiModel
from service_kit.spec import ServiceSpec
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped


class Base(Record, DeclarativeBase):
    metadata = new_metadata()


class Thing(CountyKey, Base):
    __tablename__ = "thing"
    __table_args__ = (tenant(),)

    region_code: Mapped[RegionText]
    name: Mapped[str]


class ThingMade(outbox.Event):
    type: ClassVar[str] = "thing.made"
    source: ClassVar[str] = "funds"

    id: UUID
    region_code: str
    name: str


class ThingIn(ApiModel):
    region_code: str
    name: str


router = APIRouter()
ThingsWrite = Annotated[Actor, Depends(Requires("funds.things:write"))]


@router.put("/things/{thing_id}")
async def put_thing(thing_id: UUID, actor: ThingsWrite, session: DbSession, body: ThingIn) -> dict[str, str]:
    """Writes a row, an audit entry and an event; the name "fail" breaks off after all three."""
    session.add(Thing(id=thing_id, county_code=body.region_code[:6], region_code=body.region_code, name=body.name))
    await session.flush()
    await audit.record(
        session,
        actor,
        action="thing.make",
        subject_type="thing",
        subject_id=thing_id,
        region_code=body.region_code,
        detail={"length": len(body.name)},
    )
    await outbox.publish(session, ThingMade(id=thing_id, **body.model_dump()), key=str(thing_id))
    if body.name == "fail":
        raise RuntimeError("after everything was written")
    return {"id": str(thing_id)}


async def keep_thing(session: AsyncSession, event: ThingMade) -> None:
    """The consumer's effect; a name "poison" makes it fail."""
    if event.name == "poison":
        raise RuntimeError("this consumer cannot cope")
    session.add(Thing(id=event.id, county_code=event.region_code[:6], region_code=event.region_code, name=event.name))


MIGRATIONS = Path(__file__).parent / "migrations"

SPEC = ServiceSpec(
    name="funds",
    package="kit_sample",
    title="Publisher",
    metadata=Base.metadata,
    migrations=MIGRATIONS,
    routers=[router, notices.router, objection_router("funds", series="4"), audit_router("funds")],
    subscribers={"thing.made": ["monitoring", "assets"]},
)

CONSUMER = ServiceSpec(
    name="monitoring",
    package="kit_sample",
    title="Consumer",
    metadata=Base.metadata,
    migrations=MIGRATIONS,
    consumers={"thing.made": (ThingMade, keep_thing), "region.changed": (RegionChanged, apply_region_changed)},
)
