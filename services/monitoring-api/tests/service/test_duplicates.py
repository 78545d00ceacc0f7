"""Persons registered twice: kept, flagged, merged by a person, and put back (MON-1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from service_kit.ids import uuid7
from service_kit.testing import Api, ServiceUnderTest
from sqlalchemy import text

Make = Callable[..., Any]


@pytest.fixture
def clerk(service: ServiceUnderTest) -> Api:
    return service.api("431081", name="李科员")


async def pairs(api: Api, query: str = "") -> list[dict[str, Any]]:
    return list((await api.ok("GET", f"/duplicates{query}"))["items"])


async def decide(api: Api, pair: dict[str, Any], how: str, status: int = 200, **body: Any) -> Any:
    answer = await api.post(
        f"/duplicates/{pair['id']}/{how}",
        json={"reason": "经核实"} | body,
        headers=api.as_key() | {"If-Match": f'"{pair["version"]}"'},
    )
    assert answer.status_code == status, answer.text
    return answer.json()


def merge_body(pair: dict[str, Any], keep: str = "first", **body: Any) -> dict[str, Any]:
    versions = {pair[side]["id"]: pair[side]["version"] for side in ("first", "second")}
    return {"kept_id": pair[keep]["id"], "versions": versions} | body


@pytest.fixture
def newcomer(clerk: Api, household_body: Make) -> Make:
    """The same newcomer household registered by two cadres: same people, other ids, no household number."""

    async def make(**changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        body = household_body(**changes)
        del body["household_no"]
        cards = []
        for _ in range(2):
            for member in body["members"]:
                member["id"] = str(uuid7())
            cards.append(await clerk.ok("PUT", f"/households/{uuid7()}", 201, json=body))
        return cards[0], cards[1]

    return make


class TestTwoCadresRegisterTheSameNewcomer:
    async def test_both_are_kept_and_flagged(self, clerk: Api, newcomer: Make) -> None:
        one, two = await newcomer()

        assert one["household_no"] != two["household_no"]
        assert (one["people"], two["people"]) == (2, 2)
        found = await pairs(clerk)
        assert {frozenset((p["first"]["name"], p["second"]["name"])) for p in found} == {
            frozenset({"张伟明"}),
            frozenset({"李小妹"}),
        }
        assert {p["basis"] for p in found} == {"id_number"}
        assert all("*" in p["first"]["id_number_masked"] for p in found)

    async def test_at_the_same_time_too(self, service: ServiceUnderTest, household_body: Make) -> None:
        body = household_body()
        del body["household_no"]
        for member in body["members"]:
            member.update(id_number=None, sex="male", birth_date="1980-05-06")
        bodies = [body, body | {"members": [m | {"id": str(uuid7())} for m in body["members"]]}]

        answers = await asyncio.gather(
            *(
                service.api("431081106226", role="village_cadre").put(f"/households/{uuid7()}", json=one)
                for one in bodies
            )
        )

        assert [answer.status_code for answer in answers] == [201, 201]
        found = await pairs(service.api("431081106226"))
        assert [p["basis"] for p in found] == ["name_birth_village"] * 2

    async def test_in_two_townships_is_for_the_county(self, service: ServiceUnderTest, household_body: Make) -> None:
        one = household_body()
        two = household_body(village_code="431081105235", head={"id_number": one["members"][0]["id_number"]})
        await service.api("431081106").ok("PUT", f"/households/{uuid7()}", 201, json=one)

        await service.api("431081105").ok("PUT", f"/households/{uuid7()}", 201, json=two)

        assert await pairs(service.api("431081106")) == await pairs(service.api("431081105")) == []
        assert [p["region_code"] for p in await pairs(service.api("431081"))] == ["431081"]

    async def test_in_two_counties_says_no_more_than_which(
        self, service: ServiceUnderTest, household_body: Make
    ) -> None:
        one = household_body()
        two = household_body(village_code="431003101201", head={"id_number": one["members"][0]["id_number"]})
        await service.api("431081").ok("PUT", f"/households/{uuid7()}", 201, json=one)

        await service.api("431003").ok("PUT", f"/households/{uuid7()}", 201, json=two)

        (pair,) = await pairs(service.api("431003"))
        assert (pair["second"], pair["other_county_name"]) == (None, "资兴市")
        shown = await service.api("431003").ok("GET", f"/duplicates/{pair['id']}")
        assert shown["same_id_number"]
        kept = {"kept_id": pair["first"]["id"], "versions": {}}
        await decide(service.api("431003"), pair, "merge", 422, **kept)
        await decide(service.api("431003"), pair, "not-duplicate")

    async def test_who_died_or_moved_away_is_matched_with_nobody(
        self, clerk: Api, register: Make, household_body: Make
    ) -> None:
        body = household_body()
        card = await clerk.ok("PUT", f"/households/{uuid7()}", 201, json=body)
        act = {
            "kind": "move_out",
            "happened_on": "2026-11-10",
            "reason": "外迁",
            "place": "外省",
            "member_ids": [member["id"] for member in card["members"]],
        }
        match = {"If-Match": f'"{card["version"]}"'}
        await clerk.ok("PUT", f"/households/{card['id']}/acts/{uuid7()}", 201, json=act, headers=match)

        back = body | {"household_no": "9999", "members": [m | {"id": str(uuid7())} for m in body["members"]]}
        again = await clerk.ok("PUT", f"/households/{uuid7()}?duplicates=refuse", 201, json=back)

        assert await pairs(clerk) == []
        number = body["members"][0]["id_number"]
        found = await clerk.ok("POST", "/households/search", json={"id_number": number})
        assert [row["id"] for row in found["items"]] == [again["id"]]


class TestSearching:
    async def test_finds_what_was_loaded_and_says_nothing_twice(
        self, service: ServiceUnderTest, clerk: Api, newcomer: Make
    ) -> None:
        await newcomer()
        async with service.connection(service.superuser_url) as connection:
            await connection.execute("SET search_path = monitoring; DELETE FROM duplicate_candidate")

        first = await clerk.ok("POST", "/duplicates/search", json={"region": "431081"}, headers=clerk.as_key())
        again = await clerk.ok("POST", "/duplicates/search", json={"region": "431081"}, headers=clerk.as_key())

        assert (first, again) == ({"found": 2, "more": False}, {"found": 0, "more": False})
        assert len(await pairs(clerk, "?basis=id_number")) == 2

    async def test_lists_in_a_fixed_number_of_queries(
        self, service: ServiceUnderTest, clerk: Api, newcomer: Make
    ) -> None:
        await newcomer()
        async with service.counted_queries() as few:
            await pairs(clerk)
        await newcomer()
        await newcomer()
        async with service.counted_queries() as many:
            assert len(await pairs(clerk)) > 4

        assert len(few) == len(many)


async def rows_of(service: ServiceUnderTest) -> dict[str, Any]:
    """Everything stored of persons and households but versions and times."""
    async with service.session() as session:
        stored = {}
        for table, key in (("household", "id"), ("household_member", "id"), ("person_registry", "id_number_index")):
            query = text(f"SELECT to_jsonb(t) - '{{version,updated_at}}'::text[] AS row FROM {table} t ORDER BY {key}")
            stored[table] = list((await session.execute(query)).scalars())
    return stored


class TestMerging:
    async def test_takes_each_field_from_where_it_is_better_and_undoes_exactly(
        self, service: ServiceUnderTest, clerk: Api, register: Make, member_body: Make
    ) -> None:
        head = member_body(name="张伟明", relation="head", phone="13873512345", health="chronic")
        one = await register(members=[head | {"id": str(uuid7())}, member_body() | {"id": str(uuid7())}])
        same = head | {"id": str(uuid7()), "phone": "13900001111", "health": "healthy", "relation": "child"}
        two = await register(members=[member_body(relation="head") | {"id": str(uuid7())}, same])
        pair = next(p for p in await pairs(clerk) if p["first"]["name"] == "张伟明")
        kept, dropped = one["members"][0]["id"], same["id"]
        keep = "first" if pair["first"]["id"] == kept else "second"
        before = await rows_of(service)

        merged = await decide(
            clerk, pair, "merge", **merge_body(pair, keep, choices={"phone": dropped, "health": kept})
        )

        card = await clerk.ok("GET", f"/households/{one['id']}")
        person = next(m for m in card["members"] if m["id"] == kept)
        assert (person["phone_masked"], person["health"]) == ("139****1111", "chronic")
        assert (await clerk.ok("GET", f"/households/{two['id']}"))["people"] == 1
        assert (merged["state"], merged["kept_id"]) == ("merged", kept)

        await decide(clerk, merged, "undo")

        assert await rows_of(service) == before
        assert (await pairs(clerk))[0]["state"] == "open"

    async def test_a_household_registered_twice_becomes_one(
        self, service: ServiceUnderTest, clerk: Api, newcomer: Make
    ) -> None:
        one, two = await newcomer()
        before = await rows_of(service)
        pair = await clerk.ok("GET", f"/duplicates/{(await pairs(clerk))[0]['id']}")
        assert (pair["other_pairs"], pair["same_id_number"]) == (1, True)
        keep = "first" if pair["first"]["household_id"] == one["id"] else "second"

        merged = await decide(clerk, pair, "merge", **merge_body(pair, keep, whole_household=True))

        left = await clerk.ok("GET", f"/households/{two['id']}")
        stays = await clerk.ok("GET", f"/households/{one['id']}")
        assert (left["state"], left["people"], stays["people"]) == ("closed", 0, 2)
        assert await pairs(clerk) == []
        assert (await clerk.ok("GET", "/overview"))["population"] == {"people": 2, "households": 1}
        along = next(p for p in await pairs(clerk, "?state=merged") if p["id"] != pair["id"])
        await decide(clerk, along, "undo", 409)

        await decide(clerk, merged, "undo")

        assert await rows_of(service) == before
        assert len(await pairs(clerk)) == 2

    async def test_of_the_head_needs_a_head_for_those_who_stay(self, clerk: Api, newcomer: Make) -> None:
        _, two = await newcomer()
        pair = next(p for p in await pairs(clerk) if p["first"]["name"] == "张伟明")
        keep = "second" if pair["first"]["household_id"] == two["id"] else "first"

        problem = await decide(clerk, pair, "merge", 422, **merge_body(pair, keep))

        assert problem["errors"][0]["path"] == "body.new_head"

    async def test_cannot_be_undone_after_something_changed(self, clerk: Api, newcomer: Make) -> None:
        await newcomer()
        pair = (await pairs(clerk))[0]
        merged = await decide(clerk, pair, "merge", **merge_body(pair, whole_household=True))
        kept = await clerk.ok("GET", f"/households/{merged['first']['household_id']}")
        await clerk.ok(
            "PATCH",
            f"/households/{kept['id']}",
            json={"address": "新屋"},
            headers={"If-Match": f'"{kept["version"]}"'},
        )

        problem = await decide(clerk, merged, "undo", 409)

        assert problem["code"] == "merge_not_undoable"

    async def test_refuses_what_others_decided_and_fields_that_belong_together(
        self, clerk: Api, newcomer: Make
    ) -> None:
        await newcomer()
        pair = (await pairs(clerk))[0]
        body = merge_body(pair, whole_household=True)
        await decide(clerk, pair, "merge", 422, **body | {"choices": {"id_number": pair["second"]["id"]}})
        await decide(clerk, pair, "merge", 422, **body | {"choices": {"village_code": pair["second"]["id"]}})
        stale = dict.fromkeys(body["versions"], 9)
        await decide(clerk, pair, "merge", 412, **body | {"versions": stale})
        await decide(clerk, pair, "not-duplicate")

        problem = await decide(clerk, pair, "merge", 409, **body)

        assert problem["code"] == "duplicate_decided"
        (told,) = await pairs(clerk, "?state=not_duplicate")
        assert (told["decided_by_name"], told["reason"]) == ("李科员", "经核实")

    async def test_two_decide_at_once_and_one_is_told(self, service: ServiceUnderTest, newcomer: Make) -> None:
        await newcomer()
        pair = (await pairs(service.api()))[0]

        async def one() -> int:
            api = service.api()
            answer = await api.post(
                f"/duplicates/{pair['id']}/merge",
                json={"reason": "同一人"} | merge_body(pair, whole_household=True),
                headers=api.as_key() | {"If-Match": f'"{pair["version"]}"'},
            )
            return answer.status_code

        assert sorted(await asyncio.gather(one(), one())) == [200, 409]

    async def test_is_for_those_who_may_decide(self, service: ServiceUnderTest, newcomer: Make) -> None:
        await newcomer()
        reader = service.api("431081", permissions={"monitoring.duplicates:read"})
        pair = (await pairs(reader))[0]

        await decide(reader, pair, "merge", 403, **merge_body(pair))
