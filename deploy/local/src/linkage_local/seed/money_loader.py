"""The demo's money, in a process of its own: it lives on the days of its acts, while the other loaders live today."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

from linkage_local.context import SeedContext
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.fund_loader import load_funds
from linkage_local.seed.payment_loader import load_payments
from linkage_local.seed.payout_loader import eligible, load_payouts
from linkage_local.seed.project_loader import load_projects
from linkage_local.seed.supervision_loader import load_supervision
from linkage_local.seed.villages import Household


async def load_money(ctx: SeedContext, county: CountySeed, households: Sequence[Household]) -> None:
    """Budget, projects, payments, payouts and what supervision sees, in order; what is there already is left alone."""
    plain = replace(
        ctx,
        owner_urls=dict(ctx.owner_urls),
        service_urls=dict(ctx.service_urls),
        field_keys_files=dict(ctx.field_keys_files),
        progress=_silently,
    )
    # A fresh process, because this one has an event loop.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        await asyncio.wrap_future(pool.submit(_load, plain, county, eligible(households)))


def _load(ctx: SeedContext, county: CountySeed, households: Sequence[Household]) -> None:
    asyncio.run(_load_all(ctx, county, households))


async def _load_all(ctx: SeedContext, county: CountySeed, households: Sequence[Household]) -> None:
    await load_funds(ctx, county)
    await load_projects(ctx, county)
    await load_payments(ctx, county)
    await load_payouts(ctx, county, households)
    await load_supervision(ctx, county)


def _silently(sentence: str) -> None:
    """The other loaders say what is being done."""
