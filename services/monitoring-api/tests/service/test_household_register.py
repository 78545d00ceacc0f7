"""Registering households and adding members."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest
from sqlalchemy import text

Make = Callable[..., Any]


class TestRegisterHousehold:
    async def test_answers_with_the_card_and_masks_the_numbers(
        self, service: ServiceUnderTest, household_body: Make
    ) -> None:
        body = household_body(
            incomes=[
                {
                    "year": 2025,
                    "wage": "30000.00",
                    "business": "-500.50",
                    "property": "0",
                    "transfer": "1200.5",
                    "rigid_expense": "700.01",
                }
            ]
        )

        household_id = uuid7()
        response = await service.api().put(f"/households/{household_id}", json=body)

        card = response.json()
        assert response.status_code == 201
        assert response.headers["etag"] == '"1"'
        assert card["id"] == str(household_id)
        assert card["village_name"] == "道塘村"
        assert card["head_name"] == "张伟明"
        number = body["members"][0]["id_number"]
        assert card["head_id_number_masked"] == f"{number[:6]}********{number[-4:]}"
        assert card["phone_masked"] == "138****2345"
        assert card["people"] == 2
        assert card["incomes"][0]["business"] == "-500.50"
        assert card["net_income_per_head"] == "14999.99"  # (30000 - 500.50 + 1200.50 - 700.01) / 2, rounded down
        assert card["members"][1]["sex"] == "female"
        assert card["members"][1]["birth_date"] == "1980-05-06"
        assert card["created_at"].endswith("+08:00")
        assert number not in response.text

    async def test_again_has_no_further_effect(self, service: ServiceUnderTest, household_body: Make) -> None:
        household_id, body = uuid7(), household_body()
        first = await service.api().ok("PUT", f"/households/{household_id}", 201, json=body)

        again = await service.api().ok("PUT", f"/households/{household_id}", 200, json=body)

        assert again == first
        history = await service.api().ok("GET", f"/households/{household_id}/history")
        assert len(history["items"]) == 1

    async def test_again_after_a_correction_answers_with_the_household_as_it_is(
        self, service: ServiceUnderTest, household_body: Make
    ) -> None:
        household_id, body = uuid7(), household_body()
        await service.api().ok("PUT", f"/households/{household_id}", 201, json=body)
        await service.api().ok(
            "PATCH", f"/households/{household_id}", headers={"If-Match": "1"}, json={"address": "道塘村3号"}
        )

        again = await service.api().ok("PUT", f"/households/{household_id}", 200, json=body)

        assert (again["version"], again["address"]) == (2, "道塘村3号")

    async def test_with_other_content_under_the_same_id_is_a_conflict(
        self, service: ServiceUnderTest, household_body: Make
    ) -> None:
        household_id, body = uuid7(), household_body()
        await service.api().ok("PUT", f"/households/{household_id}", 201, json=body)

        await service.api().refused(
            "PUT", f"/households/{household_id}", 409, "already_exists", json=body | {"group_name": "第四组"}
        )

    async def test_twice_at_the_same_time_registers_once(self, service: ServiceUnderTest, household_body: Make) -> None:
        household_id, body = uuid7(), household_body()
        api = service.api()

        answers = await asyncio.gather(*(api.put(f"/households/{household_id}", json=body) for _ in range(3)))

        assert sorted(answer.status_code for answer in answers) == [200, 200, 201]

    async def test_with_a_taken_number_is_a_conflict(self, service: ServiceUnderTest, household_body: Make) -> None:
        await service.api().ok("PUT", f"/households/{uuid7()}", 201, json=household_body(household_no="0001"))

        await service.api().refused(
            "PUT", f"/households/{uuid7()}", 409, "household_number_taken", json=household_body(household_no="0001")
        )

    async def test_in_an_unknown_village_is_refused(self, service: ServiceUnderTest, household_body: Make) -> None:
        body = household_body(village_code="431081999999")

        await service.api().refused("PUT", f"/households/{uuid7()}", 422, "village_unknown", json=body)

    async def test_announces_the_household_without_personal_data(
        self, service: ServiceUnderTest, register: Make
    ) -> None:
        card = await register()

        async with service.session() as session:
            event = (await session.execute(text("SELECT type, subject, data FROM outbox_event"))).one()
        assert (event.type, event.subject) == ("household.changed", card["id"])
        assert event.data["change"] == "registered"
        assert "张伟明" not in str(event.data)


class TestOnePersonOnce:
    async def test_across_counties_without_saying_where(self, service: ServiceUnderTest, household_body: Make) -> None:
        first = household_body()
        await service.api("431081").ok("PUT", f"/households/{uuid7()}", 201, json=first)
        second = household_body(village_code="431003101201")
        second["members"][1]["id_number"] = first["members"][1]["id_number"]

        problem = await service.api("431003").refused(
            "PUT", f"/households/{uuid7()}?duplicates=refuse", 409, "person_already_registered", json=second
        )

        assert problem["errors"][0]["path"] == "body.members.1.id_number"
        assert "household_ids" not in problem

    async def test_says_which_household_to_those_who_may_see_it(
        self, service: ServiceUnderTest, household_body: Make
    ) -> None:
        first, first_id = household_body(), str(uuid7())
        await service.api().ok("PUT", f"/households/{first_id}", 201, json=first)
        second = household_body()
        second["members"][0]["id_number"] = first["members"][0]["id_number"].lower()

        problem = await service.api().refused(
            "PUT", f"/households/{uuid7()}?duplicates=refuse", 409, "person_already_registered", json=second
        )

        assert problem["household_ids"] == [first_id]

    async def test_when_two_register_the_same_people_at_the_same_time(
        self, service: ServiceUnderTest, household_body: Make
    ) -> None:
        one, other = household_body(), household_body(village_code="431003101201")
        numbers = [member["id_number"] for member in one["members"]]
        for member, number in zip(other["members"], reversed(numbers), strict=True):
            member.update(id_number=number, sex=None)

        answers = await asyncio.gather(
            *(service.api("").put(f"/households/{uuid7()}?duplicates=refuse", json=body) for body in (one, other))
        )

        assert sorted(answer.status_code for answer in answers) == [201, 409]
        async with service.session() as session:
            assert (await session.execute(text("SELECT count(*) FROM household"))).scalar_one() == 1
            assert (await session.execute(text("SELECT count(*) FROM person_registry"))).scalar_one() == 2

    async def test_leaves_the_number_free_when_the_registration_fails(
        self, service: ServiceUnderTest, household_body: Make
    ) -> None:
        await service.api().ok("PUT", f"/households/{uuid7()}", 201, json=household_body(household_no="0001"))
        body = household_body(household_no="0001")
        await service.api().refused("PUT", f"/households/{uuid7()}", 409, "household_number_taken", json=body)

        await service.api().ok("PUT", f"/households/{uuid7()}", 201, json=body | {"household_no": "0002"})


class TestAddMember:
    async def test_makes_a_new_version_of_the_household(
        self, service: ServiceUnderTest, register: Make, member_body: Make
    ) -> None:
        card = await register()

        after = await service.api().ok(
            "PUT",
            f"/households/{card['id']}/members/{uuid7()}",
            201,
            json=member_body(name="王奶奶", relation="parent"),
        )

        assert (after["version"], after["people"]) == (2, 3)

    async def test_again_has_no_further_effect(
        self, service: ServiceUnderTest, register: Make, member_body: Make
    ) -> None:
        card, body = await register(), member_body()
        url = f"/households/{card['id']}/members/{uuid7()}"
        await service.api().ok("PUT", url, 201, json=body)

        again = await service.api().ok("PUT", url, 200, json=body)

        assert again["version"] == 2
        await service.api().refused("PUT", url, 409, "already_exists", json=body | {"name": "别人"})

    async def test_who_has_no_number_yet_needs_sex_and_birth_date(
        self, service: ServiceUnderTest, register: Make, member_body: Make
    ) -> None:
        card = await register()
        url = f"/households/{card['id']}/members/{uuid7()}"
        newborn = member_body(name="张小宝", relation="grandchild", id_number=None)

        await service.api().refused("PUT", url, 422, "validation_failed", json=newborn)

        after = await service.api().ok("PUT", url, 201, json=newborn | {"sex": "male", "birth_date": "2026-10-01"})
        assert after["members"][-1]["id_number_masked"] is None

    async def test_as_a_second_head_is_refused(
        self, service: ServiceUnderTest, register: Make, member_body: Make
    ) -> None:
        card = await register()

        await service.api().refused(
            "PUT", f"/households/{card['id']}/members/{uuid7()}", 409, "head_exists", json=member_body(relation="head")
        )

    async def test_who_is_registered_elsewhere_is_refused(
        self, service: ServiceUnderTest, register: Make, member_body: Make, household_body: Make
    ) -> None:
        known = household_body()
        await service.api().ok("PUT", f"/households/{uuid7()}", 201, json=known)
        card = await register()
        body = member_body(id_number=known["members"][1]["id_number"])

        problem = await service.api().refused(
            "PUT",
            f"/households/{card['id']}/members/{uuid7()}?duplicates=refuse",
            409,
            "person_already_registered",
            json=body,
        )

        assert problem["errors"][0]["path"] == "body.id_number"


class TestWhatTheDatabaseItselfRefuses:
    """Bulk loads and later code go past the rules; the constraints hold all the same."""

    @pytest.mark.parametrize(
        ("statement", "constraint"),
        [
            ("UPDATE household SET monitored = true", "ck_household_class_iff_monitored"),
            (
                "UPDATE household SET monitored = true, monitored_class = 'marginal', monitored_since = '2026-01-01'",
                "ck_household_risks_iff_monitored",
            ),
            ("UPDATE household SET risks = ARRAY['illness']", "ck_household_risks_iff_monitored"),
            ("UPDATE household SET lifted_year = 2018", "ck_household_lifted_year"),
            ("UPDATE household SET state = 'gone'", "ck_household_state"),
            (
                "UPDATE household_member SET is_head = true, relation = 'head' WHERE NOT is_head",
                "uq_household_member_head",
            ),
            ("UPDATE household_member SET relation = 'child'", "ck_household_member_head_relation"),
            ("UPDATE household_member SET id_number_index = NULL", "ck_household_member_id_number_complete"),
            ("UPDATE household_member SET village_code = '431081106217'", "fk_household_member_household"),
        ],
    )
    async def test_is_what_must_never_be_false(
        self, service: ServiceUnderTest, register: Make, statement: str, constraint: str
    ) -> None:
        await register()

        with pytest.raises(Exception, match=constraint):
            async with service.session() as session:
                await session.execute(text(statement))

    async def test_and_members_follow_a_household_to_another_village(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        card = await register()
        await service.api().ok("PUT", f"/visits/{uuid7()}", 201, json=visit_body(card["id"]))

        async with service.session() as session:
            await session.execute(text("UPDATE household SET village_code = '431081106217'"))

        async with service.session("431081106217") as session:
            for table in ("household_member", "household_change", "visit"):
                assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() > 0

    @pytest.mark.parametrize("table", ["household_change", "visit"])
    @pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
    async def test_is_a_change_of_what_is_append_only(self, service: ServiceUnderTest, table: str, verb: str) -> None:
        with pytest.raises(Exception, match="permission denied"):
            async with service.session() as session:
                await session.execute(text(verb.format(table)))
