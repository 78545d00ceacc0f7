"""The sheets of payouts: the list as people fill it in, the bank's file, and what the bank sends back. Pure bytes."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError
from service_kit.exports import Column, write_sheet
from service_kit.imports import Checked, ImportColumn, Source, check_rows, hand_back, read_table, write_template
from service_kit.money import PositiveYuanIn, format_yuan
from service_kit.schemas import ApiModel
from service_kit.validators import IdNumber

from funds_ledger.payouts.rules import MAX_LINES, Answer
from funds_ledger.standards.schemas import PersonYuanIn

LIST_COLUMNS = (
    ImportColumn("name", "姓名", example="张三", width=12),
    ImportColumn("id_number", "身份证号", example="11010519491231002X", hint="18 位", width=22),
    ImportColumn("account_number", "账号", False, example="6222021234567890128", width=24, aliases=("银行账号", "卡号"),
                 hint="可以先不填，核对时会提示"),
    ImportColumn("bank", "开户行", False, example="农商银行州门司支行", width=24),
    ImportColumn("holder", "户名", False, hint="与姓名不同时填写", width=12, aliases=("账户名",)),
    ImportColumn("quantity", "数量", False, example="1", hint="按天、月等计数的标准填写", width=8, aliases=("天数",)),
    ImportColumn("amount", "金额", False, example="500.00", hint="元；不填则按标准", width=12, aliases=("发放金额",)),
    ImportColumn("note", "备注", False, width=24),
)  # fmt: skip

RETURN_COLUMNS = (
    ImportColumn("line_no", "序号", width=8),
    ImportColumn("account_number", "账号", width=24, aliases=("账号尾号", "卡号")),
    ImportColumn("amount", "金额", width=12, aliases=("发放金额",)),
    ImportColumn("result", "结果", hint="成功或失败", width=10, aliases=("处理结果", "状态")),
    ImportColumn("reason", "失败原因", False, width=30, aliases=("原因", "备注")),
)
_PAID = {"成功", "已入账", "入账成功", "交易成功"}
_FAILED = {"失败", "未入账", "入账失败", "交易失败", "退票", "退回"}


def _whole(value: object) -> object:
    # Workbooks hand numbers out as "12.0".
    text = str(value).strip().replace(",", "").replace("，", "")
    return text[:-2] if text.endswith(".0") else text


def _yuan(value: object) -> object:
    return str(value).strip().replace(",", "").replace("，", "") if isinstance(value, str) else value


def _result(text: str) -> str:
    if text not in _PAID | _FAILED:
        raise PydanticCustomError("result_unknown", "应为“成功”或“失败”")
    return text


class ListRow(ApiModel):
    name: Annotated[str, Field(min_length=1, max_length=50)]
    id_number: IdNumber
    account_number: Annotated[str | None, Field(max_length=40)] = None
    bank: Annotated[str, Field(max_length=200)] = ""
    holder: Annotated[str, Field(max_length=100)] = ""
    quantity: Annotated[int, BeforeValidator(_whole), Field(ge=1, le=1000)] = 1
    amount: Annotated[PersonYuanIn | None, BeforeValidator(_yuan)] = None
    note: Annotated[str, Field(max_length=200)] = ""


class ReturnRow(ApiModel):
    line_no: Annotated[int, BeforeValidator(_whole), Field(ge=1, le=MAX_LINES)]
    account_number: Annotated[str, Field(min_length=4, max_length=40)]
    amount: Annotated[PositiveYuanIn, BeforeValidator(_yuan)]
    result: Annotated[str, AfterValidator(_result)]
    reason: Annotated[str, Field(max_length=200)] = ""


def read_list(content: bytes) -> tuple[Source, Checked[ListRow]]:
    """Raises TableUnreadable, ColumnsMissing, TooManyRows."""
    source = read_table(content, LIST_COLUMNS)
    return source, check_rows(source, LIST_COLUMNS, ListRow)


def read_return(content: bytes) -> tuple[Source, Checked[ReturnRow]]:
    """Raises TableUnreadable, ColumnsMissing, TooManyRows."""
    source = read_table(content, RETURN_COLUMNS)
    return source, check_rows(source, RETURN_COLUMNS, ReturnRow)


def answers(checked: Checked[ReturnRow]) -> list[Answer]:
    return [
        Answer(number, row.line_no, row.account_number.replace(" ", ""), row.amount, row.result in _PAID, row.reason)
        for number, row in checked.good
    ]


def refused_sheet(source: Source, errors: dict[int, list[str]]) -> bytes:
    """The sheet as it came with the column 错误原因."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        hand_back(path, source, errors)
        return path.read_bytes()


def template() -> bytes:
    """The empty list."""
    notes = ("一人一行。账号、数量、金额可以不填：金额不填按标准，数量不填为 1。",)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, title="补贴发放名单", columns=LIST_COLUMNS, notes=notes)
        return path.read_bytes()


@dataclass(frozen=True, slots=True)
class BankLine:
    """One line as the bank gets it. amount: fen."""

    line_no: int
    name: str
    id_number: str
    bank: str
    account_number: str
    amount: int
    note: str


BANK_HEAD = ("序号", "户名", "身份证号", "开户行", "账号", "金额", "用途")


def bank_csv(lines: Sequence[BankLine]) -> bytes:
    """The bank's file: UTF-8 with a mark for Excel, a total as the last row. The same lines give the same bytes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(BANK_HEAD)
    for line in lines:
        # A tab keeps Excel from rounding long numbers; banks' programs trim it.
        writer.writerow(
            (line.line_no, line.name, line.id_number + "\t", line.bank, line.account_number + "\t",
             format_yuan(line.amount), line.note)
        )  # fmt: skip
    total = sum(line.amount for line in lines)
    writer.writerow(("合计", f"{len(lines)} 笔", "", "", "", format_yuan(total), ""))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def digest_of(lines: Sequence[BankLine]) -> bytes:
    """SHA-256 of the CSV: what the bank got can be proved later."""
    return hashlib.sha256(bank_csv(lines)).digest()


_BANK_COLUMNS = (
    Column("序号", 8, "number"),
    Column("户名", 12),
    Column("身份证号", 22),
    Column("开户行", 24),
    Column("账号", 24),
    Column("金额（元）", 14, "money"),
    Column("用途", 24),
)


def bank_xlsx(title: str, lines: Sequence[BankLine]) -> bytes:
    """The same for people, with totals and the digest of the CSV in its note."""
    total = sum(line.amount for line in lines)
    note = f"共 {len(lines)} 笔，合计 {format_yuan(total)} 元；CSV 文件 SHA-256：{digest_of(lines).hex()}"
    rows = ((x.line_no, x.name, x.id_number, x.bank, x.account_number, x.amount, x.note) for x in lines)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bank.xlsx"
        write_sheet(path, title=title, columns=_BANK_COLUMNS, rows=rows, note=note)
        return path.read_bytes()


def filled_list(title: str, lines: Sequence[tuple[object, ...]]) -> bytes:
    """A list with the template's columns, to fill in what is missing and send it again."""
    columns = [Column(column.title, column.width) for column in LIST_COLUMNS]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        write_sheet(path, title=title, columns=columns, rows=lines, note="填好后在本批次重新上传；按身份证号对应。")
        return path.read_bytes()
