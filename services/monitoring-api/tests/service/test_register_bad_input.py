"""Bad input at the doors of acts, moves and duplicates is named and never a server error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

Make = Callable[..., Any]

UNKNOWN = "01930000-0000-7000-8000-0000000000aa"
BASE = {"happened_on": "2026-11-10", "reason": "据实办理", "evidence": [{"title": "证明", "number": "1"}]}
NEW_HEAD = {"member_id": UNKNOWN, "relations": {UNKNOWN: "child"}}
PERSON = {
    "name": "李四", "relation": "child", "sex": "male", "birth_date": "2026-11-10", "labour_ability": "none",
    "health": "healthy", "education": "illiterate", "schooling": "none", "employment": "none", "insured": True,
}  # fmt: skip
ACTS: dict[str, dict[str, Any]] = {
    "birth": {"member_id": UNKNOWN, "member": PERSON},
    "move_in": {"member_id": UNKNOWN, "member": PERSON, "place": "外省", "cause": "marriage"},
    "death": {"member_id": UNKNOWN, "new_head": NEW_HEAD},
    "head_change": {"new_head": NEW_HEAD},
    "split": {"member_ids": [UNKNOWN], "household": {"id": UNKNOWN, "head_id": UNKNOWN}, "monitoring": "both"},
    "merge": {"other_household_id": UNKNOWN, "other_version": 1, "relations": {}, "carry_monitoring": True},
    "transfer": {"member_ids": [UNKNOWN], "other_household_id": UNKNOWN, "other_version": 1},
    "move_village": {"village_code": "431081106217", "household_no": "1", "group_name": "一组", "address": "新屋"},
    "move_out": {"member_ids": [UNKNOWN], "place": "外省", "new_head": NEW_HEAD},
    "declare_move": {"relocation_id": UNKNOWN, "member_ids": [UNKNOWN], "to_region": "431003"},
    "withdraw_move": {"relocation_id": UNKNOWN},
    "close": {},
    "undo": {"undoes": UNKNOWN},
}
DECISIONS: dict[str, dict[str, Any]] = {
    f"/duplicates/{UNKNOWN}/merge": {"kept_id": UNKNOWN, "versions": {UNKNOWN: 1}, "choices": {}, "reason": "同一人"},
    f"/duplicates/{UNKNOWN}/not-duplicate": {"reason": "两个人"},
    f"/duplicates/{UNKNOWN}/undo": {"reason": "弄错了"},
    f"/relocations/{UNKNOWN}/acceptance": {
        "reason": "同意", "village_code": "431081106217", "household": {"id": UNKNOWN, "head_id": UNKNOWN},
    },
    f"/relocations/{UNKNOWN}/refusal": {"reason": "不同意"},
}  # fmt: skip
WRONG = ({"x": [1]}, 10**400, "字" * 100_000, [[[]]], "a\x00b", None, -1)


class TestBadInput:
    @pytest.mark.parametrize("kind", sorted(ACTS))
    async def test_in_an_act_is_refused_with_its_place(
        self, service: ServiceUnderTest, register: Make, kind: str
    ) -> None:
        card, api = await register(), service.api()
        url, match = f"/households/{card['id']}/acts/{uuid7()}", {"If-Match": "1"}
        good = BASE | ACTS[kind] | {"kind": kind}

        problem = await api.refused("PUT", url, 422, "validation_failed", json=good | {"surprise": 1}, headers=match)
        assert any(error["path"].endswith("surprise") for error in problem["errors"])
        for field in BASE | ACTS[kind]:
            for wrong in WRONG:
                body = json.dumps(good | {field: wrong}).encode()
                answer = await api.put(url, content=body, headers=match | {"Content-Type": "application/json"})
                assert 400 <= answer.status_code < 500 or (wrong is None and answer.status_code == 201), (
                    field,
                    wrong,
                    answer.text,
                )

    @pytest.mark.parametrize("url", sorted(DECISIONS))
    async def test_in_a_decision_is_refused(self, service: ServiceUnderTest, url: str) -> None:
        api, good = service.api(), DECISIONS[url]

        for field in good:
            for wrong in WRONG:
                headers = api.as_key() | {"If-Match": "1", "Content-Type": "application/json"}
                answer = await api.post(url, content=json.dumps(good | {field: wrong}).encode(), headers=headers)
                assert 400 <= answer.status_code < 500, (field, wrong, answer.text)
        await api.refused("POST", url, 428, json=good, headers={"If-Match": "1"})
        await api.refused("POST", url, 404, "not_found", json=good, headers=api.as_key() | {"If-Match": "1"})

    async def test_in_a_query_is_named(self, service: ServiceUnderTest, register: Make) -> None:
        card = await register()
        lists = ("/relocations", "/duplicates", f"/households/{card['id']}/acts")

        for url in lists:
            for query in ("limit=0", "limit=51", "limit=x", "cursor=!!!", "cursor=WzEsMl0", "cursor=" + "A" * 600):
                await service.api().refused("GET", f"{url}?{query}", 422, "validation_failed")
        for url in ("/relocations?state=rich", "/duplicates?basis=x", "/relocations/places?q=", "/relocations/1"):
            await service.api().refused("GET", url, 422, "validation_failed")
        for url in ("/relocations/places?q=%00", "/households/names?region=431081106226&q=%00"):
            assert (await service.api().get(url)).status_code in (200, 422)

    async def test_asks_for_a_token_and_a_permission(self, service: ServiceUnderTest) -> None:
        nobody = service.api(permissions=[])
        doors = ["/relocations", "/duplicates", f"/duplicates/{UNKNOWN}", f"/households/{UNKNOWN}/acts"]

        for url in doors:
            await service.anonymous().refused("GET", url, 401, "unauthenticated")
            await nobody.refused("GET", url, 403, "forbidden")


class TestPlaces:
    async def test_are_found_beyond_the_region_by_name_and_pinyin(self, service: ServiceUnderTest) -> None:
        cadre = service.api("431081106226", role="village_cadre")

        by_name = await cadre.ok("GET", "/relocations/places?q=坳上")
        by_pinyin = await cadre.ok("GET", "/relocations/places?q=slt")

        assert by_name[0] == {"code": "431003101", "name": "苏仙区坳上镇"}
        assert [place["code"] for place in by_pinyin] == ["431081105235"]


class TestNames:
    async def test_say_what_it_takes_to_name_a_household_and_no_more(
        self, service: ServiceUnderTest, register: Make
    ) -> None:
        card = await register()
        keeper = service.api("431081", {"monitoring.household_names:read"})

        found = await keeper.ok("GET", "/households/names?region=431081106226&q=张伟")

        assert found == [
            {
                "id": card["id"],
                "head_name": "张伟明",
                "household_no": card["household_no"],
                "village_name": "道塘村",
                "group_name": "第三组",
            }
        ]
        await keeper.refused("GET", f"/households/{card['id']}", 403, "forbidden")
        await service.api("431003", {"monitoring.household_names:read"}).refused(
            "GET", "/households/names?region=431081106226&q=张伟", 404, "not_found"
        )
