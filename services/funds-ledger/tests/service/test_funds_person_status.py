"""What the register tells of persons, for checks before payouts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from funds_ledger.persons import repository
from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

START = now()


async def tell(
    service: ServiceUnderTest, household: UUID, version: int, people: dict[UUID, str], **changes: Any
) -> None:
    """Deliver one event as the register does; news of a later version is later."""
    event = {
        "specversion": "1.0",
        "id": str(uuid7()),
        "source": "monitoring",
        "type": "household.changed",
        "time": now().isoformat(),
        "eventversion": 1,
        "data": {
            "household_id": str(household),
            "county_code": "431081",
            "village_code": "431081106226",
            "household_version": version,
            "change": "died",
            "state": "active",
            "members": [{"id": str(member), "state": state} for member, state in people.items()],
            "lifted": False,
            "monitored": True,
            "monitored_class": None,
            "changed_at": (START + timedelta(seconds=version)).isoformat(),
        }
        | changes,
    }
    await service.api("", {"events:deliver"}, issuer="monitoring").ok("POST", "/events", json=event)


class TestPersonsWhoAreGone:
    async def test_are_known_by_id_and_listed(self, service: ServiceUnderTest) -> None:
        household, dead, alive = uuid7(), uuid7(), uuid7()

        await tell(service, household, 2, {dead: "died"})

        async with service.session("431081") as session:
            assert await repository.gone(session, "431081", [dead, alive]) == {dead: "died"}
        listed = (await service.api().ok("GET", "/person-changes"))["items"]
        assert [(line["member_id"], line["state"]) for line in listed] == [(str(dead), "died")]
        assert (await service.api("431003").ok("GET", "/person-changes"))["items"] == []

    async def test_older_news_changes_nothing_and_an_undone_death_is_undone(self, service: ServiceUnderTest) -> None:
        household, person = uuid7(), uuid7()
        await tell(service, household, 5, {person: "present"}, change="undone")

        await tell(service, household, 3, {person: "died"}, state="closed")

        async with service.session("431081") as session:
            assert await repository.gone(session, "431081", [person]) == {}
            assert await repository.closed(session, "431081", [household]) == set()

    async def test_a_closed_household_is_known(self, service: ServiceUnderTest) -> None:
        household, person = uuid7(), uuid7()

        await tell(service, household, 4, {person: "moved_out"}, change="moved_out", state="closed")

        async with service.session("431081") as session:
            assert await repository.closed(session, "431081", [household, uuid7()]) == {household}
        assert (await service.api().ok("GET", "/person-changes"))["items"][0]["household_closed"]
