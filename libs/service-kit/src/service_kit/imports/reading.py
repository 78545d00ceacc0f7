"""Reading a workbook or a CSV file as people send them: a title above the head, columns in any order."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import fastexcel

from service_kit.errors import Unprocessable
from service_kit.files.media import XLSX, media_type_of

ROWS_AT_MOST = 50_000
COLUMNS_AT_MOST = 100
_UNPACKED_AT_MOST = 256 * 1024 * 1024
"""A workbook is packed; one that unpacks to more than this is no table that people filled in."""
_HEAD_WITHIN = 10
"""The head stands in one of the first rows; above it there may be a title and remarks."""


class TableUnreadable(Unprocessable):
    code = "table_unreadable"
    title, title_en = "文件读不出来，请用 Excel 另存为 .xlsx 或 CSV 后重试", "The file cannot be read as a table"


class ColumnsMissing(Unprocessable):
    """Carries ``columns``: the titles that were not found."""

    code = "columns_missing"
    title, title_en = "表头与模板不一致", "The head differs from the template"


class TooManyRows(Unprocessable):
    code = "too_many_rows"
    title, title_en = f"一次最多导入 {ROWS_AT_MOST} 行，请分成几个文件", "Too many rows for one import"


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """One column of the template.

    Attributes:
        name: field of the row's model.
        title: head of the column; brackets and spaces do not matter when it is looked for.
        aliases: other heads under which it is found, e.g. of older templates.
    """

    name: str
    title: str
    required: bool = True
    example: str = ""
    hint: str = ""
    width: int = 16
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceRow:
    number: int
    """As the sheet counts, from 1."""
    cells: dict[str, str | None]
    """By field name; None for an empty cell."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table as it came. ``lines`` are all its rows as text, the head at index ``head``."""

    lines: list[list[str | None]]
    head: int
    rows: list[SourceRow]


def read_table(content: bytes, columns: Sequence[ImportColumn]) -> Source:
    """Read the first sheet of a workbook, or a CSV file in UTF-8 or GB 18030; every cell as text.

    Raises:
        TableUnreadable, ColumnsMissing, TooManyRows
    """
    lines = _workbook(content) if media_type_of(content[:4096]) == XLSX else _csv(content)
    head, places = _find_head(lines, columns)
    rows = []
    for index, line in enumerate(lines[head + 1 :], start=head + 2):
        cells = {name: _cell(line, place) for name, place in places.items()}
        if any(cells.values()):
            rows.append(SourceRow(index, cells))
    if len(rows) > ROWS_AT_MOST:
        raise TooManyRows()
    return Source(lines, head, rows)


def _workbook(content: bytes) -> list[list[str | None]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _UNPACKED_AT_MOST:
                raise TableUnreadable("文件解压后过大")
        sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, dtypes="string")
        table = sheet.to_polars().rows()
    except (fastexcel.FastExcelError, zipfile.BadZipFile, OSError) as error:
        raise TableUnreadable() from error
    return _lines(table)


def _csv(content: bytes) -> list[list[str | None]]:
    text = _decoded(content)
    separator = "\t" if text.count("\t") > text.count(",") else ","
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise TableUnreadable() from error
    return _lines(lines)


def _decoded(content: bytes) -> str:
    # Excel writes CSV in the system's own encoding, which is GB 18030 on Chinese Windows.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise TableUnreadable()


def _lines(found: Sequence[Sequence[Any]]) -> list[list[str | None]]:
    if any(len(line) > COLUMNS_AT_MOST for line in found):
        raise TableUnreadable(f"最多 {COLUMNS_AT_MOST} 列")
    if len(found) > ROWS_AT_MOST + _HEAD_WITHIN:
        raise TooManyRows()
    return [[_clean(value) for value in line] for line in found]


def _clean(value: Any) -> str | None:
    if value is None:
        return None
    # What a sheet cannot hold as text, no column of ours may either.
    text = str(value).replace("\x00", "").strip().strip("\u3000")
    return text or None


def _key(title: str | None) -> str:
    kept = (title or "").translate(str.maketrans("（）", "()"))
    return "".join(sign for sign in kept.split("(")[0] if not sign.isspace() and sign != "*")


def _find_head(lines: list[list[str | None]], columns: Sequence[ImportColumn]) -> tuple[int, dict[str, int]]:
    best: tuple[int, dict[str, int]] = (0, {})
    for index, line in enumerate(lines[:_HEAD_WITHIN]):
        found = {_key(title): place for place, title in reversed(list(enumerate(line))) if title}
        places = {column.name: place for column in columns if (place := _place_of(column, found)) is not None}
        if len(places) > len(best[1]):
            best = (index, places)
    missing = [column.title for column in columns if column.required and column.name not in best[1]]
    if missing:
        raise ColumnsMissing(f"缺少：{'、'.join(missing)}", columns=missing)
    return best


def _place_of(column: ImportColumn, found: dict[str, int]) -> int | None:
    titles = (_key(title) for title in (column.title, *column.aliases))
    return next((found[title] for title in titles if title in found), None)


def _cell(line: list[str | None], place: int) -> str | None:
    return line[place] if place < len(line) else None
