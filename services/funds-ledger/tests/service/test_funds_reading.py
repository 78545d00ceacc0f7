"""Pools, headroom, simulation, the ledger and the totals over HTTP."""

from __future__ import annotations

import pytest

VILLAGE, OTHER_VILLAGE, TOWN = "431081106226", "431081105235", "431081106"


class TestHeadroom:
    async def test_of_ones_own_county(self, office):
        pool_id = await office.open_pool("100.00")
        query = {"year": 2026, "source_level": "central"}
        assert await office.api.ok("GET", "/headroom", params=query) == await office.pool(pool_id)
        await office.api.refused("GET", "/headroom", 404, "not_found", params=query | {"year": 2025})

    async def test_above_the_county_one_names_the_county(self, office, office_of):
        await office.open_pool("100.00")
        query = {"year": 2026, "source_level": "central"}
        city = office_of("4310").api
        await city.refused("GET", "/headroom", 422, "validation_failed", params=query)
        assert (await city.ok("GET", "/headroom", params=query | {"county": "431081"}))["headroom_other"] == "45.00"


class TestSimulate:
    @pytest.fixture
    async def pool_id(self, office) -> str:
        return await office.open_pool("100.00")

    async def try_out(self, office, pool_id, *lines: tuple[str, str]):
        body = {"pool_id": pool_id, "lines": [{"purpose": p, "amount": a} for p, a in lines]}
        return await office.api.ok("POST", "/headroom/simulation", json=body)

    async def test_a_draft_that_fits_shows_what_would_remain(self, office, pool_id):
        answer = await self.try_out(office, pool_id, ("infrastructure", "20.00"), ("industry", "60.00"))
        assert (answer["allowed"], answer["refusal"], answer["shortfall"]) == (True, None, "0.00")
        assert answer["before"]["headroom_other"] == "45.00"
        assert (answer["after"]["headroom_other"], answer["after"]["headroom_total"]) == ("20.00", "20.00")
        assert answer["after"]["industry_share_bp"] == 7500

    async def test_a_draft_beyond_the_line_says_by_how_much(self, office, pool_id):
        answer = await self.try_out(office, pool_id, ("infrastructure", "20.00"), ("other", "25.01"))
        assert (answer["allowed"], answer["refusal"], answer["shortfall"]) == (False, "industry_floor_broken", "0.01")
        assert answer["after"]["headroom_other"] == "-0.01"

    async def test_a_draft_beyond_the_money_says_by_how_much(self, office, pool_id):
        answer = await self.try_out(office, pool_id, ("industry", "100.50"))
        assert (answer["refusal"], answer["shortfall"]) == ("pool_exhausted", "0.50")

    async def test_writes_nothing(self, office, pool_id):
        before = await office.pool(pool_id)
        await self.try_out(office, pool_id, ("industry", "100.00"))
        assert await office.pool(pool_id) == before


class TestPools:
    async def test_lists_newest_year_first(self, office):
        for year in (2024, 2026, 2025):
            await office.receive("1.00", source="county", year=year)
        pools = (await office.api.ok("GET", "/pools"))["items"]
        assert [p["year"] for p in pools] == [2026, 2025, 2024]
        assert [p["year"] for p in (await office.api.ok("GET", "/pools", params={"year": 2025}))["items"]] == [2025]


class TestLedger:
    async def test_balances_now_and_at_any_past_moment(self, office):
        pool_id = await office.open_pool("100.00")
        first = await office.allocate(pool_id, "30.00", "industry")
        await office.allocate(pool_id, "10.00", "industry", region_code=OTHER_VILLAGE)
        await office.reverse(first["id"])

        async def balances(**query: int) -> dict[tuple[str, str], str]:
            page = await office.api.ok("GET", "/accounts", params={"pool_id": pool_id} | query)
            return {(a["kind"], a["region_code"]): a["balance"] for a in page["items"]}

        county = "431081"
        assert await balances() == {
            ("income", county): "-100.00",
            ("available", county): "90.00",
            ("allocated", VILLAGE): "0.00",
            ("allocated", OTHER_VILLAGE): "10.00",
        }
        assert await balances(at_seq=4) == await balances()
        assert (await balances(at_seq=2))["allocated", VILLAGE] == "30.00"
        assert (await balances(at_seq=2))["available", county] == "70.00"
        assert set((await balances(at_seq=0)).values()) == {"0.00"}
        await office.api.refused("GET", "/accounts", 422, "validation_failed", params={"at_seq": 1})

    async def test_transfers_show_the_pool_after_each(self, office):
        pool_id = await office.open_pool("100.00")
        await office.allocate(pool_id, "30.00", "industry")
        await office.allocate(pool_id, "10.00")
        page = await office.api.ok("GET", "/transfers", params={"pool_id": pool_id})
        states = [tuple(t["pool_after"].values()) for t in page["items"]]
        assert states == [
            ("100.00", "30.00", "10.00", 5500),
            ("100.00", "30.00", "0.00", 5500),
            ("100.00", "0.00", "0.00", 5500),
        ]

    async def test_transfers_come_in_pages(self, office):
        pool_id = await office.open_pool("100.00")
        for _ in range(4):
            await office.allocate(pool_id, "1.00")
        seen, cursor = [], None
        while True:
            query = {"limit": 2, "pool_id": pool_id} | ({"cursor": cursor} if cursor else {})
            page = await office.api.ok("GET", "/transfers", params=query)
            seen += [t["seq"] for t in page["items"]]
            if (cursor := page["next"]) is None:
                break
        assert seen == [5, 4, 3, 2, 1]

    async def test_of_an_account_show_both_sides(self, office):
        pool_id = await office.open_pool("100.00")
        allocation = await office.allocate(pool_id, "1.00")
        await office.reverse(allocation["id"])
        account = next(
            a
            for a in (await office.api.ok("GET", "/accounts", params={"kind": "allocated"}))["items"]
            if a["region_code"] == VILLAGE
        )
        page = await office.api.ok("GET", "/transfers", params={"account_id": account["id"]})
        assert [t["kind"] for t in page["items"]] == ["reversal", "allocation"]

    async def test_every_posting_is_in_the_audit_trail(self, office):
        pool_id = await office.open_pool("100.00")
        allocation = await office.allocate(pool_id, "1.00")
        await office.reverse(allocation["id"])
        entries = (await office.api.ok("GET", "/audit", params={"subject_type": "transfer"}))["items"]
        assert [e["action"] for e in entries] == ["transfer.reversal", "transfer.allocation", "transfer.receipt"]
        assert entries[1]["detail"]["amount"] == "1.00"


