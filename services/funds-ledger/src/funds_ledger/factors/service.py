"""Working out a scheme from frozen figures, and posting it when another person approves (FND-3)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.clock import now, today
from service_kit.context import ServiceContext
from service_kit.errors import AlreadyExists, NotFound
from service_kit.json import canonical
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations.bulk import allocate_lines
from funds_ledger.allocations.schemas import AllocationLine, BulkAllocationWrite
from funds_ledger.clients.monitoring import figures_below
from funds_ledger.errors import DivisionImpossible, PlanTooSmall, SamePerson, SchemeNotInState
from funds_ledger.factors import repository, rules
from funds_ledger.factors.models import FactorScheme
from funds_ledger.factors.schemas import Scheme, SchemeLine, SchemePreview, SchemeRow, SchemeWork, SchemeWrite
from funds_ledger.pools import service as pools
from funds_ledger.pools.models import Pool
from funds_ledger.publication import repository as publications

_LENGTH = {"township": 9, "village": 12}
_WHY = {
    "floors_exceed": "保底金额之和超出总额 {yuan} 元",
    "caps_fall_short": "封顶金额之和比总额少 {yuan} 元",
    "no_figures": "所选因素的数据全部为零，无法计算",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of all regions as they stood at an instant."""

    regions: list[dict[str, Any]]
    frozen_at: datetime


async def figures_for(
    session: AsyncSession, ctx: ServiceContext, token: str | None, pool: Pool, body: SchemeWork
) -> Figures:
    """Figures pulled now, or those that another scheme of the county has frozen.

    Raises:
        NotFound: no such scheme, or of the other level.
        PeerUnavailable, PeerFailed: the monitoring service does not answer.
    """
    if body.figures_of is not None:
        known = await repository.of_county(session, pool.county_code, body.figures_of)
        if known is None or known.level != body.level:
            raise NotFound("没有找到要沿用数据的方案")
        return Figures(known.figures, known.frozen_at)
    counted = await figures_below(ctx, token, pool.county_code, body.level)
    own = await repository.own_figures(session, pool.county_code, _LENGTH[body.level])
    regions = [
        {
            "region_code": region.code,
            "name": region.name,
            "values": {
                "monitored_people": region.monitored.people,
                "lifted_people": region.lifted.people,
                "key_villages": region.villages.by_type.get("key_assistance", 0),
                "population": region.population.people,
                "tasks": own[region.code].tasks if region.code in own else 0,
                "performance": own[region.code].performance if region.code in own else 0,
            },
        }
        for region in counted
    ]
    return Figures(regions, now())


def work_out(body: SchemeWork, figures: Figures) -> list[rules.Line]:
    """Raises DivisionImpossible, in words."""
    bounds = {line.region_code: rules.Bounds(line.floor, line.cap) for line in body.bounds}
    values = {region["region_code"]: region["values"] for region in figures.regions}
    if unknown := sorted(set(bounds) - set(values)):
        raise DivisionImpossible(f"保底或封顶所列的地区没有数据：{'、'.join(unknown[:5])}")
    try:
        return rules.divide(body.amount, {line.factor: line.weight for line in body.weights}, values, bounds)
    except rules.CannotDivide as error:
        raise DivisionImpossible(_WHY[error.code].format(yuan=format_yuan(error.fen)), reason=error.code) from None


async def preview(
    session: AsyncSession, ctx: ServiceContext, actor: Actor, token: str | None, body: SchemeWork
) -> SchemePreview:
    """Work a scheme out without keeping it.

    Raises: as ``draft``.
    """
    pool = await pools.get(session, actor, body.pool_id)
    figures = await figures_for(session, ctx, token, pool, body)
    lines = [_stored(line) for line in work_out(body, figures)]
    bounds = [_stored_bound(bound) for bound in body.bounds]
    return SchemePreview(frozen_at=figures.frozen_at, amount=body.amount, lines=_lines(lines, figures.regions, bounds))


