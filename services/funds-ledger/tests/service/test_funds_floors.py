"""Floor rules over HTTP, and pools that follow them."""

from __future__ import annotations

import asyncio

from service_kit.ids import uuid7


class TestSetFloor:
    async def test_the_first_money_takes_the_floor_in_force(self, office):
        rule = await office.set_floor(5500)
        document = await office.receive("100.00")

        pool = await office.pool(document["pool_id"])

        assert (pool["floor_bp"], pool["floor_rule_id"]) == (5500, rule["id"])

    async def test_central_money_waits_for_a_rule(self, office):
        body = office.document_body("100.00")
        problem = await office.api.refused("PUT", f"/documents/{uuid7()}", 422, "floor_missing", json=body)
        assert (problem["year"], problem["source_level"]) == (2026, "central")
        assert (await office.api.ok("GET", "/pools"))["items"] == []

    async def test_other_money_without_a_rule_gets_an_explicit_one_of_zero(self, office):
        document = await office.receive("100.00", source="social")

        rules = (await office.api.ok("GET", "/floors", params={"source_level": "social"}))["items"]

        assert [(r["region_code"], r["floor_bp"], r["in_force"]) for r in rules] == [("431081", 0, True)]
        assert (await office.pool(document["pool_id"]))["floor_rule_id"] == rules[0]["id"]

    async def test_a_raise_reaches_the_pools_at_once(self, office):
        pool_id = await office.open_pool("100.00", 5500)
        await office.allocate(pool_id, "40.00")

        rule = await office.set_floor(6000)

        pool = await office.pool(pool_id)
        assert (pool["floor_bp"], pool["floor_rule_id"], pool["headroom_other"]) == (6000, rule["id"], "0.00")
        assert await office.differences(pool_id) == []

    async def test_a_raise_that_a_pool_already_breaks_is_refused_with_the_amount(self, office):
        pool_id = await office.open_pool("100.00", 5500)
        await office.allocate(pool_id, "45.00")
        body = {
            "year": 2026, "source_level": "central", "region_code": "431081", "floor_bp": 6000, "basis": "新文件",
        }  # fmt: skip

        problem = await office.api.refused("PUT", f"/floors/{uuid7()}", 422, "industry_floor_broken", json=body)

        assert (problem["shortfall"], problem["pool_id"], problem["floor_bp"]) == ("5.00", pool_id, 6000)
        assert (await office.pool(pool_id))["floor_bp"] == 5500
        assert [r["floor_bp"] for r in (await office.api.ok("GET", "/floors"))["items"]] == [5500]

    async def test_a_change_is_a_new_revision_and_the_old_one_stays(self, office):
        await office.set_floor(5500)
        await office.set_floor(6000, basis="省级新文件")

        rules = (await office.api.ok("GET", "/floors", params={"year": 2026}))["items"]

        assert [(r["revision"], r["floor_bp"], r["in_force"]) for r in rules] == [(2, 6000, True), (1, 5500, False)]

    async def test_a_county_cannot_go_below_its_province(self, office, office_of):
        province = office_of("43")
        await province.set_floor(5500)
        await office.set_floor(1000)
        document = await office.receive("100.00")
        assert (await office.pool(document["pool_id"]))["floor_bp"] == 5500

    async def test_a_province_reaches_all_its_counties(self, office, office_of):
        pool_id = await office.open_pool("100.00", 5000)
        neighbour = office_of("431003")
        neighbour_pool = await neighbour.open_pool("100.00", 7000)

        await office_of("43").set_floor(6000)

        assert (await office.pool(pool_id))["floor_bp"] == 6000
        assert (await neighbour.pool(neighbour_pool))["floor_bp"] == 7000

    async def test_the_same_again_changes_nothing_and_other_content_is_refused(self, office):
        url = f"/floors/{uuid7()}"
        body = {
            "year": 2026, "source_level": "central", "region_code": "431081", "floor_bp": 5500, "basis": "文件",
        }  # fmt: skip
        first = await office.api.ok("PUT", url, 201, json=body)
        assert await office.api.ok("PUT", url, 200, json=body) == first
        await office.api.refused("PUT", url, 409, "already_exists", json=body | {"floor_bp": 6000})

    async def test_only_for_ones_own_regions(self, office, office_of):
        body = {"year": 2026, "source_level": "central", "floor_bp": 0, "basis": "文件"}
        for region in ("", "43", "4310", "431003"):
            await office.api.refused(
                "PUT", f"/floors/{uuid7()}", 403, "region_out_of_scope", json=body | {"region_code": region}
            )
        await office_of("").api.ok("PUT", f"/floors/{uuid7()}", json=body | {"region_code": ""})

    async def test_a_raise_and_the_first_money_at_the_same_moment(self, office):
        await office.set_floor(5500)
        answers = await asyncio.gather(
            office.set_floor(6000), *(office.receive("10.00", number=f"{n}号") for n in range(4))
        )
        pool = await office.pool(answers[1]["pool_id"])
        assert (pool["floor_bp"], pool["received"]) == (6000, "40.00")
        assert await office.differences(pool["id"]) == []
