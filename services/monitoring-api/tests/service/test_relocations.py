"""Moves between regions: declared there, accepted here, nobody in two places nor in none (MON-1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from service_kit.ids import uuid7
from service_kit.testing import Api, ServiceUnderTest
from sqlalchemy import text

Make = Callable[..., Any]
HERE, THERE, OTHER_COUNTY = "431081106", "431081105", "431003101"
VILLAGE_THERE, VILLAGE_FAR = "431081105235", "431003101201"


@pytest.fixture
def cadre(service: ServiceUnderTest) -> Api:
    return service.api(HERE, role="township", name="州门司经办")


@pytest.fixture
def receiver(service: ServiceUnderTest) -> Api:
    return service.api(THERE, role="township", name="兴宁经办")


async def declare(api: Api, card: dict[str, Any], to: str, *members: dict[str, Any], **body: Any) -> str:
    relocation_id = str(uuid7())
    await api.ok(
        "PUT",
        f"/households/{card['id']}/acts/{uuid7()}",
        201,
        json={
            "kind": "declare_move",
            "happened_on": "2026-11-10",
            "reason": "随子女居住",
            "relocation_id": relocation_id,
            "member_ids": [member["id"] for member in members or card["members"]],
            "to_region": to,
        }
        | body,
        headers={"If-Match": f'"{card["version"]}"'},
    )
    return relocation_id


async def decide(api: Api, relocation_id: str, how: str, status: int = 200, version: int = 1, **body: Any) -> Any:
    answer = await api.post(
        f"/relocations/{relocation_id}/{how}",
        json={"reason": "情况属实"} | body,
        headers=api.as_key() | {"If-Match": f'"{version}"'},
    )
    assert answer.status_code == status, answer.text
    return answer.json()


def own(head: dict[str, Any], village: str = VILLAGE_THERE) -> dict[str, Any]:
    return {"household": {"id": str(uuid7()), "head_id": head["id"]}, "village_code": village}


class TestDeclaring:
    async def test_waits_with_the_receiver_and_changes_nothing_yet(
        self, service: ServiceUnderTest, cadre: Api, receiver: Api, register: Make
    ) -> None:
        card = await register()

        relocation_id = await declare(cadre, card, THERE)

        waiting = (await receiver.ok("GET", "/relocations"))["items"]
        assert [entry["id"] for entry in waiting] == [relocation_id]
        assert waiting[0]["from_place"] == "资兴市州门司镇道塘村"
        assert (waiting[0]["whole"], len(waiting[0]["people"]), waiting[0]["same_county"]) == (True, 2, True)
        assert "*" in waiting[0]["people"][0]["id_number_masked"]
        assert (await cadre.ok("GET", f"/households/{card['id']}"))["people"] == 2
        assert (await cadre.ok("GET", "/relocations"))["items"] == []
        await service.api(OTHER_COUNTY).refused("GET", f"/relocations/{relocation_id}", 404, "not_found")

    async def test_twice_is_refused_until_the_first_is_decided(self, cadre: Api, receiver: Api, register: Make) -> None:
        card = await register()
        first = await declare(cadre, card, THERE, card["members"][1])
        now = await cadre.ok("GET", f"/households/{card['id']}")
        body = {
            "kind": "declare_move",
            "happened_on": "2026-11-10",
            "reason": "再次申报",
            "relocation_id": str(uuid7()),
            "member_ids": [card["members"][1]["id"]],
            "to_region": THERE,
        }
        url, match = f"/households/{card['id']}/acts/{uuid7()}", {"If-Match": f'"{now["version"]}"'}
        await cadre.refused("PUT", url, 409, "relocation_pending", json=body, headers=match)

        await decide(receiver, first, "refusal")

        back = await cadre.ok("GET", f"/households/{card['id']}")
        acts = (await cadre.ok("GET", f"/households/{card['id']}/acts"))["items"]
        assert [act["kind"] for act in acts] == ["decline_move", "declare_move"]
        assert acts[0]["actor_name"] == "兴宁经办"
        await declare(cadre, back, THERE, card["members"][1])

    async def test_can_be_withdrawn_before_it_is_accepted(self, cadre: Api, receiver: Api, register: Make) -> None:
        card = await register()
        relocation_id = await declare(cadre, card, THERE)
        now = await cadre.ok("GET", f"/households/{card['id']}")
        body = {
            "kind": "withdraw_move",
            "happened_on": "2026-11-10",
            "reason": "不迁了",
            "relocation_id": relocation_id,
        }

        await cadre.ok(
            "PUT",
            f"/households/{card['id']}/acts/{uuid7()}",
            201,
            json=body,
            headers={"If-Match": f'"{now["version"]}"'},
        )

        assert (await receiver.ok("GET", "/relocations"))["items"] == []
        await decide(receiver, relocation_id, "acceptance", 409, 2, **own(card["members"][0]))


class TestAccepting:
    async def test_a_whole_household_within_the_county_keeps_its_record(
        self, cadre: Api, receiver: Api, register: Make, monitor: Make
    ) -> None:
        card = await monitor(await register())
        relocation_id = await declare(cadre, card, THERE)

        answer = await decide(receiver, relocation_id, "acceptance", **own(card["members"][0]))

        assert (answer["state"], answer["household_id"]) == ("accepted", card["id"])
        moved = await receiver.ok("GET", f"/households/{card['id']}")
        assert (moved["village_code"], moved["monitored"], moved["people"]) == (VILLAGE_THERE, True, 2)
        await cadre.refused("GET", f"/households/{card['id']}", 404, "not_found")
        await decide(receiver, relocation_id, "acceptance", 409, 2, **own(card["members"][0]))

    async def test_some_people_found_a_household_or_join_one(self, cadre: Api, receiver: Api, register: Make) -> None:
        card, there = await register(), await register(village_code=VILLAGE_THERE)
        head, child = card["members"]
        relocation_id = await declare(cadre, card, THERE, child)

        joining = {"household_id": there["id"], "version": there["version"], "relations": {child["id"]: "child_in_law"}}
        await decide(receiver, relocation_id, "acceptance", joining=joining)

        target = await receiver.ok("GET", f"/households/{there['id']}")
        assert [m["relation"] for m in target["members"] if m["id"] == child["id"]] == ["child_in_law"]
        left = await cadre.ok("GET", f"/households/{card['id']}")
        assert [member["id"] for member in left["members"]] == [head["id"]]
        acts = (await cadre.ok("GET", f"/households/{card['id']}/acts"))["items"]
        assert [act["kind"] for act in acts] == ["moved_out", "declare_move"]

    async def test_the_head_goes_and_the_others_have_a_new_one(self, cadre: Api, receiver: Api, register: Make) -> None:
        card = await register()
        head, child = card["members"]
        relocation_id = await declare(cadre, card, THERE, head, new_head={"member_id": child["id"]})

        await decide(receiver, relocation_id, "acceptance", **own(head))

        left = await cadre.ok("GET", f"/households/{card['id']}")
        assert [(m["id"], m["relation"]) for m in left["members"]] == [(child["id"], "head")]

    async def test_between_counties_makes_new_records_and_closes_the_old(
        self, service: ServiceUnderTest, cadre: Api, register: Make
    ) -> None:
        card = await register()
        relocation_id = await declare(cadre, card, OTHER_COUNTY)
        far = service.api(OTHER_COUNTY, role="township")

        answer = await decide(far, relocation_id, "acceptance", **own(card["members"][0], VILLAGE_FAR))

        arrived = await far.ok("GET", f"/households/{answer['household_id']}")
        assert [m["relation"] for m in arrived["members"]] == ["head", "child"]
        assert not {m["id"] for m in arrived["members"]} & {m["id"] for m in card["members"]}
        old = await cadre.ok("GET", f"/households/{card['id']}")
        assert (old["state"], {m["state"] for m in old["members"]}) == ("closed", {"moved_out"})
        nation = (await service.api("").ok("GET", "/overview?region=43"))["population"]
        assert nation == {"people": 2, "households": 1}
        async with service.session() as session:
            held = (await session.execute(text("SELECT DISTINCT county_code FROM person_registry"))).scalars().all()
        assert held == ["431003"]

    async def test_of_what_changed_since_is_refused(self, cadre: Api, receiver: Api, register: Make) -> None:
        card = await register()
        relocation_id = await declare(cadre, card, THERE, card["members"][1])
        now = await cadre.ok("GET", f"/households/{card['id']}")
        body = {
            "kind": "death",
            "happened_on": "2026-11-11",
            "reason": "病故",
            "member_id": card["members"][1]["id"],
        }
        url, match = f"/households/{card['id']}/acts/{uuid7()}", {"If-Match": f'"{now["version"]}"'}
        await cadre.ok("PUT", url, 201, json=body, headers=match)

        problem = await decide(receiver, relocation_id, "acceptance", 422, **own(card["members"][1]))

        assert problem["code"] == "act_not_possible"
        assert "重新申报" in problem["detail"]

    async def test_is_for_the_receiver_alone(self, service: ServiceUnderTest, cadre: Api, register: Make) -> None:
        relocation_id = await declare(cadre, card := await register(), THERE)

        await decide(cadre, relocation_id, "acceptance", 404, **own(card["members"][0]))
        await decide(service.api("431081105236"), relocation_id, "acceptance", 404, **own(card["members"][0]))