async def draft(
    session: AsyncSession, ctx: ServiceContext, actor: Actor, token: str | None, scheme_id: UUID, body: SchemeWrite
) -> tuple[Scheme, bool]:
    """Keep a variant with its figures; the same request again changes nothing. Says whether it was new.

    Raises:
        NotFound: no such pool in the actor's scope.
        AlreadyExists, DivisionImpossible, PeerUnavailable, PeerFailed.
    """
    pool = await pools.get(session, actor, body.pool_id)
    digest = hashlib.sha256(canonical(body.model_dump(mode="json"))).digest()
    known = await repository.of_county(session, pool.county_code, scheme_id)
    if known is not None:
        if known.content_hash != digest:
            raise AlreadyExists()
        return await get(session, actor, scheme_id), False
    figures = await figures_for(session, ctx, token, pool, body)
    lines = [_stored(line) for line in work_out(body, figures) if line.amount]
    moment = now()
    values = {
        "county_code": pool.county_code,
        "id": scheme_id,
        "pool_id": pool.id,
        "year": pool.year,
        "name": body.name,
        "purpose": body.purpose,
        "level": body.level,
        "amount_fen": body.amount,
        "weights": {line.factor: line.weight for line in body.weights},
        "bounds": [_stored_bound(bound) for bound in body.bounds],
        "figures": figures.regions,
        "frozen_at": figures.frozen_at,
        "lines": lines,
        "note": body.note,
        "state": "draft",
        "created_by": actor.id,
        "created_by_name": actor.name,
        "opinion": "",
        "content_hash": digest,
        "version": 1,
        "created_at": moment,
        "updated_at": moment,
    }
    if not await repository.claim(session, values):
        raise AlreadyExists()
    await _record(session, actor, pool.county_code, scheme_id, "drafted")
    return await get(session, actor, scheme_id), True


def _stored(line: rules.Line) -> dict[str, Any]:
    return {
        "region_code": line.region_code,
        "amount_fen": line.amount,
        "adjustment_fen": line.adjustment,
        "held_by": line.held_by,
        "parts": [
            {"factor": p.factor, "value": p.value, "total": p.total, "weight": p.weight, "amount": p.amount}
            for p in line.parts
        ],
    }


def _stored_bound(bound: Any) -> dict[str, Any]:
    return {"region_code": bound.region_code, "floor_fen": bound.floor, "cap_fen": bound.cap}


def _lines(
    lines: Sequence[Mapping[str, Any]], regions: Sequence[Mapping[str, Any]], bounds: Sequence[Mapping[str, Any]]
) -> list[SchemeLine]:
    """One line per region that has figures, the ones without money too."""
    by_code = {line["region_code"]: line for line in lines}
    bound = {line["region_code"]: line for line in bounds}
    found = []
    for region in sorted(regions, key=lambda region: str(region["region_code"])):
        code = region["region_code"]
        line = by_code.get(code, {"amount_fen": 0, "adjustment_fen": 0, "held_by": None, "parts": []})
        limits = bound.get(code, {})
        found.append(
            SchemeLine(
                region_code=code,
                name=region["name"],
                amount=line["amount_fen"],
                parts=line["parts"],
                adjustment=line["adjustment_fen"],
                held_by=line["held_by"],
                floor=limits.get("floor_fen"),
                cap=limits.get("cap_fen"),
            )
        )
    return found


def read_row(row: Any) -> SchemeRow:
    """From a row of ``repository.page``."""
    return SchemeRow.model_validate(_fields(row))


def _fields(row: Any) -> dict[str, Any]:
    scheme = row.FactorScheme
    fields = {name: getattr(scheme, name) for name in SchemeRow.model_fields if hasattr(scheme, name)}
    return fields | {"amount": scheme.amount_fen, "source_level": row.source_level}


async def get(session: AsyncSession, actor: Actor, scheme_id: UUID) -> Scheme:
    """Raises NotFound when there is none in the actor's scope."""
    rows = await repository.page(session, actor, scheme_id=scheme_id)
    if not rows:
        raise NotFound()
    scheme = rows[0].FactorScheme
    return Scheme.model_validate(
        _fields(rows[0])
        | {"lines": _lines(scheme.lines, scheme.figures, scheme.bounds), "mine": scheme.created_by == actor.id}
    )


