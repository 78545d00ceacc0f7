"""A county's own catalogue reaches every door that names classes and risks (MON-3, MON-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from monitoring_api.packs.schemas import Pack
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

Make = Callable[..., Any]
SETTINGS = "/policies/431081/settings"
VILLAGE = "431081106226"
CLASSES = {"unstable_lifted": "脱贫不稳对象", "marginal": "边缘对象", "sudden_hardship": "突发对象"}


async def set_words(service: ServiceUnderTest, risks: dict[str, str], since: str = "2026-01-01") -> None:
    items = [{"code": code, "name": name} for code, name in risks.items()]
    for value in ({"key": "risk_points", "items": items}, {"key": "class_names"} | CLASSES):
        body = {"value": value, "valid_from": since, "reason": "县里公布新的风险点"}
        await service.api().ok("PUT", f"{SETTINGS}/{uuid7()}", 201, json=body)


@pytest.fixture
async def frost(service: ServiceUnderTest) -> None:
    await set_words(service, {"local_frost": "因冻灾", "illness": "大病"})


@pytest.mark.usefixtures("frost")
class TestPhone:
    async def test_carries_the_words_that_the_desk_asks_for(self, service: ServiceUnderTest) -> None:
        cadre = service.api(VILLAGE)

        pack = await cadre.ok("GET", f"/packs/{VILLAGE}")

        Pack.model_validate(pack)
        desk = await cadre.ok("GET", "/words")
        assert {name: value for name, value in pack["words"].items() if name != "risks"} == {
            name: value for name, value in desk.items() if name != "risks"
        }
        assert sorted(map(str, pack["words"]["risks"])) == sorted(map(str, desk["risks"]))
        assert [risk["name"] for risk in pack["words"]["risks"] if risk["in_use"]] == ["因冻灾", "大病"]

    async def test_keeps_the_words_of_its_time_for_a_case(self, service: ServiceUnderTest, register: Make) -> None:
        body = {"household_id": (await register())["id"], "difficulty": "茶园受冻", "risks": ["local_frost"]}
        cadre = service.api(VILLAGE, role="village_cadre")
        await cadre.ok("PUT", f"/cases/{uuid7()}", 201, json=body)
        await set_words(service, {"local_frost": "因霜冻", "illness": "因病"})

        pack = await cadre.ok("GET", f"/packs/{VILLAGE}")

        points = pack["households"][0]["open_case"]["risk_points"]
        assert points[0] == {"code": "local_frost", "name": "因冻灾"}
        assert pack["words"]["risks"][0]["name"] == "因霜冻"


@pytest.mark.usefixtures("frost")
class TestArchives:
    async def test_name_what_the_county_names(self, service: ServiceUnderTest, register: Make, monitor: Make) -> None:
        card = await monitor(await register(), risks=["local_frost", "water"])
        clerk = service.api("431081")

        archive = await clerk.ok("GET", f"/archives/cards/{card['id']}")
        row = (await clerk.ok("GET", f"/archives/village-register?region={VILLAGE}"))["items"][0]
        ledger = await clerk.ok("GET", "/archives/ledger?region=431081")
        counted = (await clerk.ok("GET", "/overview?region=431081"))["monitored"]

        # Water is no longer offered there, and who carries it keeps its name.
        assert archive["risk_names"] == row["risk_names"] == ["因冻灾", "饮水安全"]
        assert archive["monitored_class_name"] == row["monitored_class_name"] == "边缘对象"
        assert [one["name"] for one in ledger["classes"]] == list(CLASSES.values())
        assert (counted["by_risk"]["local_frost"], counted["by_risk"]["illness"]) == (1, 0)


@pytest.mark.usefixtures("frost")
class TestApplicants:
    async def test_choose_among_the_risks_of_their_county(self, service: ServiceUnderTest, id_number: Make) -> None:
        public = service.anonymous()
        body = {"village_code": VILLAGE, "head_name": "张伟明", "phone": "13973500001", "difficulty": "茶园全部受冻"}

        offered = (await public.ok("GET", "/public/risks?county=431081"))["items"]
        elsewhere = (await public.ok("GET", "/public/risks?county=431003"))["items"]
        applied = {"headers": public.as_key(), "json": body | {"id_number": id_number(), "risk": "local_frost"}}
        await public.ok("POST", "/public/applications", 201, **applied)

        assert [risk["name"] for risk in offered] == ["因冻灾", "大病"]
        assert {"code": "illness", "name": "因病"} in elsewhere
        dropped = {"headers": public.as_key(), "json": body | {"id_number": id_number(), "risk": "water"}}
        await public.refused("POST", "/public/applications", 422, **dropped)
