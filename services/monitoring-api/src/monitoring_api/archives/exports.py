"""The archives as files: PDF to sign and seal, workbooks to calculate with (MON-2)."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from service_kit.auth import ensure_in_scope
from service_kit.clock import now, today
from service_kit.errors import Forbidden, NotFound, Unprocessable
from service_kit.exports import Built, Column, ExportKind, ExportRun, Order, PdfMaker, Template, write_sheet
from service_kit.files.media import XLSX
from service_kit.region import level_of
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.archives import cards, ledgers, papers, repository, sheets
from monitoring_api.archives.auth import READ, REVEAL
from monitoring_api.archives.schemas import CardsOrder, LedgerOrder, RegisterOrder
from monitoring_api.archives.words import STATUS

CARDS_AT_MOST = {"pdf": 1_500, "xlsx": 50_000}
"""A PDF of so many cards takes 1.7 GB while it is made."""
_BATCH = 250
CARD = Template.beside(__file__, "card.typ")
_REGISTER = Template.beside(__file__, "register.typ")
_LEDGER = Template.beside(__file__, "ledger.typ")


class TooManyCards(Unprocessable):
    code = "too_many_cards"
    title, title_en = "一次导出的户卡太多", "Too many cards for one export"


def _audit(params: CardsOrder | RegisterOrder | LedgerOrder) -> dict[str, Any]:
    said = params.model_dump(mode="json", exclude_none=True)
    return {key: said[key] for key in ("region", "status", "format", "unmask", "reason", "household_id") if key in said}


def _may_reveal(actor: Actor, params: CardsOrder | RegisterOrder) -> None:
    if params.unmask and not actor.may(REVEAL):
        raise Forbidden("没有查看完整证件号码的权限")


async def _order_cards(session: AsyncSession, actor: Actor, params: CardsOrder) -> Order:
    """Raises: NotFound, RegionOutOfScope, Forbidden, TooManyCards."""
    _may_reveal(actor, params)
    if params.household_id is not None:
        village_code, number = await repository.household_number(session, actor, params.household_id)
        name = await repository.region_name(session, village_code)
        return Order(f"{name} {number} 户卡", village_code, _audit(params))
    region = params.region or ""
    ensure_in_scope(actor, region)
    name = await repository.region_name(session, region)
    found = await repository.count_households(session, region, params.status, CARDS_AT_MOST[params.format])
    if found == 0:
        raise NotFound("没有符合条件的农户")
    if found > CARDS_AT_MOST[params.format]:
        raise TooManyCards(f"一次最多 {CARDS_AT_MOST[params.format]} 户，请按村或按类别导出")
    kind = STATUS[params.status] if params.status else ""
    return Order(f"{name} {kind}户卡", region, _audit(params) | {"households": found})


async def _order_register(session: AsyncSession, actor: Actor, params: RegisterOrder) -> Order:
    """Raises: NotFound, RegionOutOfScope, Forbidden."""
    _may_reveal(actor, params)
    ensure_in_scope(actor, params.region)
    name = await repository.region_name(session, params.region)
    kind = STATUS[params.status] if params.status else "农户"
    return Order(f"{name} {kind}花名册", params.region, _audit(params))


async def _order_ledger(session: AsyncSession, actor: Actor, params: LedgerOrder) -> Order:
    """Raises: NotFound, RegionOutOfScope."""
    ensure_in_scope(actor, params.region)
    name = await repository.region_name(session, params.region)
    what = "县级档案" if level_of(params.region) == "county" else "乡镇台账"
    return Order(f"{name} {what}", params.region, _audit(params))


async def _build_cards(run: ExportRun, params: CardsOrder) -> Built:
    found: list[dict[str, Any]] = []
    async with run.reading() as db:
        if params.household_id is not None:
            body = await cards.one_card(db, run.actor.region, params.household_id, secrets=params.unmask, visits=10)
            if body is None:
                raise NotFound()
            found.append(orjson.loads(body))
        else:
            region = params.region or ""
            total = await cards.count_cards(db, region, params.status, CARDS_AT_MOST[params.format])
            after: tuple[str, str] | None = None
            while True:
                batch, after = await cards.some_cards(db, region, params.status, after, _BATCH, secrets=params.unmask)
                found += batch
                await run.progress(0.6 * len(found) / max(total, 1))
                if after is None:
                    break
    if params.unmask:
        for card in found:
            cards.reveal_numbers(run.ctx.crypto, card)
    if params.format == "xlsx":
        return await _workbook(run, sheets.CARDS, sheets.member_rows(found))
    path = run.folder / "archive.pdf"
    content = [papers.card(card) for card in found]
    await PdfMaker.of(run.ctx).make_papers(CARD, _shared(run), content, path)
    return Built(path, ".pdf", "application/pdf", len(found))


async def _build_register(run: ExportRun, params: RegisterOrder) -> Built:
    async with run.reading() as db:
        rows = await ledgers.whole_register(db, params.region, params.status, secrets=params.unmask)
        ledger = await ledgers.ledger_rows(db, params.region, 12, today())
    await run.progress(0.5)
    if params.unmask:
        for row in rows:
            if stored := row.pop("head_id_number", None):
                row["head_id_number_masked"] = run.ctx.crypto.decrypt(base64.b64decode(stored))
    if params.format == "xlsx":
        return await _workbook(run, sheets.REGISTER, (sheets.register_row(row) for row in rows))
    return await _document(run, _REGISTER, papers.register(ledger, rows), len(rows))


async def _build_ledger(run: ExportRun, params: LedgerOrder) -> Built:
    async with run.reading() as db:
        ledger = await ledgers.make_ledger(db, params.region, today())
        if ledger is None:
            raise NotFound()
        villages = await ledgers.ledger_rows(db, params.region, 12, today()) if len(params.region) == 6 else []
    await run.progress(0.5)
    if params.format == "xlsx":
        return await _workbook(run, sheets.LEDGER, sheets.ledger_rows(ledger, villages))
    return await _document(run, _LEDGER, papers.ledger(ledger, villages), len(ledger["rows"]) + len(villages))


async def _workbook(run: ExportRun, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Built:
    path = run.folder / "archive.xlsx"
    count = await asyncio.to_thread(
        write_sheet, path, title=run.title, columns=columns, rows=rows, note=_source(run.actor)
    )
    return Built(path, ".xlsx", XLSX, count)


async def _document(run: ExportRun, template: Template, content: Any, rows: int) -> Built:
    path = run.folder / "archive.pdf"
    await PdfMaker.of(run.ctx).make(template, _shared(run) | {"content": content}, path)
    return Built(path, ".pdf", "application/pdf", rows)


def _shared(run: ExportRun) -> dict[str, Any]:
    return {"title": run.title, "source": _source(run.actor)}


def _source(actor: Actor) -> str:
    at = now()
    return f"衔接平台 {at.year}年{at.month}月{at.day}日 {at:%H:%M} {actor.name}导出"


EXPORTS = {
    "household_cards": ExportKind("户卡", READ, CardsOrder, _order_cards, _build_cards),
    "village_register": ExportKind("村级花名册", READ, RegisterOrder, _order_register, _build_register),
    "ledger": ExportKind("乡镇台账、县级档案", READ, LedgerOrder, _order_ledger, _build_ledger),
}
