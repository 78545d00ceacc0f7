"""What a request writes besides its rows exists if and only if the request succeeds."""

from __future__ import annotations

from typing import Any

import pytest
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest, assert_catalog_is_ready, assert_unscoped_sees_nothing
from sqlalchemy.ext.asyncio import AsyncSession

TABLES = ("thing", "outbox_event", "pgqueuer", "audit_entry", "audit_pending")


async def counts(service: ServiceUnderTest) -> dict[str, int]:
    async with service.connection(service.superuser_url) as connection:
        await connection.execute(f"SET search_path = {service.spec.name}")
        return {name: await connection.fetchval(f"SELECT count(*) FROM {name}") for name in TABLES}


class TestPublish:
    async def test_row_event_job_and_audit_entry_commit_together(self, service: ServiceUnderTest) -> None:
        await service.api().ok("PUT", f"/things/{uuid7()}", json={"region_code": "431081106", "name": "桥"})

        assert await counts(service) == dict.fromkeys(TABLES, 1)

    async def test_a_failure_leaves_neither_event_nor_job_nor_audit_entry(self, service: ServiceUnderTest) -> None:
        response = await service.api().put(f"/things/{uuid7()}", json={"region_code": "431081106", "name": "fail"})

        assert response.status_code == 500
        assert await counts(service) == dict.fromkeys(TABLES, 0)

    async def test_a_job_alone_is_rolled_back_even_as_the_first_thing_in_a_transaction(
        self, service: ServiceUnderTest
    ) -> None:
        from service_kit import queue

        async with service.ctx.sessionmaker() as session:
            await queue.enqueue(session, "outbox.fan_out", b"x", service="funds")
            await session.rollback()

        assert (await counts(service))["pgqueuer"] == 0

    async def test_a_savepoint_rolled_back_takes_its_job_along(self, service: ServiceUnderTest) -> None:
        from kit_sample import ThingMade
        from service_kit import outbox

        session: AsyncSession
        async with service.session() as session:
            inner = await session.begin_nested()
            await outbox.publish(session, ThingMade(id=uuid7(), region_code="431081106", name="桥"))
            await inner.rollback()

        assert (await counts(service))["pgqueuer"] == 0
        assert (await counts(service))["outbox_event"] == 0


class TestPrivileges:
    @pytest.mark.parametrize("table", ["outbox_event", "inbox_event", "audit_entry", "audit_chain", "notice"])
    @pytest.mark.parametrize("act", ["DELETE FROM {0}", "UPDATE {0} SET {1} = {1}"])
    async def test_the_running_service_cannot_change_what_is_append_only(
        self, service: ServiceUnderTest, table: str, act: str
    ) -> None:
        columns: dict[str, Any] = {"inbox_event": "type", "audit_chain": "position"}
        async with service.connection() as connection:
            with pytest.raises(Exception, match="permission denied"):
                await connection.execute(act.format(table, columns.get(table, "id")))


class TestCatalog:
    async def test_the_kit_is_ready_for_sharding(self, service: ServiceUnderTest) -> None:
        async with service.connection() as connection:
            await assert_catalog_is_ready(connection, service.spec.metadata)

    async def test_without_a_scope_nothing_is_seen(self, service: ServiceUnderTest) -> None:
        await service.api().ok("PUT", f"/things/{uuid7()}", json={"region_code": "431081106", "name": "桥"})
        async with service.connection() as connection:
            await assert_unscoped_sees_nothing(connection, service.spec.metadata)
