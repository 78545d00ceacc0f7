"""Bulk load into a table with row-level security."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from service_kit.bulk import copy_rows
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

COLUMNS = ("county_code", "id", "region_code", "name")


def row(name: str, region: str = "431081106") -> tuple[object, ...]:
    return (region[:6], uuid7(), region, name)


async def load(service: ServiceUnderTest, rows: object, scope: str = "431081", on_conflict: str = "") -> int:
    async with service.connection(service.owner_url) as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.scope_lo = '{scope}'")
        await connection.execute(f"SET LOCAL app.scope_hi = '{scope}:'")
        return await copy_rows(connection, "thing", COLUMNS, rows, on_conflict=on_conflict)  # type: ignore[arg-type]


async def stored(service: ServiceUnderTest) -> list[str]:
    async with service.connection(service.superuser_url) as connection:
        rows = await connection.fetch("SELECT name FROM funds.thing ORDER BY id")
    return [row["name"] for row in rows]


async def test_every_character_survives(service: ServiceUnderTest) -> None:
    strange = ["张三", "tab\there", "back\\slash", "line\nfeed\r", "\\N", "", "𠮷", 'a,b"c']
    assert await load(service, [row(name) for name in strange]) == len(strange)
    assert await stored(service) == strange


async def test_takes_csv_and_asynchronous_rows(service: ServiceUnderTest) -> None:
    csv = ",".join(map(str, row('"含,逗号"'))).encode() + b"\n"

    async def later() -> AsyncIterator[tuple[object, ...]]:
        yield row("二")
        yield row("三")

    assert await load(service, csv) == 1
    assert await load(service, later()) == 2
    assert await stored(service) == ["含,逗号", "二", "三"]


async def test_more_than_one_chunk(service: ServiceUnderTest) -> None:
    assert await load(service, (row(f"{number:06d}" * 10) for number in range(6_000))) == 6_000


async def test_rows_outside_the_scope_are_refused_and_nothing_stays(service: ServiceUnderTest) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await load(service, [row("内"), row("外", "430902001")])
    assert await stored(service) == []


async def test_conflicts_can_be_left_out_of_the_count(service: ServiceUnderTest) -> None:
    same = row("一")
    await load(service, [same])
    assert await load(service, [same, row("二")], on_conflict="ON CONFLICT DO NOTHING") == 1
