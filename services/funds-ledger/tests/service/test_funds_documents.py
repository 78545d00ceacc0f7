"""Registering budget documents over HTTP."""

from __future__ import annotations

import asyncio

from service_kit.ids import uuid7


class TestRegister:
    async def test_receives_the_money_into_the_pool(self, office):
        await office.set_floor()
        document = await office.receive("1234567.89", direct=True, number="湘财预〔2026〕12号")

        assert (document["amount"], document["allocated"], document["direct"]) == ("1234567.89", "0.00", True)
        pool = await office.pool(document["pool_id"])
        assert (pool["received"], pool["headroom_total"], pool["industry_share_bp"]) == (
            "1234567.89",
            "1234567.89",
            None,
        )
        assert pool["headroom_other"] == "555555.55"
        assert await office.api.ok("GET", f"/documents/{document['id']}") == document

    async def test_of_one_year_and_source_fill_one_pool(self, office):
        await office.set_floor()
        first = await office.receive("100.00")
        second = await office.receive("50.00")
        other = await office.receive("10.00", source="county")

        assert first["pool_id"] == second["pool_id"] != other["pool_id"]
        assert (await office.pool(first["pool_id"]))["received"] == "150.00"
        assert await office.differences(first["pool_id"]) == []

    async def test_the_same_again_changes_nothing(self, office):
        await office.set_floor()
        url, body = f"/documents/{uuid7()}", office.document_body("100.00")
        first = await office.api.ok("PUT", url, 201, json=body)
        assert await office.api.ok("PUT", url, 200, json=body) == first
        assert (await office.pool(first["pool_id"]))["received"] == "100.00"

    async def test_the_same_id_with_other_content_is_refused(self, office):
        await office.set_floor()
        url, body = f"/documents/{uuid7()}", office.document_body("100.00")
        await office.api.ok("PUT", url, json=body)
        for change in ({"amount": "100.01"}, {"direct": True}, {"source_level": "county"}, {"title": "别的"}):
            await office.api.refused("PUT", url, 409, "already_exists", json=body | change)

    async def test_a_number_is_registered_once(self, office):
        await office.set_floor()
        document = await office.receive("100.00", number="湘财预〔2026〕12号")
        body = office.document_body("100.00", number="湘财预〔2026〕12号")
        await office.api.refused("PUT", f"/documents/{uuid7()}", 409, "document_number_taken", json=body)
        assert (await office.pool(document["pool_id"]))["received"] == "100.00"

    async def test_first_money_from_many_hands_opens_one_pool(self, office):
        await office.set_floor()
        documents = await asyncio.gather(*(office.receive("1.00", number=f"第{n}号") for n in range(8)))
        assert len({d["pool_id"] for d in documents}) == 1
        assert (await office.pool(documents[0]["pool_id"]))["received"] == "8.00"
        assert await office.differences(documents[0]["pool_id"]) == []

    async def test_beyond_what_a_pool_may_hold_is_refused(self, office):
        await office.set_floor()
        await office.receive("1000000000000.00")
        body = office.document_body("0.01")
        await office.api.refused("PUT", f"/documents/{uuid7()}", 422, "amount_too_large", json=body)

    async def test_the_largest_pool_still_counts_to_the_fen(self, office):
        pool_id = await office.open_pool("1000000000000.00", 5555)
        limit = (await office.pool(pool_id))["headroom_other"]
        assert limit == "444500000000.00"
        body = office.allocation_body(pool_id, "444500000000.01")
        problem = await office.api.refused("PUT", f"/allocations/{uuid7()}", 422, "industry_floor_broken", json=body)
        assert problem["shortfall"] == "0.01"
        await office.allocate(pool_id, limit)

    async def test_above_the_county_one_names_the_county(self, office, office_of):
        await office.set_floor()
        province = office_of("43")
        body = province.document_body("100.00")
        await province.api.refused("PUT", f"/documents/{uuid7()}", 422, "validation_failed", json=body)
        document = await province.api.ok("PUT", f"/documents/{uuid7()}", json=body | {"county_code": "431081"})
        assert document["county_code"] == "431081"

    async def test_lists_newest_first_in_pages(self, office):
        await office.set_floor()
        made = [(await office.receive("1.00"))["id"] for _ in range(5)]
        await office.receive("1.00", source="county")

        seen, cursor = [], None
        while True:
            page = await office.api.ok(
                "GET",
                "/documents",
                params={"limit": 2, "source_level": "central"} | ({"cursor": cursor} if cursor else {}),
            )
            seen += [d["id"] for d in page["items"]]
            if (cursor := page["next"]) is None:
                break
        assert seen == made[::-1]
