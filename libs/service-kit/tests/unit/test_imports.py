"""Tables that people fill in: read whatever way they come, checked row by row, handed back with what is wrong."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import fastexcel
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field
from service_kit.imports import (
    REASON,
    ColumnsMissing,
    ImportColumn,
    TableUnreadable,
    TooManyRows,
    check_rows,
    hand_back,
    read_table,
    reading,
    write_template,
)
from service_kit.money import PositiveYuanIn
from service_kit.schemas import ApiModel
from service_kit.validators import IdNumber

COLUMNS = (
    ImportColumn("name", "姓名", example="张伟明"),
    ImportColumn("id_number", "身份证号", hint="18 位，末位 X 大写", example="431081199001011234"),
    ImportColumn("amount", "金额（元）", aliases=("发放金额",)),
    ImportColumn("paid_on", "发放日期", required=False),
)
GOOD_ID = "11010519491231002X"


class Payment(ApiModel):
    name: Annotated[str, Field(min_length=1, max_length=20)]
    id_number: IdNumber
    amount: PositiveYuanIn
    paid_on: date | None = None


def workbook(*lines: list[Any]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for index, line in enumerate(lines):
            sheet.write_row(index, 0, line)
    return target.getvalue()


HEAD = ["姓名", "身份证号", "金额（元）", "发放日期"]
ROW = ["张伟明", GOOD_ID, "120.50", "2026-11-01"]


def csv(*lines: list[str]) -> str:
    return "\r\n".join(",".join(line) for line in lines)


class TestReading:
    @pytest.mark.parametrize(
        "content",
        [
            workbook(HEAD, ROW),
            workbook(["2026年补贴发放表"], [], HEAD, ROW),
            workbook([*HEAD, "备注"], [*ROW, "x"]),
            csv(HEAD, ROW).encode(),
            csv(HEAD, ROW).encode("utf-8-sig"),
            csv(HEAD, ROW).encode("gb18030"),
            csv(HEAD, ROW).replace(",", "\t").encode("gb18030"),
            workbook(["身份证号", " 姓 名 *", "发放金额"], [GOOD_ID, "张伟明", "120.50"]),
        ],
        ids=["plain", "title above", "more columns", "utf-8", "with mark", "gb18030", "tabs", "other order and names"],
    )
    def test_it_comes_in_many_ways(self, content: bytes) -> None:
        checked = check_rows(read_table(content, COLUMNS), COLUMNS, Payment)
        assert not checked.errors
        [(_, payment)] = checked.good
        assert (payment.name, payment.id_number, payment.amount) == ("张伟明", GOOD_ID, 12050)

    def test_rows_are_numbered_as_the_sheet_counts_and_empty_ones_left_out(self) -> None:
        source = read_table(workbook(["标题"], HEAD, ROW, [None] * 4, ["　", " ", "", ""], ROW), COLUMNS)
        assert [row.number for row in source.rows] == [3, 6]

    def test_a_head_that_lacks_columns_is_refused_with_their_names(self) -> None:
        with pytest.raises(ColumnsMissing) as refused:
            read_table(workbook(["姓名", "备注"], ["张伟明", ""]), COLUMNS)
        assert refused.value.extra["columns"] == ["身份证号", "金额（元）"]

    @pytest.mark.parametrize(
        "content", [b"", b"\x00\x01\x02", b"PK\x03\x04" + bytes(26) + b"xl/nothing", b"%PDF-1.7", workbook()[:200]]
    )
    def test_what_is_no_table_is_refused(self, content: bytes) -> None:
        with pytest.raises((TableUnreadable, ColumnsMissing)):
            read_table(content, COLUMNS)

    def test_too_many_rows_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "ROWS_AT_MOST", 3)
        with pytest.raises(TooManyRows):
            read_table(workbook(HEAD, *[ROW] * 4), COLUMNS)

    def test_a_workbook_that_unpacks_to_too_much_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "_UNPACKED_AT_MOST", 1000)
        with pytest.raises(TableUnreadable):
            read_table(workbook(HEAD, ROW), COLUMNS)

    @settings(max_examples=60, deadline=None)
    @given(st.binary(max_size=400))
    def test_any_bytes_are_read_or_refused(self, content: bytes) -> None:
        with pytest.raises((TableUnreadable, ColumnsMissing)):
            read_table(content, COLUMNS)


class TestChecking:
    def test_good_rows_are_taken_and_each_bad_one_says_why(self) -> None:
        source = read_table(
            workbook(
                HEAD,
                ROW,
                ["", GOOD_ID, "1"],
                ["李四", "110105194912310021", "-5"],
                ["王五", "11010519491231002x", "8.00", "明天"],
                ["张伟明", GOOD_ID, "120.50"],
            ),
            COLUMNS,
        )

        checked = check_rows(source, COLUMNS, Payment, unique=("id_number",))

        assert [number for number, _ in checked.good] == [2]
        assert set(checked.errors) == {3, 4, 5, 6}
        assert checked.errors[3][0].startswith("姓名：")
        assert [reason.split("：")[0] for reason in checked.errors[4]] == ["身份证号", "金额（元）"]
        assert checked.errors[5][0].startswith("发放日期：")
        assert checked.errors[6] == ["身份证号与第 2 行重复"]

    def test_a_service_refuses_what_only_its_database_knows(self) -> None:
        checked = check_rows(read_table(workbook(HEAD, ROW), COLUMNS), COLUMNS, Payment)
        checked.refuse(2, "身份证号：不在本县监测名单")
        assert checked.good == []
        assert checked.errors == {2: ["身份证号：不在本县监测名单"]}


class TestHandingBack:
    def test_the_sheet_comes_back_as_it_was_with_reasons(self, tmp_path: Path) -> None:
        lines = [["补贴表"], HEAD, ROW, ["=1+1", "123", "x"]]
        source = read_table(workbook(*lines), COLUMNS)

        hand_back(tmp_path / "back.xlsx", source, {4: ["身份证号：不对", "金额（元）：不对"]})

        sheet = fastexcel.read_excel(tmp_path / "back.xlsx").load_sheet(0, header_row=None, dtypes="string").to_polars()
        back = [list(row) for row in sheet.iter_rows()]
        assert back[0][0] == "补贴表"
        assert back[1] == [*HEAD, REASON]
        assert back[2] == [*ROW, None]
        assert back[3] == [source.lines[3][0], "123", "x", None, "身份证号：不对；金额（元）：不对"]

    def test_handed_back_twice_it_has_one_column_of_reasons(self, tmp_path: Path) -> None:
        path = tmp_path / "back.xlsx"
        hand_back(path, read_table(workbook(HEAD, ["x", "y", "z"]), COLUMNS), {2: ["不对"]})
        again = read_table(path.read_bytes(), COLUMNS)
        hand_back(path, again, {})
        assert read_table(path.read_bytes(), COLUMNS).lines[0].count(REASON) == 1

    def test_a_filled_template_is_read(self, tmp_path: Path) -> None:
        write_template(tmp_path / "t.xlsx", title="补贴导入", columns=COLUMNS, notes=["一人一行"])
        assert read_table((tmp_path / "t.xlsx").read_bytes(), COLUMNS).rows == []
