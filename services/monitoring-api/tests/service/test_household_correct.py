"""Corrections, monitored status, reveal and the history they leave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from service_kit.testing import ServiceUnderTest
from sqlalchemy import text

Make = Callable[..., Any]


def version(number: int) -> dict[str, str]:
    return {"If-Match": f'"{number}"'}


class TestCorrectHousehold:
    async def test_changes_only_what_is_sent(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register(address="老屋")

        after = await service.api().ok(
            "PATCH",
            f"/households/{card['id']}",
            headers=version(1),
            json={"dwelling_grade": "C", "lifted": True, "lifted_year": 2018, "reason": "鉴定报告"},
        )

        assert (after["dwelling_grade"], after["lifted_year"], after["address"]) == ("C", 2018, "老屋")
        assert after["version"] == 2

    async def test_without_a_version_is_refused(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()

        await service.api().refused(
            "PATCH", f"/households/{card['id']}", 428, "if_match_required", json={"address": "新屋"}
        )

    async def test_of_an_old_version_shows_both(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()
        await service.api().ok("PATCH", f"/households/{card['id']}", headers=version(1), json={"address": "新屋"})

        problem = await service.api().refused(
            "PATCH",
            f"/households/{card['id']}",
            412,
            "version_mismatch",
            headers=version(1),
            json={"address": "别处"},
        )

        assert problem["current"]["address"] == "新屋"
        assert problem["current_version"] == 2
        assert problem["yours"] == {"address": "别处"}

    async def test_by_two_at_the_same_time_lets_one_through(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()

        answers = await asyncio.gather(
            *(
                service.api().patch(f"/households/{card['id']}", headers=version(1), json={"address": place})
                for place in ("东头", "西头")
            )
        )

        assert sorted(answer.status_code for answer in answers) == [200, 412]

    async def test_that_changes_nothing_makes_no_version(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()

        after = await service.api().ok(
            "PATCH", f"/households/{card['id']}", headers=version(1), json={"group_name": "第三组"}
        )

        assert after["version"] == 1

    async def test_replaces_the_years_of_income_it_names(self, service: ServiceUnderTest, register: Make) -> None:
        year = dict.fromkeys(("wage", "business", "property", "transfer", "rigid_expense"), "100.00")
        card = await register(incomes=[year | {"year": 2024}, year | {"year": 2025}])

        after = await service.api().ok(
            "PATCH",
            f"/households/{card['id']}",
            headers=version(1),
            json={"incomes": [year | {"year": 2025, "wage": "900"}, year | {"year": 2026}]},
        )

        assert [(i["year"], i["wage"]) for i in after["incomes"]] == [
            (2026, "100.00"),
            (2025, "900.00"),
            (2024, "100.00"),
        ]

    async def test_no_longer_lifted_forgets_the_year(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register(lifted=True, lifted_year=2018)

        after = await service.api().ok("PATCH", f"/households/{card['id']}", headers=version(1), json={"lifted": False})

        assert (after["lifted"], after["lifted_year"]) == (False, None)

    async def test_must_fit_the_monitored_class(self, service: ServiceUnderTest, register: Make, monitor: Make) -> None:
        card = await monitor(await register(lifted=True), "unstable_lifted")

        await service.api().refused(
            "PATCH",
            f"/households/{card['id']}",
            422,
            "monitoring_invalid",
            headers=version(2),
            json={"lifted": False},
        )

    async def test_cannot_move_the_household(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()

        problem = await service.api().refused(
            "PATCH",
            f"/households/{card['id']}",
            422,
            "validation_failed",
            headers=version(1),
            json={"village_code": "431081106217"},
        )

        assert problem["errors"][0]["code"] == "extra_forbidden"

    @pytest.mark.parametrize("field", ["household_no", "lifted"])
    async def test_cannot_empty_what_must_be_there(self, service: ServiceUnderTest, register: Make, field: str) -> None:
        card = await register()

        await service.api().refused(
            "PATCH",
            f"/households/{card['id']}",
            422,
            "validation_failed",
            headers=version(1),
            json={field: None},
        )


class TestCorrectMember:
    async def test_has_its_own_version_and_bumps_the_household(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()
        url = f"/households/{card['id']}/members/{card['members'][1]['id']}"

        after = await service.api().ok("PATCH", url, headers=version(1), json={"name": "李小妹妹", "health": "chronic"})

        assert after["version"] == 2
        assert (after["members"][1]["name"], after["members"][1]["version"]) == ("李小妹妹", 2)
        await service.api().refused("PATCH", url, 412, "version_mismatch", headers=version(1), json={"name": "李大"})
        found = await service.api().ok("GET", "/households", params={"q": "lxmm"})
        assert [row["id"] for row in found["items"]] == [card["id"]]

    async def test_of_two_different_people_at_the_same_time_lets_both_through(
        self, service: ServiceUnderTest, register: Make
    ) -> None:
        card = await register()

        answers = await asyncio.gather(
            *(
                service.api().patch(
                    f"/households/{card['id']}/members/{member['id']}",
                    headers=version(1),
                    json={"health": "chronic"},
                )
                for member in card["members"]
            )
        )

        assert [answer.status_code for answer in answers] == [200, 200]

    async def test_replaces_an_identity_number_and_frees_the_old_one(
        self, service: ServiceUnderTest, household_body: Make, register: Make, id_number: Make
    ) -> None:
        card = await register()
        member = card["members"][1]
        url = f"/households/{card['id']}/members/{member['id']}"
        wrong = id_number(sex="female")
        await service.api().ok("PATCH", url, headers=version(1), json={"id_number": wrong})

        after = await service.api().ok("PATCH", url, headers=version(2), json={"id_number": id_number(sex="female")})

        body = household_body()
        body["members"][1]["id_number"] = wrong
        assert after["members"][1]["version"] == 3
        await service.api().ok("PUT", f"/households/{member['id']}", 201, json=body)

    async def test_cannot_take_the_number_of_another(
        self, service: ServiceUnderTest, household_body: Make, register: Make
    ) -> None:
        body = household_body()
        await service.api().ok("PUT", f"/households/{body['members'][0]['id']}", 201, json=body)
        card = await register()

        await service.api().refused(
            "PATCH",
            f"/households/{card['id']}/members/{card['members'][1]['id']}",
            409,
            "person_already_registered",
            headers=version(1),
            json={"id_number": body["members"][0]["id_number"]},
        )

    async def test_cannot_contradict_the_identity_number(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()

        await service.api().refused(
            "PATCH",
            f"/households/{card['id']}/members/{card['members'][1]['id']}",
            422,
            "validation_failed",
            headers=version(1),
            json={"birth_date": "1999-01-01"},
        )

    async def test_cannot_unseat_the_head(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()

        problem = await service.api().refused(
            "PATCH",
            f"/households/{card['id']}/members/{card['members'][0]['id']}",
            422,
            "validation_failed",
            headers=version(1),
            json={"relation": "spouse"},
        )

        assert problem["errors"][0]["code"] == "is_head"


class TestSetMonitoring:
    async def test_keeps_class_risks_and_date_together(
        self, service: ServiceUnderTest, register: Make, monitor: Make
    ) -> None:
        card = await monitor(await register(), risks=["illness", "disability", "illness"])

        assert card["monitored"] is True
        assert (card["monitored_class"], card["risks"]) == ("marginal", ["disability", "illness"])
        assert card["monitored_since"] == "2026-03-01"

    async def test_can_be_cleared_and_the_history_keeps_it(
        self, service: ServiceUnderTest, register: Make, monitor: Make
    ) -> None:
        card = await monitor(await register())

        after = await service.api().ok(
            "PUT",
            f"/households/{card['id']}/monitoring",
            headers=version(2),
            json={"monitored": False, "reason": "重复录入"},
        )

        assert (after["monitored"], after["monitored_class"], after["risks"]) == (False, None, [])
        history = await service.api().ok("GET", f"/households/{card['id']}/history")
        assert [line["act"] for line in history["items"]] == ["monitoring_cleared", "monitoring_set", "registered"]
        assert {"field": "class", "before": "marginal", "after": None} in history["items"][0]["changes"]

    async def test_announces_each_change_of_class_once(
        self, service: ServiceUnderTest, register: Make, monitor: Make
    ) -> None:
        card = await monitor(await register())

        same = await monitor(card)
        await monitor(card, risks=["water"])

        assert same["version"] == card["version"]
        async with service.session() as session:
            changes = await session.execute(text("SELECT data->>'change' FROM outbox_event ORDER BY id"))
            assert changes.scalars().all() == ["registered", "monitoring"]

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({"class": "unstable_lifted", "risks": ["illness"], "since": "2026-03-01"}, "body.class"),
            ({"class": "marginal", "risks": ["fate"], "since": "2026-03-01"}, "body.risks.0"),
            ({"class": "marginal", "risks": [], "since": "2026-03-01"}, "body.risks"),
            ({"class": "marginal", "risks": ["illness"], "since": "2999-01-01"}, "body.since"),
            ({"monitored": False, "class": "marginal"}, "body.class"),
        ],
    )
    async def test_is_refused_by_the_catalogues(
        self, service: ServiceUnderTest, register: Make, body: dict[str, Any], path: str
    ) -> None:
        card = await register()

        problem = await service.api().refused(
            "PUT",
            f"/households/{card['id']}/monitoring",
            422,
            "monitoring_invalid",
            headers=version(1),
            json=body | {"reason": "更正"},
        )

        assert problem["errors"][0]["path"] == path


class TestHistory:
    async def test_has_one_line_for_every_version_and_masks_numbers(
        self, service: ServiceUnderTest, register: Make, monitor: Make, id_number: Make
    ) -> None:
        card = await register()
        url = f"/households/{card['id']}"
        member = f"{url}/members/{card['members'][1]['id']}"
        number = id_number(sex="female")
        api = service.api(name="李干事")
        await api.ok("PATCH", url, headers=version(1), json={"address": "新屋", "reason": "搬迁"})
        await api.ok("PATCH", member, headers=version(1), json={"id_number": number, "phone": "13912340000"})
        await monitor({"id": card["id"], "version": 3})

        history = await api.ok("GET", f"{url}/history", params={"limit": 3})
        rest = await api.ok("GET", f"{url}/history", params={"limit": 3, "cursor": history["next"]})

        lines = history["items"] + rest["items"]
        assert [line["version"] for line in lines] == [4, 3, 2, 1]
        assert [line["act"] for line in lines] == [
            "monitoring_set",
            "member_corrected",
            "corrected",
            "registered",
        ]
        assert lines[2]["actor_name"] == "李干事"
        assert lines[2]["reason"] == "搬迁"
        assert lines[2]["changes"] == [{"field": "address", "before": None, "after": "新屋"}]
        phone = next(change for change in lines[1]["changes"] if change["field"] == "phone")
        assert phone == {"field": "phone", "before": None, "after": "139****0000"}
        assert number not in str(lines)
        assert rest["next"] is None

    async def test_of_the_audit_names_fields_and_never_values(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()
        await service.api().ok("PATCH", f"/households/{card['id']}", headers=version(1), json={"address": "保密地址"})

        entries = await service.api().ok("GET", "/audit", params={"subject_id": card["id"]})

        assert [entry["action"] for entry in entries["items"]] == ["household.corrected", "household.registered"]
        assert entries["items"][0]["detail"] == {"version": 2, "fields": ["address"]}
        assert "保密地址" not in str(entries)


class TestReveal:
    async def test_shows_the_number_and_leaves_an_audit_entry(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()
        request = {"member_id": card["members"][0]["id"], "field": "phone", "reason": "电话核实"}

        response = await service.api().post(f"/households/{card['id']}/reveal", json=request)

        assert response.json() == {"value": "13873512345"}
        assert response.headers["cache-control"] == "no-store"
        entries = await service.api().ok("GET", "/audit", params={"action": "household.reveal"})
        assert entries["items"][0]["detail"] == {
            "member_id": card["members"][0]["id"],
            "field": "phone",
            "reason": "电话核实",
        }

    async def test_needs_its_own_permission(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()
        request = {"member_id": card["members"][0]["id"], "field": "id_number", "reason": "看看"}
        reader = service.api(permissions=["monitoring.households:read", "monitoring.households:write"])

        await reader.refused("POST", f"/households/{card['id']}/reveal", 403, "forbidden", json=request)

    async def test_of_what_is_not_registered_says_so(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()
        request = {"member_id": card["members"][1]["id"], "field": "phone", "reason": "电话核实"}

        await service.api().refused("POST", f"/households/{card['id']}/reveal", 422, "nothing_to_reveal", json=request)
