"""Imports 导入: tables that people fill in, read, checked row by row, and handed back with what is wrong.

A service gives its columns and a Pydantic model of one row. Good rows are the service's to take; the sheet goes back
as it came, with a column 错误原因, and can be sent again once it is corrected. Everything here is pure work on bytes
and files: call it in a thread.
"""

from service_kit.imports.checking import Checked, check_rows
from service_kit.imports.handing_back import REASON, hand_back
from service_kit.imports.reading import (
    ColumnsMissing,
    ImportColumn,
    Source,
    SourceRow,
    TableUnreadable,
    TooManyRows,
    read_table,
)
from service_kit.imports.template import write_template

__all__ = [
    "REASON",
    "Checked",
    "ColumnsMissing",
    "ImportColumn",
    "Source",
    "SourceRow",
    "TableUnreadable",
    "TooManyRows",
    "check_rows",
    "hand_back",
    "read_table",
    "write_template",
]
