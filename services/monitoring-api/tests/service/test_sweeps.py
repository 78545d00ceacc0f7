"""Sweeps: every household of an area once, problems struck off one by one (MON-13)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from monitoring_api.packs.schemas import Pack
from monitoring_api.sweeps.schemas import IssuePage, ItemPage, RoundRow, SweepProgress, UploadedSweep
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

from .casework import OK, SWEPT, People, sweep_body

Make = Callable[..., Any]

WATER = [{"kind": "water", "description": "枯水期饮水不稳定"}]


def photo(digest: str) -> dict[str, Any]:
    """A file as a record names it."""
    return {
        "id": str(uuid7()),
        "kind": "photo",
        "sha256": digest * 32,
        "size": 1000,
        "media_type": "image/jpeg",
        "file_name": "门口.jpg",
        "taken_at": "2026-11-20T09:20:00+08:00",
        "place": {"lat": 25.9, "lng": 113.2, "accuracy": None},
    }


@pytest.fixture
def people(service: ServiceUnderTest) -> People:
    return People(service)


def round_body(**changes: Any) -> dict[str, Any]:
    return {
        "region_code": "431081",
        "title": "2026年下半年防返贫集中排查",
        "year": 2026,
        "half": 2,
        "starts_on": "2026-11-01",
        "ends_on": "2026-12-20",
    } | changes


async def opened(people: People, **changes: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await people.county.ok("PUT", f"/sweeps/{uuid7()}", 201, json=round_body(**changes))
    return answer


async def recorded(people: People, sweep: dict[str, Any], card: dict[str, Any], **changes: Any) -> Any:
    path = f"/sweeps/{sweep['id']}/records/{uuid7()}"
    return await people.cadre.ok("PUT", path, 201, json=sweep_body(card["id"], **changes))


async def progress(people: People, sweep: dict[str, Any]) -> Any:
    return await people.county.ok("GET", f"/sweeps/{sweep['id']}/progress")


class TestOpen:
    async def test_takes_up_every_household_once(self, people: People, register: Make, monitor: Make) -> None:
        for card in [await register() for _ in range(3)]:
            await people.name_helper(card["id"], helper_id=people.ids["village_cadre"], name="陈支书")
        await register(village_code="431081106217")

        sweep = await opened(people)

        RoundRow.model_validate(sweep)
        assert (sweep["households"], sweep["total"], sweep["done"], sweep["is_open"]) == (4, 4, 0, True)
        found = await progress(people, sweep)
        SweepProgress.model_validate(found)
        assert [(row["name"], row["total"]) for row in found["villages"]] == [("水南村", 1), ("道塘村", 3)]
        assert [(row["name"], row["assigned"], row["assigned_done"]) for row in found["cadres"]] == [("陈支书", 3, 0)]

    async def test_again_has_no_further_effect_and_another_is_refused(self, people: People, register: Make) -> None:
        await register()
        sweep_id = uuid7()
        answers = await asyncio.gather(*(people.county.put(f"/sweeps/{sweep_id}", json=round_body()) for _ in range(3)))

        assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
        assert {answer.json()["total"] for answer in answers} == {1}
        other = round_body(title="另一轮排查")
        await people.county.refused("PUT", f"/sweeps/{sweep_id}", 409, "already_exists", json=other)

    async def test_of_an_area_that_is_not_ones_own_is_refused(self, people: People) -> None:
        path = f"/sweeps/{uuid7()}"
        await people.township.refused("PUT", path, 403, "region_out_of_scope", json=round_body())
        await people.county.refused("PUT", path, 422, "validation_failed", json=round_body(region_code="43"))
        await people.county.refused("PUT", path, 422, "validation_failed", json=round_body(ends_on="2026-10-01"))

    async def test_shows_each_reader_the_rounds_of_their_area(self, people: People, register: Make) -> None:
        await register()
        await register(village_code="431081106217")
        county = await opened(people)
        mine = await opened(people, region_code="431081106226", title="道塘村排查", starts_on="2026-11-02")
        await opened(people, region_code="431081106217", title="水南村排查", starts_on="2026-11-03")

        page = await people.cadre.ok("GET", "/sweeps", params={"with_total": True})

        assert [row["id"] for row in page["items"]] == [mine["id"], county["id"]]
        assert [row["total"] for row in page["items"]] == [1, 1]

    async def test_counts_for_its_year(self, people: People, register: Make) -> None:
        await opened(people)
        await opened(people, region_code="431081106226", half=1)

        year = await people.county.ok("GET", "/sweeps/years/431081/2026")

        assert year == {
            "county_code": "431081",
            "year": 2026,
            "required": 2,
            "rounds": 1,
            "closed": 0,
            "halves": [2],
        }


class TestRecord:
    async def test_unchanged_is_one_field(self, people: People, register: Make) -> None:
        card = await register()
        sweep = await opened(people)

        sent = await recorded(people, sweep, card)

        UploadedSweep.model_validate(sent)
        assert sent["receipt"]["number"].startswith("PC")
        assert (sent["item"]["state"], sent["item"]["unchanged"], sent["item"]["review"]) == ("done", True, "none")
        found = await progress(people, sweep)
        assert (found["done"], found["unchanged"], found["cadres"][0]["done"]) == (1, 1, 1)

    async def test_problems_become_issues(self, people: People, register: Make) -> None:
        card = await register()
        sweep = await opened(people)
        findings = SWEPT | {"guarantees_ok": OK | {"water": False}}

        sent = await recorded(people, sweep, card, unchanged=False, findings=findings, problems=WATER)
        page = await people.cadre.ok("GET", "/sweep-issues", params={"round_id": sweep["id"]})

        assert sent["item"]["problems"] == 1
        IssuePage.model_validate(page)
        assert [(row["kind"], row["state"], row["head_name"]) for row in page["items"]] == [("water", "open", "张伟明")]
        assert page["counts"] == {"open": 1, "overdue": 0, "struck_off": 0}

    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"findings": SWEPT}, "body.findings"),
            ({"problems": WATER}, "body.problems"),
            ({"unchanged": False}, "body.findings"),
            ({"unchanged": False, "findings": SWEPT, "problems": WATER * 2}, "body.problems.1.kind"),
            ({"unchanged": False, "findings": SWEPT | {"risks": ["fate"]}}, "body.findings.risks.0"),
            ({"unchanged": False, "findings": SWEPT, "problems": [{"kind": "x", "description": "问题"}]}, None),
        ],
    )
    async def test_refuses_what_contradicts_itself(
        self, people: People, register: Make, changes: dict[str, Any], path: str | None
    ) -> None:
        card = await register()
        sweep = await opened(people)

        problem = await people.cadre.refused(
            "PUT",
            f"/sweeps/{sweep['id']}/records/{uuid7()}",
            422,
            "validation_failed",
            json=sweep_body(card["id"], **changes),
        )

        assert path is None or [error["path"] for error in problem["errors"]] == [path]

    async def test_again_gets_the_same_receipt_and_other_content_a_refusal(
        self, people: People, register: Make
    ) -> None:
        card = await register()
        sweep = await opened(people)
        path, body = f"/sweeps/{sweep['id']}/records/{uuid7()}", sweep_body(card["id"])

        answers = await asyncio.gather(*(people.cadre.put(path, json=body) for _ in range(3)))

        assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
        assert len({answer.json()["receipt"]["number"] for answer in answers}) == 1
        other = sweep_body(card["id"], visited_at="2026-11-21T09:30:00+08:00")
        await people.cadre.refused("PUT", path, 409, "record_conflict", json=other)

    async def test_is_kept_in_one_exchange_of_two_statements(self, people: People, register: Make) -> None:
        card = await register()
        sweep = await opened(people)

        async with people.service.counted_queries() as queries:
            sent = await recorded(people, sweep, card, photos=[photo("ab"), photo("cd")])

        assert len(queries) == 2, queries
        assert [one["received"] for one in sent["receipt"]["photos"]] == [False, False]

    async def test_with_a_photo_of_another_record_keeps_nothing(self, people: People, register: Make) -> None:
        first, second = await register(), await register()
        sweep = await opened(people)
        taken = photo("ab")
        await recorded(people, sweep, first, photos=[taken])

        path = f"/sweeps/{sweep['id']}/records/{uuid7()}"
        body = sweep_body(second["id"], photos=[taken])
        await people.cadre.refused("PUT", path, 409, "attachment_conflict", json=body)

        assert (await progress(people, sweep))["done"] == 1
        item = await people.cadre.ok("GET", f"/sweeps/{sweep['id']}/items/{second['id']}")
        assert item["records_received"] == []

    async def test_of_two_at_one_moment_counts_one(self, people: People, register: Make) -> None:
        card = await register()
        sweep = await opened(people)

        answers = await asyncio.gather(
            *(
                people.cadre.put(f"/sweeps/{sweep['id']}/records/{uuid7()}", json=sweep_body(card["id"]))
                for _ in range(4)
            )
        )
        item = await people.cadre.ok("GET", f"/sweeps/{sweep['id']}/items/{card['id']}")

        assert [answer.status_code for answer in answers] == [201] * 4
        assert (item["records"], item["review"]) == (4, "open")
        assert sorted(record["counts"] for record in item["records_received"]) == [False, False, False, True]

    async def test_of_two_cadres_keeps_both_counts_one_and_asks_for_review(
        self, people: People, register: Make
    ) -> None:
        card = await register()
        sweep = await opened(people)
        other = people.service.api("431081106226", role="village_cadre", name="周扬", user_id=uuid7())
        findings = SWEPT | {"guarantees_ok": OK | {"water": False}}
        changed = sweep_body(card["id"], unchanged=False, findings=findings, problems=WATER)

        answers = await asyncio.gather(
            people.cadre.put(f"/sweeps/{sweep['id']}/records/{uuid7()}", json=sweep_body(card["id"])),
            other.put(f"/sweeps/{sweep['id']}/records/{uuid7()}", json=changed),
        )
        item = await people.township.ok("GET", f"/sweeps/{sweep['id']}/items/{card['id']}")
        found = await progress(people, sweep)

        assert [answer.status_code for answer in answers] == [201, 201]
        assert sorted(record["counts"] for record in item["records_received"]) == [False, True]
        assert (item["review"], found["done"], found["reviews"], found["issues"]) == ("open", 1, 1, 1)

        chosen = next(record for record in item["records_received"] if not record["counts"])
        choice = {"household_id": card["id"], "record_id": chosen["id"], "reason": "以核实后的记录为准"}
        path = f"/sweeps/{sweep['id']}/settle"
        item = await people.township.ok("POST", path, json=choice, headers=people.township.as_key())
        assert (item["review"], item["visitor_name"]) == ("settled", chosen["visitor_name"])

    async def test_takes_up_a_household_that_came_later(self, people: People, register: Make) -> None:
        sweep = await opened(people)
        late = await register()

        await recorded(people, sweep, late)

        assert (await progress(people, sweep))["total"] == 1

    async def test_of_another_area_is_not_found(self, people: People, register: Make) -> None:
        sweep = await opened(people, region_code="431081106217")
        card = await register()

        path = f"/sweeps/{sweep['id']}/records/{uuid7()}"
        await people.county.refused("PUT", path, 404, "not_found", json=sweep_body(card["id"]))
        await people.cadre.refused("GET", f"/sweeps/{sweep['id']}", 404, "not_found")


class TestProgress:
    async def test_is_not_sent_again_while_nothing_changes(self, people: People, register: Make) -> None:
        card = await register()
        sweep = await opened(people)
        path = f"/sweeps/{sweep['id']}/progress"
        first = await people.county.get(path)

        same = await people.county.get(path, headers={"If-None-Match": first.headers["etag"]})
        await recorded(people, sweep, card)
        changed = await people.county.get(path, headers={"If-None-Match": first.headers["etag"]})

        assert (same.status_code, same.content, changed.status_code) == (304, b"", 200)

    async def test_lists_households_by_state(self, people: People, register: Make) -> None:
        done, left = await register(household_no="0001"), await register(household_no="0002")
        sweep = await opened(people)
        await recorded(people, sweep, done)
        path = f"/sweeps/{sweep['id']}/items"

        todo = await people.cadre.ok("GET", path, params={"state": "open", "with_total": True})
        first = await people.cadre.ok("GET", path, params={"limit": 1})
        rest = await people.cadre.ok("GET", path, params={"limit": 1, "cursor": first["next"]})

        ItemPage.model_validate(todo)
        assert ([row["household_id"] for row in todo["items"]], todo["total"]) == ([left["id"]], 1)
        assert [row["household_no"] for row in first["items"] + rest["items"]] == ["0001", "0002"]


class TestClose:
    async def test_waits_for_each_household_or_its_reason(self, people: People, register: Make) -> None:
        seen, away = await register(), await register()
        sweep = await opened(people)
        await recorded(people, sweep, seen)
        path = f"/sweeps/{sweep['id']}"

        problem = await people.county.refused(
            "POST", f"{path}/close", 422, "sweep_not_finished", headers=people.county.as_key()
        )
        reason = {"household_ids": [away["id"], seen["id"]], "reason": "全家外出,年底前不返乡"}
        excused = await people.cadre.ok("POST", f"{path}/excuse", json=reason, headers=people.cadre.as_key())
        closed = await people.county.ok("POST", f"{path}/close", headers=people.county.as_key())

        assert (problem["remaining"], excused) == (1, {"households": 1})
        assert (closed["is_open"], closed["done"], closed["excused"]) == (False, 1, 1)
        await people.county.refused("POST", f"{path}/close", 409, "sweep_closed", headers=people.county.as_key())

    async def test_cannot_be_got_round_in_the_database(self, people: People, register: Make) -> None:
        await register()
        sweep = await opened(people)

        async with people.service.connection() as connection:
            await connection.execute("BEGIN; SET LOCAL app.scope_lo = '0'; SET LOCAL app.scope_hi = ':'")
            with pytest.raises(Exception, match="ck_sweep_item_round"):
                await connection.execute(
                    "UPDATE sweep_round SET is_open = false, closed_at = now(), closed_by = id, closed_by_name = 'x'"
                )

        assert (await people.county.ok("GET", f"/sweeps/{sweep['id']}"))["is_open"] is True

    async def test_still_takes_a_record_that_was_on_its_way(self, people: People, register: Make) -> None:
        card = await register()
        sweep = await opened(people)
        path = f"/sweeps/{sweep['id']}"
        reason = {"village_code": "431081106226", "reason": "信号中断,记录待传"}
        await people.cadre.ok("POST", f"{path}/excuse", json=reason, headers=people.cadre.as_key())
        await people.county.ok("POST", f"{path}/close", headers=people.county.as_key())

        sent = await recorded(people, sweep, card)

        assert sent["item"]["state"] == "done"

    async def test_is_not_for_a_village(self, people: People) -> None:
        sweep = await opened(people)
        township = people.township

        path = f"/sweeps/{sweep['id']}/close"
        await township.refused("POST", path, 403, "region_out_of_scope", headers=township.as_key())


class TestStrikeOff:
    async def issues(self, people: People, register: Make, count: int = 1) -> list[dict[str, Any]]:
        cards = [await register() for _ in range(count)]
        sweep = await opened(people)
        for card in cards:
            await recorded(people, sweep, card, unchanged=False, findings=SWEPT, problems=WATER)
        page = await people.cadre.ok("GET", "/sweep-issues")
        rows: list[dict[str, Any]] = page["items"]
        return rows

    def body(self, *issues: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return {
            "items": [{"id": issue["id"], "version": issue["version"]} for issue in issues],
            "measure": "已接入村级供水管网",
            "evidence": "通水验收单,现场照片2张",
            "struck_off_on": "2026-11-22",
        } | changes

    async def strike(self, people: People, body: dict[str, Any]) -> Any:
        headers = people.cadre.as_key()
        return await people.cadre.ok("POST", "/sweep-issues/strike-off", json=body, headers=headers)

    async def test_gives_each_its_own_result(self, people: People, register: Make) -> None:
        first, second = await self.issues(people, register, 2)
        await self.strike(people, self.body(first))

        answer = await self.strike(people, self.body(first, second))

        assert (answer["done"], answer["refused"]) == (1, 1)
        assert [result["code"] for result in answer["results"]] == ["issue_struck_off", None]
        page = await people.cadre.ok("GET", "/sweep-issues", params={"state": "struck_off"})
        assert {row["measure"] for row in page["items"]} == {"已接入村级供水管网"}
        assert page["counts"] == {"open": 0, "overdue": 0, "struck_off": 2}

    async def test_is_refused_without_measure_or_evidence(self, people: People, register: Make) -> None:
        [issue] = await self.issues(people, register)

        for missing in ("measure", "evidence"):
            body = self.body(issue, **{missing: " "})
            headers = people.cadre.as_key()
            await people.cadre.refused(
                "POST", "/sweep-issues/strike-off", 422, "validation_failed", json=body, headers=headers
            )

    async def test_at_once_by_two_happens_once(self, people: People, register: Make) -> None:
        [issue] = await self.issues(people, register)

        answers = await asyncio.gather(*(self.strike(people, self.body(issue)) for _ in range(2)))

        assert sorted(answer["done"] for answer in answers) == [0, 1]


class TestPack:
    async def test_holds_open_rounds_with_each_household(self, people: People, register: Make) -> None:
        done, left = await register(household_no="0001"), await register(household_no="0002")
        sweep = await opened(people)
        await recorded(people, sweep, done)

        pack = await people.cadre.ok("GET", "/packs/431081106226")

        Pack.model_validate(pack)
        assert [row["round_id"] for row in pack["sweeps"]] == [sweep["id"]]
        assert [(item["household_id"], item["done"]) for item in pack["sweeps"][0]["items"]] == [
            (done["id"], True),
            (left["id"], False),
        ]
        assert pack["households"] == []
