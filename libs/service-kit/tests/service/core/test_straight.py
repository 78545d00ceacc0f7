"""The straight way answers as FastAPI's own way does."""

from __future__ import annotations

from typing import Any

import pytest
from service_kit.app import api_routes, permission_of
from service_kit.straight import Straight, straight_routes
from service_kit.testing import ServiceUnderTest


@pytest.fixture
def detour(sample: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Send everything FastAPI's way."""

    def send() -> None:
        monkeypatch.setattr(Straight, "_find", lambda *_: None)

    return send


class TestTheStraightWay:
    async def test_is_taken_by_reads_and_not_by_writes(self, sample: ServiceUnderTest) -> None:
        assert straight_routes(sample.app) >= {"GET /parcels"}
        assert not {route for route in straight_routes(sample.app) if route.startswith(("PUT", "PATCH", "POST"))}

    async def test_leaves_the_declared_permission_to_be_seen(self, sample: ServiceUnderTest) -> None:
        reads = [route for route in api_routes(sample.app) if "GET" in (route.methods or ())]
        declared = {route.path_format: permission_of(route) for route in reads}

        assert declared["/parcels"] == "sample.parcels:read"
        assert sample.app.openapi()["paths"]["/parcels"]["get"]["x-permission"] == "sample.parcels:read"

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "limit=3",
            "limit=3&limit=4",
            "limit=0",
            "limit=x",
            "limit=",
            "cursor=%00",
            "cursor=e30",
            "cursor=",
            "with_total=maybe",
            "with_total=1&unknown=2",
            "limit=%E4%BA%94",
        ],
    )
    async def test_says_the_same(self, sample: ServiceUnderTest, detour: Any, query: str) -> None:
        api = sample.api()
        straight = await api.get(f"/parcels?{query}", headers={"x-request-id": "same-for-both"})
        detour()
        own = await api.get(f"/parcels?{query}", headers={"x-request-id": "same-for-both"})

        assert (straight.status_code, straight.json(), straight.headers) == (own.status_code, own.json(), own.headers)

    @pytest.mark.parametrize("token", ["", "Bearer x", "Basic eA=="])
    async def test_lets_nobody_in_who_may_not(self, sample: ServiceUnderTest, token: str) -> None:
        await sample.anonymous().refused("GET", "/parcels?limit=0", 401, headers={"Authorization": token})
        await sample.api(permissions=()).refused("GET", "/parcels", 403, "forbidden")

    @pytest.mark.parametrize("path", ["/parcels/", "//parcels", "/parcels/a/b", "/parcels%2F", "/"])
    async def test_takes_no_path_that_is_not_its_own(self, sample: ServiceUnderTest, detour: Any, path: str) -> None:
        api = sample.api()
        straight = await api.get(path)
        detour()

        assert straight.status_code == (await api.get(path)).status_code
