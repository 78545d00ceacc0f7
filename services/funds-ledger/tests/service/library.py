"""People around the project library, and short ways to take a project through it."""

from __future__ import annotations

from typing import Any

from service_kit.ids import uuid7
from service_kit.scope import NATION

COUNTY, TOWN, VILLAGE = "431081", "431081106", "431081106226"


def proposal(**changes: Any) -> dict[str, Any]:
    """A complete proposal."""
    return {
        "region_code": VILLAGE,
        "year": 2026,
        "name": "燕窝村油茶基地建设项目",
        "category": "planting",
        "nature": "new",
        "place": "燕窝村三组",
        "starts_on": "2026-03-01",
        "ends_on": "2026-10-31",
        "responsible_unit": "燕窝村村民委员会",
        "tasks": "新建油茶基地并配套灌溉",
        "size": "油茶 200 亩",
        "financing": [{"source_level": "central", "amount": "80.00"}, {"source_level": "county", "amount": "20.00"}],
        "beneficiaries": "脱贫户和监测对象",
        "beneficiary_households": 40,
        "beneficiary_people": 130,
        "goals": [
            {"name": "种植面积", "unit": "亩", "target": "200", "at_least": True, "weight": 60},
            {"name": "亩均成本", "unit": "元", "target": "3000", "at_least": False, "weight": 40},
        ],
        "benefit_kinds": ["employment", "dividend"],
        "benefit_mechanism": "优先雇用脱贫劳动力，收益的六成分给脱贫户",
    } | changes


class Library:
    """One person per desk; each method is one thing that they do."""

    def __init__(self, service: Any) -> None:
        self.service = service
        self.village = service.api(VILLAGE, role="village_cadre")
        self.town = service.api(TOWN, role="township")
        self.bureau = service.api(COUNTY, role="bureau")
        self.other_bureau = service.api(COUNTY, role="bureau")
        self.finance = service.api(COUNTY, role="finance")

    async def draft(self, **changes: Any) -> dict[str, Any]:
        project: dict[str, Any] = await self.village.ok("PUT", f"/projects/{uuid7()}", 201, json=proposal(**changes))
        return project

    async def step(self, who: Any, project: dict[str, Any], action: str, **more: Any) -> dict[str, Any]:
        headers = who.as_key() | {"If-Match": f'"{project["version"]}"'}
        body = {"action": action, "opinion": "同意"} | more
        moved: dict[str, Any] = await who.ok("POST", f"/projects/{project['id']}/steps", json=body, headers=headers)
        return moved

    async def refused(
        self, who: Any, project: dict[str, Any], action: str, status: int, code: str, **more: Any
    ) -> dict[str, Any]:
        headers = who.as_key() | {"If-Match": f'"{project["version"]}"'}
        body = {"action": action, "opinion": "同意"} | more
        problem: dict[str, Any] = await who.refused(
            "POST", f"/projects/{project['id']}/steps", status, code, json=body, headers=headers
        )
        return problem

    async def post(self, who: Any, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        answer: dict[str, Any] = await who.ok("POST", path, json=body, headers=who.as_key() | headers)
        return answer

    async def made_yesterday(self) -> None:
        """As if every allocation had been made a day earlier."""
        async with self.service.connection(self.service.owner_url) as connection, connection.transaction():
            for statement in NATION.statements().split("; "):
                await connection.execute(statement)
            await connection.execute("UPDATE allocation SET created_at = created_at - interval '1 day'")

    async def end_notices(self) -> None:
        """As if every notice had been put up three weeks ago."""
        async with self.service.connection(self.service.owner_url) as connection, connection.transaction():
            for statement in NATION.statements().split("; "):
                await connection.execute(statement)
            await connection.execute(
                "UPDATE act_notice SET starts_on = starts_on - 21, ends_on = ends_on - 21 WHERE closed_on IS NULL"
            )
            await connection.execute("UPDATE notice SET starts_on = starts_on - 21, ends_on = ends_on - 21")
            await connection.execute("UPDATE notice_standing SET ends_on = ends_on - 21 WHERE cleared_on IS NULL")

    async def on_notice(self, **changes: Any) -> dict[str, Any]:
        project = await self.step(self.village, await self.draft(**changes), "submit")
        project = await self.step(self.town, project, "approve")
        return await self.step(self.bureau, project, "approve")

    async def entered(self, **changes: Any) -> dict[str, Any]:
        project = await self.on_notice(**changes)
        await self.end_notices()
        return await self.step(self.bureau, project, "enter")

    def plan_body(self, *projects: dict[str, Any], amount: str = "60.00", **changes: Any) -> dict[str, Any]:
        lines = [
            {"project_id": project["id"], "priority": n, "amount": amount} for n, project in enumerate(projects, 1)
        ]
        return {"year": 2026, "title": "2026 年第一批项目计划", "note": "", "lines": lines} | changes

    async def planned(self, *projects: dict[str, Any], amount: str = "60.00", **changes: Any) -> dict[str, Any]:
        plan = await self.bureau.ok(
            "PUT", f"/plans/{uuid7()}", 201, json=self.plan_body(*projects, amount=amount, **changes)
        )
        await self.post(self.bureau, f"/plans/{plan['id']}/publication")
        await self.end_notices()
        return await self.post(self.finance, f"/plans/{plan['id']}/enforcement")

    async def switch_on(self, day: str) -> dict[str, Any]:
        body = {"library_from": day, "basis": "县政府常务会议纪要"}
        rule: dict[str, Any] = await self.bureau.ok("PUT", "/publication/funding-rules/2026", json=body)
        return rule
