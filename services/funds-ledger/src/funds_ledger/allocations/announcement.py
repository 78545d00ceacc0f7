"""The notice that an allocation makes by itself (FND-7): every result is public, with personal numbers masked."""

from __future__ import annotations

from uuid import UUID

from service_kit import notices
from service_kit.clock import today
from service_kit.money import format_yuan
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations.models import Allocation
from funds_ledger.allocations.rules import public_text
from funds_ledger.allocations.schemas import AllocationWrite, BulkAllocationWrite
from funds_ledger.documents.models import FundDocument
from funds_ledger.pools.models import Pool
from funds_ledger.publication import service as publication
from funds_ledger.terms import PURPOSE_NAMES, SOURCE_LEVEL_NAMES, Purpose, SourceLevel

ALLOCATION = "funds.allocation"
REVERSAL = "funds.allocation_reversal"

TITLE = "资金分配公告："
PARAGRAPHS = ["现将资金分配结果公告如下，接受社会监督。"]
COLUMNS = ["地区", "项目（事项）", "资金年度", "资金来源", "用途", "金额（元）"]


async def allocated(
    session: AsyncSession,
    pool: Pool,
    document: FundDocument | None,
    allocation_id: UUID,
    body: AllocationWrite,
    place: str,
    notice_id: UUID | None = None,
) -> None:
    """资金分配公告, in the transaction of the allocation. The note stays inside.

    Args:
        notice_id: of the notice that payments wait for, when they do.
    """
    title = public_text(body.title)
    await publication.announce(
        session,
        notice_id=notice_id,
        act="allocation",
        region_code=body.region_code,
        kind=ALLOCATION,
        title=f"{TITLE}{place} {title}",
        document_number=document.number if document else None,
        paragraphs=PARAGRAPHS,
        table=notices.NoticeTable(
            columns=COLUMNS,
            rows=[_row(place, title, pool.year, pool.source_level, body.purpose, body.amount)],
        ),
        subject_type="allocation",
        subject_id=allocation_id,
    )


async def allocated_lines(
    session: AsyncSession,
    pool: Pool,
    batch_id: UUID,
    body: BulkAllocationWrite,
    places: dict[str, str],
    notice_id: UUID | None = None,
) -> None:
    """One 资金分配公告 for all lines of a bulk allocation."""
    rows = [
        _row(
            places[line.region_code],
            public_text(line.title),
            pool.year,
            pool.source_level,
            line.purpose,
            line.amount,
        )
        for line in body.lines
    ]
    await publication.announce(
        session,
        notice_id=notice_id,
        act="allocation",
        region_code=pool.county_code,
        kind=ALLOCATION,
        title=f"{TITLE}{public_text(body.title)}",
        paragraphs=[f"现将资金分配结果（{len(rows)} 项）公告如下，接受社会监督。"],
        table=notices.NoticeTable(columns=COLUMNS, rows=rows),
        subject_type="allocation_batch",
        subject_id=batch_id,
    )


async def reversed_(session: AsyncSession, allocation: Allocation, place: str | None) -> None:
    """资金分配撤销公告, in the transaction of the reversal. The reason stays inside."""
    title, where = public_text(allocation.title), place or allocation.region_code
    row = _row(where, title, allocation.year, allocation.source_level, allocation.purpose, allocation.amount_fen)
    await notices.publish(
        session,
        region_code=allocation.region_code,
        kind=REVERSAL,
        title=f"资金分配撤销公告：{where} {title}",
        paragraphs=["以下资金分配已经撤销，资金退回资金池另行安排，特此公告。"],
        table=notices.NoticeTable(columns=COLUMNS, rows=[row]),
        subject_type="allocation",
        subject_id=allocation.id,
        starts_on=today(),
    )


def _row(place: str, title: str, year: int, source_level: SourceLevel, purpose: Purpose, fen: int) -> list[str]:
    return [
        place,
        title,
        str(year),
        SOURCE_LEVEL_NAMES[source_level],
        PURPOSE_NAMES[purpose],
        format_yuan(fen),
    ]
