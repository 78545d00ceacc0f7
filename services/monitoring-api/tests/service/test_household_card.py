"""What a household card holds besides people and incomes: rigid expenses by kind, and policies enjoyed (MON-1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from service_kit.ids import uuid7
from service_kit.testing import Api, ServiceUnderTest

Make = Callable[..., Any]

INCOME = {"year": 2025, "wage": "30000", "business": "0", "property": "0", "transfer": "0", "rigid_expense": "5000.50"}
KINDS = {"medical": "3000", "education": "2000.50"}
LOW = {
    "kind": "subsistence_allowance",
    "title": "农村低保",
    "since": "2024-01-01",
    "yearly_amount": "7200.00",
    "source": "市民政局",
}


def version(number: int) -> dict[str, str]:
    return {"If-Match": f'"{number}"'}


@pytest.fixture
def enjoy(service: ServiceUnderTest) -> Make:
    """Records a policy of a household; returns it."""

    async def make(card: dict[str, Any], **changes: Any) -> dict[str, Any]:
        url = f"/households/{card['id']}/benefits/{uuid7()}"
        found: dict[str, Any] = await service.api().ok("PUT", url, 201, json=LOW | changes)
        return found

    return make


class TestRigidExpenses:
    async def test_stand_by_kind_beside_their_total(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register(incomes=[INCOME | {"year": 2024}, INCOME | {"rigid_kinds": KINDS}])

        newest, older = card["incomes"]
        assert newest["rigid_kinds"] == {
            "medical": "3000.00",
            "education": "2000.50",
            "disability_care": "0.00",
            "housing_repair": "0.00",
            "disaster": "0.00",
            "other": "0.00",
        }
        assert (newest["rigid_expense"], older["rigid_kinds"]) == ("5000.50", None)

    async def test_are_corrected_with_a_line_of_history(self, service: ServiceUnderTest, register: Make) -> None:
        card, api = await register(incomes=[INCOME]), service.api()
        url = f"/households/{card['id']}"

        after = await api.ok("PATCH", url, headers=version(1), json={"incomes": [INCOME | {"rigid_kinds": KINDS}]})
        again = await api.ok("PATCH", url, headers=version(2), json={"incomes": [INCOME | {"rigid_kinds": KINDS}]})

        assert (after["incomes"][0]["rigid_kinds"]["medical"], after["version"], again["version"]) == ("3000.00", 2, 2)
        [change] = (await api.ok("GET", f"{url}/history"))["items"][0]["changes"]
        assert (change["before"].get("rigid_medical"), change["after"]["rigid_medical"]) == (None, "3000.00")
        less = INCOME | {"rigid_expense": "100"}
        assert (await api.ok("PATCH", url, headers=version(2), json={"incomes": [less]}))["incomes"][0][
            "rigid_kinds"
        ] is None

    @pytest.mark.parametrize(
        "kinds",
        [{"medical": "1"}, {}, KINDS | {"medical": "-3000"}, KINDS | {"medical": 3000}, KINDS | {"travel": "0"}, []],
    )
    async def test_that_do_not_add_up_are_refused(
        self, service: ServiceUnderTest, register: Make, kinds: object
    ) -> None:
        card = await register()
        body = {"incomes": [INCOME | {"rigid_kinds": kinds}]}
        problem = await service.api().refused(
            "PATCH", f"/households/{card['id']}", 422, "validation_failed", headers=version(1), json=body
        )
        assert problem["errors"][0]["path"].startswith("body.incomes.0")

    @pytest.mark.parametrize(
        "change", ["rigid_expense = 1", "rigid_medical = rigid_medical + 1", "rigid_other = NULL", "rigid_other = -1"]
    )
    async def test_never_differ_from_their_total_in_the_database(
        self, service: ServiceUnderTest, register: Make, change: str
    ) -> None:
        await register(incomes=[INCOME | {"rigid_kinds": KINDS}])
        async with service.connection(service.owner_url) as connection:
            await connection.execute(
                "SELECT set_config('app.scope_lo', '0', false), set_config('app.scope_hi', 'a', false)"
            )
            with pytest.raises(asyncpg.CheckViolationError, match="rigid_kinds"):
                await connection.execute(f"UPDATE household_income SET {change}")


class TestPoliciesEnjoyed:
    async def test_stand_on_the_card_those_of_now_first(
        self, service: ServiceUnderTest, register: Make, enjoy: Make
    ) -> None:
        card, api = await register(), service.api()
        child = card["members"][1]
        past = await enjoy(
            card, kind="dwelling_renovation", title="危房改造补助", since="2025-05-01", until="2025-12-01"
        )
        low = await enjoy(card)
        aid = {"kind": "education_aid", "title": "雨露计划", "since": "2023-09-01", "yearly_amount": None}
        yulu = await enjoy(card, **aid, member_id=child["id"])

        found = await api.ok("GET", f"/households/{card['id']}")

        assert [row["id"] for row in found["benefits"]] == [low["id"], yulu["id"], past["id"]]
        assert (low["yearly_amount"], yulu["member_name"], yulu["yearly_amount"]) == ("7200.00", child["name"], None)
        assert found["benefits"] == await api.ok("GET", f"/households/{card['id']}/benefits")
        assert found["benefits"][0] == low
        dossier = await api.ok("GET", f"/households/{card['id']}/dossier")
        assert dossier["household"]["benefits"] == found["benefits"]
        acts = [(line["act"], line["version"]) for line in dossier["history"]["items"]]
        assert acts == [("benefit_added", 4), ("benefit_added", 3), ("benefit_added", 2), ("registered", 1)]
        archived = await api.ok("GET", f"/archives/cards/{card['id']}")
        assert archived["benefits"] == found["benefits"]

    async def test_take_no_more_statements_than_none(
        self, service: ServiceUnderTest, register: Make, enjoy: Make
    ) -> None:
        card, counted = await register(), []
        for title in ("低保", "特困", "救助"):
            async with service.counted_queries() as statements:
                await service.api().ok("GET", f"/households/{card['id']}")
            counted.append(len(statements))
            await enjoy(card, title=title)
        assert len(set(counted)) == 1

    async def test_are_recorded_once_however_often_they_are_sent(
        self, service: ServiceUnderTest, register: Make
    ) -> None:
        card, api = await register(), service.api()
        url = f"/households/{card['id']}/benefits/{uuid7()}"

        answers = await asyncio.gather(*(api.put(url, json=LOW) for _ in range(4)))

        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
        await api.refused("PUT", url, 409, "already_exists", json=LOW | {"title": "城市低保"})
        other = await register()
        await api.refused("PUT", url.replace(card["id"], other["id"]), 409, "already_exists", json=LOW)
        assert (await api.ok("GET", f"/households/{card['id']}"))["version"] == 2

    async def test_are_not_enjoyed_twice_at_a_time(self, service: ServiceUnderTest, register: Make) -> None:
        card, api = await register(), service.api()
        url = f"/households/{card['id']}/benefits"

        answers = await asyncio.gather(*(api.put(f"{url}/{uuid7()}", json=LOW) for _ in range(3)))

        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
        assert {a.json()["code"] for a in answers if a.status_code == 409} == {"benefit_exists"}
        ids = [member["id"] for member in card["members"]]
        for member_id in ids:
            await api.ok("PUT", f"{url}/{uuid7()}", 201, json=LOW | {"member_id": member_id})
        await api.refused("PUT", f"{url}/{uuid7()}", 409, "benefit_exists", json=LOW | {"member_id": ids[0]})

    async def test_are_corrected_by_who_has_seen_them(
        self, service: ServiceUnderTest, register: Make, enjoy: Make
    ) -> None:
        card, api = await register(), service.api()
        low = await enjoy(card)
        url = f"/households/{card['id']}/benefits/{low['id']}"

        after = await api.ok("PATCH", url, headers=version(1), json={"yearly_amount": "8000", "reason": "提标"})

        assert (after["yearly_amount"], after["title"], after["version"]) == ("8000.00", "农村低保", 2)
        problem = await api.refused("PATCH", url, 412, "version_mismatch", headers=version(1), json={"note": "甲"})
        assert (problem["current"]["yearly_amount"], problem["yours"]) == ("8000.00", {"note": "甲"})
        await api.refused("PATCH", url, 428, "if_match_required", json={"note": "甲"})
        same = await api.ok("PATCH", url, headers=version(2), json={"yearly_amount": "8000"})
        line = (await api.ok("GET", f"/households/{card['id']}/history"))["items"][0]
        assert (same["version"], line["act"], line["reason"]) == (2, "benefit_corrected", "提标")
        assert line["changes"] == [
            {"field": "benefit.title", "before": "农村低保", "after": "农村低保"},
            {"field": "benefit.yearly_amount", "before": "7200.00", "after": "8000.00"},
        ]

    async def test_end_and_may_begin_again(self, service: ServiceUnderTest, register: Make, enjoy: Make) -> None:
        card, api = await register(), service.api()
        low = await enjoy(card)
        url = f"/households/{card['id']}/benefits/{low['id']}"
        body, key = {"until": "2026-06-30", "reason": "收入已超过标准"}, api.as_key()

        first = await api.ok("POST", f"{url}/end", headers=version(1) | key, json=body)
        again = await api.ok("POST", f"{url}/end", headers=version(1) | key, json=body)

        assert (first["until"], first["version"], again) == ("2026-06-30", 2, first)
        await api.refused("POST", f"{url}/end", 409, "benefit_ended", headers=version(2) | api.as_key(), json=body)
        await enjoy(card, since="2026-08-01")
        await api.refused("PATCH", url, 409, "benefit_exists", headers=version(2), json={"until": None})
        lines = (await api.ok("GET", f"/households/{card['id']}/history"))["items"]
        assert [line["act"] for line in lines[:2]] == ["benefit_added", "benefit_ended"]

    async def test_cannot_end_before_they_began(self, service: ServiceUnderTest, register: Make, enjoy: Make) -> None:
        card, api = await register(), service.api()
        low = await enjoy(card)
        url = f"/households/{card['id']}/benefits/{low['id']}"
        body = {"until": "2023-12-31", "reason": "核实"}
        headers = version(1) | api.as_key()
        await api.refused("POST", f"{url}/end", 422, "validation_failed", headers=headers, json=body)
        await api.refused("PATCH", url, 422, "validation_failed", headers=version(1), json={"until": "2023-12-31"})

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"kind": "pension"}, "body.kind"),
            ({"kind": None}, "body.kind"),
            ({"title": ""}, "body.title"),
            ({"title": " "}, "body.title"),
            ({"title": "长" * 101}, "body.title"),
            ({"since": "2999-01-01"}, "body.since"),
            ({"since": "0001-01-01"}, "body.since"),
            ({"since": "昨天"}, "body.since"),
            ({"until": "2023-01-01"}, "body"),
            ({"until": "2999-01-01"}, "body.until"),
            ({"yearly_amount": 7200}, "body.yearly_amount"),
            ({"yearly_amount": "-1"}, "body.yearly_amount"),
            ({"yearly_amount": "9" * 30}, "body.yearly_amount"),
            ({"source": None}, "body.source"),
            ({"note": "\x00"}, "body"),
            ({"member_id": "x"}, "body.member_id"),
            ({"member_id": "01930000-0000-7000-8000-0000000000aa"}, "body.member_id"),
            ({"amount": "1"}, "body.amount"),
        ],
    )
    async def test_bad_input_is_refused(
        self, service: ServiceUnderTest, register: Make, changes: dict[str, Any], field: str
    ) -> None:
        card = await register()
        url = f"/households/{card['id']}/benefits/{uuid7()}"
        problem = await service.api().refused("PUT", url, 422, "validation_failed", json=LOW | changes)
        assert problem["errors"][0]["path"] == field

    async def test_a_member_of_another_household_is_refused(self, service: ServiceUnderTest, register: Make) -> None:
        card, other = await register(), await register()
        body = LOW | {"member_id": other["members"][0]["id"]}
        url = f"/households/{card['id']}/benefits/{uuid7()}"
        await service.api().refused("PUT", url, 422, "validation_failed", json=body)

    async def test_belong_to_their_village_and_to_who_may_write(
        self, service: ServiceUnderTest, register: Make, enjoy: Make
    ) -> None:
        card = await register()
        low = await enjoy(card)
        url = f"/households/{card['id']}/benefits"
        end = {"until": "2026-06-30", "reason": "核实"}
        stranger: Api = service.api("431081106217")
        await stranger.refused("GET", url, 404, "not_found")
        await stranger.refused("PUT", f"{url}/{uuid7()}", 404, "not_found", json=LOW)
        await stranger.refused("PATCH", f"{url}/{low['id']}", 404, headers=version(1), json={"note": "甲"})
        await stranger.refused("POST", f"{url}/{low['id']}/end", 404, headers=version(1) | stranger.as_key(), json=end)
        reader = service.api(permissions=["monitoring.households:read"])
        await reader.refused("PUT", f"{url}/{uuid7()}", 403, "forbidden", json=LOW)
        await reader.refused("PATCH", f"{url}/{low['id']}", 403, headers=version(1), json={"note": "甲"})
        nobody = service.api(permissions=["monitoring.visits:read"])
        await nobody.refused("GET", url, 403, "forbidden")
