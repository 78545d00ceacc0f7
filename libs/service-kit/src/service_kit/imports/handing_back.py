"""The sheet as it came, with what is wrong beside each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

from service_kit.imports.reading import Source

REASON = "错误原因"


def hand_back(path: Path, source: Source, errors: Mapping[int, Sequence[str]]) -> None:
    """Write a workbook with every cell of ``source`` where it was and the column 错误原因 in front of nothing else.

    A sheet that was handed back before keeps one such column. Rows without an error have it empty.
    """
    head = source.lines[source.head]
    place = head.index(REASON) if REASON in head else max(len(line) for line in source.lines)
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("数据")
        bold = book.add_format({"bold": True, "bg_color": "#E7EFEB", "border": 1})
        plain = book.add_format({"num_format": "@"})
        wrong = book.add_format({"num_format": "@", "bg_color": "#FBE9E7"})
        reason = book.add_format({"font_color": "#B3261E", "text_wrap": True})
        sheet.set_column(0, max(place - 1, 0), 16)
        sheet.set_column(place, place, 48)
        for index, line in enumerate(source.lines):
            number = index + 1
            shape = bold if index == source.head else wrong if errors.get(number) else plain
            for column, value in enumerate(line):
                if value is not None and column != place:
                    sheet.write_string(index, column, value, shape)
            if index == source.head:
                sheet.write_string(index, place, REASON, bold)
            elif errors.get(number):
                sheet.write_string(index, place, "；".join(errors[number]), reason)
        sheet.freeze_panes(source.head + 1, 0)
