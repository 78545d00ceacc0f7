"""kill -9 of anything: what was acknowledged is there afterwards, and the system comes back."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from service_kit.ids import uuid7

COUNTY, VILLAGE = "431081", "431081106226"


def allocate(client: httpx.Client, amount: str) -> dict[str, Any]:
    """Allocate to industry from a pool of a year whose money needs no project; returns what was acknowledged."""
    pools = client.get("/api/funds/pools", params={"year": 2025, "limit": 50}).json()["items"]
    pool = max(pools, key=lambda p: float(p["headroom_total"]))
    body = {"pool_id": pool["id"], "region_code": VILLAGE, "purpose": "industry", "title": "茶园提质", "amount": amount}
    answer = client.put(f"/api/funds/allocations/{uuid7()}", json=body)
    assert answer.status_code in {200, 201}, answer.text
    allocation: dict[str, Any] = answer.json()
    return allocation


def totals(client: httpx.Client) -> dict[str, Any]:
    overview = client.get("/api/pages/overview", params={"region": COUNTY}).json()
    assert overview["unavailable"] == []
    return {part: overview[part] for part in ("population", "lifted", "monitored", "assets", "funds")}


class TestKilled:
    @pytest.mark.parametrize("victim", ["postgres", "funds", "gateway", "supervisor"])
    def test_nothing_acknowledged_is_lost(self, instance: Any, victim: str) -> None:
        with instance.client("finance") as client:
            acknowledged = allocate(client, "123.45")
        with instance.client("bureau") as client:
            before = totals(client)

        instance.kill(victim)
        instance.up()
        instance.wait_ready()

        with instance.client("finance") as client:
            assert client.get(f"/api/funds/allocations/{acknowledged['id']}").json() == acknowledged
        with instance.client("bureau") as client:
            assert totals(client) == before

    def test_a_killed_service_is_started_again_by_itself(self, instance: Any) -> None:
        instance.kill("assets")
        instance.wait_ready()
        with instance.client("bureau") as client:
            assert totals(client)["assets"]["count"] > 0
