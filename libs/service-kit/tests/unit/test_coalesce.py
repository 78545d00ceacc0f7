"""One computation for many who ask at the same time, and never one that began before they asked."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_kit.coalesce import Coalescer


class Counting:
    """A computation that waits to be let go and notes how often it ran, and how many at the same time."""

    def __init__(self) -> None:
        self.runs = 0
        self.at_once = 0
        self.most_at_once = 0
        self.go = asyncio.Event()
        self.cancelled = 0

    async def __call__(self) -> int:
        self.runs += 1
        mine = self.runs
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.at_once -= 1
        return mine


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def is_empty(coalescer: Coalescer[Any]) -> bool:
    return not coalescer._open and not coalescer._running


class TestSharing:
    async def test_those_who_ask_together_share_one_run(self) -> None:
        coalescer, count = Coalescer[int](), Counting()
        count.go.set()

        assert await asyncio.gather(*(coalescer.fresh("k", count) for _ in range(16))) == [1] * 16
        assert is_empty(coalescer)

    async def test_those_who_ask_during_a_run_share_the_next(self) -> None:
        coalescer, count = Coalescer[int](), Counting()
        first = asyncio.create_task(coalescer.fresh("k", count))
        await settle()
        later = [asyncio.create_task(coalescer.fresh("k", count)) for _ in range(15)]
        await settle()
        assert count.runs == 1, "the next waits until the first has ended"

        count.go.set()

        assert await first == 1
        assert await asyncio.gather(*later) == [2] * 15
        assert (count.runs, count.most_at_once) == (2, 1)
        assert is_empty(coalescer)

    async def test_other_keys_do_not_wait_and_do_not_share(self) -> None:
        coalescer, count = Coalescer[int](), Counting()
        tasks = [asyncio.create_task(coalescer.fresh(("431081", code), count)) for code in ("431081", "431081106")]
        await settle()
        assert count.at_once == 2
        count.go.set()
        assert sorted(await asyncio.gather(*tasks)) == [1, 2]

    async def test_one_after_another_run_each(self) -> None:
        coalescer, count = Coalescer[int](), Counting()
        count.go.set()
        assert [await coalescer.fresh("k", count) for _ in range(3)] == [1, 2, 3]

    async def test_a_run_carries_the_context_of_the_one_it_was_begun_for(self) -> None:
        coalescer, request, gate = Coalescer[str](), ContextVar[str]("request"), asyncio.Event()

        async def who() -> str:
            await gate.wait()
            return request.get()

        async def ask(name: str) -> str:
            request.set(name)
            return await coalescer.fresh("k", who)

        first = asyncio.create_task(ask("first"))
        await settle()
        second, third = (asyncio.create_task(ask(name)) for name in ("second", "third"))
        await settle()
        gate.set()
        assert await asyncio.gather(first, second, third) == ["first", "second", "second"]

    async def test_a_slow_run_does_not_hold_up_the_next_for_long(self) -> None:
        coalescer, slow, quick = Coalescer[str](patience=0.01), asyncio.Event(), asyncio.Event()
        gates = [slow, quick]

        async def compute() -> str:
            gate = gates.pop(0)
            await gate.wait()
            return "slow" if gate is slow else "quick"

        first = asyncio.create_task(coalescer.fresh("k", compute))
        await settle()
        quick.set()

        assert await coalescer.fresh("k", compute) == "quick"
        assert not first.done()
        slow.set()
        assert await first == "slow"
        assert is_empty(coalescer)


class TestErrors:
    async def test_an_error_reaches_all_of_its_run_and_nobody_else(self) -> None:
        coalescer, gate = Coalescer[int](), asyncio.Event()
        answers: list[Any] = [ValueError("first"), 2]

        async def compute() -> int:
            answer = answers.pop(0)
            await gate.wait()
            if isinstance(answer, Exception):
                raise answer
            return int(answer)

        failing = [asyncio.create_task(coalescer.fresh("k", compute)) for _ in range(3)]
        await settle()
        later = asyncio.create_task(coalescer.fresh("k", compute))
        await settle()
        gate.set()

        results = await asyncio.gather(*failing, return_exceptions=True)
        assert [str(error) for error in results] == ["first"] * 3
        assert await later == 2
        assert is_empty(coalescer)


class TestCancelling:
    async def test_one_does_not_cancel_the_others(self) -> None:
        coalescer, count = Coalescer[int](), Counting()
        one, other = (asyncio.create_task(coalescer.fresh("k", count)) for _ in range(2))
        await settle()

        one.cancel()  # the one that the run was begun for
        await settle()
        count.go.set()

        assert await other == 1
        assert one.cancelled()
        assert count.cancelled == 0

    async def test_of_all_ends_the_run_and_the_next_one_begins(self) -> None:
        coalescer, count = Coalescer[int](), Counting()
        alone = asyncio.create_task(coalescer.fresh("k", count))
        await settle()
        later = asyncio.create_task(coalescer.fresh("k", count))
        await settle()

        alone.cancel()
        await settle()

        assert (count.cancelled, count.runs) == (1, 2)
        count.go.set()
        assert await later == 2
        assert is_empty(coalescer)

    async def test_of_all_who_wait_for_the_next_takes_it_back(self) -> None:
        coalescer, count = Coalescer[int](), Counting()
        first = asyncio.create_task(coalescer.fresh("k", count))
        await settle()
        later = asyncio.create_task(coalescer.fresh("k", count))
        await settle()

        later.cancel()
        await settle()
        count.go.set()

        assert await first == 1
        await settle()
        assert count.runs == 1
        assert is_empty(coalescer)

    async def test_before_the_run_has_begun(self) -> None:
        coalescer, count = Coalescer[int](), Counting()
        count.go.set()
        early = asyncio.create_task(coalescer.fresh("k", count))
        await asyncio.sleep(0)  # it has asked, but its run has not had its turn
        early.cancel()
        assert await coalescer.fresh("k", count) in {1, 2}
        await settle()
        assert early.cancelled()
        assert is_empty(coalescer)

    async def test_an_error_that_nobody_waits_for_is_not_reported_as_lost(self) -> None:
        lost: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: lost.append(context))
        coalescer = Coalescer[int]()

        async def stubborn() -> int:
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                raise ValueError("while being cancelled") from None
            return 1

        alone = asyncio.create_task(coalescer.fresh("k", stubborn))
        await settle()
        alone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await alone
        await settle()
        assert is_empty(coalescer)
        assert lost == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ask", "save", "turn", "cancel"]),
            st.integers(0, 2),  # key, or which of the waiting is cancelled
            st.integers(0, 4),  # turns of the loop that a computation takes
        ),
        max_size=40,
    )
)
def test_nobody_gets_what_was_computed_before_they_asked(steps: list[tuple[str, int, int]]) -> None:
    """Whatever the order of asking, saving and giving up: who asks after a save sees it (read your writes)."""

    async def play() -> None:
        coalescer = Coalescer[int]()
        stored, running = [0, 0, 0], [0, 0, 0]

        async def read(key: int, turns: int) -> int:
            running[key] += 1
            assert running[key] == 1, "one computation per key"
            try:
                seen = stored[key]  # as a database statement: it sees what is committed when it begins
                for _ in range(turns):
                    await asyncio.sleep(0)
                if turns == 3:
                    raise LookupError(seen)
                return seen
            finally:
                running[key] -= 1

        async def ask(key: int, turns: int) -> None:
            saved_before = stored[key]
            try:
                seen = await coalescer.fresh(key, lambda: read(key, turns))
            except LookupError as error:
                seen = error.args[0]
            assert saved_before <= seen <= stored[key]

        asking: list[asyncio.Task[None]] = []
        for act, number, turns in steps:
            match act:
                case "ask":
                    asking.append(asyncio.create_task(ask(number, turns)))
                case "save":
                    stored[number] += 1
                case "cancel" if asking:
                    asking[number % len(asking)].cancel()
                case _:
                    await asyncio.sleep(0)
        for result in await asyncio.gather(*asking, return_exceptions=True):
            assert result is None or isinstance(result, asyncio.CancelledError), result
        await settle()
        assert is_empty(coalescer)

    asyncio.run(play())
