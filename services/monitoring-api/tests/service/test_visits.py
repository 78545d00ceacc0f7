"""Visits uploaded by phones, and the packs that phones carry."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from monitoring_api.packs.schemas import Pack, PackHousehold
from monitoring_api.visits.schemas import UploadedVisit
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

Make = Callable[..., Any]


class TestReceiveVisit:
    async def test_answers_with_a_receipt(self, service: ServiceUnderTest, register: Make, visit_body: Make) -> None:
        card, visit_id = await register(), str(uuid7())
        body = visit_body(card["id"])

        answer = await service.api("431081106226", name="陈支书").ok("PUT", f"/visits/{visit_id}", 201, json=body)

        UploadedVisit.model_validate(answer)
        assert answer["receipt"]["id"] == visit_id
        assert answer["receipt"]["payload_hash"] == body["payload_hash"]
        assert answer["receipt"]["number"].startswith("ZF")
        assert answer["visit"]["visitor_name"] == "陈支书"
        assert answer["visit"]["visited_at"] == "2026-11-20T09:30:00.000000+08:00"
        assert answer["visit"]["findings"] == body["findings"]
        assert answer["visit"]["location"] == body["location"]
        assert answer["visit"]["household_head_name"] == "张伟明"

    async def test_again_after_a_lost_answer_gets_the_same_receipt(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        card, visit_id = await register(), uuid7()
        body = visit_body(card["id"])
        first = await service.api().ok("PUT", f"/visits/{visit_id}", 201, json=body)

        again = await service.api().ok("PUT", f"/visits/{visit_id}", 200, json=body)

        assert again == first
        page = await service.api().ok("GET", "/visits", params={"with_total": True})
        assert page["total"] == 1

    async def test_three_times_at_once_is_kept_once(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        card, visit_id = await register(), uuid7()
        body, api = visit_body(card["id"]), service.api()

        answers = await asyncio.gather(*(api.put(f"/visits/{visit_id}", json=body) for _ in range(3)))

        assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
        assert len({answer.json()["receipt"]["number"] for answer in answers}) == 1

    async def test_with_other_content_under_the_same_id_is_a_conflict(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        card, visit_id = await register(), uuid7()
        await service.api().ok("PUT", f"/visits/{visit_id}", 201, json=visit_body(card["id"]))
        other = visit_body(card["id"], visited_at="2026-11-21T09:30:00+08:00")

        await service.api().refused("PUT", f"/visits/{visit_id}", 409, "visit_conflict", json=other)

    async def test_with_a_wrong_hash_is_refused(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        card = await register()
        body = visit_body(card["id"]) | {"payload_hash": "0" * 64}

        await service.api().refused("PUT", f"/visits/{uuid7()}", 422, "hash_mismatch", json=body)

    async def test_hashes_the_body_as_it_was_sent(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        # Blanks that validation strips, and whole numbers for degrees, are part of what the phone hashed.
        card = await register()
        location = {"lat": 25, "lng": 113, "accuracy": 8}
        body = visit_body(card["id"], location=location)
        body = visit_body(card["id"], location=location, findings=body["findings"] | {"note": "  有空格  "})

        answer = await service.api().ok("PUT", f"/visits/{uuid7()}", 201, json=body)

        assert answer["visit"]["findings"]["note"] == "有空格"

    async def test_with_an_unknown_risk_is_refused(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        card = await register()
        findings = visit_body(card["id"])["findings"] | {"risks": ["fate"]}

        problem = await service.api().refused(
            "PUT", f"/visits/{uuid7()}", 422, "validation_failed", json=visit_body(card["id"], findings=findings)
        )

        assert problem["errors"][0]["path"] == "body.findings.risks.0"

    @pytest.mark.parametrize("location", [None, {"lat": 0.1, "lng": -179.99999999, "accuracy": 0}])
    async def test_without_a_place_is_accepted(
        self, service: ServiceUnderTest, register: Make, visit_body: Make, location: Any
    ) -> None:
        card = await register()

        answer = await service.api().ok(
            "PUT", f"/visits/{uuid7()}", 201, json=visit_body(card["id"], location=location)
        )

        assert answer["visit"]["location"] == location

    async def test_of_the_form_before_is_still_taken(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        # Phones in valleys update late: form version 1 knew neither photos nor the clock that nobody can set.
        body = visit_body((await register())["id"])
        assert body["form_version"] == 1
        assert "photos" not in body

        answer = await service.api().ok("PUT", f"/visits/{uuid7()}", 201, json=body)

        assert answer["receipt"]["photos"] == []

    async def test_names_every_photo_and_says_which_have_come(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        card, visit_id, content = await register(), uuid7(), b"\xff\xd8\xff\xe0 a roof"
        photos = [
            {
                "id": str(uuid7()),
                "kind": "photo",
                "sha256": hashlib.sha256(text).hexdigest(),
                "size": len(text),
                "media_type": "image/jpeg",
                "file_name": "照片.jpg",
                "taken_at": "2026-11-20T09:31:00+08:00",
                "place": None,
            }
            for text in (content, content + b"!")
        ]
        clock = {"sent_at": "2026-11-20T18:00:00+08:00", "offset_ms": 0, "elapsed_ms": 1200}
        body = visit_body(card["id"], form_version=2, photos=photos, device_clock=clock)
        api = service.api()

        first = await api.ok("PUT", f"/visits/{visit_id}", 201, json=body)
        answer = await api.put(f"/attachments/{photos[0]['id']}/content", content=content)
        again = await api.ok("PUT", f"/visits/{visit_id}", 200, json=body)

        assert answer.status_code in {200, 201}, answer.text
        assert [(p["sha256"], p["received"]) for p in first["receipt"]["photos"]] == [
            (photo["sha256"], False) for photo in photos
        ]
        assert [p["received"] for p in again["receipt"]["photos"]] == [True, False]

    async def test_of_a_form_yet_to_come_is_refused(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        body = visit_body((await register())["id"], form_version=3)

        problem = await service.api().refused("PUT", f"/visits/{uuid7()}", 422, "validation_failed", json=body)

        assert problem["errors"][0]["path"] == "body.form_version"


class TestListVisits:
    async def test_shows_the_latest_first_and_pages(
        self, service: ServiceUnderTest, register: Make, visit_body: Make
    ) -> None:
        card, other = await register(), await register(village_code="431081106217")
        for day, household in ((18, card), (20, other), (19, card)):
            body = visit_body(household["id"], visited_at=f"2026-11-{day}T08:00:00+08:00")
            await service.api().ok("PUT", f"/visits/{uuid7()}", 201, json=body)

        first = await service.api().ok("GET", "/visits", params={"limit": 2, "with_total": True})
        rest = await service.api().ok("GET", "/visits", params={"limit": 2, "cursor": first["next"]})
        mine = await service.api().ok("GET", "/visits", params={"household_id": card["id"]})
        village = await service.api().ok("GET", "/visits", params={"region": "431081106217"})

        days = [visit["visited_at"][8:10] for visit in first["items"] + rest["items"]]
        assert days == ["20", "19", "18"]
        assert first["total"] == 3
        assert [visit["visited_at"][8:10] for visit in mine["items"]] == ["19", "18"]
        assert len(village["items"]) == 1

    async def test_has_one_address_for_each(self, service: ServiceUnderTest, register: Make, visit_body: Make) -> None:
        card, visit_id = await register(), uuid7()
        sent = await service.api().ok("PUT", f"/visits/{visit_id}", 201, json=visit_body(card["id"]))

        visit = await service.api().ok("GET", f"/visits/{visit_id}")

        assert visit == sent["visit"]
        await service.api().refused("GET", f"/visits/{uuid7()}", 404, "not_found")


class TestPack:
    async def test_holds_lifted_and_monitored_households_with_their_last_visit(
        self, service: ServiceUnderTest, register: Make, monitor: Make, visit_body: Make
    ) -> None:
        await register(household_no="0001", lifted=True)
        marginal = await monitor(await register(household_no="0002"))
        await register(household_no="0003")
        await register(household_no="0004", village_code="431081106217", lifted=True)
        for day in (18, 20):
            body = visit_body(marginal["id"], visited_at=f"2026-11-{day}T08:00:00+08:00")
            await service.api().ok("PUT", f"/visits/{uuid7()}", 201, json=body)

        pack = await service.api("431081106226").ok("GET", "/packs/431081106226")

        Pack.model_validate(pack)
        assert pack["village"] == {
            "code": "431081106226",
            "name": "道塘村",
            "township_name": "州门司镇",
            "types": [],
        }
        assert [household["household_no"] for household in pack["households"]] == ["0002", "0001"]
        assert set(pack["households"][0]) == set(PackHousehold.model_fields)
        assert pack["households"][0]["last_visit"]["visited_at"].startswith("2026-11-20")
        assert pack["households"][1]["last_visit"] is None
        assert pack["truncated"] is False
        assert "13873512345" not in str(pack)

    async def test_of_another_village_is_not_found(self, service: ServiceUnderTest) -> None:
        await service.api("431081106217").refused("GET", "/packs/431081106226", 404, "not_found")
        await service.api("431081").refused("GET", "/packs/431081999999", 404, "not_found")


class TestPackOfWork:
    async def test_carries_what_a_home_verification_has_to_know(
        self, service: ServiceUnderTest, register: Make
    ) -> None:
        year = dict.fromkeys(("wage", "business", "property", "transfer", "rigid_expense"), "1.00")
        card = await register(incomes=[year | {"year": 2024}, year | {"year": 2025, "wage": "12000.00"}])
        body = {"household_id": card["id"], "difficulty": "因病住院", "risks": ["illness"]}
        cadre = service.api("431081106226", role="village_cadre")
        case = await cadre.ok("PUT", f"/cases/{uuid7()}", 201, json=body)

        pack = await cadre.ok("GET", "/packs/431081106226")

        Pack.model_validate(pack)
        household = pack["households"][0]
        assert household["id"] == card["id"], "neither lifted nor monitored, and still to be visited"
        assert (household["income"]["year"], household["income"]["wage"]) == (2025, "12000.00")
        assert household["open_case"]["id"] == case["id"]
        assert household["open_case"]["state"] == "home_verification"
        assert household["open_case"]["due_on"] == case["due_on"]
