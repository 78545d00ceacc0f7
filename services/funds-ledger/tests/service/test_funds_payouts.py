"""Payouts from a list to the bank's answer, and again for what came back (FND-10)."""

from __future__ import annotations

import asyncio

import pytest
from service_kit.clock import now
from service_kit.ids import uuid7

from .payouts import PayoutDesk, Person, Register, card


@pytest.fixture
def register(monkeypatch) -> Register:
    found = Register([Person(serial) for serial in range(1, 6)])
    monkeypatch.setattr("funds_ledger.payouts.service.loading.entitled_people", found.entitled)
    monkeypatch.setattr("funds_ledger.payouts.service.loading.match_people", found.match)
    return found


@pytest.fixture
def desk(office) -> PayoutDesk:
    return PayoutDesk(office)


@pytest.fixture
async def allocation(office) -> dict:
    pool = await office.open_pool("100000.00")
    return await office.allocate(pool, "10000.00", "industry", region_code="431081106")


@pytest.fixture
async def batch(desk, allocation, register) -> dict:
    return await desk.begin(allocation["id"], (await desk.standard())["id"])


async def left(office, allocation) -> tuple[str, str]:
    row = await office.api.ok("GET", f"/allocations/{allocation['id']}")
    return row["committed"], row["paid"]


class TestWholeWay:
    async def test_a_list_is_paid_what_fails_is_corrected_and_paid_again(
        self, office, desk, allocation, batch, register
    ):
        loaded = await desk.load(batch, [person.row() for person in register.people])
        assert (loaded["lines"], loaded["amount"], loaded["open_lines"]) == (5, "2500.00", 0)
        run = await desk.sent(batch)
        assert await left(office, allocation) == ("2500.00", "0.00")
        rows = await desk.bank_rows(run)
        assert [rows[-1]["序号"], rows[-1]["户名"], rows[-1]["金额"]] == ["合计", "5 笔", "2500.00"]

        settled = await desk.answer(run, {"村民2": "户名不符", "村民4": "账户已销户"})
        assert (settled["state"], settled["paid"], settled["failed_lines"]) == ("running", "1500.00", 2)
        assert await left(office, allocation) == ("2500.00", "1500.00")

        failed = await desk.lines(batch, state="failed")
        assert [line["open"] for line in failed] == [["account_failed"], ["account_failed"]]
        await desk.maker.refused(
            "POST",
            f"/payout-batches/{batch['id']}/submission",
            409,
            "payout_problems_open",
            headers=desk.maker.as_key(),
        )
        line = await desk.maker.ok(
            "PATCH", f"/payout-lines/{failed[0]['id']}", json={"account_number": card(77)},
            headers={"If-Match": f'"{failed[0]["version"]}"'},
        )  # fmt: skip
        assert (line["open"], line["account_mask"][-4:]) == (["account_changed"] if line["open"] else [], card(77)[-4:])
        await desk.decide(batch, "give_up", line_ids=[failed[1]["id"]])
        again = await desk.sent(batch)
        assert (again["number"], again["lines"], again["amount"]) == (2, 1, "500.00")
        assert await left(office, allocation) == ("2000.00", "1500.00")
        done = await desk.answer(again)
        assert (done["state"], done["paid"], done["paid_lines"]) == ("finished", "2000.00", 4)
        assert await left(office, allocation) == ("2000.00", "2000.00")
        assert await office.differences(allocation["pool_id"]) == []

        trail = await office.api.ok("GET", "/trail", params={"allocation_id": allocation["id"]})
        sums = {level["level"]: level for level in trail["sums"]}
        assert all(level["agrees"] for level in sums.values())
        assert sums["payout"]["amount"] == sums["payment"]["amount"] == "2000.00"
        assert [(p["batch_title"], p["number"], p["paid"]) for p in trail["payouts"]] == [
            ("小学生活补助", 1, "1500.00"), ("小学生活补助", 2, "500.00"),
        ]  # fmt: skip

        person = await desk.maker.ok("POST", "/payout-persons/search", json={"id_number": register.people[1].number})
        assert (person["paid"], [item["returns"] for item in person["items"]]) == ("500.00", [1])

    async def test_a_list_comes_from_the_register_with_the_accounts_last_paid_to(
        self, desk, allocation, batch, register
    ):
        await desk.load(batch, [register.people[0].row()])
        await desk.answer(await desk.sent(batch))
        other = await desk.begin(allocation["id"], (await desk.standard())["id"])
        loaded = await desk.act(desk.maker, f"/payout-batches/{other['id']}/register-list", {})
        assert loaded == {"added": 5, "known": 0, "without_number": 0}
        lines = await desk.lines(other)
        assert [line["problems"] for line in lines] == [[], *[["account_missing"]] * 4]
        assert lines[0]["account_mask"][-4:] == card(1)[-4:]


