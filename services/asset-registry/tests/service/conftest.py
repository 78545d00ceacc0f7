"""A running asset registry with a few regions, and short ways to act on it."""

from __future__ import annotations

from typing import Any

import pytest
from asset_registry.main import SPEC
from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.region_copy import RegionChanged, apply_region_changed
from service_kit.testing import Api, ServiceUnderTest, service_fixture

bare_service = service_fixture(SPEC)

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
VILLAGE = "431081106226"


@pytest.fixture
async def service(bare_service: ServiceUnderTest) -> ServiceUnderTest:
    async with bare_service.session() as session:
        for code, name in REGIONS.items():
            await apply_region_changed(session, RegionChanged(code=code, name=name, changed_at=now()))
    return bare_service


class Ledgers:
    """Makes right request bodies of each kind, and registers assets."""

    def __init__(self, service: ServiceUnderTest) -> None:
        self.service = service
        self._number = 0

    def body(self, kind: str = "public_welfare", amount: str = "1000.00", **changes: Any) -> dict[str, Any]:
        self._number += 1
        details: dict[str, dict[str, Any]] = {
            "public_welfare": {"keeper": "燕窝村委会", "upkeep_budget": "1200.00", "upkeep_source": "村集体收入"},
            "operating": {
                "operator_name": "兴农合作社",
                "operation_mode": "租赁",
                "contract_from": "2025-01-01",
                "contract_to": "2029-12-31",
                "yearly_rent": "36000.00",
            },
            "household": {"household_id": str(uuid7()), "household_head_name": "张三", "owner_kind": "individual"},
        }
        return (
            {
                "region_code": VILLAGE,
                "kind": kind,
                "code": f"ZX-{self._number:04d}",
                "name": "通村公路",
                "category": "道路",
                "original_value": amount,
                "fund_composition": [{"source_level": "central", "year": 2025, "amount": amount}],
                "owner_kind": "village_collective",
            }
            | details.get(kind, {})
            | changes
        )

    async def register(self, kind: str = "public_welfare", *, api: Api | None = None, **changes: Any) -> dict[str, Any]:
        asset: dict[str, Any] = await (api or self.service.api("")).ok(
            "PUT", f"/assets/{uuid7()}", 201, json=self.body(kind, **changes)
        )
        return asset


@pytest.fixture
def ledgers(service: ServiceUnderTest) -> Ledgers:
    return Ledgers(service)
