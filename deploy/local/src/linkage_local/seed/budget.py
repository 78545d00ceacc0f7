"""Demo budget of Zixing for two years: documents that bring money, and how it is given to townships and villages.

Invented, of a realistic size, and named 演示; only the county's own 3,500 万元 a year is a figure of the Zixing plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import NamedTuple

from funds_ledger.terms import Purpose, SourceLevel

from linkage_local.seed.figures import VillageFigures

FLOOR_BP = 5500
FLOOR_BASIS = {
    2025: "演示设定：中央衔接资金用于产业的比重不低于55%（见《沅江市乡村振兴局2022年工作要点》）",
    2026: "演示设定：2026年起由省确定产业比重，暂按55%执行",
}
_STEP_YUAN = 1_000
LIBRARY_FROM = date(2026, 7, 1)
"""Since when money of that year goes only to planned projects; the documents below are allocated before."""


class Document(NamedTuple):
    """A budget document. amount: whole yuan. spent and industry: shares of it that the demo allocates.

    waited: days from the receipt to the allocation.
    """

    year: int
    source_level: SourceLevel
    number: str
    title: str
    issued_on: date
    received_on: date
    amount: int
    direct: bool
    spent: float
    industry: float
    waited: int


DOCUMENTS = (
    Document(2025, "central", "演示湘财预〔2024〕312号", "提前下达2025年中央财政衔接推进乡村振兴补助资金（演示）",
             date(2024, 11, 28), date(2024, 12, 6), 18_600_000, True, 1.0, 0.61, 24),
    Document(2025, "central", "演示湘财预〔2025〕67号", "下达2025年中央财政衔接推进乡村振兴补助资金（第二批）（演示）",
             date(2025, 4, 21), date(2025, 4, 28), 10_000_000, True, 0.96, 0.6, 31),
    Document(2025, "provincial", "演示湘财预〔2025〕18号", "下达2025年省级财政衔接推进乡村振兴补助资金（演示）",
             date(2025, 2, 26), date(2025, 3, 5), 14_200_000, False, 0.97, 0.58, 40),
    Document(2025, "prefecture", "演示郴财预〔2025〕43号", "下达2025年郴州市级财政衔接资金（演示）",
             date(2025, 5, 12), date(2025, 5, 19), 4_800_000, False, 1.0, 0.5, 28),
    Document(2025, "county", "演示资财预〔2025〕9号", "2025年资兴市本级财政衔接资金预算（演示）",
             date(2025, 1, 20), date(2025, 1, 22), 35_000_000, False, 0.95, 0.46, 52),
    Document(2026, "central", "演示湘财预〔2025〕298号", "提前下达2026年中央财政常态化帮扶资金（演示）",
             date(2025, 11, 26), date(2025, 12, 3), 19_800_000, True, 0.98, 0.6, 26),
    Document(2026, "central", "演示湘财预〔2026〕71号", "下达2026年中央财政常态化帮扶资金（第二批）（演示）",
             date(2026, 4, 17), date(2026, 4, 24), 11_400_000, True, 0.7, 0.62, 33),
    Document(2026, "provincial", "演示湘财预〔2026〕22号", "下达2026年省级财政常态化帮扶资金（演示）",
             date(2026, 3, 3), date(2026, 3, 10), 15_600_000, False, 0.85, 0.57, 38),
    Document(2026, "prefecture", "演示郴财预〔2026〕38号", "下达2026年郴州市级财政常态化帮扶资金（演示）",
             date(2026, 5, 8), date(2026, 5, 14), 5_200_000, False, 0.8, 0.5, 30),
    Document(2026, "county", "演示资财预〔2026〕7号", "2026年资兴市本级财政常态化帮扶资金预算（演示）",
             date(2026, 1, 19), date(2026, 1, 21), 35_000_000, False, 0.72, 0.45, 45),
)  # fmt: skip

_TITLES: dict[Purpose, tuple[str, ...]] = {
    "industry": (
        "黄桃标准化果园提质", "高山茶园改造", "油茶低产林改造", "东江湖蜜橘保鲜库建设", "茶叶初制加工厂扩建",
        "食用菌大棚建设", "生态鱼养殖基地", "冷链仓储设施", "中药材种植基地", "村集体民宿改造", "竹木加工车间扩建",
        "蔬菜育苗基地",
    ),
    "infrastructure": (
        "组级道路硬化", "饮水安全巩固提升", "灌溉水渠维修", "便民桥建设", "机耕道建设", "河堤护岸修复",
    ),
    "public_service": ("农村人居环境整治", "村卫生室改造", "便民服务中心修缮", "生活污水处理设施", "幸福屋场建设"),
    "other": ("产业发展带头人培训", "防返贫监测信息采集", "雨露计划补助"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One allocation of the demo. amount: whole yuan."""

    region_code: str
    purpose: Purpose
    title: str
    amount: int


def plan_lines(document: Document, villages: list[VillageFigures], rng: Random) -> list[Line]:
    """How the demo spends one document: more to villages with more lifted people and to key villages (FND-3).

    The lines sum up to ``amount × spent`` exactly, of which the industry part is rounded up to a thousand yuan.
    """
    total = int(document.amount * document.spent) // _STEP_YUAN * _STEP_YUAN
    industry = -(-int(total * document.industry) // _STEP_YUAN) * _STEP_YUAN
    rest = total - industry
    public_service = rest * 3 // 10 // _STEP_YUAN * _STEP_YUAN
    other = rest // 20 // _STEP_YUAN * _STEP_YUAN
    townships = sorted({village.code[:9] for village in villages})
    parts: tuple[tuple[Purpose, int, dict[str, int]], ...] = (
        ("industry", industry, _weights(villages, 5, document.amount, rng)),
        ("infrastructure", rest - public_service - other, _weights(villages, 4, document.amount, rng)),
        ("public_service", public_service, _weights(villages, 2, document.amount, rng)),
        ("other", other, {rng.choice(townships): 1}),
    )
    lines = []
    for purpose, amount, weights in parts:
        for region, share in _share_out(amount, weights).items():
            title = f"{document.year}年{rng.choice(_TITLES[purpose])}项目（演示）"
            lines.append(Line(region, purpose, title, share))
    return lines


def _weights(villages: list[VillageFigures], count: int, amount: int, rng: Random) -> dict[str, int]:
    """Villages that get something and their weight; more of them from a larger document."""
    chosen = rng.sample(villages, min(len(villages), count + amount // 4_000_000))
    return {
        village.code: village.lifted_people * (3 if "key_assistance" in village.types else 2)
        for village in sorted(chosen, key=lambda village: village.code)
    }


def _share_out(amount: int, weights: dict[str, int]) -> dict[str, int]:
    """Split by weight in steps of a thousand yuan; the first takes what rounding leaves. Empty shares fall out."""
    whole = sum(weights.values())
    shares = {region: amount * weight // whole // _STEP_YUAN * _STEP_YUAN for region, weight in weights.items()}
    shares[next(iter(shares))] += amount - sum(shares.values())
    return {region: share for region, share in shares.items() if share}
