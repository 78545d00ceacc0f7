"""The doors for attachments, made for one service."""

# Annotations are evaluated here, not kept as text: one of them is made inside a function, where FastAPI could not
# find it by name.
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from service_kit import audit
from service_kit.attachments import service
from service_kit.attachments.schemas import AttachmentCreate, AttachmentRead, AttachmentReceipt
from service_kit.attachments.subjects import Subjects, ensure_may, subject_named
from service_kit.auth import Context, Requires
from service_kit.db.session import DbSession, system_session
from service_kit.errors import NotFound
from service_kit.files import files_of, receive
from service_kit.files.media import XLSX
from service_kit.ids import Uuid7
from service_kit.pagination import Page, Paging, cut
from service_kit.tokens import Actor

RAW_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
FILE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": dict.fromkeys(("application/octet-stream", XLSX, "text/csv"), _BINARY)}
}


def attachment_router(name: str, subjects: Subjects) -> APIRouter:
    """``/attachments`` of the service ``name``.

    Every door asks for ``<service>.files:use``; what of, each subject's own permissions decide.
    """
    router = APIRouter(prefix="/attachments", tags=["attachments"])
    FilesUse = Annotated[Actor, Depends(Requires(f"{name}.files:use"))]  # noqa: N806 - a type

    @router.put("/{attachment_id}", summary="登记一个附件")
    async def declare_attachment(
        attachment_id: Uuid7, body: AttachmentCreate, actor: FilesUse, session: DbSession
    ) -> AttachmentRead:
        """Names a file of a record that is there; its bytes come next."""
        subject = subject_named(subjects, body.subject_type, path="body.subject_type")
        ensure_may(actor, subject.write)
        region_code = await subject.locate(session, actor, body.subject_id)
        await service.declare(
            session,
            actor,
            region_code=region_code,
            subject_type=body.subject_type,
            subject_id=body.subject_id,
            files=[body.declaration(attachment_id)],
        )
        return service.view(await service.find(session, actor, attachment_id))

    @router.put("/{attachment_id}/content", summary="上传附件内容", openapi_extra=RAW_BODY)
    async def put_attachment_content(
        attachment_id: UUID, request: Request, actor: FilesUse, ctx: Context
    ) -> AttachmentReceipt:
        """The receipt is given when the bytes are on the disk. The same bytes again: the same receipt.

        Two short transactions instead of one: a phone may send for minutes, and no connection waits for it.
        """
        async with system_session(ctx, actor.scope) as session:
            row = await service.find(session, actor, attachment_id)
        ensure_may(actor, subject_named(subjects, row.subject_type, path="path.attachment_id").write)
        service.ensure_same_size(row, request.headers.get("content-length"))
        async with receive(request) as received:
            await service.store_bytes(files_of(ctx), row, received)
        async with system_session(ctx, actor.scope) as session:
            return AttachmentReceipt(receipt=await service.note_received(session, row))

    @router.get("", summary="一条记录的附件")
    async def list_attachments(
        actor: FilesUse,
        session: DbSession,
        paging: Paging,
        subject_type: Annotated[str, Query(max_length=40)],
        subject_id: UUID,
    ) -> Page[AttachmentRead]:
        """In the order in which they were declared."""
        ensure_may(actor, subject_named(subjects, subject_type, path="query.subject_type").read)
        after: Any = paging.after(datetime, UUID)
        rows = await service.page_of(session, actor, subject_type, subject_id, after, paging.limit)
        kept, following = cut(rows, paging.limit, lambda row: (row.declared_at, row.id))
        return Page(items=[service.view(row) for row in kept], next=following)

    @router.get("/{attachment_id}/content", summary="附件内容", response_class=StreamingResponse, responses=FILE_ANSWER)
    async def get_attachment_content(
        attachment_id: UUID, actor: FilesUse, session: DbSession, ctx: Context
    ) -> StreamingResponse:
        """The bytes. A look at a personal one leaves an audit entry."""
        row = await service.find(session, actor, attachment_id)
        subject = subject_named(subjects, row.subject_type, path="path.attachment_id")
        ensure_may(actor, subject.read)
        if row.received_at is None:
            raise NotFound("文件还没有传上来")
        pieces = await files_of(ctx).read(service.key_of(row))
        if subject.personal:
            await audit.record(
                session,
                actor,
                action="attachment.view",
                subject_type=row.subject_type,
                subject_id=row.subject_id,
                region_code=row.region_code,
                detail={"attachment": str(row.id), "kind": row.kind},
            )
        return StreamingResponse(
            pieces, media_type=row.media_type, headers=file_headers(row.file_name, row.size_bytes, row.media_type)
        )

    return router


def file_headers(file_name: str, size: int, media_type: str) -> dict[str, str]:
    """Pictures and PDF open in the browser, anything else is saved."""
    way = "attachment" if media_type == XLSX else "inline"
    return {
        "content-length": str(size),
        "content-disposition": f"{way}; filename*=UTF-8''{quote(file_name, safe='')}",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
