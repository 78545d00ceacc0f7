"""Demo: the policies that lifted and monitored households enjoy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from monitoring_api.terms import BenefitKind
from service_kit.bulk import copy_rows

from linkage_local.context import SeedContext
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.incomes import BELOW_LINE, FEN
from linkage_local.seed.loading import owner_transaction
from linkage_local.seed.rows import LOADED_AT
from linkage_local.seed.villages import Household

_COLUMNS = (
    "county_code", "id", "household_id", "village_code", "member_id", "kind", "title", "since", "until",
    "yearly_amount", "source", "note", "demo", "created_at", "updated_at", "version",
)  # fmt: skip
_EVERY_LIFTED = 8
"""One lifted household in so many has policies on record."""

_Benefit = tuple[BenefitKind, str, date, date | None, int | None, str]
"""Kind, title, first day, last day, yuan a year, department."""

_LOW: _Benefit = ("subsistence_allowance", "农村低保", date(2024, 1, 1), None, 5_400, "市民政局")
_INSURANCE: _Benefit = ("prevention_insurance", "防贫综合保险", date(2026, 1, 1), None, None, "市农业农村局")
_RENOVATION: _Benefit = (
    "dwelling_renovation", "农村危房改造补助", date(2023, 3, 1), date(2023, 12, 31), 30_000, "市住房和城乡建设局",
)  # fmt: skip
_INDUSTRY: _Benefit = ("industry_support", "黄桃产业奖补", date(2025, 3, 1), None, 1_200, "市农业农村局")
_YULU: _Benefit = ("education_aid", "雨露计划职业教育补助", date(2025, 9, 1), None, 3_000, "市农业农村局")
_POST: _Benefit = ("welfare_post", "保洁员公益性岗位", date(2025, 1, 1), None, 9_600, "市人力资源和社会保障局")
_MEDICAL: _Benefit = ("medical_aid", "大病医疗救助", date(2025, 6, 1), None, 4_000, "市医疗保障局")


async def load_benefits(ctx: SeedContext, county: CountySeed, households: list[Household]) -> None:
    """Policies enjoyed; nothing when the county has some already."""
    async with owner_transaction(ctx, "monitoring") as connection:
        if await connection.fetchval(
            "SELECT EXISTS (SELECT FROM policy_benefit WHERE county_code = $1)", county.county_code
        ):
            return
        await copy_rows(connection, "policy_benefit", _COLUMNS, _rows(county, households))


def _rows(county: CountySeed, households: list[Household]) -> Iterator[tuple[object, ...]]:
    ids = county.ids("benefit", 40)
    lifted = 0
    for household in households:
        lifted += household.lifted
        if not household.monitored and not (household.lifted and lifted % _EVERY_LIFTED == 0):
            continue
        for member_id, (kind, title, since, until, yuan, source) in _enjoyed(household):
            yield (
                county.county_code, ids.take(), household.id, household.village_code, member_id, kind, title, since,
                until, None if yuan is None else yuan * FEN, source, "演示数据", True, LOADED_AT, LOADED_AT, 1,
            )  # fmt: skip


def _enjoyed(household: Household) -> Iterator[tuple[object, _Benefit]]:
    """Each with the member whom it is for; None for the whole household."""
    if household.monitored:
        yield None, _INSURANCE
        if household.kind in BELOW_LINE:
            yield None, _LOW
        if "illness" in household.risks:
            yield household.members[0].id, _MEDICAL
    else:
        yield None, _INDUSTRY
    if household.dwelling_grade == "B" and household.lifted:
        yield None, _RENOVATION
    for person in household.members:
        if person.schooling == "vocational":
            yield person.id, _YULU
        if person.employment == "welfare_post":
            yield person.id, _POST
