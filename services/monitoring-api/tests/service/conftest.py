"""A running monitoring service on a fresh database with a few regions, and factories for what clerks send."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from datetime import date
from typing import Any

import orjson
import pytest
from monitoring_api.main import SPEC
from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.kit_tables import region
from service_kit.pinyin import initials
from service_kit.region import level_of, parent_of
from service_kit.testing import ServiceUnderTest, service_fixture
from service_kit.validators import resident_id_check_digit
from sqlalchemy import insert

bare_service = service_fixture(SPEC)

REGIONS = {
    "43": "湖南省",
    "4310": "郴州市",
    "431081": "资兴市",
    "431081106": "州门司镇",
    "431081106226": "道塘村",
    "431081106217": "水南村",
    "431081105": "兴宁镇",
    "431081105235": "十龙潭村",
    "431003": "苏仙区",
    "431003101": "坳上镇",
    "431003101201": "坳上村",
}


@pytest.fixture
async def service(bare_service: ServiceUnderTest) -> ServiceUnderTest:
    async with bare_service.session() as session:
        await session.execute(
            insert(region),
            [
                {
                    "code": code,
                    "name": name,
                    "level": level_of(code),
                    "parent_code": parent_of(code),
                    "initials": initials(name),
                    "updated_at": now(),
                }
                for code, name in REGIONS.items()
            ],
        )
    return bare_service


_serial = itertools.count(1)


@pytest.fixture
def id_number() -> Callable[..., str]:
    """A valid identity number, another one each time."""

    def make(born: date = date(1980, 5, 6), sex: str = "male") -> str:
        serial = next(_serial) % 500 * 2 + (1 if sex == "male" else 0)
        first = f"{431000 + next(_serial) % 900}{born:%Y%m%d}{serial:03d}"
        return first + resident_id_check_digit(first)

    return make


@pytest.fixture
def member_body(id_number: Callable[..., str]) -> Callable[..., dict[str, Any]]:
    def make(**changes: Any) -> dict[str, Any]:
        return {
            "name": "李小妹",
            "relation": "child",
            "id_number": id_number(sex="female"),
            "phone": None,
            "labour_ability": "ordinary",
            "health": "healthy",
            "education": "junior",
            "schooling": "none",
            "employment": "farming",
            "insured": True,
        } | changes

    return make


@pytest.fixture
def household_body(member_body: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A household of a head and one child; ``head`` changes the head's fields."""

    def make(head: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        first = member_body(**{"name": "张伟明", "relation": "head", "phone": "13873512345"} | (head or {}))
        return {
            "village_code": "431081106226",
            "household_no": f"{next(_serial):06d}",
            "group_name": "第三组",
            "members": [first | {"id": str(uuid7())}, member_body() | {"id": str(uuid7())}],
        } | changes

    return make


@pytest.fixture
def visit_body() -> Callable[..., dict[str, Any]]:
    """What a phone uploads, with its hash made as a phone makes it."""

    def make(household_id: str, **changes: Any) -> dict[str, Any]:
        body = {
            "household_id": household_id,
            "visited_at": "2026-11-20T09:30:00+08:00",
            "device_clock": {"sent_at": "2026-11-20T18:00:00+08:00", "offset_ms": -1200},
            "form_version": 1,
            "findings": {
                "income_changed": True,
                "income_note": "外出务工,收入增加",
                "guarantees_ok": dict.fromkeys(("food", "clothing", "education", "medical", "dwelling", "water"), True),
                "risks": ["illness"],
                "note": "家中一切正常",
            },
            "location": {"lat": 25.974, "lng": 113.236, "accuracy": 12.5},
        } | changes
        canonical = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
        return body | {"payload_hash": hashlib.sha256(canonical).hexdigest()}

    return make


@pytest.fixture
def register(service: ServiceUnderTest, household_body: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """Registers a household through the API; returns its card."""

    async def make(**changes: Any) -> dict[str, Any]:
        body = household_body(**changes)
        card: dict[str, Any] = await service.api("").ok("PUT", f"/households/{uuid7()}", 201, json=body)
        return card

    return make


@pytest.fixture
def monitor(service: ServiceUnderTest) -> Callable[..., Any]:
    """Sets the monitored status of a registered household; returns its card."""

    async def make(card: dict[str, Any], monitored_class: str = "marginal", **changes: Any) -> dict[str, Any]:
        body = {"class": monitored_class, "risks": ["illness"], "since": "2026-03-01", "reason": "入户核实后更正"}
        answer: dict[str, Any] = await service.api("").ok(
            "PUT",
            f"/households/{card['id']}/monitoring",
            headers={"If-Match": f'"{card["version"]}"'},
            json=body | changes,
        )
        return answer

    return make
