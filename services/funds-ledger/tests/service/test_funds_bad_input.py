"""Bad input at every door: a clear refusal in Chinese, never a 500."""

from __future__ import annotations

import pytest
from service_kit.ids import uuid7

from .library import proposal
from .test_funds_payments import request_body

LONG = "长" * 2000
DROP = object()
SOME = "01890000-0000-7000-8000-000000000000"

DOCUMENT = (
    ("year", 1999), ("year", 2101), ("year", "今年"), ("year", 2026.5), ("year", None), ("year", DROP),
    ("source_level", "federal"), ("source_level", 1), ("source_level", DROP),
    ("number", ""), ("number", "  "), ("number", LONG), ("number", 5), ("number", DROP),
    ("title", ""), ("title", LONG), ("title", "\x00"),
    ("issued_on", "2026-02-30"), ("issued_on", "昨天"), ("issued_on", "2999-01-01"), ("issued_on", 5),
    ("received_on", "2999-01-01"), ("received_on", "2026-01-01"), ("received_on", DROP),
    ("amount", "0"), ("amount", "-1"), ("amount", 100), ("amount", 1.5), ("amount", "1.234"), ("amount", "1e9"),
    ("amount", "一百"), ("amount", ""), ("amount", "1000000000000.01"), ("amount", "99999999999999999999"),
    ("amount", "１００"), ("amount", None), ("amount", True), ("amount", DROP),
    ("purpose", LONG), ("purpose", None), ("direct", "yes"), ("direct", 1), ("direct", None),
    ("county_code", "43108"), ("county_code", "431081106"), ("county_code", "abcdef"), ("surprise", 1),
)  # fmt: skip
ALLOCATION = (
    ("pool_id", "x"), ("pool_id", 5), ("pool_id", None), ("pool_id", DROP),
    ("region_code", "43"), ("region_code", "431081"), ("region_code", "4310811062269"), ("region_code", "村"),
    ("region_code", "4310811062２6"), ("region_code", None), ("region_code", DROP), ("region_code", "431081106'--"),
    ("purpose", "luxury"), ("purpose", ""), ("purpose", DROP), ("title", ""), ("title", LONG), ("title", "\x00"),
    ("amount", "0.00"), ("amount", "-5"), ("amount", 5), ("amount", "5,000"), ("amount", "1000000000000.01"),
    ("amount", "0.001"), ("amount", DROP), ("note", LONG), ("note", None), ("document_id", "x"), ("surprise", 1),
)  # fmt: skip
FLOOR = (
    ("year", 1999), ("source_level", "x"), ("region_code", "431081106"), ("region_code", "4"), ("region_code", None),
    ("floor_bp", -1), ("floor_bp", 10_001), ("floor_bp", "55%"), ("floor_bp", "5500"), ("floor_bp", 55.5),
    ("floor_bp", True), ("floor_bp", DROP), ("basis", ""), ("basis", LONG), ("basis", "\x00\x00"), ("surprise", 1),
)  # fmt: skip
PROJECT = (
    ("region_code", "431081"), ("region_code", DROP), ("year", 1999), ("name", ""), ("name", "\x00"), ("name", LONG),
    ("category", "luxury"), ("nature", "old"), ("starts_on", "昨天"), ("starts_on", 5), ("size", LONG),
    ("financing", [{"source_level": "central", "amount": "0"}]), ("financing", [{"source_level": "x", "amount": "1"}]),
    ("financing", "all"), ("beneficiary_households", -1), ("beneficiary_people", "5"), ("goals", [{"name": "x"}]),
    ("goals", [{"name": "x", "unit": "亩", "target": "1e5"}]), ("goals", [{"name": "x", "unit": "亩", "target": 5}]),
    ("goals", [{"name": "x", "unit": "亩", "target": "1.2345"}]), ("benefit_kinds", ["luck"]), ("surprise", 1),
)  # fmt: skip
PAYMENT = (
    ("allocation_id", "x"), ("allocation_id", 5), ("allocation_id", None), ("allocation_id", DROP),
    ("amount", "0"), ("amount", "-1"), ("amount", 100), ("amount", "1.234"), ("amount", "1e9"), ("amount", "一百"),
    ("amount", "1000000000000.01"), ("amount", None), ("amount", DROP), ("payee", ""), ("payee", LONG),
    ("payee", "\x00"), ("payee", DROP), ("bank", "农"), ("bank", LONG), ("bank", 5), ("account_number", "1234567"),
    ("account_number", "6222-ABCD-1234"), ("account_number", "6" * 41), ("account_number", "６２２２０２１２３４"),
    ("account_number", 62220212345678), ("account_number", DROP), ("evidence_number", ""), ("evidence_number", LONG),
    ("evidence", ""), ("evidence", LONG), ("evidence", DROP), ("contract_number", ""), ("contract_number", 5),
    ("contract_amount", "0"), ("contract_amount", 5), ("surprise", 1),
)  # fmt: skip
QUERIES = (
    "/payments?status=x", "/payments?year=x", "/payments?region=x", "/payments?source_level=x", "/payments?cursor=x",
    "/payments?allocation_id=x", "/payments?limit=51", "/payments/x", "/payments/progress", "/payments/progress?year=x",
    "/payments/speed", "/payments/speed?year=2026&county=x", "/payments/checkpoints?year=x",
    "/payments/speed-rules?cursor=x", "/documents/x/acts", "/trail", "/trail?document_id=x", "/trail?payment_id=5",
    f"/trail?document_id={SOME}&payment_id={SOME}", f"/trail?allocation_id={SOME}&document_id={SOME}",
    "/projects?state=x", "/projects?year=1", "/projects?cursor=x", "/projects?queue=x", "/projects/x",
    "/projects/counts?region=x", "/plans?year=x", "/plans?cursor=x", "/plans/x", "/factor-schemes?cursor=x",
    "/factor-schemes/x", "/publication/coverage", "/publication/coverage?year=x", "/negative-list?cursor=x",
    "/documents?year=x", "/documents?source_level=x", "/documents?limit=0", "/documents?limit=51",
    "/documents?cursor=x", "/documents?cursor=WzFd", "/documents/x",
    "/pools?year=1", "/pools?cursor=WyJhIiwiYiIsImMiXQ", "/pools/x", "/headroom", "/headroom?year=2026",
    "/headroom?year=2026&source_level=x", "/headroom?year=2026&source_level=central&county=x",
    "/floors?year=x", "/floors?cursor=bnVsbA", "/allocations?region=x", "/allocations?pool_id=x",
    "/allocations?status=x", "/allocations?cursor=%00", "/allocations/x", "/transfers?pool_id=x",
    "/transfers?account_id=x", "/transfers?cursor=W10", "/accounts?kind=x", "/accounts?region=x",
    "/accounts?at_seq=-1", "/accounts?at_seq=99999999999999999999", "/overview?region=x", "/overview?year=0",
    "/public/notices?region=x", "/public/notices/x",
)  # fmt: skip


