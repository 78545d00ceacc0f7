"""Cursors carry the last key, and nothing a stranger writes into one breaks a list."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_kit.errors import ValidationFailed
from service_kit.ids import uuid7
from service_kit.pagination import capped, cut, decode_cursor, encode_cursor, json_page


class TestCursor:
    def test_a_key_comes_back_with_its_types(self) -> None:
        key = ("道塘村", 7, uuid7(), date(2026, 11, 22), datetime(2026, 11, 22, tzinfo=UTC), None)
        assert decode_cursor(encode_cursor(key), (str, int, UUID, date, datetime, str)) == key

    @given(st.text(max_size=60))
    def test_a_made_up_cursor_is_a_clear_refusal(self, text: str) -> None:
        with pytest.raises(ValidationFailed):
            decode_cursor(text, (str, UUID))

    @pytest.mark.parametrize(
        "values", [["a"], ["a", "not-a-uuid"], [1, str(uuid7())], ["\x00", str(uuid7())], {"a": 1}]
    )
    def test_wrong_values_inside_are_refused(self, values: object) -> None:
        cursor = encode_cursor(values) if isinstance(values, list) else "e30"
        with pytest.raises(ValidationFailed) as refusal:
            decode_cursor(cursor, (str, UUID))
        assert refusal.value.errors[0].path == "query.cursor"

    def test_an_integer_that_the_database_cannot_hold_is_refused(self) -> None:
        with pytest.raises(ValidationFailed):
            decode_cursor(encode_cursor([2**63]), (int,))


class TestPages:
    def test_a_full_page_names_the_next_and_a_short_one_does_not(self) -> None:
        assert cut([1, 2, 3], 2, lambda row: (row,)) == ([1, 2], encode_cursor([2]))
        assert cut([1, 2], 2, lambda row: (row,)) == ([1, 2], None)

    def test_json_rows_are_joined_without_parsing(self) -> None:
        page = orjson.loads(json_page([('{"a":1}', "x"), ('{"a":2}', "y")], 1, 12_000))
        assert page == {"items": [{"a": 1}], "next": encode_cursor(["x"]), "total": 10_000, "total_capped": True}

    def test_an_empty_page_is_valid(self) -> None:
        assert orjson.loads(json_page([], 20)) == {"items": [], "next": None, "total": None, "total_capped": False}

    def test_a_count_at_the_cap_is_not_capped(self) -> None:
        assert capped(10_000) == (10_000, False)
        assert capped(10_001) == (10_000, True)
