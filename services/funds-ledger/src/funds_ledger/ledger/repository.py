"""SQL of accounts and transfers; the one statement that moves money lives in ``posting``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.kit_tables import region
from service_kit.tokens import Actor
from sqlalchemy import BigInteger, Select, and_, cast, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from funds_ledger.ledger.models import Account, Transfer
from funds_ledger.ledger.rules import AccountKind
from funds_ledger.pools import repository as pools
from funds_ledger.pools.models import Pool
from funds_ledger.scoping import in_counties, inside
from funds_ledger.terms import Purpose


@dataclass(frozen=True, slots=True, order=True)
class AccountKey:
    """What an account is; there is exactly one of each. ``purpose`` is "" except for ``allocated``."""

    county_code: str
    pool_id: UUID
    kind: AccountKind
    region_code: str
    purpose: Purpose | str = ""


async def account_ids(session: AsyncSession, keys: Sequence[AccountKey]) -> dict[AccountKey, UUID]:
    """Ids of those accounts that exist; all keys belong to one pool."""
    columns: tuple[Any, ...] = (Account.kind, Account.region_code, func.coalesce(Account.purpose, ""))
    query = select(Account.id, *columns).where(
        Account.county_code == keys[0].county_code,
        Account.pool_id == keys[0].pool_id,
        tuple_(*columns).in_([(key.kind, key.region_code, key.purpose) for key in keys]),
    )
    rows = (await session.execute(query)).all()
    return {
        AccountKey(keys[0].county_code, keys[0].pool_id, kind, code, purpose): account_id
        for account_id, kind, code, purpose in rows
    }


async def ensure_accounts(session: AsyncSession, pool: Pool, keys: Sequence[AccountKey]) -> dict[AccountKey, UUID]:
    """Ids of the accounts of one pool, making those that are missing.

    What is missing is made under the lock of the pool, like every change of its accounts: two postings that open the
    same accounts wait for each other there and nowhere else.
    """
    known = await account_ids(session, keys)
    missing = sorted(set(keys) - set(known))
    if not missing:
        return known
    await pools.lock(session, pool.county_code, pool.id)
    moment = now()
    rows = [
        {
            "county_code": key.county_code,
            "id": uuid7(),
            "pool_id": pool.id,
            "year": pool.year,
            "source_level": pool.source_level,
            "region_code": key.region_code,
            "kind": key.kind,
            "purpose": key.purpose or None,
            "debited_fen": 0,
            "credited_fen": 0,
            "created_at": moment,
            "updated_at": moment,
        }
        for key in missing
    ]
    await session.execute(insert(Account).values(rows).on_conflict_do_nothing())
    return await account_ids(session, keys)


async def posting_of_allocation(session: AsyncSession, county_code: str, allocation_id: UUID) -> Transfer:
    """The transfer that an allocation made; the unique index allows only one."""
    query = select(Transfer).where(
        Transfer.county_code == county_code,
        Transfer.allocation_id == allocation_id,
        Transfer.kind == "allocation",
    )
    return (await session.scalars(query)).one()


def readable_transfers(actor: Actor) -> Select[Any]:
    """Rows of ``TransferRead``. Row-level security leaves a township the transfers that go into it."""
    debit, credit, reversal = aliased(Account), aliased(Account), aliased(Transfer)
    return (
        select(
            Transfer,
            debit.kind.label("debit_kind"),
            credit.kind.label("credit_kind"),
            reversal.id.label("reversed_by_id"),
            region.c.name.label("region_name"),
        )
        .outerjoin(debit, and_(debit.county_code == Transfer.county_code, debit.id == Transfer.debit_account_id))
        .outerjoin(credit, and_(credit.county_code == Transfer.county_code, credit.id == Transfer.credit_account_id))
        .outerjoin(reversal, and_(reversal.county_code == Transfer.county_code, reversal.reverses_id == Transfer.id))
        .outerjoin(region, region.c.code == Transfer.region_code)
        .where(in_counties(Transfer.county_code, actor.region))
    )


async def transfers(
    session: AsyncSession,
    actor: Actor,
    *,
    pool_id: UUID | None,
    account_id: UUID | None,
    allocation_id: UUID | None,
    after: tuple[str, UUID, int] | None,
    limit: int,
) -> Sequence[Any]:
    """Newest first within each pool: by ``seq``, the order in which they took effect."""
    query = readable_transfers(actor)
    if pool_id is not None:
        query = query.where(Transfer.pool_id == pool_id)
    if account_id is not None:
        query = query.where(or_(Transfer.debit_account_id == account_id, Transfer.credit_account_id == account_id))
    if allocation_id is not None:
        query = query.where(Transfer.allocation_id == allocation_id)
    if after is not None:
        query = query.where(tuple_(Transfer.county_code, Transfer.pool_id, Transfer.seq) < after)
    newest = (Transfer.county_code.desc(), Transfer.pool_id.desc(), Transfer.seq.desc())
    rows: Sequence[Any] = (await session.execute(query.order_by(*newest).limit(limit))).all()
    return rows


async def accounts(
    session: AsyncSession,
    actor: Actor,
    *,
    pool_id: UUID | None,
    year: int | None,
    kind: AccountKind | None,
    region_code: str | None,
    at_seq: int | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> Sequence[Any]:
    """Rows of ``AccountRead``; with ``at_seq`` the totals are those right after that transfer of the pool."""
    debited, credited = (Account.debited_fen, Account.credited_fen) if at_seq is None else _totals_at(at_seq)
    query = (
        select(
            Account.id,
            Account.county_code,
            Account.region_code,
            region.c.name.label("region_name"),
            Account.pool_id,
            Account.year,
            Account.source_level,
            Account.kind,
            Account.purpose,
            debited.label("debited"),
            credited.label("credited"),
            (debited - credited).label("balance"),
        )
        .outerjoin(region, region.c.code == Account.region_code)
        .where(in_counties(Account.county_code, actor.region))
    )
    if pool_id is not None:
        query = query.where(Account.pool_id == pool_id)
    if year is not None:
        query = query.where(Account.year == year)
    if kind is not None:
        query = query.where(Account.kind == kind)
    if region_code is not None:
        query = query.where(inside(Account.region_code, region_code))
    if after is not None:
        query = query.where(tuple_(Account.county_code, Account.id) > after)
    rows: Sequence[Any] = (await session.execute(query.order_by(Account.county_code, Account.id).limit(limit))).all()
    return rows


def _totals_at(seq: int) -> tuple[Any, Any]:
    """What an account had been debited and credited when transfer ``seq`` of its pool had taken effect."""

    def total(side: Any) -> Any:
        return (
            select(cast(func.coalesce(func.sum(Transfer.amount_fen), 0), BigInteger))
            .where(
                Transfer.county_code == Account.county_code,
                side == Account.id,
                Transfer.seq <= seq,
            )
            .scalar_subquery()
        )

    return total(Transfer.debit_account_id), total(Transfer.credit_account_id)
