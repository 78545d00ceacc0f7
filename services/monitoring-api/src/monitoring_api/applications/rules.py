"""Self-applications 自主申请, pure: where one stands, and what its applicant is told (MON-5).

An application is *to be checked* until it is known whose household it is about; *accepted* when it has a case; refused
with a reason; or withdrawn by who brought it.

What the applicant sees is made so that nobody learns from it whether a household is on the register, has a case
already or is monitored: until the village has done its part, all three look like a new application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from service_kit.calendar import add_working_days

from monitoring_api.policy.rules import STAGES

State = Literal["to_check", "accepted", "refused", "withdrawn"]
StepState = Literal["done", "current", "waiting"]
Result = Literal["accepted", "refused", "withdrawn"]

PUBLIC_STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("提交申请", ("application",)),
    ("村级入户核实", ("home_verification",)),
    ("村级评议公示", ("village_review", "notice")),
    ("乡镇（街道）审核", ("township_review",)),
    ("县级审定", ("county_determination",)),
)
"""The steps as the applicant knows them, and the stages of a case that each stands for."""

RESULTS: Mapping[Result, str] = {
    "accepted": "经县级审定，符合条件，已纳入监测帮扶。村（社区）会与您联系落实帮扶措施。",
    "refused": "经审核，目前不符合条件，不予纳入。情况有变化时可以再次申请。",
    "withdrawn": "申请已撤回，不再办理。需要时可以再次申请。",
}
ASK_THE_VILLAGE = "详情请向村（社区）咨询。"


def check_by(received: date, time_limits: Mapping[str, int]) -> date:
    """Last day for the village's part; the limit starts with the receipt, whenever somebody gets to it."""
    return add_working_days(received, time_limits["home_verification"])


@dataclass(frozen=True, slots=True)
class PublicStep:
    name: str
    state: StepState
    on: date | None
    """The day it was done."""
    due_on: date | None
    """Last day of the time limit of the step that is under way."""


def public_steps(*, received: date, at_stage: str, done: Mapping[str, date], due_on: date | None) -> list[PublicStep]:
    """The applicant's view of the way.

    Args:
        at_stage: the stage that is under way; one that is none ends the way: what was done is done, no more is to come.
        done: stage → day on which it was last completed.
    """
    reached = STAGES.index(at_stage) if at_stage in STAGES else None
    found = [PublicStep("提交申请", "done", received, None)]
    for name, stages in PUBLIC_STEPS[1:]:
        first, last = (STAGES.index(stage) for stage in (stages[0], stages[-1]))
        if reached is not None and first <= reached <= last:
            found.append(PublicStep(name, "current", None, due_on))
        elif stages[-1] in done and (reached is None or last < reached):
            found.append(PublicStep(name, "done", done[stages[-1]], None))
        else:
            found.append(PublicStep(name, "waiting", None, None))
    return found
