"""A household in one call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from monitoring_api.dossiers.schemas import Dossier
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

Make = Callable[..., Any]


class TestDossier:
    async def test_holds_what_the_single_doors_answer(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        card, api = await register(), service.api()
        path = f"/households/{card['id']}"
        await api.ok("PUT", f"/visits/{uuid7()}", json=visit_body(card["id"]))
        other = await register()
        await api.ok("PUT", f"/visits/{uuid7()}", json=visit_body(other["id"]))

        answer = await api.get(f"{path}/dossier")

        dossier = answer.json()
        Dossier.model_validate(dossier)
        assert dossier["household"] == await api.ok("GET", path)
        assert dossier["history"] == await api.ok("GET", f"{path}/history")
        assert dossier["visits"] == await api.ok("GET", "/visits", params={"household_id": card["id"]})
        assert (len(dossier["history"]["items"]), len(dossier["visits"]["items"])) == (1, 1)
        assert answer.headers["etag"] == f'"{card["version"]}"'

    async def test_shows_what_was_just_saved(self, service: ServiceUnderTest, register: Make) -> None:
        card, api = await register(), service.api()
        change = {"address": "新村12号", "reason": "据实更正"}
        await api.ok("PATCH", f"/households/{card['id']}", json=change, headers={"If-Match": f'"{card["version"]}"'})

        dossier = await api.ok("GET", f"/households/{card['id']}/dossier")

        assert dossier["household"]["address"] == "新村12号"
        assert [line["version"] for line in dossier["history"]["items"]] == [2, 1]

    async def test_leaves_visits_out_without_the_permission(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()
        reader = service.api(permissions=["monitoring.households:read"])
        assert (await reader.ok("GET", f"/households/{card['id']}/dossier"))["visits"] is None

    async def test_needs_the_permission_to_read_households(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()
        reader = service.api(permissions=["monitoring.visits:read"])
        await reader.refused("GET", f"/households/{card['id']}/dossier", 403, "forbidden")

    @pytest.mark.parametrize("region", ["431081105", "431081106217", "431003"])
    async def test_of_another_region_is_not_found(self, service: ServiceUnderTest, register: Make, region: str) -> None:
        card = await register()
        await service.api(region).refused("GET", f"/households/{card['id']}/dossier", 404, "not_found")

    async def test_of_nobody_is_not_found(self, service: ServiceUnderTest) -> None:
        await service.api().refused("GET", f"/households/{uuid7()}/dossier", 404, "not_found")

    async def test_bad_input(self, service: ServiceUnderTest) -> None:
        await service.api().refused("GET", "/households/x/dossier", 422, "validation_failed")


class TestOverviewOfMany:
    """The overview is recounted once for all who ask at the same time."""

    async def test_is_the_readers_own_and_fresh(self, service: ServiceUnderTest, register: Make) -> None:
        await register()
        county, township = service.api("431081"), service.api("431081106")

        async def people(api: Any, region: str) -> int:
            count: int = (await api.ok("GET", "/overview", params={"region": region}))["population"]["households"]
            return count

        before = await asyncio.gather(*(people(api, "431081106") for api in (county, township) for _ in range(8)))
        await register()
        after = await asyncio.gather(*(people(api, "431081106") for api in (county, township) for _ in range(8)))

        assert (set(before), set(after)) == ({1}, {2})
        await service.api("431081106217").refused("GET", "/overview", 404, params={"region": "431081106"})
