"""SQL sent straight to the database as the service's role: each invariant holds without the code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
import pytest
from funds_ledger.ledger.chain import hash_sql
from funds_ledger.ledger.models import Transfer
from funds_ledger.ledger.views import pool_differences, pool_reconciles
from service_kit.scope import NATION
from sqlalchemy import text

CHECK = asyncpg.CheckViolationError
COUNTY = "431081"


@asynccontextmanager
async def as_service(service: Any) -> AsyncIterator[asyncpg.Connection]:
    """A transaction of the service's role that sees everything; rolled back."""
    async with service.connection() as connection:
        transaction = connection.transaction()
        await transaction.start()
        for statement in NATION.statements().split("; "):
            await connection.execute(statement)
        try:
            yield connection
        finally:
            await transaction.rollback()


async def refuse(service: Any, error: type[Exception], constraint: str | None, sql: str, *args: Any) -> None:
    async with as_service(service) as connection:
        with pytest.raises(error) as caught:
            await connection.execute(sql, *args)
        if constraint:
            assert caught.value.constraint_name == constraint  # type: ignore[attr-defined]


def copy_transfer(condition: str, columns: dict[str, str]) -> str:
    """SQL that copies a transfer with some columns replaced by expressions, and a hash that fits the result."""
    values = {"id": "gen_random_uuid()"} | columns
    changed = ", ".join(f"{values.get(name, name)} AS {name}" for name in TRANSFER)
    hashed = ", ".join(
        hash_sql("previous_hash") if name == "hash" and name not in columns else name for name in TRANSFER
    )
    return (
        f"WITH changed AS (SELECT {changed} FROM transfer WHERE {condition})"
        f" INSERT INTO transfer ({', '.join(TRANSFER)}) SELECT {hashed} FROM changed"
    )


TRANSFER = tuple(column.name for column in Transfer.__table__.columns)


@pytest.fixture
async def pool_id(office) -> str:
    """100 yuan, floor 55 %: 50 for industry, 45 for others; 5 left."""
    pool_id = await office.open_pool("100.00")
    await office.allocate(pool_id, "50.00", "industry")
    await office.allocate(pool_id, "45.00")
    return pool_id


class TestPool:
    LIMITS = (
        ("allocated_other_fen = allocated_other_fen + 1", "ck_pool_industry_floor"),
        ("floor_bp = 5501", "ck_pool_industry_floor"),
        ("received_fen = received_fen - 1", "ck_pool_industry_floor"),
        ("allocated_industry_fen = 5501", "ck_pool_within_received"),
        ("allocated_other_fen = -1", "ck_pool_not_negative"),
        ("allocated_industry_fen = -1", "ck_pool_not_negative"),
        ("floor_bp = 10001", "ck_pool_floor_range"),
        ("floor_bp = -1", "ck_pool_floor_range"),
        ("received_fen = 100000000000001", "ck_pool_received_range"),
        ("last_seq = -1", "ck_pool_counters"),
    )

    async def test_never_leaves_its_limits(self, service, pool_id):
        for change, constraint in self.LIMITS:
            await refuse(service, CHECK, constraint, f"UPDATE pool SET {change} WHERE id = $1", pool_id)

    async def test_holds_the_largest_amounts_without_overflow(self, service, pool_id):
        async with as_service(service) as connection:
            await connection.execute(
                "UPDATE pool SET received_fen = 100000000000000, allocated_other_fen = 45000000000000,"
                " allocated_industry_fen = 55000000000000 WHERE id = $1",
                pool_id,
            )

    async def test_never_changes_what_it_is(self, service, pool_id):
        for column in ("county_code", "id", "year", "source_level", "created_at"):
            sql = f"UPDATE pool SET {column} = {column} WHERE id = $1"
            await refuse(service, asyncpg.InsufficientPrivilegeError, None, sql, pool_id)

    async def test_is_the_only_one_of_its_kind(self, service, pool_id):
        sql = (
            "INSERT INTO pool SELECT county_code, gen_random_uuid(), year, source_level, 0, 0, 0, floor_bp,"
            " floor_rule_id, 0, now(), now(), 1, NULL, previous_hash, last_hash FROM pool WHERE id = $1"
        )
        await refuse(service, asyncpg.UniqueViolationError, "uq_pool_county_code_year_source_level", sql, pool_id)


