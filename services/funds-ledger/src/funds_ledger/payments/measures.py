"""Measuring a county by dated rules: spending progress against checkpoints, and how fast money was passed on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.clock import now, today
from service_kit.errors import AlreadyExists, NotFound
from service_kit.money import share_bp
from service_kit.region import contains
from service_kit.tokens import Actor
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.payments import rules, views
from funds_ledger.payments.models import AllocationSpeedRule, ProgressCheckpoint
from funds_ledger.payments.schemas import (
    CheckpointRead,
    CheckpointState,
    CheckpointWrite,
    DocumentSpeed,
    MonthProgress,
    ProgressReport,
    RegionProgress,
    SourceProgress,
    SpeedReport,
    SpeedRuleRead,
    SpeedRuleWrite,
)
from funds_ledger.terms import SOURCE_LEVELS, SourceLevel

Table = TypeVar("Table", ProgressCheckpoint, AllocationSpeedRule)


async def progress(session: AsyncSession, actor: Actor, county_code: str, year: int) -> ProgressReport:
    """Paid against allocated, per source, township and month, beside what the checkpoints ask for.

    Raises:
        NotFound: the county has nothing in common with the actor's scope.
    """
    _ensure_readable(actor, county_code)
    day = today()
    rows = await views.progress(session, county_code, year)
    by_source: dict[SourceLevel, list[rules.Checkpoint]] = defaultdict(list)
    for row in await views.checkpoints(session, year):
        by_source[row.source_level].append(row)
    months = {row.month: row.paid for row in await views.by_month(session, county_code, year)}
    allocated = sum(row.allocated for row in rows)
    binding = {source: rules.checkpoints_of(found, county_code) for source, found in by_source.items()}

    def figures(source: SourceLevel, of: Sequence[Any]) -> dict[str, Any]:
        allocated, paid, requested = (sum(getattr(r, name) for r in of) for name in ("allocated", "paid", "requested"))
        return {
            "source_level": source,
            "allocated": allocated,
            "paid": paid,
            "requested": requested,
            "paid_share_bp": share_bp(paid, allocated),
            "checkpoints": [_state(point, allocated, paid, day) for point in binding.get(source, [])],
        }

    return ProgressReport(
        county_code=county_code,
        year=year,
        as_of=day,
        by_source=[
            SourceProgress(**figures(source, of))
            for source in SOURCE_LEVELS
            if (of := [row for row in rows if row.source_level == source])
        ],
        by_township=[
            RegionProgress(**figures(row.source_level, [row]), region_code=row.township, region_name=row.name)
            for row in rows
        ],
        by_month=[
            MonthProgress(month=month, paid=paid, paid_so_far=total, paid_share_bp=share_bp(total, allocated))
            for month, paid, total in rules.month_by_month(months, f"{day:%Y-%m}")
        ],
    )


def _state(point: rules.Checkpoint, allocated: int, paid: int, day: date) -> CheckpointState:
    lacking = rules.missing(allocated, paid, point.share_bp)
    return CheckpointState(
        due_on=point.due_on, share_bp=point.share_bp, due=point.due_on <= day, reached=lacking == 0, missing=lacking
    )


async def speed(session: AsyncSession, actor: Actor, county_code: str, year: int) -> SpeedReport:
    """Working days from the receipt of each document's money to its allocation, and the score.

    Raises:
        NotFound: the county is not in the actor's scope; documents belong to the county.
    """
    if not contains(actor.region, county_code):
        raise NotFound()
    day = today()
    documents = await views.documents(session, county_code, year)
    given = await views.given(session, county_code, year)
    dated = await views.speed_rules(session)
    read = []
    for source in SOURCE_LEVELS:
        own = [row for row in documents if row.source_level == source]
        brought = [rules.Brought(str(row.id), row.received_on, row.fen) for row in own]
        lines = [
            rules.Given(str(row.document_id) if row.document_id else None, row.day, row.fen)
            for row in given
            if row.source_level == source
        ]
        parts: dict[str, list[rules.Portion]] = defaultdict(list)
        for part in rules.portions(brought, lines):
            parts[part.document].append(part)
        for row, document in zip(own, brought, strict=True):
            rule = rules.rule_on(dated, county_code, row.received_on)
            if rule is not None:
                read.append(_speed_of(row, document, parts[document.key], rule, day))
    total = sum(one.amount for one in read)
    return SpeedReport(
        county_code=county_code,
        year=year,
        as_of=day,
        score_bp=sum(one.score_bp * one.amount for one in read) // total if total else None,
        documents=read,
    )


def _speed_of(
    row: Any, document: rules.Brought, parts: Sequence[rules.Portion], rule: AllocationSpeedRule, day: date
) -> DocumentSpeed:
    found = rules.speed(document, parts, rules.SpeedRule(rule.full_days, rule.zero_days), day)
    return DocumentSpeed(
        document_id=row.id,
        number=row.number,
        source_level=row.source_level,
        received_on=row.received_on,
        amount=row.fen,
        allocated=found.allocated,
        waiting=found.waiting,
        days=found.days,
        waiting_days=found.waiting_days,
        full_days=rule.full_days,
        zero_days=rule.zero_days,
        score_bp=found.score_bp,
    )


def _ensure_readable(actor: Actor, county_code: str) -> None:
    if not (contains(actor.region, county_code) or contains(county_code, actor.region)):
        raise NotFound()


async def set_checkpoint(
    session: AsyncSession, actor: Actor, checkpoint_id: UUID, body: CheckpointWrite
) -> tuple[CheckpointRead, bool]:
    """Put a new revision of a checkpoint in force; says whether it was new.

    Raises:
        RegionOutOfScope, AlreadyExists.
    """
    row, created = await _set(
        session, actor, ProgressCheckpoint, checkpoint_id, body, ("year", "source_level", "region_code", "due_on")
    )
    return CheckpointRead.model_validate(row), created


async def set_speed_rule(
    session: AsyncSession, actor: Actor, rule_id: UUID, body: SpeedRuleWrite
) -> tuple[SpeedRuleRead, bool]:
    """Put a new revision of the scoring rule in force; says whether it was new.

    Raises:
        RegionOutOfScope, AlreadyExists.
    """
    row, created = await _set(session, actor, AllocationSpeedRule, rule_id, body, ("region_code", "effective_on"))
    return SpeedRuleRead.model_validate(row), created


async def _set(
    session: AsyncSession, actor: Actor, table: type[Table], row_id: UUID, body: Any, place: tuple[str, ...]
) -> tuple[Table, bool]:
    """Add a revision of a rule that is known by ``place``."""
    ensure_in_scope(actor, body.region_code)
    if (known := await session.get(table, row_id)) is not None:
        return _same(known, body), False
    newest = select(func.coalesce(func.max(table.revision), 0) + 1).where(
        *(getattr(table, name) == getattr(body, name) for name in place)
    )
    values = body.model_dump() | {
        "id": row_id,
        "revision": (await session.execute(newest)).scalar_one(),
        "created_at": now(),
        "created_by": actor.id,
        "created_by_name": actor.name,
    }
    added = await session.execute(
        insert(table).values(**values).on_conflict_do_nothing(index_elements=[table.id]).returning(table.id)
    )
    row = await session.get_one(table, row_id)
    if added.scalar_one_or_none() is None:
        return _same(row, body), False
    await audit.record(
        session,
        actor,
        action=f"{table.__tablename__}.set",
        subject_type=table.__tablename__,
        subject_id=row_id,
        region_code=body.region_code,
        detail=body.model_dump(mode="json"),
    )
    return row, True


def _same(known: Table, body: BaseModel) -> Table:
    if any(getattr(known, name) != value for name, value in body.model_dump().items()):
        raise AlreadyExists()
    return known


async def checkpoint_page(
    session: AsyncSession, year: int | None, after: UUID | None, limit: int
) -> Sequence[ProgressCheckpoint]:
    """Newest first."""
    query = select(ProgressCheckpoint)
    if year is not None:
        query = query.where(ProgressCheckpoint.year == year)
    return (await session.scalars(_newest(query, ProgressCheckpoint, after, limit))).all()


async def speed_rule_page(session: AsyncSession, after: UUID | None, limit: int) -> Sequence[AllocationSpeedRule]:
    """Newest first."""
    query = _newest(select(AllocationSpeedRule), AllocationSpeedRule, after, limit)
    return (await session.scalars(query)).all()


def _newest(query: Select[Any], table: type[Table], after: UUID | None, limit: int) -> Select[Any]:
    if after is not None:
        query = query.where(table.id < after)
    return query.order_by(table.id.desc()).limit(limit)
