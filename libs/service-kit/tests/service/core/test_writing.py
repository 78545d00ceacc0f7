"""Statements in one exchange, and transactions of few."""

from __future__ import annotations

import asyncpg
import pytest
from service_kit.clock import now
from service_kit.db import Writing, transaction
from service_kit.db.reading import reading
from service_kit.exchange import Row
from service_kit.scope import NATION, Scope
from service_kit.testing import ServiceUnderTest

ADD = (
    "INSERT INTO region (code, name, level, parent_code, initials, updated_at)"
    " SELECT $1::text, $2::text, 'township', '431081', '', $3::timestamptz WHERE $2 <> '' RETURNING code, name"
)


async def add(db: Writing, code: str, name: str) -> Row | None:
    found = await db.attempt_together((ADD, [code, name, now()]))
    return found[0][0] if found and found[0] else None


async def known(sample: ServiceUnderTest, code: str) -> bool:
    return bool(await reading(sample.ctx, NATION).value("SELECT count(*) FROM region WHERE code = $1", code))


class TestACommand:
    async def test_is_committed_when_it_answers(self, sample: ServiceUnderTest) -> None:
        db = Writing(sample.ctx, Scope("431081"))
        row = await add(db, "431081901", "甲镇")
        assert row is not None
        assert (row["code"], row["name"]) == ("431081901", "甲镇")
        assert await known(sample, "431081901")

    async def test_is_none_when_it_found_nothing_to_do_or_was_refused(self, sample: ServiceUnderTest) -> None:
        db = Writing(sample.ctx, Scope("431081"))
        for _ in range(3):  # the line is of use afterwards
            assert await add(db, "431081902", "") is None
            assert await add(db, "no code", "乙镇") is None
        assert not await known(sample, "431081902")
        assert await add(db, "431081902", "乙镇") is not None


class TestATransaction:
    async def test_is_committed_at_its_end(self, sample: ServiceUnderTest) -> None:
        async with transaction(sample.ctx, Scope("431081")) as connection:
            assert await connection.fetchval("SELECT current_setting('app.scope_lo')") == "431081"
            await connection.execute(ADD, "431081903", "丙镇", now())
        assert await known(sample, "431081903")

    async def test_is_rolled_back_by_an_error_and_leaves_no_scope(self, sample: ServiceUnderTest) -> None:
        async def fail() -> None:
            async with transaction(sample.ctx, Scope("431081")) as connection:
                await connection.execute(ADD, "431081904", "丁镇", now())
                await connection.execute("SELECT 1 / 0")

        with pytest.raises(asyncpg.DivisionByZeroError):
            await fail()
        assert not await known(sample, "431081904")
        async with sample.ctx.write_pool.acquire() as connection:
            assert not await connection.fetchval("SELECT current_setting('app.scope_lo', true)")
