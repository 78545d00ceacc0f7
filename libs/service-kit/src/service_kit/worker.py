"""The background half of a service: runs jobs, relays events, seals the audit trail.

Runs inside the service's event loop (``LINKAGE_INLINE_WORKER=true``) or as a process of its own,
``python -m service_kit.worker PACKAGE``. Several may run at once. When the database goes away, it waits and
comes back.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import asyncpg
import httpx
import structlog
from pgqueuer import AsyncpgPoolDriver, DatabaseRetryEntrypointExecutor, QueueManager
from pgqueuer.core.executors import EntrypointExecutorParameters
from pgqueuer.errors import FailingListenerError

from service_kit import audit, queue
from service_kit.clock import now
from service_kit.context import ServiceContext
from service_kit.exports import jobs as exports
from service_kit.exports.jobs import Exporter
from service_kit.outbox import FAN_OUT, Relay, delivery_entrypoint, retry_delay

log = structlog.get_logger(__name__)

DATABASE_LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, FailingListenerError)

_DELIVERIES_AT_ONCE = 4
_EXPORTS_AT_ONCE = 2
"""A small one passes a large one."""
_SHUTDOWN_SECONDS = 15
_SHORTEST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 15.0
_STEADY_SECONDS = 60
_FOREVER = 2**31
_KEEP_ANSWERS = timedelta(days=30)
_KEEP_QUEUE_LOG = timedelta(days=7)


def _persistent(parameters: EntrypointExecutorParameters) -> DatabaseRetryEntrypointExecutor:
    """A job that fails is put back, ever more slowly; none is given up."""
    return DatabaseRetryEntrypointExecutor(parameters=parameters, max_attempts=_FOREVER, max_delay=timedelta(minutes=5))


class Worker:
    """Everything the worker does, restarted as a whole when its connection breaks.

    Args:
        poll: how often to look for jobs; an event leaves at most this much later.
        seal_every: how often new audit entries are sealed.
        delay: pause before a delivery is tried again, from the number of failures.
        transport: the way to the peers; the network unless a test gives another.
    """

    def __init__(
        self,
        ctx: ServiceContext,
        *,
        poll: timedelta = timedelta(seconds=1),
        seal_every: timedelta = timedelta(seconds=2),
        heartbeat: timedelta = timedelta(seconds=30),
        delay: Callable[[int], timedelta] = retry_delay,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._ctx = ctx
        self._poll = poll
        self._seal_every = seal_every
        self._heartbeat = heartbeat
        self._delay = delay
        self._transport = transport
        self._stopping = asyncio.Event()
        self._manager: QueueManager | None = None

    def stop(self) -> None:
        """Ask to end; jobs in hand are finished first."""
        self._stopping.set()
        if self._manager is not None:
            self._manager.shutdown.set()

    async def run(self) -> None:
        """Work until ``stop``."""
        pause = _SHORTEST_PAUSE_SECONDS
        while not self._stopping.is_set():
            started = asyncio.get_running_loop().time()
            try:
                await self._session()
            except* DATABASE_LOST as lost:
                names = sorted({type(error).__name__ for error in lost.exceptions})
                log.warning("worker_lost_database", errors=names)
            except* Exception as failed:  # a supervisor: whatever ended this life, the next one starts
                log.error("worker_failed", exc_info=failed)
            if asyncio.get_running_loop().time() - started > _STEADY_SECONDS:
                pause = _SHORTEST_PAUSE_SECONDS
            await self._sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _session(self) -> None:
        """One life of the database connection."""
        ctx = self._ctx
        async with AsyncExitStack() as stack:
            pool = await asyncpg.create_pool(
                ctx.settings.dsn,
                min_size=2,
                max_size=4,
                timeout=10,
                server_settings={"application_name": f"{ctx.spec.name}-worker"},
            )
            stack.push_async_callback(_close, pool)
            http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, transport=self._transport))
            manager = self._manager_for(pool, http)
            async with asyncio.TaskGroup() as group:
                chores = [
                    group.create_task(self._every(self._seal_every, self._seal, pool)),
                    group.create_task(self._every(timedelta(minutes=1), self._revive, pool)),
                    group.create_task(self._every(timedelta(hours=1), self._tidy, pool)),
                ]
                await manager.run(
                    dequeue_timeout=self._poll,
                    heartbeat_timeout=self._heartbeat,
                    shutdown_on_listener_failure=True,
                    log_aggregation_interval=timedelta(0),
                )
                for chore in chores:
                    chore.cancel()

    def _manager_for(self, pool: asyncpg.Pool, http: httpx.AsyncClient) -> QueueManager:
        ctx = self._ctx
        relay = Relay(
            service=ctx.spec.name,
            pool=pool,
            http=http,
            signer=ctx.signer,
            peers=ctx.settings.peers,
            subscribers=ctx.spec.subscribers,
            delay=self._delay,
        )
        jobs = queue.queries(AsyncpgPoolDriver(pool), ctx.spec.name)
        manager = QueueManager(jobs, channel=queue.queue_settings(ctx.spec.name).channel)
        manager.entrypoint(FAN_OUT, on_failure="hold", executor_factory=_persistent)(relay.fan_out)
        for peer in sorted(relay.peers):
            manager.entrypoint(
                delivery_entrypoint(peer),
                concurrency_limit=_DELIVERIES_AT_ONCE,
                on_failure="hold",
                executor_factory=_persistent,
            )(relay.deliver_to(peer))
        if ctx.spec.exports:
            manager.entrypoint(
                exports.RUN, concurrency_limit=_EXPORTS_AT_ONCE, on_failure="hold", executor_factory=_persistent
            )(Exporter(ctx, ctx.spec.exports).run)
        self._manager = manager
        if self._stopping.is_set():
            manager.shutdown.set()
        return manager

    async def _every(
        self, interval: timedelta, act: Callable[[asyncpg.Pool], Awaitable[None]], pool: asyncpg.Pool
    ) -> None:
        while not self._stopping.is_set():
            try:
                await act(pool)
            except DATABASE_LOST as error:
                log.warning("chore_failed", chore=act.__name__, error=type(error).__name__)
            await self._sleep(interval.total_seconds())

    async def _seal(self, pool: asyncpg.Pool) -> None:
        while not self._stopping.is_set():
            async with pool.acquire() as connection:
                if await audit.seal(connection) < audit.SEAL_BATCH:
                    return

    async def _revive(self, pool: asyncpg.Pool) -> None:
        # A job ends as "failed" only when its own retry could not be written, e.g. in the second the database went.
        jobs = queue.queries(AsyncpgPoolDriver(pool), self._ctx.spec.name)
        if failed := await jobs.list_failed_jobs(limit=1000):
            await jobs.requeue_jobs([job.id for job in failed])

    async def _tidy(self, pool: asyncpg.Pool) -> None:
        # An answer is kept for a client that repeats a command; the queue's own log is of use for some days only.
        log_table = queue.queue_settings(self._ctx.spec.name).queue_table_log
        await pool.execute("DELETE FROM idempotency_key WHERE created_at < $1", now() - _KEEP_ANSWERS)
        await pool.execute("DELETE FROM rate_window WHERE ends_at <= $1", now())
        await pool.execute(f'DELETE FROM "{log_table}" WHERE created < $1', now() - _KEEP_QUEUE_LOG)  # noqa: S608
        if self._ctx.spec.exports:
            await Exporter(self._ctx, self._ctx.spec.exports).tidy(pool)

    async def _sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


async def _close(pool: asyncpg.Pool) -> None:
    try:
        await asyncio.wait_for(pool.close(), 5)
    except (TimeoutError, *DATABASE_LOST):
        pool.terminate()


@asynccontextmanager
async def running(ctx: ServiceContext) -> AsyncIterator[Worker]:
    """Run a worker in this event loop for the time of the block."""
    worker = Worker(ctx)
    task = asyncio.create_task(worker.run(), name="worker")
    task.add_done_callback(_report)
    try:
        yield worker
    finally:
        worker.stop()
        await asyncio.wait({task}, timeout=_SHUTDOWN_SECONDS)
        task.cancel()
        await asyncio.wait({task})


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("worker_ended", error=type(error).__name__, exc_info=error)


async def _main(package: str) -> None:
    from service_kit import logging
    from service_kit.app import open_context
    from service_kit.spec import load_spec

    spec = load_spec(package)
    logging.configure(spec.name)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        ctx = await open_context(spec, spec.settings_type(), stack)
        await stack.enter_async_context(running(ctx))
        log.info("worker_started")
        await stopping.wait()


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("python -m service_kit.worker PACKAGE\n")
        return 2
    asyncio.run(_main(arguments[0]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
