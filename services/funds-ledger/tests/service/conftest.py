"""A running funds ledger with a few regions, and short ways to act on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from funds_ledger.main import SPEC
from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.region_copy import RegionChanged, apply_region_changed
from service_kit.testing import Api, ServiceUnderTest, service_fixture

bare_service = service_fixture(SPEC)

COUNTY = "431081"
TOWN = "431081106"
VILLAGE = "431081106226"
OTHER_TOWN = "431081105"
REGIONS = {
    "43": "湖南省",
    "4310": "郴州市",
    "431081": "资兴市",
    "431081105": "兴宁镇",
    "431081105235": "十龙潭村",
    "431081106": "州门司镇",
    "431081106226": "燕窝村",
    "431003": "苏仙区",
    "431003101": "栖凤渡镇",
}


class Office:
    """A finance clerk of a county: each method is one thing such a person does."""

    def __init__(self, service: ServiceUnderTest, region: str = COUNTY) -> None:
        self.service = service
        self.region = region
        self.api: Api = service.api(region, role="finance")

    async def set_floor(self, floor_bp: int = 5500, *, source: str = "central", **changes: Any) -> dict[str, Any]:
        body = {
            "year": 2026,
            "source_level": source,
            "region_code": self.region,
            "floor_bp": floor_bp,
            "basis": "省级文件",
        }
        rule: dict[str, Any] = await self.api.ok("PUT", f"/floors/{uuid7()}", json=body | changes)
        return rule

    def document_body(self, amount: str, *, source: str = "central", **changes: Any) -> dict[str, Any]:
        return {
            "year": 2026,
            "source_level": source,
            "number": f"湘财预〔2026〕{uuid7().hex[-6:]}号",
            "title": "下达衔接资金的通知",
            "issued_on": "2026-01-05",
            "received_on": "2026-01-12",
            "amount": amount,
            "purpose": "衔接推进乡村振兴",
            "direct": False,
        } | changes

    async def receive(self, amount: str, *, source: str = "central", **changes: Any) -> dict[str, Any]:
        body = self.document_body(amount, source=source, **changes)
        document: dict[str, Any] = await self.api.ok("PUT", f"/documents/{uuid7()}", json=body)
        return document

    async def pool(self, pool_id: str) -> dict[str, Any]:
        pool: dict[str, Any] = await self.api.ok("GET", f"/pools/{pool_id}")
        return pool

    async def open_pool(self, amount: str = "100.00", floor_bp: int = 5500, **changes: Any) -> str:
        """Set the floor, receive money; the pool's id."""
        source = changes.pop("source", "central")
        await self.set_floor(floor_bp, source=source)
        return str((await self.receive(amount, source=source, **changes))["pool_id"])

    def allocation_body(
        self, pool_id: str, amount: str, purpose: str = "infrastructure", **changes: Any
    ) -> dict[str, Any]:
        return {
            "pool_id": pool_id,
            "region_code": VILLAGE,
            "purpose": purpose,
            "title": "村道硬化",
            "amount": amount,
            "note": "",
        } | changes

    async def allocate(
        self, pool_id: str, amount: str, purpose: str = "infrastructure", **changes: Any
    ) -> dict[str, Any]:
        body = self.allocation_body(pool_id, amount, purpose, **changes)
        allocation: dict[str, Any] = await self.api.ok("PUT", f"/allocations/{uuid7()}", json=body)
        return allocation

    async def reverse(self, allocation_id: str, reason: str = "项目调整") -> dict[str, Any]:
        allocation: dict[str, Any] = await self.api.ok(
            "POST", f"/allocations/{allocation_id}/reversal", json={"reason": reason}, headers=self.api.as_key()
        )
        return allocation

    async def differences(self, pool_id: str) -> list[str]:
        from funds_ledger.ledger.views import pool_differences

        async with self.service.session() as session:
            return await pool_differences(session, self.region, UUID(pool_id))


@pytest.fixture
async def service(bare_service: ServiceUnderTest) -> ServiceUnderTest:
    async with bare_service.session() as session:
        for code, name in REGIONS.items():
            await apply_region_changed(session, RegionChanged(code=code, name=name, changed_at=now()))
    return bare_service


@pytest.fixture
def office(service: ServiceUnderTest) -> Office:
    return Office(service)


@pytest.fixture
def office_of(service: ServiceUnderTest) -> Callable[[str], Office]:
    return lambda region: Office(service, region)
