"""Sixteen clerks on hot pools while the service is killed with -9: nothing lost, nothing twice (FND-1, FND-2).

The long form, which kills PostgreSQL too, is ``tests/faults/test_ledger_killed.py``.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from funds_ledger.verify import verify
from ledger_load import Load
from ports import free_port

SECONDS = 4.0
KILLED_AFTER = 2.0
COUNTY, PLACES = "431081", ["431081106", "431081106226", "431081105", "431081105235"]


@asynccontextmanager
async def running(port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The service in a process of its own, with the settings and on the database of the test."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uvicorn", "--factory", "funds_ledger.main:create_app", "--port", str(port),
        "--no-access-log", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def ready(port: int) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(600):
            try:
                if (await client.get(f"http://127.0.0.1:{port}/health/ready")).is_success:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)
    raise AssertionError("the service did not start")


async def test_a_killed_service_loses_nothing_and_doubles_nothing(service: Any) -> None:
    port = free_port()
    maker, checker = ({"Authorization": f"Bearer {service.token(COUNTY, role='finance')}"} for _ in range(2))
    load = Load(f"http://127.0.0.1:{port}", maker, checker, COUNTY, PLACES, 2026)
    async with running(port) as first:
        await ready(port)

        async def kill() -> None:
            await asyncio.sleep(KILLED_AFTER)
            first.kill()
            await first.wait()
            second.append(await again.__aenter__())

        second: list[Any] = []
        again = running(port)
        try:
            tally = await load.run(SECONDS, kill)
        finally:
            if second:
                await again.__aexit__(None, None, None)

    assert tally.sent_again > 0
    assert await load.lost_or_doubled(service.superuser_url) == []
    async with service.session() as session:
        found = await verify(session)
    assert (found.problems, found.pools, found.transfers) == ([], 3, tally.postings)
