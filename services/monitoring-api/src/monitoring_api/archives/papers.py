"""From what the database gives to what stands on paper, pure: every cell as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitoring_api.archives import words

Row = Mapping[str, Any]

LEDGER_HEAD = (
    ("name", "地区"),
    ("households", "农户（户）"),
    ("people", "人口（人）"),
    ("lifted_households", "脱贫户（户）"),
    ("lifted_people", "脱贫人口（人）"),
    ("monitored_households", "监测户（户）"),
    ("monitored_people", "监测人口（人）"),
    ("eliminated", "风险消除（户）"),
    ("unsafe_dwellings", "危房（户）"),
    ("unsafe_water", "饮水不安全（户）"),
    ("dropouts", "失学辍学（人）"),
    ("uninsured", "未参保（人）"),
    ("without_helper", "监测户无帮扶人（户）"),
    ("open_cases", "在办（件）"),
    ("visits_this_year", "本年走访（次）"),
)


def status_of(household: Row) -> str:
    """脱贫户、监测对象 with its class, or 一般农户."""
    said = [words.STATUS["lifted"]] if household["lifted"] else []
    if household["monitored"]:
        said.append(household["monitored_class_name"] or words.STATUS["monitored"])
    return words.joined(said) or words.STATUS["ordinary"]


def total_income(income: Row) -> str:
    """Sum of the four sources, from and to yuan strings."""
    fen = sum(_fen(income[name]) for name in ("wage", "business", "property", "transfer"))
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


def card(household: Row) -> dict[str, Any]:
    """One household card."""
    place = " ".join(filter(None, (household["county_name"], household["township_name"], household["village_name"])))
    return {
        "head": household["head_name"] or "",
        "place": place,
        "number": household["household_no"],
        "facts": [
            ["户主", household["head_name"]],
            ["户编号", household["household_no"]],
            ["村民小组", household["group_name"]],
            ["住址", household["address"]],
            ["农户类别", status_of(household)],
            ["脱贫年度", household["lifted_year"]],
            ["监测时间", household["monitored_since"]],
            ["风险点", words.joined(household["risk_names"])],
            ["在册人口", f"{household['people']} 人"],
            ["住房等级", words.DWELLING.get(household["dwelling_grade"] or "")],
            ["饮水情况", words.WATER.get(household["water_supply"] or "")],
            ["人均纯收入", household["net_income_per_head"] and f"{household['net_income_per_head']} 元"],
        ],
        "members": [_member(number, row) for number, row in enumerate(household["members"], start=1)],
        "incomes": [_income(row) for row in household["incomes"]],
        "rigid": [_rigid(row) for row in household["incomes"] if row["rigid_kinds"]],
        "benefits": [_benefit(row) for row in household["benefits"]],
        "helper": _helper(household["helper"]),
        "visits": [_visit(row) for row in household["visits"]],
        "cases": [_case(row) for row in household["cases"]],
        "demo": household["demo"],
    }


def _member(number: int, row: Row) -> list[Any]:
    school = words.SCHOOLING[row["schooling"]] if row["schooling"] != "none" else words.EDUCATION[row["education"]]
    work = words.EMPLOYMENT[row["employment"]]
    name = row["name"] if row["state"] == "present" else f"{row['name']}（{words.MEMBER_STATE[row['state']]}）"
    return [
        number,
        name,
        words.RELATION[row["relation"]],
        words.SEX[row["sex"]],
        row["birth_date"],
        row["id_number_masked"],
        words.LABOUR[row["labour_ability"]],
        words.HEALTH[row["health"]],
        school,
        work,
        words.yes(row["insured"]),
        row["phone_masked"],
    ]


def _income(row: Row) -> list[Any]:
    return [
        row["year"],
        *(row[name] for name in ("wage", "business", "property", "transfer")),
        total_income(row),
        row["rigid_expense"],
    ]


def _rigid(row: Row) -> list[Any]:
    return [row["year"], *(row["rigid_kinds"][kind] for kind in words.RIGID), row["rigid_expense"]]


def _benefit(row: Row) -> list[Any]:
    period = f"{row['since']} 至 {row['until']}" if row["until"] else f"{row['since']} 起"
    whom = row["member_name"] or "全户"
    return [words.BENEFIT[row["kind"]], row["title"], whom, period, row["yearly_amount"], row["source"], row["note"]]


def _helper(row: Row | None) -> str:
    return f"{row['name']}（{row['unit']}），{row['since']} 起" if row else ""


def _visit(row: Row) -> list[Any]:
    troubles = [words.GUARANTEE[name] for name in row["not_ok"]] + list(row["risks"])
    return [row["visited_on"], row["visitor_name"], words.joined(troubles) or "未发现问题", row["note"]]


def _case(row: Row) -> list[Any]:
    kind, state = words.CASE_KIND.get(row["kind"], row["kind"]), words.CASE_STATE.get(row["state"], row["state"])
    return [row["opened_on"], kind, row["difficulty"], state, row["class_name"], row["closed_on"]]


def register(ledger: Sequence[Row], rows: Sequence[Row]) -> dict[str, Any]:
    """A village register: what the village comes to, and a line for each household."""
    return {
        "facts": [[title, ledger[0][key]] for key, title in LEDGER_HEAD[1:]] if ledger else [],
        "rows": [
            [
                number,
                row["household_no"],
                row["group_name"],
                row["head_name"],
                row["head_id_number_masked"],
                row["people"],
                status_of(row),
                words.joined(row["risk_names"]),
                (row["dwelling_grade"] or "") and f"{row['dwelling_grade']}级",
                words.WATER.get(row["water_supply"] or ""),
                row["net_income_per_head"],
                row["helper_name"],
                row["last_visited_on"],
            ]
            for number, row in enumerate(rows, start=1)
        ],
    }


def ledger(found: Mapping[str, Any], villages: Sequence[Row]) -> dict[str, Any]:
    """A township's or county's paper; ``villages`` follow the townships of a county."""
    return {
        "level": found["level"],
        "head": [title for _, title in LEDGER_HEAD],
        "total": _ledger_line(found["total"] | {"name": "合计"}),
        "rows": [_ledger_line(row) for row in found["rows"]],
        "classes": [[row["name"], row["households"], row["people"]] for row in found["classes"]],
        "villages": [_ledger_line(row) for row in villages],
    }


def _ledger_line(row: Row) -> list[Any]:
    return [row[key] for key, _ in LEDGER_HEAD]
