"""Self-application: from the public's six inputs to a case, and nothing told to who should not know (MON-5)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import time_machine
from service_kit.calendar import add_working_days
from service_kit.clock import now, today
from service_kit.ids import uuid7
from service_kit.receipts import make_number
from service_kit.testing import ServiceUnderTest

from .casework import People

Body = Callable[..., dict[str, Any]]
COUNTY = "431081"


@pytest.fixture
def people(service: ServiceUnderTest) -> People:
    return People(service)


@pytest.fixture
def application(id_number: Callable[..., str]) -> Body:
    def make(**changes: Any) -> dict[str, Any]:
        return {
            "village_code": "431081106226",
            "head_name": "张伟明",
            "id_number": id_number(),
            "phone": "13973500001",
            "difficulty": "住院花费很大，家里只有一个劳动力",
            "risk": "illness",
        } | changes

    return make


async def apply(service: ServiceUnderTest, body: dict[str, Any]) -> dict[str, Any]:
    public = service.anonymous()
    answer: dict[str, Any] = await public.ok("POST", "/public/applications", 201, headers=public.as_key(), json=body)
    return answer


async def progress(service: ServiceUnderTest, receipt: dict[str, Any], last4: str = "0001") -> dict[str, Any]:
    query = {"number": receipt["number"], "phone_last4": last4}
    answer: dict[str, Any] = await service.anonymous().ok("POST", "/public/applications/progress", 200, json=query)
    return answer


async def waiting(people: People, state: str = "to_check") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await people.cadre.ok("GET", f"/applications?state={state}"))["items"]
    return found


async def register(people: People, body: dict[str, Any]) -> dict[str, Any]:
    household: dict[str, Any] = await people.county.ok("PUT", f"/households/{uuid7()}", 201, json=body)
    return household


class TestOfAKnownHousehold:
    async def test_opens_a_case_in_the_queue_of_the_village(
        self, service: ServiceUnderTest, people: People, household_body: Body, application: Body
    ) -> None:
        body = application()
        household = await register(people, household_body({"id_number": body["id_number"]}))

        receipt = await apply(service, body)

        [case] = (await people.cadre.ok("GET", "/cases"))["items"]
        assert (case["household_id"], case["origin"]) == (household["id"], "self_application")
        assert case["state"] == "home_verification"
        assert case["due_on"] == receipt["due_on"]
        assert case["opened_by_name"] == "群众自主申请"
        [accepted] = await waiting(people, "accepted")
        assert (accepted["case_id"], accepted["joined"]) == (case["id"], False)

    async def test_joins_the_case_that_is_open(
        self, service: ServiceUnderTest, people: People, household_body: Body, application: Body
    ) -> None:
        body = application()
        household = await register(people, household_body({"id_number": body["id_number"]}))
        case = await people.open(household)

        await apply(service, body)

        [accepted] = await waiting(people, "accepted")
        assert (accepted["case_id"], accepted["joined"]) == (case["id"], True)
        assert len((await people.cadre.ok("GET", "/cases"))["items"]) == 1

    async def test_by_many_at_once_is_one_case(
        self, service: ServiceUnderTest, people: People, household_body: Body, application: Body
    ) -> None:
        body = application()
        await register(people, household_body({"id_number": body["id_number"]}))

        await asyncio.gather(*(apply(service, body | {"phone": f"1397350000{n}"}) for n in range(4)))

        assert len((await people.cadre.ok("GET", "/cases"))["items"]) == 1
        assert sorted(row["joined"] for row in await waiting(people, "accepted")) == [False, True, True, True]

    async def test_sent_twice_is_one_application(
        self, service: ServiceUnderTest, people: People, application: Body
    ) -> None:
        body, public = application(), service.anonymous()
        key = public.as_key()
        first, second = await asyncio.gather(
            *(public.ok("POST", "/public/applications", 201, headers=key, json=body) for _ in range(2))
        )
        assert first == second
        assert len(await waiting(people)) == 1


class TestOfAnUnknownHousehold:
    async def test_waits_for_the_village(
        self, service: ServiceUnderTest, people: People, household_body: Body, application: Body
    ) -> None:
        await apply(service, application(proxy_name="张小伟", proxy_relation="子女"))
        household = await register(people, household_body())

        [row] = await waiting(people)
        seen = await people.cadre.ok("GET", f"/applications/{row['id']}")
        path, key = f"/applications/{row['id']}/match", people.cadre.as_key()
        matched = await people.cadre.ok("POST", path, headers=key, json={"household_id": household["id"]})

        assert (row["proxy_name"], row["proxy_relation"]) == ("张小伟", "子女")
        assert [c["grounds"] for c in seen["candidates"]] == [["name"]]
        assert matched["state"] == "accepted"
        case = await people.cadre.ok("GET", f"/cases/{matched['case_id']}")
        assert case["origin"] == "self_application"

    async def test_under_another_name_is_for_a_person_to_look_at(
        self, service: ServiceUnderTest, people: People, household_body: Body, application: Body
    ) -> None:
        body = application(head_name="王五")
        await register(people, household_body({"id_number": body["id_number"]}))
        await apply(service, body)
        [row] = await waiting(people)
        seen = await people.cadre.ok("GET", f"/applications/{row['id']}")
        assert [c["grounds"] for c in seen["candidates"]] == [["id_number"]]

    async def test_is_matched_when_it_has_been_registered(
        self, service: ServiceUnderTest, people: People, household_body: Body, application: Body
    ) -> None:
        body = application()
        await apply(service, body)
        await apply(service, application())
        await register(people, household_body({"id_number": body["id_number"]}))
        path = f"/applications/matching?county={COUNTY}"
        answer = await people.cadre.ok("POST", path, headers=people.cadre.as_key())
        assert answer == {"accepted": 1}
        assert len(await waiting(people)) == 1

    async def test_keeps_the_limit_that_began_with_the_receipt(
        self, service: ServiceUnderTest, people: People, household_body: Body, application: Body
    ) -> None:
        receipt = await apply(service, application())
        household = await register(people, household_body())
        [row] = await waiting(people)
        with time_machine.travel(now() + timedelta(days=3)):
            path = f"/applications/{row['id']}/match"
            cadre = service.api("431081106226", role="village_cadre")
            matched = await cadre.ok("POST", path, headers=cadre.as_key(), json={"household_id": household["id"]})
            case = await cadre.ok("GET", f"/cases/{matched['case_id']}")
        assert case["due_on"] == receipt["due_on"]

    async def test_is_refused_with_a_reason_that_the_applicant_reads(
        self, service: ServiceUnderTest, people: People, application: Body
    ) -> None:
        receipt = await apply(service, application())
        [row] = await waiting(people)
        path, body = f"/applications/{row['id']}/refusal", {"reason": "查无此人，请核对身份证号"}
        await people.cadre.ok("POST", path, headers=people.cadre.as_key(), json=body)
        await people.cadre.refused("POST", path, 409, "application_over", headers=people.cadre.as_key(), json=body)

        told = await progress(service, receipt)

        assert (told["result"], told["reason"]) == ("refused", "查无此人，请核对身份证号")
        assert not told["may_withdraw"]

    async def test_is_seen_by_its_own_village_only(
        self, service: ServiceUnderTest, people: People, application: Body
    ) -> None:
        await apply(service, application())
        elsewhere = service.api("431081106217", role="village_cadre")
        [row] = await waiting(people)
        assert (await elsewhere.ok("GET", "/applications"))["items"] == []
        await elsewhere.refused("GET", f"/applications/{row['id']}", 404, "not_found")
        path, body = f"/applications/{row['id']}/refusal", {"reason": "不是我村的"}
        await elsewhere.refused("POST", path, 404, "not_found", headers=elsewhere.as_key(), json=body)


class TestProgress:
    async def test_tells_steps_and_days_and_the_result(
        self, service: ServiceUnderTest, people: People, household_body: Body, application: Body
    ) -> None:
        body = application()
        await register(people, household_body({"id_number": body["id_number"]}))
        receipt = await apply(service, body)
        [row] = await waiting(people, "accepted")
        case = await people.cadre.ok("GET", f"/cases/{row['case_id']}")

        first = await progress(service, receipt)
        case = await people.reach(case, "township_review")
        midway = await progress(service, receipt)
        case = await people.step(
            await people.reach(case, "county_determination"), action="refuse", opinion="收入高于监测线"
        )
        last = await progress(service, receipt)

        assert [step["state"] for step in first["steps"]] == ["done", "current", *["waiting"] * 3]
        assert first["steps"][1]["due_on"] == receipt["due_on"]
        assert [step["state"] for step in midway["steps"]] == ["done", "done", "done", "current", "waiting"]
        assert last["result"] == "refused"
        assert last["reason"] == "收入高于监测线"
        assert "张伟明" not in str(last)

    async def test_looks_the_same_for_known_unknown_joined_and_monitored(
        self, service: ServiceUnderTest, people: People, household_body: Body, application: Body
    ) -> None:
        """Whoever knows somebody's name and number learns nothing of them by applying in their name."""
        seen = []
        for kind in ("unknown", "known", "joined", "monitored"):
            body = application(phone=f"139735{len(seen)}0001")
            if kind != "unknown":
                household = await register(people, household_body({"id_number": body["id_number"]}))
            if kind == "joined":
                case = await people.open(household)
                await people.reach(case, "township_review")
            if kind == "monitored":
                state = {"class": "marginal", "risks": ["illness"], "since": "2026-01-01", "reason": "测试数据"}
                path = f"/households/{household['id']}/monitoring"
                await people.county.ok("PUT", path, headers={"If-Match": '"1"'}, json=state)
            receipt = await apply(service, body)
            told = await progress(service, receipt)
            seen.append((receipt | {"number": "", "received_at": ""}, told | {"number": "", "received_at": ""}))
        assert all(one == seen[0] for one in seen), seen

    async def test_needs_number_and_phone(self, service: ServiceUnderTest, application: Body) -> None:
        receipt = await apply(service, application())
        public = service.anonymous()
        path = "/public/applications/progress"
        wrong = {"number": receipt["number"], "phone_last4": "0002"}
        unknown = {"number": make_number("1"), "phone_last4": "0001"}
        first = await public.refused("POST", path, 404, "not_found", json=wrong)
        second = await public.refused("POST", path, 404, "not_found", json=unknown)
        assert first | {"request_id": ""} == second | {"request_id": ""}

    async def test_is_no_way_to_an_objection(self, service: ServiceUnderTest, application: Body) -> None:
        receipt = await apply(service, application())
        query = {"number": receipt["number"], "phone_last4": "0001"}
        await service.anonymous().refused("POST", "/public/objections/progress", 404, "not_found", json=query)


