"""Demo visits into monitoring, as if sent by the phones of demo users within minutes of each visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from monitoring_api.visits.rules import payload_hash, receipt_number
from service_kit.bulk import copy_rows

from linkage_local.context import SeedContext
from linkage_local.seed.account_loader import DEMO_USERS, DemoUser, user_ids
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.loading import owner_transaction
from linkage_local.seed.villages import Household
from linkage_local.seed.visiting import DemoVisit, plan_visits

_VISITORS = ("daotang", "tuanjie", "zhoumensi", "bureau")
"""In this order: the first whose region holds the village made the visit."""
_COLUMNS = (
    "county_code", "id", "household_id", "village_code", "visited_at", "received_at", "visitor_id", "visitor_name",
    "form_version", "findings", "location", "device_clock", "payload_hash", "receipt_number", "demo",
)  # fmt: skip


async def load_visits(ctx: SeedContext, county: CountySeed, households: list[Household]) -> None:
    """The visits of this year; nothing when the county has visits already."""
    async with owner_transaction(ctx, "monitoring") as connection:
        if await connection.fetchval("SELECT EXISTS (SELECT FROM visit WHERE county_code = $1)", county.county_code):
            return
        visits = plan_visits(households, county.rng("visits"))
        await copy_rows(connection, "visit", _COLUMNS, _rows(county, visits))


def _rows(county: CountySeed, visits: list[DemoVisit]) -> Iterator[tuple[object, ...]]:
    ids = county.ids("visit", 0)
    visitors = user_ids(county)
    for visit in visits:
        visit_id: UUID = ids.take()
        user = _visitor(visit.household.village_code)
        sent_at = visit.visited_at + timedelta(minutes=20)
        received_at = sent_at + timedelta(seconds=2)
        device_clock = {"sent_at": sent_at.isoformat(), "offset_ms": visit.offset_ms}
        payload = {
            "household_id": str(visit.household.id),
            "visited_at": visit.visited_at.isoformat(),
            "device_clock": device_clock,
            "form_version": 1,
            "findings": visit.findings,
            "location": None,
        }
        yield (
            county.county_code, visit_id, visit.household.id, visit.household.village_code, visit.visited_at,
            received_at, visitors[user.username], user.name, 1, visit.findings, None, device_clock,
            payload_hash(payload), receipt_number(visit_id, received_at), True,
        )  # fmt: skip


def _visitor(village_code: str) -> DemoUser:
    users = {user.username: user for user in DEMO_USERS}
    return next(users[name] for name in _VISITORS if village_code.startswith(users[name].region))
