"""Numbers of persons and organisations."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from service_kit import validators as v


class TestResidentId:
    def test_says_birth_sex_and_region(self) -> None:
        parsed = v.parse_resident_id(" 11010519491231002x ")
        assert parsed == v.ResidentId("11010519491231002X", date(1949, 12, 31), "female", "110105")

    @given(
        st.integers(110000, 659999),
        st.dates(date(1900, 1, 1), date(2024, 12, 31)),
        st.integers(0, 999),
        st.data(),
    )
    def test_accepts_every_well_made_number_and_no_single_typo(
        self, region: int, born: date, serial: int, data: st.DataObject
    ) -> None:
        body = f"{region}{born:%Y%m%d}{serial:03d}"
        number = body + v.resident_id_check_digit(body)

        parsed = v.parse_resident_id(number)

        assert (parsed.birth_date, parsed.sex) == (born, "male" if serial % 2 else "female")
        place = data.draw(st.integers(0, 16))
        wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
        with pytest.raises(ValueError, match="身份证号"):
            v.parse_resident_id(number[:place] + wrong + number[place + 1 :])

    @pytest.mark.parametrize(
        ("number", "reason"),
        [
            ("", "18 位"),
            ("1101051949123100", "18 位"),
            ("A1010519491231002X", "18 位"),
            ("110105194912310021", "校验位"),
            ("110105194913310026", "不存在"),
            ("110105190002290029", "不存在"),
            ("110105177701010020", "不合理"),
            ("110105299901010020", "不合理"),
            ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "18 位"),
        ],
    )
    def test_says_in_chinese_what_is_wrong(self, number: str, reason: str) -> None:
        with pytest.raises(ValidationError) as refused:
            TypeAdapter(v.IdNumber).validate_python(number)
        assert reason in refused.value.errors()[0]["msg"]


class TestPhone:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("138 0013 8000", "13800138000"),
            ("+86-138-0013-8000", "13800138000"),
            ("13800138000", "13800138000"),
            ("07353322110", "0735-3322110"),
            ("010-12345678", "010-12345678"),
        ],
    )
    def test_accepts_mobiles_and_landlines(self, typed: str, kept: str) -> None:
        assert TypeAdapter(v.PhoneNumber).validate_python(typed) == kept

    @pytest.mark.parametrize("typed", ["", "12800138000", "1380013800", "3322110", "电话", 13800138000, None])
    def test_refuses_the_rest(self, typed: object) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(v.PhoneNumber).validate_python(typed)

    def test_a_landline_is_not_a_mobile(self) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(v.MobileNumber).validate_python("0735-3322110")


class TestCreditCode:
    def test_accepts_a_real_one(self) -> None:
        assert TypeAdapter(v.CreditCode).validate_python("91350100m000100y43") == "91350100M000100Y43"

    @given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
    def test_accepts_every_well_made_code(self, body: str) -> None:
        code = body + v.credit_code_check_character(body)
        assert v.parse_credit_code(code) == code

    @pytest.mark.parametrize("code", ["", "91350100M000100Y44", "91350100I000100Y43", "9135"])
    def test_refuses_the_rest(self, code: str) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(v.CreditCode).validate_python(code)


class TestBankCard:
    @given(st.text("0123456789", min_size=15, max_size=18))
    def test_accepts_every_well_made_number(self, body: str) -> None:
        number = body + v.luhn_check_digit(body)
        assert TypeAdapter(v.BankCardNumber).validate_python(f"{number[:4]} {number[4:]}") == number

    @pytest.mark.parametrize("number", ["", "6222021234567890129", "622202", "六二二二"])
    def test_refuses_the_rest(self, number: str) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(v.BankCardNumber).validate_python(number)
