"""Events reach every subscriber once in effect, however often they are sent and whoever is down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.outbox import CONTENT_TYPE, retry_delay
from service_kit.testing import Api, ServiceUnderTest
from service_kit.tokens import Signer
from service_kit.worker import Worker

POLL = timedelta(milliseconds=50)


@asynccontextmanager
async def working(service: ServiceUnderTest, network: Any) -> AsyncIterator[Worker]:
    worker = Worker(
        service.ctx, poll=POLL, seal_every=POLL, transport=network, delay=lambda attempts: timedelta(milliseconds=100)
    )
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await asyncio.wait_for(task, 15)


async def until(check: Callable[[], Awaitable[Any]], seconds: float = 15) -> Any:
    """Ask again until the answer is true."""
    end = time.monotonic() + seconds
    while not (answer := await check()):
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.05)
    return answer


async def make(service: ServiceUnderTest, name: str = "桥") -> str:
    thing = str(uuid7())
    await service.api().ok("PUT", f"/things/{thing}", json={"region_code": "431081106", "name": name})
    return thing


async def names(service: ServiceUnderTest) -> list[str]:
    async with service.connection(service.superuser_url) as connection:
        rows = await connection.fetch(f"SELECT name FROM {service.spec.name}.thing ORDER BY name")
    return [row["name"] for row in rows]


async def deliveries(service: ServiceUnderTest) -> dict[str, Any]:
    async with service.connection() as connection:
        rows = await connection.fetch("SELECT * FROM outbox_delivery")
    return {row["subscriber"]: row for row in rows}


async def all_delivered(service: ServiceUnderTest, events: int = 1) -> bool:
    async with service.connection() as connection:
        done = await connection.fetchval("SELECT count(*) FROM outbox_delivery WHERE delivered_at IS NOT NULL")
    return bool(done == 2 * events)


class TestDelivery:
    async def test_an_event_has_its_effect_at_every_subscriber(
        self, service: ServiceUnderTest, consumer: ServiceUnderTest, network: Any
    ) -> None:
        await make(service, "桥")

        async with working(service, network):
            await until(lambda: all_delivered(service))

        assert await names(consumer) == ["桥"]
        assert sorted(network.sent) == ["assets", "monitoring"]

    async def test_a_lost_answer_makes_a_second_delivery_but_one_effect(
        self, service: ServiceUnderTest, consumer: ServiceUnderTest, network: Any
    ) -> None:
        network.lose_answers = 2
        await make(service)

        async with working(service, network):
            await until(lambda: all_delivered(service))

        assert network.sent.count("monitoring") == 3
        assert await names(consumer) == ["桥"]
        assert (await deliveries(service))["monitoring"]["attempts"] == 3

    async def test_a_peer_that_is_down_delays_its_own_deliveries_only(
        self, service: ServiceUnderTest, consumer: ServiceUnderTest, network: Any
    ) -> None:
        network.down.add("monitoring")
        for number in range(8):
            await make(service, f"路{number}")

        async with working(service, network):
            await until(lambda: self._sent(network, "assets", 8))
            waiting = (await deliveries(service))["monitoring"]
            network.down.clear()
            await until(lambda: all_delivered(service, 8))

        assert waiting["delivered_at"] is None
        assert len(await names(consumer)) == 8

    async def _sent(self, network: Any, name: str, times: int) -> bool:
        return bool(network.sent.count(name) >= times)

    async def test_a_consumer_that_fails_gets_the_event_again(
        self, service: ServiceUnderTest, consumer: ServiceUnderTest, network: Any
    ) -> None:
        await make(service, "poison")
        await make(service, "桥")

        async with working(service, network):
            await until(lambda: self._failed_twice(service))
            assert await names(consumer) == ["桥"]

        async with service.connection() as connection:
            waiting = await connection.fetch(
                "SELECT last_error FROM outbox_delivery WHERE delivered_at IS NULL AND subscriber = 'monitoring'"
            )
            queued = await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE status = 'queued'")
        assert [row["last_error"] for row in waiting] == ["http_500"]
        assert queued == 1, "the delivery must wait in the queue, not be given up"

    async def _failed_twice(self, service: ServiceUnderTest) -> bool:
        async with service.connection() as connection:
            return bool(await connection.fetchval("SELECT max(attempts) >= 2 FROM outbox_delivery"))

    async def test_two_workers_share_the_work(
        self, service: ServiceUnderTest, consumer: ServiceUnderTest, network: Any
    ) -> None:
        for number in range(20):
            await make(service, f"{number:02d}")

        async with working(service, network), working(service, network):
            await until(lambda: all_delivered(service, 20))

        assert await names(consumer) == [f"{number:02d}" for number in range(20)]
        assert network.sent.count("monitoring") == 20

    async def test_the_worker_survives_that_the_database_throws_it_out(
        self, service: ServiceUnderTest, consumer: ServiceUnderTest, network: Any
    ) -> None:
        async with working(service, network):
            await make(service, "前")
            await until(lambda: self._has(consumer, "前"))
            async with service.connection(service.superuser_url) as connection:
                await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'funds-worker'"
                )
            await make(service, "后")
            await until(lambda: self._has(consumer, "后"), seconds=40)

    async def _has(self, service: ServiceUnderTest, name: str) -> bool:
        return name in await names(service)


def test_the_pause_grows_to_five_minutes_and_no_further() -> None:
    pauses = [retry_delay(attempts).total_seconds() for attempts in (1, 2, 3, 9, 10, 10_000)]
    assert pauses == [1, 2, 4, 256, 300, 300]


class TestReceive:
    def _event(self, **changes: Any) -> dict[str, Any]:
        data = {"id": str(uuid7()), "region_code": "431081106", "name": "桥"}
        return {
            "specversion": "1.0",
            "id": str(uuid7()),
            "source": "funds",
            "type": "thing.made",
            "time": now().isoformat(),
            "eventversion": 1,
            "data": data,
        } | changes

    @pytest.fixture
    def sender(self, consumer: ServiceUnderTest) -> Api:
        api = consumer.api("", ["events:deliver"], issuer="funds")
        api.headers["Content-Type"] = CONTENT_TYPE
        return api

    async def test_the_same_event_twice_at_once_has_one_effect(self, sender: Api, consumer: ServiceUnderTest) -> None:
        event = self._event()
        answers = await asyncio.gather(*(sender.ok("POST", "/events", json=event) for _ in range(4)))
        assert sorted(answer["duplicate"] for answer in answers) == [False, True, True, True]
        assert await names(consumer) == ["桥"]

    async def test_a_failed_effect_is_not_remembered(self, sender: Api) -> None:
        event = self._event(data=self._event()["data"] | {"name": "poison"})
        await sender.refused("POST", "/events", 500, "internal_error", json=event)
        await sender.refused("POST", "/events", 500, "internal_error", json=event)

    @pytest.mark.parametrize(
        ("changes", "status", "code"),
        [
            ({"type": "thing.lost"}, 422, "event_unknown"),
            ({"eventversion": 2}, 422, "event_unknown"),
            ({"source": "gateway"}, 403, "forbidden"),
            ({"data": {"name": "桥"}}, 422, "validation_failed"),
            ({"data": []}, 422, "validation_failed"),
            ({"id": "1"}, 422, "validation_failed"),
            ({"specversion": "0.3"}, 422, "validation_failed"),
            ({"time": "yesterday"}, 422, "validation_failed"),
        ],
    )
    async def test_what_is_not_understood_is_refused(
        self, sender: Api, changes: dict[str, Any], status: int, code: str
    ) -> None:
        await sender.refused("POST", "/events", status, code, json=self._event(**changes))

    async def test_only_services_deliver(self, consumer: ServiceUnderTest) -> None:
        person = consumer.api("", ["events:deliver"])
        await person.refused("POST", "/events", 403, "forbidden", json=self._event(source="gateway"))
        clerk = consumer.api("", ["events:nothing"], issuer="funds")
        await clerk.refused("POST", "/events", 403, "forbidden", json=self._event())


class TestRegionCopy:
    async def _send(self, consumer: ServiceUnderTest, name: str, changed_at: str) -> None:
        data = {"code": "431081106", "name": name, "changed_at": changed_at}
        event = {
            "specversion": "1.0",
            "id": str(uuid7()),
            "source": "gateway",
            "type": "region.changed",
            "time": now().isoformat(),
            "eventversion": 1,
            "data": data,
        }
        token = Signer.from_file("gateway", consumer.folder / "gateway.pem").issue_for_service(["events:deliver"])
        await consumer.anonymous().ok("POST", "/events", json=event, headers={"Authorization": f"Bearer {token}"})

    async def test_older_news_does_not_overwrite_newer(self, consumer: ServiceUnderTest) -> None:
        await self._send(consumer, "道塘乡", "2026-01-01T00:00:00+08:00")
        await self._send(consumer, "道塘镇", "2026-03-01T00:00:00+08:00")
        await self._send(consumer, "旧名", "2026-02-01T00:00:00+08:00")
        async with consumer.connection() as connection:
            row = await connection.fetchrow("SELECT name, level, parent_code, initials FROM region")
        assert tuple(row) == ("道塘镇", "township", "431081", "dtz")
