"""Demo assets of Zixing: what earlier projects built, who owns and keeps it (AST-1 to AST-4). Invented throughout."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from asset_registry.terms import AssetKind, CurrentStatus, SourceLevel

from linkage_local.seed.figures import VillageFigures
from linkage_local.seed.people import AS_OF
from linkage_local.seed.villages import Household

_STEP_YUAN = 1_000


class _Sort(NamedTuple):
    """A sort of asset: its category, what it is called, and its value between two sums of whole yuan."""

    category: str
    name: str
    low: int
    high: int


_SORTS: dict[AssetKind, tuple[_Sort, ...]] = {
    "public_welfare": (
        _Sort("道路", "通组公路", 180_000, 900_000),
        _Sort("桥梁", "便民桥", 120_000, 600_000),
        _Sort("饮水", "集中供水工程", 150_000, 1_100_000),
        _Sort("水利", "灌溉水渠", 80_000, 420_000),
        _Sort("公共服务", "村级综合服务中心", 200_000, 800_000),
        _Sort("环境", "生活污水处理设施", 160_000, 700_000),
        _Sort("照明", "太阳能路灯", 40_000, 180_000),
    ),
    "operating": (
        _Sort("光伏", "村级光伏电站", 300_000, 900_000),
        _Sort("加工", "茶叶加工厂房", 400_000, 1_800_000),
        _Sort("仓储", "黄桃冷库", 300_000, 1_200_000),
        _Sort("种植", "食用菌大棚", 200_000, 700_000),
        _Sort("旅游", "村集体民宿", 500_000, 2_000_000),
        _Sort("养殖", "生态鱼养殖基地", 260_000, 950_000),
    ),
    "household": (
        _Sort("养殖", "能繁母牛", 8_000, 16_000),
        _Sort("养殖", "中华蜂箱群", 4_000, 9_000),
        _Sort("种植", "黄桃果树苗木", 3_000, 8_000),
        _Sort("农机", "微型耕作机", 3_000, 6_000),
    ),
}
_CODES: dict[AssetKind, str] = {"public_welfare": "GY", "operating": "JY", "household": "DH"}
COUNTS: dict[AssetKind, int] = {"public_welfare": 26, "operating": 22, "household": 16}
_OPERATORS = ("东江湖生态农业专业合作社", "兴农茶业专业合作社", "绿源果蔬专业合作社", "青山文旅发展有限公司")


class FundPart(NamedTuple):
    """One source of an asset's value. amount: whole yuan."""

    source_level: SourceLevel
    year: int
    amount: int
    document_number: str


@dataclass(frozen=True, slots=True)
class DemoAsset:
    """One asset; the parts sum up to its value. Fields of other kinds than its own are None."""

    region_code: str
    kind: AssetKind
    code: str
    name: str
    category: str
    parts: tuple[FundPart, ...]
    location: str
    built_on: date
    status: CurrentStatus
    title_confirmed: bool
    owner_name: str
    keeper_person: str | None = None
    upkeep_budget: int | None = None
    operator_name: str | None = None
    contract_from: date | None = None
    contract_to: date | None = None
    yearly_rent: int | None = None
    household: Household | None = None

    @property
    def value(self) -> int:
        """Original value in whole yuan."""
        return sum(part.amount for part in self.parts)


def plan_assets(villages: list[VillageFigures], households: list[Household], rng: Random) -> list[DemoAsset]:
    """The assets of the county, spread over its villages; household assets belong to lifted households."""
    lifted: dict[str, list[Household]] = {}
    for household in households:
        if household.lifted:
            lifted.setdefault(household.village_code, []).append(household)
    assets: list[DemoAsset] = []
    for kind, count in COUNTS.items():
        for position in range(count):
            village = villages[(position * 7 + len(assets)) % len(villages)]
            sort = _SORTS[kind][position % len(_SORTS[kind])]
            code = f"ZX-{_CODES[kind]}-{position + 1:04d}"
            owner = rng.choice(lifted[village.code]) if kind == "household" else None
            assets.append(_make(kind, sort, village, code, owner, rng))
    return assets


def _make(
    kind: AssetKind, sort: _Sort, village: VillageFigures, code: str, owner: Household | None, rng: Random
) -> DemoAsset:
    built = date(2017 + int(rng.random() * 9), 1 + int(rng.random() * 12), 1 + int(rng.random() * 28))
    value = (sort.low + int(rng.random() * (sort.high - sort.low))) // _STEP_YUAN * _STEP_YUAN
    parts = _parts(value, built.year, kind, rng)
    draw = rng.random()
    status: CurrentStatus = "in_use" if draw < 0.88 else "idle" if draw < 0.95 else "damaged"
    collective = f"{village.name}股份经济合作社"
    asset = DemoAsset(
        region_code=village.code,
        kind=kind,
        code=code,
        name=f"{village.name}{sort.name}（演示）",
        category=sort.category,
        parts=parts,
        location=owner.address if owner else f"{village.township_name}{village.name}",
        built_on=built,
        status=status,
        title_confirmed=rng.random() < 0.9,
        owner_name=owner.members[0].name.text if owner else collective,
        household=owner,
    )
    if kind == "public_welfare":
        return replace(asset, keeper_person=f"{village.name}管护员（演示）", upkeep_budget=max(500, value // 100))
    if kind == "operating":
        start = max(built, AS_OF - timedelta(days=int(rng.random() * 900)))
        return replace(
            asset,
            operator_name=f"{rng.choice(_OPERATORS)}（演示）",
            contract_from=start,
            contract_to=start.replace(year=start.year + rng.randint(3, 7), day=min(start.day, 28)),
            yearly_rent=value * 5 // 100 // 100 * 100,
        )
    return asset


def _parts(value: int, year: int, kind: AssetKind, rng: Random) -> tuple[FundPart, ...]:
    """Where the money came from: small assets from one source, large ones from two or three."""

    def number(level: SourceLevel) -> str:
        issuer = {"central": "湘", "provincial": "湘", "prefecture": "郴"}.get(level, "资")
        return f"演示{issuer}财预〔{year}〕{1 + int(rng.random() * 200)}号"

    levels: tuple[SourceLevel, ...]
    if kind == "household" or value < 200_000:
        levels = (rng.choice(("central", "county")),)
    else:
        levels = ("central", "provincial", "county") if value > 600_000 else ("central", "county")
    left, parts = value, []
    for level in levels[:-1]:
        amount = int(left * (0.45 + 0.2 * rng.random())) // _STEP_YUAN * _STEP_YUAN
        parts.append(FundPart(level, year, amount, number(level)))
        left -= amount
    parts.append(FundPart(levels[-1], year, left, number(levels[-1])))
    return tuple(parts)
