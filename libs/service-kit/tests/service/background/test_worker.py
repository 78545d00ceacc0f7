"""The worker as a process and its chores."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest
from service_kit.worker import Worker

SAMPLE = Path(__file__).parent / "sample"


async def make_thing(service: ServiceUnderTest) -> None:
    await service.api().ok("PUT", f"/things/{uuid7()}", json={"region_code": "431081106", "name": "桥"})


class TestProcess:
    @pytest.fixture
    def starter(self, tmp_path: Path) -> Path:
        """``python -m`` needs the sample as a service package with a ``main`` module."""
        package = tmp_path / "sample_package"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "main.py").write_text("from kit_sample import SPEC\n")
        return tmp_path

    async def test_works_and_ends_cleanly_when_asked_to(self, service: ServiceUnderTest, starter: Path) -> None:
        await make_thing(service)
        path = os.pathsep.join([str(SAMPLE), str(starter)])
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "service_kit.worker",
            "sample_package",
            env=os.environ | {"PYTHONPATH": path, "LINKAGE_PEERS": "{}"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            await self._sealed(service)
            process.terminate()
            output, errors = await asyncio.wait_for(process.communicate(), 20)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0, errors.decode()
        assert b"worker_started" in output
        assert b"no_address" in output, "a delivery without an address is delayed and said so"

    async def _sealed(self, service: ServiceUnderTest) -> None:
        end = time.monotonic() + 60
        async with service.connection() as connection:
            while not await connection.fetchval(
                "SELECT (SELECT count(*) FROM audit_chain) = 1 AND (SELECT min(attempts) FROM outbox_delivery) > 0"
            ):
                assert time.monotonic() < end
                await asyncio.sleep(0.1)


class TestDatabaseAway:
    async def test_waits_and_still_ends_at_once_when_asked_to(self, service: ServiceUnderTest) -> None:
        settings = service.ctx.settings.model_copy(update={"database_url": "postgresql://a:b@127.0.0.1:1/none"})
        worker = Worker(dataclasses.replace(service.ctx, settings=settings))
        task = asyncio.create_task(worker.run())
        await asyncio.sleep(1)
        assert not task.done()
        worker.stop()
        await asyncio.wait_for(task, 5)


class TestTidy:
    async def test_old_answers_and_queue_logs_go_and_new_ones_stay(self, service: ServiceUnderTest) -> None:
        await make_thing(service)
        async with service.connection(service.superuser_url) as connection:
            await connection.execute("SET search_path = funds")
            await connection.execute(
                "INSERT INTO idempotency_key (actor_id, key, method, path, body_hash, status, created_at)"
                " SELECT gen_random_uuid(), 'k', 'POST', '/', '', 200, now() - days * interval '1 day'"
                " FROM unnest(ARRAY[1, 40]) AS days"
            )
            await connection.execute(
                "INSERT INTO pgqueuer_log (created, job_id, status, priority, entrypoint)"
                " VALUES (now() - interval '8 days', 1, 'successful', 0, 'x')"
            )
            worker = Worker(service.ctx, poll=timedelta(milliseconds=50))
            task = asyncio.create_task(worker.run())
            end = time.monotonic() + 20
            while await connection.fetchval("SELECT count(*) FROM idempotency_key") != 1:
                assert time.monotonic() < end
                await asyncio.sleep(0.05)
            while await connection.fetchval("SELECT count(*) FROM pgqueuer_log WHERE entrypoint = 'x'"):
                assert time.monotonic() < end
                await asyncio.sleep(0.05)
            worker.stop()
            await asyncio.wait_for(task, 15)
            assert await connection.fetchval("SELECT count(*) FROM pgqueuer_log") > 0