class TestWithdrawal:
    async def test_ends_the_case_that_it_opened(
        self, service: ServiceUnderTest, people: People, household_body: Body, application: Body
    ) -> None:
        body, public = application(), service.anonymous()
        await register(people, household_body({"id_number": body["id_number"]}))
        receipt = await apply(service, body)
        path = "/public/applications/withdrawal"
        query = {"number": receipt["number"], "phone_last4": "0001"}

        told = await public.ok("POST", path, 200, headers=public.as_key(), json=query)

        assert told["result"] == "withdrawn"
        assert (await people.cadre.ok("GET", "/cases"))["items"] == []
        await public.refused("POST", path, 409, "application_over", headers=public.as_key(), json=query)

    async def test_leaves_the_case_that_was_there_before(
        self, service: ServiceUnderTest, people: People, household_body: Body, application: Body
    ) -> None:
        body, public = application(), service.anonymous()
        household = await register(people, household_body({"id_number": body["id_number"]}))
        await people.open(household)
        receipt = await apply(service, body)
        query = {"number": receipt["number"], "phone_last4": "0001", "reason": "情况好转"}
        await public.ok("POST", "/public/applications/withdrawal", 200, headers=public.as_key(), json=query)
        assert len((await people.cadre.ok("GET", "/cases"))["items"]) == 1

    async def test_of_what_waits(self, service: ServiceUnderTest, people: People, application: Body) -> None:
        receipt, public = await apply(service, application()), service.anonymous()
        query = {"number": receipt["number"], "phone_last4": "0001"}
        await public.ok("POST", "/public/applications/withdrawal", 200, headers=public.as_key(), json=query)
        assert await waiting(people) == []


