"""Rules with dates: read for a county and a day, set from a day on."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from service_kit.ids import uuid7
from service_kit.testing import Api, ServiceUnderTest

from .casework import SWEPT, sweep_body

SETTINGS = "/policies/431081/settings"


def line(yuan: str, since: str) -> dict[str, Any]:
    return {"value": {"key": "income_line", "yuan": yuan}, "valid_from": since, "reason": "省里公布新标准"}


async def put(api: Api, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = await api.ok("PUT", f"{SETTINGS}/{uuid7()}", 201, json=body)
    return answer


class TestReadPolicy:
    async def test_gives_each_period_its_own_words(self, service: ServiceUnderTest) -> None:
        old = await service.api().ok("GET", "/policies/431081", params={"on": "2023-06-01"})
        new = await service.api().ok("GET", "/policies/431081", params={"on": "2026-06-01"})

        assert (old["profile"]["code"], new["profile"]["code"]) == ("transition_2021", "regular_2026")
        names = [next(r["value"] for r in policy["rules"] if r["key"] == "class_names") for policy in (old, new)]
        assert names[0]["marginal"] == "边缘易致贫户"
        assert names[0] != names[1]
        profiles = await service.api().ok("GET", "/policy-profiles")
        assert [profile["object_name"] for profile in profiles] == ["监测对象", "防止返贫致贫对象"]

    @pytest.mark.parametrize("region", ["431081106226", "431081106", "431081", "4310", ""])
    async def test_is_open_to_all_in_the_county(self, service: ServiceUnderTest, region: str) -> None:
        await put(service.api(), line("9000.00", "2026-01-01"))

        policy = await service.api(region).ok("GET", "/policies/431081", params={"on": "2026-06-01"})

        assert policy["income_line"] == "9000.00"

    async def test_of_another_county_or_before_all_periods_is_not_found(self, service: ServiceUnderTest) -> None:
        await service.api("431003").refused("GET", "/policies/431081", 404, "not_found")
        await service.api().refused("GET", "/policies/431081", 404, params={"on": "2020-12-31"})


class TestSetPolicy:
    async def test_holds_from_its_day_and_leaves_the_days_before(self, service: ServiceUnderTest) -> None:
        api = service.api()
        await put(api, line("8700.00", "2026-01-01"))
        await put(api, line("9100.00", "2026-07-01"))

        lines = [
            (await api.ok("GET", "/policies/431081", params={"on": day}))["income_line"]
            for day in ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01")
        ]

        assert lines == ["6000.00", "8700.00", "8700.00", "9100.00"]

    async def test_again_for_the_same_day_wins_and_both_stay_on_record(self, service: ServiceUnderTest) -> None:
        api = service.api()
        await put(api, line("8700.00", "2026-01-01"))
        last = await put(api, line("8800.00", "2026-01-01"))

        kept = await api.ok("GET", SETTINGS)
        policy = await api.ok("GET", "/policies/431081")

        assert [(s["value"]["yuan"], s["revision"]) for s in kept] == [("8800.00", 2), ("8700.00", 1)]
        rule = next(rule for rule in policy["rules"] if rule["key"] == "income_line")
        assert rule == {
            "key": "income_line",
            "value": {"yuan": "8800.00"},
            "since": "2026-01-01",
            "own": True,
            "setting_id": last["id"],
            "default": {"yuan": "8500.00"},
        }

    async def test_is_audited(self, service: ServiceUnderTest) -> None:
        setting = await put(service.api(), line("8700.00", "2026-01-01"))

        async with service.connection() as connection:
            entry = await connection.fetchrow("SELECT * FROM audit_entry WHERE action = 'policy.set'")
        assert entry["subject_id"] == setting["id"]
        assert entry["region_code"] == "431081"

    async def test_twice_with_one_id_is_one_setting(self, service: ServiceUnderTest) -> None:
        api, path = service.api(), f"{SETTINGS}/{uuid7()}"
        first = await api.ok("PUT", path, 201, json=line("8700.00", "2026-01-01"))

        again = await api.ok("PUT", path, 200, json=line("8700.00", "2026-01-01"))

        assert again == first
        await api.refused("PUT", path, 409, "already_exists", json=line("8701.00", "2026-01-01"))

    async def test_by_several_at_once_keeps_one_order(self, service: ServiceUnderTest) -> None:
        api = service.api()
        bodies = [line(f"{8000 + n}.00", "2026-01-01") for n in range(5)]

        answers = await asyncio.gather(*(api.put(f"{SETTINGS}/{uuid7()}", json=body) for body in bodies))

        assert {answer.status_code for answer in answers} <= {201, 409}
        kept = await api.ok("GET", SETTINGS)
        assert [s["revision"] for s in kept] == list(range(len(kept), 0, -1))

    async def test_that_nobody_has_seen_is_told_with_both_versions(self, service: ServiceUnderTest) -> None:
        api, mine = service.api(), line("9000.00", "2026-03-01")
        theirs = await put(api, line("8800.00", "2026-01-01"))

        refused = await api.put(f"{SETTINGS}/{uuid7()}", json=mine, headers={"If-Match": '"0"'})
        await api.ok("PUT", f"{SETTINGS}/{uuid7()}", 201, json=mine, headers={"If-Match": '"1"'})

        assert (refused.status_code, refused.json()["code"]) == (412, "version_mismatch")
        assert refused.json()["current"] == theirs
        assert (refused.json()["yours"]["value"], refused.json()["current_version"]) == ({"yuan": "9000.00"}, 1)

    @pytest.mark.parametrize("region", ["431081106", "431081106226", "431003"])
    async def test_is_for_the_county_itself(self, service: ServiceUnderTest, region: str) -> None:
        body = line("8700.00", "2026-01-01")

        await service.api(region).refused("PUT", f"{SETTINGS}/{uuid7()}", 403, "region_out_of_scope", json=body)
        reader = service.api(permissions=["monitoring.policy:read"])
        await reader.refused("PUT", f"{SETTINGS}/{uuid7()}", 403, "forbidden", json=body)

    @pytest.mark.parametrize(
        "value",
        [
            {"key": "income_line", "yuan": 8700},
            {"key": "income_line", "yuan": "0"},
            {"key": "income_line"},
            {"key": "notice_days", "days": 4},
            {"key": "time_limits", "application": 2},
            {"key": "look_back", "quarters": 0},
            {"key": "fate"},
            {"key": "risk_points", "items": []},
            {"key": "risk_points", "items": [{"code": "illness", "name": "因病"}, {"code": "illness", "name": "病"}]},
            {"key": "risk_points", "items": [{"code": "Ill ness", "name": "因病"}]},
            {
                "key": "approvers",
                "application": ["village_cadre"],
                "home_verification": ["village_cadre"],
                "village_review": ["village_cadre"],
                "notice": ["village_cadre"],
                "township_review": ["township"],
                "county_determination": ["township"],
            },
        ],
    )
    async def test_with_a_value_that_makes_no_sense_is_refused(self, service: ServiceUnderTest, value: Any) -> None:
        body = {"value": value, "valid_from": "2026-01-01", "reason": "试一试"}

        await service.api().refused("PUT", f"{SETTINGS}/{uuid7()}", 422, "validation_failed", json=body)

    @pytest.mark.parametrize("statement", ["UPDATE policy_setting SET value = '{}'", "DELETE FROM policy_setting"])
    async def test_leaves_rows_that_nobody_can_edit(self, service: ServiceUnderTest, statement: str) -> None:
        await put(service.api(), line("8700.00", "2026-01-01"))

        async with service.connection() as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


class TestWords:
    async def test_are_those_of_the_period_and_of_the_county(self, service: ServiceUnderTest) -> None:
        items = [{"code": "illness", "name": "大病"}, {"code": "local_frost", "name": "因冻灾"}]
        value = {"key": "risk_points", "items": items}
        await put(service.api(), {"value": value, "valid_from": "2026-01-01", "reason": "县里新增风险点"})

        here = await service.api("431081106226").ok("GET", "/words", params={"on": "2026-06-01"})
        before = await service.api("431081106226").ok("GET", "/words", params={"on": "2023-06-01"})
        nation = await service.api("").ok("GET", "/words", params={"on": "2026-06-01"})
        province = await service.api("43").ok("GET", "/words", params={"on": "2026-06-01"})

        in_use = {risk["code"]: risk["name"] for risk in here["risks"] if risk["in_use"]}
        assert in_use == {"illness": "大病", "local_frost": "因冻灾"}
        assert {risk["code"] for risk in here["risks"]} > {"water", "dwelling"}
        assert here["object_name"] == "防止返贫致贫对象"
        assert {c["code"]: c["name"] for c in here["classes"]}["marginal"] == "易致贫对象"
        assert before["object_name"] == "监测对象"
        assert {c["code"]: c["name"] for c in before["classes"]}["marginal"] == "边缘易致贫户"
        assert next(risk["code"] for risk in before["risks"] if risk["in_use"]) == "illness"
        assert "local_frost" not in {risk["code"] for risk in nation["risks"]}
        above = {risk["code"]: risk["name"] for risk in province["risks"]}
        assert (above["local_frost"], above["illness"]) == ("因冻灾", "因病")

    async def test_name_risks_that_a_case_and_a_household_may_carry(
        self, service: ServiceUnderTest, register: Any, monitor: Any
    ) -> None:
        items = [{"code": "illness", "name": "因病"}, {"code": "local_frost", "name": "因冻灾"}]
        value = {"key": "risk_points", "items": items}
        await put(service.api(), {"value": value, "valid_from": "2026-01-01", "reason": "县里新增风险点"})
        cadre = service.api("431081106226", role="village_cadre")
        body = {"difficulty": "茶园受冻", "household_id": (await register())["id"]}

        opened = await cadre.ok("PUT", f"/cases/{uuid7()}", 201, json=body | {"risks": ["local_frost"]})
        card = await monitor(await register(), risks=["local_frost"])
        other = body | {"household_id": card["id"], "risks": ["water"]}
        await cadre.refused("PUT", f"/cases/{uuid7()}", 422, "case_not_possible", json=other)
        unwatched = body | {"household_id": (await register())["id"], "risks": ["water"]}
        await cadre.refused("PUT", f"/cases/{uuid7()}", 422, "validation_failed", json=unwatched)

        assert opened["policy"]["risk_points"] == items
        assert card["risks"] == ["local_frost"]

    async def test_name_risks_that_are_found_in_the_field(
        self, service: ServiceUnderTest, register: Any, visit_body: Any
    ) -> None:
        items = [{"code": "illness", "name": "因病"}, {"code": "local_1", "name": "因冻灾"}]
        value = {"key": "risk_points", "items": items}
        await put(service.api(), {"value": value, "valid_from": "2026-01-01", "reason": "县里新增风险点"})
        cadre = service.api("431081106226", role="village_cadre")
        card = await register()
        found = visit_body(card["id"])["findings"] | {"risks": ["local_1"]}
        swept = {"region_code": "431081106226", "title": "集中排查", "year": 2026, "half": 2}
        days = {"starts_on": "2026-01-01", "ends_on": "2099-12-31"}
        round_id = uuid7()
        await service.api().ok("PUT", f"/sweeps/{round_id}", 201, json=swept | days)

        visited = await cadre.ok("PUT", f"/visits/{uuid7()}", 201, json=visit_body(card["id"], findings=found))
        body = sweep_body(card["id"], unchanged=False, findings=SWEPT | {"risks": ["local_1"]})
        await cadre.ok("PUT", f"/sweeps/{round_id}/records/{uuid7()}", 201, json=body)
        elsewhere = visit_body(card["id"], findings=found | {"risks": ["local_2"]})
        problem = await cadre.refused("PUT", f"/visits/{uuid7()}", 422, "validation_failed", json=elsewhere)

        assert visited["visit"]["findings"]["risks"] == ["local_1"]
        assert problem["errors"][0]["path"] == "body.findings.risks.0"

    async def test_answer_the_packages_of_the_countys_own_risks(self, service: ServiceUnderTest) -> None:
        entry = {"type": "social_security", "title": "兜底保障", "department": "民政局"}
        packages = {"local_1": [entry], "no_labour": [entry]}
        value = {"key": "assistance_packages", "packages": packages}
        await put(service.api(), {"value": value, "valid_from": "2026-01-01", "reason": "县里新增风险点"})

        policy = await service.api().ok("GET", "/policies/431081", params={"on": "2026-06-01"})

        assert next(r["value"] for r in policy["rules"] if r["key"] == "assistance_packages") == {"packages": packages}
