"""What all acts on a case share: moving it with its step of history, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from service_kit import audit
from service_kit.clock import SHANGHAI, now
from service_kit.db import ReadConnection
from service_kit.queue import raw_connection
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.casework import rules, views
from monitoring_api.casework.models import Case, CaseNotice, CaseStep
from monitoring_api.casework.schemas import Case as CaseRead


def arrive(case: Case, state: rules.State, at: datetime, *, notice_ends: date | None = None) -> None:
    """Put the case at a step, with who takes it and by when, or at its end."""
    stage: Any = state if rules.is_open(state) else None
    case.state = state
    case.state_since = at
    case.is_open = stage is not None
    case.closed_at = None if stage else at
    case.roles = list(case.rules["approvers"][stage]) if stage else []
    entered = at.astimezone(SHANGHAI).date()
    case.due_on = rules.due_on(stage, entered, case.rules["time_limits"], notice_ends) if stage else None


async def write_step(
    session: AsyncSession,
    actor: Actor,
    case: Case,
    action: rules.Action,
    *,
    before: str | None,
    opinion: str,
    evidence: Mapping[str, Any] | None,
    due_on: date | None,
    notice: CaseNotice | None = None,
) -> None:
    """Flush the move, then add its step and its audit entry (which carries no opinions and no evidence)."""
    await session.flush()
    session.add(
        CaseStep(
            county_code=case.county_code,
            case_id=case.id,
            village_code=case.village_code,
            seq=case.version,
            previous_seq=case.version - 1 or None,
            from_state=before,
            to_state=case.state,
            action=action,
            opinion=opinion,
            evidence=dict(evidence) if evidence is not None else None,
            at=case.state_since,
            actor_id=actor.id,
            actor_name=actor.name,
            actor_role=actor.role,
            actor_region=actor.region,
            due_on=due_on,
            notice_id=notice.id if notice else None,
            notice_closed_on=notice.closed_on if notice else None,
        )
    )
    await session.flush()
    await audit.record(
        session,
        actor,
        action=f"case.{action}",
        subject_type="case",
        subject_id=case.id,
        region_code=case.village_code,
        detail={"kind": case.kind, "from": before, "to": case.state, "seq": case.version},
    )


async def answer(session: AsyncSession, actor: Actor, county_code: str, case_id: UUID) -> bytes:
    """The case as it stands in this transaction."""
    connection = ReadConnection(await raw_connection(session))
    found = await views.get_case(connection, actor, county_code, case_id, now().date())
    if found is None:
        raise LookupError("a case that was just written is not readable")
    return found[0]


async def current(session: AsyncSession, actor: Actor, case: Case) -> Any:
    """The case as data, for a refusal that shows it."""
    return orjson.loads(await answer(session, actor, case.county_code, case.id))


async def read(session: AsyncSession, actor: Actor, case: Case) -> CaseRead:
    return CaseRead.model_validate_json(await answer(session, actor, case.county_code, case.id))
