"""The statement as a table: its template, its rows, and what is wrong with them. Pure work on bytes."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.imports import Checked, ImportColumn, Source, check_rows, read_table
from service_kit.money import YuanIn, format_yuan
from service_kit.schemas import ApiModel

from funds_ledger.errors import StatementInvalid
from funds_ledger.reconciliation.rules import Direction, next_month, words_for
from funds_ledger.terms import MAX_FUND_FEN

_SHOWN = 200
_LONG_NUMBER = re.compile(r"\d{11,}")

COLUMNS = (
    ImportColumn(
        "day",
        "日期",
        example="2026-10-08",
        hint="记账或交易日期",
        aliases=("交易日期", "记账日期", "入账日期", "支付日期", "清算日期"),
    ),
    ImportColumn(
        "income",
        "收入金额（元）",
        required=False,
        example="1200000.00",
        hint="与支出金额填其中一项",
        aliases=("贷方发生额", "收入", "贷方金额", "存入金额"),
    ),
    ImportColumn(
        "outgo",
        "支出金额（元）",
        required=False,
        example="35000.00",
        aliases=("借方发生额", "支出", "借方金额", "支取金额", "支付金额"),
    ),
    ImportColumn(
        "reference",
        "凭证号",
        required=False,
        example="验收单1号",
        hint="支付凭证号、指标文号或流水号，用来与账上逐笔核对",
        width=24,
        aliases=("凭证号码", "支付凭证号", "参考号", "业务编号", "流水号", "交易流水号", "文号"),
    ),
    ImportColumn(
        "counterparty", "对方单位", required=False, width=28, aliases=("对方户名", "收款人", "收款单位", "对方名称")
    ),
    ImportColumn("summary", "摘要", required=False, width=28, aliases=("用途", "附言", "备注")),
)
TEMPLATE_TITLE = "国库、银行对账单导入"
TEMPLATE_NOTES = (
    "每行一笔，收入金额、支出金额填其中一项；有一行不对，整个文件都不导入。",
    "也可以直接导入国库或银行导出的 .xlsx、.csv 文件，列的顺序不限，常见的列名可以识别。",
    "日期必须在所选月份内；对方单位和摘要中的长号码只保留末四位。",
)


def _day(value: Any) -> Any:
    """``2026/10/8``, ``20261008``, ``2026年10月8日`` and what a workbook says of a date, as ISO."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?(?:[ T].*)?", value.strip())
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else value


def _amount(value: Any) -> Any:
    """``¥1,234.50`` → ``1234.50``; an empty cell or a zero says nothing."""
    if not isinstance(value, str):
        return value
    plain = re.sub(r"[,，¥￥\s]|元$", "", value)
    if re.fullmatch(r"\d{1,13}\.\d{3,}", plain):
        # A workbook hands out 0.1 + 0.2 as it holds it.
        whole, part = plain.split(".")
        plain = f"{whole}.{part[:2]}" if not part[2:].strip("0") else plain
    return None if plain in ("", "-", "—") or re.fullmatch(r"0(\.0+)?", plain) else plain


def _bounded(fen: int | None) -> int | None:
    if fen is not None and fen > MAX_FUND_FEN:
        raise PydanticCustomError("yuan_range", "金额超出允许的范围（不超过 1 万亿元）")
    return fen


def mask_numbers(text: str) -> str:
    """Numbers as long as a phone, an account or an identity are not kept: only their last four digits."""
    return _LONG_NUMBER.sub(lambda found: "*" * (len(found[0]) - 4) + found[0][-4:], text)


Amount = Annotated[YuanIn | None, BeforeValidator(_amount), AfterValidator(_bounded)]


class StatementRow(ApiModel):
    """One line as it was typed or exported; ``amount`` in fen."""

    day: Annotated[date, BeforeValidator(_day)]
    income: Amount = None
    outgo: Amount = None
    reference: Annotated[str, Field(max_length=100)] = ""
    counterparty: Annotated[str, Field(max_length=200), AfterValidator(mask_numbers)] = ""
    summary: Annotated[str, Field(max_length=500), AfterValidator(mask_numbers)] = ""

    @model_validator(mode="after")
    def _one_amount(self) -> StatementRow:
        if (self.income is None) == (self.outgo is None):
            raise PydanticCustomError("one_amount", "收入金额、支出金额须填且只填一项")
        return self

    @property
    def direction(self) -> Direction:
        return "in" if self.income is not None else "out"

    @property
    def amount(self) -> int:
        return self.income or self.outgo or 0


def read(content: bytes, month: date) -> tuple[Source, Checked[StatementRow]]:
    """The table and its rows, each row outside of ``month`` refused.

    Raises:
        TableUnreadable, ColumnsMissing, TooManyRows: by the kit.
    """
    source = read_table(content, COLUMNS)
    checked = check_rows(source, COLUMNS, StatementRow)
    until = next_month(month)
    outside = [number for number, row in checked.good if not month <= row.day < until]
    for number in outside:
        checked.errors.setdefault(number, []).append(f"日期：不在 {words_for(month)}内")
    gone = set(outside)
    checked.good = [(number, row) for number, row in checked.good if number not in gone]
    return source, checked


def rows_of(content: bytes, month: date) -> list[tuple[int, StatementRow]]:
    """All rows of a faultless statement.

    Raises:
        StatementInvalid: with the first 200 faulty rows; nothing of the file is taken.
    """
    _, checked = read(content, month)
    if checked.errors:
        faults = [{"row": number, "reasons": reasons} for number, reasons in sorted(checked.errors.items())]
        raise StatementInvalid(
            f"有 {len(faults)} 行需要更正，整个文件没有导入", rows=faults[:_SHOWN], faulty_rows=len(faults)
        )
    if not checked.good:
        raise StatementInvalid("文件里没有一行数据", rows=[], faulty_rows=0)
    return checked.good


def total_words(rows: list[tuple[int, StatementRow]]) -> dict[str, Any]:
    """For the audit trail: lines and totals in yuan."""
    return {
        "lines": len(rows),
        "in": format_yuan(sum(row.income or 0 for _, row in rows)),
        "out": format_yuan(sum(row.outgo or 0 for _, row in rows)),
    }
