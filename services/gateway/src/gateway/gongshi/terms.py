"""Words for notices."""

from __future__ import annotations

from datetime import date

from gateway.clients import SERVICE_TITLES, ServiceName

KIND_NAMES: dict[ServiceName, dict[str, str]] = {
    "monitoring": {"monitoring.case_notice": "监测对象评议公示"},
    "assets": {},
    "funds": {
        "funds.allocation": "资金分配公告",
        "funds.allocation_reversal": "资金分配撤销公告",
        "funds.library_entry": "拟入库项目公示",
        "funds.yearly_plan": "年度项目计划公示",
        "funds.adjustment": "项目调整公示",
        "funds.withdrawal": "拟退库项目公示",
        "funds.completion": "项目完工公示",
    },
}
"""What each service publishes. A kind that is not here is shown under the name of its service."""


def kind_name(service: ServiceName, kind: str) -> str:
    return KIND_NAMES[service].get(kind) or SERVICE_TITLES[service]


def service_of(kind: str) -> ServiceName | None:
    """The service that publishes a kind; a service's own name stands for all its kinds."""
    for service, kinds in KIND_NAMES.items():
        if kind == service or kind in kinds:
            return service
    return None


def long_date(day: date) -> str:
    """As documents write it: 2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def state_of(starts_on: date, ends_on: date | None, on: date) -> tuple[str, str]:
    """Style and word for where a notice stands on a day."""
    if ends_on is None:
        return "now", "长期公开"
    if on < starts_on:
        return "soon", "即将开始"
    return ("now", "公示中") if on <= ends_on else ("over", "公示期满")


def period_of(starts_on: date, ends_on: date | None) -> str:
    """First and last day of the notice period, both included."""
    if ends_on is None:
        return f"{long_date(starts_on)}起长期公开"
    return f"{long_date(starts_on)}至{long_date(ends_on)}"
