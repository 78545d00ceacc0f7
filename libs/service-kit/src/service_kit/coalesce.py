"""Many who ask the same at the same time are answered by one computation, which none of them is too late for.

A cache would answer with what was true a moment ago. Here whoever asks gets the result of a computation that began
*after* asking, so that a clerk sees what was just saved, and a count stays a live recount (GW-2, GW-3). Per key one
computation runs and one is in waiting: sixteen readers of a county's overview cost two counts, not sixteen.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Any, Generic, TypeVar

from service_kit.context import ServiceContext

V = TypeVar("V")

_PATIENCE_SECONDS = 0.5


class _Round(Generic[V]):
    """One computation and those who wait for it."""

    __slots__ = ("compute", "context", "result", "task", "waiting")

    def __init__(self, compute: Callable[[], Awaitable[V]]) -> None:
        self.compute = compute
        self.context = contextvars.copy_context()  # its log lines carry the request that it was begun for
        self.result: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        self.task: asyncio.Task[V] | None = None
        self.waiting = 0


class Coalescer(Generic[V]):
    """Shares computations among those who ask at the same time; for one event loop.

    The key must name everything that the result depends on, who may see what above all: where row-level security
    decides, the reader's region belongs into it. What is computed must not use anything that belongs to one request,
    such as its database connection: that request may end earlier.

    Args:
        patience: seconds after which a computation that still runs does not hold up the next one any more, so that a
            single slow one does not double the time of all who come after it.
    """

    def __init__(self, patience: float = _PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._open: dict[Hashable, _Round[V]] = {}
        """Not begun yet: whoever comes may still join."""
        self._running: dict[Hashable, _Round[V]] = {}
        """Begun, and the next one waits for it to end."""

    async def fresh(self, key: Hashable, compute: Callable[[], Awaitable[V]]) -> V:
        """The result of a computation that begins after this call. What it raises is raised for all who wait for it.

        When one who waits is cancelled, the others go on; when nobody is left, so is the computation.
        """
        round_ = self._open.get(key)
        if round_ is None:
            round_ = self._open[key] = _Round(compute)
            if key not in self._running:
                self._start(key, round_)
        round_.waiting += 1
        try:
            return await asyncio.shield(round_.result)
        finally:
            round_.waiting -= 1
            if not round_.waiting and not round_.result.done():
                self._abandon(key, round_)

    def _start(self, key: Hashable, round_: _Round[V]) -> None:
        loop = asyncio.get_running_loop()
        self._running[key] = round_
        round_.task = loop.create_task(self._run(key, round_), context=round_.context)
        overtaken = loop.call_later(self._patience, self._let_next, key, round_)
        round_.task.add_done_callback(partial(self._finished, key, round_, overtaken))

    async def _run(self, key: Hashable, round_: _Round[V]) -> V:
        self._close(key, round_)  # who comes from here on may know of something that this computation has not seen
        return await round_.compute()

    def _let_next(self, key: Hashable, round_: _Round[V]) -> None:
        """Begin the next computation, unless another has begun since."""
        if self._running.get(key) is not round_:
            return
        following = self._open.get(key)
        if following is None:
            del self._running[key]
        else:
            self._start(key, following)

    def _finished(
        self, key: Hashable, round_: _Round[V], overtaken: asyncio.TimerHandle, task: asyncio.Task[V]
    ) -> None:
        overtaken.cancel()
        self._let_next(key, round_)
        if not round_.waiting:
            if not task.cancelled():
                task.exception()  # nobody is left to be told
        elif task.cancelled():
            round_.result.cancel()
        elif error := task.exception():
            round_.result.set_exception(error)
        else:
            round_.result.set_result(task.result())

    def _close(self, key: Hashable, round_: _Round[V]) -> None:
        if self._open.get(key) is round_:
            del self._open[key]

    def _abandon(self, key: Hashable, round_: _Round[V]) -> None:
        self._close(key, round_)
        if round_.task is not None:
            round_.task.cancel()


def coalescer(ctx: ServiceContext, name: str) -> Coalescer[Any]:
    """The process's one coalescer of a purpose, e.g. ``"overview"``."""
    found: Coalescer[Any] = ctx.extras.setdefault(f"coalescer:{name}", Coalescer[Any]())
    return found
