"""The archives as workbooks: columns and rows, pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from service_kit.exports import Column
from service_kit.money import parse_yuan

from monitoring_api.archives import words
from monitoring_api.archives.papers import LEDGER_HEAD, status_of

Row = Mapping[str, Any]

_SOURCES = (
    ("wage", "工资性收入（元）"),
    ("business", "经营净收入（元）"),
    ("property", "财产性收入（元）"),
    ("transfer", "转移性收入（元）"),
    ("rigid_expense", "刚性支出（元）"),
)

CARDS = (
    Column("村", 14),
    Column("户编号", 10),
    Column("组", 10),
    Column("户主", 10),
    Column("农户类别", 16),
    Column("风险点", 14),
    Column("住房", 10),
    Column("饮水", 10),
    Column("姓名", 10),
    Column("与户主关系", 10),
    Column("性别", 6),
    Column("出生日期", 12),
    Column("证件号码", 20),
    Column("电话", 14),
    Column("劳动能力", 14),
    Column("健康状况", 12),
    Column("文化程度", 12),
    Column("在校情况", 10),
    Column("就业", 12),
    Column("参加基本医保", 8),
    Column("状态", 8),
    Column("收入年度", 8, "number"),
    *(Column(title, 14, "money") for _, title in _SOURCES),
    *(Column(f"刚性支出：{title}（元）", 14, "money") for title in words.RIGID.values()),
    Column("人均纯收入（元）", 14, "money"),
    Column("享受政策", 24),
    Column("帮扶责任人", 12),
    Column("最近走访", 12),
)
"""One line per person; the household's own columns repeat."""

REGISTER = (
    Column("户编号", 10),
    Column("组", 10),
    Column("户主", 10),
    Column("户主证件号码", 20),
    Column("人口（人）", 8, "number"),
    Column("农户类别", 18),
    Column("风险点", 16),
    Column("住房", 12),
    Column("饮水", 12),
    Column("收入年度", 8, "number"),
    Column("人均纯收入（元）", 14, "money"),
    Column("帮扶责任人", 12),
    Column("最近走访", 12),
)

LEDGER = (
    Column("层级", 8),
    Column("代码", 14),
    Column("地区", 14),
    *(Column(title, 11, "number") for _, title in LEDGER_HEAD[1:]),
)


def member_rows(cards: Iterable[Row]) -> Iterator[Sequence[Any]]:
    for card in cards:
        newest = card["incomes"][0] if card["incomes"] else {}
        household = (
            card["village_name"],
            card["household_no"],
            card["group_name"],
            card["head_name"],
            status_of(card),
            words.joined(card["risk_names"]),
            words.DWELLING.get(card["dwelling_grade"] or ""),
            words.WATER.get(card["water_supply"] or ""),
        )
        money = (
            newest.get("year"),
            *(_fen(newest.get(name)) for name, _ in _SOURCES),
            *(_fen((newest.get("rigid_kinds") or {}).get(kind)) for kind in words.RIGID),
            _fen(card["net_income_per_head"]),
        )
        last = (
            card["helper"] and card["helper"]["name"],
            card["visits"][0]["visited_on"] if card["visits"] else None,
        )
        for member in card["members"]:
            yield (*household, *_person(member), *money, _enjoyed(card, member["id"]), *last)


def _enjoyed(card: Row, member_id: str) -> str:
    """What one person enjoys now: alone, or with the whole household."""
    return words.joined(
        row["title"] for row in card["benefits"] if row["until"] is None and row["member_id"] in (None, member_id)
    )


def _person(row: Row) -> tuple[Any, ...]:
    return (
        row["name"],
        words.RELATION[row["relation"]],
        words.SEX[row["sex"]],
        row["birth_date"],
        row["id_number_masked"],
        row["phone_masked"],
        words.LABOUR[row["labour_ability"]],
        words.HEALTH[row["health"]],
        words.EDUCATION[row["education"]],
        words.SCHOOLING[row["schooling"]],
        words.EMPLOYMENT[row["employment"]],
        words.yes(row["insured"]),
        words.MEMBER_STATE[row["state"]],
    )


def register_row(row: Row) -> Sequence[Any]:
    return (
        row["household_no"],
        row["group_name"],
        row["head_name"],
        row["head_id_number_masked"],
        row["people"],
        status_of(row),
        words.joined(row["risk_names"]),
        words.DWELLING.get(row["dwelling_grade"] or ""),
        words.WATER.get(row["water_supply"] or ""),
        row["income_year"],
        _fen(row["net_income_per_head"]),
        row["helper_name"],
        row["last_visited_on"],
    )


def ledger_rows(ledger: Mapping[str, Any], villages: Sequence[Row]) -> Iterator[Sequence[Any]]:
    below = "乡镇" if ledger["level"] == "county" else "村"
    yield _line("合计", ledger["total"])
    for row in ledger["rows"]:
        yield _line(below, row)
    for row in villages:
        yield _line("村", row)


def _line(level: str, row: Row) -> Sequence[Any]:
    return (level, row["code"], *(row[key] for key, _ in LEDGER_HEAD))


def _fen(yuan: str | None) -> int | None:
    return None if yuan is None else parse_yuan(yuan)
