"""Jobs as the person who ordered them sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit import audit, queue
from service_kit.clock import SHANGHAI, now
from service_kit.errors import NotFound
from service_kit.exports.jobs import RUN
from service_kit.exports.kinds import ExportKind
from service_kit.exports.schemas import ExportJob
from service_kit.exports.tables import export_job
from service_kit.ids import uuid7
from service_kit.schemas import ApiModel
from service_kit.tokens import Actor


async def enqueue(
    session: AsyncSession, service: str, actor: Actor, name: str, kind: ExportKind, params: ApiModel
) -> ExportJob:
    """Write the job, its audit entry and its place in the queue in the caller's transaction."""
    order = await kind.order(session, actor, params)
    job_id = uuid7()
    content = params.model_dump(mode="json")
    await session.execute(
        insert(export_job).values(
            id=job_id,
            kind=name,
            title=order.title,
            params=content,
            state="queued",
            progress=0,
            attempts=0,
            actor_id=actor.id,
            actor_username=actor.username,
            actor_name=actor.name,
            actor_role=actor.role,
            actor_region=actor.region,
            actor_permissions=sorted(actor.permissions),
            ordered_at=now(),
        )
    )
    await audit.record(
        session,
        actor,
        action="export.order",
        subject_type="export",
        subject_id=job_id,
        region_code=order.region_code,
        detail={"kind": name, "title": kind.title} | dict(order.detail),
    )
    await queue.enqueue(session, RUN, str(job_id).encode(), service=service)
    return view(await find(session, actor, job_id))


async def find(session: AsyncSession, actor: Actor, export_id: UUID) -> Row[Any]:
    """Raises: NotFound when it is not there, or somebody else's."""
    query = select(export_job).where(export_job.c.id == export_id, export_job.c.actor_id == actor.id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def view(row: Row[Any]) -> ExportJob:
    return ExportJob(
        id=row.id,
        kind=row.kind,
        title=row.title,
        state=row.state,
        progress=row.progress,
        rows=row.row_count,
        file_name=row.file_name,
        media_type=row.media_type,
        size=row.size_bytes,
        error=row.error,
        ordered_at=row.ordered_at.astimezone(SHANGHAI),
        finished_at=row.finished_at.astimezone(SHANGHAI) if row.finished_at else None,
        expires_at=row.expires_at.astimezone(SHANGHAI) if row.expires_at else None,
        removed=row.removed_at is not None or (row.expires_at is not None and row.expires_at < now()),
    )


async def page_of(
    session: AsyncSession, actor: Actor, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to ``limit + 1`` jobs of the actor, newest first, after the key ``after``."""
    query = select(export_job).where(export_job.c.actor_id == actor.id)
    if after is not None:
        query = query.where(tuple_(export_job.c.ordered_at, export_job.c.id) < tuple_(*after))
    newest = query.order_by(export_job.c.ordered_at.desc(), export_job.c.id.desc())
    return (await session.execute(newest.limit(limit + 1))).all()
