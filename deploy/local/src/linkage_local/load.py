"""Loading data: the first load that `up` asks for, and `linkage seed`."""

from __future__ import annotations

import asyncio
import os
import time

from linkage_local.child import PROGRESS_MARK
from linkage_local.database import database, seed_context, urls_for
from linkage_local.errors import problem
from linkage_local.files import write_json
from linkage_local.keys import load_secrets
from linkage_local.paths import Layout


def load_first(layout: Layout, what: str) -> None:
    """Load ``demo`` or only ``regions``; the address of the database comes from the calling `up`."""
    admin_url = os.environ.get("LINKAGE_LOAD_ADMIN_URL")
    secrets = load_secrets(layout)
    if admin_url is None or secrets is None:
        raise problem("load 由 up 调用，请运行 ./linkage up", "this command is run by `linkage up`")
    from linkage_local import seed

    ctx = seed_context(layout, urls_for(admin_url, secrets), _say)
    if what == "regions":
        asyncio.run(seed.load_regions(ctx))
        return
    accounts = asyncio.run(seed.load_demo(ctx))
    write_json(layout.accounts, accounts)


def load_scale(layout: Layout, counties: int) -> None:
    """Generate ``counties`` counties of the demo shape into the running or stopped system."""

    async def run() -> None:
        from linkage_local import seed

        async with database(layout) as urls:
            await seed.load_scale(seed_context(layout, urls, _say), counties)

    began = time.monotonic()
    asyncio.run(run())
    print(f"已生成 {counties} 个县，用时 {time.monotonic() - began:.1f} 秒 counties generated")


def _say(text: str) -> None:
    print(f"{PROGRESS_MARK}{text}", flush=True)