def broken(good: dict, field: str, value: object) -> dict:
    body = dict(good)
    if value is DROP:
        body.pop(field)
    else:
        body[field] = value
    return body


async def refuse_all(office, path: str, good: dict, table: tuple) -> None:
    for field, value in table:
        problem = await office.api.refused("PUT", f"{path}/{uuid7()}", 422, json=broken(good, field, value))
        assert problem["code"] == "validation_failed", (field, value, problem)
        assert any(error["path"].startswith(f"body.{field}") for error in problem["errors"]) or "\x00" in str(value)
        assert all("一" <= error["message"][0] <= "鿿" for error in problem["errors"]), (field, value, problem)


class TestBodies:
    async def test_of_documents(self, office):
        await office.set_floor()
        await refuse_all(office, "/documents", office.document_body("1.00"), DOCUMENT)
        assert (await office.api.ok("GET", "/documents"))["items"] == []

    async def test_of_allocations(self, office):
        pool_id = await office.open_pool()
        await refuse_all(office, "/allocations", office.allocation_body(pool_id, "1.00"), ALLOCATION)
        assert (await office.pool(pool_id))["allocated"] == "0.00"

    async def test_of_payments(self, office):
        pool_id = await office.open_pool()
        allocation = await office.allocate(pool_id, "5.00")
        await refuse_all(office, "/payments", request_body(allocation["id"], "1.00"), PAYMENT)
        assert (await office.api.ok("GET", "/payments"))["items"] == []

    async def test_of_steps_of_a_payment(self, office):
        for act in ("return", "refund"):
            url = f"/payments/{uuid7()}/{act}"
            for body in ({}, {"reason": ""}, {"reason": "短"}, {"reason": LONG}, {"reason": "对的", "more": 1}, []):
                await office.api.refused("POST", url, 422, "validation_failed", json=body, headers=office.api.as_key())
            good = {"reason": "没有这笔"}
            await office.api.refused("POST", url, 404, "not_found", json=good, headers=office.api.as_key())
        url = f"/payments/{uuid7()}/approval"
        for body in ({"opinion": 5}, {"opinion": LONG}, {"opinion": None}, {"more": 1}):
            await office.api.refused("POST", url, 422, "validation_failed", json=body, headers=office.api.as_key())

    async def test_of_acts_on_documents(self, office):
        await office.open_pool()
        document = (await office.api.ok("GET", "/documents"))["items"][0]
        good = {"kind": "cut", "number": "1号", "issued_on": "2026-01-05", "amount": "1.00", "reason": "调减"}
        url = f"/documents/{document['id']}/acts"
        for field, value in (
            ("kind", "x"), ("kind", DROP), ("number", ""), ("number", LONG), ("issued_on", "2999-01-01"),
            ("issued_on", "昨天"), ("amount", "0"), ("amount", "-1"), ("amount", 5), ("amount", "1.234"),
            ("reason", ""), ("reason", LONG), ("reason", DROP), ("surprise", 1),
        ):  # fmt: skip
            body = broken(good, field, value)
            problem = await office.api.refused(
                "POST", url, 422, "validation_failed", json=body, headers=office.api.as_key()
            )
            assert any(error["path"].startswith(f"body.{field}") for error in problem["errors"]), (field, value)

    async def test_of_projects(self, office):
        office.api = office.service.api("431081106", role="township")
        await refuse_all(office, "/projects", proposal(), PROJECT)

    async def test_of_floors(self, office):
        good = {"year": 2026, "source_level": "central", "region_code": "431081", "floor_bp": 1, "basis": "文件"}
        await refuse_all(office, "/floors", good, FLOOR)

    async def test_of_simulations_and_reversals(self, office):
        pool_id = await office.open_pool()
        line = {"purpose": "industry", "amount": "1.00"}
        for body in (
            {}, {"pool_id": pool_id}, {"pool_id": pool_id, "lines": []}, {"pool_id": "x", "lines": [line]},
            {"pool_id": pool_id, "lines": [line] * 1001}, {"pool_id": pool_id, "lines": [line | {"amount": "0"}]},
            {"pool_id": pool_id, "lines": [line | {"amount": "999999999999.00"}] * 2}, [], "x", None,
        ):  # fmt: skip
            await office.api.refused("POST", "/headroom/simulation", 422, "validation_failed", json=body)
        url = f"/allocations/{uuid7()}/reversal"
        for body in ({}, {"reason": ""}, {"reason": LONG}, {"reason": 5}, {"reason": "对的", "more": 1}):
            await office.api.refused("POST", url, 422, "validation_failed", json=body, headers=office.api.as_key())
        await office.api.refused("POST", url, 404, "not_found", json={"reason": "没有"}, headers=office.api.as_key())

    async def test_that_are_not_json_or_have_a_bad_id(self, office):
        headers = {"content-type": "application/json"}
        for path in ("/documents", "/allocations", "/floors"):
            url = f"{path}/{uuid7()}"
            await office.api.refused("PUT", url, 400, "bad_json", content=b"{", headers=headers)
            await office.api.refused("PUT", url, 422, "validation_failed", json=[])
            await office.api.refused("PUT", f"{path}/1", 422, "validation_failed", json={})
            four = "7f6c2b1e-9a0d-4c3b-8e5f-1a2b3c4d5e6f"
            await office.api.refused("PUT", f"{path}/{four}", 422, "validation_failed", json={})
            big = b'{"x":"' + b"a" * (1024 * 1024) + b'"}'
            await office.api.refused("PUT", url, 413, "body_too_large", content=big, headers=headers)


class TestQueries:
    async def test_each_is_refused(self, office):
        for url in QUERIES:
            await office.api.refused("GET", url, 422, "validation_failed")

    @pytest.mark.parametrize("path", ["/documents", "/pools", "/allocations", "/payments"])
    async def test_an_unknown_id_is_not_found(self, office, path):
        await office.api.refused("GET", f"{path}/{uuid7()}", 404, "not_found")
