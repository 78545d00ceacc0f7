"""Assets to be registered: noted when the ledger tells, registered once, told back (FND-6)."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from asset_registry.events import ProjectAccepted
from asset_registry.handovers.service import take_over
from service_kit.clock import today
from service_kit.ids import uuid7
from sqlalchemy import text

VILLAGE = "431081106226"


def handed(name: str, fen: int) -> dict[str, Any]:
    line = {"source_level": "central", "year": 2026, "document_number": "湘财预〔2026〕1号", "amount_fen": fen}
    what = {"id": uuid7(), "name": name, "kind": "public_welfare", "category": "水利设施", "location": "三组"}
    return what | {"value_fen": fen, "fund_composition": [line]}


def accepted() -> ProjectAccepted:
    return ProjectAccepted.model_validate(
        {
            "project_id": uuid7(),
            "county_code": "431081",
            "region_code": VILLAGE,
            "name": "燕窝村油茶基地",
            "accepted_on": today(),
            "assets": [handed("泵房", 4100), handed("水渠", 900)],
        }
    )


@pytest.fixture
async def event(service) -> ProjectAccepted:
    told = accepted()
    for _ in range(2):
        async with service.session() as session:
            await take_over(session, told)
    return told


def body_of(ledgers, pending: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return (
        ledgers.body(pending["kind"], pending["original_value"])
        | {"name": pending["name"], "fund_composition": pending["fund_composition"], "pending_id": pending["id"]}
        | changes
    )


class TestPending:
    async def test_is_noted_once_however_often_it_is_told(self, service, event):
        page = await service.api("431081").ok("GET", "/pending-assets?with_total=true")
        assert page["total"] == 2
        assert {p["name"] for p in page["items"]} == {"泵房", "水渠"}
        assert page["items"][0]["fund_composition"][0]["document_number"] == "湘财预〔2026〕1号"

    async def test_is_for_its_region(self, service, event):
        assert (await service.api("431081105").ok("GET", "/pending-assets"))["items"] == []
        await service.api("431003").refused("GET", f"/pending-assets/{event.assets[0].id}", 404, "not_found")

    async def test_is_registered_once_and_told_back_with_its_project(self, service, ledgers, event):
        api = service.api("431081")
        pending = await api.ok("GET", f"/pending-assets/{event.assets[0].id}")
        asset_id, body = uuid7(), body_of(ledgers, pending)
        asset = await api.ok("PUT", f"/assets/{asset_id}", 201, json=body)
        assert (asset["project_id"], asset["project_name"]) == (str(event.project_id), "燕窝村油茶基地")
        assert (await api.ok("PUT", f"/assets/{asset_id}", 200, json=body))["id"] == asset["id"]
        again = body | {"code": "ZX-9999"}
        await api.refused("PUT", f"/assets/{uuid7()}", 409, "already_registered", json=again)
        assert len((await api.ok("GET", "/pending-assets"))["items"]) == 1
        async with service.session() as session:
            told = (await session.execute(text("SELECT data FROM outbox_event WHERE type = 'asset.registered'"))).one()
        assert (told.data["project_id"], told.data["name"]) == (str(event.project_id), "泵房")

    async def test_keeps_the_value_and_kind_that_were_handed_over(self, service, ledgers, event):
        api = service.api("431081")
        pending = await api.ok("GET", f"/pending-assets/{event.assets[0].id}")
        other = [{"source_level": "central", "year": 2026, "amount": "40.00"}]
        wrong = body_of(ledgers, pending, original_value="40.00", fund_composition=other)
        problem = await api.refused("PUT", f"/assets/{uuid7()}", 422, "validation_failed", json=wrong)
        assert problem["errors"][0]["code"] == "value_of_project"
        unknown = body_of(ledgers, pending, pending_id=str(uuid7()))
        await api.refused("PUT", f"/assets/{uuid7()}", 404, "not_found", json=unknown)

    async def test_holds_in_the_database_that_the_composition_adds_up(self, service, event):
        columns = (
            "county_code, region_code, project_id, project_name, accepted_on, name, kind, category, location,"
            " fund_composition, state, asset_id, received_at"
        )
        async with service.connection() as connection, connection.transaction():
            await connection.execute("SET LOCAL app.scope_lo = '0'")
            await connection.execute("SET LOCAL app.scope_hi = ':'")
            with pytest.raises(asyncpg.CheckViolationError, match="ck_pending_asset_composition"):
                await connection.execute(
                    f"INSERT INTO pending_asset (id, value_fen, {columns}) SELECT gen_random_uuid(), value_fen + 1,"
                    f" {columns} FROM pending_asset LIMIT 1"
                )
