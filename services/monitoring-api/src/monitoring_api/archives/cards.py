"""Household cards 户卡: any number of them in one statement, everything the register knows of each."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

import orjson
from service_kit.clock import today
from service_kit.crypto import FieldCrypto
from service_kit.db import ReadConnection

from monitoring_api.benefits.views import benefits_of
from monitoring_api.households.views import INCOME_FIELDS, MEMBER_FIELDS, family
from monitoring_api.policy.views import names_of_risks, words
from monitoring_api.sql import Statement, yuan
from monitoring_api.terms import Status

_MINE = "{0}.county_code = h.county_code AND {0}.household_id = h.id AND {0}.village_code = h.village_code"
_DAY = "({0} AT TIME ZONE 'Asia/Shanghai')::date"
_PER_HEAD = yuan(
    "floor((i.wage + i.business + i.property + i.transfer - i.rigid_expense)::numeric / nullif(f.people, 0))"
)
_SECRETS = ", 'id_number', encode(m.id_number, 'base64'), 'phone', encode(m.phone, 'base64')"


def _card(statement: Statement, *, secrets: bool, visits: int) -> str:
    """SQL of one card's JSON, of household ``h`` with its ``family`` and the names of its regions."""

    def mine(alias: str) -> str:
        return f"{statement.county(alias)} AND {_MINE.format(alias)}"

    found = "ARRAY(SELECT jsonb_array_elements_text(v.findings -> 'risks'))"
    return f"""
    jsonb_build_object(
        'id', h.id, 'household_no', h.household_no, 'village_code', h.village_code,
        'village_name', coalesce(rv.name, ''), 'township_name', coalesce(rt.name, ''),
        'county_name', coalesce(rc.name, ''), 'group_name', h.group_name, 'address', h.address,
        'dwelling_grade', h.dwelling_grade, 'water_supply', h.water_supply, 'lifted', h.lifted,
        'lifted_year', h.lifted_year, 'monitored', h.monitored, 'monitored_class_name', mc.name,
        'monitored_since', h.monitored_since, 'risk_names', {names_of_risks("h", "h.risks")},
        'head_name', f.head_name, 'people', f.people, 'demo', h.demo,
        'net_income_per_head', (
            SELECT {_PER_HEAD} FROM household_income i WHERE {mine("i")} ORDER BY i.year DESC LIMIT 1),
        'incomes', (
            SELECT coalesce(json_agg(json_build_object({INCOME_FIELDS}) ORDER BY i.year DESC), '[]')
            FROM household_income i WHERE {mine("i")}),
        'members', (
            SELECT coalesce(json_agg(json_build_object({MEMBER_FIELDS}{_SECRETS if secrets else ""})
                ORDER BY m.is_head DESC, m.birth_date, m.id), '[]')
            FROM household_member m WHERE {mine("m")}),
        'benefits', {benefits_of(statement)},
        'helper', (
            SELECT json_build_object('name', a.helper_name, 'unit', a.helper_unit, 'since', a.since)
            FROM helper_assignment a WHERE {mine("a")} AND a.until IS NULL),
        'visits', (
            SELECT coalesce(json_agg(json_build_object(
                'visited_on', {_DAY.format("v.visited_at")}, 'visitor_name', v.visitor_name,
                'note', v.findings ->> 'note', 'risks', {names_of_risks("h", found)},
                'not_ok', (SELECT coalesce(json_agg(g.key), '[]')
                           FROM jsonb_each_text(v.findings -> 'guarantees_ok') g WHERE g.value = 'false')
                ) ORDER BY v.visited_at DESC), '[]')
            FROM (SELECT v.* FROM visit v WHERE {mine("v")} ORDER BY v.visited_at DESC, v.id DESC LIMIT {visits}) v),
        'cases', (
            SELECT coalesce(json_agg(json_build_object(
                'id', c.id, 'kind', c.kind, 'state', c.state, 'opened_on', {_DAY.format("c.opened_at")},
                'closed_on', {_DAY.format("c.closed_at")}, 'difficulty', c.difficulty,
                'class_name', c.rules -> 'class_names' ->> c.monitored_class,
                'net_income_per_head', {yuan("c.net_income_per_head")}) ORDER BY c.opened_at DESC), '[]')
            FROM monitoring_case c WHERE {mine("c")})
    )"""  # noqa: S608 - our own text, values are arguments


