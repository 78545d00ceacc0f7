"""What the database itself says of the gateway's schema."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from alembic import command
from gateway.main import SPEC
from service_kit.migrations.commands import HEAD_FILE, configuration, head_of
from service_kit.testing import assert_catalog_is_ready, assert_unscoped_sees_nothing


class TestCatalog:
    async def test_is_ready(self, service: Any) -> None:
        async with service.connection() as connection:
            await assert_catalog_is_ready(connection, SPEC.metadata)
            await assert_unscoped_sees_nothing(connection, SPEC.metadata)

    async def test_migrations_make_what_the_models_say(self, service: Any) -> None:
        await asyncio.to_thread(command.check, configuration(SPEC, service.owner_url))

    def test_the_head_file_names_the_newest_migration(self) -> None:
        assert (SPEC.migrations / HEAD_FILE).read_text().strip() == head_of(SPEC)

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM user_account",
            "INSERT INTO administrator_link VALUES ('\\x00', '', now(), now(), NULL)",
            "UPDATE audit_entry SET action = 'x'",
            "DELETE FROM audit_entry",
            "TRUNCATE login_session",
        ],
    )
    async def test_the_running_service_may_not(self, service: Any, statement: str) -> None:
        async with service.connection() as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)

    @pytest.mark.parametrize(
        ("change", "constraint"),
        [
            ("role = 'king'", "ck_user_account_role"),
            ("region_code = '1'", "ck_user_account_region_code"),
            ("username = 'Upper'", "ck_user_account_username"),
        ],
    )
    async def test_the_database_refuses(self, gateway: Any, change: str, constraint: str) -> None:
        await gateway.person()
        async with gateway.service.connection() as connection:
            with pytest.raises(asyncpg.CheckViolationError) as refused:
                await connection.execute(f"UPDATE user_account SET {change}")
        assert refused.value.constraint_name == constraint
