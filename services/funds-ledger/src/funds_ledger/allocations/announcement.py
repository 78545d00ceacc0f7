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

_COLUMNS = ["地区", "项目（事项）", "资金年度", "资金来源", "用途", "金额（元）"]

Content = tuple[str, str | None, list[str], notices.NoticeTable]
"""Title, document number, paragraphs and table of a notice."""


def of_one(row: list[str], document_number: str | None) -> Content:
    """资金分配公告 of one allocation. The note stays inside."""
    table = notices.NoticeTable.model_construct(columns=_COLUMNS, rows=[row])
    return f"资金分配公告：{row[0]} {row[1]}", document_number, ["现将资金分配结果公告如下，接受社会监督。"], table


def of_lines(title: str, rows: list[list[str]]) -> Content:
    """One 资金分配公告 for all lines of a bulk allocation."""
    table = notices.NoticeTable.model_construct(columns=_COLUMNS, rows=rows)
    words = f"现将资金分配结果（{len(rows)} 项）公告如下，接受社会监督。"
    return f"资金分配公告：{public_text(title)}", None, [words], table


async def allocated(
    session: AsyncSession,
    pool: Pool,
    document: FundDocument | None,
    allocation_id: UUID,
    body: AllocationWrite,
    place: str,
    notice_id: UUID | None = None,
) -> None:
    """Publish an allocation in its transaction.

    Args:
        notice_id: of the notice that payments wait for, when they do.
    """
    shown = row(place, public_text(body.title), pool.year, pool.source_level, body.purpose, body.amount)
    title, number, paragraphs, table = of_one(shown, document.number if document else None)
    await publication.announce(
        session,
        notice_id=notice_id,
        act="allocation",
        region_code=body.region_code,
        kind=ALLOCATION,
        title=title,
        document_number=number,
        paragraphs=paragraphs,
        table=table,
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
    """Publish a bulk allocation in its transaction."""
    rows = [
        row(
            places[line.region_code],
            public_text(line.title),
            pool.year,
            pool.source_level,
            line.purpose,
            line.amount,
        )
        for line in body.lines
    ]
    title, _, paragraphs, table = of_lines(body.title, rows)
    await publication.announce(
        session,
        notice_id=notice_id,
        act="allocation",
        region_code=pool.county_code,
        kind=ALLOCATION,
        title=title,
        paragraphs=paragraphs,
        table=table,
        subject_type="allocation_batch",
        subject_id=batch_id,
    )


async def reversed_(session: AsyncSession, allocation: Allocation, place: str | None) -> None:
    """资金分配撤销公告, in the transaction of the reversal. The reason stays inside."""
    title, where = public_text(allocation.title), place or allocation.region_code
    shown = row(where, title, allocation.year, allocation.source_level, allocation.purpose, allocation.amount_fen)
    await notices.publish(
        session,
        region_code=allocation.region_code,
        kind=REVERSAL,
        title=f"资金分配撤销公告：{where} {title}",
        paragraphs=["以下资金分配已经撤销，资金退回资金池另行安排，特此公告。"],
        table=notices.NoticeTable(columns=_COLUMNS, rows=[shown]),
        subject_type="allocation",
        subject_id=allocation.id,
        starts_on=today(),
    )


def row(place: str, title: str, year: int, source_level: SourceLevel, purpose: Purpose, fen: int) -> list[str]:
    """A row of the notice's table."""
    return [
        place,
        title,
        str(year),
        SOURCE_LEVEL_NAMES[source_level],
        PURPOSE_NAMES[purpose],
        format_yuan(fen),
    ]
