"""Bad input and foreign regions at the doors of plans, look-backs and sweeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

from .casework import People, look_back_body, measure_body, sweep_body

Make = Callable[..., Any]

UNKNOWN = "01930000-0000-7000-8000-0000000000aa"
HEADERS = {"If-Match": "1", "Content-Type": "application/json"}
ROUND = {
    "region_code": "431081",
    "title": "集中排查",
    "year": 2026,
    "half": 2,
    "starts_on": "2026-11-01",
    "ends_on": "2026-12-20",
}
WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "measure": ("PUT", f"/assistance-plans/{UNKNOWN}/measures/{UNKNOWN}", measure_body()),
    "change_measure": ("PATCH", f"/measures/{UNKNOWN}", {"amount": "5.00"}),
    "look_back": ("PUT", f"/look-backs/{UNKNOWN}/records/{UNKNOWN}", look_back_body()),
    "round": ("PUT", f"/sweeps/{UNKNOWN}", ROUND),
    "record": ("PUT", f"/sweeps/{UNKNOWN}/records/{UNKNOWN}", sweep_body(UNKNOWN)),
}
ACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "confirm": (f"/assistance-plans/{UNKNOWN}/confirm", {"goal": "消除风险"}),
    "suggestions": (
        f"/assistance-plans/{UNKNOWN}/suggestions",
        {
            "chosen": [{"type": "health", "title": "救治"}],
            "planned_from": "2026-11-01",
            "planned_to": "2026-12-01",
        },
    ),
    "deliver": (
        f"/measures/{UNKNOWN}/delivery",
        {"delivered_on": "2026-11-01", "amount": "1.00", "evidence": "回单"},
    ),
    "cancel": (f"/measures/{UNKNOWN}/cancel", {"reason": "不再需要"}),
    "settle_look_back": (f"/look-backs/{UNKNOWN}/settle", {"record_id": UNKNOWN, "reason": "核实"}),
    "excuse": (f"/sweeps/{UNKNOWN}/excuse", {"household_ids": [UNKNOWN], "reason": "外出"}),
    "settle_item": (
        f"/sweeps/{UNKNOWN}/settle",
        {"household_id": UNKNOWN, "record_id": UNKNOWN, "reason": "核实"},
    ),
}
LISTS = ["/assistance-plans", "/measures", "/look-backs", "/sweeps", "/sweep-issues"]


class TestBadInput:
    @pytest.mark.parametrize("door", sorted({*WRITES, *ACTS}))
    async def test_in_a_body_is_named_and_never_a_server_error(self, service: ServiceUnderTest, door: str) -> None:
        method, url, good = WRITES[door] if door in WRITES else ("POST", *ACTS[door])
        api = service.api()

        async def sent(body: Any) -> Any:
            headers = HEADERS | {"Idempotency-Key": str(uuid7())}
            return await api.request(method, url, content=json.dumps(body).encode(), headers=headers)

        answer = await sent(good | {"surprise": 1})
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
        assert "body.surprise" in [error["path"] for error in answer.json()["errors"]]
        for field in good:
            for wrong in ({"x": [1]}, 10**400, "字" * 100_000, [[[]]], 1e308, "\x00"):
                answer = await sent(good | {field: wrong})
                assert 400 <= answer.status_code < 500, (field, wrong, answer.text)
                assert answer.headers["content-type"].startswith("application/problem+json")

    async def test_in_a_query_is_named(self, service: ServiceUnderTest) -> None:
        for url in LISTS:
            for query in ("region=1", "limit=51", "cursor=bnVsbA", "cursor=!!!", "with_total=maybe"):
                await service.api().refused("GET", f"{url}?{query}", 422, "validation_failed")


class TestWhatIsNotThere:
    async def test_is_not_found(self, service: ServiceUnderTest) -> None:
        api = service.api()
        for url in (
            f"/assistance-plans/{UNKNOWN}",
            f"/households/{UNKNOWN}/assistance",
            f"/look-backs/{UNKNOWN}",
            f"/sweeps/{UNKNOWN}",
            f"/sweeps/{UNKNOWN}/progress",
            f"/sweeps/{UNKNOWN}/items",
            f"/sweeps/{UNKNOWN}/items/{UNKNOWN}",
        ):
            await api.refused("GET", url, 404, "not_found")
        for url, body in ACTS.values():
            headers = HEADERS | {"Idempotency-Key": str(uuid7())}
            await api.refused("POST", url, 404, "not_found", json=body, headers=headers)

    async def test_nor_is_what_belongs_to_another_village(
        self, service: ServiceUnderTest, register: Make, monitor: Make
    ) -> None:
        people = People(service)
        card = await monitor(await register())
        plan = (await people.cadre.ok("GET", f"/households/{card['id']}/assistance"))["plan"]
        measure = await people.plan_measure(card["id"])
        stranger = service.api("431081106217")

        await stranger.refused("GET", f"/assistance-plans/{plan['id']}", 404, "not_found")
        url = f"/assistance-plans/{plan['id']}/measures/{uuid7()}"
        await stranger.refused("PUT", url, 404, "not_found", json=measure_body())
        await stranger.refused("PATCH", f"/measures/{measure['id']}", 404, "not_found", json={}, headers=HEADERS)
        for url in ("/assistance-plans", "/measures"):
            assert (await stranger.ok("GET", url))["items"] == []