class TestAllocationList:
    async def test_is_filtered_and_counted(self, office):
        pool_id = await office.open_pool("100.00")
        await office.allocate(pool_id, "1.00", region_code=TOWN)
        kept = await office.allocate(pool_id, "2.00", region_code=OTHER_VILLAGE)
        gone = await office.allocate(pool_id, "3.00")
        await office.reverse(gone["id"])

        async def amounts(**query: str) -> list[str]:
            page = await office.api.ok("GET", "/allocations", params=query | {"with_total": True})
            assert page["total"] == len(page["items"])
            return [a["amount"] for a in page["items"]]

        assert await amounts() == ["3.00", "2.00", "1.00"]
        assert await amounts(region=TOWN) == ["3.00", "1.00"]
        assert await amounts(status="allocated") == ["2.00", "1.00"]
        assert await amounts(year="2025") == []
        assert await amounts(source_level="central", pool_id=pool_id, region="431081105") == ["2.00"]
        assert await office.api.ok("GET", f"/allocations/{kept['id']}") == kept


class TestOverview:
    async def test_of_a_county_adds_up_sources_and_children(self, office):
        central = await office.open_pool("1000.00")
        county = (await office.receive("500.00", source="county"))["pool_id"]
        await office.allocate(central, "600.00", "industry")
        await office.allocate(central, "200.00", region_code=OTHER_VILLAGE)
        await office.allocate(county, "100.00", region_code=TOWN)

        overview = await office.api.ok("GET", "/overview", params={"region": "431081", "year": 2026})

        assert overview["region"] == {"code": "431081", "name": "资兴市", "level": "county"}
        funds = overview["funds"]
        assert (funds["received"], funds["allocated"]) == ("1500.00", "900.00")
        assert (funds["allocated_industry"], funds["allocated_other"]) == ("600.00", "300.00")
        # The red line concerns the central money only: 600 of 800 for industry, 200 of at most 450 for others.
        assert (funds["floor_bp"], funds["industry_share_bp"], funds["headroom_other"]) == (5500, 7500, "200.00")
        assert [(s["source_level"], s["id"]) for s in funds["by_source"]] == [("central", central), ("county", county)]
        assert [(c["code"], c["name"], c["funds"]) for c in overview["children"]] == [
            ("431081105", "兴宁镇", {"allocated": "200.00", "allocated_industry": "0.00"}),
            ("431081106", "州门司镇", {"allocated": "700.00", "allocated_industry": "600.00"}),
        ]

    async def test_of_a_province_adds_up_its_counties(self, office, office_of):
        pool_id = await office.open_pool("100.00")
        await office.allocate(pool_id, "10.00", "industry")
        neighbour = office_of("431003")
        await neighbour.open_pool("200.00", 6000)

        overview = await office_of("43").api.ok("GET", "/overview")

        funds = overview["funds"]
        assert (funds["received"], funds["allocated"], funds["headroom_other"]) == ("300.00", "10.00", "125.00")
        assert funds["floor_bp"] == 6000
        assert [s["id"] for s in funds["by_source"]] == [None]
        assert [(c["code"], c["funds"]["allocated"]) for c in overview["children"]] == [("4310", "10.00")]

    async def test_without_money_is_all_zero(self, office):
        funds = (await office.api.ok("GET", "/overview"))["funds"]
        assert (funds["received"], funds["allocated"], funds["headroom_other"]) == ("0.00", "0.00", "0.00")
        assert funds["industry_share_bp"] is None

    async def test_takes_a_fixed_number_of_queries(self, office):
        pool_id = await office.open_pool("100.00")
        counts = []
        for _ in range(2):
            async with office.service.counted_queries() as statements:
                await office.api.ok("GET", "/overview", params={"region": "431081", "year": 2026})
                counts.append(len(statements))
            for _ in range(3):
                await office.allocate(pool_id, "1.00", region_code=OTHER_VILLAGE)
        assert counts[0] == counts[1] <= 6


class TestQueryCounts:
    async def test_lists_do_not_ask_once_per_row(self, office):
        pool_id = await office.open_pool("100.00")
        for _ in range(3):
            await office.allocate(pool_id, "1.00")
        for path in ("/documents", "/pools", "/floors", "/allocations", "/transfers", "/accounts"):
            async with office.service.counted_queries() as statements:
                await office.api.ok("GET", path)
            assert len(statements) <= 3, (path, statements)  # two for the scope, one for the rows

    async def test_an_allocation_takes_a_handful(self, office):
        pool_id = await office.open_pool("100.00")
        await office.allocate(pool_id, "1.00")
        async with office.service.counted_queries() as statements:
            await office.allocate(pool_id, "1.00")
        assert len(statements) <= 13, statements
