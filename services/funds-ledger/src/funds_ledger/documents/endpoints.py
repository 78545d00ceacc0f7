"""HTTP of budget documents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from service_kit.db import DbSession
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.pagination import Page, Paging, cut

from funds_ledger.documents import acts, repository, service
from funds_ledger.documents.auth import DocumentsRead, DocumentsWrite
from funds_ledger.documents.schemas import DocumentActRead, DocumentActWrite, DocumentRead, DocumentWrite
from funds_ledger.terms import SourceLevel, Year

router = APIRouter(prefix="/documents", tags=["documents"])


@router.get("", summary="指标文件列表")
async def list_documents(
    actor: DocumentsRead,
    session: DbSession,
    paging: Paging,
    year: Annotated[Year | None, Query()] = None,
    source_level: Annotated[SourceLevel | None, Query()] = None,
) -> Page[DocumentRead]:
    after = paging.after(datetime, str, UUID)
    rows = await repository.page(
        session,
        actor,
        year=year,
        source_level=source_level,
        after=(after[0], after[1], after[2]) if after else None,
        limit=paging.limit + 1,
    )
    kept, following = cut(rows, paging.limit, lambda row: (row.created_at, row.county_code, row.id))
    return Page(items=[service.read(row) for row in kept], next=following)


@router.get("/{document_id}", summary="指标文件")
async def get_document(document_id: UUID, actor: DocumentsRead, session: DbSession) -> DocumentRead:
    return await service.get(session, actor, document_id)


@router.put("/{document_id}", summary="登记指标文件，资金入池", responses={201: {"model": DocumentRead}})
async def put_document(
    document_id: Uuid7, body: DocumentWrite, actor: DocumentsWrite, session: DbSession, response: Response
) -> DocumentRead:
    """Register a document; the same content again changes nothing."""
    read, created = await service.register(session, actor, document_id, body)
    if created:
        response.status_code = status.HTTP_201_CREATED
    return read


@router.get("/{document_id}/acts", summary="指标文件的追加、调减、退回")
async def list_document_acts(
    document_id: UUID, actor: DocumentsRead, session: DbSession, paging: Paging
) -> Page[DocumentActRead]:
    await service.get(session, actor, document_id)
    after = paging.after(int)
    rows = await repository.acts(session, actor, document_id, (after[0],) if after else None, paging.limit + 1)
    kept, following = cut(rows, paging.limit, lambda row: (row.seq,))
    return Page(items=[acts.read_act(row) for row in kept], next=following)


@router.post("/{document_id}/acts", summary="追加、调减或退回指标文件的资金")
async def act_on_document(
    document_id: UUID, body: DocumentActWrite, actor: DocumentsWrite, session: DbSession, command: Idempotency
) -> DocumentActRead:
    """Post a supplement, cut or return.

    A cut or return beyond the red line (``industry_floor_broken``), the unallocated money (``pool_exhausted``) or what
    allocations draw on the document (``document_exhausted``) is refused with ``must_move``, the exact yuan that must
    move first.
    """
    return await command.once(
        session, actor, body, DocumentActRead, lambda: acts.act(session, actor, document_id, body)
    )
