"""Setting a floor, and finding the one that binds a county."""

from __future__ import annotations

from uuid import UUID

from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.clock import now
from service_kit.errors import AlreadyExists
from service_kit.ids import uuid7
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.errors import FloorMissing
from funds_ledger.floors import repository, rules
from funds_ledger.floors.models import FloorRule
from funds_ledger.floors.schemas import FloorRead, FloorWrite
from funds_ledger.pools import floors as pool_floors
from funds_ledger.terms import SOURCE_LEVEL_NAMES, SourceLevel


async def set_floor(session: AsyncSession, actor: Actor, rule_id: UUID, body: FloorWrite) -> tuple[FloorRead, bool]:
    """Put a new revision in force and carry it into the pools that exist; also says whether it was new.

    Raises:
        RegionOutOfScope: the region is not the actor's.
        AlreadyExists: the id holds another rule.
        IndustryFloorBroken: a pool has already given more elsewhere than the new floor leaves, with the amounts.
    """
    ensure_in_scope(actor, body.region_code)
    if (known := await repository.by_id(session, rule_id)) is not None:
        return await _same(session, known, body), False
    await repository.lock(session, body.year, body.source_level)
    if not await _add(session, actor, rule_id, body):
        return await set_floor(session, actor, rule_id, body)
    in_force = await repository.in_force(session, body.year, body.source_level)
    changed = await pool_floors.follow(session, in_force, body.year, body.source_level, body.region_code)
    await audit.record(
        session,
        actor,
        action="floor.set",
        subject_type="floor_rule",
        subject_id=rule_id,
        region_code=body.region_code,
        detail=body.model_dump(mode="json") | {"pools_changed": changed},
    )
    return FloorRead.model_validate(await repository.read(session, rule_id)), True


async def _same(session: AsyncSession, known: FloorRule, body: FloorWrite) -> FloorRead:
    if any(getattr(known, name) != value for name, value in body.model_dump().items()):
        raise AlreadyExists()
    return FloorRead.model_validate(await repository.read(session, known.id))


async def _add(session: AsyncSession, actor: Actor, rule_id: UUID, body: FloorWrite) -> bool:
    revision = await repository.next_revision(session, body.year, body.source_level, body.region_code)
    values = body.model_dump() | {
        "id": rule_id,
        "revision": revision,
        "created_at": now(),
        "created_by": actor.id,
        "created_by_name": actor.name,
    }
    return await repository.add(session, values)


async def binding(
    session: AsyncSession, actor: Actor, county_code: str, year: int, source_level: SourceLevel
) -> rules.Bound[FloorRule]:
    """The floor that binds a county; the caller holds ``repository.lock``.

    Without any rule, money of a source in ``rules.RULE_REQUIRED`` is refused, and for the others the county's explicit
    rule "0" is written, so that every pool names the row that its floor comes from.

    Raises:
        FloorMissing: see above.
    """
    last_year = await pool_floors.achieved(session, county_code, year - 1, source_level)
    in_force = await repository.in_force(session, year, source_level)
    asking = [rule for rule in in_force if rule.not_below_last_year]
    found = rules.bound(in_force, asking, county_code, last_year[county_code])
    if found is not None:
        return found
    if source_level in rules.RULE_REQUIRED:
        raise FloorMissing(
            f"请先设定 {year} 年{SOURCE_LEVEL_NAMES[source_level]}资金的产业占比红线，再登记指标文件",
            detail_en=f"Set the {year} floor of {source_level} money first",
            year=year,
            source_level=source_level,
        )
    unruled = FloorWrite(
        year=year, source_level=source_level, region_code=county_code, floor_bp=0, basis=rules.UNRULED_BASIS
    )
    rule_id = uuid7()
    await _add(session, actor, rule_id, unruled)
    return rules.Bound(await session.get_one(FloorRule, rule_id), 0, None)