def _select(statement: Statement, source: str, *, secrets: bool, visits: int) -> str:
    return f"""
    WITH {words(statement, today())}
    SELECT {_card(statement, secrets=secrets, visits=visits)}::text AS card, h.village_code, h.household_no
    FROM ({source}) h
    LEFT JOIN region rv ON rv.code = h.village_code
    LEFT JOIN region rt ON rt.code = left(h.village_code, 9)
    LEFT JOIN region rc ON rc.code = h.county_code
    LEFT JOIN class_word mc ON mc.county_code = h.county_code AND mc.code = h.monitored_class
    {family(statement)}
    ORDER BY h.county_code, h.village_code, h.household_no"""  # noqa: S608 - our own text, values are arguments


def chosen(statement: Statement, status: Status | None) -> str:
    """Condition on household ``h``: those of the statement's region with a status."""
    condition = f"{statement.inside('h')} AND h.state = 'active'"
    match status:
        case "lifted":
            condition += " AND h.lifted"
        case "monitored":
            condition += " AND h.monitored"
        case "ordinary":
            condition += " AND NOT h.lifted AND NOT h.monitored"
    return condition


async def count_cards(db: ReadConnection, region: str, status: Status | None, at_most: int) -> int:
    """How many cards there are, counted no further than ``at_most + 1``."""
    statement = Statement(region)
    found: int = await db.value(
        f"SELECT count(*) FROM (SELECT 1 FROM household h WHERE {chosen(statement, status)} LIMIT {at_most + 1}) t",  # noqa: S608
        *statement.args,
    )
    return found


async def one_card(
    db: ReadConnection, region: str, household_id: UUID, *, secrets: bool = False, visits: int = 20
) -> bytes | None:
    """JSON of a ``HouseholdCard``; None when there is no such household in the region."""
    statement = Statement(region)
    wanted = statement.arg(household_id)
    source = f"SELECT h.* FROM household h WHERE {statement.inside('h')} AND h.id = {wanted}"  # noqa: S608
    row = await db.row(_select(statement, source, secrets=secrets, visits=visits), *statement.args)
    return None if row is None else row["card"].encode()


async def some_cards(
    db: ReadConnection,
    region: str,
    status: Status | None,
    after: tuple[str, str] | None,
    limit: int,
    *,
    secrets: bool = False,
) -> tuple[list[dict[str, Any]], tuple[str, str] | None]:
    """The next cards in the order of village and number, and the key to go on after; None at the end."""
    statement = Statement(region)
    condition = chosen(statement, status)
    if after is not None:
        village, number = (statement.arg(value) for value in after)
        condition += f" AND (h.village_code, h.household_no) > ({village}, {number})"
    source = (
        f"SELECT h.* FROM household h WHERE {condition}"  # noqa: S608 - our own text, values are arguments
        f" ORDER BY h.county_code, h.village_code, h.household_no LIMIT {statement.arg(limit)}"
    )
    rows = await db.rows(_select(statement, source, secrets=secrets, visits=5), *statement.args)
    cards = [orjson.loads(row["card"]) for row in rows]
    last = (rows[-1]["village_code"], rows[-1]["household_no"]) if len(rows) == limit else None
    return cards, last


def reveal_numbers(crypto: FieldCrypto, card: dict[str, Any]) -> None:
    """Replace the masks of a card that was read with ``secrets`` by the numbers themselves."""
    for member in card["members"]:
        for name in ("id_number", "phone"):
            if stored := member.pop(name, None):
                member[f"{name}_masked"] = crypto.decrypt(base64.b64decode(stored))
