"""Reading in one exchange: what it answers, what it refuses, and that nothing of it outlives it."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from service_kit.db.reading import ReadConnection, reading
from service_kit.exchange import Reader
from service_kit.ids import moment_of_now, uuid7, uuid7_in_sql
from service_kit.scope import NATION, Scope
from service_kit.testing import ServiceUnderTest

COUNTY = Scope("431081")
SCOPE_SET = "SELECT coalesce(current_setting('app.scope_lo', true), '')"


async def parcels(sample: ServiceUnderTest, count: int = 1, region: str = "431081106226") -> None:
    api = sample.api("")
    for _ in range(count):
        await api.ok("PUT", f"/parcels/{uuid7()}", json={"region_code": region, "name": "茶园", "value": "1.00"})


class TestAnExchange:
    async def test_sees_its_scope_and_nothing_else(self, sample: ServiceUnderTest) -> None:
        await parcels(sample, 2)
        await parcels(sample, 1, "431027106226")

        assert await reading(sample.ctx, COUNTY).value("SELECT count(*) FROM parcel") == 2
        assert await reading(sample.ctx, NATION).value("SELECT count(*) FROM parcel") == 3
        assert await reading(sample.ctx, None).value("SELECT count(*) FROM parcel") == 0

    async def test_leaves_no_scope_behind(self, sample: ServiceUnderTest) -> None:
        for _ in range(3):
            assert await reading(sample.ctx, COUNTY).value(SCOPE_SET) == "431081"
            assert await reading(sample.ctx, None).value(SCOPE_SET) == ""

    async def test_leaves_no_scope_behind_when_it_fails(self, sample: ServiceUnderTest) -> None:
        with pytest.raises(psycopg.errors.DivisionByZero):
            await reading(sample.ctx, COUNTY).value("SELECT 1 / (count(*) - count(*)) FROM parcel")

        assert await reading(sample.ctx, None).value(SCOPE_SET) == ""

    async def test_cannot_write(self, sample: ServiceUnderTest) -> None:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await reading(sample.ctx, NATION).rows("DELETE FROM parcel")

    async def test_answers_a_statement_without_rows_with_none(self, sample: ServiceUnderTest) -> None:
        assert await reading(sample.ctx, COUNTY).rows("SET LOCAL work_mem = '8MB'") == []

    async def test_cannot_end_its_transaction_with_a_second_statement(self, sample: ServiceUnderTest) -> None:
        with pytest.raises(psycopg.errors.SyntaxError):
            await reading(sample.ctx, COUNTY).rows("ROLLBACK; SELECT 1")

    @pytest.mark.parametrize(
        ("sql", "value"),
        [
            ("SELECT $1::text", "衔接'\\ \""),
            ("SELECT $1::bytea", b"\x00\xff"),
            ("SELECT $1::uuid", UUID(int=7)),
            ("SELECT $1::date", date(2026, 11, 22)),
            ("SELECT $1::bigint", -(2**62)),
            ("SELECT $1::boolean", True),
            ("SELECT $1::text[]", ["甲", 'a"b', "{,}", ""]),
            ("SELECT $1::text", None),
        ],
    )
    async def test_carries_values_both_ways(self, sample: ServiceUnderTest, sql: str, value: Any) -> None:
        assert await reading(sample.ctx, None).value(sql, value) == value

    async def test_leaves_json_as_the_database_wrote_it(self, sample: ServiceUnderTest) -> None:
        row = await reading(sample.ctx, None).row("""SELECT '{"a":1.50}'::json AS body, '[]'::jsonb AS list""")

        assert row is not None
        assert (row["body"], row[1], tuple(row)) == ('{"a":1.50}', "[]", ('{"a":1.50}', "[]"))

    @pytest.mark.parametrize("bad", ["a\x00b", "\ud800"])
    async def test_refuses_what_the_database_cannot_hold_and_goes_on(self, sample: ServiceUnderTest, bad: str) -> None:
        with pytest.raises(psycopg.DataError):
            await reading(sample.ctx, None).value("SELECT $1::text", bad)

        assert await reading(sample.ctx, None).value("SELECT $1::text", "good") == "good"

    async def test_carries_more_than_a_socket_takes_at_once(self, sample: ServiceUnderTest) -> None:
        much = "地" * 3_000_000

        assert await reading(sample.ctx, None).value("SELECT $1::text", much) == much


class TestSeveralAtOnce:
    async def test_travel_in_one_exchange(self, sample: ServiceUnderTest) -> None:
        db = reading(sample.ctx, COUNTY)

        pids = await db.at_once(*(db.value(f"SELECT pg_backend_pid() + {n} - {n}") for n in range(3)))

        assert len(set(pids)) == 1

    async def test_each_hears_of_a_failure(self, sample: ServiceUnderTest) -> None:
        db = reading(sample.ctx, COUNTY)

        with pytest.raises(psycopg.errors.UndefinedTable):
            await db.at_once(db.value("SELECT 1"), db.value("SELECT * FROM nowhere"))

        assert await db.value("SELECT 2") == 2


class TestIdsMadeInSql:
    async def test_are_new_and_of_now(self, sample: ServiceUnderTest) -> None:
        made = f"SELECT {uuid7_in_sql('$1')} FROM generate_series(1, 100)"
        before = uuid7()

        ids = [row[0] for row in await reading(sample.ctx, None).rows(made, moment_of_now())]

        assert {one.version for one in ids} == {7}
        assert len(set(ids)) == 100
        assert all(one.bytes[:6] >= before.bytes[:6] for one in ids)


class TestManyReaders:
    async def test_wait_for_a_connection_and_are_all_answered(self, sample: ServiceUnderTest) -> None:
        answers = await asyncio.gather(
            *(reading(sample.ctx, COUNTY).value("SELECT $1::int FROM pg_sleep(0.001)", n) for n in range(200))
        )

        assert answers == list(range(200))
        assert sample.ctx.reader.in_use == 0

    async def test_one_who_gives_up_does_not_disturb_the_others(self, sample: ServiceUnderTest) -> None:
        slow = asyncio.create_task(reading(sample.ctx, COUNTY).value("SELECT 1 FROM pg_sleep(0.2)"))
        await asyncio.sleep(0.05)
        slow.cancel()

        answers = await asyncio.gather(
            *(reading(sample.ctx, COUNTY).value("SELECT $1::int", n) for n in range(20)), return_exceptions=True
        )

        assert answers == list(range(20))

    async def test_a_connection_that_was_cut_is_replaced(self, sample: ServiceUnderTest) -> None:
        pid = await reading(sample.ctx, None).value("SELECT pg_backend_pid()")
        async with sample.connection(sample.superuser_url) as admin:
            await admin.fetchval("SELECT pg_terminate_backend($1, 2000)", pid)
        await asyncio.sleep(0.1)

        assert await reading(sample.ctx, None).value("SELECT pg_backend_pid()") != pid

    async def test_a_database_that_is_away_is_said_to_be(self) -> None:
        reader = Reader("postgresql://nobody@127.0.0.1:1/none", 2, {"application_name": "t", "timezone": "UTC"})
        try:
            with pytest.raises(psycopg.OperationalError):
                await _alone(reader).value("SELECT 1")
        finally:
            await reader.close()


def _alone(reader: Reader) -> ReadConnection:
    class Context:
        pass

    ctx: Any = Context()
    ctx.reader = reader
    return reading(ctx, None)
