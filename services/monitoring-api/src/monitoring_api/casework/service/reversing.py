"""After an elimination: taking it back 回退, or marking the household again 再标注. Two acts, never one (MON-11)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service_kit.clock import now, today
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.casework import repository, rules
from monitoring_api.casework.models import Case
from monitoring_api.casework.schemas import Remark, Rollback
from monitoring_api.casework.service import records
from monitoring_api.casework.service.determining import put_on_register
from monitoring_api.errors import CaseExists, CaseNotPossible, HelperMissing, StepNotPossible, StepNotYours
from monitoring_api.helpers.repository import current_helper


async def roll_back(session: AsyncSession, actor: Actor, case_id: UUID, expected: int, body: Rollback) -> Case:
    """The elimination was wrong: the household stands as it did before, with its old class, risks and date.

    Raises:
        as ``_eliminated``; MonitoringInvalid: what it was is no longer possible, so it can only be marked again.
    """
    case = await _eliminated(session, actor, case_id, expected, "rollback", body.model_dump(mode="json"))
    before = (await repository.last_evidence(session, case)).get("before") or {}
    status = {
        "class": before.get("class"),
        "risks": before.get("risks", []),
        "since": before.get("since") or today(),
        "reason": body.opinion[:500],
    }
    await put_on_register(session, actor, case, status)
    await _end(session, actor, case, "rollback", body.opinion, {"restored": before})
    return case


async def re_mark(session: AsyncSession, actor: Actor, case_id: UUID, expected: int, body: Remark) -> Case:
    """The risk has come back: the household is monitored anew, from today, with the class and risks found now.

    Raises:
        as ``_eliminated``; MonitoringInvalid: class or risks.
    """
    sent = body.model_dump(mode="json", by_alias=True)
    case = await _eliminated(session, actor, case_id, expected, "remark", sent)
    status = {"class": body.monitored_class, "risks": body.risks, "since": today(), "reason": body.opinion[:500]}
    await put_on_register(session, actor, case, status)
    case.monitored_class = body.monitored_class
    case.determined_risks = sorted(set(body.risks))
    evidence = {"class": body.monitored_class, "risks": sorted(set(body.risks)), "since": today().isoformat()}
    await _end(session, actor, case, "remark", body.opinion, evidence)
    return case


async def _eliminated(
    session: AsyncSession, actor: Actor, case_id: UUID, expected: int, act: rules.After, sent: dict[str, Any]
) -> Case:
    """Lock a case whose elimination can be undone.

    Raises:
        NotFound.
        VersionMismatch: with the case as it stands.
        StepNotPossible: the case did not end in an elimination.
        StepNotYours: the policy gives this act to another role.
        CaseNotPossible: the household is monitored again already, or is no longer on the register.
        CaseExists: another case of the household is open.
        HelperMissing: nobody is named to help (MON-9).
    """
    case = await repository.lock_case(session, actor, case_id)
    if case.version != expected:
        view = await records.current(session, actor, case)
        check_version(case.version, expected, current_view=view, yours=sent)
    if case.state != "eliminated":
        raise StepNotPossible()
    if not rules.may_reverse(act, role=actor.role, region=actor.region, approvers=case.rules["approvers"]):
        raise StepNotYours()
    household = await repository.household_of(session, case)
    if household.state != "active" or household.monitored:
        raise CaseNotPossible("该户已重新纳入监测" if household.monitored else "该户已不在册")
    if await repository.open_case_exists(session, household):
        raise CaseExists()
    if await current_helper(session, case.county_code, case.household_id) is None:
        raise HelperMissing()
    return case


async def _end(
    session: AsyncSession, actor: Actor, case: Case, act: rules.After, opinion: str, evidence: dict[str, Any]
) -> None:
    records.arrive(case, rules.AFTER[act], now())
    await records.write_step(
        session, actor, case, act, before="eliminated", opinion=opinion, evidence=evidence, due_on=None
    )
