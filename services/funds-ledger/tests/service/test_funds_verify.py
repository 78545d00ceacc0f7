"""The chain and the replay: whatever is changed behind the ledger, even by a superuser, is found."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import pytest
from funds_ledger.ledger.chain import hash_sql
from funds_ledger.verify import main, verify

HASHED = f"UPDATE transfer SET hash = {hash_sql('previous_hash')} WHERE pool_id = $1"


@pytest.fixture
async def pool_id(office) -> str:
    pool_id = await office.open_pool("100.00")
    first = await office.allocate(pool_id, "10.00", "industry")
    await office.allocate(pool_id, "20.00")
    await office.reverse(first["id"])
    return pool_id


async def problems(service, known=None) -> list[str]:
    async with service.session() as session:
        return (await verify(session, known)).problems


async def tamper(service, *statements: str, pool_id: str) -> None:
    """As superuser, with foreign keys and triggers switched off."""
    async with service.connection(service.superuser_url) as connection:
        await connection.execute("SET search_path = funds; SET session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement, *([UUID(pool_id)] if "$1" in statement else []))


class TestWhole:
    async def test_an_untouched_ledger_verifies(self, service, pool_id):
        async with service.session() as session:
            found = await verify(session)
        assert (found.problems, found.pools, found.transfers) == ([], 1, 4)
        assert await problems(service, found.heads) == []

    async def test_the_command_says_so(self, service, pool_id, monkeypatch, capsys):
        import asyncio

        assert await asyncio.to_thread(main, []) == 0
        assert "✓" in capsys.readouterr().out
        await tamper(service, "UPDATE pool SET received_fen = received_fen + 1 WHERE id = $1", pool_id=pool_id)
        assert await asyncio.to_thread(main, []) == 1
        assert "✗" in capsys.readouterr().out


class TestTampering:
    async def test_a_changed_row_does_not_even_pass_its_own_check(self, service, pool_id):
        with pytest.raises(asyncpg.CheckViolationError) as caught:
            await tamper(service, "UPDATE transfer SET amount_fen = amount_fen + 1 WHERE pool_id = $1", pool_id=pool_id)
        assert caught.value.constraint_name == "ck_transfer_hash"

    CHANGES = (
        (
            "UPDATE transfer SET posted_by_name = '别人', hash = {hash} WHERE pool_id = $1 AND seq = 2",
            "第 3 笔与上一笔不相接",
        ),
        ("UPDATE transfer SET amount_fen = 1 WHERE pool_id = $1 AND seq = 3", "第 3 笔的内容被改动"),
        ("DELETE FROM transfer WHERE pool_id = $1 AND seq = 3", "第 3 笔缺失"),
        ("DELETE FROM transfer WHERE pool_id = $1 AND seq = 4", "链头与最后一笔不一致"),
        (
            "UPDATE transfer SET posted_at = posted_at + interval '1 day' WHERE pool_id = $1 AND seq = 1",
            "第 1 笔的内容",
        ),
        ("UPDATE pool SET last_hash = previous_hash WHERE id = $1", "链头与最后一笔不一致"),
        ("UPDATE transfer SET other_after_fen = 1 WHERE pool_id = $1 AND seq = 4", "第 4 笔的内容被改动"),
    )

    @pytest.mark.parametrize(("change", "found"), CHANGES)
    async def test_is_found(self, service, pool_id, change, found):
        await tamper(
            service,
            "ALTER TABLE transfer DROP CONSTRAINT ck_transfer_hash",
            change.format(hash=hash_sql("previous_hash", {"posted_by_name": "'别人'"})),
            pool_id=pool_id,
        )
        assert any(found in problem for problem in await problems(service))

    async def test_a_row_changed_together_with_its_hash_breaks_the_next_link(self, service, pool_id):
        await tamper(
            service,
            "ALTER TABLE transfer DROP CONSTRAINT ck_transfer_hash",
            "UPDATE transfer SET posted_by_name = '别人' WHERE pool_id = $1 AND seq = 2",
            HASHED + " AND seq = 2",
            pool_id=pool_id,
        )
        assert any("第 3 笔与上一笔不相接" in problem for problem in await problems(service))

    async def test_a_limit_broken_in_the_past_is_found_even_with_all_hashes_made_anew(self, service, pool_id):
        await tamper(
            service,
            "ALTER TABLE transfer DROP CONSTRAINT ck_transfer_hash",
            "UPDATE transfer SET floor_bp = 9999 WHERE pool_id = $1 AND seq = 4".replace(
                "UPDATE", "ALTER TABLE transfer DROP CONSTRAINT ck_transfer_industry_floor; UPDATE"
            ).replace("$1", f"'{pool_id}'"),
            HASHED + " AND seq = 4",
            "UPDATE pool SET last_hash = (SELECT hash FROM transfer WHERE pool_id = $1 AND seq = 4) WHERE id = $1",
            pool_id=pool_id,
        )
        assert any("第 4 笔之后低于产业占比红线" in problem for problem in await problems(service))

    async def test_a_cut_off_end_is_found_by_the_head_kept_elsewhere(self, service, office, pool_id):
        async with service.session() as session:
            heads = (await verify(session)).heads
        await tamper(
            service,
            "DELETE FROM transfer WHERE pool_id = $1 AND seq = 4",
            "UPDATE pool SET last_seq = 3, last_hash = previous_hash WHERE id = $1",
            pool_id=pool_id,
        )
        assert any("以前记下的链头" in problem for problem in await problems(service, heads))