class TestInput:
    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"id_number": "431081198005061234"}, "body.id_number"),
            ({"id_number": "1"}, "body.id_number"),
            ({"phone": "110"}, "body.phone"),
            ({"head_name": ""}, "body.head_name"),
            ({"head_name": "x" * 51}, "body.head_name"),
            ({"difficulty": "短"}, "body.difficulty"),
            ({"difficulty": "长" * 1001}, "body.difficulty"),
            ({"village_code": "431081"}, "body.village_code"),
            ({"village_code": "431081106999"}, "body.village_code"),
            ({"risk": "nothing"}, "body.risk"),
            ({"risk": None}, "body.risk"),
            ({"proxy_name": "张三"}, "body"),
            ({"monitored": True}, "body.monitored"),
        ],
    )
    async def test_is_refused_with_the_path_of_the_field(
        self, service: ServiceUnderTest, application: Body, changes: dict[str, Any], path: str
    ) -> None:
        public = service.anonymous()
        body = application(**changes)
        problem = await public.refused("POST", "/public/applications", 422, headers=public.as_key(), json=body)
        assert path in [error["path"] for error in problem["errors"]]
        assert "1980" not in str(problem)

    async def test_with_a_nul_is_refused(self, service: ServiceUnderTest, application: Body) -> None:
        public = service.anonymous()
        body = application(difficulty="困难\x00很大很大")
        await public.refused("POST", "/public/applications", 422, headers=public.as_key(), json=body)

    async def test_needs_a_key(self, service: ServiceUnderTest, application: Body) -> None:
        await service.anonymous().refused("POST", "/public/applications", 428, json=application())

    async def test_comes_from_one_phone_so_many_times_a_day(self, service: ServiceUnderTest, application: Body) -> None:
        public = service.anonymous()
        for _ in range(5):
            await apply(service, application())
        answer = await public.post("/public/applications", headers=public.as_key(), json=application())
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 3600

    async def test_offers_the_risks_of_today(self, service: ServiceUnderTest) -> None:
        risks = (await service.anonymous().ok("GET", "/public/risks"))["items"]
        assert {"code": "illness", "name": "因病"} in risks


