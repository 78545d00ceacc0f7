"""Refusals of this service, and what each named constraint means when the database refuses."""

from __future__ import annotations

from typing import Any

from service_kit.errors import Conflict, DomainError, Unprocessable
from service_kit.money import format_yuan
from service_kit.problems import ConstraintErrors

from funds_ledger.pools.rules import Balance, Refusal


class IndustryFloorBroken(Unprocessable):
    code = "industry_floor_broken"
    title, title_en = "低于产业占比红线", "The industry share would fall below its floor"


class PoolExhausted(Unprocessable):
    code = "pool_exhausted"
    title, title_en = "资金池余额不足", "The pool does not hold that much money"


class DocumentExhausted(Unprocessable):
    code = "document_exhausted"
    title, title_en = "该指标文件的资金已不够分配", "The document does not hold that much money"


class FloorMissing(Unprocessable):
    code = "floor_missing"
    title, title_en = "还没有设定产业占比红线", "No floor rule has been set"


class AmountTooLarge(Unprocessable):
    code = "amount_too_large"
    title, title_en = "资金池总额超出允许的范围(1 万亿元)", "The pool would hold more than allowed"


class RegionUnknown(Unprocessable):
    code = "region_unknown"
    title, title_en = "没有这个地区,请先在区划中登记", "No such region"


class AlreadyReversed(Conflict):
    code = "already_reversed"
    title, title_en = "该笔分配已经撤销", "The allocation has already been reversed"


class DocumentNumberTaken(Conflict):
    code = "document_number_taken"
    title, title_en = "该文号已登记过,请勿重复登记", "This document number has been registered already"


class FloorChangedMeanwhile(Conflict):
    code = "floor_changed_meanwhile"
    title, title_en = "红线刚被他人修改,请核对后再保存", "Someone else has just changed this floor"


class LedgerBroken(DomainError):
    """A posting that contradicts the ledger's own rules; nothing is saved. The service's doors cannot reach it."""

    status, code = 500, "ledger_refused"
    title, title_en = "账务校验未通过,未保存", "The ledger refused the posting"


def refused(balance: Balance, refusal: Refusal) -> DomainError:
    """The refusal of a change to a pool in state ``balance`` with the exact amounts in yuan."""
    facts: dict[str, Any] = {
        "shortfall": format_yuan(refusal.shortfall),
        "headroom_other": format_yuan(max(balance.headroom_other, 0)),
        "headroom_total": format_yuan(max(balance.headroom_total, 0)),
        "floor_bp": balance.floor_bp,
    }
    if refusal.code == "pool_exhausted":
        return PoolExhausted(
            f"资金池只余 {facts['headroom_total']} 元可分配,超出 {facts['shortfall']} 元",
            detail_en=f"{facts['headroom_total']} yuan left, {facts['shortfall']} too much",
            **facts,
        )
    return IndustryFloorBroken(
        f"产业占比不得低于 {percent(balance.floor_bp)},还可安排非产业 {facts['headroom_other']} 元,"
        f"超出 {facts['shortfall']} 元",
        detail_en=f"{facts['headroom_other']} yuan left for other purposes, {facts['shortfall']} too much",
        **facts,
    )


def percent(basis_points: int) -> str:
    """``5500`` → ``55%``, ``5550`` → ``55.5%``."""
    whole, part = divmod(basis_points, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "%"


CONSTRAINT_ERRORS: ConstraintErrors = {
    # The posting checks the same rules first and answers with exact amounts; these stand behind it.
    "ck_pool_industry_floor": IndustryFloorBroken,
    "ck_pool_within_received": PoolExhausted,
    "ck_pool_received_range": AmountTooLarge,
    "ck_pool_not_negative": LedgerBroken,
    "ck_account_not_overdrawn": PoolExhausted,
    "ck_fund_document_within_amount": DocumentExhausted,
    "uq_fund_document_county_code_year_source_level_number": DocumentNumberTaken,
    "uq_floor_rule_year_source_level_region_code_revision": FloorChangedMeanwhile,
    "uq_transfer_reverses_id": AlreadyReversed,
}
