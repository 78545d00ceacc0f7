"""The banks' monthly list of microloans. Pure bytes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from service_kit.imports import Checked, ImportColumn, Source, check_rows, read_table, write_template
from service_kit.money import PositiveYuanIn, YuanIn
from service_kit.schemas import ApiModel
from service_kit.validators import IdNumber

COLUMNS = (
    ImportColumn("lender", "贷款银行", example="资兴农商银行", width=18),
    ImportColumn("contract_number", "合同号", example="2026-0001", width=18),
    ImportColumn("name", "借款人", example="张三", width=12, aliases=("姓名",)),
    ImportColumn("id_number", "身份证号", example="11010519491231002X", width=22),
    ImportColumn("principal", "贷款金额", hint="元", example="50000.00", width=14, aliases=("金额",)),
    ImportColumn("balance", "余额", hint="元；还清为 0", example="50000.00", width=14, aliases=("贷款余额",)),
    ImportColumn("rate", "年利率", hint="百分之几，如 3.45", example="3.45", width=10),
    ImportColumn("disbursed_on", "发放日期", example="2026-01-15", width=12),
    ImportColumn("due_on", "到期日期", hint="展期后填新的到期日", example="2028-01-15", width=12),
    ImportColumn("purpose", "用途", example="发展黄桃种植", width=20),
    ImportColumn("household_used", "户贷户用", hint="是或否", example="是", width=10),
)


def _plain(value: object) -> object:
    return str(value).strip().replace(",", "").replace("，", "") if isinstance(value, str) else value


def _day(value: object) -> object:
    # Workbooks hand days out as "2026-01-15 00:00:00".
    return str(value).strip().replace("/", "-").split(" ")[0] if isinstance(value, str) else value


def _rate(value: object) -> object:
    try:
        points = Decimal(str(value).strip().rstrip("%％")) * 100
    except InvalidOperation:
        raise PydanticCustomError("rate", "年利率应写成 3.45 这样的百分数") from None
    if points != points.to_integral_value() or not 0 <= points <= 10_000:
        raise PydanticCustomError("rate", "年利率应写成 3.45 这样的百分数，最多两位小数")
    return int(points)


def _yes(value: object) -> object:
    if value not in ("是", "否"):
        raise PydanticCustomError("yes_no", "应为“是”或“否”")
    return value == "是"


class LoanRow(ApiModel):
    """rate: basis points after reading."""

    lender: Annotated[str, Field(min_length=2, max_length=100)]
    contract_number: Annotated[str, Field(min_length=1, max_length=60)]
    name: Annotated[str, Field(min_length=1, max_length=50)]
    id_number: IdNumber
    principal: Annotated[PositiveYuanIn, BeforeValidator(_plain)]
    balance: Annotated[YuanIn, BeforeValidator(_plain)]
    rate: Annotated[int, BeforeValidator(_rate)]
    disbursed_on: Annotated[date, BeforeValidator(_day)]
    due_on: Annotated[date, BeforeValidator(_day)]
    purpose: Annotated[str, Field(min_length=1, max_length=200)]
    household_used: Annotated[bool, BeforeValidator(_yes)]

    @model_validator(mode="after")
    def _possible(self) -> LoanRow:
        if self.due_on <= self.disbursed_on:
            raise PydanticCustomError("term", "到期日期应晚于发放日期")
        if not 0 <= self.balance <= self.principal:
            raise PydanticCustomError("balance", "余额应在 0 和贷款金额之间")
        return self


def read_loans(content: bytes) -> tuple[Source, Checked[LoanRow]]:
    """Raises TableUnreadable, ColumnsMissing, TooManyRows."""
    source = read_table(content, COLUMNS)
    return source, check_rows(source, COLUMNS, LoanRow, unique=("lender", "contract_number"))


def template() -> bytes:
    """The empty list."""
    notes = ("每笔贷款一行，按银行和合同号对应；每月导入全部未结清和当月还清的贷款。",)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, title="小额信贷台账", columns=COLUMNS, notes=notes)
        return path.read_bytes()
