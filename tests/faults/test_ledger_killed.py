"""The ledger under sixteen clerks for a minute, while the service and PostgreSQL are killed with -9 (FND-1, FND-2)."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import Any
from uuid import UUID

import httpx
from ledger_load import Load
from linkage_local.database import live_urls
from linkage_local.paths import Layout
from service_kit.tokens import Signer

SECONDS = float(os.environ.get("LINKAGE_TEST_LEDGER_SECONDS", "60"))
PAUSE = 6.0
COUNTY = "431081"
PLACES = ["431081106", "431081106226", "431081105", "431081105235"]
PERMISSIONS = [
    f"funds.{what}"
    for what in (
        "documents:read", "documents:write", "pools:read", "floors:write", "allocations:read", "allocations:write",
        "payments:read", "payments:write", "payments:review", "payments:pay",
    )
]  # fmt: skip


def headers(layout: Layout, person: int) -> dict[str, str]:
    signer = Signer.from_file("gateway", layout.signing_key("gateway"))
    token = signer.issue(
        subject=UUID(int=person), username="drill", name="演练", role="finance", region=COUNTY,
        permissions=PERMISSIONS, lifetime=3600,
    )  # fmt: skip
    return {"Authorization": f"Bearer {token}"}


def verify(layout: Layout, service_url: str) -> str:
    """What the ledger's own verification says; fails when it finds anything."""
    environment = os.environ | {
        "LINKAGE_DATABASE_URL": service_url,
        "LINKAGE_SIGNING_KEY_FILE": str(layout.signing_key("funds")),
        "LINKAGE_TRUSTED_KEYS_FILE": str(layout.trusted_keys),
        "LINKAGE_FIELD_KEYS_FILE": str(layout.field_keys("funds")),
    }
    done = subprocess.run(
        [sys.executable, "-m", "funds_ledger.verify"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


class TestKilledAgainAndAgain:
    async def test_nothing_is_lost_or_doubled_and_every_limit_held_at_every_moment(self, instance: Any) -> None:
        layout = Layout.of(instance.data)
        service = next(s for s in instance.status()["services"] if s["name"] == "funds")
        load = Load(
            str(httpx.URL(service["url"])).rstrip("/"), headers(layout, 11), headers(layout, 12), COUNTY, PLACES, 2031
        )
        kills = 0

        async def kill() -> None:
            nonlocal kills
            for turn in range(int(SECONDS // PAUSE)):
                await asyncio.sleep(PAUSE)
                await asyncio.to_thread(instance.kill, ("funds", "postgres")[turn % 2])
                kills += 1
                await asyncio.to_thread(instance.up)
                await asyncio.to_thread(instance.wait_ready)

        tally = await load.run(SECONDS, kill)

        urls = live_urls(layout)
        assert urls is not None
        assert await load.lost_or_doubled(urls.admin) == []
        said = await asyncio.to_thread(verify, layout, urls.services["funds"])
        counts = {kind: len(ids) for kind, ids in tally.acts.items()}
        sys.stdout.write(
            f"{kills} kills, acknowledged {counts}, refused {dict(tally.refused)},"
            f" sent again {tally.sent_again}\n{said}"
        )
        assert kills >= SECONDS // PAUSE
        assert min(counts.values()) > 0
