"""Lists and searches of households."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from monitoring_api.households.schemas import Household, HouseholdRow
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

Make = Callable[..., Any]


FULL_WIDTH = str.maketrans("0123456789", "".join(chr(ord("0") + digit) for digit in range(10)))
SEARCHES = {
    "张": ["0001"],
    "张伟明": ["0001"],
    "伟明": ["0001"],
    "zw": ["0001"],
    "ZWM": ["0001"],
    "欧阳": ["0002"],
    "阳光": ["0002"],
    "李小妹": ["0001", "0002"],
    "lxm": ["0001", "0002"],
    "明": [],
    "%": [],
    "_伟": [],
    "'; DROP TABLE household; --": [],
}
FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"status": "lifted"}, ["0001", "0002"]),
    ({"status": "monitored"}, ["0002", "0003"]),
    ({"status": "ordinary"}, ["0004"]),
    ({"class": "marginal"}, ["0003"]),
    ({"risk": "water"}, ["0003"]),
    ({"class": "unstable_lifted", "risk": "illness"}, ["0002"]),
    ({"class": "unstable_lifted", "risk": "water"}, []),
    ({"region": "431081106"}, ["0001", "0002", "0003", "0004"]),
    ({"region": "431081105"}, []),
    ({"region": "43"}, ["0001", "0002", "0003", "0004"]),
]


def numbers(page: dict[str, Any]) -> list[str]:
    return [row["household_no"] for row in page["items"]]


class TestListHouseholds:
    async def test_pages_through_villages_in_the_order_of_numbers(
        self, service: ServiceUnderTest, register: Make
    ) -> None:
        for village, number in (
            ("431081106226", "0002"),
            ("431081105235", "0009"),
            ("431081106226", "0001"),
            ("431003101201", "0001"),
        ):
            await register(village_code=village, household_no=number)
        seen, cursor = [], None

        for _ in range(2):
            params = {"limit": 2, "with_total": True} | ({"cursor": cursor} if cursor else {})
            page = await service.api("43").ok("GET", "/households", params=params)
            seen += [(row["village_code"], row["household_no"]) for row in page["items"]]
            cursor = page["next"]
            assert page["total"] == 4

        assert cursor is None
        assert seen == [
            ("431003101201", "0001"),
            ("431081105235", "0009"),
            ("431081106226", "0001"),
            ("431081106226", "0002"),
        ]

    async def test_has_the_shape_it_promises(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()

        page = await service.api().ok("GET", "/households")

        assert set(page["items"][0]) == set(HouseholdRow.model_fields)
        assert set(card) == set(Household.model_fields)
        Household.model_validate(card)

    async def test_is_narrowed_by_filters(self, service: ServiceUnderTest, register: Make, monitor: Make) -> None:
        await register(household_no="0001", lifted=True)
        await monitor(await register(household_no="0002", lifted=True), "unstable_lifted")
        await monitor(await register(household_no="0003"), "marginal", risks=["water"])
        await register(household_no="0004")

        for params, expected in FILTERS:
            page = await service.api().ok("GET", "/households", params=params | {"with_total": True})

            assert (params, numbers(page), page["total"]) == (params, expected, len(expected))

    async def test_finds_members_by_the_start_of_name_or_initials(
        self, service: ServiceUnderTest, register: Make
    ) -> None:
        await register(household_no="0001")
        await register(household_no="0002", head={"name": "欧阳光"})

        for q, expected in SEARCHES.items():
            page = await service.api().ok("GET", "/households", params={"q": q, "with_total": True})

            assert (q, numbers(page), page["total"]) == (q, expected, len(expected))

    async def test_lists_a_household_once_however_many_of_its_members_match(
        self, service: ServiceUnderTest, household_body: Make
    ) -> None:
        body = household_body()
        body["members"][1]["name"] = "张伟"
        await service.api().ok("PUT", f"/households/{uuid7()}", 201, json=body)

        page = await service.api().ok("GET", "/households", params={"q": "张伟"})

        assert len(page["items"]) == 1

    async def test_across_counties_asks_for_two_characters(self, service: ServiceUnderTest) -> None:
        problem = await service.api("43").refused("GET", "/households", 422, "validation_failed", params={"q": "张"})

        assert problem["errors"][0]["path"] == "query.q"

    async def test_takes_the_same_queries_for_one_row_and_for_twenty(
        self, service: ServiceUnderTest, register: Make
    ) -> None:
        for _ in range(20):
            await register()
        api = service.api()
        counted = []

        for limit in (1, 20):
            async with service.counted_queries() as statements:
                page = await api.ok("GET", "/households", params={"limit": limit, "q": "zwm"})
            assert len(page["items"]) == limit
            counted.append(len(statements))

        assert counted[0] == counted[1]


class TestSearchHouseholds:
    async def test_finds_a_person_by_identity_number_however_typed(
        self, service: ServiceUnderTest, household_body: Make, register: Make
    ) -> None:
        body = household_body()
        household_id = str(uuid7())
        await service.api().ok("PUT", f"/households/{household_id}", 201, json=body)
        await register()
        number = body["members"][1]["id_number"]

        for typed in (number, f" {number.lower()} ", number.translate(FULL_WIDTH)):
            for region in ("", "43", "431081106226"):
                page = await service.api(region).ok("POST", "/households/search", json={"id_number": typed})
                assert [row["id"] for row in page["items"]] == [household_id]

    async def test_takes_the_filters_of_the_list(
        self, service: ServiceUnderTest, register: Make, monitor: Make
    ) -> None:
        await monitor(await register(household_no="0001"))
        await register(household_no="0002")

        page = await service.api().ok(
            "POST",
            "/households/search",
            json={"class": "marginal", "risk": "illness", "status": "monitored", "q": "zwm", "with_total": True},
        )

        assert numbers(page) == ["0001"]
        assert page["total"] == 1

    async def test_of_another_region_finds_nobody(self, service: ServiceUnderTest, household_body: Make) -> None:
        body = household_body()
        await service.api().ok("PUT", f"/households/{uuid7()}", 201, json=body)

        page = await service.api("431003").ok(
            "POST", "/households/search", json={"id_number": body["members"][0]["id_number"]}
        )

        assert page["items"] == []
