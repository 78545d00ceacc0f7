"""The county's determination: its effect on the register is part of the same act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from service_kit.clock import today
from service_kit.errors import FieldError, ValidationFailed
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.casework import repository, rules
from monitoring_api.casework.models import Case
from monitoring_api.casework.schemas import CountyDetermination
from monitoring_api.casework.service import criteria
from monitoring_api.errors import CriteriaNotMet, HelperMissing
from monitoring_api.helpers.repository import current_helper
from monitoring_api.households.schemas import MonitoringUpdate
from monitoring_api.households.service.monitoring import set_monitoring
from monitoring_api.look_backs import service as look_backs


async def determine(
    session: AsyncSession, actor: Actor, case: Case, form: CountyDetermination, opinion: str
) -> Mapping[str, Any]:
    """Freeze the figures on the case and set the household's status in the register.

    Raises:
        ValidationFailed, MonitoringInvalid: class or risks.
        HelperMissing: nobody is named to help the household (MON-9).
        CriteriaNotMet: a condition of elimination is not met, or not confirmed by a person (MON-11).
    """
    if case.kind == "identification":
        return await _take_in(session, actor, case, form, opinion)
    return await _let_go(session, actor, case, form, opinion)


async def _take_in(
    session: AsyncSession, actor: Actor, case: Case, form: CountyDetermination, opinion: str
) -> Mapping[str, Any]:
    errors = []
    if form.monitored_class is None:
        errors.append(FieldError("body.evidence.class", "missing", "必填"))
    if not form.risks:
        errors.append(FieldError("body.evidence.risks", "risks_missing", "请至少选择一项风险"))
    assert case.net_income_per_head is not None  # noqa: S101 - no case comes here without its home verification
    if form.monitored_class is not None:
        errors += rules.class_errors(form.monitored_class, case.net_income_per_head, case.income_line)
    if errors:
        raise ValidationFailed(errors=errors)
    helper = await current_helper(session, case.county_code, case.household_id)
    if helper is None:
        raise HelperMissing()
    update = {"class": form.monitored_class, "risks": form.risks, "since": today(), "reason": opinion[:500]}
    # The register first: it flushes, and a case has one flush per step because its version counts them.
    await put_on_register(session, actor, case, update)
    case.monitored_class = form.monitored_class
    case.determined_risks = sorted(set(form.risks))
    return {"income_line_fen": case.income_line, "net_income_per_head_fen": case.net_income_per_head} | {
        "helper_name": helper.helper_name
    }


async def _let_go(
    session: AsyncSession, actor: Actor, case: Case, form: CountyDetermination, opinion: str
) -> Mapping[str, Any]:
    found = await criteria.of_case(session, case)
    if missing := rules.unmet(found, form.confirmed):
        findings = {criterion.code: criterion.finding for criterion in found}
        errors = [
            FieldError(
                f"body.evidence.confirmed.{code}",
                "criterion_not_met",
                "没有满足，不能消除" if findings[code] == "not_met" else "须核实后确认",
            )
            for code in missing
        ]
        raise CriteriaNotMet(errors=errors, criteria=[asdict(criterion) for criterion in found])
    household = await repository.household_of(session, case)
    since = household.monitored_since
    kept = {
        "class": household.monitored_class,
        "risks": list(household.risks),
        "since": since.isoformat() if since else None,
    }
    await put_on_register(session, actor, case, {"monitored": False, "reason": opinion[:500]})
    if case.kind == "elimination":
        # Natural elimination leaves nobody to look back at.
        await look_backs.schedule(session, case, today())
    return {"before": kept, "criteria": [asdict(criterion) for criterion in found]}


async def put_on_register(session: AsyncSession, actor: Actor, case: Case, update: dict[str, Any]) -> None:
    """Set the household's status; its history, event and audit entry come with it."""
    household = await repository.household_of(session, case)
    body = MonitoringUpdate.model_validate(update)
    await set_monitoring(session, actor, case.household_id, household.version, body)
