"""Identification from the application to the register, and every way off that path."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from monitoring_api.casework.rules import replay
from monitoring_api.casework.schemas import Case
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

from .casework import People, form

Make = Callable[..., Any]


@pytest.fixture
def people(service: ServiceUnderTest) -> People:
    return People(service)


def steps_of(case: dict[str, Any]) -> list[tuple[str | None, str, str]]:
    return [(step["from_state"], step["action"], step["to_state"]) for step in case["steps"]]


class TestOpenCase:
    async def test_begins_with_the_home_verification(self, people: People, register: Make) -> None:
        case = await people.open(await register())

        Case.model_validate(case)
        assert case["state"] == "home_verification"
        assert case["version"] == 1
        assert case["origin"] == "cadre"
        assert case["income_line"] == "8500.00"
        assert case["profile_code"] == "regular_2026"
        assert case["may"] == ["complete", "return", "refuse", "withdraw"]
        assert steps_of(case) == [(None, "open", "home_verification")]

    async def test_again_after_a_lost_answer_is_the_same_case(self, people: People, register: Make) -> None:
        card, case_id = await register(), uuid7()
        body = {"household_id": card["id"], "difficulty": "因病住院", "risks": ["illness"]}

        answers = await asyncio.gather(*(people.cadre.put(f"/cases/{case_id}", json=body) for _ in range(3)))

        assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
        other = body | {"difficulty": "另一份申请"}
        await people.cadre.refused("PUT", f"/cases/{case_id}", 409, "already_exists", json=other)

    async def test_is_once_per_household(self, people: People, register: Make) -> None:
        card = await register()
        body = {"household_id": card["id"], "difficulty": "因病住院", "risks": ["illness"]}

        answers = await asyncio.gather(*(people.cadre.put(f"/cases/{uuid7()}", json=body) for _ in range(4)))

        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
        assert {a.json()["code"] for a in answers if a.status_code == 409} == {"case_exists"}

    async def test_from_a_lead_keeps_which(self, people: People, register: Make) -> None:
        lead = str(uuid7())

        case = await people.open(await register(), lead_id=lead)

        assert (case["origin"], case["lead_id"]) == ("lead", lead)

    async def test_again_after_a_refusal_names_the_one_before(self, people: People, register: Make) -> None:
        card = await register()
        first = await people.step(await people.open(card), action="refuse", opinion="不符合条件")

        second = await people.open(card)

        assert first["state"] == "refused"
        assert second["previous_case_id"] == first["id"]

    async def test_for_who_is_monitored_is_refused(self, people: People, register: Make, monitor: Make) -> None:
        card = await monitor(await register())
        body = {"household_id": card["id"], "difficulty": "因病住院", "risks": ["illness"]}

        await people.cadre.refused("PUT", f"/cases/{uuid7()}", 422, "case_not_possible", json=body)

    async def test_elsewhere_or_by_another_role_is_refused(
        self, service: ServiceUnderTest, people: People, register: Make
    ) -> None:
        card = await register()
        body = {"household_id": card["id"], "difficulty": "因病住院", "risks": ["illness"]}
        neighbour = service.api("431081106217", role="village_cadre")

        await neighbour.refused("PUT", f"/cases/{uuid7()}", 404, "not_found", json=body)
        await people.county.refused("PUT", f"/cases/{uuid7()}", 403, "step_not_yours", json=body)
        bad = body | {"risks": ["fate"]}
        await people.cadre.refused("PUT", f"/cases/{uuid7()}", 422, "validation_failed", json=bad)

    async def test_keeps_the_rules_of_its_day(self, people: People, register: Make) -> None:
        case = await people.open(await register())
        setting = {
            "value": {"key": "income_line", "yuan": "9999.00"},
            "valid_from": "2026-01-01",
            "reason": "标准提高",
        }
        await people.county.ok("PUT", f"/policies/431081/settings/{uuid7()}", 201, json=setting)

        again = await people.cadre.ok("GET", f"/cases/{case['id']}")
        later = await people.open(await register())

        assert again["income_line"] == "8500.00"
        assert later["income_line"] == "9999.00"


class TestTakeStep:
    async def test_leads_to_the_register(self, service: ServiceUnderTest, people: People, register: Make) -> None:
        card = await register()

        case = await people.reach(await people.open(card), "monitored")

        assert [step["to_state"] for step in case["steps"]] == [
            "home_verification", "village_review", "notice", "township_review", "county_determination", "monitored",
        ]  # fmt: skip
        assert case["version"] == len(case["steps"])
        assert replay("identification", steps_of(case)) == case["state"]
        assert (case["people"], case["net_income_per_head"], case["income_line"]) == (2, "4999.99", "8500.00")
        assert (case["monitored_class"], case["class_name"]) == ("marginal", "易致贫对象")
        household = await people.cadre.ok("GET", f"/households/{card['id']}")
        assert (household["monitored"], household["monitored_class"]) == (True, "marginal")
        async with service.connection() as connection:
            event = await connection.fetchval("SELECT count(*) FROM outbox_event WHERE subject = $1", card["id"])
        assert event == 2

    async def test_again_with_its_key_is_one_step(self, people: People, register: Make) -> None:
        case = await people.open(await register())
        body = {"stage": "home_verification", "action": "complete", "opinion": "属实"}
        body["evidence"] = form("home_verification")  # type: ignore[assignment]
        headers = people.cadre.as_key() | {"If-Match": '"1"'}
        path = f"/cases/{case['id']}/steps"

        answers = await asyncio.gather(*(people.cadre.post(path, json=body, headers=headers) for _ in range(3)))

        assert [answer.status_code for answer in answers] == [200] * 3
        assert {answer.json()["version"] for answer in answers} == {2}

    async def test_by_two_at_once_is_one_step(self, people: People, register: Make) -> None:
        case = await people.open(await register())

        answers = await asyncio.gather(*(people.send(case) for _ in range(3)))

        assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
        stale = next(answer.json() for answer in answers if answer.status_code == 412)
        assert stale["current"]["state"] == "village_review"

    @pytest.mark.parametrize(
        ("state", "wrong"),
        [
            ("home_verification", "county"),
            ("village_review", "township"),
            ("township_review", "cadre"),
            ("county_determination", "township"),
        ],
    )
    async def test_of_another_is_refused(self, people: People, register: Make, state: str, wrong: str) -> None:
        case = await people.reach(await people.open(await register()), state)

        await people.refused(case, 403, "step_not_yours", by=getattr(people, wrong))

    async def test_in_another_region_is_not_found(
        self, service: ServiceUnderTest, people: People, register: Make
    ) -> None:
        case = await people.open(await register())

        for region in ("431081106217", "431081105", "431003"):
            await people.refused(case, 404, "not_found", by=service.api(region, role="township"))

    async def test_for_another_stage_is_refused(self, people: People, register: Make) -> None:
        case = await people.open(await register())

        await people.refused(case, 409, "case_moved", stage="village_review")
        await people.refused(case, 422, "validation_failed", evidence=form("village_review"))
        await people.refused(case, 422, "validation_failed", evidence=None)

    @pytest.mark.parametrize("to", ["application", "home_verification", "village_review", "notice"])
    async def test_returns_to_any_earlier_step_and_goes_all_the_way_again(
        self, people: People, register: Make, to: str
    ) -> None:
        case = await people.reach(await people.open(await register()), "township_review")

        returned = await people.step(case, action="return", to=to, opinion="材料不全")
        done = await people.reach(returned, "monitored")

        assert returned["state"] == to
        assert replay("identification", steps_of(done)) == "monitored"
        late = {"stage": "county_determination", "evidence": form("county_determination")}
        await people.refused(done, 409, "case_moved", by=people.county, **late)

    async def test_withdraws(self, service: ServiceUnderTest, people: People, register: Make) -> None:
        case = await people.reach(await people.open(await register()), "township_review")
        await people.refused(case, 403, "step_not_yours", by=people.county, action="withdraw")

        closed = await people.step(case, by=people.cadre, action="withdraw", opinion="群众撤回申请")

        assert (closed["state"], closed["due_on"], closed["may"]) == ("withdrawn", None, [])

    async def test_needs_a_vote_that_passed(self, people: People, register: Make) -> None:
        case = await people.reach(await people.open(await register()), "village_review")
        lost = form("village_review", votes_for=7, votes_against=8, abstained=0)

        problem = await people.refused(case, 422, "validation_failed", evidence=lost)

        assert problem["errors"][0]["code"] == "vote_not_passed"

    @pytest.mark.parametrize(
        "changes", [{"class": "sudden_hardship"}, {"class": None}, {"risks": []}, {"class": "unstable_lifted"}]
    )
    async def test_determines_only_what_fits(self, people: People, register: Make, changes: Any) -> None:
        case = await people.reach(await people.open(await register()), "county_determination")

        answer = await people.send(case, evidence=form("county_determination", **changes))

        assert answer.status_code == 422
        again = await people.county.ok("GET", f"/cases/{case['id']}")
        assert again["version"] == case["version"]


class TestNotice:
    async def test_stands_on_the_public_page_with_the_name_masked(
        self, service: ServiceUnderTest, people: People, register: Make
    ) -> None:
        case = await people.reach(await people.open(await register()), "notice")

        notice = await service.anonymous().ok("GET", f"/public/notices/{case['notice']['id']}")

        assert notice["kind"] == "monitoring.case_notice"
        assert "张伟明" not in str(notice)
        assert "张**" in str(notice)

    async def test_cannot_end_early(self, service: ServiceUnderTest, people: People, register: Make) -> None:
        case = await people.reach(await people.open(await register()), "notice")

        await people.refused(case, 422, "notice_still_up")
        async with service.connection() as connection:
            await connection.execute("BEGIN; SET LOCAL app.scope_lo = '0'; SET LOCAL app.scope_hi = ':'")
            with pytest.raises(asyncpg.CheckViolationError, match="ck_case_notice_close"):
                await connection.execute("UPDATE case_notice SET closed_on = ends_on")

    async def test_cannot_end_before_its_objections_are_answered(
        self, service: ServiceUnderTest, people: People, register: Make
    ) -> None:
        case = await people.reach(await people.open(await register()), "notice")
        objection = {"county_code": "431081", "name": "王五", "phone": "13873500001", "statement": "他家有小汽车"}
        path = f"/public/notices/{case['notice']['id']}/objections"
        receipt = await service.anonymous().ok("POST", path, 201, headers=people.cadre.as_key(), json=objection)
        await people.let_notice_end(case)
        await people.refused(case, 422, "notice_still_up")

        seen = await people.cadre.ok("GET", f"/cases/{case['id']}")
        raised = seen["objections"][0]
        handling = {"upheld": False, "finding": "经查车辆已转让"}
        answered = await people.township.ok(
            "POST", f"/objections/{raised['id']}/handling", headers=people.township.as_key(), json=handling
        )
        done = await people.step(case)

        progress = {"number": receipt["number"], "phone_last4": "0001"}
        told = await service.anonymous().ok("POST", "/public/objections/progress", 200, json=progress)

        assert receipt["number"].startswith("2")
        assert (told["state"], told["finding"]) == ("rejected", "经查车辆已转让")
        assert (raised["name_masked"], raised["phone_masked"]) == ("王*", "138****0001")
        assert answered["objections"][0]["state"] == "rejected"
        assert done["state"] == "township_review"

    async def test_with_an_upheld_objection_goes_back(
        self, service: ServiceUnderTest, people: People, register: Make
    ) -> None:
        case = await people.reach(await people.open(await register()), "notice")
        objection = {"county_code": "431081", "name": "王五", "phone": "13873500001", "statement": "他家有小汽车"}
        public = f"/public/notices/{case['notice']['id']}/objections"
        await service.anonymous().ok("POST", public, 201, headers=people.cadre.as_key(), json=objection)
        raised = (await people.cadre.ok("GET", f"/cases/{case['id']}"))["objections"][0]
        path, body = f"/objections/{raised['id']}/handling", {"upheld": True, "finding": "车辆属实"}
        await people.cadre.ok("POST", path, headers=people.cadre.as_key(), json=body)
        await people.cadre.refused("POST", path, 409, "objection_handled", headers=people.cadre.as_key(), json=body)
        await people.let_notice_end(case)

        await people.refused(case, 422, "notice_still_up")
        returned = await people.step(case, action="return", to="home_verification", opinion="重新核实")
        again = await people.reach(returned, "notice")

        assert again["notice"]["id"] != case["notice"]["id"]
        assert again["notice"]["upheld_objections"] == 0

    async def test_takes_so_many_objections_from_one_phone_and_none_afterwards(
        self, service: ServiceUnderTest, people: People, register: Make
    ) -> None:
        case = await people.reach(await people.open(await register()), "notice")
        objection = {"county_code": "431081", "name": "王五", "phone": "13873500001", "statement": "他家有小汽车"}
        path, public = f"/public/notices/{case['notice']['id']}/objections", service.anonymous()
        for _ in range(3):
            await public.ok("POST", path, 201, headers=public.as_key(), json=objection)

        await public.refused("POST", path, 429, "rate_limited", headers=public.as_key(), json=objection)
        missing = f"/public/notices/{uuid7()}/objections"
        await public.refused("POST", missing, 404, "not_found", headers=public.as_key(), json=objection)
        await people.step(case, action="refuse", opinion="不符合条件")
        other = objection | {"phone": "13873500002"}
        await public.refused("POST", path, 409, "notice_over", headers=public.as_key(), json=other)


class TestHistory:
    @pytest.mark.parametrize("statement", ["UPDATE case_step SET opinion = ''", "DELETE FROM case_step"])
    async def test_cannot_be_rewritten(
        self, service: ServiceUnderTest, people: People, register: Make, statement: str
    ) -> None:
        await people.open(await register())

        async with service.connection() as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)

    @pytest.mark.parametrize(
        ("values", "constraint"),
        [
            ({"seq": 2, "previous_seq": 1, "from_state": "home_verification", "to_state": "notice"},
             "ck_case_step_step"),
            ({"seq": 2, "previous_seq": 1, "from_state": "village_review", "to_state": "notice"},
             "fk_case_step_previous"),
            ({"seq": 3, "previous_seq": 2, "from_state": "home_verification", "to_state": "village_review"},
             "fk_case_step_previous"),
            ({"seq": 2, "previous_seq": None, "from_state": "home_verification", "to_state": "village_review"},
             "ck_case_step_previous"),
            ({"seq": 1, "previous_seq": None, "from_state": None, "to_state": "home_verification"}, "uq_case_step"),
        ],
    )  # fmt: skip
    async def test_takes_no_step_out_of_order(
        self, service: ServiceUnderTest, people: People, register: Make, values: dict[str, Any], constraint: str
    ) -> None:
        await people.open(await register())
        columns = [
            "county_code", "id", "case_id", "village_code", "opinion", "at", "actor_id", "actor_name", "actor_role",
            "actor_region",
        ]  # fmt: skip
        action = "open" if values["from_state"] is None else "complete"
        row = values | {"action": action, "evidence": "{}"}
        holes = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        copied = ", ".join("gen_random_uuid()" if c == "id" else c for c in columns)
        typed = holes.replace("$6", "$6::jsonb")

        async with service.connection() as connection:
            await connection.execute("BEGIN; SET LOCAL app.scope_lo = '0'; SET LOCAL app.scope_hi = ':'")
            with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=constraint):
                await connection.execute(
                    f"INSERT INTO case_step ({', '.join(columns)}, {', '.join(row)})"
                    f" SELECT {copied}, {typed} FROM case_step",
                    *row.values(),
                )

    async def test_is_what_the_case_says(self, service: ServiceUnderTest, people: People, register: Make) -> None:
        case = await people.open(await register())

        async with service.connection() as connection:
            await connection.execute("BEGIN; SET LOCAL app.scope_lo = '0'; SET LOCAL app.scope_hi = ':'")
            await connection.execute("UPDATE monitoring_case SET state = 'notice' WHERE id = $1", UUID(case["id"]))
            with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_monitoring_case_last_step"):
                await connection.execute("COMMIT")


class TestQueues:
    async def test_show_each_their_own_work(self, people: People, register: Make) -> None:
        first = await people.open(await register())
        second = await people.reach(await people.open(await register()), "township_review")

        cadre = await people.cadre.ok("GET", "/cases", params={"with_total": True})
        township = await people.township.ok("GET", "/cases", params={"stage": "township_review"})
        county = await people.county.ok("GET", "/cases")
        done = await people.cadre.ok("GET", "/cases", params={"queue": "done", "with_total": True})
        started = await people.cadre.ok("GET", "/cases", params={"queue": "started_by_me", "limit": 1})

        assert [row["id"] for row in cadre["items"]] == [first["id"]]
        assert [row["id"] for row in township["items"]] == [second["id"]]
        assert (county["items"], county["counts"]["overdue"]) == ([], 0)
        assert [row["id"] for row in done["items"]] == [second["id"], first["id"]]
        assert done["counts"] is None
        assert [row["id"] for row in started["items"]] == [second["id"]]
        more = await people.cadre.ok("GET", "/cases", params={"queue": "started_by_me", "cursor": started["next"]})
        assert [row["id"] for row in more["items"]] == [first["id"]]

    async def test_group_by_urgency_and_page(self, service: ServiceUnderTest, people: People, register: Make) -> None:
        for days in (-3, -1, 0, 40, 50):
            case = await people.open(await register())
            async with service.connection(service.superuser_url) as connection:
                await connection.execute("SET search_path = monitoring; SET timezone = 'Asia/Shanghai'")
                await connection.execute(
                    "UPDATE monitoring_case SET due_on = current_date + $2::int WHERE id = $1", UUID(case["id"]), days
                )

        page = await people.cadre.ok("GET", "/cases", params={"limit": 2, "with_total": True})
        rest = await people.cadre.ok("GET", "/cases", params={"limit": 5, "cursor": page["next"]})
        late = await people.cadre.ok("GET", "/cases", params={"urgency": "overdue"})

        assert page["counts"] == {"overdue": 2, "today": 1, "this_week": 0, "later": 2}
        assert page["total"] == 5
        urgencies = [row["urgency"] for row in page["items"] + rest["items"]]
        assert urgencies == ["overdue", "overdue", "today", "later", "later"]
        assert len(late["items"]) == 2

    async def test_counts_equal_a_recount(self, people: People, register: Make) -> None:
        cases = [await people.open(await register()) for _ in range(4)]
        await people.reach(cases[0], "township_review")
        await people.step(cases[1], action="withdraw")

        cadre, township = (
            await people.cadre.ok("GET", "/cases/counts"),
            await people.township.ok("GET", "/cases/counts"),
        )
        listed = await people.cadre.ok("GET", "/cases", params={"limit": 50, "with_total": True})

        assert cadre["by_stage"] == {"home_verification": 2}
        assert township["by_stage"] == {"home_verification": 2, "township_review": 1}
        assert cadre["total"] == listed["total"] == len(listed["items"]) == sum(listed["counts"].values())
        by_urgency = dict.fromkeys(listed["counts"], 0) | Counter(row["urgency"] for row in listed["items"])
        assert {name: cadre[name] for name in by_urgency} == by_urgency == listed["counts"]

    async def test_show_all_cases_of_a_household(self, people: People, register: Make) -> None:
        card = await register()
        first = await people.step(await people.open(card), action="withdraw")
        second = await people.open(card)
        await people.open(await register())

        found = await people.county.ok("GET", "/cases", params={"queue": "all", "household_id": card["id"]})

        assert [row["id"] for row in found["items"]] == [second["id"], first["id"]]
        assert len((await people.county.ok("GET", "/cases", params={"queue": "all"}))["items"]) == 3

    async def test_take_few_statements(self, service: ServiceUnderTest, people: People, register: Make) -> None:
        for _ in range(3):
            await people.open(await register())

        for queue in ("todo", "done", "started_by_me"):
            async with service.counted_queries() as statements:
                await people.cadre.ok("GET", "/cases", params={"queue": queue})
            assert len(statements) <= 4, statements


class TestBatch:
    async def test_previews_then_reviews_each_for_itself(self, people: People, register: Make) -> None:
        good = [await people.reach(await people.open(await register()), "township_review") for _ in range(2)]
        early = await people.open(await register())
        body = {
            "items": [{"id": case["id"], "version": case["version"]} for case in (*good, early)],
            "step": {
                "stage": "township_review",
                "action": "complete",
                "opinion": "同意上报",
                "evidence": form("township_review"),
            },
        }

        preview = await people.township.ok("POST", "/cases/batch", headers=people.township.as_key(), json=body)
        unchanged = await people.township.ok("GET", f"/cases/{good[0]['id']}")
        real = await people.township.ok(
            "POST", "/cases/batch", headers=people.township.as_key(), json=body | {"preview": False}
        )
        changed = await people.township.ok("GET", f"/cases/{good[0]['id']}")

        assert (preview["done"], preview["refused"]) == (2, 1)
        assert unchanged["state"] == "township_review"
        assert (real["done"], real["refused"]) == (2, 1)
        assert {r["code"] for r in real["results"] if not r["ok"]} == {"case_moved"}
        assert changed["state"] == "county_determination"