class TestTransfer:
    async def test_is_never_changed_or_removed(self, service, pool_id):
        for sql in ("UPDATE transfer SET amount_fen = 1", "DELETE FROM transfer", "TRUNCATE transfer"):
            await refuse(service, asyncpg.InsufficientPrivilegeError, None, sql)

    async def test_nor_is_anything_that_it_speaks_of_removed(self, service, pool_id):
        for table in ("pool", "account", "allocation", "fund_document", "floor_rule", "notice", "audit_entry"):
            await refuse(service, asyncpg.InsufficientPrivilegeError, None, f"DELETE FROM {table}")

    async def insert(self, service, pool_id, error, constraint, *, seq=99, **columns: str) -> None:
        """Copy the newest transfer with some columns replaced by SQL expressions."""
        async with as_service(service) as connection:
            newest = await connection.fetchrow(
                "SELECT id FROM transfer WHERE pool_id = $1 AND kind = 'allocation' ORDER BY seq DESC LIMIT 1", pool_id
            )
        sql = copy_transfer("id = $1", {"seq": str(seq)} | columns)
        await refuse(service, error, constraint, sql, newest["id"])

    WRONG = (
        ({"amount_fen": "0"}, "ck_transfer_amount_range"),
        ({"amount_fen": "-1"}, "ck_transfer_amount_range"),
        ({"credit_account_id": "debit_account_id"}, "ck_transfer_two_accounts"),
        ({"kind": "'gift'"}, "ck_transfer_kind"),
        ({"kind": "'reversal'"}, "ck_transfer_reversal_names_original"),
        ({"reverses_id": "id"}, "ck_transfer_reversal_names_original"),
        ({"allocation_id": "NULL::uuid"}, "ck_transfer_allocation_named"),
        ({"kind": "'receipt'", "document_id": "NULL::uuid"}, "ck_transfer_receipt_names_document"),
        ({"other_after_fen": "other_after_fen + 1"}, "ck_transfer_industry_floor"),
        ({"industry_after_fen": "received_after_fen"}, "ck_transfer_within_received"),
        ({"seq": "0"}, "ck_transfer_seq"),
        ({"kind": "'cut'"}, "ck_transfer_act_named"),
        ({"act_id": "gen_random_uuid()"}, "ck_transfer_act_named"),
        ({"kind": "'payment'"}, "ck_transfer_payment_named"),
        ({"kind": "'refund'"}, "ck_transfer_payment_named"),
        ({"payment_id": "gen_random_uuid()"}, "ck_transfer_payment_named"),
        ({"previous_hash": "''::bytea"}, "ck_transfer_previous_hash"),
        ({"hash": "hash"}, "ck_transfer_hash"),
    )

    async def test_has_two_accounts_and_a_positive_amount(self, service, pool_id):
        for columns, constraint in self.WRONG:
            await self.insert(service, pool_id, CHECK, constraint, **columns)

    async def test_has_its_own_place_in_the_order(self, service, pool_id):
        columns = {"seq": "1", "allocation_id": "allocation_id"}
        await self.insert(
            service, pool_id, asyncpg.UniqueViolationError, "uq_transfer_county_code_pool_id_seq", **columns
        )

    async def test_of_an_allocation_is_the_only_one(self, service, pool_id):
        await self.insert(service, pool_id, asyncpg.UniqueViolationError, "uq_transfer_allocation_posting")

    async def test_stays_within_one_pool(self, service, office, pool_id):
        other = await office.open_pool("10.00", 0, source="provincial")
        async with as_service(service) as connection:
            foreign = await connection.fetchval(
                "SELECT id FROM account WHERE pool_id = $1 AND kind = 'available'", other
            )
        async with as_service(service) as connection:
            document = await connection.fetchval(
                "INSERT INTO fund_document SELECT (jsonb_populate_record(d, jsonb_build_object("
                " 'id', gen_random_uuid(), 'number', '又一号'))).* FROM fund_document d WHERE pool_id = $1"
                " RETURNING id",
                pool_id,
            )
            changes = {
                "seq": "99",
                "kind": "'receipt'",
                "credit_account_id": "$2::uuid",
                "amount_fen": "1",
                "document_id": "$3::uuid",
                "allocation_id": "NULL::uuid",
            }
            sql = copy_transfer("pool_id = $1 AND seq = 2", changes)
            with pytest.raises(asyncpg.ForeignKeyViolationError) as caught:
                await connection.execute(sql, pool_id, foreign, document)
            assert caught.value.constraint_name == "fk_transfer_credit_account"


