"""What crosses HTTP about the ledger."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field
from service_kit.money import Yuan
from service_kit.schemas import ReadModel

from funds_ledger.ledger.rules import AccountKind, TransferKind
from funds_ledger.terms import Instant, Purpose, SourceLevel


class PoolAfter(ReadModel):
    """The pool right after a transfer."""

    received: Yuan
    allocated_industry: Yuan
    allocated_other: Yuan
    floor_bp: int


class TransferRead(ReadModel):
    id: UUID
    county_code: str
    region_code: str
    region_name: str | None
    pool_id: UUID
    seq: Annotated[int, Field(description="资金池内的入账顺序号，连续不断")]
    kind: TransferKind
    debit_account_id: UUID
    debit_kind: Annotated[AccountKind | None, Field(description="借方科目；不在管辖范围内时为空")]
    credit_account_id: UUID
    credit_kind: Annotated[AccountKind | None, Field(description="贷方科目；不在管辖范围内时为空")]
    amount: Yuan
    document_id: UUID | None
    direct: Annotated[bool, Field(description="是否直达资金：随指标文件到每一笔后续分录")]
    allocation_id: UUID | None
    reverses_id: UUID | None
    reversed_by_id: UUID | None
    pool_after: Annotated[PoolAfter | None, Field(description="入账后的资金池；县级以下不可见")]
    posted_at: Instant
    posted_by_name: str


class AccountRead(ReadModel):
    id: UUID
    county_code: str
    region_code: str
    region_name: str | None
    pool_id: UUID
    year: int
    source_level: SourceLevel
    kind: AccountKind
    purpose: Purpose | None
    debited: Yuan
    credited: Yuan
    balance: Annotated[Yuan, Field(description="借方减贷方；收入科目为负")]
