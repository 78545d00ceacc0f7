"""The worker's side: builds one file at a time, says how far it is, and removes files whose time is over."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog
from pgqueuer import Job

from service_kit.clock import now
from service_kit.context import ServiceContext
from service_kit.db.reading import ReadConnection
from service_kit.errors import DomainError
from service_kit.exports.kinds import ExportKind
from service_kit.files import files_of
from service_kit.scope import Scope
from service_kit.tokens import Actor

log = structlog.get_logger(__name__)

RUN = "exports.run"
"""Entrypoint of the job queue; the payload is the job's id."""

_ATTEMPTS = 3
"""A job whose worker died is taken up again, but not for ever."""
_SAY_EVERY_SECONDS = 0.5
_TRANSIENT = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(frozen=True, slots=True)
class Built:
    """What a kind's ``build`` made: a file in ``ExportRun.folder``."""

    path: Path
    suffix: str
    """``.xlsx`` or ``.pdf``."""
    media_type: str
    rows: int


class ExportRun:
    """What ``build`` works with."""

    def __init__(self, ctx: ServiceContext, job_id: UUID, actor: Actor, title: str, folder: Path) -> None:
        self.ctx = ctx
        self.actor = actor
        """Who ordered it, with the permissions of that moment."""
        self.title = title
        self.folder = folder
        self._job_id = job_id
        self._said_at = 0.0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[ReadConnection]:
        """One snapshot of what the person who ordered the export may see: all pages of it agree with each other."""
        async with self.ctx.read_pool.acquire() as connection:
            await connection.execute(
                f"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; {self.actor.scope.statements()}"
            )
            try:
                yield ReadConnection(connection)
            finally:
                if not connection.is_closed():
                    await connection.execute("ROLLBACK")

    async def progress(self, share: float) -> None:
        """Say how far the job is, 0 to 1; written at most twice a second."""
        if time.monotonic() - self._said_at < _SAY_EVERY_SECONDS:
            return
        self._said_at = time.monotonic()
        await self.ctx.read_pool.execute(
            "UPDATE export_job SET progress = $2 WHERE id = $1 AND state = 'running'",
            self._job_id,
            min(max(share, 0.0), 0.99),
        )


def key_of(job_id: UUID) -> str:
    """Where the file of a job lies."""
    return f"exports/{job_id}"


class Exporter:
    """Runs jobs of one service."""

    def __init__(self, ctx: ServiceContext, kinds: Mapping[str, ExportKind]) -> None:
        self._ctx = ctx
        self._kinds = kinds

    async def run(self, job: Job) -> None:
        """Build the file of one job; taking a job up twice builds it twice and ends in the same state.

        A refusal or a defect ends the job as failed, in words for a clerk; a database that went away puts it back.
        """
        job_id = UUID((job.payload or b"").decode())
        row = await self._claim(job_id)
        if row is None:
            return
        if row["attempts"] > _ATTEMPTS:
            await self._fail(job_id, "导出多次中断，请缩小范围后重试")
            return
        try:
            await self._build(row)
        except DomainError as error:
            await self._fail(job_id, error.detail or error.title)
        except _TRANSIENT:
            raise
        except Exception as error:  # whatever a builder does wrong, the person is told and the log has the fault
            log.error("export_failed", job=str(job_id), kind=row["kind"], error=type(error).__name__, exc_info=error)
            await self._fail(job_id, "导出出错，已记录，请联系管理员")

    async def _claim(self, job_id: UUID) -> asyncpg.Record | None:
        return await self._ctx.read_pool.fetchrow(
            "UPDATE export_job SET state = 'running', attempts = attempts + 1, progress = 0,"
            " started_at = coalesce(started_at, $2) WHERE id = $1 AND state IN ('queued', 'running') RETURNING *",
            job_id,
            now(),
        )

    async def _build(self, row: asyncpg.Record) -> None:
        kind = self._kinds[row["kind"]]
        params = kind.params.model_validate(orjson.loads(row["params"]))
        with tempfile.TemporaryDirectory(prefix="export-") as folder:
            run = ExportRun(self._ctx, row["id"], _actor(row), row["title"], Path(folder))
            built = await kind.build(run, params)
            with built.path.open("rb") as file:
                await files_of(self._ctx).put(key_of(row["id"]), file)
            size = built.path.stat().st_size
        at = now()
        await self._ctx.read_pool.execute(
            "UPDATE export_job SET state = 'done', progress = 1, row_count = $2, file_name = $3, media_type = $4,"
            " size_bytes = $5, finished_at = $6, expires_at = $7 WHERE id = $1",
            row["id"],
            built.rows,
            f"{_safe(row['title'])} {at:%Y-%m-%d}{built.suffix}",
            built.media_type,
            size,
            at,
            at + timedelta(days=self._ctx.settings.export_days),
        )

    async def _fail(self, job_id: UUID, words: str) -> None:
        await self._ctx.read_pool.execute(
            "UPDATE export_job SET state = 'failed', error = $2, finished_at = $3 WHERE id = $1", job_id, words, now()
        )

    async def tidy(self, pool: asyncpg.Pool) -> None:
        """Remove files whose time is over; the line of the job stays."""
        over = await pool.fetch(
            "SELECT id FROM export_job WHERE removed_at IS NULL AND expires_at < $1 ORDER BY expires_at LIMIT 500",
            now(),
        )
        for row in over:
            await files_of(self._ctx).remove(key_of(row["id"]))
            await pool.execute("UPDATE export_job SET removed_at = $2 WHERE id = $1", row["id"], now())


def _actor(row: Mapping[str, Any]) -> Actor:
    return Actor(
        id=row["actor_id"],
        username=row["actor_username"],
        name=row["actor_name"],
        role=row["actor_role"],
        region=Scope(row["actor_region"]).code,
        permissions=frozenset(orjson.loads(row["actor_permissions"])),
        issuer="export",
    )


def _safe(title: str) -> str:
    return "".join(" " if sign in '/\\:*?"<>|' or ord(sign) < 32 else sign for sign in title)
