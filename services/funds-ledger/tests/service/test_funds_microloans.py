"""Microloans as banks report them: checks, overdue told once, subsidised interest onto a list (FND-9)."""

from __future__ import annotations

import pytest
from service_kit.ids import uuid7

from .payouts import PayoutDesk, Person, Register, sheet


@pytest.fixture
def register(monkeypatch) -> Register:
    found = Register([Person(serial) for serial in range(1, 4)])
    monkeypatch.setattr("funds_ledger.microloans.service.match_people", found.match)
    return found


def loan(person: Person, number: str, **changes) -> dict:
    return {
        "贷款银行": "农商银行", "合同号": number, "借款人": person.name, "身份证号": person.number,
        "贷款金额": "36000.00", "余额": "36000.00",
        "年利率": "3.65", "发放日期": "2026-01-11", "到期日期": "2027-01-11", "用途": "黄桃种植",
        "户贷户用": "是",
    } | changes  # fmt: skip


async def report(office, rows: list[dict], day: str) -> dict:
    path = f"/microloan-imports/{uuid7()}/content"
    return await office.api.ok("PUT", path, content=sheet(rows), params={"reported_on": day})


class TestMicroloans:
    async def test_a_banks_list_is_checked_and_summed_and_told_when_overdue(self, office, register, service):
        first, second, third = register.people
        rows = [
            loan(first, "1"),
            loan(second, "2", 贷款金额="60000", 余额="60000.00", 户贷户用="否"),
            loan(third, "3", 到期日期="2026-06-30", 余额="100.00"),
            loan(Person(77), "4"),
            loan(first, "5", 年利率="三厘"),
        ]
        taken = await report(office, rows, "2026-09-30")
        assert (taken["accepted"], taken["refused"], taken["overdue_told"]) == (4, 1, 1)
        assert taken["rows"][0]["row"] == 6
        assert taken["rows"][0]["reasons"][0].startswith("年利率：")
        assert (await report(office, rows, "2026-09-30"))["overdue_told"] == 0

        listed = (await office.api.ok("GET", "/microloans"))["items"]
        assert {row["contract_number"]: set(row["problems"]) for row in listed} == {
            "1": set(), "2": {"over_amount", "household_over_amount", "not_household_used"}, "3": set(),
            "4": {"not_registered"},
        }  # fmt: skip
        assert listed[0]["standing"] == "overdue"
        body = {"region_code": "431081", "year": 2026, "amount": "264200.00", "basis": "年度工作要点"}
        await office.api.ok("PUT", f"/microloan-targets/{uuid7()}", 201, json=body)
        summed = await office.api.ok("GET", "/microloans/overview", params={"year": 2026})
        assert (summed["target"], summed["disbursed"], summed["open"]["balance"]) == (
            "264200.00", "168000.00", "132100.00",
        )  # fmt: skip
        assert (summed["overdue"], summed["households"]) == ({"loans": 1, "balance": "100.00"}, 3)
        async with service.connection(service.superuser_url) as connection:
            told = await connection.fetchval("SELECT count(*) FROM funds.outbox_event WHERE type = 'loan.overdue'")
        assert told == 1

    async def test_subsidised_interest_becomes_a_list_of_payouts(self, office, register):
        first = register.people[0]
        await report(office, [loan(first, "1")], "2026-01-31")
        await report(office, [loan(first, "1", 余额="18000.00")], "2026-03-01")
        desk = PayoutDesk(office)
        pool = await office.open_pool("100000.00")
        given = await office.allocate(pool, "10000.00", "industry", region_code="431081106")
        standard = await desk.standard(
            category="interest_subsidy", period_kind="semester", listed_by=None, listed_value=None, amount="2000.00"
        )
        batch = await desk.begin(given["id"], standard["id"], period="2026春")
        path, body = f"/payout-batches/{batch['id']}/subsidy-list", {"start": "2026-01-01", "end": "2026-03-31"}
        await desk.maker.refused("POST", path, 422, "validation_failed", json=body, headers=desk.maker.as_key())
        policy = {
            "region_code": "431081", "effective_on": "2026-01-01", "maximum": "50000.00", "max_months": 36,
            "min_age": 18, "max_age": 65, "rate_cap_bp": 365, "subsidy_share_bp": 10000, "basis": "县级文件",
        }  # fmt: skip
        await office.api.ok("PUT", f"/microloan-policies/{uuid7()}", 201, json=policy)
        assert (await desk.act(desk.maker, path, body))["added"] == 1
        # 49 days of 36,000 yuan and 31 of 18,000 at 3.65 % of 360 days.
        assert [line["amount"] for line in await desk.lines(batch)] == ["235.42"]
