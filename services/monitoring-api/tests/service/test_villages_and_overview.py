"""Village profiles and the totals of regions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from monitoring_api.overview.schemas import MonitoringOverview
from monitoring_api.villages.schemas import Village
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest
from service_kit.tokens import Signer
from sqlalchemy import text

Make = Callable[..., Any]

PUBLISHED = {
    "population": 1216,
    "lifted_households": 67,
    "lifted_people": 174,
    "monitored_households": 11,
    "monitored_people": 22,
    "source": "资兴市 2021 年实施方案",
}
PROFILE = {"types": ["lifted", "key_assistance"], "collective_income": "120000.00", "published": PUBLISHED}


@pytest.fixture
async def village(service: ServiceUnderTest) -> dict[str, Any]:
    profile: dict[str, Any] = await service.api().ok("PUT", "/villages/431081106226", 201, json=PROFILE)
    return profile


class TestVillageProfile:
    async def test_counts_the_register_beside_the_published_figures(
        self, service: ServiceUnderTest, village: dict[str, Any], register: Make, monitor: Make
    ) -> None:
        await monitor(await register(lifted=True), "unstable_lifted")
        await register()

        profile = await service.api("431081106226").ok("GET", "/villages/431081106226")

        Village.model_validate(profile)
        assert (profile["name"], profile["township_name"]) == ("道塘村", "州门司镇")
        assert (profile["households"], profile["population"]) == (2, 4)
        assert (profile["lifted_households"], profile["lifted_people"]) == (1, 2)
        assert (profile["monitored_households"], profile["monitored_people"]) == (1, 2)
        assert profile["published"] == PUBLISHED
        assert profile["types"] == ["key_assistance", "lifted"]
        assert profile["collective_income"] == "120000.00"

    async def test_again_has_no_further_effect_and_other_content_is_a_conflict(
        self, service: ServiceUnderTest, village: dict[str, Any]
    ) -> None:
        again = await service.api().ok("PUT", "/villages/431081106226", 200, json=PROFILE)

        assert again == village
        await service.api().refused(
            "PUT", "/villages/431081106226", 409, "already_exists", json=PROFILE | {"types": ["model"]}
        )

    async def test_of_an_unknown_village_cannot_begin(self, service: ServiceUnderTest) -> None:
        await service.api().refused("PUT", "/villages/431081999999", 422, "village_unknown", json=PROFILE)

    async def test_is_corrected_in_part_with_a_version(
        self, service: ServiceUnderTest, village: dict[str, Any]
    ) -> None:
        after = await service.api().ok(
            "PATCH", "/villages/431081106226", headers={"If-Match": "1"}, json={"types": ["model"]}
        )

        assert (after["types"], after["published"], after["version"]) == (["model"], PUBLISHED, 2)
        problem = await service.api().refused(
            "PATCH",
            "/villages/431081106226",
            412,
            "version_mismatch",
            headers={"If-Match": "1"},
            json={"collective_income": "5.00"},
        )
        assert problem["current"]["types"] == ["model"]
        assert problem["yours"] == {"collective_income": "5.00"}
        entries = await service.api().ok("GET", "/audit", params={"subject_type": "village"})
        assert [entry["action"] for entry in entries["items"]] == ["village.correct", "village.create"]

    async def test_list_is_narrowed_by_region_and_type(self, service: ServiceUnderTest, register: Make) -> None:
        for code, types in (
            ("431081106226", ["lifted"]),
            ("431081106217", ["lifted", "model"]),
            ("431081105235", ["model"]),
        ):
            await service.api().ok("PUT", f"/villages/{code}", 201, json={"types": types})
        await register(village_code="431081106217")
        seen = {}

        for params in ({}, {"type": "model"}, {"region": "431081106", "type": "model"}, {"limit": "1"}):
            page = await service.api().ok("GET", "/villages", params=params | {"with_total": "true"})
            seen[str(params)] = ([v["code"][-3:] for v in page["items"]], page["total"])

        assert list(seen.values()) == [
            (["235", "217", "226"], 3),
            (["235", "217"], 2),
            (["217"], 1),
            (["235"], 3),
        ]

    async def test_list_takes_the_same_queries_for_one_row_and_for_many(self, service: ServiceUnderTest) -> None:
        for code in ("431081106226", "431081106217", "431081105235"):
            await service.api().ok("PUT", f"/villages/{code}", 201, json={"types": ["lifted"]})
        counted = []

        for limit in (1, 3):
            async with service.counted_queries() as statements:
                await service.api().ok("GET", "/villages", params={"limit": limit})
            counted.append(len(statements))

        assert counted[0] == counted[1]


class TestOverview:
    @pytest.fixture
    async def register_of_two_townships(
        self, service: ServiceUnderTest, village: dict[str, Any], register: Make, monitor: Make
    ) -> None:
        await service.api().ok("PUT", "/villages/431081105235", 201, json={"types": ["model"]})
        await monitor(await register(lifted=True), "unstable_lifted", risks=["illness", "water"])
        await monitor(await register(village_code="431081106217"))
        await register(village_code="431081105235", lifted=True)
        await register(village_code="431003101201")
        async with service.session() as session:
            await session.execute(
                text("UPDATE household_member SET state = 'died' WHERE village_code = '431081105235' AND NOT is_head")
            )

    @pytest.mark.usefixtures("register_of_two_townships")
    async def test_of_a_county_adds_up_to_its_townships(self, service: ServiceUnderTest) -> None:
        overview = await service.api().ok("GET", "/overview", params={"region": "431081"})

        MonitoringOverview.model_validate(overview)
        assert overview["region"] == {"code": "431081", "name": "资兴市", "level": "county"}
        assert overview["population"] == {"people": 5, "households": 3}
        assert overview["lifted"] == {"households": 2, "people": 3}
        monitored = overview["monitored"]
        assert (monitored["households"], monitored["people"]) == (2, 4)
        assert monitored["by_class"] == {"unstable_lifted": 1, "marginal": 1, "sudden_hardship": 0}
        assert (monitored["by_risk"]["illness"], monitored["by_risk"]["water"]) == (2, 1)
        assert overview["villages"] == {"total": 2, "by_type": {"lifted": 1, "key_assistance": 1, "model": 1}}
        townships = overview["children"]
        assert [(t["code"], t["name"], t["level"]) for t in townships] == [
            ("431081105", "兴宁镇", "township"),
            ("431081106", "州门司镇", "township"),
        ]
        for part in ("population", "lifted", "monitored"):
            for count in ("people", "households"):
                assert sum(t[part][count] for t in townships) == overview[part][count]
        assert townships[0]["villages"]["total"] == 1

    @pytest.mark.usefixtures("register_of_two_townships")
    async def test_goes_down_level_by_level(self, service: ServiceUnderTest) -> None:
        for region, people, children in (
            ("", 7, ["43"]),
            ("43", 7, ["4310"]),
            ("4310", 7, ["431003", "431081"]),
            ("431081106", 4, ["431081106217", "431081106226"]),
            ("431081106226", 2, []),
        ):
            overview = await service.api(region).ok("GET", "/overview")

            assert overview["region"]["code"] == region
            assert overview["population"]["people"] == people
            assert [child["code"] for child in overview["children"]] == children

    async def test_of_a_region_without_data_is_zero(self, service: ServiceUnderTest) -> None:
        overview = await service.api().ok("GET", "/overview", params={"region": "431081105"})

        assert overview["population"] == {"people": 0, "households": 0}
        assert overview["villages"]["total"] == 0
        assert overview["children"] == []

    async def test_of_a_region_not_the_readers_is_not_found(self, service: ServiceUnderTest) -> None:
        for region in ("431003", "4310", "431081999"):
            await service.api().refused("GET", "/overview", 404, "not_found", params={"region": region})

    async def test_takes_one_statement(self, service: ServiceUnderTest) -> None:
        async with service.counted_queries() as statements:
            await service.api().ok("GET", "/overview")

        assert len([s for s in statements if "SELECT" in s]) == 1


class TestRegionChanged:
    async def test_adds_a_village_that_households_can_then_be_registered_in(
        self, service: ServiceUnderTest, register: Make
    ) -> None:
        gateway = Signer.from_file("gateway", service.folder / "gateway.pem")
        token = gateway.issue_for_service(["events:deliver"])
        event = {
            "specversion": "1.0",
            "id": str(uuid7()),
            "source": "gateway",
            "type": "region.changed",
            "time": "2026-11-22T08:00:00+08:00",
            "eventversion": 1,
            "data": {"code": "431081106299", "name": "新村", "changed_at": "2026-11-22T08:00:00+08:00"},
        }

        for duplicate in (False, True):
            answer = await service.anonymous().ok(
                "POST", "/events", 200, json=event, headers={"Authorization": f"Bearer {token}"}
            )
            assert answer == {"duplicate": duplicate}

        card = await register(village_code="431081106299")
        assert card["village_name"] == "新村"
