"""Who sees and does what: regions and permissions."""

from __future__ import annotations

import pytest
from service_kit.ids import uuid7
from service_kit.testing import assert_unscoped_sees_nothing

TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE = "431081106", "431081105", "431081106226", "431081105235"


@pytest.fixture
async def pool_id(office) -> str:
    pool_id = await office.open_pool("1000.00")
    await office.allocate(pool_id, "100.00", "industry", region_code=VILLAGE)
    await office.allocate(pool_id, "200.00", "industry", region_code=OTHER_VILLAGE)
    await office.allocate(pool_id, "50.00", region_code=TOWN)
    return pool_id


class TestTownship:
    async def test_sees_only_what_comes_to_it(self, service, pool_id):
        town = service.api(TOWN)
        allocations = (await town.ok("GET", "/allocations"))["items"]
        assert sorted(a["amount"] for a in allocations) == ["100.00", "50.00"]
        assert {a["year"] for a in allocations} == {2026}
        transfers = (await town.ok("GET", "/transfers"))["items"]
        assert sorted(t["amount"] for t in transfers) == ["100.00", "50.00"]
        assert {t["pool_after"] for t in transfers} == {None}
        assert {(t["debit_kind"], t["credit_kind"]) for t in transfers} == {("allocated", None)}
        accounts = (await town.ok("GET", "/accounts"))["items"]
        assert sorted((a["kind"], a["balance"]) for a in accounts) == [("allocated", "100.00"), ("allocated", "50.00")]

    async def test_sees_neither_pools_nor_documents(self, service, office, pool_id):
        town = service.api(TOWN)
        assert (await town.ok("GET", "/pools"))["items"] == []
        assert (await town.ok("GET", "/documents"))["items"] == []
        await town.refused("GET", f"/pools/{pool_id}", 404, "not_found")
        await town.refused("GET", "/headroom", 404, "not_found", params={"year": 2026, "source_level": "central"})
        line = {"purpose": "industry", "amount": "1.00"}
        await town.refused("POST", "/headroom/simulation", 404, "not_found", json={"pool_id": pool_id, "lines": [line]})

    async def test_cannot_act_for_the_county_even_with_the_permission(self, service, office, pool_id):
        town = service.api(TOWN)
        body = office.allocation_body(pool_id, "1.00")
        await town.refused("PUT", f"/allocations/{uuid7()}", 404, "not_found", json=body)
        await town.refused(
            "PUT", f"/documents/{uuid7()}", 403, "region_out_of_scope", json=office.document_body("1.00")
        )
        own = (await town.ok("GET", "/allocations"))["items"][0]
        await town.refused(
            "POST",
            f"/allocations/{own['id']}/reversal",
            404,
            "not_found",
            json={"reason": "不要了"},
            headers=town.as_key(),
        )
        assert await office.differences(pool_id) == []

    async def test_does_not_find_what_belongs_to_another(self, service, office, pool_id):
        foreign = next(
            a for a in (await office.api.ok("GET", "/allocations"))["items"] if a["region_code"] == OTHER_VILLAGE
        )
        await service.api(TOWN).refused("GET", f"/allocations/{foreign['id']}", 404, "not_found")

    async def test_overview_shows_what_it_holds_and_no_pool(self, service, pool_id):
        overview = await service.api(TOWN).ok("GET", "/overview")
        funds = overview["funds"]
        assert (funds["allocated"], funds["allocated_industry"], funds["received"]) == ("150.00", "100.00", None)
        assert funds["by_source"] == []
        assert [(c["code"], c["funds"]["allocated"]) for c in overview["children"]] == [(VILLAGE, "100.00")]
        await service.api(TOWN).refused("GET", "/overview", 404, "not_found", params={"region": "431081"})


class TestOtherCounty:
    async def test_sees_nothing(self, service, pool_id):
        other = service.api("431003")
        for path in ("/allocations", "/transfers", "/accounts", "/pools", "/documents"):
            assert (await other.ok("GET", path))["items"] == [], path
        for path in ("/transfers", "/accounts", "/allocations"):
            assert (await other.ok("GET", path, params={"pool_id": pool_id}))["items"] == [], path
        await other.refused(
            "GET", "/headroom", 404, "not_found", params={"year": 2026, "source_level": "central", "county": "431081"}
        )

    async def test_cannot_write_here(self, service, office, pool_id):
        other = service.api("431003")
        body = office.allocation_body(pool_id, "1.00")
        await other.refused("PUT", f"/allocations/{uuid7()}", 403, "region_out_of_scope", json=body)
        body = office.document_body("1.00", county_code="431081")
        await other.refused("PUT", f"/documents/{uuid7()}", 403, "region_out_of_scope", json=body)


