"""What the migrated database itself must say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from alembic import command
from monitoring_api.main import SPEC
from service_kit.ids import uuid7
from service_kit.migrations.commands import HEAD_FILE, configuration, head_of
from service_kit.testing import ServiceUnderTest, assert_catalog_is_ready, assert_unscoped_sees_nothing

Make = Callable[..., Any]


class TestCatalog:
    async def test_is_ready_for_many_counties(self, service: ServiceUnderTest) -> None:
        async with service.connection() as connection:
            await assert_catalog_is_ready(connection, SPEC.metadata)

    async def test_shows_nothing_without_a_scope(
        self, service: ServiceUnderTest, register: Make, monitor: Make, visit_body: Make
    ) -> None:
        year = dict.fromkeys(("wage", "business", "property", "transfer", "rigid_expense"), "1.00")
        card = await monitor(await register(incomes=[year | {"year": 2025}]))
        await service.api().ok("PUT", f"/visits/{uuid7()}", 201, json=visit_body(card["id"]))
        benefit = {"kind": "other", "title": "临时救助", "since": "2025-01-01", "source": "市民政局"}
        await service.api().ok("PUT", f"/households/{card['id']}/benefits/{uuid7()}", 201, json=benefit)
        await service.api().ok("PUT", "/villages/431081106226", 201, json={"types": ["lifted"]})

        async with service.connection() as connection:
            await assert_unscoped_sees_nothing(connection, SPEC.metadata)
        async with service.connection(service.owner_url) as connection:
            await assert_unscoped_sees_nothing(connection, SPEC.metadata)

    async def test_matches_the_models(self, service: ServiceUnderTest) -> None:
        await asyncio.to_thread(command.check, configuration(SPEC, service.owner_url))

    def test_names_its_head(self) -> None:
        assert (SPEC.migrations / HEAD_FILE).read_text().strip() == head_of(SPEC)

    async def test_maps_only_constraints_that_exist(self, service: ServiceUnderTest) -> None:
        async with service.connection() as connection:
            rows = await connection.fetch(
                "SELECT conname FROM pg_constraint WHERE connamespace = current_schema()::regnamespace"
                " UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indisunique"
            )

        missing = set(SPEC.constraint_errors) - {row["conname"] for row in rows}
        assert missing == set()

    @pytest.mark.parametrize(
        "statement", ["DELETE FROM household", "TRUNCATE visit", "UPDATE monitored_class SET name = ''"]
    )
    async def test_lets_the_service_do_no_more_than_it_needs(self, service: ServiceUnderTest, statement: str) -> None:
        async with service.connection() as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
