"""Registering a budget document receives its money."""

from __future__ import annotations

from uuid import UUID

from service_kit.auth import ensure_in_scope
from service_kit.clock import now
from service_kit.errors import AlreadyExists, FieldError, NotFound, ValidationFailed
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.documents import repository
from funds_ledger.documents.models import FundDocument
from funds_ledger.documents.schemas import DocumentRead, DocumentWrite
from funds_ledger.ledger import repository as ledger
from funds_ledger.ledger.posting import Posting, post
from funds_ledger.ledger.rules import effect_of_receipt
from funds_ledger.pools import service as pools
from funds_ledger.pools.models import Pool
from funds_ledger.scoping import chosen_county


def read(document: FundDocument) -> DocumentRead:
    fields = {name: getattr(document, name) for name in DocumentRead.model_fields if hasattr(document, name)}
    return DocumentRead.model_validate(
        fields | {"amount": document.amount_fen, "current": document.current_fen, "allocated": document.allocated_fen}
    )


async def get(session: AsyncSession, actor: Actor, document_id: UUID) -> DocumentRead:
    """Raises NotFound when there is none in the actor's scope."""
    document = await repository.find(session, actor, document_id)
    if document is None:
        raise NotFound()
    return read(document)


async def register(
    session: AsyncSession, actor: Actor, document_id: UUID, body: DocumentWrite
) -> tuple[DocumentRead, bool]:
    """Record the document and post its money into the pool of its county, year and source; also says whether new.

    Raises:
        RegionOutOfScope: the county is not the actor's.
        AlreadyExists: the id holds another document.
        DocumentNumberTaken: the number was registered before under another id (by the database).
        FloorMissing: the source needs a floor rule first.
        AmountTooLarge: the pool would hold more than allowed.
    """
    county_code = chosen_county(actor, body.county_code, "body.county_code")
    ensure_in_scope(actor, county_code)
    if body.received_on < body.issued_on:
        error = FieldError("body.received_on", "received_before_issued", "收到日期不能早于发文日期")
        raise ValidationFailed(errors=[error])
    if (known := await repository.of_county(session, county_code, document_id)) is not None:
        return _same(known, body), False
    pool = await pools.open_pool(session, actor, county_code, body.year, body.source_level)
    moment = now()
    values = body.model_dump(exclude={"county_code", "amount"}) | {
        "county_code": county_code,
        "id": document_id,
        "pool_id": pool.id,
        "amount_fen": body.amount,
        "allocated_fen": 0,
        "adjusted_fen": 0,
        "created_at": moment,
        "updated_at": moment,
        "created_by": actor.id,
        "created_by_name": actor.name,
    }
    if not await repository.add(session, values):
        known = await repository.of_county(session, county_code, document_id)
        if known is None:
            raise AlreadyExists()
        return _same(known, body), False
    await _receive(session, actor, pool, document_id, body.amount)
    return read(await session.get_one(FundDocument, (county_code, document_id))), True


async def _receive(session: AsyncSession, actor: Actor, pool: Pool, document_id: UUID, fen: int) -> None:
    county_code = pool.county_code
    income = ledger.AccountKey(county_code, pool.id, "income", county_code)
    available = ledger.AccountKey(county_code, pool.id, "available", county_code)
    ids = await ledger.ensure_accounts(session, pool, [income, available])
    posting = Posting(
        kind="receipt",
        county_code=county_code,
        pool_id=pool.id,
        region_code=county_code,
        debit_account_id=ids[available],
        credit_account_id=ids[income],
        amount=fen,
        effect=effect_of_receipt(fen),
        document_id=document_id,
    )
    await post(session, actor, posting)


def _same(known: FundDocument, body: DocumentWrite) -> DocumentRead:
    sent = body.model_dump(exclude={"county_code", "amount"}) | {"amount_fen": body.amount}
    if any(getattr(known, name) != value for name, value in sent.items()):
        raise AlreadyExists()
    return read(known)
