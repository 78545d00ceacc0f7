"""Doing together what many ask for at the same time: while one batch is being worked on, the next one gathers.

Nobody waits for others to come: an idle gatherer begins at once. Under load a batch holds what came in while the one
before was at work, and what a batch costs once (a transaction, a lock, a commit) is shared by all in it (ADR 0014).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Gatherer(Generic[Item, Result]):
    """Works on the items of one key in batches, one batch at a time, in the order in which they came.

    Args:
        work: does a batch; returns one result for each item. What it raises is raised for all who wait for it.
        most: items of a batch at most.
    """

    def __init__(self, work: Callable[[Hashable, Sequence[Item]], Awaitable[Sequence[Result]]], most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: dict[Hashable, deque[tuple[Item, asyncio.Future[Result]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, key: Hashable, item: Item) -> Result:
        """The item's result. Whoever is cancelled meanwhile does not take the item back."""
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.get(key)
        if waiting is not None:
            waiting.append((item, result))
        else:
            self._waiting[key] = deque([(item, result)])
            task = asyncio.create_task(self._run(key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await result

    async def _run(self, key: Hashable) -> None:
        waiting = self._waiting[key]
        while waiting:
            batch = [waiting.popleft() for _ in range(min(len(waiting), self._most))]
            try:
                results = await self._work(key, [item for item, _ in batch])
            except BaseException as error:
                self._fail(batch, error)
                if not isinstance(error, Exception):
                    self._fail(waiting, error)
                    del self._waiting[key]
                    raise
                continue
            for (_, result), value in zip(batch, results, strict=True):
                if not result.done():
                    result.set_result(value)
        del self._waiting[key]

    @staticmethod
    def _fail(batch: Iterable[tuple[Item, asyncio.Future[Result]]], error: BaseException) -> None:
        for _, result in batch:
            if result.done():
                continue
            if isinstance(error, Exception):
                result.set_exception(error)
            else:
                result.cancel()
