"""Who sees what, and what the database itself holds."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from alembic import command
from service_kit.app import api_routes, permission_of
from service_kit.ids import uuid7
from service_kit.migrations.commands import HEAD_FILE, configuration, head_of
from service_kit.testing import ServiceUnderTest, assert_catalog_is_ready, assert_unscoped_sees_nothing

FORBIDDEN: list[tuple[str, str]] = [
    ("original_value_fen = original_value_fen + 1", "ck_asset_composition"),
    ("fund_composition = '[]'", "ck_asset_composition"),
    ("fund_composition = '{}'", "ck_asset_composition"),
    (
        'original_value_fen = 1, fund_composition = \'[{"amount_fen": 2}, {"amount_fen": -1}]\'',
        "ck_asset_composition",
    ),
    ("original_value_fen = 1, fund_composition = '[{\"amount_fen\": 1}, {}]'", "ck_asset_composition"),
    ("yearly_rent_fen = 1", "ck_asset_fields_of_kind"),
    ("kind = 'household', keeper = NULL, upkeep_budget_fen = NULL, upkeep_source = NULL", "ck_asset_household"),
    ("upkeep_budget_fen = -1", "ck_asset_upkeep_budget"),
    ("status = 'lost'", "ck_asset_status"),
    ("region_code = '431003101'", "ck_asset_county"),
]


class TestScope:
    async def test_each_actor_sees_only_its_own_region(self, service: ServiceUnderTest, ledgers: Any) -> None:
        here = await ledgers.register(region_code="431081106226")
        there = await ledgers.register(region_code="431081105")
        township = service.api("431081106")

        listed = await township.ok("GET", "/assets")
        assert [item["id"] for item in listed["items"]] == [here["id"]]
        assert (await township.ok("GET", "/overview"))["assets"]["count"] == 1
        for url in (f"/assets/{there['id']}", f"/assets/{there['id']}/history", f"/assets/{uuid7()}"):
            await township.refused("GET", url, 404, "not_found")
        await township.refused(
            "PATCH", f"/assets/{there['id']}", 404, "not_found", headers={"If-Match": '"1"'}, json={"name": "甲"}
        )

    async def test_a_foreign_region_and_an_unknown_one_look_the_same(self, service: ServiceUnderTest) -> None:
        township = service.api("431081106")
        for region in ("431003", "999999", "431081105"):
            for url in (f"/assets?region={region}", f"/overview?region={region}"):
                await township.refused("GET", url, 404, "not_found")

    async def test_a_wider_region_is_cut_to_the_readers_own(self, service: ServiceUnderTest, ledgers: Any) -> None:
        await ledgers.register(region_code="431081105")
        assert (await service.api("431081106").ok("GET", "/assets?region=431081"))["items"] == []

    async def test_a_write_into_a_foreign_region_is_refused_by_name(
        self, service: ServiceUnderTest, ledgers: Any
    ) -> None:
        body = ledgers.body(region_code="431081105")
        await service.api("431081106").refused("PUT", f"/assets/{uuid7()}", 403, "region_out_of_scope", json=body)

    async def test_an_id_used_in_another_township_does_not_leak_its_content(
        self, service: ServiceUnderTest, ledgers: Any
    ) -> None:
        taken = await ledgers.register(region_code="431081105")
        body = ledgers.body(region_code="431081106226")
        problem = await service.api("431081106").refused(
            "PUT", f"/assets/{taken['id']}", 409, "already_exists", json=body
        )
        assert taken["name"] not in str(problem)

    async def test_without_a_scope_nothing_is_seen(self, service: ServiceUnderTest, ledgers: Any) -> None:
        await ledgers.register()
        async with service.connection() as connection:
            await assert_unscoped_sees_nothing(connection, service.spec.metadata)


class TestDoors:
    async def test_every_route_declares_its_permission(self, service: ServiceUnderTest) -> None:
        undeclared = [route.path for route in api_routes(service.app) if permission_of(route) is None]
        assert undeclared == []

    async def test_closed_without_token_or_permission(self, service: ServiceUnderTest) -> None:
        asset = f"/assets/{uuid7()}"
        stranger, late = service.api(permissions=["funds.pools:read"]), service.api(lifetime=-1)
        doors = [("GET", "/assets"), ("GET", asset), ("GET", f"{asset}/history"), ("PUT", asset), ("PATCH", asset)]
        for method, url in [*doors, ("GET", "/overview"), ("GET", "/audit")]:
            await service.anonymous().refused(method, url, 401, "unauthenticated", json={})
            await stranger.refused(method, url, 403, "forbidden", json={})
            await late.refused(method, url, 401, "token_expired", json={})

    async def test_public_notices_are_open(self, service: ServiceUnderTest) -> None:
        assert (await service.anonymous().ok("GET", "/public/notices"))["items"] == []


class TestDatabase:
    async def test_the_catalogue_is_ready_to_be_distributed(self, service: ServiceUnderTest) -> None:
        async with service.connection() as connection:
            await assert_catalog_is_ready(connection, service.spec.metadata)

    async def test_models_and_migrations_agree(self, service: ServiceUnderTest) -> None:
        await asyncio.to_thread(command.check, configuration(service.spec, service.owner_url))
        assert (service.spec.migrations / HEAD_FILE).read_text().strip() == head_of(service.spec)

    async def test_the_database_itself_refuses_what_must_never_be(
        self, service: ServiceUnderTest, ledgers: Any
    ) -> None:
        await ledgers.register()
        async with service.connection() as connection, connection.transaction():
            await connection.execute("SET LOCAL app.scope_lo = '0'")
            await connection.execute("SET LOCAL app.scope_hi = ':'")
            for change, constraint in FORBIDDEN:
                with pytest.raises(asyncpg.CheckViolationError) as refused:
                    async with connection.transaction():
                        await connection.execute(f"UPDATE asset SET {change}")
                assert refused.value.constraint_name == constraint, change

    async def test_history_can_only_be_added_to(self, service: ServiceUnderTest) -> None:
        async with service.connection() as connection:
            for act in ("UPDATE asset_change SET version = 9", "DELETE FROM asset_change", "DELETE FROM asset"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(act)

    async def test_a_list_of_a_county_runs_on_its_index(self, service: ServiceUnderTest, ledgers: Any) -> None:
        async with service.connection() as connection, connection.transaction():
            await connection.execute("SET LOCAL app.scope_lo = '431081'")
            await connection.execute("SET LOCAL app.scope_hi = '431081:'")
            await connection.execute("SET LOCAL enable_seqscan = off")
            plan = await connection.fetch(
                "EXPLAIN SELECT * FROM asset a WHERE a.county_code = '431081' AND a.region_code >= '431081106'"
                " AND a.region_code < '431081106:' ORDER BY a.county_code, a.region_code, a.code LIMIT 21"
            )
        text = "\n".join(row[0] for row in plan)
        assert "ix_asset_list" in text
        assert "Sort" not in text