class TestChecks:
    async def test_everything_wrong_is_named_and_only_some_of_it_can_be_let_pass(self, desk, batch, register):
        died, moved, twice, elsewhere = register.people[:4]
        died.state, moved.state, twice.state, elsewhere.village = "died", "moved_out", "merged", "431081105235"
        fifth = register.people[4]
        await desk.load(
            batch,
            [
                died.row(), moved.row(), twice.row(), elsewhere.row(账号=card(1)),
                fifth.row(姓名="别名", 金额="900.00", 账号="6222021234567890"), fifth.row(账号=""),
                Person(99).row(户名="他人"),
                fifth.row(身份证号="430000"),
            ],
        )  # fmt: skip
        detail = await desk.maker.ok("GET", f"/payout-batches/{batch['id']}")
        assert detail["imports"][0] | {"id": "", "at": "", "by_name": ""} == {
            "id": "", "kind": "list", "accepted": 7, "refused": 1, "at": "", "by_name": "",
        }  # fmt: skip
        found = [set(line["problems"]) for line in await desk.lines(batch)]
        assert found == [
            {"died", "account_shared"},
            {"moved_out"},
            {"registered_twice"},
            {"outside_allocation", "account_shared"},
            {"name_differs", "over_standard", "account_invalid", "repeated"},
            {"account_missing", "repeated"},
            {"not_registered", "holder_differs"},
        ]
        response = await desk.maker.request("GET", f"/payout-imports/{detail['imports'][0]['id']}/refused")
        assert response.content[:2] == b"PK"

        refusal = {"decision": "keep", "problem": "repeated", "reason": "已核实"}
        path = f"/payout-batches/{batch['id']}/decisions"
        await desk.maker.refused("POST", path, 422, "decision_impossible", json=refusal, headers=desk.maker.as_key())
        lines = await desk.lines(batch)
        await desk.decide(batch, "exclude", line_ids=[line["id"] for line in (*lines[:3], *lines[5:])])
        fifth_line = (await desk.lines(batch, undecided=True))[1]
        assert set(fifth_line["open"]) == {"name_differs", "over_standard", "account_invalid"}
        await desk.decide(batch, "keep", line_ids=[fifth_line["id"], lines[3]["id"]])
        submitted = await desk.submit(batch)
        assert (submitted["runs"][0]["lines"], submitted["runs"][0]["amount"]) == (2, "1400.00")

    async def test_a_death_told_after_the_approval_stops_the_file(self, desk, batch, register, service):
        await desk.load(batch, [person.row() for person in register.people])
        run = (await desk.submit(batch))["runs"][0]
        await desk.act(desk.checker, f"/payout-runs/{run['id']}/approval", {"opinion": ""})
        event = {
            "household_id": str(register.people[0].household_id), "county_code": "431081",
            "village_code": register.people[0].village, "household_version": 2, "change": "died", "state": "active",
            "monitored": False, "members": [{"id": str(register.people[0].member_id), "state": "died"}],
            "changed_at": now().isoformat(),
        }  # fmt: skip
        from funds_ledger.persons.consumers import apply_household_changed
        from funds_ledger.persons.events import HouseholdChanged

        async with service.session() as session:
            await apply_household_changed(session, HouseholdChanged.model_validate(event))
        path = f"/payout-runs/{run['id']}/sending"
        problem = await desk.maker.refused("POST", path, 409, "payout_problems_open", headers=desk.maker.as_key())
        assert problem["lines"] == 1
        back = await desk.act(desk.checker, f"/payout-runs/{run['id']}/return", {"reason": "有人去世"})
        assert (back["state"], back["open_lines"], back["problems"][0]["problem"]) == ("draft", 1, "died")


