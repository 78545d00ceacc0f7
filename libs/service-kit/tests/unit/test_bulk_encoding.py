"""The text format of COPY."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from service_kit.bulk import encode_row, encode_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, r"\N"),
        ("", ""),
        ("张三\t\\N\r\n", r"张三\t\\N\r\n"),
        (True, "t"),
        (False, "f"),
        (-12, "-12"),
        (b"\x00\xff", r"\\x00ff"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({"名": "a\tb"}, '{"名":"a\\\\tb"}'),
        ([1, None], "[1,null]"),
    ],
)
def test_every_type_has_one_spelling(value: object, text: str) -> None:
    assert encode_value(value) == text


def test_a_row_is_a_line() -> None:
    assert encode_row(("a", None, 1)) == "a\t\\N\t1\n"


def test_a_subclass_is_spelled_like_its_base() -> None:
    class Driver(UUID):
        pass

    assert encode_value(Driver(int=1)) == str(UUID(int=1))


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        encode_value(1.5)
