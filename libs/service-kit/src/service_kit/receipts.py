"""Receipts 回执 for what people hand in without signing in: a number that can be read out and cannot be guessed.

A number is one digit of series (which desk it belongs to), ten random digits and a check digit. What it stands for is
found by the keyed hash of number and the last four digits of the phone together: the number alone leads nowhere, a
wrong pair looks like any other, and nothing is compared in steps that take longer the better the guess.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit import ratelimit
from service_kit.clock import now
from service_kit.context import ServiceContext
from service_kit.crypto import normalise
from service_kit.errors import NotFound
from service_kit.kit_tables import public_receipt
from service_kit.schemas import ApiModel
from service_kit.validators import luhn_check_digit

LENGTH = 12
_RANDOM = LENGTH - 2
LOOKUPS = ratelimit.Limit("receipt.lookup", 10, 15 * 60)
"""Tries with one receipt number, right or wrong."""


def _number(text: str) -> str:
    number = normalise(text)
    if len(number) != LENGTH or not (number.isascii() and number.isdigit()):
        raise PydanticCustomError("receipt_number", "回执号应为 12 位数字")
    if luhn_check_digit(number[:-1]) != number[-1]:
        raise PydanticCustomError("receipt_number", "回执号有误，请对照回执核对")
    return number


def _last4(text: str) -> str:
    digits = normalise(text)
    if len(digits) != 4 or not (digits.isascii() and digits.isdigit()):
        raise PydanticCustomError("phone_last4", "请填写手机号的后 4 位数字")
    return digits


ReceiptNumber = Annotated[
    str, Field(max_length=40, examples=["104839571627"], description="回执号"), AfterValidator(_number)
]
PhoneEnd = Annotated[str, Field(max_length=40, examples=["5678"], description="手机号后 4 位"), AfterValidator(_last4)]


class ReceiptQuery(ApiModel):
    """What somebody without login shows to see how their matter stands."""

    number: ReceiptNumber
    phone_last4: PhoneEnd


@dataclass(frozen=True, slots=True)
class Matter:
    """What a receipt stands for."""

    kind: str
    county_code: str
    id: UUID


def make_number(series: str) -> str:
    """A fresh number of a series (one digit)."""
    body = series + "".join(secrets.choice("0123456789") for _ in range(_RANDOM))
    return body + luhn_check_digit(body)


def grouped(number: str) -> str:
    """As it is shown and read out: ``1048 3957 1627``."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


async def issue(
    session: AsyncSession,
    ctx: ServiceContext,
    *,
    series: str,
    kind: str,
    county_code: str,
    subject_id: UUID,
    phone: str,
) -> str:
    """Give a matter its receipt number, in the transaction that keeps the matter.

    Args:
        phone: the full number of whoever handed it in.
    """
    while True:
        number = make_number(series)
        statement = (
            insert(public_receipt)
            .values(
                proof=_proof(ctx, number, phone[-4:]),
                kind=kind,
                county_code=county_code,
                subject_id=subject_id,
                created_at=now(),
            )
            .on_conflict_do_nothing()
            .returning(public_receipt.c.subject_id)
        )
        if (await session.execute(statement)).scalar_one_or_none() is not None:
            return number


async def find(session: AsyncSession, ctx: ServiceContext, kind: str, query: ReceiptQuery) -> Matter:
    """What a receipt stands for. Tries are counted per number, whether or not it exists.

    Raises:
        NotFound: no such pair of number and phone. RateLimited.
    """
    await ratelimit.hit(ctx, LOOKUPS, query.number)
    found = public_receipt.c
    wanted = select(found.county_code, found.subject_id).where(
        found.proof == _proof(ctx, query.number, query.phone_last4), found.kind == kind
    )
    row = (await session.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound("没有查到，请核对回执号和手机号后 4 位", detail_en="Nothing found for this receipt and phone")
    return Matter(kind, row.county_code, row.subject_id)


def _proof(ctx: ServiceContext, number: str, last4: str) -> bytes:
    return ctx.crypto.blind_index(f"receipt:{number}:{last4}")
