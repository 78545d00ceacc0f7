"""Verifications, applications and registrations that phones gathered without a network."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from monitoring_api.submissions.schemas import Submission, Submitted
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

from .casework import OK, People

Make = Callable[..., Any]
PNG = b"\x89PNG\r\n\x1a\n" + b"a signature"
JPEG = b"\xff\xd8\xff\xe0" + b"the roof"


def photo(content: bytes, kind: str = "photo") -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "kind": kind,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "media_type": "image/png" if kind == "signature" else "image/jpeg",
        "file_name": "签名.png" if kind == "signature" else "照片.jpg",
        "taken_at": "2026-11-20T09:31:00+08:00",
        "place": {"lat": 25.974, "lng": 113.236, "accuracy": 12},
    }


def hashed(body: dict[str, Any]) -> dict[str, Any]:
    """The body with its hash, made as a phone makes it."""
    return body | {"payload_hash": hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()}


COMMON: dict[str, Any] = {
    "visited_at": "2026-11-20T09:30:00+08:00",
    "device_clock": {"sent_at": "2026-11-20T18:00:00+08:00", "offset_ms": -1200, "elapsed_ms": 500},
    "form_version": 1,
    "location": {"lat": 25.974, "lng": 113.236, "accuracy": 12},
}


def verification(case: dict[str, Any], **changes: Any) -> dict[str, Any]:
    body = COMMON | {
        "household_id": case["household_id"],
        "case_id": case["id"],
        "supplement": False,
        "opinion": "情况属实",
        "income": {
            "wage": "12000.00",
            "business": "-500.00",
            "property": "0.00",
            "transfer": "3000.00",
            "rigid_expense": "4500.01",
        },
        "guarantees_ok": OK,
        "risks": ["illness"],
        "consent": {"signed_by": "张伟明", "signed_on": "2026-11-20"},
        "note": "",
        "photos": [photo(PNG, "signature"), photo(JPEG)],
    }
    return hashed(body | changes)


def application(household_id: str, **changes: Any) -> dict[str, Any]:
    body = COMMON | {
        "household_id": household_id,
        "supplement": False,
        "difficulty": "户主摔伤住院,不能务工",
        "risks": ["accident"],
        "photos": [],
    }
    return hashed(body | changes)


@pytest.fixture
def people(service: ServiceUnderTest) -> People:
    return People(service)


class TestVerification:
    async def test_completes_the_step_of_its_case(self, people: People, register: Make) -> None:
        case, record_id = await people.open(await register()), str(uuid7())
        body = verification(case)

        answer = await people.cadre.ok("PUT", f"/verifications/{record_id}", 201, json=body)

        Submitted.model_validate(answer)
        receipt = answer["receipt"]
        assert (receipt["id"], receipt["payload_hash"]) == (record_id, body["payload_hash"])
        assert receipt["number"].startswith("HS")
        assert {(p["id"], p["sha256"], p["received"]) for p in receipt["photos"]} == {
            (p["id"], p["sha256"], False) for p in body["photos"]
        }
        after = await people.cadre.ok("GET", f"/cases/{case['id']}")
        assert after["state"] == "village_review"
        evidence = after["steps"][-1]["evidence"]
        assert evidence["consent"]["sha256"] == body["photos"][0]["sha256"]
        assert evidence["photos"] == [body["photos"][1]["sha256"]]
        assert after["net_income_per_head"] == "4999.99"

    async def test_its_photos_follow_to_the_case(self, people: People, register: Make) -> None:
        case, record_id = await people.open(await register()), uuid7()
        body = verification(case)
        await people.cadre.ok("PUT", f"/verifications/{record_id}", 201, json=body)

        for content, declared in ((PNG, body["photos"][0]), (JPEG, body["photos"][1])):
            answer = await people.cadre.put(f"/attachments/{declared['id']}/content", content=content)
            assert answer.status_code in {200, 201}, answer.text
            assert answer.json()["receipt"]["sha256"] == declared["sha256"]

        again = await people.cadre.ok("PUT", f"/verifications/{record_id}", 200, json=body)
        assert [p["received"] for p in again["receipt"]["photos"]] == [True, True]
        listed = await people.county.ok(
            "GET", "/attachments", params={"subject_type": "case", "subject_id": case["id"]}
        )
        assert [item["kind"] for item in listed["items"]] == ["signature", "photo"]

    async def test_three_times_at_once_takes_the_step_once(self, people: People, register: Make) -> None:
        case, record_id = await people.open(await register()), uuid7()
        body = verification(case)

        answers = await asyncio.gather(*(people.cadre.put(f"/verifications/{record_id}", json=body) for _ in range(3)))

        assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
        assert len({answer.json()["receipt"]["number"] for answer in answers}) == 1
        after = await people.cadre.ok("GET", f"/cases/{case['id']}")
        assert len(after["steps"]) == 2

    async def test_of_a_case_that_has_moved_is_for_a_person_to_decide(self, people: People, register: Make) -> None:
        case = await people.open(await register())
        moved = await people.step(case)
        body = verification(case)

        await people.cadre.refused("PUT", f"/verifications/{uuid7()}", 409, "case_moved", json=body)
        kept = verification(case, supplement=True, photos=body["photos"])
        answer = await people.cadre.ok("PUT", f"/verifications/{uuid7()}", 201, json=kept)

        assert answer["submission"]["outcome"] == "supplement"
        after = await people.cadre.ok("GET", f"/cases/{case['id']}")
        assert (after["state"], after["version"]) == (moved["state"], moved["version"])
        listed = await people.county.ok("GET", "/submissions", params={"case_id": case["id"]})
        assert [item["outcome"] for item in listed["items"]] == ["supplement"]

    async def test_two_cadres_at_once_one_takes_the_step_and_the_other_is_asked(
        self, people: People, register: Make
    ) -> None:
        case = await people.open(await register())

        answers = await asyncio.gather(
            *(people.cadre.put(f"/verifications/{uuid7()}", json=verification(case)) for _ in range(4))
        )

        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"case_moved"}

    async def test_other_content_under_the_same_id_is_a_conflict(self, people: People, register: Make) -> None:
        case, record_id = await people.open(await register()), uuid7()
        await people.cadre.ok("PUT", f"/verifications/{record_id}", 201, json=verification(case))

        other = verification(case, opinion="不属实,建议退回")
        await people.cadre.refused("PUT", f"/verifications/{record_id}", 409, "record_conflict", json=other)

    async def test_a_phone_two_days_ahead_has_not_been_in_the_future(self, people: People, register: Make) -> None:
        case = await people.open(await register())
        consent = {"signed_by": "张伟明", "signed_on": "2099-01-02"}
        ahead = {"visited_at": "2099-01-02T09:30:00+08:00", "consent": consent}

        await people.cadre.ok("PUT", f"/verifications/{uuid7()}", 201, json=verification(case, **ahead))

        after = await people.cadre.ok("GET", f"/cases/{case['id']}")
        evidence = after["steps"][-1]["evidence"]
        assert evidence["visited_on"] == evidence["consent"]["signed_on"] == after["steps"][-1]["at"][:10]

    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"photos": []}, "body.photos"),
            ({"photos": [photo(PNG, "signature"), photo(PNG, "signature")]}, "body.photos"),
            ({"photos": [photo(PNG, "signature"), photo(JPEG) | {"kind": "contract"}]}, "body.photos.1.kind"),
            ({"form_version": 2}, "body.form_version"),
            ({"income": {"wage": "a lot"}}, "body.income.wage"),
        ],
    )
    async def test_bad_input_is_named(self, people: People, register: Make, changes: dict[str, Any], path: str) -> None:
        case = await people.open(await register())

        problem = await people.cadre.refused(
            "PUT", f"/verifications/{uuid7()}", 422, "validation_failed", json=verification(case, **changes)
        )

        assert path in {error["path"] for error in problem["errors"]}

    async def test_of_another_households_case_is_not_found(self, people: People, register: Make) -> None:
        case, other = await people.open(await register()), await register()

        body = verification(case, household_id=other["id"])
        await people.cadre.refused("PUT", f"/verifications/{uuid7()}", 404, "not_found", json=body)

    async def test_is_not_taken_from_another_village_nor_from_a_role_that_the_policy_does_not_name(
        self, people: People, register: Make, service: ServiceUnderTest
    ) -> None:
        case = await people.open(await register())
        neighbour = service.api("431081106217", role="village_cadre")

        await neighbour.refused("PUT", f"/verifications/{uuid7()}", 404, "not_found", json=verification(case))
        body = verification(case)
        await people.county.refused("PUT", f"/verifications/{uuid7()}", 403, "step_not_yours", json=body)


class TestApplication:
    async def test_opens_a_case_under_its_own_id(self, people: People, register: Make) -> None:
        card, record_id = await register(), str(uuid7())
        body = application(card["id"])

        answer = await people.cadre.ok("PUT", f"/applications/{record_id}", 201, json=body)

        assert answer["receipt"]["number"].startswith("SQ")
        assert answer["submission"]["case_id"] == record_id
        case = await people.cadre.ok("GET", f"/cases/{record_id}")
        assert (case["state"], case["origin"], case["risks"]) == ("home_verification", "cadre", ["accident"])

    async def test_again_after_a_lost_answer_gets_the_same_receipt(self, people: People, register: Make) -> None:
        card, record_id = await register(), uuid7()
        body = application(card["id"])

        answers = await asyncio.gather(*(people.cadre.put(f"/applications/{record_id}", json=body) for _ in range(3)))

        assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
        assert len({answer.json()["receipt"]["number"] for answer in answers}) == 1

    async def test_for_a_household_with_an_open_case_is_for_a_person_to_decide(
        self, people: People, register: Make
    ) -> None:
        card = await register()
        case = await people.open(card)

        await people.cadre.refused("PUT", f"/applications/{uuid7()}", 409, "case_exists", json=application(card["id"]))
        body = application(card["id"], supplement=True)
        answer = await people.cadre.ok("PUT", f"/applications/{uuid7()}", 201, json=body)

        assert (answer["submission"]["outcome"], answer["submission"]["case_id"]) == ("supplement", case["id"])

    async def test_a_supplement_waits_for_the_opinion_of_somebody_else(self, people: People, register: Make) -> None:
        card = await register()
        await people.open(card)
        body, record_id = application(card["id"], supplement=True), uuid7()
        await people.cadre.ok("PUT", f"/applications/{record_id}", 201, json=body)
        path, said = f"/submissions/{record_id}/opinion", {"opinion": "与原申请一致，留存备查"}

        waiting = (await people.county.ok("GET", "/submissions?attention=true&late=true"))["items"]
        mine = people.cadre.as_key()
        await people.cadre.refused("POST", path, 409, "own_submission", json=said, headers=mine)
        done = await people.township.ok("POST", path, 200, json=said, headers=people.township.as_key())

        assert [(one["id"], one["needs_person"], one["late_days"] > 0) for one in waiting] == [
            (str(record_id), True, True)
        ]
        assert (done["opinion"]["opinion"], done["opinion"]["actor_name"]) == (said["opinion"], "黄干事")
        assert (done["needs_person"], (await people.county.ok("GET", "/submissions?attention=true"))["items"]) == (
            False,
            [],
        )
        again = people.county.as_key()
        await people.county.refused("POST", path, 409, "submission_not_waiting", json=said, headers=again)
        Submission.model_validate(await people.county.ok("GET", f"/submissions/{record_id}"))

    async def test_a_supplement_needs_an_open_case(self, people: People, register: Make) -> None:
        body = application((await register())["id"], supplement=True)

        await people.cadre.refused("PUT", f"/applications/{uuid7()}", 404, "not_found", json=body)

    async def test_with_an_unknown_risk_leaves_nothing_behind(self, people: People, register: Make) -> None:
        card, record_id = await register(), uuid7()

        wrong = application(card["id"], risks=["fate"])
        await people.cadre.refused("PUT", f"/applications/{record_id}", 422, "validation_failed", json=wrong)
        await people.cadre.ok("PUT", f"/applications/{record_id}", 201, json=application(card["id"]))


def registration(member: dict[str, Any], **changes: Any) -> dict[str, Any]:
    body = COMMON | {
        "village_code": "431081106226",
        "group_name": "第二组",
        "address": None,
        "dwelling_grade": None,
        "water_supply": None,
        "members": [member | {"id": str(uuid7()), "relation": "head"}],
        "note": "10月从外县迁来",
        "photos": [],
    }
    return hashed(body | changes)


class TestRegistration:
    async def test_makes_the_household_under_its_own_id_with_the_next_number(
        self, people: People, member_body: Make
    ) -> None:
        record_id, body = str(uuid7()), registration(member_body(name="游新来"))

        answer = await people.cadre.ok("PUT", f"/registrations/{record_id}", 201, json=body)

        assert answer["receipt"]["number"].startswith("XH")
        card = await people.cadre.ok("GET", f"/households/{record_id}")
        assert (card["head_name"], card["group_name"]) == ("游新来", "第二组")
        assert card["household_no"]

    async def test_keeps_no_number_of_a_person_in_the_clear(
        self, people: People, member_body: Make, service: ServiceUnderTest
    ) -> None:
        member = member_body(phone="13873512345")
        await people.cadre.ok("PUT", f"/registrations/{uuid7()}", 201, json=registration(member))

        async with service.connection(service.superuser_url) as connection:
            kept = await connection.fetchval("SELECT content::text FROM monitoring.submission")
        assert member["id_number"] not in kept
        assert member["phone"] not in kept

    async def test_of_a_newcomer_by_two_cadres_is_kept_twice_and_flagged(
        self, people: People, member_body: Make
    ) -> None:
        member, ids = member_body(name="游新来"), [str(uuid7()), str(uuid7())]

        answers = [await people.cadre.put(f"/registrations/{one}", json=registration(member, note=one)) for one in ids]

        assert [answer.status_code for answer in answers] == [201, 201]
        for one in ids:
            assert (await people.cadre.ok("GET", f"/households/{one}"))["head_name"] == "游新来"
        flagged = await people.cadre.ok("GET", "/duplicates")
        assert [pair["basis"] for pair in flagged["items"]] == ["id_number"]

    async def test_three_times_at_once_registers_one_household(self, people: People, member_body: Make) -> None:
        record_id, body = uuid7(), registration(member_body())

        answers = await asyncio.gather(*(people.cadre.put(f"/registrations/{record_id}", json=body) for _ in range(3)))

        assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
        page = await people.cadre.ok("GET", "/households", params={"with_total": True})
        assert page["total"] == 1

    async def test_in_another_village_is_refused(self, people: People, member_body: Make) -> None:
        body = registration(member_body(), village_code="431081106217")

        await people.cadre.refused("PUT", f"/registrations/{uuid7()}", 403, "region_out_of_scope", json=body)