class TestStorage:
    async def test_keeps_numbers_unreadable(self, service: ServiceUnderTest, application: Body) -> None:
        body = application()
        await apply(service, body)
        async with service.session() as session:
            stored = str(
                (await (await session.connection()).exec_driver_sql("SELECT a::text FROM application a")).one()
            )
        assert body["id_number"] not in stored
        assert body["phone"] not in stored

    async def test_reveals_with_permission_and_a_trace(
        self, service: ServiceUnderTest, people: People, application: Body
    ) -> None:
        await apply(service, application())
        [row] = await waiting(people)
        path, body = f"/applications/{row['id']}/reveal", {"field": "phone", "reason": "电话核实"}
        shown = await people.township.ok("POST", path, json=body)
        entries = (await people.county.ok("GET", "/audit?action=application.reveal"))["items"]
        assert shown == {"value": "13973500001"}
        assert len(entries) == 1
        no_right = service.api("431081106226", {"monitoring.cases:read"})
        await no_right.refused("POST", path, 403, "forbidden", json=body)

    async def test_holds_that_an_accepted_one_has_a_case(self, service: ServiceUnderTest, application: Body) -> None:
        await apply(service, application())
        async with service.connection() as connection:
            await connection.execute("BEGIN; SET LOCAL app.scope_lo = '0'; SET LOCAL app.scope_hi = ':'")
            with pytest.raises(asyncpg.CheckViolationError, match="ck_application_accepted"):
                await connection.execute("UPDATE application SET state = 'accepted', decided_at = received_at")

    async def test_lists_in_a_fixed_number_of_statements(
        self, service: ServiceUnderTest, people: People, application: Body
    ) -> None:
        counts = []
        for phone in ("13973500001", "13973500002"):
            for _ in range(3):
                await apply(service, application(phone=phone))
            async with service.counted_queries() as statements:
                await people.cadre.ok("GET", "/applications")
            counts.append(len(statements))
        assert counts[0] == counts[1]


def test_the_limit_is_in_working_days() -> None:
    from monitoring_api.applications.rules import check_by

    assert check_by(today(), {"home_verification": 5}) == add_working_days(today(), 5)
