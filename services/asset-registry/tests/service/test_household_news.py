"""News of the register about the household of an asset (AST-11)."""

from __future__ import annotations

from typing import Any

from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest


async def tell(service: ServiceUnderTest, household_id: str, change: str, version: int, *, event_id: Any = None) -> Any:
    """Deliver one event as the register does."""
    event = {
        "specversion": "1.0",
        "id": str(event_id or uuid7()),
        "source": "monitoring",
        "type": "household.changed",
        "time": now().isoformat(),
        "eventversion": 1,
        "data": {
            "household_id": household_id,
            "county_code": "431081",
            "village_code": "431081106226",
            "household_version": version,
            "change": change,
            "state": "active",
            "members": [{"id": str(uuid7()), "state": "died"}],
            "lifted": False,
            "monitored": False,
            "monitored_class": None,
            "changed_at": now().isoformat(),
        },
    }
    return await service.api("", {"events:deliver"}, issuer="monitoring").ok("POST", "/events", json=event)


class TestNewsOfAHousehold:
    async def test_is_shown_with_its_assets_once(self, service: ServiceUnderTest, ledgers: Any) -> None:
        asset = await ledgers.register("household")
        other = await ledgers.register("household")
        event_id = uuid7()

        await tell(service, asset["household_id"], "died", 2, event_id=event_id)
        again = await tell(service, asset["household_id"], "died", 2, event_id=event_id)
        await tell(service, asset["household_id"], "died", 2)
        await tell(service, asset["household_id"], "split", 3)

        assert again == {"duplicate": True}
        news = await service.api().ok("GET", f"/assets/{asset['id']}/household-changes")
        assert [(line["change"], line["people"]) for line in news["items"]] == [("split", 1), ("died", 1)]
        assert (await service.api().ok("GET", f"/assets/{other['id']}/household-changes"))["items"] == []

    async def test_that_does_not_concern_assets_is_left_out(self, service: ServiceUnderTest, ledgers: Any) -> None:
        asset = await ledgers.register("household")

        await tell(service, asset["household_id"], "monitoring", 2)
        await tell(service, str(uuid7()), "died", 2)

        assert (await service.api().ok("GET", f"/assets/{asset['id']}/household-changes"))["items"] == []

    async def test_is_not_for_another_township(self, service: ServiceUnderTest, ledgers: Any) -> None:
        asset = await ledgers.register("household")
        await tell(service, asset["household_id"], "died", 2)

        seen = await service.api("431081105").ok("GET", f"/assets/{asset['id']}/household-changes")

        assert seen["items"] == []
