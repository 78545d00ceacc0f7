"""The empty sheet that people fill in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from service_kit.imports.reading import ImportColumn

_FILLABLE_ROWS = 5_000


def write_template(path: Path, *, title: str, columns: Sequence[ImportColumn], notes: Sequence[str] = ()) -> None:
    """A head with an example in a comment per column, cells formatted as text so that long numbers stay whole."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        text = book.add_format({"num_format": "@"})
        needed = book.add_format({"bold": True, "bg_color": "#1F6F54", "font_color": "#FFFFFF", "border": 1})
        optional = book.add_format({"bold": True, "bg_color": "#E7EFEB", "border": 1})
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width, text)
            sheet.write_string(0, index, column.title, needed if column.required else optional)
            said = [column.hint, f"例：{column.example}" if column.example else ""]
            if words := "\n".join(line for line in said if line):
                sheet.write_comment(0, index, words)
        sheet.freeze_panes(1, 0)
        sheet.ignore_errors({"number_stored_as_text": f"A2:XFD{_FILLABLE_ROWS}"})
        remarks = book.add_worksheet("填写说明")
        remarks.set_column(0, 0, 24)
        remarks.set_column(1, 2, 50)
        remarks.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
        for index, note in enumerate(notes, start=1):
            remarks.write_string(index, 0, note)
        start = len(notes) + 2
        for place, word in enumerate(("列名", "填写要求", "示例")):
            remarks.write_string(start, place, word, optional)
        for index, column in enumerate(columns, start=start + 1):
            must = "必填" if column.required else "选填"
            remarks.write_string(index, 0, column.title)
            remarks.write_string(index, 1, f"{must}。{column.hint}" if column.hint else f"{must}。")
            remarks.write_string(index, 2, column.example)
