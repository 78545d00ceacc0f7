"""Workbooks: one sheet with a title, a head that repeats on each printed page, and rows as they come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import xlsxwriter

Kind = Literal["text", "number", "money", "date"]
_NUMBER_FORMATS: dict[str, str] = {"number": "#,##0", "money": "#,##0.00", "date": "yyyy-mm-dd"}
_ROWS_AT_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``money`` cells are given in fen (int) and written as yuan; ``width`` in characters."""

    title: str
    width: int = 12
    kind: Kind = "text"


def write_sheet(
    path: Path,
    *,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    note: str = "",
    sheet: str = "数据",
) -> int:
    """Write one workbook; returns the number of rows. Call it in a thread.

    Text is written as text: what begins with ``=`` is no formula and an ID number stays whole.

    Raises:
        ValueError: more rows than a sheet holds.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(path, options) as book:
        page = book.add_worksheet(sheet)
        heading = book.add_format({"bold": True, "font_size": 15, "align": "center", "valign": "vcenter"})
        small = book.add_format({"font_color": "#666666", "font_size": 9})
        head = book.add_format(
            {
                "bold": True,
                "bg_color": "#E7EFEB",
                "border": 1,
                "text_wrap": True,
                "align": "center",
                "valign": "vcenter",
            }
        )
        formats = [_format(book, column.kind) for column in columns]
        for index, (column, cell) in enumerate(zip(columns, formats, strict=True)):
            page.set_column(index, index, column.width, cell)
        last = len(columns) - 1
        page.set_row(0, 26)
        if last > 0:
            page.merge_range(0, 0, 0, last, title, heading)
        else:
            page.write_string(0, 0, title, heading)
        page.write_string(1, 0, note, small)
        for index, column in enumerate(columns):
            page.write_string(2, index, column.title, head)
        page.set_paper(9)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(2)
        page.set_footer("&C第 &P 页 共 &N 页")
        page.freeze_panes(3, 0)
        count = 0
        for count, row in enumerate(rows, start=1):
            if count > _ROWS_AT_MOST:
                raise ValueError("more rows than one sheet holds")
            for index, value in enumerate(row):
                _write(page, count + 2, index, value, columns[index].kind, formats[index])
        return count


def _format(book: Any, kind: Kind) -> Any:
    shape: dict[str, Any] = {"border": 1, "valign": "vcenter"}
    if kind == "text":
        return book.add_format(shape | {"text_wrap": True})
    return book.add_format(shape | {"num_format": _NUMBER_FORMATS[kind]})


def _write(page: Any, row: int, column: int, value: Any, kind: Kind, cell: Any) -> None:
    if value is None:
        page.write_blank(row, column, None, cell)
    elif kind == "money":
        page.write_number(row, column, value / 100, cell)
    elif kind == "number":
        page.write_number(row, column, value, cell)
    elif kind == "date" and not isinstance(value, str):
        page.write_datetime(row, column, value, cell)
    else:
        page.write_string(row, column, str(value), cell)
