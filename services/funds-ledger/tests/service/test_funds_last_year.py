"""A floor that is "not below last year's share" (FND-2)."""

from __future__ import annotations

from service_kit.ids import uuid7


async def last_year(office, industry: str, other: str, source: str = "central") -> None:
    await office.set_floor(0, year=2025, source=source)
    document = await office.receive("1000.00", year=2025, source=source)
    await office.allocate(document["pool_id"], industry, "industry")
    await office.allocate(document["pool_id"], other)


class TestNotBelowLastYear:
    async def test_raises_the_floor_to_the_share_achieved_rounded_up(self, office):
        await last_year(office, "200.00", "100.00")  # 66.66…%
        await office.set_floor(5500, not_below_last_year=True)
        pool = await office.pool((await office.receive("100.00"))["pool_id"])
        assert (pool["floor_bp"], pool["last_year_bp"], pool["headroom_other"]) == (6667, 6667, "33.33")

    async def test_never_lowers_the_rule(self, office):
        await last_year(office, "50.00", "100.00")
        await office.set_floor(5500, not_below_last_year=True)
        pool = await office.pool((await office.receive("100.00"))["pool_id"])
        assert (pool["floor_bp"], pool["last_year_bp"]) == (5500, 3334)

    async def test_asks_nothing_when_there_was_no_last_year(self, office):
        await office.set_floor(5500, not_below_last_year=True)
        pool = await office.pool((await office.receive("100.00"))["pool_id"])
        assert (pool["floor_bp"], pool["last_year_bp"]) == (5500, 0)

    async def test_is_off_unless_switched_on(self, office):
        await last_year(office, "200.00", "100.00")
        pool = await office.pool(await office.open_pool("100.00", 5500))
        assert (pool["floor_bp"], pool["last_year_bp"]) == (5500, None)

    async def test_counts_only_the_same_source(self, office):
        await last_year(office, "200.00", "100.00", source="provincial")
        await office.set_floor(5500, not_below_last_year=True)
        assert (await office.pool((await office.receive("100.00"))["pool_id"]))["floor_bp"] == 5500

    async def test_switched_on_for_the_province_binds_its_counties(self, office, office_of):
        await last_year(office, "200.00", "100.00")
        await office_of("43").set_floor(5500, not_below_last_year=True)
        await office.set_floor(6000)
        pool = await office.pool((await office.receive("100.00"))["pool_id"])
        assert (pool["floor_bp"], pool["last_year_bp"]) == (6667, 6667)

    async def test_reaches_pools_that_exist_and_refuses_what_they_could_not_keep(self, office):
        await last_year(office, "200.00", "100.00")
        pool_id = await office.open_pool("100.00", 5500)
        await office.allocate(pool_id, "40.00")
        body = {
            "year": 2026, "source_level": "central", "region_code": "431081", "floor_bp": 5500,
            "not_below_last_year": True, "basis": "不低于上年",
        }  # fmt: skip
        problem = await office.api.refused("PUT", f"/floors/{uuid7()}", 422, "industry_floor_broken", json=body)
        assert problem["shortfall"] == "6.67"
        await office.receive("100.00")
        rule = await office.api.ok("PUT", f"/floors/{uuid7()}", 201, json=body)
        assert rule["not_below_last_year"] is True
        assert (await office.pool(pool_id))["floor_bp"] == 6667
        assert await office.differences(pool_id) == []

    async def test_is_read_again_when_the_rule_is_set_again(self, office):
        await last_year(office, "200.00", "100.00")
        await office.set_floor(5500, not_below_last_year=True)
        pool_id = (await office.receive("100.00"))["pool_id"]
        [old] = [p for p in (await office.api.ok("GET", "/pools"))["items"] if p["year"] == 2025]
        await office.allocate(old["id"], "100.00", "industry")  # 75 % now
        assert (await office.pool(pool_id))["floor_bp"] == 6667
        await office.set_floor(5500, not_below_last_year=True)
        assert (await office.pool(pool_id))["floor_bp"] == 7500

    async def test_stands_in_the_simulation(self, office):
        await last_year(office, "200.00", "100.00")
        await office.set_floor(5500, not_below_last_year=True)
        pool_id = (await office.receive("100.00"))["pool_id"]
        lines = [{"purpose": "other", "amount": "33.34"}]
        tried = await office.api.ok("POST", "/headroom/simulation", json={"pool_id": pool_id, "lines": lines})
        assert (tried["allowed"], tried["refusal"], tried["shortfall"]) == (False, "industry_floor_broken", "0.01")
        assert (tried["last_year_bp"], tried["before"]["floor_bp"]) == (6667, 6667)
