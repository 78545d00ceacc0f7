"""Reporting land revenue, setting the shares, and measuring one against the other (FND-11)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.clock import now
from service_kit.errors import AlreadyExists
from service_kit.money import share_bp
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations.repository import region_name
from funds_ledger.land_revenue import repository, rules
from funds_ledger.land_revenue.models import LandRevenueReport, LandRevenueRule
from funds_ledger.land_revenue.schemas import (
    LandRevenueReportRead,
    LandRevenueReportWrite,
    LandRevenueRuleRead,
    LandRevenueRuleWrite,
    LandRevenueYear,
)

_MONEY = ("gross", "net", "agriculture", "spent")


def read_report(report: LandRevenueReport) -> LandRevenueReportRead:
    fields = {name: getattr(report, name) for name in LandRevenueReportRead.model_fields if hasattr(report, name)}
    return LandRevenueReportRead.model_validate(fields | {name: getattr(report, f"{name}_fen") for name in _MONEY})


async def report(
    session: AsyncSession, actor: Actor, county_code: str, report_id: UUID, body: LandRevenueReportWrite
) -> tuple[LandRevenueReportRead, bool]:
    """Keep the figures of a year up to a day; a correction of the same day is a new revision. Says whether it was new.

    Raises:
        RegionOutOfScope, AlreadyExists.
    """
    ensure_in_scope(actor, county_code)
    await repository.lock(session, int(county_code))
    known = await repository.report_of(session, county_code, report_id)
    if known is not None:
        if read_report(known).model_dump(include=set(LandRevenueReportWrite.model_fields)) != body.model_dump():
            raise AlreadyExists()
        return read_report(known), False
    kept = LandRevenueReport(
        county_code=county_code,
        id=report_id,
        year=body.year,
        as_of=body.as_of,
        basis=body.basis,
        created_at=now(),
        created_by=actor.id,
        created_by_name=actor.name,
        **{f"{name}_fen": getattr(body, name) for name in _MONEY},
    )
    kept.revision = await repository.next_report(session, kept)
    session.add(kept)
    await session.flush()
    await _record(session, actor, "land_revenue.report", report_id, county_code, body.model_dump(mode="json"))
    return read_report(kept), True


async def set_rule(
    session: AsyncSession, actor: Actor, rule_id: UUID, body: LandRevenueRuleWrite
) -> tuple[LandRevenueRuleRead, bool]:
    """Put a new revision of the shares in force; says whether it was new.

    Raises:
        RegionOutOfScope, AlreadyExists.
    """
    ensure_in_scope(actor, body.region_code)
    await repository.lock(session, 0)
    known = await session.get(LandRevenueRule, rule_id)
    name = await region_name(session, body.region_code) if body.region_code else None
    if known is not None:
        if any(getattr(known, field) != value for field, value in body.model_dump().items()):
            raise AlreadyExists()
        return read_rule(known, name), False
    kept = LandRevenueRule(
        **body.model_dump(),
        id=rule_id,
        revision=await repository.next_rule(session, body.region_code, body.from_year),
        created_at=now(),
        created_by=actor.id,
        created_by_name=actor.name,
    )
    session.add(kept)
    await session.flush()
    await _record(session, actor, "land_revenue.rule", rule_id, body.region_code, body.model_dump(mode="json"))
    return read_rule(kept, name), True


def read_rule(rule: LandRevenueRule, name: str | None) -> LandRevenueRuleRead:
    fields = {field: getattr(rule, field) for field in LandRevenueRuleRead.model_fields if hasattr(rule, field)}
    return LandRevenueRuleRead.model_validate(fields | {"region_name": name})


async def years(session: AsyncSession, county_code: str) -> list[LandRevenueYear]:
    """Each reported year against what binds the county."""
    every = await repository.rules(session)
    return [
        _measured(row, rules.binding(every, county_code, row.year))
        for row in await repository.years(session, county_code)
    ]


def _measured(row: Any, binding: list[LandRevenueRule]) -> LandRevenueYear:
    found = rules.measure(binding, gross=row.gross_fen, net=row.net_fen, agriculture=row.agriculture_fen)
    return LandRevenueYear(
        county_code=row.county_code,
        year=row.year,
        as_of=row.as_of,
        gross=row.gross_fen,
        net=row.net_fen,
        agriculture=row.agriculture_fen,
        spent=row.spent_fen,
        net_share_bp=share_bp(row.agriculture_fen, row.net_fen),
        gross_share_bp=share_bp(row.agriculture_fen, row.gross_fen),
        net_bp=found.net_bp if found else None,
        gross_bp=found.gross_bp if found else None,
        required=max(found.required_by_net, found.required_by_gross) if found else None,
        shortfall=found.shortfall if found else None,
        reached=found.reached if found else None,
        in_ledger=row.in_ledger,
        basis="；".join(rule.basis for rule in binding),
        reports=row.reports,
    )


async def _record(
    session: AsyncSession, actor: Actor, action: str, subject_id: UUID, region_code: str, detail: dict[str, Any]
) -> None:
    await audit.record(
        session,
        actor,
        action=action,
        subject_type=action.replace(".", "_"),
        subject_id=subject_id,
        region_code=region_code,
        detail=detail,
    )