class TestNeverTwice:
    async def test_two_lists_at_the_same_moment_pay_a_person_once(self, office, desk, allocation, register):
        standard = await desk.standard()
        pool = await office.open_pool("100000.00", source="provincial")
        lists = []
        for given in (allocation, await office.allocate(pool, "10000.00", "industry", region_code="431081106")):
            lists.append(await desk.begin(given["id"], standard["id"]))
            await desk.load(lists[-1], [person.row() for person in register.people])
        answers = await asyncio.gather(
            *(
                desk.maker.request("POST", f"/payout-batches/{one['id']}/submission", headers=desk.maker.as_key())
                for one in lists
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        loser = lists[0] if answers[0].status_code == 409 else lists[1]
        assert next(a for a in answers if a.status_code == 409).json()["code"] in (
            "paid_already",
            "payout_problems_open",
        )
        await desk.maker.refused(
            "POST",
            f"/payout-batches/{loser['id']}/submission",
            409,
            "payout_problems_open",
            headers=desk.maker.as_key(),
        )


class TestTwoPersons:
    async def test_neither_maker_nor_corrector_approves_and_the_payment_has_no_other_door(self, desk, batch, register):
        await desk.load(batch, [register.people[0].row()])
        run = (await desk.submit(batch))["runs"][0]
        path = f"/payout-runs/{run['id']}/approval"
        body = {"opinion": ""}
        await desk.maker.refused("POST", path, 409, "same_person", json=body, headers=desk.maker.as_key())
        door = f"/payments/{run['payment_id']}/approval"
        await desk.checker.refused("POST", door, 409, "payment_of_payout", json=body, headers=desk.checker.as_key())

    async def test_beyond_the_allocation_nothing_is_submitted(self, office, desk, register):
        pool = await office.open_pool("100.00", source="provincial")
        small = await office.allocate(pool, "10.00", "industry", region_code="431081106")
        batch = await desk.begin(small["id"], (await desk.standard())["id"])
        await desk.load(batch, [register.people[0].row()])
        problem = await desk.refuse_submission(batch, 422, "payment_exceeds_allocation")
        assert problem["shortfall"] == "490.00"


class TestBankFile:
    async def test_what_does_not_fit_is_handed_back_and_nothing_is_taken(self, desk, batch, register):
        await desk.load(batch, [person.row() for person in register.people[:2]])
        run = await desk.sent(batch)
        good = {"序号": "1", "账号": card(1), "金额": "500.00", "结果": "成功"}
        taken = await desk.returned(run, [good, {**good, "序号": "2", "金额": "5.00"}, {**good, "序号": "9"}])
        assert (taken["imports"][0]["kind"], taken["imports"][0]["refused"], taken["runs"][0]["state"]) == (
            "return", 2, "sent",
        )  # fmt: skip
        path = f"/payout-return-imports/{uuid7()}/content"
        from .payouts import sheet

        problem = await desk.maker.refused(
            "PUT", path, 422, "return_incomplete", content=sheet([good]), params={"run_id": run["id"]}
        )
        assert problem["lines"] == 1
        done = await desk.returned(run, [{**good, "结果": "失败", "失败原因": "销户"}], unlisted_paid=True)
        assert (done["paid_lines"], done["failed_lines"]) == (1, 1)


class TestMany:
    async def test_five_thousand_lines_are_read_and_checked_in_sets(self, desk, batch, register):
        register.people = [Person(serial) for serial in range(1, 5001)]
        loaded = await desk.load(batch, [person.row(金额="1.00") for person in register.people])
        assert (loaded["lines"], loaded["amount"], loaded["open_lines"]) == (5000, "5000.00", 0)
        run = await desk.sent(batch)
        done = await desk.answer(run)
        assert (done["state"], done["paid"]) == ("finished", "5000.00")


class TestStandards:
    async def test_the_published_ones_are_there_and_a_later_one_takes_their_place(self, desk):
        listed = (await desk.maker.ok("GET", "/payout-standards"))["items"]
        shipped = {row["code"]: row["amount"] for row in listed if row["in_force"]}
        assert shipped["EDU-JUNIOR-BOARD"] == "1250.00"
        await desk.standard(code="EDU-JUNIOR-BOARD", amount="1500.00")
        rows = [
            r for r in (await desk.maker.ok("GET", "/payout-standards"))["items"] if r["code"] == "EDU-JUNIOR-BOARD"
        ]
        assert [(row["amount"], row["in_force"]) for row in rows] == [("1500.00", True), ("1250.00", False)]
