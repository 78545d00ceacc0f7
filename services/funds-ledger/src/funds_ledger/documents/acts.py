"""Acts on a document after it was received: 追加, 调减, 退回 (FND-1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service_kit.clock import now
from service_kit.errors import NotFound
from service_kit.ids import uuid7
from service_kit.money import format_yuan
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.documents import repository
from funds_ledger.documents.models import FundDocument
from funds_ledger.documents.schemas import DocumentActRead, DocumentActWrite
from funds_ledger.errors import DocumentExhausted
from funds_ledger.ledger import repository as ledger
from funds_ledger.ledger.posting import Posting, post
from funds_ledger.ledger.rules import effect_of_act


def read_act(row: Any) -> DocumentActRead:
    """From a row of ``repository.readable_acts``."""
    act = row.DocumentAct
    fields = {name: getattr(act, name) for name in DocumentActRead.model_fields if hasattr(act, name)}
    return DocumentActRead.model_validate(
        fields | {"amount": act.amount_fen, "transfer_id": row.transfer_id, "seq": row.seq}
    )


async def act(session: AsyncSession, actor: Actor, document_id: UUID, body: DocumentActWrite) -> DocumentActRead:
    """Supplement, cut or return a document's money: the act and its transfer in one transaction.

    Raises:
        NotFound: no such document in the actor's scope.
        DocumentNumberTaken: this document was acted on under that number before (by the database).
        IndustryFloorBroken, PoolExhausted: the pool could not spare it, with what must move first.
        DocumentExhausted: the document brings less, or allocations draw on it, with what must move first.
        AmountTooLarge: the pool would hold more than allowed.
    """
    document = await repository.lock_readable(session, actor, document_id)
    if document is None:
        raise NotFound()
    effect = effect_of_act(body.kind, body.amount)
    if document.current_fen + effect.received < 0:
        raise _exhausted(document, -effect.received - document.current_fen, "该文件现有 {current} 元，超出 {fen} 元")
    act_id = uuid7()
    await repository.add_act(
        session,
        body.model_dump(exclude={"amount"})
        | {
            "county_code": document.county_code,
            "id": act_id,
            "document_id": document_id,
            "pool_id": document.pool_id,
            "amount_fen": body.amount,
            "created_at": now(),
            "created_by": actor.id,
            "created_by_name": actor.name,
        },
    )
    await _post(session, actor, document, act_id, body)
    if document.allocated_fen > document.current_fen + effect.received:
        drawn = document.allocated_fen - document.current_fen - effect.received
        raise _exhausted(document, drawn, "已有分配注明由该文件安排，须先收回 {fen} 元", must_move=format_yuan(drawn))
    await repository.adjust(session, document, effect.received)
    return read_act(await repository.find_act(session, actor, act_id))


def _exhausted(document: FundDocument, fen: int, words: str, **facts: Any) -> DocumentExhausted:
    current = format_yuan(document.current_fen)
    return DocumentExhausted(
        words.format(current=current, fen=format_yuan(fen)),
        shortfall=format_yuan(fen),
        headroom_document=format_yuan(document.current_fen - document.allocated_fen),
        **facts,
    )


async def _post(
    session: AsyncSession, actor: Actor, document: FundDocument, act_id: UUID, body: DocumentActWrite
) -> None:
    county_code, pool_id = document.county_code, document.pool_id
    income = ledger.AccountKey(county_code, pool_id, "income", county_code)
    available = ledger.AccountKey(county_code, pool_id, "available", county_code)
    ids = await ledger.account_ids(session, [income, available])
    debit, credit = (available, income) if body.kind == "supplement" else (income, available)
    posting = Posting(
        kind=body.kind,
        county_code=county_code,
        pool_id=pool_id,
        region_code=county_code,
        debit_account_id=ids[debit],
        credit_account_id=ids[credit],
        amount=body.amount,
        effect=effect_of_act(body.kind, body.amount),
        document_id=document.id,
        act_id=act_id,
    )
    await post(session, actor, posting)
