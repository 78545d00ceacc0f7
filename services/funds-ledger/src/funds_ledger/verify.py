"""Recompute the whole ledger from its rows: ``python -m funds_ledger.verify [--head POOL:SEQ:HASH …]``.

For every pool: the hash chain outside the database, all sums and balances, and the limits at every point of history.
Exit code 0 when everything agrees, 1 when it does not.

What a chain cannot show by itself is that its *end* was cut off together with all that follows from it. For that, keep
the heads that the command prints somewhere else and pass them to a later run.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from service_kit.scope import NATION
from service_kit.settings import ServiceSettings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from funds_ledger.ledger.chain import GENESIS, link
from funds_ledger.ledger.views import pool_differences
from funds_ledger.pools.rules import Balance

Head = tuple[int, bytes]

_POOLS = text("SELECT county_code, id, last_seq, last_hash FROM pool ORDER BY county_code, id")
_TRANSFERS = text("SELECT * FROM transfer WHERE county_code = :county_code AND pool_id = :pool_id ORDER BY seq")
_STRAY = text(
    "SELECT count(*) FROM transfer t WHERE NOT EXISTS"
    " (SELECT FROM pool p WHERE p.county_code = t.county_code AND p.id = t.pool_id)"
)


@dataclass
class Verification:
    """What was found; ``heads`` are the ends of the chains by pool."""

    pools: int = 0
    transfers: int = 0
    heads: dict[UUID, Head] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


async def verify(session: AsyncSession, known_heads: Mapping[UUID, Head] | None = None) -> Verification:
    """Check every pool that the session sees; it should see the nation, in one snapshot."""
    found = Verification()
    known = dict(known_heads or {})
    for pool in (await session.execute(_POOLS)).all():
        rows = (await session.execute(_TRANSFERS, {"county_code": pool.county_code, "pool_id": pool.id})).mappings()
        found.pools += 1
        problems = _check_chain(found, pool, rows.all(), known.pop(UUID(str(pool.id)), None))
        problems += await pool_differences(session, pool.county_code, pool.id)
        found.problems += [f"资金池 {pool.id}:{problem}" for problem in problems]
    if stray := (await session.execute(_STRAY)).scalar_one():
        found.problems.append(f"有 {stray} 笔分录不属于任何资金池")
    found.problems += [f"资金池 {pool_id}:已不存在" for pool_id in known]
    return found


def _check_chain(found: Verification, pool: Any, rows: Sequence[Any], known: Head | None) -> list[str]:
    """Follow the chain of one pool as far as it holds; the limits are checked at each of its transfers."""
    head, seq, problems, seen = GENESIS, 0, [], known is None or known == (0, GENESIS)
    for row in rows:
        if row["seq"] != seq + 1:
            problems.append(f"第 {seq + 1} 笔缺失，下一笔是第 {row['seq']} 笔")
            break
        if bytes(row["previous_hash"]) != head:
            problems.append(f"第 {row['seq']} 笔与上一笔不相接")
            break
        if bytes(row["hash"]) != link(head, row):
            problems.append(f"第 {row['seq']} 笔的内容被改动")
            break
        if problem := _broken_limit(row):
            problems.append(f"第 {row['seq']} 笔之后{problem}")
        head, seq = bytes(row["hash"]), row["seq"]
        seen = seen or known == (seq, head)
        found.transfers += 1
    if not problems and (pool.last_seq, bytes(pool.last_hash)) != (seq, head):
        problems.append("资金池记录的链头与最后一笔不一致")
    if not problems and not seen:
        problems.append("链上没有以前记下的链头，末尾可能被截去或整链被重写")
    found.heads[UUID(str(pool.id))] = (seq, head)
    return problems


def _broken_limit(row: Mapping[str, Any]) -> str | None:
    after = Balance(row["received_after_fen"], row["industry_after_fen"], row["other_after_fen"], row["floor_bp"])
    if min(after.received, after.industry, after.other) < 0:
        return "余额为负"
    refusal = after.refusal()
    if refusal is None:
        return None
    return "低于产业占比红线" if refusal.code == "industry_floor_broken" else "分配超出收到的资金"


async def _verify_service(known: Mapping[UUID, Head]) -> Verification:
    engine = create_async_engine(ServiceSettings().sqlalchemy_url)
    try:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            async with AsyncSession(connection) as session, session.begin():
                for statement in NATION.statements().split("; "):
                    await connection.exec_driver_sql(statement)
                return await verify(session, known)
    finally:
        await engine.dispose()


def _head(words: str) -> tuple[UUID, Head]:
    pool_id, seq, digest = words.split(":")
    return UUID(pool_id), (int(seq), bytes.fromhex(digest))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m funds_ledger.verify", description="核对全部资金账")
    parser.add_argument("--head", type=_head, action="append", default=[], help="以前记下的链头 POOL:SEQ:HASH，可多次")
    found = asyncio.run(_verify_service(dict(parser.parse_args(arguments).head)))
    sys.stdout.write(f"已核对 {found.pools} 个资金池，{found.transfers} 笔分录\n")
    for pool_id, (seq, digest) in found.heads.items():
        sys.stdout.write(f"链头 {pool_id}:{seq}:{digest.hex()}\n")
    for problem in found.problems:
        sys.stdout.write(f"✗ {problem}\n")
    if found.ok:
        sys.stdout.write("✓ 账目完整，余额相符，历史上每一刻都未突破红线\n")
    return 0 if found.ok else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
