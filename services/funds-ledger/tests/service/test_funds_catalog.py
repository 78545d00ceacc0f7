"""The database against the models, the migrations against both."""

from __future__ import annotations

import asyncio

from alembic import command
from funds_ledger.main import SPEC
from service_kit.migrations.commands import HEAD_FILE, configuration, head_of
from service_kit.testing import assert_catalog_is_ready
from sqlalchemy import CheckConstraint


class TestDatabase:
    async def test_is_ready_for_sharding_by_county(self, service):
        async with service.connection(service.owner_url) as connection:
            await assert_catalog_is_ready(connection, SPEC.metadata)

    async def test_has_every_check_of_the_models_by_name_and_no_other(self, service):
        wanted = {
            str(check.name)
            for table in SPEC.metadata.sorted_tables
            for check in table.constraints
            if isinstance(check, CheckConstraint)
        }
        async with service.connection(service.owner_url) as connection:
            rows = await connection.fetch(
                "SELECT conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
                " WHERE contype = 'c' AND c.relname = ANY($1)",
                [table.name for table in SPEC.metadata.sorted_tables],
            )
        assert {row["conname"] for row in rows} == wanted

    async def test_names_every_constraint_that_errors_speak_of(self, service):
        async with service.connection(service.owner_url) as connection:
            # A partial unique index is no constraint to the catalogue, and yet it refuses by its name.
            rows = await connection.fetch(
                "SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'"
            )
        assert set(SPEC.constraint_errors) <= {row["conname"] for row in rows}


class TestMigrations:
    async def test_make_exactly_the_models(self, service):
        await asyncio.to_thread(command.check, configuration(SPEC, service.owner_url))

    def test_head_file_names_the_newest(self):
        assert (SPEC.migrations / HEAD_FILE).read_text().strip() == head_of(SPEC)
