"""Acts on households: what they do, what they refuse, and how they are taken back (MON-1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from service_kit.ids import uuid7
from service_kit.testing import Api, ServiceUnderTest
from sqlalchemy import text

Make = Callable[..., Any]
DAY = "2026-11-10"
FAMILY = {"张伟明": "head", "王秀英": "spouse", "张小宝": "child", "张老爹": "parent"}


class Clerk:
    """Does acts on households and looks at what became of them."""

    def __init__(self, service: ServiceUnderTest, region: str = "431081", **token: Any) -> None:
        self.api: Api = service.api(region, **token)

    async def send(self, card: dict[str, Any], kind: str, *, act_id: UUID | None = None, **body: Any) -> Any:
        return await self.api.put(
            f"/households/{card['id']}/acts/{act_id or uuid7()}",
            json={"kind": kind, "happened_on": DAY, "reason": "据实办理"} | body,
            headers={"If-Match": f'"{card["version"]}"'},
        )

    async def act(self, card: dict[str, Any], kind: str, **body: Any) -> dict[str, Any]:
        answer = await self.send(card, kind, **body)
        assert answer.status_code == 201, answer.text
        line: dict[str, Any] = answer.json()
        return line

    async def refused(self, card: dict[str, Any], kind: str, path: str | None = None, **body: Any) -> dict[str, Any]:
        answer = await self.send(card, kind, **body)
        assert (answer.status_code, answer.json()["code"]) == (422, "act_not_possible"), answer.text
        if path is not None:
            assert answer.json()["errors"][0]["path"] == path
        problem: dict[str, Any] = answer.json()
        return problem

    async def card(self, household_id: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.api.ok("GET", f"/households/{household_id}")
        return found

    async def acts(self, household_id: str) -> list[dict[str, Any]]:
        page = await self.api.ok("GET", f"/households/{household_id}/acts")
        return list(page["items"])


@pytest.fixture
def clerk(service: ServiceUnderTest) -> Clerk:
    return Clerk(service)


def who(card: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {member["name"]: (member["relation"], member["state"]) for member in card["members"]}


def ids(card: dict[str, Any]) -> dict[str, str]:
    return {member["name"]: member["id"] for member in card["members"]}


@pytest.fixture
def family(register: Make, member_body: Make) -> Make:
    """张伟明 (head), 王秀英 (spouse), 张小宝 (child), 张老爹 (parent)."""

    async def make(**changes: Any) -> dict[str, Any]:
        people = [member_body(name=name, relation=relation) | {"id": str(uuid7())} for name, relation in FAMILY.items()]
        card: dict[str, Any] = await register(members=people, **changes)
        return card

    return make


class TestComingIn:
    async def test_a_birth_adds_a_member_and_a_line_of_history(
        self, clerk: Clerk, family: Make, member_body: Make
    ) -> None:
        card = await family()
        baby = member_body(name="张新生", id_number=None, sex="male", birth_date=DAY, relation="grandchild")

        line = await clerk.act(
            card, "birth", member_id=str(uuid7()), member=baby, evidence=[{"title": "出生医学证明", "number": "A1"}]
        )

        after = await clerk.card(card["id"])
        assert who(after)["张新生"] == ("grandchild", "present")
        assert (after["people"], after["version"], line["version"]) == (5, 2, 2)
        assert line["evidence"] == [{"title": "出生医学证明", "number": "A1"}]
        assert line["effects"] == [{"code": "joins", "params": {"name": "张新生"}}]
        history = await clerk.api.ok("GET", f"/households/{card['id']}/history")
        assert (history["items"][0]["act"], history["items"][0]["version"]) == ("act", 2)

    async def test_a_birth_is_on_the_birth_date_and_no_newborn_is_head(
        self, clerk: Clerk, family: Make, member_body: Make
    ) -> None:
        card = await family()
        baby = member_body(name="张新生", id_number=None, sex="male", birth_date="2026-11-01")

        await clerk.refused(card, "birth", "body.happened_on", member_id=str(uuid7()), member=baby)
        await clerk.refused(
            card, "birth", "body.member.relation", member_id=str(uuid7()), member=baby | {"relation": "head"}
        )

    async def test_somebody_marries_in(self, clerk: Clerk, family: Make, member_body: Make) -> None:
        card = await family()
        bride = member_body(name="陈新娘", relation="child_in_law")

        line = await clerk.act(
            card, "move_in", member_id=str(uuid7()), member=bride, place="广东省韶关市", cause="marriage"
        )

        assert line["place"] == "广东省韶关市"
        assert who(await clerk.card(card["id"]))["陈新娘"] == ("child_in_law", "present")


class TestDeath:
    async def test_of_a_member_leaves_the_household_smaller(self, clerk: Clerk, family: Make) -> None:
        card = await family()

        await clerk.act(card, "death", member_id=ids(card)["张老爹"])

        after = await clerk.card(card["id"])
        assert who(after)["张老爹"] == ("parent", "died")
        assert (after["people"], after["state"]) == (3, "active")

    async def test_of_the_head_needs_a_new_head_in_the_same_act(self, clerk: Clerk, family: Make) -> None:
        card = await family()
        named = ids(card)

        await clerk.refused(card, "death", "body.new_head", member_id=named["张伟明"])
        await clerk.act(card, "death", member_id=named["张伟明"], new_head={"member_id": named["王秀英"]})

        after = who(await clerk.card(card["id"]))
        assert after == {
            "王秀英": ("head", "present"),
            "张伟明": ("spouse", "died"),
            "张小宝": ("child", "present"),
            "张老爹": ("parent_in_law", "present"),
        }

    async def test_of_the_last_closes_the_household(self, clerk: Clerk, register: Make, member_body: Make) -> None:
        card = await register(members=[member_body(name="独居老人", relation="head") | {"id": str(uuid7())}])

        line = await clerk.act(card, "death", member_id=card["members"][0]["id"])

        assert [effect["code"] for effect in line["effects"]] == ["leaves_died", "closes"]
        after = await clerk.card(card["id"])
        assert (after["state"], after["people"]) == ("closed", 0)
        assert (await clerk.api.ok("GET", "/overview"))["population"] == {"people": 0, "households": 0}

    async def test_of_the_last_never_ends_monitoring(
        self, clerk: Clerk, register: Make, monitor: Make, member_body: Make
    ) -> None:
        card = await register(members=[member_body(name="独居老人", relation="head") | {"id": str(uuid7())}])
        card = await monitor(card)

        line = await clerk.act(card, "death", member_id=card["members"][0]["id"])

        assert line["effects"][-1]["code"] == "waits_for_elimination"
        after = await clerk.card(card["id"])
        assert (after["state"], after["monitored"], after["people"]) == ("active", True, 0)
        await clerk.refused(after, "close", "body.kind")
        cleared = await clerk.api.ok(
            "PUT",
            f"/households/{card['id']}/monitoring",
            json={"monitored": False, "reason": "自然消除"},
            headers={"If-Match": f'"{after["version"]}"'},
        )
        await clerk.act(cleared, "close")
        assert (await clerk.card(card["id"]))["state"] == "closed"

    async def test_tells_the_others_without_personal_data(
        self, clerk: Clerk, service: ServiceUnderTest, family: Make
    ) -> None:
        card = await family()

        await clerk.act(card, "death", member_id=ids(card)["张老爹"])

        async with service.session() as session:
            data = (
                await session.execute(text("SELECT data FROM outbox_event ORDER BY occurred_at DESC LIMIT 1"))
            ).scalar_one()
        assert (data["change"], data["state"]) == ("died", "active")
        assert data["members"] == [{"id": ids(card)["张老爹"], "state": "died"}]
        assert "张" not in str(data)


class TestSplit:
    @staticmethod
    def of(card: dict[str, Any], *names: str, head: str, **body: Any) -> dict[str, Any]:
        named = ids(card)
        household = {"id": str(uuid7()), "head_id": named[head]}
        return {"member_ids": [named[name] for name in names], "household": household} | body

    async def test_founds_a_household_in_the_same_village(self, clerk: Clerk, family: Make) -> None:
        card = await family(lifted=True, lifted_year=2018)
        body = self.of(card, "张小宝", head="张小宝")

        await clerk.act(card, "split", **body)

        old, new = await clerk.card(card["id"]), await clerk.card(body["household"]["id"])
        assert who(new) == {"张小宝": ("head", "present")}
        assert "张小宝" not in who(old)
        assert (new["village_code"], new["lifted"], new["lifted_year"]) == (old["village_code"], True, 2018)
        assert int(new["household_no"]) == int(old["household_no"]) + 1
        assert [line["kind"] for line in await clerk.acts(new["id"])] == ["split"]
        assert (await clerk.acts(new["id"]))[0]["other_household"]["id"] == card["id"]

    async def test_with_the_head_needs_a_head_for_those_who_stay(self, clerk: Clerk, family: Make) -> None:
        card = await family()
        body = self.of(card, "张伟明", "王秀英", head="张伟明")

        await clerk.refused(card, "split", "body.new_head", **body)
        await clerk.act(card, "split", **body, new_head={"member_id": ids(card)["张小宝"]})

        assert who(await clerk.card(card["id"])) == {
            "张小宝": ("head", "present"),
            "张老爹": ("grandparent", "present"),
        }
        assert who(await clerk.card(body["household"]["id"])) == {
            "张伟明": ("head", "present"),
            "王秀英": ("spouse", "present"),
        }

    async def test_of_everybody_is_no_split(self, clerk: Clerk, family: Make) -> None:
        card = await family()

        await clerk.refused(card, "split", "body.member_ids", **self.of(card, *ids(card), head="张伟明"))

    @pytest.mark.parametrize(
        ("choice", "monitored"), [("both", (True, True)), ("origin", (True, False)), ("new", (False, True))]
    )
    async def test_of_a_monitored_household_lets_a_person_say_who_stays_monitored(
        self, clerk: Clerk, family: Make, monitor: Make, choice: str, monitored: tuple[bool, bool]
    ) -> None:
        card = await monitor(await family())
        helper = {"id": str(uuid7()), "name": "周扬", "unit": "州门司镇政府"}
        await clerk.api.ok("PUT", f"/helpers/{uuid7()}", 201, json={"household_id": card["id"], "helper": helper})
        body = self.of(card, "张小宝", head="张小宝")

        await clerk.refused(card, "split", "body.monitoring", **body)
        await clerk.act(card, "split", **body, monitoring=choice)

        old, new = await clerk.card(card["id"]), await clerk.card(body["household"]["id"])
        assert (old["monitored"], new["monitored"]) == monitored
        if new["monitored"]:
            assert (new["monitored_class"], new["risks"]) == ("marginal", ["illness"])
            helpers = await clerk.api.ok("GET", f"/helpers?household_id={new['id']}")
            assert [entry["helper_name"] for entry in helpers] == ["周扬"]


class TestMergeAndTransfer:
    async def test_a_merger_closes_the_household(self, clerk: Clerk, family: Make, register: Make) -> None:
        card, target = await family(), await register()

        await clerk.act(
            card,
            "merge",
            other_household_id=target["id"],
            other_version=target["version"],
            relations={ids(card)["张伟明"]: "sibling"},
        )

        old, new = await clerk.card(card["id"]), await clerk.card(target["id"])
        assert (old["state"], old["people"], new["people"]) == ("closed", 0, 6)
        assert [m["relation"] for m in new["members"] if m["id"] == ids(card)["张伟明"]] == ["sibling"]

    async def test_a_merger_asks_whether_monitoring_is_carried_over(
        self, clerk: Clerk, family: Make, register: Make, monitor: Make
    ) -> None:
        card, target = await monitor(await family()), await register()
        body = {"other_household_id": target["id"], "other_version": target["version"]}

        await clerk.refused(card, "merge", "body.carry_monitoring", **body)
        await clerk.act(card, "merge", **body, carry_monitoring=True)

        assert (await clerk.card(target["id"]))["monitored_class"] == "marginal"
        assert (await clerk.card(card["id"]))["state"] == "closed"

    async def test_a_merger_without_carrying_leaves_monitoring_to_a_determination(
        self, clerk: Clerk, family: Make, register: Make, monitor: Make
    ) -> None:
        card, target = await monitor(await family()), await register()

        await clerk.act(
            card,
            "merge",
            other_household_id=target["id"],
            other_version=target["version"],
            carry_monitoring=False,
        )

        assert not (await clerk.card(target["id"]))["monitored"]
        left = await clerk.card(card["id"])
        assert (left["state"], left["monitored"], left["people"]) == ("active", True, 0)

    async def test_a_member_joins_another_household(self, clerk: Clerk, family: Make, register: Make) -> None:
        card, target = await family(), await register(village_code="431081105235")
        bride = ids(card)["张小宝"]

        await clerk.act(
            card,
            "transfer",
            member_ids=[bride],
            other_household_id=target["id"],
            other_version=target["version"],
            relations={bride: "child_in_law"},
        )

        assert who(await clerk.card(target["id"]))["张小宝"] == ("child_in_law", "present")
        assert "张小宝" not in who(await clerk.card(card["id"]))
        village = await clerk.api.ok("GET", "/overview?region=431081105235")
        assert village["population"] == {"people": 3, "households": 1}

    async def test_another_version_of_the_other_household_is_told(
        self, clerk: Clerk, family: Make, register: Make
    ) -> None:
        card, target = await family(), await register()

        answer = await clerk.send(card, "merge", other_household_id=target["id"], other_version=7)

        assert (answer.status_code, answer.json()["code"]) == (412, "version_mismatch")


class TestMoving:
    async def test_within_the_region_keeps_the_record_and_all_that_hangs_on_it(
        self, clerk: Clerk, service: ServiceUnderTest, family: Make, monitor: Make, visit_body: Make
    ) -> None:
        card = await monitor(await family())
        await clerk.api.ok("PUT", f"/visits/{uuid7()}", 201, json=visit_body(card["id"]))

        await clerk.act(card, "move_village", village_code="431081106217", group_name="第一组")

        moved = await clerk.card(card["id"])
        assert (moved["village_code"], moved["monitored"], moved["people"]) == ("431081106217", True, 4)
        assert len((await clerk.api.ok("GET", "/visits?region=431081106217"))["items"]) == 1
        assert len((await clerk.api.ok("GET", f"/households/{card['id']}/history"))["items"]) == 3
        await service.api("431081106226").refused("GET", f"/households/{card['id']}", 404, "not_found")

    async def test_beyond_the_region_is_declared_instead(self, service: ServiceUnderTest, family: Make) -> None:
        cadre = Clerk(service, "431081106226", role="village_cadre")
        card = await family()

        await cadre.refused(card, "move_village", "body.village_code", village_code="431081105235")
        await cadre.refused(
            card, "declare_move", "body.to_region", relocation_id=str(uuid7()), member_ids=[ids(card)["张小宝"]],
            to_region="431081106226",
        )  # fmt: skip

    async def test_out_of_the_system_takes_effect_at_once(self, clerk: Clerk, family: Make) -> None:
        card = await family()

        await clerk.act(card, "move_out", member_ids=[ids(card)["张小宝"]], place="广东省深圳市")

        assert who(await clerk.card(card["id"]))["张小宝"] == ("child", "moved_out")


class TestTwice:
    async def test_the_same_act_again_has_no_further_effect(self, clerk: Clerk, family: Make) -> None:
        card, act_id = await family(), uuid7()
        body = {"member_id": ids(card)["张老爹"]}

        first = await clerk.send(card, "death", act_id=act_id, **body)
        again = await clerk.send(card, "death", act_id=act_id, **body)
        other = await clerk.send(card, "death", act_id=act_id, member_id=ids(card)["张小宝"])

        assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
        assert again.json()["id"] == first.json()["id"]
        assert (await clerk.card(card["id"]))["version"] == 2

    async def test_two_acts_at_once_follow_one_another(self, clerk: Clerk, family: Make) -> None:
        card = await family()

        answers = await asyncio.gather(
            clerk.send(card, "death", member_id=ids(card)["张老爹"]),
            clerk.send(card, "move_out", member_ids=[ids(card)["张老爹"]], place="外省"),
            clerk.send(card, "head_change", new_head={"member_id": ids(card)["王秀英"]}),
        )

        assert sorted(answer.status_code for answer in answers) == [201, 412, 412]

    async def test_two_mergers_into_each_other_never_lock_up(self, clerk: Clerk, family: Make, register: Make) -> None:
        one, two = await family(), await register()

        answers = await asyncio.gather(
            clerk.send(one, "merge", other_household_id=two["id"], other_version=1),
            clerk.send(two, "merge", other_household_id=one["id"], other_version=1),
        )

        assert sorted(answer.status_code for answer in answers) == [201, 412]


class TestPreview:
    async def test_says_what_will_be_and_writes_nothing(self, clerk: Clerk, family: Make) -> None:
        card = await family()
        named = ids(card)
        body = {"kind": "death", "happened_on": DAY, "reason": "病故", "member_id": named["张伟明"]}

        told = await clerk.api.ok(
            "POST", f"/households/{card['id']}/acts/preview", json=body | {"new_head": {"member_id": named["王秀英"]}}
        )

        assert [effect["code"] for effect in told["effects"]] == ["leaves_died", "new_head"]
        assert {line["name"]: line["after"] for line in told["relations"]} == {
            "王秀英": "head",
            "张老爹": "parent_in_law",
        }
        assert (await clerk.card(card["id"]))["version"] == 1
        await clerk.api.refused("POST", f"/households/{card['id']}/acts/preview", 422, "act_not_possible", json=body)


class TestUndo:
    async def test_puts_everything_back(self, clerk: Clerk, family: Make, monitor: Make) -> None:
        card = await monitor(await family())
        body = TestSplit.of(card, "张伟明", head="张伟明", new_head={"member_id": ids(card)["王秀英"]})
        line = await clerk.act(card, "split", **body, monitoring="new")
        assert (await clerk.acts(card["id"]))[0]["undoable"]

        now = await clerk.card(card["id"])
        await clerk.act(now, "undo", undoes=line["id"])

        after = await clerk.card(card["id"])
        assert who(after) == who(card)
        changing = {"version", "updated_at", "members"}
        assert {k: v for k, v in after.items() if k not in changing} == {
            k: v for k, v in card.items() if k not in changing
        }
        new = await clerk.card(body["household"]["id"])
        assert (new["state"], new["people"]) == ("closed", 0)
        kinds = [(act["kind"], act["undone_by"] is not None) for act in await clerk.acts(card["id"])]
        assert kinds == [("undo", False), ("split", True)]

    async def test_of_a_birth_frees_the_number(
        self, clerk: Clerk, family: Make, member_body: Make, id_number: Make
    ) -> None:
        card = await family()
        number = id_number(born=date(2026, 11, 10))
        baby = member_body(name="张新生", id_number=number, birth_date=DAY)
        line = await clerk.act(card, "birth", member_id=str(uuid7()), member=baby)

        await clerk.act(await clerk.card(card["id"]), "undo", undoes=line["id"])

        after = await clerk.card(card["id"])
        assert "张新生" not in who(after)
        assert after["people"] == 4
        again = await clerk.send(after, "birth", member_id=str(uuid7()), member=baby)
        assert again.status_code == 201
        assert (await clerk.api.ok("GET", "/duplicates"))["items"] == []

    async def test_is_refused_when_something_changed_since(self, clerk: Clerk, family: Make) -> None:
        card = await family()
        line = await clerk.act(card, "death", member_id=ids(card)["张老爹"])
        now = await clerk.card(card["id"])
        await clerk.act(now, "move_out", member_ids=[ids(card)["张小宝"]], place="外省")

        answer = await clerk.send(await clerk.card(card["id"]), "undo", undoes=line["id"])

        assert (answer.status_code, answer.json()["code"]) == (409, "act_not_undoable")
