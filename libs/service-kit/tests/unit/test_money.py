"""Money is exact: yuan strings and integer fen are two spellings of one number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from service_kit.money import MAX_FEN, PositiveYuanIn, Yuan, YuanIn, format_yuan, parse_yuan, share_bp


class TestParseAndFormat:
    @given(st.integers(-MAX_FEN, MAX_FEN))
    def test_every_amount_survives_the_round_trip(self, fen: int) -> None:
        assert parse_yuan(format_yuan(fen)) == fen

    @given(st.integers(-MAX_FEN, MAX_FEN))
    def test_the_string_is_the_decimal_value(self, fen: int) -> None:
        assert Decimal(format_yuan(fen)) * 100 == fen

    @pytest.mark.parametrize(
        ("text", "fen"),
        [
            ("0", 0),
            ("1234.5", 123450),
            ("1234.50", 123450),
            ("-0.01", -1),
            ("007", 700),
            ("9999999999999", 999999999999900),
        ],
    )
    def test_plain_decimals_are_read(self, text: str, fen: int) -> None:
        assert parse_yuan(text) == fen

    @pytest.mark.parametrize(
        "text", ["", "1.234", "1e3", "1,000", " 1", "¥1", "--1", ".5", "5.", "nan", "١", "12345678901234"]
    )
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r".*"):
            parse_yuan(text)


class TestRequestTypes:
    @pytest.mark.parametrize("value", [1, 1.5, True, None, [], "1.001", "x", "-1"])
    def test_numbers_and_negative_amounts_are_refused(self, value: object) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(YuanIn).validate_python(value)

    def test_zero_is_an_amount_but_not_a_positive_one(self) -> None:
        assert TypeAdapter(YuanIn).validate_python("0") == 0
        with pytest.raises(ValidationError, match="大于 0"):
            TypeAdapter(PositiveYuanIn).validate_python("0.00")

    def test_an_amount_beyond_the_bound_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="超出"):
            TypeAdapter(YuanIn).validate_python(format_yuan(MAX_FEN + 1))

    def test_answers_are_strings(self) -> None:
        assert TypeAdapter(Yuan).dump_json(123450) == b'"1234.50"'


class TestShare:
    @given(st.integers(0, MAX_FEN), st.integers(1, MAX_FEN))
    def test_the_share_is_rounded_down(self, part: int, whole: int) -> None:
        share = share_bp(part, whole)
        assert share is not None
        assert share * whole <= part * 10_000 < (share + 1) * whole

    def test_nothing_has_no_share(self) -> None:
        assert share_bp(0, 0) is None
