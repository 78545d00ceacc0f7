"""Acceptance → settlement → hand-over to the asset registry (FND-6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service_kit import notices
from service_kit.clock import now
from service_kit.errors import FieldError
from service_kit.ids import uuid7
from service_kit.money import format_yuan
from service_kit.outbox import publish
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.acceptance import repository
from funds_ledger.acceptance.models import Acceptance
from funds_ledger.acceptance.schemas import AcceptanceWrite, HandOverAsset, HandOverWrite, SettlementWrite
from funds_ledger.allocations.repository import region_name
from funds_ledger.allocations.rules import public_text
from funds_ledger.errors import AssetsDoNotAddUp, SamePerson, SettlementRefused, StepNotPossible
from funds_ledger.events import AssetToRegister, ProjectAccepted
from funds_ledger.projects import repository as projects
from funds_ledger.projects.models import Project
from funds_ledger.projects.service import records
from funds_ledger.publication import service as publication
from funds_ledger.shares import split


async def accept(
    session: AsyncSession, actor: Actor, project_id: UUID, expected: int, body: AcceptanceWrite
) -> Project:
    """Record the acceptance of a funded project and put its completion on notice.

    Raises:
        NotFound, VersionMismatch, StepNotPossible, StepNotYours, PublicationRuleMissing.
    """
    project = await _locked(session, actor, project_id, expected, body)
    after = records.ensure_may(actor, project, "accept")
    money = await repository.money_of(session, project)
    allocated, paid = sum(row.allocated for row in money), sum(row.paid for row in money)
    if not allocated:
        raise StepNotPossible("该项目还没有安排资金，不能验收", state_now=project.state)
    notice = await publication.put_up(
        session,
        act="completion",
        region_code=project.region_code,
        subject_type="project",
        subject_id=project.id,
        title=f"项目完工公示：{await _place(session, project)} {public_text(project.name)}",
        paragraphs=["以下项目已经完工并验收，现将完成和资金使用情况予以公示。"],
        table=notices.NoticeTable(
            columns=["内容", "说明"],
            rows=[
                ["项目名称", public_text(project.name)],
                ["建设任务与规模", public_text(f"{project.tasks};{project.size}")],
                ["责任单位", public_text(project.responsible_unit or "")],
                ["安排资金（元）", format_yuan(allocated)],
                ["已支付（元）", format_yuan(paid)],
                ["验收单位", public_text(body.unit)],
                ["验收结论", public_text(body.conclusion)],
            ],
        ),
    )
    session.add(
        Acceptance(
            county_code=project.county_code,
            id=uuid7(),
            project_id=project.id,
            region_code=project.region_code,
            accepted_on=body.accepted_on,
            unit=body.unit,
            conclusion=body.conclusion,
            accepted_by=actor.id,
            accepted_by_name=actor.name,
            notice_id=notice.id,
            composition=[],
            result_note="",
            assets=[],
        )
    )
    project.notice_id = notice.id
    evidence = {"accepted_on": body.accepted_on.isoformat(), "unit": body.unit}
    await records.move(session, actor, project, "accept", after, opinion=body.conclusion, evidence=evidence)
    return project


async def settle(
    session: AsyncSession, actor: Actor, project_id: UUID, expected: int, body: SettlementWrite
) -> Project:
    """Fix the final amount, at least what was paid and at most what was allocated, and where it came from.

    Raises:
        NotFound, VersionMismatch, StepNotPossible, StepNotYours.
        SamePerson: whoever accepted the project does not settle it.
        SettlementRefused: with ``paid`` and ``allocated``.
    """
    project = await _locked(session, actor, project_id, expected, body)
    after = records.ensure_may(actor, project, "settle")
    acceptance = await _standing(session, project)
    if acceptance.accepted_by == actor.id:
        raise SamePerson("验收人不能办理决算")
    money = await repository.money_of(session, project)
    allocated, paid = sum(row.allocated for row in money), sum(row.paid for row in money)
    if not paid <= body.amount <= allocated:
        raise SettlementRefused(
            f"决算金额应在已支付 {format_yuan(paid)} 元与已安排 {format_yuan(allocated)} 元之间",
            paid=format_yuan(paid),
            allocated=format_yuan(allocated),
        )
    acceptance.composition = _composition(body.amount, money)
    acceptance.settled_fen, acceptance.settlement_number = body.amount, body.number
    acceptance.settled_by, acceptance.settled_by_name, acceptance.settled_at = actor.id, actor.name, now()
    evidence = {"amount": format_yuan(body.amount), "number": body.number}
    await records.move(session, actor, project, "settle", after, opinion="", evidence=evidence)
    return project


def _composition(settled: int, money: Sequence[Any]) -> list[dict[str, Any]]:
    """The settled money by source, year and document: what each paid, and of the rest its share of what is left."""
    keys = [f"{n:06}" for n in range(len(money))]
    paid = {key: row.paid for key, row in zip(keys, money, strict=True)}
    left = {key: row.allocated - row.paid for key, row in zip(keys, money, strict=True)}
    rest = settled - sum(paid.values())
    more = split(rest, left) if rest else dict.fromkeys(keys, 0)
    return [
        {
            "source_level": row.source_level,
            "year": row.year,
            "document_number": row.document_number,
            "amount_fen": paid[key] + more[key],
        }
        for key, row in zip(keys, money, strict=True)
        if paid[key] + more[key]
    ]


async def hand_over(
    session: AsyncSession, actor: Actor, project_id: UUID, expected: int, body: HandOverWrite
) -> Project:
    """End a project as assets for the registry or as a result that is written down.

    Raises:
        NotFound, VersionMismatch, StepNotPossible, StepNotYours.
        NoticeStillUp: the notice of its completion has not ended clear.
        AssetsDoNotAddUp: with the difference.
    """
    project = await _locked(session, actor, project_id, expected, body)
    after = records.ensure_may(actor, project, "hand_over")
    acceptance = await _standing(session, project)
    settled = acceptance.settled_fen or 0
    if body.assets and (total := sum(asset.amount for asset in body.assets)) != settled:
        raise AssetsDoNotAddUp(
            f"各项资产合计 {format_yuan(total)} 元，决算 {format_yuan(settled)} 元",
            errors=[FieldError("body.assets", "assets_do_not_add_up", "合计应等于决算金额")],
            difference=format_yuan(total - settled),
        )
    await publication.close(session, project.county_code, acceptance.notice_id)
    acceptance.result, acceptance.result_note = body.result, body.note
    acceptance.assets = [_stored(asset) for asset in body.assets]
    await records.move(session, actor, project, "hand_over", after, opinion=body.note, evidence={"result": body.result})
    if body.assets:
        await publish(session, _event(project, acceptance), key=str(project.id))
    return project


def _stored(asset: HandOverAsset) -> dict[str, Any]:
    return asset.model_dump(exclude={"amount"}) | {"id": str(uuid7()), "amount_fen": asset.amount}


def _event(project: Project, acceptance: Acceptance) -> ProjectAccepted:
    compositions = compose([asset["amount_fen"] for asset in acceptance.assets], acceptance.composition)
    return ProjectAccepted(
        project_id=project.id,
        county_code=project.county_code,
        region_code=project.region_code,
        name=project.name,
        accepted_on=acceptance.accepted_on,
        settled_fen=acceptance.settled_fen or 0,
        assets=[
            AssetToRegister.model_validate(
                {name: asset[name] for name in ("id", "name", "kind", "category", "location")}
                | {"value_fen": asset["amount_fen"], "fund_composition": composition}
            )
            for asset, composition in zip(acceptance.assets, compositions, strict=True)
        ],
    )


def compose(values: Sequence[int], sources: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Split the sources over assets so that every asset's lines add up to its value and every source is used up.

    One asset after the other takes its share of what is left of each source; the last one takes the rest.
    """
    left = {f"{n:06}": source["amount_fen"] for n, source in enumerate(sources)}
    found = []
    for value in values:
        part = split(value, left)
        left = {key: left[key] - part[key] for key in left}
        found.append([source | {"amount_fen": part[f"{n:06}"]} for n, source in enumerate(sources) if part[f"{n:06}"]])
    return found


async def _locked(session: AsyncSession, actor: Actor, project_id: UUID, expected: int, body: Any) -> Project:
    project = await projects.lock(session, actor, project_id)
    await records.ensure_version(session, actor, project, expected, body.model_dump(mode="json"))
    return project


async def _standing(session: AsyncSession, project: Project) -> Acceptance:
    acceptance = await repository.standing(session, project)
    if acceptance is None:
        raise StepNotPossible("没有找到验收记录")
    return acceptance


async def _place(session: AsyncSession, project: Project) -> str:
    return await region_name(session, project.region_code) or project.region_code
