"""The doors for exports of one service."""

# Annotations are evaluated here, not kept as text: one of them is made inside a function, where FastAPI could not
# find it by name.
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import Field, ValidationError
from sqlalchemy import Row, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit import audit, queue
from service_kit.attachments.endpoints import FILE_ANSWER, file_headers
from service_kit.attachments.subjects import ensure_may
from service_kit.auth import Context, Requires
from service_kit.clock import SHANGHAI, now
from service_kit.db.session import DbSession
from service_kit.errors import Conflict, FieldError, NotFound
from service_kit.errors import ValidationFailed as Invalid
from service_kit.exports.jobs import RUN, key_of
from service_kit.exports.kinds import ExportKind
from service_kit.exports.tables import export_job
from service_kit.files import files_of
from service_kit.idempotency import Idempotency
from service_kit.ids import uuid7
from service_kit.pagination import Page, Paging, cut
from service_kit.schemas import ApiModel, ReadModel
from service_kit.tokens import Actor
from service_kit.validation_messages import field_errors


class ExportNotReady(Conflict):
    code = "export_not_ready"
    title, title_en = "文件还没有生成好", "The file is not ready yet"


class ExportExpired(NotFound):
    code = "export_expired"
    title, title_en = "文件已过保存期，请重新导出", "The file is no longer kept, export again"


class ExportOrder(ApiModel):
    kind: str = Field(min_length=1, max_length=60)
    params: dict[str, Any] = Field(default_factory=dict, max_length=30)


class ExportJob(ReadModel):
    id: UUID
    kind: str
    title: str
    state: Literal["queued", "running", "done", "failed"]
    progress: float = Field(ge=0, le=1)
    rows: int | None
    file_name: str | None
    media_type: str | None
    size: int | None
    error: str | None
    ordered_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    """The file is removed then; the line stays."""
    removed: bool


def export_router(name: str, kinds: Mapping[str, ExportKind]) -> APIRouter:
    """``/exports`` of the service ``name``. A person sees their own exports only."""
    router = APIRouter(prefix="/exports", tags=["exports"])
    FilesUse = Annotated[Actor, Depends(Requires(f"{name}.files:use"))]  # noqa: N806 - a type

    @router.post("", status_code=202, summary="开始一次导出")
    async def order_export(body: ExportOrder, actor: FilesUse, session: DbSession, idem: Idempotency) -> ExportJob:
        """The job runs in the background; ask ``GET /exports/{id}`` how far it is."""
        kind = kinds.get(body.kind)
        if kind is None:
            known = "、".join(sorted(kinds))
            raise Invalid(errors=[FieldError("body.kind", "export_unknown", f"应为 {known} 之一")])
        ensure_may(actor, kind.permission)
        try:
            params = kind.params.model_validate(body.params)
        except ValidationError as error:
            found = field_errors([{**e, "loc": ("body", "params", *e["loc"])} for e in error.errors()])
            raise Invalid(f"有 {len(found)} 处需要更正", errors=found) from error

        async def act() -> ExportJob:
            return await _enqueue(session, name, actor, body.kind, kind, params)

        return await idem.once(session, actor, body, ExportJob, act)

    @router.get("", summary="我的导出")
    async def list_exports(actor: FilesUse, session: DbSession, paging: Paging) -> Page[ExportJob]:
        """Newest first."""
        query = select(export_job).where(export_job.c.actor_id == actor.id)
        if key := paging.after(datetime, UUID):
            query = query.where(tuple_(export_job.c.ordered_at, export_job.c.id) < tuple_(*key))
        newest = query.order_by(export_job.c.ordered_at.desc(), export_job.c.id.desc())
        rows = (await session.execute(newest.limit(paging.limit + 1))).all()
        kept, following = cut(rows, paging.limit, lambda row: (row.ordered_at, row.id))
        return Page(items=[_view(row) for row in kept], next=following)

    @router.get("/{export_id}", summary="导出进度")
    async def get_export(export_id: UUID, actor: FilesUse, session: DbSession) -> ExportJob:
        return _view(await _mine(session, actor, export_id))

    @router.get(
        "/{export_id}/content", summary="下载导出的文件", response_class=StreamingResponse, responses=FILE_ANSWER
    )
    async def get_export_content(
        export_id: UUID, actor: FilesUse, session: DbSession, ctx: Context
    ) -> StreamingResponse:
        """The file; each download leaves an audit entry."""
        job = await _mine(session, actor, export_id)
        if job.state != "done":
            raise ExportNotReady()
        if job.removed_at is not None or job.expires_at < now():
            raise ExportExpired()
        pieces = await files_of(ctx).read(key_of(job.id))
        await audit.record(
            session,
            actor,
            action="export.download",
            subject_type="export",
            subject_id=job.id,
            region_code=actor.region,
            detail={"kind": job.kind, "rows": job.row_count},
        )
        headers = file_headers(job.file_name, job.size_bytes, job.media_type)
        return StreamingResponse(pieces, media_type=job.media_type, headers=headers)

    return router


async def _enqueue(
    session: AsyncSession, service: str, actor: Actor, name: str, kind: ExportKind, params: ApiModel
) -> ExportJob:
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
    return _view(await _mine(session, actor, job_id))


async def _mine(session: AsyncSession, actor: Actor, export_id: UUID) -> Row[Any]:
    query = select(export_job).where(export_job.c.id == export_id, export_job.c.actor_id == actor.id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def _view(row: Row[Any]) -> ExportJob:
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