class TestReversal:
    EXACT: ClassVar = {
        "seq": "90",
        "kind": "'reversal'",
        "reverses_id": "id",
        "debit_account_id": "credit_account_id",
        "credit_account_id": "debit_account_id",
    }

    def sql(self, **changes: str) -> str:
        return copy_transfer("pool_id = $1 AND seq = 2", self.EXACT | changes)

    async def test_is_made_once(self, service, pool_id):
        async with as_service(service) as connection:
            await connection.execute(self.sql(), pool_id)
            with pytest.raises(asyncpg.UniqueViolationError) as caught:
                await connection.execute(self.sql(seq="91"), pool_id)
            assert caught.value.constraint_name == "uq_transfer_reverses_id"

    async def test_is_the_exact_counter_transfer(self, service, pool_id):
        for wrong in (
            {"debit_account_id": "debit_account_id", "credit_account_id": "credit_account_id"},
            {"amount_fen": "amount_fen + 1"},
            {"amount_fen": "amount_fen - 1"},
        ):
            sql = self.sql(**wrong)
            await refuse(service, asyncpg.ForeignKeyViolationError, "fk_transfer_reverses", sql, pool_id)


class TestAccount:
    async def test_gives_no_more_than_it_holds(self, service, pool_id):
        sql = "UPDATE account SET credited_fen = debited_fen + 1 WHERE pool_id = $1 AND kind = 'available'"
        await refuse(service, CHECK, "ck_account_not_overdrawn", sql, pool_id)

    async def test_exists_once(self, service, pool_id):
        sql = (
            "INSERT INTO account (county_code, id, region_code, pool_id, year, source_level, kind, purpose,"
            " debited_fen, credited_fen, created_at, updated_at) SELECT county_code, gen_random_uuid(), region_code,"
            " pool_id, year, source_level, kind, purpose, 0, 0, now(), now() FROM account"
            " WHERE pool_id = $1 AND kind = 'income'"
        )
        await refuse(service, asyncpg.UniqueViolationError, None, sql, pool_id)


class TestAllocationAndDocument:
    async def test_content_never_changes(self, service, pool_id):
        for table, column in (
            ("allocation", "amount_fen"),
            ("allocation", "purpose"),
            ("allocation", "region_code"),
            ("fund_document", "amount_fen"),
            ("fund_document", "direct"),
            ("account", "region_code"),
        ):
            sql = f"UPDATE {table} SET {column} = {column}"
            await refuse(service, asyncpg.InsufficientPrivilegeError, None, sql)

    async def test_marker_of_an_allocation_is_that_of_its_document(self, service, office, pool_id):
        document = await office.receive("10.00", direct=True)
        sql = (
            "INSERT INTO allocation (county_code, id, region_code, pool_id, year, source_level, document_id, direct,"
            " purpose, title, amount_fen, committed_fen, paid_fen, note, status, created_at, updated_at, version,"
            " created_by, created_by_name, library_from)"
            " SELECT county_code, gen_random_uuid(), region_code, pool_id, year, source_level, $2, $3, purpose,"
            " title, 1, 0, 0, '', 'allocated', now(), now(), 1, created_by, created_by_name, library_from"
            " FROM allocation WHERE pool_id = $1 LIMIT 1"
        )
        await refuse(
            service,
            asyncpg.ForeignKeyViolationError,
            "fk_allocation_document",
            sql,
            pool_id,
            document["id"],
            False,
        )

    async def test_documents_never_give_more_than_they_brought(self, service, pool_id):
        sql = "UPDATE fund_document SET allocated_fen = amount_fen + 1 WHERE pool_id = $1"
        await refuse(service, CHECK, "ck_fund_document_within_amount", sql, pool_id)


class TestReconciliation:
    """What no constraint can refuse, the replay of the transfers finds."""

    TAMPERED = (
        ("UPDATE pool SET received_fen = received_fen + 1 WHERE id = :id", "pool"),
        ("UPDATE pool SET last_seq = last_seq + 1 WHERE id = :id", "pool"),
        ("UPDATE account SET debited_fen = debited_fen + 1 WHERE pool_id = :id AND kind = 'available'", "account"),
        (
            "UPDATE allocation SET status = 'reversed', reversed_at = now(), reversal_reason = '无'"
            " WHERE pool_id = :id",
            "allocations in effect",
        ),
    )

    async def test_finds_what_was_changed_behind_the_ledger(self, service, pool_id):
        async with service.session() as session:
            assert await pool_reconciles(session, COUNTY, UUID(pool_id))
        for sql, found in self.TAMPERED:
            with suppress(Undo):
                async with service.session() as session:
                    await session.execute(text(sql), {"id": UUID(pool_id)})
                    differences = await pool_differences(session, COUNTY, UUID(pool_id))
                    raise Undo
            assert any(difference.startswith(found) for difference in differences), (sql, differences)


class Undo(Exception):
    """Rolls a session back."""


class TestFloorRule:
    async def test_is_never_changed(self, service, pool_id):
        await refuse(service, asyncpg.InsufficientPrivilegeError, None, "UPDATE floor_rule SET floor_bp = 0")
