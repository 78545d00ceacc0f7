"""Numbers of persons and organisations: checksums, and what they say. The rejected value is never repeated."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from service_kit.clock import today

Sex = Literal["male", "female"]

_ID = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_EARLIEST_BIRTH_YEAR = 1880

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))-?(\d{7,8})", re.ASCII)

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = re.compile(rf"[{_CREDIT_ALPHABET}]{{18}}")
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

_CARD = re.compile(r"\d{12,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ResidentId:
    """What an 18-digit resident identity number (GB 11643) says of its bearer."""

    number: str
    birth_date: date
    sex: Sex
    region_code: str
    """County of first registration, not of residence."""


def resident_id_check_digit(first17: str) -> str:
    """The 18th character for 17 digits."""
    weighted = sum(int(digit) * weight for digit, weight in zip(first17, _ID_WEIGHTS, strict=True))
    return _ID_CHECK[weighted % 11]


def parse_resident_id(text: str) -> ResidentId:
    """Check and take apart a resident identity number; full-width digits and a small ``x`` are accepted.

    Raises:
        PydanticCustomError: a ValueError with the Chinese reason.
    """
    number = unicodedata.normalize("NFKC", text).strip().upper()
    if not _ID.fullmatch(number):
        raise PydanticCustomError("id_number_format", "身份证号应为 18 位，末位可为 X")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise PydanticCustomError("id_number_birth_date", "身份证号中的出生日期不存在") from None
    if born.year < _EARLIEST_BIRTH_YEAR or born > today():
        raise PydanticCustomError("id_number_birth_date", "身份证号中的出生日期不合理")
    if resident_id_check_digit(number[:17]) != number[17]:
        raise PydanticCustomError("id_number_checksum", "身份证号校验位不符，请核对")
    sex: Sex = "male" if int(number[16]) % 2 else "female"
    return ResidentId(number, born, sex, number[:6])


def parse_mobile(text: str) -> str:
    """11 digits; spaces, hyphens and a leading +86 are dropped.

    Raises:
        PydanticCustomError: not a mobile number of the mainland.
    """
    number = _plain_phone(text).replace("-", "")
    if not _MOBILE.fullmatch(number):
        raise PydanticCustomError("mobile", "手机号应为 11 位数字")
    return number


def parse_phone(text: str) -> str:
    """A mobile number as above, or a landline as ``0735-3322110``.

    Raises:
        PydanticCustomError: neither.
    """
    plain = _plain_phone(text)
    if _MOBILE.fullmatch(plain.replace("-", "")):
        return plain.replace("-", "")
    if landline := _LANDLINE.fullmatch(plain):
        return f"{landline[1]}-{landline[2]}"
    raise PydanticCustomError("phone", "电话应为 11 位手机号，或带区号的固定电话，如 0735-3322110")


def _plain_phone(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    return plain.removeprefix("+86").removeprefix("-") if plain.startswith("+86") else plain


def credit_code_check_character(first17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100)."""
    pairs = zip(first17, _CREDIT_WEIGHTS, strict=True)
    total = sum(_CREDIT_ALPHABET.index(char) * weight for char, weight in pairs)
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def parse_credit_code(text: str) -> str:
    """A unified social credit code, upper case.

    Raises:
        PydanticCustomError: wrong form or checksum.
    """
    code = unicodedata.normalize("NFKC", text).strip().upper()
    if not _CREDIT.fullmatch(code):
        raise PydanticCustomError("credit_code_format", "统一社会信用代码应为 18 位数字或大写字母")
    if credit_code_check_character(code[:17]) != code[17]:
        raise PydanticCustomError("credit_code_checksum", "统一社会信用代码校验位不符，请核对")
    return code


def luhn_check_digit(digits: str) -> str:
    """The last digit that makes a bank card number valid."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def parse_bank_card(text: str) -> str:
    """A bank card number without spaces.

    Raises:
        PydanticCustomError: wrong length or checksum.
    """
    number = unicodedata.normalize("NFKC", text).replace(" ", "").replace("-", "")
    if not _CARD.fullmatch(number):
        raise PydanticCustomError("bank_card_format", "银行卡号应为 12–19 位数字")
    if luhn_check_digit(number[:-1]) != number[-1]:
        raise PydanticCustomError("bank_card_checksum", "银行卡号校验位不符，请核对")
    return number


def _text_only(value: object) -> object:
    # An integer in JSON would lose leading zeros, so only text is a number of this kind.
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "应为文字")
    return value


def _id_number(text: str) -> str:
    return parse_resident_id(text).number


def _schema(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example]})


IdNumber = Annotated[str, BeforeValidator(_text_only), AfterValidator(_id_number), _schema("11010519491231002X")]
MobileNumber = Annotated[str, BeforeValidator(_text_only), AfterValidator(parse_mobile), _schema("13800000000")]
PhoneNumber = Annotated[str, BeforeValidator(_text_only), AfterValidator(parse_phone), _schema("0735-3322110")]
CreditCode = Annotated[
    str, BeforeValidator(_text_only), AfterValidator(parse_credit_code), _schema("91350100M000100Y43")
]
BankCardNumber = Annotated[
    str, BeforeValidator(_text_only), AfterValidator(parse_bank_card), _schema("6222021234567890128")
]
