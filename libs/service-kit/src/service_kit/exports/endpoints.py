"""The doors for exports of one service."""

# Annotations are evaluated here, not kept as text: one of them is made inside a function, where FastAPI could not
# find it by name.
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from service_kit import audit
from service_kit.attachments.endpoints import FILE_ANSWER, file_headers
from service_kit.attachments.subjects import ensure_may
from service_kit.auth import Context, Requires
from service_kit.clock import now
from service_kit.db.session import DbSession
from service_kit.errors import Conflict, FieldError, NotFound
from service_kit.errors import ValidationFailed as Invalid
from service_kit.exports import service
from service_kit.exports.jobs import key_of
from service_kit.exports.kinds import ExportKind
from service_kit.exports.schemas import ExportJob, ExportOrder
from service_kit.files import files_of
from service_kit.idempotency import Idempotency
from service_kit.pagination import Page, Paging, cut
from service_kit.tokens import Actor
from service_kit.validation_messages import field_errors


class ExportNotReady(Conflict):
    code = "export_not_ready"
    title, title_en = "文件还没有生成好", "The file is not ready yet"


class ExportExpired(NotFound):
    code = "export_expired"
    title, title_en = "文件已过保存期，请重新导出", "The file is no longer kept, export again"


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
            return await service.enqueue(session, name, actor, body.kind, kind, params)

        return await idem.once(session, actor, body, ExportJob, act)

    @router.get("", summary="我的导出")
    async def list_exports(actor: FilesUse, session: DbSession, paging: Paging) -> Page[ExportJob]:
        """Newest first."""
        after: Any = paging.after(datetime, UUID)
        rows = await service.page_of(session, actor, after, paging.limit)
        kept, following = cut(rows, paging.limit, lambda row: (row.ordered_at, row.id))
        return Page(items=[service.view(row) for row in kept], next=following)

    @router.get("/{export_id}", summary="导出进度")
    async def get_export(export_id: UUID, actor: FilesUse, session: DbSession) -> ExportJob:
        return service.view(await service.find(session, actor, export_id))

    @router.get(
        "/{export_id}/content", summary="下载导出的文件", response_class=StreamingResponse, responses=FILE_ANSWER
    )
    async def get_export_content(
        export_id: UUID, actor: FilesUse, session: DbSession, ctx: Context
    ) -> StreamingResponse:
        """The file; each download leaves an audit entry."""
        job = await service.find(session, actor, export_id)
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
