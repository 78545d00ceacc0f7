"""Putting up the notice that an act needs, and closing it when its period ended clear (FND-7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service_kit import audit, notices, objections
from service_kit.auth import ensure_in_scope
from service_kit.clock import now, today
from service_kit.db import ReadConnection
from service_kit.errors import AlreadyExists, FieldError, ValidationFailed
from service_kit.region import county_of
from service_kit.tokens import Actor
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations.repository import region_names
from funds_ledger.errors import NoticeStillUp, PublicationRuleMissing
from funds_ledger.publication import repository, rules, views
from funds_ledger.publication.models import ActNotice, FundingRule, PublicationRule
from funds_ledger.publication.schemas import (
    ActCoverage,
    ClosedNotices,
    CoverageReport,
    FundingRuleWrite,
    NotPublic,
    PublicationRuleRead,
    PublicationRuleWrite,
    WaitingNotice,
)

_SHOWN = 200
"""Lines of each list of the coverage report."""
_AT_ONCE = 500
"""Notices that are closed in one transaction."""


async def put_up(
    session: AsyncSession,
    *,
    act: rules.Act,
    region_code: str,
    subject_type: str,
    subject_id: UUID,
    title: str,
    paragraphs: Sequence[str],
    table: notices.NoticeTable | None = None,
    document_number: str | None = None,
    kind: str | None = None,
    notice_id: UUID | None = None,
) -> ActNotice:
    """Publish an act for the days that the county's rule names, in the act's own transaction.

    Raises:
        PublicationRuleMissing: nobody has said how long such an act is shown.
    """
    county_code, starts_on = county_of(region_code), today()
    rule = rules.rule_on(await repository.rules(session), act, county_code, starts_on)
    if rule is None:
        raise PublicationRuleMissing(f"还没有设定“{rules.ACT_NAMES[act]}”的公示天数")
    ends_on = rules.last_day(starts_on, rule.days, working_days=rule.working_days)
    since, to, end = rules.PERIOD
    until = f"{since}{starts_on.isoformat()}{to}{ends_on.isoformat()}{end}"
    published = await notices.publish(
        session,
        region_code=region_code,
        kind=kind or f"funds.{act}",
        notice_id=notice_id,
        title=title,
        document_number=document_number,
        paragraphs=[*paragraphs, until],
        table=table,
        subject_type=subject_type,
        subject_id=subject_id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    notice = ActNotice(
        county_code=county_code,
        id=published,
        region_code=region_code,
        act=act,
        subject_id=subject_id,
        starts_on=starts_on,
        days=rule.days,
        ends_on=ends_on,
    )
    session.add(notice)
    await session.flush()
    return notice


async def announce(session: AsyncSession, *, notice_id: UUID | None, act: rules.Act, kind: str, **content: Any) -> None:
    """Publish an act for its days, whether or not something waits for ``notice_id``.

    Raises:
        PublicationRuleMissing.
    """
    await put_up(session, act=act, kind=kind, notice_id=notice_id, **content)


async def close(session: AsyncSession, county_code: str, notice_id: UUID) -> ActNotice:
    """Close a notice that ended clear; closing it again changes nothing.

    Raises:
        NoticeStillUp: the period is not over, or an objection is open or upheld; with ``ends_on``.
    """
    notice = await repository.lock_notice(session, county_code, notice_id)
    if notice is None:
        raise NoticeStillUp("没有找到公示")
    if notice.closed_on is None:
        await _ensure_clear(session, notice)
        notice.closed_on = today()
        await session.flush()
    return notice


async def _ensure_clear(session: AsyncSession, notice: ActNotice) -> None:
    found = await objections.lock_standing(session, notice.county_code, notice.id)
    standing = rules.Standing(notice.ends_on, found.open_objections, found.upheld_objections)
    match standing.obstacle(today()):
        case "upheld":
            raise NoticeStillUp("异议成立，请退回或撤销", upheld_objections=standing.upheld_objections)
        case "period":
            raise NoticeStillUp(f"公示期到 {notice.ends_on.isoformat()} 为止", ends_on=notice.ends_on.isoformat())
        case "open":
            words = f"还有 {standing.open_objections} 件异议没有答复"
            raise NoticeStillUp(words, open_objections=standing.open_objections)
    await notices.cleared(session, notice.county_code, notice.id, today())


async def close_ended(session: AsyncSession, actor: Actor, county_code: str) -> ClosedNotices:
    """Close the notices of allocations that ended clear; what waits for them may be paid.

    Raises:
        RegionOutOfScope.
    """
    ensure_in_scope(actor, county_code)
    closed, left = [], 0
    for notice_id in await repository.ended(session, county_code, today(), _AT_ONCE):
        try:
            await close(session, county_code, notice_id)
        except NoticeStillUp:
            left += 1
        else:
            closed.append(notice_id)
    await repository.release_allocations(session, county_code, closed, today())
    if closed:
        await _record(
            session, actor, "publication.closed", closed[0], county_code, {"notices": len(closed), "left": left}
        )
    return ClosedNotices(closed=len(closed), left=left)


async def read_rules(session: AsyncSession, rows: Sequence[PublicationRule]) -> list[PublicationRuleRead]:
    """Rules as they stand today, with the names of their regions."""
    every, names = await repository.rules(session), await region_names(session, {row.region_code for row in rows})
    return [
        PublicationRuleRead.model_validate(
            {name: getattr(row, name) for name in PublicationRuleRead.model_fields if hasattr(row, name)}
            | {"region_name": names.get(row.region_code), "standing": rules.standing_of(every, row, today())}
        )
        for row in rows
    ]


async def coverage(db: ReadConnection, region: str, year: int) -> CoverageReport:
    """What of a year is public, what is not, and what waits for its notice."""
    day = today()
    by_act = {row["act"]: dict(row) for row in await views.coverage(db, region, year)}
    none = {"total": 0, "published": 0, "showing": 0, "ended_clear": 0}
    return CoverageReport(
        year=year,
        as_of=day,
        acts=[
            ActCoverage.model_validate(by_act.get(act, none | {"act": act}))
            for act in ("library_entry", "yearly_plan", "allocation", "completion")
        ],
        not_public=[
            NotPublic.model_validate(dict(row) | {"amount": row["amount_fen"]})
            for row in await views.not_public(db, region, year, _SHOWN)
        ],
        waiting=[
            WaitingNotice.model_validate(dict(row) | {"over": row["ends_on"] < day})
            for row in await views.waiting(db, region, _SHOWN)
        ],
    )


async def set_publication_rule(
    session: AsyncSession, actor: Actor, rule_id: UUID, body: PublicationRuleWrite
) -> tuple[PublicationRule, bool]:
    """Put a new revision of a rule in force; says whether it was new.

    Raises:
        RegionOutOfScope, AlreadyExists.
    """
    ensure_in_scope(actor, body.region_code)
    known = await session.get(PublicationRule, rule_id)
    if known is None:
        newest = select(func.coalesce(func.max(PublicationRule.revision), 0) + 1).where(
            PublicationRule.region_code == body.region_code,
            PublicationRule.act == body.act,
            PublicationRule.effective_on == body.effective_on,
        )
        values = body.model_dump() | {
            "id": rule_id,
            "revision": (await session.execute(newest)).scalar_one(),
            "created_at": now(),
            "created_by": actor.id,
            "created_by_name": actor.name,
        }
        await session.execute(insert(PublicationRule).values(**values))
        await _record(session, actor, "publication_rule.set", rule_id, body.region_code, body.model_dump(mode="json"))
        return await session.get_one(PublicationRule, rule_id), True
    if any(getattr(known, name) != value for name, value in body.model_dump().items()):
        raise AlreadyExists()
    return known, False


async def set_funding_rule(
    session: AsyncSession, actor: Actor, county_code: str, year: int, body: FundingRuleWrite
) -> FundingRule:
    """Say since when the money of a year goes only to library projects. Earlier allocations stay as they are.

    Raises:
        RegionOutOfScope.
        ValidationFailed: an allocation without a project was made on that day or later.
    """
    ensure_in_scope(actor, county_code)
    rule = await repository.lock_funding_rule(session, county_code, year)
    wanted = body.library_from or repository.NEVER
    if wanted != rule.library_from and wanted < today() and rule.library_from > today():
        message = "启用日期不能早于今天，已作出的分配不受影响"
        raise ValidationFailed(errors=[FieldError("body.library_from", "date_in_past", message)])
    rule.library_from, rule.basis = wanted, body.basis
    rule.set_by, rule.set_by_name, rule.updated_at = actor.id, actor.name, now()
    await session.flush()
    await _record(session, actor, "funding_rule.set", rule.id, county_code, body.model_dump(mode="json"))
    return rule


async def _record(
    session: AsyncSession, actor: Actor, action: str, subject_id: UUID, region_code: str, detail: dict[str, Any]
) -> None:
    await audit.record(
        session,
        actor,
        action=action,
        subject_type=action.partition(".")[0],
        subject_id=subject_id,
        region_code=region_code,
        detail=detail,
    )
