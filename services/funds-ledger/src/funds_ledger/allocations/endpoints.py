"""HTTP of allocations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from service_kit.attachments.endpoints import file_headers
from service_kit.db import DbSession, WriteDb
from service_kit.files.media import XLSX
from service_kit.idempotency import Idempotency
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging, capped, cut
from service_kit.region import RegionCode

from funds_ledger.allocations import bulk, repository, service, worksheet
from funds_ledger.allocations.auth import AllocationsRead, AllocationsWrite
from funds_ledger.allocations.schemas import (
    AllocationRead,
    AllocationStatus,
    AllocationWrite,
    BulkAllocationRead,
    BulkAllocationWrite,
    ReversalRequest,
    Worksheet,
)
from funds_ledger.terms import SourceLevel, Year

router = APIRouter(prefix="/allocations", tags=["allocations"])


@router.get("", summary="资金分配列表")
async def list_allocations(
    actor: AllocationsRead,
    session: DbSession,
    paging: Paging,
    year: Annotated[Year | None, Query()] = None,
    source_level: Annotated[SourceLevel | None, Query()] = None,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级")] = None,
    pool_id: Annotated[UUID | None, Query()] = None,
    allocation_status: Annotated[AllocationStatus | None, Query(alias="status")] = None,
) -> Page[AllocationRead]:
    query = repository.filtered(
        actor,
        year=year,
        source_level=source_level,
        region_code=region,
        pool_id=pool_id,
        status=allocation_status,
    )
    after = paging.after(datetime, str, UUID)
    rows = await repository.page(session, query, (after[0], after[1], after[2]) if after else None, paging.limit + 1)
    total, over = capped(await repository.count(session, query) if paging.with_total else None)
    kept, following = cut(
        rows, paging.limit, lambda r: (r.Allocation.created_at, r.Allocation.county_code, r.Allocation.id)
    )
    return Page(items=[service.read(row) for row in kept], next=following, total=total, total_capped=over)


@router.post("/bulk", summary="批量分配资金（全部入账或全部不入账）")
async def allocate_in_bulk(
    body: BulkAllocationWrite, actor: AllocationsWrite, session: DbSession, command: Idempotency
) -> BulkAllocationRead:
    """Allocate up to 1,000 lines as one posting and publish them in one notice.

    A refusal names the lines that do not fit: ``lines`` with their numbers from 1, ``errors`` with their paths.
    """
    return await command.once(
        session, actor, body, BulkAllocationRead, lambda: bulk.allocate_lines(session, actor, body)
    )


@router.post(
    "/worksheet",
    summary="分配工作台的表格（xlsx，不入账）",
    response_class=Response,
    responses={200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def export_worksheet(body: Worksheet, actor: AllocationsWrite, session: DbSession) -> Response:
    """What stands in the sheet, right or wrong, as a workbook; nothing is written."""
    content = await worksheet.workbook(session, actor, body)
    return Response(content, media_type=XLSX, headers=file_headers(f"{body.title}.xlsx", len(content), XLSX))


@router.get("/{allocation_id}", summary="资金分配")
async def get_allocation(allocation_id: UUID, actor: AllocationsRead, session: DbSession) -> AllocationRead:
    return await service.get(session, actor, allocation_id)


@router.put(
    "/{allocation_id}", response_model=AllocationRead, summary="分配资金", responses={201: {"model": AllocationRead}}
)
async def put_allocation(allocation_id: Uuid7, body: AllocationWrite, actor: AllocationsWrite, db: WriteDb) -> Response:
    """Allocate money and publish it; the same content again changes nothing.

    Refused beyond the red line (``industry_floor_broken``) or the money (``pool_exhausted``) with ``shortfall``,
    ``headroom_other``, ``headroom_total`` in yuan and ``floor_bp``.
    """
    read, created = await service.allocate(db, actor, allocation_id, body)
    return JsonBytes(read.model_dump_json(), status.HTTP_201_CREATED if created else status.HTTP_200_OK)


@router.post("/{allocation_id}/reversal", summary="撤销一笔分配")
async def reverse_allocation(
    allocation_id: UUID,
    body: ReversalRequest,
    actor: AllocationsWrite,
    session: DbSession,
    command: Idempotency,
) -> AllocationRead:
    """Give the money back to the pool by a linked counter-transfer, and publish that."""
    return await command.once(
        session, actor, body, AllocationRead, lambda: service.reverse(session, actor, allocation_id, body)
    )
