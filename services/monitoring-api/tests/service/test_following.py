"""What hangs on persons and households goes along with them: policies enjoyed, and files (MON-1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from service_kit.ids import uuid7
from service_kit.testing import Api, ServiceUnderTest

Make = Callable[..., Any]
YULU = {"kind": "education_aid", "title": "雨露计划", "since": "2025-09-01", "source": "市教育局"}
LOW = {"kind": "subsistence_allowance", "title": "农村低保", "since": "2024-01-01", "source": "市民政局"}


async def enjoys(api: Api, card: dict[str, Any], place: int | None, benefit: dict[str, Any] = YULU) -> dict[str, Any]:
    """The household, or the member at this place, enjoys a policy; the card afterwards."""
    whom = {} if place is None else {"member_id": card["members"][place]["id"]}
    await api.ok("PUT", f"/households/{card['id']}/benefits/{uuid7()}", 201, json=benefit | whom)
    found: dict[str, Any] = await api.ok("GET", f"/households/{card['id']}")
    return found


async def act(api: Api, card: dict[str, Any], kind: str, **body: Any) -> dict[str, Any]:
    path = f"/households/{card['id']}/acts/{uuid7()}"
    body = {"kind": kind, "happened_on": "2026-11-10", "reason": "据实办理"} | body
    line: dict[str, Any] = await api.ok("PUT", path, 201, json=body, headers={"If-Match": f'"{card["version"]}"'})
    return line


async def titles(api: Api, household_id: str) -> list[tuple[str, str | None]]:
    card = await api.ok("GET", f"/households/{household_id}")
    return sorted((benefit["title"], benefit["until"]) for benefit in card["benefits"])


async def decide(api: Api, path: str, version: int, **body: Any) -> Any:
    headers = api.as_key() | {"If-Match": f'"{version}"'}
    answer = await api.post(path, json={"reason": "经核实"} | body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestPoliciesOfAMember:
    async def test_go_along_with_a_split_and_come_back_with_its_undoing(
        self, service: ServiceUnderTest, register: Make
    ) -> None:
        api = service.api("431081")
        card = await enjoys(api, await enjoys(api, await register(), 1), None, LOW)
        child, new = card["members"][1]["id"], str(uuid7())

        line = await act(api, card, "split", member_ids=[child], household={"id": new, "head_id": child})
        split = (await titles(api, card["id"]), await titles(api, new))
        now = await api.ok("GET", f"/households/{card['id']}")
        undone = {"kind": "undo", "happened_on": "2026-11-10", "reason": "办错了", "undoes": line["id"]}
        told = await api.ok("POST", f"/households/{card['id']}/acts/preview", json=undone)
        await act(api, now, "undo", undoes=line["id"])

        assert split == ([("农村低保", None)], [("雨露计划", None)])
        assert [(one["name"], one["before"], one["after"]) for one in told["relations"]] == [("李小妹", None, "child")]
        assert await titles(api, card["id"]) == [("农村低保", None), ("雨露计划", None)]
        assert await titles(api, new) == []

    async def test_go_along_into_another_household(self, service: ServiceUnderTest, register: Make) -> None:
        api, target = service.api("431081"), await register()
        card = await enjoys(api, await register(), 1)
        joins = {"other_household_id": target["id"], "other_version": target["version"]}

        await act(api, card, "merge", **joins)

        assert await titles(api, target["id"]) == [("雨露计划", None)]

    async def test_end_in_one_county_and_go_on_in_the_other(self, service: ServiceUnderTest, register: Make) -> None:
        here, far = service.api("431081106", role="township"), service.api("431003101", role="township")
        card = await enjoys(here, await register(), 1)
        relocation = str(uuid7())
        people = [member["id"] for member in card["members"]]
        moves = {"relocation_id": relocation, "member_ids": people, "to_region": "431003101"}
        await act(here, card, "declare_move", **moves)

        place = {"household": {"id": str(uuid7()), "head_id": people[0]}, "village_code": "431003101201"}
        done = await decide(far, f"/relocations/{relocation}/acceptance", 1, **place)

        assert await titles(here, card["id"]) == [("雨露计划", "2026-11-10")]
        assert await titles(far, done["household_id"]) == [("雨露计划", None)]

    async def test_of_one_registered_twice_become_those_of_the_record_that_stays(
        self, service: ServiceUnderTest, household_body: Make
    ) -> None:
        api, body = service.api("431081"), household_body()
        del body["household_no"]
        cards = []
        for _ in range(2):
            body["members"] = [member | {"id": str(uuid7())} for member in body["members"]]
            cards.append(await api.ok("PUT", f"/households/{uuid7()}", 201, json=body))
        head = {"benefit": LOW, "place": 0}
        one, two = cards[0], await enjoys(api, await enjoys(api, cards[1], 0), **head)
        one = await enjoys(api, one, **head)  # the same policy on both records is one policy
        pair = next(p for p in (await api.ok("GET", "/duplicates"))["items"] if p["first"]["name"] == "张伟明")
        keep = next(m["id"] for m in one["members"] if m["is_head"])
        versions = {pair[side]["id"]: pair[side]["version"] for side in ("first", "second")}

        path = f"/duplicates/{pair['id']}"
        whole = {"kept_id": keep, "versions": versions, "whole_household": True}
        merged = await decide(api, f"{path}/merge", pair["version"], **whole)
        kept = await titles(api, one["id"])
        await decide(api, f"{path}/undo", merged["version"])

        assert kept == [("农村低保", None), ("雨露计划", None)]
        assert await titles(api, one["id"]) == [("农村低保", None)]
        assert await titles(api, two["id"]) == [("农村低保", None), ("雨露计划", None)]


class TestFiles:
    async def test_prove_an_act_and_move_with_the_household(self, service: ServiceUnderTest, register: Make) -> None:
        api, content = service.api("431081"), b"%PDF-1.7 " + b"x" * 400
        card = await register()
        line = await act(api, card, "move_village", village_code="431081106217")
        subject = {"subject_type": "register_act", "subject_id": line["id"]}
        paper = {
            "kind": "paper",
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
            "media_type": "application/pdf",
            "file_name": "户口迁移证.pdf",
            "taken_at": None,
            "place": None,
        }
        file_id = uuid7()
        for other in (file_id, uuid7()):
            whose = subject if other == file_id else {"subject_type": "household", "subject_id": card["id"]}
            await api.put(f"/attachments/{other}", json=paper | whose)
        sent = await api.put(f"/attachments/{file_id}/content", content=content)
        now = await api.ok("GET", f"/households/{card['id']}")

        await act(api, now, "undo", undoes=line["id"])

        assert sent.status_code in {200, 201}, sent.text
        cadre = service.api("431081106226")
        files = (await cadre.ok("GET", "/attachments", params=subject))["items"]
        assert [(f["file_name"], f["received_at"] is not None) for f in files] == [("户口迁移证.pdf", True)]
        listed = await cadre.ok("GET", "/attachments", params={"subject_type": "household", "subject_id": card["id"]})
        assert len(listed["items"]) == 1
