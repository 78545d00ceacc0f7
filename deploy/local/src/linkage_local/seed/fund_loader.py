"""The demo budget into the funds ledger, through the ledger's own use cases: every posting obeys its rules."""

from __future__ import annotations

from datetime import timedelta
from operator import itemgetter
from uuid import UUID

from funds_ledger.allocations.schemas import AllocationWrite, ReversalRequest
from funds_ledger.allocations.service import allocate_by_steps, reverse
from funds_ledger.documents.schemas import DocumentWrite
from funds_ledger.documents.service import register
from funds_ledger.floors.schemas import FloorWrite
from funds_ledger.floors.service import set_floor
from funds_ledger.publication.schemas import FundingRuleWrite
from funds_ledger.publication.service import close_ended, set_funding_rule
from service_kit import clock
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from linkage_local.context import SeedContext
from linkage_local.seed.actors import demo_actor, service_session
from linkage_local.seed.budget import DOCUMENTS, FLOOR_BASIS, FLOOR_BP, LIBRARY_FROM, Document, Line, plan_lines
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.days import on
from linkage_local.seed.identity import RowIds
from linkage_local.seed.loading import owner_transaction


async def load_funds(ctx: SeedContext, county: CountySeed) -> None:
    """Floors, documents of two years, allocations and one reversal, each on its day; then the rule of the library.

    Nothing when documents are there already. Lives some days back while it works.
    """
    async with owner_transaction(ctx, "funds") as connection:
        if await connection.fetchval(
            "SELECT EXISTS (SELECT FROM fund_document WHERE county_code = $1)", county.county_code
        ):
            return
    actor = demo_actor("finance", county)
    ids = county.ids("funds", 0)
    rng = county.rng("budget")
    async with service_session(ctx, "funds", actor) as session:
        with on(min(document.received_on for document in DOCUMENTS)):
            for year, basis in FLOOR_BASIS.items():
                await _set_floor(session, actor, ids, county.county_code, year, basis)
        acts = sorted(
            [(document.received_on, 0, document) for document in DOCUMENTS]
            + [(document.received_on + timedelta(days=document.waited), 1, document) for document in DOCUMENTS],
            key=itemgetter(0, 1),
        )
        received: dict[str, tuple[UUID, UUID]] = {}
        given: list[UUID] = []
        for day, second, document in acts:
            with on(day):
                if not second:
                    received[document.number] = await _receive(session, actor, ids.take(), document)
                    continue
                for line in plan_lines(document, list(county.villages), rng):
                    given.append(await _allocate(session, actor, ids.take(), line, *received[document.number]))
        with on(max(day for day, _, _ in acts) + timedelta(days=8)):
            reason = ReversalRequest(reason="项目用地未落实，资金收回另行安排（演示）")
            await reverse(session, actor, rng.choice(given), reason)
            await close_ended(session, actor, county.county_code)
    await _enforce_library(ctx, county)


async def _enforce_library(ctx: SeedContext, county: CountySeed) -> None:
    """Money of 2026 goes only to planned projects, and is paid after its notice, from the middle of that year on."""
    actor = demo_actor("bureau", county)
    if clock.today() < LIBRARY_FROM:
        return
    body = FundingRuleWrite(library_from=LIBRARY_FROM, basis="演示设定：资金只安排给库内且列入年度计划的项目")
    async with service_session(ctx, "funds", actor) as session:
        with on(LIBRARY_FROM - timedelta(days=5)):
            await set_funding_rule(session, actor, county.county_code, LIBRARY_FROM.year, body)


async def _set_floor(session: AsyncSession, actor: Actor, ids: RowIds, county_code: str, year: int, basis: str) -> None:
    body = FloorWrite(year=year, source_level="central", region_code=county_code, floor_bp=FLOOR_BP, basis=basis)
    await set_floor(session, actor, ids.take(), body)


async def _receive(session: AsyncSession, actor: Actor, document_id: UUID, document: Document) -> tuple[UUID, UUID]:
    body = DocumentWrite.model_validate(
        document._asdict()
        | {
            "amount": f"{document.amount}.00",
            "purpose": "巩固拓展脱贫攻坚成果、发展乡村产业（演示数据）",
        },
        extra="ignore",
    )
    registered, _ = await register(session, actor, document_id, body)
    return registered.id, registered.pool_id


async def _allocate(
    session: AsyncSession, actor: Actor, allocation_id: UUID, line: Line, document_id: UUID, pool_id: UUID
) -> UUID:
    body = AllocationWrite.model_validate(
        {
            "pool_id": pool_id,
            "region_code": line.region_code,
            "purpose": line.purpose,
            "title": line.title,
            "amount": f"{line.amount}.00",
            "note": "演示数据",
            "document_id": document_id,
        }
    )
    await allocate_by_steps(session, actor, allocation_id, body)
    return allocation_id