async def step(
    session: AsyncSession, actor: Actor, scheme_id: UUID, action: rules.SchemeAction, opinion: str
) -> Scheme:
    """Hand a scheme in, return it, give it up, or approve it: then all its lines are posted as one act.

    Raises:
        NotFound, SchemeNotInState.
        SamePerson: whoever worked it out does not decide on it.
        PlanTooSmall: the year's plan has too few projects for a region's money, with the regions.
        IndustryFloorBroken, PoolExhausted: by the pool.
    """
    scheme = await repository.lock(session, actor, scheme_id)
    after = rules.target(scheme.state, action)
    if after is None:
        raise SchemeNotInState(state_now=scheme.state)
    if action in ("approve", "return"):
        if scheme.created_by == actor.id:
            raise SamePerson("编制人不能审批自己编制的方案")
        scheme.decided_by, scheme.decided_by_name, scheme.decided_at = actor.id, actor.name, now()
        scheme.opinion = opinion
    if action == "approve":
        posted = await allocate_lines(session, actor, await _lines_to_post(session, scheme))
        scheme.batch_id = posted.batch_id
    scheme.state, scheme.updated_at = after, now()
    await session.flush()
    await _record(session, actor, scheme.county_code, scheme_id, after)
    return await get(session, actor, scheme_id)


async def _lines_to_post(session: AsyncSession, scheme: FactorScheme) -> BulkAllocationWrite:
    names = {region["region_code"]: region["name"] for region in scheme.figures}
    library_from = await publications.library_from(session, scheme.county_code, scheme.year)
    if today() < library_from:
        lines = [_line(scheme, line["region_code"], line["amount_fen"], names) for line in scheme.lines]
    else:
        lines = await _by_project(session, scheme, names)
    return BulkAllocationWrite.model_construct(pool_id=scheme.pool_id, title=scheme.name, lines=lines)


def _line(
    scheme: FactorScheme, region_code: str, fen: int, names: Mapping[str, str], project_id: UUID | None = None
) -> AllocationLine:
    return AllocationLine.model_construct(
        region_code=region_code,
        purpose=scheme.purpose,
        title=f"{scheme.name}({names.get(region_code[: _LENGTH[scheme.level]], region_code)})",
        amount=fen,
        note=scheme.note,
        document_id=None,
        project_id=project_id,
    )


async def _by_project(session: AsyncSession, scheme: FactorScheme, names: Mapping[str, str]) -> list[AllocationLine]:
    """Where money needs a project, a region's share goes to its planned projects by their priority."""
    length = _LENGTH[scheme.level]
    room: dict[str, list[tuple[str, int]]] = {}
    places: dict[str, str] = {}
    for entry in await repository.room(session, scheme):
        room.setdefault(entry.region_code[:length], []).append((str(entry.project_id), entry.left_fen))
        places[str(entry.project_id)] = entry.region_code
    lines, short = [], []
    for line in scheme.lines:
        found, rest = rules.fill(line["amount_fen"], room.get(line["region_code"], []))
        if rest:
            short.append({"region_code": line["region_code"], "shortfall": format_yuan(rest)})
        lines += [_line(scheme, places[project], fen, names, UUID(project)) for project, fen in found]
    if short:
        shown = "、".join(f"{names[s['region_code']]}差 {s['shortfall']} 元" for s in short[:5])
        raise PlanTooSmall(f"年度计划内同用途项目不足，无法落到项目：{shown}", regions=short)
    return lines


async def _record(session: AsyncSession, actor: Actor, county_code: str, scheme_id: UUID, what: str) -> None:
    await audit.record(
        session,
        actor,
        action=f"factor_scheme.{what}",
        subject_type="factor_scheme",
        subject_id=scheme_id,
        region_code=county_code,
    )
