"""Demo visits: every monitored household several times this year, some lifted ones once (MON-5, MON-9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from service_kit.clock import SHANGHAI

from linkage_local.seed.villages import Household

GUARANTEES = ("food", "clothing", "education", "medical", "dwelling", "water")
_FIRST_DAY = datetime(2026, 2, 2, 9, 0, tzinfo=SHANGHAI)
_DAYS = 280
_LIFTED_VISITS = 170
_NOTES = {
    "illness": "大病患者在家休养，门诊用药费用较高，已提醒办理慢性病备案。",
    "disability": "残疾成员生活基本能自理，护理补贴按月到账。",
    "schooling": "子女在校就读，已核对助学补助发放情况。",
    "disaster": "受灾房屋已修缮，田间设施正在恢复。",
    "accident": "意外伤害治疗已出院，暂不能务工。",
    "business_failure": "产业受市场影响亏损，建议对接技术指导。",
    "unstable_job": "务工岗位不稳定，已推荐县内用工信息。",
    "dwelling": "住房有局部裂缝，已上报鉴定。",
    "water": "枯水季供水不稳，已联系水利站。",
}
_PLAIN_NOTES = ("家庭生活正常，政策已当面讲解。", "收入稳定，无新增困难。", "黄桃、茶叶销售顺利，生活有保障。")


@dataclass(frozen=True, slots=True)
class DemoVisit:
    """One visit. findings has the shape of the visit form, version 1; offset_ms is the phone's clock error."""

    household: Household
    visited_at: datetime
    findings: dict[str, Any]
    offset_ms: int


def plan_visits(households: list[Household], rng: Random) -> list[DemoVisit]:
    """Visits in the order of their time."""
    monitored = [household for household in households if household.monitored]
    lifted = [household for household in households if household.kind == "lifted"]
    wanted = [household for household in monitored for _ in range(2 + int(rng.random() * 2))]
    wanted += rng.sample(lifted, min(_LIFTED_VISITS, len(lifted)))
    visits = [
        DemoVisit(household, _moment(rng), _findings(household, rng), int(rng.random() * 4_000) - 2_000)
        for household in wanted
    ]
    return sorted(visits, key=lambda visit: visit.visited_at)


def _moment(rng: Random) -> datetime:
    return _FIRST_DAY + timedelta(days=int(rng.random() * _DAYS), minutes=int(rng.random() * 480))


def _findings(household: Household, rng: Random) -> dict[str, Any]:
    changed = household.monitored and rng.random() < 0.25
    broken = {"dwelling", "water"} & set(household.risks)
    note = _NOTES[household.risks[0]] if household.risks else rng.choice(_PLAIN_NOTES)
    return {
        "income_changed": changed,
        "income_note": "医疗支出增加，收入较上季度下降（演示）" if changed else "",
        "guarantees_ok": {name: name not in broken for name in GUARANTEES},
        "risks": list(household.risks),
        "note": f"{note}（演示）",
    }
