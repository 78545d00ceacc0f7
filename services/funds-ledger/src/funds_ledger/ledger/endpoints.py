"""HTTP of the ledger: reading only."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from service_kit.db import DbSession
from service_kit.errors import FieldError, ValidationFailed
from service_kit.pagination import Page, Paging, cut
from service_kit.region import RegionCode

from funds_ledger.ledger import repository
from funds_ledger.ledger.auth import TransfersRead
from funds_ledger.ledger.rules import AccountKind
from funds_ledger.ledger.schemas import AccountRead, PoolAfter, TransferRead
from funds_ledger.terms import Year

router = APIRouter(tags=["ledger"])


@router.get("/transfers", summary="分录（只增不改）")
async def list_transfers(
    actor: TransfersRead,
    session: DbSession,
    paging: Paging,
    pool_id: Annotated[UUID | None, Query()] = None,
    account_id: Annotated[UUID | None, Query()] = None,
    allocation_id: Annotated[UUID | None, Query()] = None,
) -> Page[TransferRead]:
    """Transfers, newest first within each pool."""
    after = paging.after(str, UUID, int)
    rows = await repository.transfers(
        session,
        actor,
        pool_id=pool_id,
        account_id=account_id,
        allocation_id=allocation_id,
        after=(after[0], after[1], after[2]) if after else None,
        limit=paging.limit + 1,
    )
    kept, following = cut(rows, paging.limit, lambda r: (r.Transfer.county_code, r.Transfer.pool_id, r.Transfer.seq))
    sees_pools = len(actor.region) <= 6
    return Page(items=[_transfer(row, sees_pools) for row in kept], next=following)


@router.get("/accounts", summary="科目余额")
async def list_accounts(
    actor: TransfersRead,
    session: DbSession,
    paging: Paging,
    pool_id: Annotated[UUID | None, Query()] = None,
    year: Annotated[Year | None, Query()] = None,
    kind: Annotated[AccountKind | None, Query()] = None,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级")] = None,
    at_seq: Annotated[int | None, Query(ge=0, le=2**62, description="第几笔入账之后的余额；须同时给出 pool_id")] = None,
) -> Page[AccountRead]:
    """Accounts with their balances, now or right after a past transfer of one pool."""
    if at_seq is not None and pool_id is None:
        raise ValidationFailed(errors=[FieldError("query.pool_id", "missing", "查询历史余额须指定资金池")])
    after = paging.after(str, UUID)
    rows = await repository.accounts(
        session,
        actor,
        pool_id=pool_id,
        year=year,
        kind=kind,
        region_code=region,
        at_seq=at_seq,
        after=(after[0], after[1]) if after else None,
        limit=paging.limit + 1,
    )
    kept, following = cut(rows, paging.limit, lambda row: (row.county_code, row.id))
    return Page(items=[AccountRead.model_validate(row) for row in kept], next=following)


_JOINED = ("debit_kind", "credit_kind", "reversed_by_id", "region_name", "direct")


def _transfer(row: Any, sees_pools: bool) -> TransferRead:
    transfer = row.Transfer
    fields = {name: getattr(transfer, name) for name in TransferRead.model_fields if hasattr(transfer, name)}
    after = PoolAfter(
        received=transfer.received_after_fen,
        allocated_industry=transfer.industry_after_fen,
        allocated_other=transfer.other_after_fen,
        floor_bp=transfer.floor_bp,
    )
    joined = {name: getattr(row, name) for name in _JOINED}
    return TransferRead.model_validate(
        fields | joined | {"amount": transfer.amount_fen, "pool_after": after if sees_pools else None}
    )
