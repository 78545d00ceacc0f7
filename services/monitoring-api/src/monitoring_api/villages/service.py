"""Use cases of village profiles."""

from __future__ import annotations

from typing import Any

import orjson
from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.clock import now
from service_kit.db import ReadConnection
from service_kit.errors import AlreadyExists, NotFound
from service_kit.queue import raw_connection
from service_kit.region import county_of
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.villages import views
from monitoring_api.villages.models import Village
from monitoring_api.villages.schemas import PublishedInput, VillageCreate, VillageUpdate

FIGURES = ("population", "lifted_households", "lifted_people", "monitored_households", "monitored_people", "source")
STORED = ("types", "collective_income", *(f"published_{figure}" for figure in FIGURES))


async def create_village(
    session: AsyncSession, actor: Actor, code: str, body: VillageCreate
) -> tuple[bytes, int, bool]:
    """Begin a profile; returns it, its version and whether it is new.

    Raises:
        RegionOutOfScope, VillageUnknown.
        AlreadyExists: there is one with other content.
    """
    ensure_in_scope(actor, code)
    at = now()
    wanted = {"types": body.types, "collective_income": body.collective_income} | _published(body.published)
    row = {"county_code": county_of(code), "village_code": code, "version": 1, "created_at": at, "updated_at": at}
    claimed = await session.execute(
        insert(Village)
        .values(row | wanted)
        .on_conflict_do_nothing(index_elements=["county_code", "village_code"])
        .returning(Village.village_code)
    )
    created = claimed.scalar_one_or_none() is not None
    if created:
        await _audit(session, actor, code, "village.create", 1, sorted(wanted))
    else:
        village = await _load(session, code)
        if {field: getattr(village, field) for field in STORED} != wanted:
            raise AlreadyExists()
    return *await _card(session, code), created


async def correct_village(
    session: AsyncSession, actor: Actor, code: str, expected: int, body: VillageUpdate
) -> tuple[bytes, int]:
    """Change what was sent; returns the profile and its version.

    Raises:
        NotFound.
        VersionMismatch: with the profile as it stands and what was sent.
    """
    village = await _load(session, code, lock=True)
    if village.version != expected:
        view: Any = orjson.loads((await _card(session, code))[0])
        yours = body.model_dump(mode="json", exclude_unset=True)
        check_version(village.version, expected, current_view=view, yours=yours)
    sent: dict[str, Any] = {}
    if "types" in body.model_fields_set:
        sent["types"] = body.types
    if "collective_income" in body.model_fields_set:
        sent["collective_income"] = body.collective_income
    if "published" in body.model_fields_set:
        sent |= _published(body.published)
    changed = sorted(field for field, value in sent.items() if getattr(village, field) != value)
    if changed:
        for field in changed:
            setattr(village, field, sent[field])
        await session.flush()
        await _audit(session, actor, code, "village.correct", village.version, changed)
    return await _card(session, code)


def _published(figures: PublishedInput | None) -> dict[str, Any]:
    return {f"published_{name}": getattr(figures, name, None) for name in FIGURES}


async def _load(session: AsyncSession, code: str, *, lock: bool = False) -> Village:
    village = await session.get(Village, (county_of(code), code), with_for_update=lock)
    if village is None:
        raise NotFound()
    return village


async def _card(session: AsyncSession, code: str) -> tuple[bytes, int]:
    found = await views.get_village(ReadConnection(await raw_connection(session)), code)
    if found is None:
        raise NotFound()
    return found


async def _audit(session: AsyncSession, actor: Actor, code: str, action: str, version: int, fields: list[str]) -> None:
    await audit.record(
        session,
        actor,
        action=action,
        subject_type="village",
        subject_id=code,
        region_code=code,
        detail={"version": version, "fields": fields},
    )
