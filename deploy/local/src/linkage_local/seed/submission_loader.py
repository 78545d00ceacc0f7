"""One supplement in the demo: a cadre applied for a household whose case another had opened, and a person decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from monitoring_api.visits.rules import payload_hash, receipt_number
from service_kit.bulk import copy_rows
from service_kit.clock import now

from linkage_local.context import SeedContext
from linkage_local.seed.case_loader import people_of
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.loading import owner_transaction

VILLAGE = "431081106226"
_COLUMNS = (
    "county_code", "id", "household_id", "village_code", "visited_at", "received_at", "visitor_id", "visitor_name",
    "form_version", "device_clock", "payload_hash", "receipt_number", "demo", "kind", "outcome", "case_id", "content",
    "photo_ids",
)  # fmt: skip


async def load_submission(ctx: SeedContext, county: CountySeed) -> None:
    """A supplement to the first open case of the village; nothing when there is a submission already."""
    async with owner_transaction(ctx, "monitoring") as connection:
        if await connection.fetchval(
            "SELECT EXISTS (SELECT FROM submission WHERE county_code = $1)", county.county_code
        ):
            return
        case = await connection.fetchrow(
            "SELECT id, household_id FROM monitoring_case WHERE county_code = $1 AND village_code = $2 AND is_open"
            " AND kind = 'identification' AND state = 'village_review' ORDER BY id LIMIT 1",
            county.county_code, VILLAGE,
        )  # fmt: skip
        if case is not None:
            await copy_rows(connection, "submission", _COLUMNS, [_supplement(county, case)])


def _supplement(county: CountySeed, case: Any) -> tuple[Any, ...]:
    cadre, received = people_of(county, VILLAGE)["village_cadre"], now() - timedelta(days=1)
    visited = received - timedelta(days=3)
    content = {
        "supplement": True, "difficulty": "又补了县医院的住院结算单，自付部分比申请时多（演示）", "risks": ["illness"],
    }  # fmt: skip
    clock = {"sent_at": visited.isoformat(), "offset_ms": 0}
    submission_id = county.ids("submission", 33).take()
    return (
        county.county_code, submission_id, case["household_id"], VILLAGE, visited, received, cadre.id, cadre.name, 1,
        clock, payload_hash(content | {"visited_at": visited.isoformat()}),
        receipt_number(submission_id, received, "SQ"), True, "application", "supplement", case["id"], content, "{}",
    )  # fmt: skip
