"""A register that answers, a desk that makes lists and one that checks them, and sheets as people send them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from funds_ledger.clients.monitoring import Entitled, Known
from service_kit.ids import uuid7
from service_kit.validators import luhn_check_digit, resident_id_check_digit

from .conftest import VILLAGE, Office

PERIOD = "2026"


def id_number(serial: int) -> str:
    first = f"43108119{70 + serial // 9000:02d}0{1 + serial // 1000 % 9}15{serial % 1000:03d}"
    return first + resident_id_check_digit(first)


def card(serial: int) -> str:
    first = f"62230{serial:013d}"
    return first + luhn_check_digit(first)


@dataclass
class Person:
    serial: int
    name: str = ""
    state: str = "present"
    village: str = VILLAGE
    member_id: UUID = field(default_factory=uuid7)
    household_id: UUID = field(default_factory=uuid7)

    def __post_init__(self) -> None:
        self.name = self.name or f"村民{self.serial}"
        self.number = id_number(self.serial)

    def row(self, **changes: Any) -> dict[str, Any]:
        row = {"姓名": self.name, "身份证号": self.number, "账号": card(self.serial), "开户行": "农商银行"}
        return row | changes


class Register:
    """What monitoring would answer; tests change its people."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self.people = list(people)

    async def entitled(self, *_: object, **__: object) -> list[Entitled]:
        return [
            Entitled(member_id=p.member_id, household_id=p.household_id, village_code=p.village, name=p.name,
                     id_number=p.number)
            for p in self.people if p.state == "present"
        ]  # fmt: skip

    async def match(self, _: object, __: str, numbers: list[str]) -> dict[int, Known]:
        by_number = {person.number: person for person in self.people}
        return {
            place: Known(place=place, member_id=p.member_id, household_id=p.household_id, village_code=p.village,
                         name=p.name, state=p.state)
            for place, number in enumerate(numbers) if (p := by_number.get(number))
        }  # fmt: skip


def sheet(rows: list[dict[str, Any]]) -> bytes:
    heads = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, heads)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


class PayoutDesk:
    """The maker in finance, and a checker of the bureau."""

    def __init__(self, office: Office) -> None:
        self.maker = office.api
        self.checker = office.service.api("431081", role="bureau")

    async def standard(self, **changes: Any) -> dict[str, Any]:
        body = {
            "region_code": "431081", "code": f"EDU-{uuid7().hex[-6:].upper()}", "name": "小学生活补助",
            "category": "education", "beneficiary": "脱贫户在校生", "unit": "元/生/年", "amount": "500.00",
            "period_kind": "year", "listed_by": "schooling", "listed_value": "primary",
            "effective_on": "2026-01-01", "basis": "县发〔2026〕1号",
        }  # fmt: skip
        made: dict[str, Any] = await self.maker.ok("PUT", f"/payout-standards/{uuid7()}", 201, json=body | changes)
        return made

    async def begin(self, allocation_id: str, standard_id: str, **changes: Any) -> dict[str, Any]:
        body = {
            "allocation_id": allocation_id, "standard_id": standard_id, "period": PERIOD, "title": "小学生活补助",
            "bank": "农商银行资兴支行", "account_number": card(9),
        }  # fmt: skip
        made: dict[str, Any] = await self.maker.ok("PUT", f"/payout-batches/{uuid7()}", 201, json=body | changes)
        return made

    async def load(self, batch: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
        loaded: dict[str, Any] = await self.maker.ok(
            "PUT", f"/payout-imports/{uuid7()}/content?batch_id={batch['id']}", content=sheet(rows)
        )
        return loaded

    async def lines(self, batch: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
        page = await self.maker.ok("GET", f"/payout-batches/{batch['id']}/lines", params={"limit": 50} | query)
        items: list[dict[str, Any]] = page["items"]
        return items

    async def decide(self, batch: dict[str, Any], decision: str, **about: Any) -> dict[str, Any]:
        body = {"decision": decision, "reason": "已核实"} | about
        return await self.act(self.maker, f"/payout-batches/{batch['id']}/decisions", body)

    async def act(self, who: Any, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        done: dict[str, Any] = await who.ok("POST", path, json=body, headers=who.as_key())
        return done

    async def submit(self, batch: dict[str, Any]) -> dict[str, Any]:
        return await self.act(self.maker, f"/payout-batches/{batch['id']}/submission")

    async def refuse_submission(self, batch: dict[str, Any], status: int, code: str) -> dict[str, Any]:
        path = f"/payout-batches/{batch['id']}/submission"
        return await self.maker.refused("POST", path, status, code, headers=self.maker.as_key())

    async def sent(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Submitted, approved and with the bank; the run."""
        run = (await self.submit(batch))["runs"][0]
        await self.act(self.checker, f"/payout-runs/{run['id']}/approval", {"opinion": "同意"})
        found = await self.act(self.maker, f"/payout-runs/{run['id']}/sending")
        newest: dict[str, Any] = found["runs"][0]
        return newest

    async def bank_rows(self, run: dict[str, Any]) -> list[dict[str, str]]:
        response = await self.maker.request("GET", f"/payout-runs/{run['id']}/file")
        assert response.status_code == 200
        return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))

    async def answer(self, run: dict[str, Any], failing: dict[str, str] | None = None, **query: Any) -> dict[str, Any]:
        """The bank's file back, with failures by name."""
        failing = failing or {}
        rows = [
            {"序号": row["序号"], "账号": row["账号"].strip()[-4:], "金额": row["金额"],
             "结果": "失败" if row["户名"] in failing else "成功", "失败原因": failing.get(row["户名"], "")}
            for row in (await self.bank_rows(run)) if row["序号"] != "合计"
        ]  # fmt: skip
        return await self.returned(run, rows, **query)

    async def returned(self, run: dict[str, Any], rows: list[dict[str, Any]], **query: Any) -> dict[str, Any]:
        done: dict[str, Any] = await self.maker.ok(
            "PUT",
            f"/payout-return-imports/{uuid7()}/content",
            content=sheet(rows),
            params={"run_id": run["id"]} | query,
        )
        return done
