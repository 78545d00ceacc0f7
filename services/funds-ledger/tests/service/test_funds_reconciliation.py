"""Reconciliation from the statement to the closed month (FND-13)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from service_kit.clock import today
from service_kit.ids import uuid7
from service_kit.scope import NATION

from .test_funds_invariants import CHECK, refuse
from .test_funds_payments import Desk

LAST = (today().replace(day=1) - timedelta(days=1)).replace(day=1)
MONTH, DAY = f"{LAST:%Y-%m}", LAST + timedelta(days=9)
HEAD = "日期,收入金额,支出金额,凭证号,对方单位,摘要"


class Cashier(Desk):
    """Prepares a month and takes the ledger back into it."""

    def __init__(self, office) -> None:
        super().__init__(office)
        self.base = f"/reconciliation/months/{MONTH}"

    async def paid_last_month(self, allocation_id: str, amount: str, number: str, day=DAY, **changes) -> str:
        """The transfer of a payment that was booked on a day of last month."""
        payment = await self.paid(allocation_id, amount, evidence_number=number, **changes)
        await self.owner("UPDATE transfer SET posted_at = $2 WHERE id = $1", payment["transfer_id"], day, hashed=False)
        return payment["transfer_id"]

    async def owner(self, sql: str, *values, hashed: bool = True) -> None:
        """As the owner of the tables; the chain of hashes is not asked about the days that a test moves."""
        service = self.office.service
        async with service.connection(service.owner_url) as connection, connection.transaction():
            for statement in NATION.statements().split("; "):
                await connection.execute(statement)
            if not hashed:
                await connection.execute("ALTER TABLE transfer DROP CONSTRAINT IF EXISTS ck_transfer_hash")
            await connection.execute(sql, *values)

    async def start(self, days: int = 5) -> dict:
        return await self.maker.ok("PUT", self.base, json={"window_days": days})

    async def send(self, *lines: str, status: int = 201, month: str = MONTH, statement_id=None, **query) -> dict:
        content = "\n".join([HEAD, *lines]).encode()
        asked = {"month": month, "channel": "treasury", "account_name": "国库单一账户", "file_name": "十月.csv"} | query
        url = f"/reconciliation/imports/{statement_id or uuid7()}/content"
        answer = await self.maker.put(url, params=asked, content=content)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def post(self, who, act: str, body: dict | None = None) -> dict:
        return await who.ok("POST", f"{self.base}/{act}", json=body, headers=who.as_key())

    async def refuse_post(self, who, act: str, status: int, code: str, body: dict | None = None) -> dict:
        return await who.refused("POST", f"{self.base}/{act}", status, code, json=body, headers=who.as_key())

    async def match(self) -> dict:
        return await self.post(self.maker, "matching")

    async def matches(self, state: str) -> list[dict]:
        return (await self.maker.ok("GET", f"{self.base}/matches?state={state}"))["items"]

    async def differences(self, side: str) -> list[dict]:
        return (await self.maker.ok("GET", f"{self.base}/differences?side={side}"))["items"]


@pytest.fixture
async def cashier(office) -> Cashier:
    return Cashier(office)


@pytest.fixture
async def allocation(office) -> dict:
    return await office.allocate(await office.open_pool("1000.00"), "400.00")


class TestMatching:
    async def test_exact_pairs_then_proposals_then_differences_both_ways(self, cashier, allocation):
        # given: what the ledger says of last month
        exact = await cashier.paid_last_month(allocation["id"], "10.00", "验收单〔1〕号")
        near = await cashier.paid_last_month(allocation["id"], "20.00", "发票7")
        parts = [await cashier.paid_last_month(allocation["id"], a, "批次9", payee=a) for a in ("3.00", "4.00")]
        lonely = await cashier.paid_last_month(allocation["id"], "50.00", "发票8")
        await cashier.start()
        await cashier.send(
            f"{DAY},,10.00,验收单 1 号,建筑公司,", f"{DAY + timedelta(days=2)},,20.00,流水88,建筑公司,",
            f"{DAY},,7.00,批付,多户,", f"{DAY},5.00,,利息,国库,结息",
        )  # fmt: skip
        # when
        assert await cashier.match() == {"exact": 1, "proposed": 2}
        # then
        (matched,) = await cashier.matches("matched")
        assert (matched["how"], matched["entries"][0]["id"]) == ("exact", exact)
        proposed = {one["how"]: one for one in await cashier.matches("proposed")}
        assert [e["id"] for e in proposed["near"]["entries"]] == [near]
        assert proposed["near"]["gap_days"] == 2
        assert {e["id"] for e in proposed["sum"]["entries"]} == set(parts)
        body = {"verdict": "accept", "match_ids": [proposed["sum"]["id"]]}
        assert await cashier.post(cashier.maker, "decisions", body) == {"decided": 1}
        body = {"verdict": "reject", "match_ids": [proposed["near"]["id"]]}
        await cashier.post(cashier.maker, "decisions", body)
        assert await cashier.match() == {"exact": 0, "proposed": 0}, "what was rejected is not proposed again"
        assert {row["id"] for row in await cashier.differences("ledger")} == {near, lonely}
        assert [row["amount"] for row in await cashier.differences("statement")] == ["5.00", "20.00"]

    async def test_the_figures_agree_with_each_other(self, cashier, allocation):
        await cashier.paid_last_month(allocation["id"], "10.00", "甲")
        await cashier.paid_last_month(allocation["id"], "30.00", "乙")
        await cashier.start()
        await cashier.send(f"{DAY},,10.00,甲,,", f"{DAY},8.00,,丙,,")
        await cashier.match()
        found = (await cashier.maker.ok("GET", cashier.base))["summary"]
        assert (found["ledger"]["out_amount"], found["statement"]["in_amount"]) == ("40.00", "8.00")
        net = {
            name: float(found[name]["in_amount"]) - float(found[name]["out_amount"])
            for name in ("ledger", "statement", "ledger_only", "statement_only")
        }
        assert net["ledger"] - net["statement"] == net["ledger_only"] - net["statement_only"]

    async def test_by_hand_both_sides_must_be_equal(self, cashier, allocation):
        entry = await cashier.paid_last_month(allocation["id"], "10.00", "甲")
        await cashier.start()
        await cashier.send(f"{DAY},,6.00,x1,,", f"{DAY},,4.00,x2,,", f"{DAY},,1.00,x3,,")
        lines = {row["amount"]: row["id"] for row in await cashier.differences("statement")}
        url = f"{cashier.base}/matches/{uuid7()}"
        body = {"line_ids": [lines["6.00"], lines["1.00"]], "entry_ids": [entry]}
        problem = await cashier.maker.refused("PUT", url, 422, "sums_differ", json=body)
        assert problem["difference"] == "3.00"
        body = {"line_ids": [lines["6.00"], lines["4.00"]], "entry_ids": [entry], "note": "分两次划款"}
        await cashier.maker.ok("PUT", url, 204, json=body)
        await cashier.maker.ok("PUT", url, 204, json=body)
        await cashier.maker.refused("PUT", f"{cashier.base}/matches/{uuid7()}", 409, "match_taken", json=body)
        (matched,) = await cashier.matches("matched")
        undo = {"reason": "配错了"}
        url = f"/reconciliation/matches/{matched['id']}/undo"
        await cashier.maker.ok("POST", url, json=undo, headers=cashier.maker.as_key())
        assert len(await cashier.differences("statement")) == 3

    async def test_at_once_a_line_and_an_entry_are_matched_once(self, cashier, service, allocation):
        entry = await cashier.paid_last_month(allocation["id"], "10.00", "甲")
        await cashier.start()
        await cashier.send(f"{DAY},,10.00,别的,,", f"{DAY},,10.00,再一笔,,")
        lines = [row["id"] for row in await cashier.differences("statement")]
        bodies = [{"line_ids": [lines[n % 2]], "entry_ids": [entry]} for n in range(6)]
        answers = await asyncio.gather(
            *(cashier.maker.put(f"{cashier.base}/matches/{uuid7()}", json=body) for body in bodies)
        )
        assert sorted(answer.status_code for answer in answers) == [204, *[409] * 5]
        sql = (
            "INSERT INTO reconciliation_part SELECT (jsonb_populate_record(p, jsonb_build_object('id',"
            " gen_random_uuid()))).* FROM reconciliation_part p WHERE {column} IS NOT NULL LIMIT 1"
        )
        for column, index in (("line_id", "line"), ("transfer_id", "transfer")):
            await refuse(
                service,
                asyncpg.UniqueViolationError,
                f"uq_reconciliation_part_{index}",
                sql.format(column=column),
            )

    async def test_of_many_lines_is_a_handful_of_statements(self, cashier, service):
        await cashier.start()
        await cashier.send(*(f"{DAY},,{n}.00,批{n},,摘要" for n in range(1, 2001)))
        async with service.counted_queries() as statements:
            await cashier.match()
        assert len(statements) < 25, statements


class TestStatements:
    async def test_the_same_file_twice_is_refused(self, cashier):
        await cashier.start()
        known = uuid7()
        first = await cashier.send(f"{DAY},1.00,,a,,", statement_id=known)
        assert await cashier.send(f"{DAY},1.00,,a,,", statement_id=known, status=200) == first
        problem = await cashier.send(f"{DAY},1.00,,a,,", status=409)
        assert (problem["code"], "十月.csv" in problem["detail"]) == ("statement_known", True)
        url = f"/reconciliation/statements/{first['id']}/withdrawal"
        gone = await cashier.maker.ok("POST", url, json={"reason": "导错月份"}, headers=cashier.maker.as_key())
        assert not gone["live"]
        assert await cashier.differences("statement") == []
        await cashier.send(f"{DAY},1.00,,a,,")

    async def test_a_fault_keeps_everything_out_and_is_handed_back(self, cashier):
        await cashier.start()
        problem = await cashier.send(f"{DAY},1.00,,a,,", "2020-01-01,1.00,,b,,", status=422)
        assert (problem["code"], problem["rows"][0]["row"]) == ("statement_invalid", 3)
        assert await cashier.differences("statement") == []
        answer = await cashier.maker.put(
            f"/reconciliation/imports/corrections/content?month={MONTH}", content=f"{HEAD}\n2020-01-01,1,,b,,".encode()
        )
        assert answer.content.startswith(b"PK")
        assert (await cashier.maker.get("/reconciliation/template")).content.startswith(b"PK")
        for content in (b"", b"PK\x03\x04", b"\xff\xfe\x00", "日期\n2026".encode()):
            url = f"/reconciliation/imports/{uuid7()}/content?month={MONTH}&channel=bank&account_name=a&file_name=b"
            assert (await cashier.maker.put(url, content=content)).status_code == 422

    async def test_with_matched_lines_is_not_withdrawn(self, cashier, allocation):
        await cashier.paid_last_month(allocation["id"], "10.00", "甲")
        await cashier.start()
        kept = await cashier.send(f"{DAY},,10.00,甲,,")
        await cashier.match()
        await cashier.maker.refused(
            "POST", f"/reconciliation/statements/{kept['id']}/withdrawal", 409, "statement_matched",
            json={"reason": "导错"}, headers=cashier.maker.as_key(),
        )  # fmt: skip


class TestClosing:
    @pytest.fixture
    async def closed(self, cashier, allocation) -> dict:
        await cashier.paid_last_month(allocation["id"], "10.00", "甲")
        await cashier.start()
        await cashier.send(f"{DAY},,10.00,甲,,", f"{DAY},,2.00,乙,,")
        await cashier.match()
        await cashier.post(cashier.maker, "submission", {"note": "手续费，下月入账"})
        return await cashier.post(cashier.checker, "closing")

    async def test_is_another_persons_and_says_something_to_what_is_left(self, cashier, allocation):
        await cashier.paid_last_month(allocation["id"], "10.00", "甲")
        await cashier.start()
        await cashier.send(f"{DAY},,10.00,流水,,")
        await cashier.match()
        await cashier.refuse_post(cashier.maker, "submission", 409, "proposals_open", {"note": "无"})
        (proposed,) = await cashier.matches("proposed")
        await cashier.post(cashier.maker, "decisions", {"verdict": "reject", "match_ids": [proposed["id"]]})
        problem = await cashier.refuse_post(cashier.maker, "submission", 422, "validation_failed", {"note": ""})
        assert problem["errors"][0]["path"] == "body.note"
        await cashier.post(cashier.maker, "submission", {"note": "在途"})
        await cashier.refuse_post(cashier.maker, "closing", 409, "same_person")
        await cashier.refuse_post(cashier.maker, "matching", 409, "month_not_open")
        await cashier.post(cashier.checker, "return", {"reason": "请再核对"})
        await cashier.match()

    async def test_after_it_nothing_in_the_month_changes(self, cashier, service, closed):
        assert (closed["state"], closed["unchanged"]) == ("closed", True)
        maker = cashier.maker
        (matched,) = await cashier.matches("matched")
        await cashier.refuse_post(maker, "matching", 409, "month_not_open")
        await cashier.refuse_post(maker, "submission", 409, "month_not_open", {"note": "再来"})
        await cashier.send(f"{DAY},,3.00,丙,,", status=409)
        await maker.refused(
            "POST", f"/reconciliation/matches/{matched['id']}/undo", 409, "month_not_open",
            json={"reason": "改正"}, headers=maker.as_key(),
        )  # fmt: skip
        for sql, constraint in (
            (
                "UPDATE reconciliation_match SET state = 'undone', active = false, undone_at = now(),"
                " undo_reason = 'x'",
                "ck_reconciliation_match_before_closing",
            ),
            (
                "UPDATE reconciliation_statement SET live = false, withdrawn_at = now(), withdrawn_by = created_by,"
                " withdrawal_reason = 'x'",
                "ck_reconciliation_statement_withdrawn_before_closing",
            ),
            ("UPDATE reconciliation_month SET closed_by = submitted_by", "ck_reconciliation_month_two_persons"),
        ):
            await refuse(service, CHECK, constraint, sql)

    async def test_what_was_left_is_matched_in_the_next_month_and_changes_nothing_in_this_one(self, cashier, closed):
        before = await cashier.differences("statement")
        assert [row["amount"] for row in before] == ["2.00"]
        following = f"{today():%Y-%m}"
        await cashier.maker.refused(
            "PUT", f"/reconciliation/months/{(LAST - timedelta(days=40)):%Y-%m}", 409, "month_out_of_order",
            json={"window_days": 5},
        )  # fmt: skip
        await cashier.maker.ok("PUT", f"/reconciliation/months/{following}", 201, json={"window_days": 5})
        await cashier.send(f"{today()},2.00,,冲回,,", month=following)
        new = (await cashier.maker.ok("GET", f"/reconciliation/months/{following}/differences?side=statement"))["items"]
        body = {"line_ids": [row["id"] for row in new], "note": "银行冲回"}
        url = f"/reconciliation/months/{following}/matches/{uuid7()}"
        await cashier.maker.ok("PUT", url, 204, json=body)
        again = await cashier.maker.ok("GET", cashier.base)
        assert again["unchanged"]
        assert await cashier.differences("statement") == before
        url = f"/reconciliation/months/{following}"
        key = cashier.maker.as_key()
        await cashier.maker.refused(
            "POST", f"{url}/submission", 409, "month_not_over", json={"note": "早"}, headers=key
        )


class TestReading:
    async def test_is_the_countys_own(self, service, cashier):
        await cashier.start()
        other = service.api("431003", role="finance")
        assert (await other.ok("GET", "/reconciliation/months"))["items"] == []
        await other.refused("GET", cashier.base, 404)
        await other.refused("PUT", f"{cashier.base}?county=431081", 403, json={"window_days": 3})

    async def test_bad_input_is_refused_in_chinese(self, cashier):
        await cashier.start()
        for month in ("2026-13", "2026-1", "x", "9999-01", "0001-01"):
            problem = await cashier.maker.refused(
                "PUT", f"/reconciliation/months/{month}", 422, json={"window_days": 5}
            )
            assert "一" <= problem["errors"][0]["message"][0] <= "鿿"
        for days in (-1, 32, "5", None, 1.5):
            await cashier.maker.refused("PUT", cashier.base, 422, "validation_failed", json={"window_days": days})
        for query in ("differences", "differences?side=x", "matches?state=x", "matches?cursor=x", "matches?how=x"):
            await cashier.maker.refused("GET", f"{cashier.base}/{query}", 422, "validation_failed")
        for body in ({}, {"line_ids": [str(uuid7())]}, {"line_ids": "x"}, {"note": "x" * 501}, {"more": 1}):
            await cashier.maker.refused("PUT", f"{cashier.base}/matches/{uuid7()}", 422, json=body)
