"""Use cases of the catalogue of regions."""

from __future__ import annotations

from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.clock import now
from service_kit.db import ReadConnection
from service_kit.errors import FieldError, ValidationFailed
from service_kit.outbox import publish
from service_kit.region import level_of, parent_of
from service_kit.region_copy import RegionChanged, apply_region_changed
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.repository import region_names
from gateway.identity.schemas import Region
from gateway.regions import repository
from gateway.regions.schemas import RegionDetail, RegionNode, Regions, RegionWrite


async def tree(db: ReadConnection, actor: Actor, parent: str | None) -> Regions:
    """The children of a region that are the actor's; without ``parent`` the actor's own region, or for the nation its
    provinces. Above the actor's own region the tree has no branches."""
    if parent is None and actor.region:
        rows = [await repository.one(db, actor, actor.region)]
    else:
        rows = list(await repository.children(db, actor, parent or ""))
    return Regions(items=[RegionNode.model_validate(dict(row)) for row in rows])


async def detail(db: ReadConnection, actor: Actor, code: str) -> RegionDetail:
    """A region with the names on the way up.

    Raises:
        NotFound: there is none, or it is outside the actor's region.
    """
    row = await repository.one(db, actor, code)
    above = await repository.ancestors(db, code)
    return RegionDetail.model_validate(dict(row) | {"ancestors": [Region.model_validate(dict(a)) for a in above]})


async def search(db: ReadConnection, actor: Actor, text: str) -> Regions:
    rows = await repository.search(db, actor, text)
    return Regions(items=[RegionNode.model_validate(dict(row)) for row in rows])


async def put_region(session: AsyncSession, actor: Actor, code: str, change: RegionWrite) -> Region:
    """Add or rename a region and tell the services; doing it again changes nothing and tells nobody.

    Raises:
        RegionOutOfScope, ValidationFailed: the region above it does not exist.
    """
    ensure_in_scope(actor, code)
    parent = parent_of(code)
    known = await region_names(session, {code, parent} - {""})
    if parent and parent not in known:
        raise ValidationFailed(errors=[FieldError("path.code", "parent_missing", "上级地区还没有录入，请先录入上级")])
    answer = Region(code=code, name=change.name, level=level_of(code))
    if known.get(code) == change.name:
        return answer
    event = RegionChanged(code=code, name=change.name, changed_at=now())
    await apply_region_changed(session, event)
    await publish(session, event, key=code)
    await audit.record(
        session,
        actor,
        action="region.changed",
        subject_type="region",
        subject_id=code,
        region_code=code,
        detail={"from": known.get(code), "to": change.name},
    )
    return answer
