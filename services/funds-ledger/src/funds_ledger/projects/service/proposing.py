"""Proposing a project: the draft, its changes, and handing it in with what the checks found (FND-4)."""

from __future__ import annotations

import hashlib
from uuid import UUID

from service_kit.auth import ensure_in_scope
from service_kit.clock import now, today
from service_kit.errors import AlreadyExists, FieldError
from service_kit.json import canonical
from service_kit.money import format_yuan
from service_kit.region import county_of
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations.repository import region_name
from funds_ledger.errors import ProposalIncomplete, RegionUnknown, StepNotYours
from funds_ledger.projects import repository, rules
from funds_ledger.projects.models import Project
from funds_ledger.projects.schemas import ProjectUpdate, ProjectWrite
from funds_ledger.projects.service import records


async def open_project(
    session: AsyncSession, actor: Actor, project_id: UUID, body: ProjectWrite
) -> tuple[Project, bool]:
    """Begin a proposal as a draft; the same request again changes nothing. Says whether it was new.

    Raises:
        RegionOutOfScope, RegionUnknown, StepNotYours.
        AlreadyExists: the id holds another project.
    """
    ensure_in_scope(actor, body.region_code)
    if actor.role not in rules.PROPOSERS:
        raise StepNotYours("项目由村、乡镇申报")
    county_code, digest = county_of(body.region_code), hashlib.sha256(canonical(body.model_dump(mode="json"))).digest()
    if await region_name(session, body.region_code) is None:
        raise RegionUnknown(errors=[FieldError("body.region_code", "region_unknown", "没有登记这个地区")])
    moment = now()
    values = records.content(body) | {
        "county_code": county_code,
        "id": project_id,
        "region_code": body.region_code,
        "year": body.year,
        "name": body.name,
        "state": "draft",
        "state_since": moment,
        "open_findings": 0,
        "proposed_by": actor.id,
        "proposed_by_name": actor.name,
        "content_hash": digest,
        "demo": False,
        "version": 1,
        "created_at": moment,
        "updated_at": moment,
    }
    created = await repository.claim(session, values)
    project = await repository.of_county(session, county_code, project_id)
    if project is None or project.content_hash != digest:
        raise AlreadyExists()
    if created:
        await records.write_step(session, actor, project, "open", before=None, opinion="")
    return project, created


async def edit(session: AsyncSession, actor: Actor, project_id: UUID, expected: int, body: ProjectUpdate) -> Project:
    """Write the draft anew.

    Raises:
        NotFound, VersionMismatch, StepNotPossible, StepNotYours.
    """
    project = await repository.lock(session, actor, project_id)
    await records.ensure_version(session, actor, project, expected, body.model_dump(mode="json"))
    records.ensure_may(actor, project, "edit")
    changed = {"year": body.year, "name": body.name} | records.content(body)
    names = [name for name, value in changed.items() if getattr(project, name) != value]
    if not names:
        return project
    for name in names:
        setattr(project, name, changed[name])
    await records.move(session, actor, project, "edit", "draft", opinion="", evidence={"fields": names})
    return project


async def submit(session: AsyncSession, actor: Actor, project: Project, opinion: str) -> None:
    """Hand the proposal in, with what the negative list and the search for duplicates found.

    Raises:
        StepNotPossible, StepNotYours.
        ProposalIncomplete: with the sections and fields that are missing; no targets, no entry.
    """
    after = records.ensure_may(actor, project, "submit")
    if lacking := rules.missing(records.fields_of(project)):
        errors = [
            FieldError(f"body.{name}", "missing", "入库申报必须填写") for names in lacking.values() for name in names
        ]
        raise ProposalIncomplete(errors=errors, missing=lacking)
    await look_for_findings(session, project)
    if actor.role == "township" and len(actor.region) <= 9:
        opinion = opinion or "乡镇申报"
    await records.move(
        session, actor, project, "submit", after, opinion=opinion, evidence={"findings": project.open_findings}
    )


async def look_for_findings(session: AsyncSession, project: Project) -> None:
    """Match the proposal with the negative list and with other projects. What was decided before stays decided."""
    items = {str(item.id): item for item in await repository.negative_list(session, project.county_code, today())}
    texts = {
        name: getattr(project, name) or ""
        for name in ("name", "tasks", "size", "place", "beneficiaries", "benefit_mechanism")
    }
    listed = [rules.NegativeItem(key, tuple(item.words)) for key, item in items.items()]
    found: dict[tuple[str, UUID], dict[str, object]] = {}
    for hit in rules.negative_hits(texts, listed):
        item = items[hit.key]
        detail = found.setdefault(
            ("negative", item.id), {"code": item.code, "title": item.title, "rule": item.rule, "matches": []}
        )
        detail["matches"].append({"field": hit.field, "word": hit.word})  # type: ignore[attr-defined]
    for row in await repository.similar(session, project):
        found["duplicate", UUID(str(row.id))] = {
            "name": row.name,
            "year": row.year,
            "state": row.state,
            "region_code": row.region_code,
            "planned": format_yuan(row.planned_fen) if row.planned_fen is not None else None,
            "likeness": row.likeness,
        }
    known = {(finding.kind, finding.subject_id): finding for finding in await repository.findings(session, project)}
    for key, finding in known.items():
        finding.active = key in found
        finding.detail = found.get(key, finding.detail)
    for (kind, subject_id), detail in found.items():
        if (kind, subject_id) not in known:
            await repository.add_finding(session, project, kind, subject_id, detail)
    await session.flush()
    project.open_findings = await count_open(session, project)


async def count_open(session: AsyncSession, project: Project) -> int:
    return sum(f.active and f.verdict != "cleared" for f in await repository.findings(session, project))
