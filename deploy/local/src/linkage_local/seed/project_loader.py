"""Demo projects at every stage of the library, through the ledger's own use cases and on the days they would have.

Invented and named 演示. The process lives some days back while a stage is taken, so that notices have really ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from funds_ledger.acceptance import service as acceptance
from funds_ledger.acceptance.schemas import AcceptanceWrite, HandOverWrite, SettlementWrite
from funds_ledger.allocations.schemas import AllocationWrite
from funds_ledger.allocations.service import allocate_by_steps
from funds_ledger.plans import service as plans
from funds_ledger.plans.schemas import PlanWrite
from funds_ledger.projects.schemas import Decision, PerformanceWrite, ProjectWrite
from funds_ledger.projects.service import measuring, proposing, stepping
from service_kit import clock
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from linkage_local.context import SeedContext
from linkage_local.seed.actors import demo_actor, service_session
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.days import days_ago
from linkage_local.seed.loading import owner_transaction

YEAR = 2026
STAGES = (
    "draft",
    "township_review",
    "county_review",
    "notice",
    "library",
    "planned",
    "funded",
    "accepted",
    "completed",
)


@dataclass(frozen=True, slots=True)
class Demo:
    """A project and how far the demo takes it. amount: whole yuan."""

    stage: str
    by: str
    region_code: str
    name: str
    category: str
    amount: int
    tasks: str
    size: str
    goal: tuple[str, str, str]
    mechanism: str


_VILLAGE, _TOWN = "431081106226", "431081106"
PROJECTS = (
    Demo("completed", "daotang", _VILLAGE, "道塘村油茶低产林改造（演示）", "planting", 180_000,
         "低产林垦复、补植并新修作业道",
         "改造油茶 300 亩，作业道 2.1 公里", ("改造面积", "亩", "300"),
         "优先雇用脱贫劳动力，收益的六成分给脱贫户和监测对象"),
    Demo("accepted", "daotang", _VILLAGE, "道塘村特色水果分拣车间（演示）", "processing", 150_000,
         "建设分拣车间并购置分拣线",
         "车间 320 平方米，分拣线 1 条", ("日分拣能力", "吨", "8"),
         "按保护价收购脱贫户水果，车间用工优先录用脱贫劳动力"),
    Demo("funded", "zhoumensi", _TOWN, "州门司镇冷链仓储（演示）", "logistics", 200_000, "建设保鲜库和配套供电",
         "保鲜库 600 立方米", ("库容", "立方米", "600"),
         "为周边 9 个村的合作社提供低价仓储，年分红归村集体"),
    Demo("planned", "daotang", _VILLAGE, "道塘村产业路提质改造（演示）", "road", 4_600_000,
         "拓宽硬化产业路，修建便民桥",
         "道路 9.6 公里，便民桥 2 座", ("硬化里程", "公里", "9.6"), "施工优先雇用本村劳动力，建成后由村集体管护"),
    Demo("planned", "zhoumensi", _TOWN, "州门司镇茶叶加工扩建（演示）", "collective_economy", 600_000,
         "扩建加工车间，添置制茶设备",
         "车间 800 平方米", ("年加工干茶", "吨", "40"), "收购周边脱贫户鲜叶，年分红归村集体"),
    Demo("library", "zhoumensi", _TOWN, "州门司镇小型水利设施维修（演示）", "irrigation", 320_000, "维修山塘、渠道",
         "山塘 4 口，渠道 3.5 公里", ("恢复灌溉面积", "亩", "560"), "恢复脱贫户和监测对象承包地的灌溉"),
    Demo("notice", "daotang", _VILLAGE, "道塘村集中供水提质（演示）", "drinking_water", 210_000,
         "更换供水管网和消毒设备",
         "管网 4.2 公里", ("受益户自来水保证率", "%", "95"), "供水管护岗位由脱贫户担任"),
    Demo("county_review", "zhoumensi", _TOWN, "州门司镇农旅融合示范点（演示）", "tourism", 480_000,
         "建设采摘园、停车场，在入口做亮化工程", "采摘园 80 亩", ("年接待", "人次", "12000"),
         "流转脱贫户土地并吸纳就业"),
    Demo("township_review", "daotang", _VILLAGE, "道塘村油茶林改造二期（演示）", "planting", 160_000,
         "继续改造低产油茶林",
         "改造油茶 220 亩", ("改造面积", "亩", "220"),
         "优先雇用脱贫劳动力，收益按股分红"),
    Demo("draft", "tuanjie", "431081219214", "团结村中药材种植（演示）", "planting", 120_000, "种植黄精并建育苗棚",
         "黄精 60 亩", ("种植面积", "亩", "60"), "合作社统一供苗、保底收购"),
)  # fmt: skip


async def load_projects(ctx: SeedContext, county: CountySeed) -> None:
    """Take each project to its stage; nothing when there are projects already."""
    async with owner_transaction(ctx, "funds") as connection:
        if await connection.fetchval("SELECT EXISTS (SELECT FROM project WHERE county_code = $1)", county.county_code):
            return
    ids = county.ids("projects", 0)
    walk = _Walk(ctx, county, {demo.name: ids.take() for demo in PROJECTS})
    plan_id, allocations = ids.take(), {demo.name: ids.take() for demo in PROJECTS}
    with days_ago(120):
        await walk.propose()
        await walk.step("submit", "township_review")
    with days_ago(110):
        await walk.approve_townships()
    with days_ago(100):
        await walk.step("approve", "notice", by="bureau", until="notice", recent=False)
    with days_ago(80):
        await walk.step("enter", "library", by="bureau")
        await walk.draft_plan(plan_id)
    with days_ago(60):
        await walk.enforce_plan(plan_id)
        await walk.allocate(allocations)
    with days_ago(20):
        await walk.accept()
    with days_ago(5):
        await walk.settle_and_hand_over()
    with days_ago(2):
        await walk.step("approve", "notice", by="bureau", until="notice", recent=True)


class _Walk:
    """The same stage for all projects that get there, one person's transaction after the other."""

    def __init__(self, ctx: SeedContext, county: CountySeed, ids: dict[str, UUID]) -> None:
        self.ctx, self.county, self.ids = ctx, county, ids

    def reaching(self, stage: str) -> list[Demo]:
        return [demo for demo in PROJECTS if STAGES.index(demo.stage) >= STAGES.index(stage)]

    async def propose(self) -> None:
        for username in dict.fromkeys(demo.by for demo in PROJECTS):
            actor = demo_actor(username, self.county)
            async with service_session(self.ctx, "funds", actor) as session:
                for demo in (demo for demo in PROJECTS if demo.by == username):
                    await proposing.open_project(session, actor, self.ids[demo.name], _proposal(demo))
        async with owner_transaction(self.ctx, "funds") as connection:
            await connection.execute("UPDATE project SET demo = true WHERE county_code = $1", self.county.county_code)

    async def step(
        self, action: str, stage: str, *, by: str | None = None, until: str | None = None, recent: bool = False
    ) -> None:
        """``recent`` takes those that stay at ``until``; else those that go further."""
        chosen = self.reaching(stage)
        if until is not None:
            chosen = [demo for demo in chosen if (demo.stage == until) == recent]
        await self._take(action, chosen, by)

    async def approve_townships(self) -> None:
        """The township reviews what its villages proposed; its own proposals are reviewed by a colleague."""
        chosen = self.reaching("county_review")
        await self._take("approve", [demo for demo in chosen if demo.by != "zhoumensi"], "zhoumensi")
        colleague = replace(demo_actor("zhoumensi", self.county), id=UUID(int=1), name="州门司镇项目办（演示）")
        await self._take("approve", [demo for demo in chosen if demo.by == "zhoumensi"], None, colleague)

    async def _take(self, action: str, chosen: Sequence[Demo], by: str | None, actor: Any = None) -> None:
        for username in dict.fromkeys(by or demo.by for demo in chosen):
            acting = actor or demo_actor(username, self.county)
            async with service_session(self.ctx, "funds", acting) as session:
                for demo in (demo for demo in chosen if (by or demo.by) == username):
                    body = Decision.model_validate({"action": action, "opinion": "同意（演示）"})
                    await stepping.decide(
                        session, acting, self.ids[demo.name], await self._version(session, demo), body
                    )

    async def _version(self, session: AsyncSession, demo: Demo) -> int:
        query = text("SELECT version FROM project WHERE county_code = :county_code AND id = :id")
        values = {"county_code": self.county.county_code, "id": self.ids[demo.name]}
        return int((await session.execute(query, values)).scalar_one())

    async def draft_plan(self, plan_id: UUID) -> None:
        actor = demo_actor("bureau", self.county)
        lines = [
            {"project_id": self.ids[demo.name], "priority": n, "amount": f"{demo.amount}.00"}
            for n, demo in enumerate(self.reaching("planned"), 1)
        ]
        body = PlanWrite.model_validate({"year": YEAR, "title": f"{YEAR} 年度第一批项目计划（演示）", "lines": lines})
        async with service_session(self.ctx, "funds", actor) as session:
            await plans.draft(session, actor, self.county.county_code, plan_id, body)
            await plans.publish(session, actor, plan_id)

    async def enforce_plan(self, plan_id: UUID) -> None:
        actor = demo_actor("finance", self.county)
        async with service_session(self.ctx, "funds", actor) as session:
            await plans.enforce(session, actor, plan_id)

    async def allocate(self, allocations: dict[str, UUID]) -> None:
        actor = demo_actor("finance", self.county)
        query = text(
            "SELECT id FROM pool WHERE county_code = :county_code AND year = :year AND source_level = 'provincial'"
        )
        async with service_session(self.ctx, "funds", actor) as session:
            values = {"county_code": self.county.county_code, "year": YEAR}
            pool_id = (await session.execute(query, values)).scalar_one()
            for demo in self.reaching("funded"):
                line = {
                    "pool_id": pool_id,
                    "region_code": demo.region_code,
                    "purpose": "industry",
                    "title": demo.name,
                    "amount": f"{demo.amount}.00",
                    "note": "演示数据",
                    "project_id": self.ids[demo.name],
                }
                await allocate_by_steps(session, actor, allocations[demo.name], AllocationWrite.model_validate(line))

    async def accept(self) -> None:
        actor = demo_actor("bureau", self.county)
        body = AcceptanceWrite(
            accepted_on=clock.today(), unit="县级联合验收组（演示）", conclusion="按批复完成，质量合格（演示）"
        )
        async with service_session(self.ctx, "funds", actor) as session:
            for demo in self.reaching("accepted"):
                project_id = self.ids[demo.name]
                await acceptance.accept(session, actor, project_id, await self._version(session, demo), body)

    async def settle_and_hand_over(self) -> None:
        finance, bureau = demo_actor("finance", self.county), demo_actor("bureau", self.county)
        for demo in self.reaching("completed"):
            project_id, amount = self.ids[demo.name], f"{demo.amount}.00"
            async with service_session(self.ctx, "funds", finance) as session:
                settled = SettlementWrite.model_validate({"amount": amount, "number": "演示审〔2026〕18号"})
                await acceptance.settle(session, finance, project_id, await self._version(session, demo), settled)
            asset = {"name": "油茶示范林", "kind": "operating", "category": "种植基地", "amount": amount}
            async with service_session(self.ctx, "funds", bureau) as session:
                handed = HandOverWrite.model_validate({"result": "assets", "assets": [asset]})
                await acceptance.hand_over(session, bureau, project_id, await self._version(session, demo), handed)
                measured = PerformanceWrite.model_validate(
                    {
                        "kind": "self_evaluation",
                        "as_of": clock.today(),
                        "actuals": [demo.goal[2]],
                        "benefited_households": 38,
                        "benefited_people": 121,
                        "income": "86000.00",
                        "problems": "",
                    }
                )
                await measuring.record(session, bureau, project_id, measured)


def _proposal(demo: Demo) -> ProjectWrite:
    name, unit, target = demo.goal
    return ProjectWrite.model_validate(
        {
            "region_code": demo.region_code,
            "year": YEAR,
            "name": demo.name,
            "category": demo.category,
            "nature": "new",
            "place": "村内（演示）",
            "starts_on": f"{YEAR}-03-01",
            "ends_on": f"{YEAR}-11-30",
            "responsible_unit": "村民委员会（演示）",
            "tasks": demo.tasks,
            "size": demo.size,
            "financing": [{"source_level": "provincial", "amount": f"{demo.amount}.00"}],
            "beneficiaries": "本村脱贫户和监测对象",
            "beneficiary_households": 42,
            "beneficiary_people": 136,
            "goals": []
            if demo.stage == "draft"
            else [{"name": name, "unit": unit, "target": target, "at_least": True, "weight": 100}],
            "benefit_kinds": ["employment", "dividend"],
            "benefit_mechanism": demo.mechanism,
        }
    )
