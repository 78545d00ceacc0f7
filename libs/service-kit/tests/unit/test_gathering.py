"""While one batch is at work, the next one gathers."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence

import pytest
from service_kit.gathering import Gatherer


class Desk:
    """Doubles numbers, a batch at a time, and waits to be let through."""

    def __init__(self, most: int = 4) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self.gatherer = Gatherer[int, int](self.work, most)

    async def work(self, key: Hashable, items: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(items))
        await self.open.wait()
        if 13 in items:
            raise ValueError(13)
        return [2 * item for item in items]


class TestGatherer:
    async def test_works_at_once_and_then_on_all_that_came_meanwhile(self) -> None:
        desk = Desk()
        first = asyncio.create_task(desk.gatherer.submit("a", 1))
        await asyncio.sleep(0.01)
        others = [asyncio.create_task(desk.gatherer.submit("a", n)) for n in range(2, 8)]
        await asyncio.sleep(0.01)
        assert desk.batches == [[1]]

        desk.open.set()

        assert await asyncio.gather(first, *others) == [2, 4, 6, 8, 10, 12, 14]
        assert desk.batches == [[1], [2, 3, 4, 5], [6, 7]]
        assert await desk.gatherer.submit("a", 9) == 18

    async def test_keys_do_not_wait_for_each_other(self) -> None:
        desk = Desk()
        waiting = [asyncio.create_task(desk.gatherer.submit(key, 1)) for key in "ab"]
        await asyncio.sleep(0.01)
        assert desk.batches == [[1], [1]]
        desk.open.set()
        assert await asyncio.gather(*waiting) == [2, 2]

    async def test_an_error_is_that_of_its_batch(self) -> None:
        desk = Desk(most=1)
        bad, good = (asyncio.create_task(desk.gatherer.submit("a", n)) for n in (13, 2))
        desk.open.set()
        with pytest.raises(ValueError, match="13"):
            await bad
        assert await good == 4

    async def test_who_leaves_takes_nothing_back_and_keeps_nobody(self) -> None:
        desk = Desk()
        leaving, staying = (asyncio.create_task(desk.gatherer.submit("a", n)) for n in (1, 2))
        await asyncio.sleep(0.01)
        leaving.cancel()
        desk.open.set()
        assert await staying == 4
        assert sorted(item for batch in desk.batches for item in batch) == [1, 2]