class TestPermissions:
    DOORS = (
        ("GET", "/documents", "funds.documents:read"),
        ("PUT", "/documents/{id}", "funds.documents:write"),
        ("GET", "/pools", "funds.pools:read"),
        ("GET", "/floors", "funds.pools:read"),
        ("PUT", "/floors/{id}", "funds.floors:write"),
        ("GET", "/allocations", "funds.allocations:read"),
        ("PUT", "/allocations/{id}", "funds.allocations:write"),
        ("POST", "/allocations/{id}/reversal", "funds.allocations:write"),
        ("POST", "/allocations/bulk", "funds.allocations:write"),
        ("POST", "/allocations/worksheet", "funds.allocations:write"),
        ("GET", "/documents/{id}/acts", "funds.documents:read"),
        ("POST", "/documents/{id}/acts", "funds.documents:write"),
        ("GET", "/payments", "funds.payments:read"),
        ("GET", "/payments/progress", "funds.payments:read"),
        ("GET", "/payments/speed", "funds.payments:read"),
        ("PUT", "/payments/{id}", "funds.payments:write"),
        ("POST", "/payments/{id}/approval", "funds.payments:review"),
        ("POST", "/payments/{id}/return", "funds.payments:review"),
        ("POST", "/payments/{id}/withdrawal", "funds.payments:write"),
        ("POST", "/payments/{id}/payment", "funds.payments:pay"),
        ("POST", "/payments/{id}/refund", "funds.payments:pay"),
        ("PUT", "/payments/checkpoints/{id}", "funds.floors:write"),
        ("PUT", "/payments/speed-rules/{id}", "funds.floors:write"),
        ("GET", "/projects", "funds.projects:read"),
        ("GET", "/projects/{id}", "funds.projects:read"),
        ("PUT", "/projects/{id}", "funds.projects:write"),
        ("PATCH", "/projects/{id}", "funds.projects:write"),
        ("POST", "/projects/{id}/steps", "funds.projects:write"),
        ("POST", "/projects/batch", "funds.projects:write"),
        ("POST", "/projects/{id}/acceptance", "funds.projects:write"),
        ("POST", "/projects/{id}/settlement", "funds.projects:write"),
        ("POST", "/projects/{id}/hand-over", "funds.projects:write"),
        ("PUT", "/negative-list/{id}", "funds.negative-list:write"),
        ("GET", "/plans", "funds.plans:read"),
        ("PUT", "/plans/{id}", "funds.plans:write"),
        ("POST", "/plans/{id}/enforcement", "funds.plans:approve"),
        ("GET", "/factor-schemes", "funds.factors:read"),
        ("PUT", "/factor-schemes/{id}", "funds.factors:write"),
        ("POST", "/factor-schemes/{id}/approval", "funds.factors:approve"),
        ("GET", "/publication/coverage", "funds.publication:read"),
        ("POST", "/publication/closings", "funds.publication:write"),
        ("PUT", "/publication/rules/{id}", "funds.publication:write"),
        ("PUT", "/publication/funding-rules/2026", "funds.publication:write"),
        ("GET", "/trail", "funds.transfers:read"),
        ("GET", "/transfers", "funds.transfers:read"),
        ("GET", "/accounts", "funds.transfers:read"),
        ("GET", "/overview", "funds.overview:read"),
    )

    async def test_each_door_asks_for_its_own(self, service):
        anonymous = service.anonymous()
        for method, path, permission in self.DOORS:
            url = path.replace("{id}", str(uuid7()))
            others = service.api(permissions=service.all_permissions() - {permission})
            await others.refused(method, url, 403, "forbidden", json=None)
            await anonymous.refused(method, url, 401, "unauthenticated")

    async def test_no_scope_means_no_rows_in_any_table(self, service, pool_id):
        async with service.connection() as connection:
            await assert_unscoped_sees_nothing(connection, service.spec.metadata)
