"""The notices that acts on projects make by themselves (FND-7)."""

from __future__ import annotations

from typing import Any

from service_kit import notices
from service_kit.money import format_yuan
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations.repository import region_name
from funds_ledger.allocations.rules import public_text
from funds_ledger.projects import rules
from funds_ledger.projects.models import Project
from funds_ledger.publication import service as publication
from funds_ledger.publication.models import ActNotice
from funds_ledger.terms import SOURCE_LEVEL_NAMES

_NATURE = {"new": "新建", "extended": "续建"}
_FIELDS = {
    "financing": "资金来源",
    "planned_fen": "计划投资（元）",
    "ends_on": "完工日期",
    "tasks": "建设任务",
    "size": "建设规模",
}


async def entry(session: AsyncSession, project: Project) -> ActNotice:
    """拟入库项目公示: what, where, by whom, how much, for whom, to what end."""
    place = await region_name(session, project.region_code) or project.region_code
    goals = ";".join(
        f"{goal['name']}{'≥' if goal['at_least'] else '≤'}{goal['target']}{goal['unit']}" for goal in project.goals
    )
    category = rules.CATEGORY_NAMES[project.category]  # type: ignore[index] # complete by its CHECK
    rows = [
        ["项目名称", public_text(project.name)],
        ["项目类别与性质", f"{category},{_NATURE[project.nature or 'new']}"],
        ["建设地点", f"{place} {public_text(project.place or '')}"],
        ["建设期限", f"{project.starts_on} 至 {project.ends_on}"],
        ["责任单位", public_text(project.responsible_unit or "")],
        ["建设任务与规模", public_text(f"{project.tasks};{project.size}")],
        ["计划投资（元）", format_yuan(project.planned_fen or 0)],
        ["资金来源", _financing(project.financing)],
        ["受益对象", public_text(project.beneficiaries or "")],
        ["绩效目标", public_text(goals)],
        ["联农带农机制", public_text(project.benefit_mechanism or "")],
    ]
    return await publication.put_up(
        session,
        act="library_entry",
        region_code=project.region_code,
        subject_type="project",
        subject_id=project.id,
        title=f"拟入库项目公示：{place} {public_text(project.name)}",
        paragraphs=["以下项目经村级申报、乡镇审核、县级审核，拟纳入项目库，现予公示。"],
        table=notices.NoticeTable(columns=["内容", "说明"], rows=rows),
    )


def _financing(lines: list[dict[str, Any]]) -> str:
    return ";".join(
        f"{SOURCE_LEVEL_NAMES[line['source_level']]} {format_yuan(line['amount_fen'])} 元" for line in lines
    )


async def adjustment(session: AsyncSession, project: Project, reason: str, changes: dict[str, Any]) -> ActNotice:
    """项目调整公示: each changed field before and after."""
    place = await region_name(session, project.region_code) or project.region_code
    rows = [
        [_FIELDS[name], _spelled(name, getattr(project, name)), _spelled(name, after)]
        for name, after in changes.items()
    ]
    return await publication.put_up(
        session,
        act="adjustment",
        region_code=project.region_code,
        subject_type="project",
        subject_id=project.id,
        title=f"项目调整公示：{place} {public_text(project.name)}",
        paragraphs=[f"调整原因：{public_text(reason)}"],
        table=notices.NoticeTable(columns=["内容", "调整前", "调整后"], rows=rows),
    )


def _spelled(name: str, value: Any) -> str:
    if name == "financing":
        return _financing(value)
    if name == "planned_fen":
        return format_yuan(value)
    return public_text(str(value))


async def withdrawal(session: AsyncSession, project: Project, reason: str) -> ActNotice:
    """拟退库项目公示."""
    place = await region_name(session, project.region_code) or project.region_code
    return await publication.put_up(
        session,
        act="withdrawal",
        region_code=project.region_code,
        subject_type="project",
        subject_id=project.id,
        title=f"拟退库项目公示：{place} {public_text(project.name)}",
        paragraphs=["以下项目拟退出项目库，现予公示。", f"退库原因：{public_text(reason)}"],
    )
