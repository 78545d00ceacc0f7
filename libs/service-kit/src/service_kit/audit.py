"""The audit trail (ARCHITECTURE rule 12): append-only entries, sealed into a hash chain.

``record`` writes an entry in the transaction of the act itself: no act without its entry, no entry without its act.
A sealer, run by the worker every two seconds, gives each committed entry the next position of the chain; an entry
whose transaction took long simply gets a later position. Each link's hash covers the entry and the hash before, so
changing, removing or inserting an entry breaks the chain from there on.

What a chain cannot show by itself is that its *end* was cut off together with the entries. For that, keep the head
that ``verify`` prints (position and hash) somewhere else and pass it to a later ``verify --head``.

``python -m service_kit.audit verify PACKAGE [--head POSITION:HASH]`` checks the whole trail of a service.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.json import canonical
from service_kit.kit_tables import audit_entry, audit_pending
from service_kit.tokens import Actor

GENESIS = bytes(32)
"""The hash before the first link."""

SEAL_BATCH = 1000

_FIELDS = ("id", "at", "actor_id", "actor_role", "action", "subject_type", "subject_id", "region_code", "detail")
_COLUMNS = ", ".join(f"e.{name}" for name in _FIELDS)


async def record(
    session: AsyncSession,
    actor: Actor | None,
    *,
    action: str,
    subject_type: str,
    subject_id: object,
    region_code: str,
    detail: Mapping[str, Any] | None = None,
) -> UUID:
    """Write one entry in the caller's transaction; returns its id.

    Args:
        actor: None when the service acts by itself, e.g. on an event.
        action: past tense or verb with its subject, e.g. ``household.reveal``.
        region_code: where the subject belongs; "" for the nation.
        detail: what a reader needs to understand the act. Never personal data: no names, numbers, addresses.
    """
    entry_id = uuid7()
    await session.execute(
        insert(audit_entry).values(
            id=entry_id,
            at=now(),
            actor_id=actor.id if actor else UUID(int=0),
            actor_role=actor.role if actor else "service",
            action=action,
            subject_type=subject_type,
            subject_id=str(subject_id),
            region_code=region_code,
            detail=dict(detail or {}),
        )
    )
    await session.execute(insert(audit_pending).values(entry_id=entry_id))
    return entry_id


ENTRY_TYPES = {
    "audit_id": "uuid",
    "audit_at": "timestamptz",
    "audit_actor_id": "uuid",
    "audit_actor_role": "text",
    "audit_action": "text",
    "audit_subject_type": "text",
    "audit_subject_id": "text",
    "audit_region_code": "text",
}


def entry_sql(source: str, detail: str) -> str:
    """Two parts of a WITH clause that write an entry for each row of ``source``, an earlier part.

    For a command that one statement carries out: the act and its entry in one. Its arguments are ``entry_values``.

    Args:
        detail: an expression of type jsonb over the columns of ``source``; never personal data.
    """
    return f"""
    audited AS (
        INSERT INTO audit_entry
            (id, at, actor_id, actor_role, action, subject_type, subject_id, region_code, detail)
        SELECT :audit_id, :audit_at, :audit_actor_id, :audit_actor_role, :audit_action, :audit_subject_type,
            :audit_subject_id, :audit_region_code, {detail}
        FROM {source} RETURNING id
    ), unsealed AS (
        INSERT INTO audit_pending (entry_id) SELECT id FROM audited
    )"""  # noqa: S608 - constants


def entry_values(
    actor: Actor, *, action: str, subject_type: str, subject_id: object, region_code: str
) -> dict[str, Any]:
    """The arguments of ``entry_sql``, by the rules of ``record``."""
    return {
        "audit_id": uuid7(),
        "audit_at": now(),
        "audit_actor_id": actor.id,
        "audit_actor_role": actor.role,
        "audit_action": action,
        "audit_subject_type": subject_type,
        "audit_subject_id": str(subject_id),
        "audit_region_code": region_code,
    }


def link_hash(previous: bytes, position: int, entry: Mapping[str, Any]) -> bytes:
    """SHA-256 over the hash before, the position and the canonical JSON of the entry."""
    at: datetime = entry["at"]
    detail = entry["detail"]
    content = {name: entry[name] for name in _FIELDS} | {
        "id": str(entry["id"]),
        "actor_id": str(entry["actor_id"]),
        "position": position,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "detail": orjson.loads(detail) if isinstance(detail, str) else detail,
    }
    return hashlib.sha256(previous + canonical(content)).digest()


async def seal(connection: Any) -> int:
    """Give up to ``SEAL_BATCH`` waiting entries their place in the chain; returns how many.

    Sealers wait for each other through a lock that ends with the transaction, so positions have no gaps.
    """
    async with connection.transaction():
        await connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.audit_chain', 0))"
        )
        entries = await connection.fetch(
            f"SELECT {_COLUMNS} FROM audit_pending p JOIN audit_entry e ON e.id = p.entry_id"  # noqa: S608 - constants
            " ORDER BY p.entry_id LIMIT $1",
            SEAL_BATCH,
        )
        if not entries:
            return 0
        head = await connection.fetchrow("SELECT position, hash FROM audit_chain ORDER BY position DESC LIMIT 1")
        position, previous = (head["position"], head["hash"]) if head else (0, GENESIS)
        links = []
        for entry in entries:
            position += 1
            digest = link_hash(previous, position, entry)
            links.append((position, entry["id"], previous, digest))
            previous = digest
        await connection.execute(
            "INSERT INTO audit_chain (position, entry_id, prev_hash, hash)"
            " SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bytea[], $4::bytea[])",
            *map(list, zip(*links, strict=True)),
        )
        await connection.execute(
            "DELETE FROM audit_pending WHERE entry_id = ANY($1)", [entry["id"] for entry in entries]
        )
    return len(entries)


@dataclass
class Verification:
    """What ``verify`` found. ``waiting`` entries are not yet sealed, which is normal for some seconds."""

    entries: int = 0
    position: int = 0
    head: bytes = GENESIS
    waiting: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


async def verify(connection: Any, *, known_head: tuple[int, bytes] | None = None) -> Verification:
    """Recompute every hash and report the first break, entries outside the chain, and a cut-off end.

    Args:
        connection: an asyncpg connection that may read the audit tables.
        known_head: position and hash noted at an earlier verification.
    """
    found = Verification()
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        known_hash_seen = known_head is None
        query = (
            f"SELECT c.position, c.entry_id, c.prev_hash, c.hash, {_COLUMNS} FROM audit_chain c"  # noqa: S608
            " LEFT JOIN audit_entry e ON e.id = c.entry_id ORDER BY c.position"
        )
        async for row in connection.cursor(query, prefetch=2000):
            problem = _check_link(found, row)
            if problem:
                found.problems.append(f"第 {found.position + 1} 环：{problem}")
                break
            found.entries += 1
            found.position, found.head = row["position"], row["hash"]
            if known_head == (found.position, found.head):
                known_hash_seen = True
        if found.ok and not known_hash_seen:
            found.problems.append("链上没有以前记下的链头，末尾可能被截去或整链被重写")
        stray = await connection.fetchval(
            "SELECT count(*) FROM audit_entry e WHERE NOT EXISTS (SELECT FROM audit_chain c WHERE c.entry_id = e.id)"
            " AND NOT EXISTS (SELECT FROM audit_pending p WHERE p.entry_id = e.id)"
        )
        if stray:
            found.problems.append(f"有 {stray} 条记录既不在链上也不在待封存之列")
        found.waiting = await connection.fetchval("SELECT count(*) FROM audit_pending")
    return found


def _check_link(so_far: Verification, row: Any) -> str | None:
    if row["position"] != so_far.position + 1:
        return f"缺失，下一环是第 {row['position']} 环"
    if row["id"] is None:
        return f"记录 {row['entry_id']} 已被删除"
    if row["prev_hash"] != so_far.head:
        return "与上一环不相接"
    if row["hash"] != link_hash(so_far.head, row["position"], row):
        return f"记录 {row['entry_id']} 的内容被改动"
    return None


async def _verify_service(package: str, known_head: tuple[int, bytes] | None) -> Verification:
    from service_kit.spec import load_spec

    connection = await asyncpg.connect(load_spec(package).settings_type().dsn)
    try:
        return await verify(connection, known_head=known_head)
    finally:
        await connection.close()


def _head(text: str) -> tuple[int, bytes]:
    position, _, digest = text.partition(":")
    return int(position), bytes.fromhex(digest)


def main(arguments: list[str]) -> int:
    """Exit code 0 when the trail is whole, 1 when it is not."""
    parser = argparse.ArgumentParser(prog="python -m service_kit.audit")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("verify", help="重算整条审计链")
    command.add_argument("package", help="服务包名，如 funds_ledger")
    command.add_argument("--head", type=_head, help="以前记下的链头 POSITION:HASH")
    options = parser.parse_args(arguments)
    found = asyncio.run(_verify_service(options.package, options.head))
    sys.stdout.write(f"已核对 {found.entries} 条，待封存 {found.waiting} 条\n")
    sys.stdout.write(f"链头 {found.position}:{found.head.hex()}\n")
    for problem in found.problems:
        sys.stdout.write(f"✗ {problem}\n")
    if found.ok:
        sys.stdout.write("✓ 审计链完整\n")
    return 0 if found.ok else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
