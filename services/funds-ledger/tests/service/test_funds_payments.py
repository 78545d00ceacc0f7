"""Payments from the request to the refund."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from service_kit.clock import today
from service_kit.ids import uuid7

from .test_funds_invariants import CHECK, refuse


def request_body(allocation_id: str, amount: str, **changes) -> dict:
    return {
        "allocation_id": allocation_id,
        "amount": amount,
        "payee": "资兴市某建筑公司",
        "bank": "农商银行州门司支行",
        "account_number": "6222 0212 3456 7890 128",
        "evidence_number": "验收单1号",
        "evidence": "验收合格,按合同支付",
    } | changes


class Desk:
    """The maker, and another person who checks."""

    def __init__(self, office) -> None:
        self.office = office
        self.maker = office.api
        self.checker = office.service.api("431081", role="bureau")

    async def request(self, allocation_id: str, amount: str, **changes) -> dict:
        body = request_body(allocation_id, amount, **changes)
        return await self.maker.ok("PUT", f"/payments/{uuid7()}", 201, json=body)

    async def refuse(self, allocation_id: str, amount: str, status: int, code: str, **changes) -> dict:
        body = request_body(allocation_id, amount, **changes)
        return await self.maker.refused("PUT", f"/payments/{uuid7()}", status, code, json=body)

    async def act(self, who, payment: dict, act: str, body: dict | None = None) -> dict:
        return await who.ok("POST", f"/payments/{payment['id']}/{act}", json=body, headers=who.as_key())

    async def approve(self, payment: dict) -> dict:
        return await self.act(self.checker, payment, "approval", {"opinion": "同意"})

    async def pay(self, payment: dict) -> dict:
        return await self.act(self.maker, payment, "payment")

    async def paid(self, allocation_id: str, amount: str, **changes) -> dict:
        payment = await self.request(allocation_id, amount, **changes)
        await self.approve(payment)
        return await self.pay(payment)


@pytest.fixture
def desk(office) -> Desk:
    return Desk(office)


@pytest.fixture
async def pool_id(office) -> str:
    return await office.open_pool("100.00")


@pytest.fixture
async def allocation(office, pool_id) -> dict:
    return await office.allocate(pool_id, "30.00")


class TestLifecycle:
    async def test_request_review_pay_and_refund(self, desk, office, pool_id, allocation):
        payment = await desk.request(allocation["id"], "20.00")
        assert (payment["status"], payment["amount"], payment["account_mask"]) == (
            "requested", "20.00", "***************0128"[-19:],
        )  # fmt: skip
        assert (await desk.approve(payment))["status"] == "approved"
        paid = await desk.pay(payment)
        assert paid["status"] == "paid"
        assert paid["transfer_id"]
        row = await office.api.ok("GET", f"/allocations/{allocation['id']}")
        assert (row["paid"], row["committed"]) == ("20.00", "20.00")
        assert await office.differences(pool_id) == []

        refunded = await desk.act(desk.maker, payment, "refund", {"reason": "账号有误,银行退票"})
        assert [e["to_status"] for e in refunded["history"]] == ["requested", "approved", "paid", "refunded"]
        row = await office.api.ok("GET", f"/allocations/{allocation['id']}")
        assert (row["paid"], row["committed"]) == ("0.00", "0.00")
        pool = await office.pool(pool_id)
        assert (pool["allocated"], pool["last_seq"]) == ("30.00", 4)
        assert await office.differences(pool_id) == []

    async def test_a_return_frees_what_the_request_held(self, desk, office, allocation):
        payment = await desk.request(allocation["id"], "30.00")
        await desk.refuse(allocation["id"], "0.01", 422, "payment_exceeds_allocation")
        returned = await desk.act(desk.checker, payment, "return", {"reason": "依据不足"})
        assert (returned["status"], returned["end_reason"]) == ("returned", "依据不足")
        await desk.request(allocation["id"], "30.00")

    async def test_ones_own_request_is_taken_back_before_the_review_only(self, desk, allocation):
        payment = await desk.request(allocation["id"], "30.00")
        url, body = f"/payments/{payment['id']}/withdrawal", {"reason": "金额填错"}
        await desk.checker.refused("POST", url, 409, "not_own_request", json=body, headers=desk.checker.as_key())
        withdrawn = await desk.act(desk.maker, payment, "withdrawal", body)
        assert (withdrawn["status"], withdrawn["end_reason"]) == ("withdrawn", "金额填错")
        again = await desk.request(allocation["id"], "30.00")
        await desk.approve(again)
        url = f"/payments/{again['id']}/withdrawal"
        await desk.maker.refused("POST", url, 409, "payment_not_in_state", json=body, headers=desk.maker.as_key())

    async def test_steps_out_of_order_are_refused(self, desk, allocation):
        payment = await desk.request(allocation["id"], "1.00")
        url = f"/payments/{payment['id']}"
        await desk.maker.refused("POST", f"{url}/payment", 409, "payment_not_in_state", headers=desk.maker.as_key())
        await desk.approve(payment)
        body = {"opinion": ""}
        await desk.checker.refused(
            "POST", f"{url}/approval", 409, "payment_not_in_state", json=body, headers=desk.checker.as_key()
        )
        body = {"reason": "退"}
        await desk.maker.refused("POST", f"{url}/refund", 422, json=body, headers=desk.maker.as_key())

    async def test_nobody_reviews_what_they_requested(self, desk, service, allocation):
        payment = await desk.request(allocation["id"], "1.00")
        url = f"/payments/{payment['id']}/approval"
        await desk.maker.refused("POST", url, 409, "same_person", json={"opinion": ""}, headers=desk.maker.as_key())
        sql = (
            "UPDATE payment SET status = 'approved', reviewed_by = created_by, reviewed_by_name = '本人',"
            " reviewed_at = now() WHERE id = $1"
        )
        await refuse(service, CHECK, "ck_payment_two_persons", sql, payment["id"])

    async def test_the_same_request_again_changes_nothing(self, desk, allocation):
        url, body = f"/payments/{uuid7()}", request_body(allocation["id"], "1.00")
        first = await desk.maker.ok("PUT", url, 201, json=body)
        assert await desk.maker.ok("PUT", url, 200, json=body) == first
        await desk.maker.refused("PUT", url, 409, "already_exists", json=body | {"amount": "1.01"})


class TestLimits:
    async def test_never_beyond_the_allocation(self, desk, allocation):
        await desk.paid(allocation["id"], "29.00")
        problem = await desk.refuse(allocation["id"], "1.01", 422, "payment_exceeds_allocation")
        assert (problem["shortfall"], problem["headroom_allocation"]) == ("0.01", "1.00")

    async def test_never_beyond_the_contract(self, desk, office, pool_id, allocation):
        contract = {"contract_number": "合同1", "contract_amount": "25.00"}
        await desk.paid(allocation["id"], "20.00", **contract)
        other = await office.allocate(pool_id, "10.00", "industry")
        problem = await desk.refuse(other["id"], "5.01", 422, "payment_exceeds_contract", **contract)
        assert (problem["shortfall"], problem["headroom_contract"]) == ("0.01", "5.00")
        await desk.refuse(
            other["id"], "1.00", 409, "contract_differs", contract_number="合同1", contract_amount="99.00"
        )
        await desk.paid(other["id"], "5.00", **contract)
        assert await office.differences(pool_id) == []

    async def test_an_allocation_in_use_is_not_reversed(self, desk, office, allocation):
        payment = await desk.request(allocation["id"], "1.00")
        url = f"/allocations/{allocation['id']}/reversal"
        problem = await office.api.refused(
            "POST", url, 409, "allocation_in_use", json={"reason": "调整"}, headers=office.api.as_key()
        )
        assert problem["must_move"] == "1.00"
        await desk.act(desk.checker, payment, "return", {"reason": "调整"})
        await office.reverse(allocation["id"])
        await desk.refuse(allocation["id"], "1.00", 409, "allocation_reversed")

    async def test_many_requests_at_once_hold_no_more_than_there_is(self, desk, office, pool_id, allocation):
        bodies = [request_body(allocation["id"], "7.00") for _ in range(8)]
        answers = await asyncio.gather(*(desk.maker.put(f"/payments/{uuid7()}", json=body) for body in bodies))
        assert sorted(a.status_code for a in answers) == [201] * 4 + [422] * 4
        made = [a.json() for a in answers if a.status_code == 201]
        await asyncio.gather(*(desk.approve(payment) for payment in made))
        await asyncio.gather(*(desk.pay(payment) for payment in made))
        assert (await office.api.ok("GET", f"/allocations/{allocation['id']}"))["paid"] == "28.00"
        assert await office.differences(pool_id) == []


class TestDatabase:
    @pytest.fixture
    async def paid(self, desk, allocation) -> dict:
        return await desk.paid(allocation["id"], "20.00", contract_number="合同1", contract_amount="25.00")

    CHECKS = (
        ("UPDATE allocation SET paid_fen = amount_fen + 1 WHERE paid_fen > 0", "ck_allocation_paid_within_allocated"),
        (
            "UPDATE allocation SET committed_fen = amount_fen + 1 WHERE paid_fen > 0",
            "ck_allocation_paid_within_allocated",
        ),
        (
            "UPDATE allocation SET status = 'reversed', reversed_at = now(), reversal_reason = '无' WHERE paid_fen > 0",
            "ck_allocation_reversed_unpaid",
        ),
        ("UPDATE contract SET committed_fen = amount_fen + 1", "ck_contract_paid_within_contract"),
        ("UPDATE contract SET paid_fen = committed_fen + 1", "ck_contract_paid_within_contract"),
        ("UPDATE payment SET reviewed_by = NULL, reviewed_at = NULL, reviewed_by_name = NULL", "ck_payment_reviewed"),
        ("UPDATE payment SET paid_at = NULL", "ck_payment_paid_by_whom"),
        ("UPDATE payment SET status = 'refunded'", "ck_payment_reason"),
        ("UPDATE payment SET status = 'lost', paid_at = NULL, paid_by = NULL", "ck_payment_status"),
        ("UPDATE account SET credited_fen = debited_fen + 1 WHERE kind = 'paid'", "ck_account_not_overdrawn"),
        ("UPDATE account SET debited_fen = credited_fen + 1 WHERE kind = 'income'", "ck_account_income_not_negative"),
        ("UPDATE fund_document SET adjusted_fen = -amount_fen - 1", "ck_fund_document_current_range"),
        ("UPDATE pool SET last_year_bp = floor_bp + 1", "ck_pool_not_below_last_year"),
        ("UPDATE pool SET last_hash = ''", "ck_pool_hashes"),
        (
            "INSERT INTO payment_event SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(),"
            " 'from_status', 'requested', 'to_status', 'paid'))).* FROM payment_event e LIMIT 1",
            "ck_payment_event_lifecycle",
        ),
    )  # fmt: skip

    async def test_keeps_every_limit_without_the_code(self, service, paid):
        for sql, constraint in self.CHECKS:
            await refuse(service, CHECK, constraint, sql)

    async def test_history_and_content_are_never_changed(self, service, paid):
        for sql in (
            "UPDATE payment_event SET reason = ''", "DELETE FROM payment_event", "DELETE FROM payment",
            "UPDATE payment SET amount_fen = 1", "UPDATE payment SET payee = '别人'",
            "UPDATE contract SET amount_fen = 1",
            "UPDATE document_act SET amount_fen = 1", "DELETE FROM document_act",
            "UPDATE fund_document SET amount_fen = 1",
            "UPDATE progress_checkpoint SET share_bp = 0", "UPDATE allocation_speed_rule SET full_days = 0",
        ):  # fmt: skip
            await refuse(service, asyncpg.InsufficientPrivilegeError, None, sql)

    async def test_the_account_number_is_ciphertext(self, service, paid):
        async with service.session() as session:
            from sqlalchemy import text

            row = (await session.execute(text("SELECT account_number, account_mask FROM payment"))).one()
        assert b"6222021234567890128" not in row.account_number
        assert row.account_mask.endswith("0128")
        assert service.ctx.crypto.decrypt(row.account_number) == "6222021234567890128"


class TestProgress:
    async def test_by_source_and_township_against_checkpoints(self, desk, office, pool_id, allocation):
        await desk.paid(allocation["id"], "10.00")
        await office.allocate(pool_id, "20.00", "industry", region_code="431081105")
        for due_on, share in (("2026-03-31", 2000), ("2026-09-30", 7500)):
            body = {
                "year": 2026, "source_level": "central", "region_code": "431081", "due_on": due_on,
                "share_bp": share, "basis": "省里要求",
            }  # fmt: skip
            await office.api.ok("PUT", f"/payments/checkpoints/{uuid7()}", 201, json=body)

        report = await office.api.ok("GET", "/payments/progress", params={"year": 2026})

        [month] = report["by_month"]
        assert (month["month"], month["paid"], month["paid_so_far"]) == (f"{today():%Y-%m}", "10.00", "10.00")
        [central] = report["by_source"]
        assert (central["allocated"], central["paid"], central["paid_share_bp"]) == ("50.00", "10.00", 2000)
        assert [(c["reached"], c["missing"]) for c in central["checkpoints"]] == [(True, "0.00"), (False, "27.50")]
        assert [(t["region_code"], t["allocated"], t["paid"]) for t in report["by_township"]] == [
            ("431081105", "20.00", "0.00"),
            ("431081106", "30.00", "10.00"),
        ]

    async def test_a_checkpoint_is_followed_by_a_revision(self, office):
        body = {
            "year": 2026, "source_level": "central", "region_code": "431081", "due_on": "2026-03-31",
            "share_bp": 3000, "basis": "省里要求",
        }  # fmt: skip
        first = await office.api.ok("PUT", f"/payments/checkpoints/{uuid7()}", 201, json=body)
        second = await office.api.ok("PUT", f"/payments/checkpoints/{uuid7()}", 201, json=body | {"share_bp": 4000})
        assert (first["revision"], second["revision"]) == (1, 2)

    async def test_speed_is_scored_by_the_dated_rule(self, office, pool_id, allocation):
        report = await office.api.ok("GET", "/payments/speed", params={"year": 2026})
        [document] = report["documents"]
        assert (document["full_days"], document["zero_days"]) == (25, 50)
        assert (document["allocated"], document["waiting"]) == ("30.00", "70.00")
        assert 0 <= report["score_bp"] <= 10_000
