"""The project library: from the village's proposal into the library, its changes and its way out (FND-4, FND-8)."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from funds_ledger.projects import rules
from service_kit.ids import uuid7

from .library import TOWN, VILLAGE, Library, proposal
from .test_funds_invariants import CHECK, as_service, refuse


@pytest.fixture
def library(service) -> Library:
    return Library(service)


class TestProposing:
    async def test_village_township_county_notice_library(self, library):
        project = await library.draft()
        assert (project["state"], project["missing"], project["purpose"]) == ("draft", {}, "industry")
        assert project["planned"] == "100.00"
        for who, action, state in (
            (library.village, "submit", "township_review"),
            (library.town, "approve", "county_review"),
            (library.bureau, "approve", "notice"),
        ):
            project = await library.step(who, project, action)
            assert project["state"] == state
        await library.refused(library.bureau, project, "enter", 409, "notice_still_up")
        await library.end_notices()
        project = await library.step(library.bureau, project, "enter")
        assert project["state"] == "library"
        assert project["entered_on"] is not None
        history = [(s["from_state"], s["action"], s["to_state"]) for s in project["steps"]]
        assert rules.replay(history) == "library"
        assert [s["seq"] for s in project["steps"]] == list(range(1, project["version"] + 1))

    async def test_without_targets_there_is_no_entry(self, library):
        project = await library.draft(goals=[], benefit_kinds=[], benefit_mechanism=None)
        assert project["missing"] == {"performance": ["goals"], "benefit": ["benefit_kinds", "benefit_mechanism"]}
        problem = await library.refused(library.village, project, "submit", 422, "proposal_incomplete")
        assert {e["path"] for e in problem["errors"]} == {
            "body.goals", "body.benefit_kinds", "body.benefit_mechanism",
        }  # fmt: skip

    async def test_a_draft_is_edited_with_its_version(self, library):
        project = await library.draft()
        body = proposal(name="燕窝村油茶基地(二期)")
        body.pop("region_code")
        headers = {"If-Match": f'"{project["version"]}"'}
        edited = await library.village.ok("PATCH", f"/projects/{project['id']}", json=body, headers=headers)
        assert (edited["name"], edited["version"]) == ("燕窝村油茶基地(二期)", 2)
        stale = await library.village.refused(
            "PATCH", f"/projects/{project['id']}", 412, "version_mismatch", json=body | {"year": 2027}, headers=headers
        )
        assert stale["current"]["version"] == 2

    async def test_the_same_draft_again_changes_nothing(self, library):
        project_id, body = uuid7(), proposal()
        first = await library.village.ok("PUT", f"/projects/{project_id}", 201, json=body)
        assert (await library.village.ok("PUT", f"/projects/{project_id}", 200, json=body)) == first
        await library.village.refused(
            "PUT", f"/projects/{project_id}", 409, "already_exists", json=proposal(name="另一个项目")
        )

    async def test_the_list_asks_no_more_for_more_rows(self, library, service):
        counts = []
        for kind in ("planting", "road"):
            for n in range(3):
                draft = await library.draft(name=f"{kind}{n}", category=kind, place=f"{n}组")
                await library.step(library.village, draft, "submit")
            async with service.counted_queries() as statements:
                listed = await library.bureau.ok("GET", "/projects", params={"with_total": True})
            counts.append(len(statements))
        assert len(listed["items"]) == 6
        industry = await library.bureau.ok("GET", "/projects", params={"purpose": "industry"})
        assert {row["category"] for row in industry["items"]} == {"planting"}
        assert counts[0] == counts[1]

    async def test_another_region_or_role_does_not_propose(self, library, service):
        body = proposal(region_code="431081105235")
        await library.village.refused("PUT", f"/projects/{uuid7()}", 403, "region_out_of_scope", json=body)
        await library.bureau.refused("PUT", f"/projects/{uuid7()}", 403, "step_not_yours", json=proposal())
        foreign = await library.draft()
        await service.api("431081105", role="township").refused("GET", f"/projects/{foreign['id']}", 404, "not_found")


class TestReview:
    async def test_returns_and_refuses_with_a_reason(self, library):
        project = await library.step(library.village, await library.draft(), "submit")
        await library.refused(library.town, project, "return", 422, "validation_failed", opinion="")
        project = await library.step(library.town, project, "return", opinion="请补充灌溉方案")
        assert project["state"] == "draft"
        project = await library.step(library.village, project, "submit")
        project = await library.step(library.town, project, "approve")
        project = await library.step(library.bureau, project, "return", to="township_review", opinion="请现场核实")
        assert project["state"] == "township_review"
        project = await library.step(library.town, project, "refuse", opinion="不符合规划")
        assert (project["state"], project["may"]) == ("refused", [])

    async def test_is_for_the_role_and_region_of_the_step(self, library, service):
        project = await library.step(library.village, await library.draft(), "submit")
        await library.refused(library.bureau, project, "approve", 403, "step_not_yours")
        await library.refused(service.api(VILLAGE, role="township"), project, "approve", 403, "step_not_yours")
        await library.refused(library.village, project, "approve", 403, "step_not_yours")
        await library.refused(library.town, project, "enter", 409, "step_not_possible")

    async def test_whoever_proposes_does_not_review(self, library):
        project = await library.town.ok("PUT", f"/projects/{uuid7()}", 201, json=proposal(region_code=TOWN))
        project = await library.step(library.town, project, "submit")
        await library.refused(library.town, project, "approve", 403, "step_not_yours")

    async def test_many_at_once_with_a_result_each(self, library):
        first = await library.step(library.village, await library.draft(), "submit")
        second = await library.step(
            library.village, await library.draft(name="州门司镇机耕道建设", category="road"), "submit"
        )
        draft = await library.draft(name="村级水渠维修", category="irrigation")
        ids = [first["id"], second["id"], draft["id"]]
        body = {"project_ids": ids, "action": "approve", "preview": True}
        preview = await library.post(library.town, "/projects/batch", body)
        assert [r["ok"] for r in preview["results"]] == [True, True, False]
        assert (await library.town.ok("GET", f"/projects/{first['id']}"))["state"] == "township_review"
        done = await library.post(library.town, "/projects/batch", body | {"preview": False})
        assert [(r["ok"], r["code"]) for r in done["results"]] == [
            (True, None), (True, None), (False, "step_not_possible"),
        ]  # fmt: skip
        states = [(await library.town.ok("GET", f"/projects/{i}"))["state"] for i in ids]
        assert states == ["county_review", "county_review", "draft"]

    async def test_of_two_at_the_same_moment_one_wins(self, library):
        project = await library.step(library.village, await library.draft(), "submit")
        body, headers = {"action": "approve"}, {"If-Match": f'"{project["version"]}"'}
        answers = await asyncio.gather(
            *(
                library.town.post(
                    f"/projects/{project['id']}/steps", json=body, headers=headers | library.town.as_key()
                )
                for _ in range(4)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


class TestFindings:
    async def test_a_match_with_the_negative_list_is_decided_by_a_person(self, library):
        project = await library.draft(tasks="硬化道路并购置车辆一台", name="进村道路", category="road")
        project = await library.step(library.village, project, "submit")
        finding = project["findings"][0]
        assert finding["kind"] == "negative"
        assert finding["detail"]["matches"] == [{"field": "tasks", "word": "购置车辆"}]
        project = await library.step(library.town, project, "approve")
        await library.refused(library.bureau, project, "approve", 409, "findings_open")
        path = f"/projects/{project['id']}/findings/{finding['id']}/decision"
        body = {"verdict": "upheld", "reason": "属于交通工具"}
        await library.post(library.bureau, path, body)
        await library.refused(library.bureau, project, "approve", 409, "findings_open")
        decided = await library.post(
            library.bureau, path, {"verdict": "cleared", "reason": "为施工作业车租赁,已改为租赁"}
        )
        assert decided["open_findings"] == 0
        assert (await library.step(library.bureau, project, "approve"))["state"] == "notice"

    async def test_an_alike_project_of_the_township_is_shown(self, library):
        first = await library.entered()
        second = await library.draft(name="燕窝村油茶基地建设项目(扩建)")
        second = await library.step(library.village, second, "submit")
        duplicate = next(f for f in second["findings"] if f["kind"] == "duplicate")
        assert duplicate["subject_id"] == first["id"]
        assert duplicate["detail"]["likeness"] >= 50

    async def test_a_county_adds_its_own_words_from_a_date_on(self, library):
        item = {
            "region_code": "431081",
            "code": "tea_house",
            "title": "茶楼",
            "rule": "不得建设茶楼",
            "words": ["茶楼", " 茶楼 "],
            "effective_on": "2999-01-01",
            "basis": "县负面清单",
        }
        later = await library.bureau.ok("PUT", f"/negative-list/{uuid7()}", 201, json=item)
        assert (later["words"], later["in_force"]) == (["茶楼"], False)
        project = await library.step(library.village, await library.draft(tasks="建茶楼"), "submit")
        assert project["findings"] == []
        await library.bureau.ok("PUT", f"/negative-list/{uuid7()}", 201, json=item | {"effective_on": "2026-01-01"})
        other = await library.draft(tasks="建茶楼", name="十龙潭茶旅融合", place="二组")
        other = await library.step(library.village, other, "submit")
        assert [f["detail"]["code"] for f in other["findings"] if f["kind"] == "negative"] == ["tea_house"]
        revisions = (await library.bureau.ok("GET", "/negative-list"))["items"]
        assert [r["revision"] for r in revisions if r["code"] == "tea_house"] == [2, 1]


class TestLibrary:
    async def test_an_adjustment_takes_effect_after_its_notice(self, library):
        project = await library.entered()
        headers = {"If-Match": f'"{project["version"]}"'}
        body = {
            "reason": "灌溉工程增加",
            "financing": [{"source_level": "central", "amount": "120.00"}],
            "ends_on": "2026-12-31",
        }
        project = await library.post(library.bureau, f"/projects/{project['id']}/adjustments", body, **headers)
        assert (project["state"], project["planned"]) == ("adjustment_notice", "100.00")
        await library.refused(library.bureau, project, "confirm", 409, "notice_still_up")
        await library.end_notices()
        project = await library.step(library.bureau, project, "confirm")
        assert (project["state"], project["planned"], project["ends_on"]) == ("library", "120.00", "2026-12-31")
        assert project["pending"] is None

    async def test_a_withdrawal_takes_effect_after_its_notice(self, library):
        project = await library.step(library.bureau, await library.entered(), "remove", opinion="选址不当")
        assert project["state"] == "withdrawal_notice"
        await library.end_notices()
        project = await library.step(library.bureau, project, "confirm")
        assert (project["state"], project["left_on"] is not None) == ("withdrawn", True)

    async def test_priorities_and_performance(self, library):
        project = await library.entered()
        path = f"/projects/{project['id']}"
        assert (await library.post(library.bureau, f"{path}/priority", {"priority": 3}))["priority"] == 3
        body = {
            "kind": "monitoring",
            "as_of": "2026-11-01",
            "actuals": ["150", "3200"],
            "benefited_households": 12,
            "benefited_people": 30,
            "income": "24000.00",
            "problems": "",
        }
        measured = await library.post(library.town, f"{path}/performance", body)
        # 60 % weight at 150/200, 40 % at 3000/3200
        assert measured["performance"][0]["score_bp"] == (60 * 7500 + 40 * 9375) // 100
        key = library.town.as_key()
        await library.town.refused(
            "POST", f"{path}/performance", 409, "step_not_possible",
            json=body | {"kind": "self_evaluation"}, headers=key,
        )  # fmt: skip
        await library.town.refused(
            "POST", f"{path}/performance", 422, "validation_failed",
            json=body | {"actuals": ["1"]}, headers=library.town.as_key(),
        )  # fmt: skip

    async def test_lists_by_state_year_category_town_and_what_waits(self, library, service):
        first = await library.entered()
        second = await library.draft(name="州门司镇机耕道建设", category="road", year=2027)
        for query, wanted in (
            ("", [second, first]),
            ("state=library", [first]),
            ("year=2027", [second]),
            ("category=road", [second]),
            (f"region={TOWN}", [second, first]),
            ("region=431081105", []),
            ("q=机耕", [second]),
            ("q=%25", []),
        ):
            found = (await library.bureau.ok("GET", f"/projects?{query}"))["items"]
            assert [p["id"] for p in found] == [p["id"] for p in wanted], query
        assert (await library.bureau.ok("GET", "/projects/counts"))["counts"] == {"library": 1, "draft": 1}
        mine = (await library.village.ok("GET", "/projects?queue=todo"))["items"]
        assert [p["id"] for p in mine] == [second["id"]]
        page = await library.bureau.ok("GET", "/projects?limit=1&with_total=true")
        assert (page["total"], page["items"][0]["id"]) == (2, second["id"])
        rest = await library.bureau.ok("GET", f"/projects?limit=1&cursor={page['next']}")
        assert ([p["id"] for p in rest["items"]], rest["next"]) == ([first["id"]], None)


class TestDatabase:
    async def test_holds_the_lifecycle_and_the_notice(self, service, library):
        project = await library.on_notice()
        step = (
            "INSERT INTO project_step (county_code, id, project_id, region_code, seq, previous_seq, from_state,"
            " to_state, action, opinion, evidence, at, actor_id, actor_name, actor_role, notice_id, notice_closed_on)"
            " SELECT county_code, gen_random_uuid(), project_id, region_code, seq + 1, seq, to_state, {to}, {action},"
            " '', '{{}}', now(), actor_id, actor_name, actor_role, {notice}, {closed} FROM project_step"
            f" WHERE project_id = '{project['id']}' AND seq = {project['version']}"
        )
        skip = step.format(to="'completed'", action="'hand_over'", notice="NULL", closed="NULL")
        await refuse(service, CHECK, "ck_project_step_step", skip)
        early = step.format(to="'library'", action="'enter'", notice="NULL", closed="NULL")
        await refuse(service, CHECK, "ck_project_step_after_notice", early)
        forged = step.format(
            to="'library'", action="'enter'", notice=f"'{project['notice']['id']}'", closed="current_date"
        )
        await refuse(service, asyncpg.ForeignKeyViolationError, "fk_project_step_notice", forged)
        closing = f"UPDATE act_notice SET closed_on = current_date WHERE id = '{project['notice']['id']}'"
        await refuse(service, CHECK, "ck_act_notice_closed_after_end", closing)
        entry = (
            "INSERT INTO library_entry SELECT county_code, id, region_code, 'industry', planned_fen, 0, notice_id,"
            f" current_date, NULL, now(), now() FROM project WHERE id = '{project['id']}'"
        )
        columns = "(region_code, purpose, planned_fen, allocated_fen, notice_id, entered_on, left_on, county_code, id,"
        entry = entry.replace(
            "library_entry SELECT county_code, id, region_code, 'industry', planned_fen, 0, notice_id, current_date,"
            " NULL, now(), now()",
            f"library_entry {columns} created_at, updated_at) SELECT region_code, 'industry', planned_fen, 0,"
            " notice_id, current_date, NULL, county_code, id, now(), now()",
        )
        await refuse(service, asyncpg.ForeignKeyViolationError, "fk_library_entry_notice", entry)

    async def test_holds_that_the_proposal_is_complete_and_its_findings_decided(self, service, library):
        project = await library.step(library.village, await library.draft(), "submit")
        for change, name in (
            ("goals = '[]'", "ck_project_complete"),
            ("planned_fen = planned_fen + 1", "ck_project_complete"),
            ("benefit_mechanism = NULL", "ck_project_complete"),
            ("state = 'county_review', open_findings = 1, state_since = now()", None),
            ("state = 'notice', open_findings = 1", "ck_project_findings_decided"),
        ):
            if name:
                await refuse(service, CHECK, name, f"UPDATE project SET {change} WHERE id = '{project['id']}'")

    async def test_steps_cannot_be_changed(self, service, library):
        await library.draft()
        for sql in ("UPDATE project_step SET opinion = 'x'", "DELETE FROM project_step"):
            await refuse(service, asyncpg.InsufficientPrivilegeError, None, sql)

    async def test_a_project_does_not_run_ahead_of_its_steps(self, service, library):
        project = await library.draft()
        async with as_service(service) as connection:
            await connection.execute(f"UPDATE project SET version = 9 WHERE id = '{project['id']}'")
            with pytest.raises(asyncpg.ForeignKeyViolationError):
                await connection.execute("SET CONSTRAINTS fk_project_last_step IMMEDIATE")
