"""One room in one file, because it exists only for the kit's own tests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import Field
from service_kit.auth import Public, Requires, ensure_in_scope
from service_kit.db import (
    CountyKey,
    DbSession,
    Fen,
    ReadDb,
    Record,
    RegionText,
    Timestamps,
    Versioned,
    new_metadata,
    tenant,
)
from service_kit.errors import AlreadyExists, NotFound, Unprocessable
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7, uuid7
from service_kit.json import JsonBytes
from service_kit.money import PositiveYuanIn, Yuan
from service_kit.pagination import Page, Paging, json_page
from service_kit.region import LocalRegionCode, county_of
from service_kit.schemas import ApiModel, ReadModel
from service_kit.spec import ServiceSpec
from service_kit.tokens import Actor
from service_kit.versions import IfMatch, check_version, set_etag
from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import DeclarativeBase, Mapped


class Base(Record, DeclarativeBase):
    metadata = new_metadata()


class Parcel(CountyKey, Timestamps, Versioned, Base):
    __tablename__ = "parcel"
    __table_args__ = (CheckConstraint("value_fen <= 100000", name="value"), tenant("region_code"))

    region_code: Mapped[RegionText]
    name: Mapped[str]
    value_fen: Mapped[Fen]


class ParcelIn(ApiModel):
    region_code: LocalRegionCode
    name: Annotated[str, Field(min_length=1, max_length=50)]
    value: PositiveYuanIn


class ParcelOut(ReadModel):
    id: UUID
    region_code: str
    name: str
    value: Yuan
    version: int


class TooValuable(Unprocessable):
    code = "too_valuable"
    title = "超过上限"


def view(parcel: Parcel) -> ParcelOut:
    return ParcelOut(
        id=parcel.id,
        region_code=parcel.region_code,
        name=parcel.name,
        value=parcel.value_fen,
        version=parcel.version,
    )


Read = Annotated[Actor, Depends(Requires("sample.parcels:read"))]
Write = Annotated[Actor, Depends(Requires("sample.parcels:write"))]
router = APIRouter()


@router.get("/parcels", response_model=Page[ParcelOut])
async def list_parcels(actor: Read, db: ReadDb, paging: Paging) -> Response:
    after = paging.after(UUID) or (UUID(int=0),)
    rows = await db.rows(
        """SELECT json_build_object('id', id, 'region_code', region_code, 'name', name,
                  'value', trim_scale(value_fen / 100.0)::text, 'version', version)::text, id
           FROM parcel WHERE county_code >= $1 AND county_code < $2 AND id > $3 ORDER BY id LIMIT $4""",
        actor.scope.county_lo,
        actor.scope.county_hi,
        *after,
        paging.limit + 1,
    )
    return JsonBytes(json_page(rows, paging.limit))


@router.put("/parcels/{parcel_id}")
async def put_parcel(parcel_id: Uuid7, body: ParcelIn, actor: Write, session: DbSession) -> ParcelOut:
    ensure_in_scope(actor, body.region_code)
    county = county_of(body.region_code)
    known = await session.scalar(select(Parcel).where(Parcel.county_code == county, Parcel.id == parcel_id))
    if known:
        if (known.name, known.value_fen) != (body.name, body.value):
            raise AlreadyExists()
        return view(known)
    parcel = Parcel(
        county_code=county, id=parcel_id, region_code=body.region_code, name=body.name, value_fen=body.value
    )
    session.add(parcel)
    await session.flush()
    return view(parcel)


@router.patch("/parcels/{parcel_id}")
async def rename_parcel(
    parcel_id: Uuid7, body: ParcelIn, actor: Write, session: DbSession, version: IfMatch, response: Response
) -> ParcelOut:
    parcel = await session.scalar(
        select(Parcel).where(Parcel.county_code == county_of(body.region_code), Parcel.id == parcel_id)
    )
    if parcel is None:
        raise NotFound()
    check_version(parcel.version, version, current_view=view(parcel).model_dump(mode="json"))
    parcel.name = body.name
    await session.flush()
    set_etag(response, parcel.version)
    return view(parcel)


@router.post("/parcels")
async def post_parcel(body: ParcelIn, actor: Write, session: DbSession, idem: Idempotency) -> ParcelOut:
    async def act() -> ParcelOut:
        return await put_parcel(uuid7(), body, actor, session)

    return await idem.once(session, actor, body, ParcelOut, act)


@router.get("/open", dependencies=[Public])
async def open_door() -> dict[str, str]:
    return {"hello": "world"}


@router.get("/broken", dependencies=[Public])
async def broken() -> None:
    raise RuntimeError("张三 431081199001011234")


SPEC = ServiceSpec(
    name="sample",
    package="sample_service",
    title="Sample",
    metadata=Base.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=[router],
    constraint_errors={"ck_parcel_value": TooValuable},
)
