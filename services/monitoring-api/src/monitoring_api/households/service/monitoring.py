"""Administrative correction of the monitored status. The five-step identification is another act."""

from __future__ import annotations

from uuid import UUID

from service_kit.clock import now, today
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.assistance.lifecycle import follow
from monitoring_api.errors import MonitoringInvalid
from monitoring_api.households import repository
from monitoring_api.households.rules import changes_between, monitoring_errors
from monitoring_api.households.schemas import MonitoringUpdate
from monitoring_api.households.service import records
from monitoring_api.households.service.register import Written
from monitoring_api.look_backs import service as look_backs
from monitoring_api.policy.service import known_risks
from monitoring_api.terms import Act


async def set_monitoring(
    session: AsyncSession,
    actor: Actor,
    household_id: UUID,
    expected: int,
    body: MonitoringUpdate,
) -> Written:
    """Set or clear class, risks and date. Nothing changed means no new version.

    Raises:
        NotFound.
        VersionMismatch: with the household as it stands and what was sent.
        MonitoringInvalid: by the catalogues of classes and risks.
    """
    household = await repository.lock_household(session, actor, household_id)
    if household.version != expected:
        view = await records.current_card(session, household)
        yours = body.model_dump(mode="json", by_alias=True)
        check_version(household.version, expected, current_view=view, yours=yours)
    before = records.monitoring_view(household)
    errors = monitoring_errors(
        body,
        today=today(),
        lifted=household.lifted,
        classes=await repository.monitored_classes(session),
        kinds=await known_risks(session, household.county_code),
    )
    if errors:
        raise MonitoringInvalid(errors=errors)
    household.monitored = body.monitored
    household.monitored_class = body.monitored_class
    household.risks = sorted(set(body.risks))
    household.monitored_since = body.since
    changes = changes_between(before, records.monitoring_view(household))
    if not changes:
        return Written(*await records.card(session, household), created=False)
    household.updated_at = now()
    act: Act = "monitoring_set" if household.monitored else "monitoring_cleared"
    await records.write_history(session, actor, household, act, changes, reason=body.reason)
    await follow(session, household)
    if household.monitored and not before["monitored"]:
        await look_backs.stop(session, household, "重新纳入监测")
    changed = {change["field"] for change in changes}
    if "monitored" in changed:
        await records.announce(session, household, "monitoring" if household.monitored else "eliminated")
    elif "class" in changed:
        await records.announce(session, household, "class")
    return Written(*await records.card(session, household), created=False)
