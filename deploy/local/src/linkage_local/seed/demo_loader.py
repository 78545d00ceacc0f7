"""The demo data set: Zixing as published, with an invented population, visits, assets, budget and accounts."""

from __future__ import annotations

import asyncio

from linkage_local.context import Account, SeedContext
from linkage_local.seed.account_loader import load_accounts
from linkage_local.seed.asset_loader import load_assets
from linkage_local.seed.benefits import load_benefits
from linkage_local.seed.case_loader import load_casework
from linkage_local.seed.counties import CountySeed, make_county
from linkage_local.seed.follow_up_loader import load_follow_up
from linkage_local.seed.loading import refresh_statistics
from linkage_local.seed.money_loader import load_money
from linkage_local.seed.region_loader import load_regions
from linkage_local.seed.regions import zixing
from linkage_local.seed.register_loader import TABLES, has_register, load_register
from linkage_local.seed.rows import county_csv
from linkage_local.seed.submission_loader import load_submission
from linkage_local.seed.villages import Household
from linkage_local.seed.visit_loader import load_visits
from linkage_local.seed.work_loader import TABLES as WORK_TABLES
from linkage_local.seed.work_loader import load_work


async def load_demo(ctx: SeedContext) -> list[Account]:
    """Load what is missing of the demo and return the accounts that were made; a second call changes nothing.

    Passwords are random in each installation and known only from this answer, which is empty when the accounts are
    there already.
    """
    county = zixing()
    await load_regions(ctx)
    ctx.progress("生成资兴市 37 个村 55,633 人的演示档案")
    households = await asyncio.to_thread(make_county, county)
    ctx.progress("载入演示档案、走访记录、资产和两个年度的衔接资金")
    # Four services, four databases as far as this is concerned: while one stores, another's rows are made.
    async with asyncio.TaskGroup() as group:
        register = group.create_task(_load_monitoring(ctx, county, households))
        group.create_task(load_assets(ctx, county, households))
        group.create_task(load_money(ctx, county, households))
        accounts = group.create_task(load_accounts(ctx, county))
    if register.result():
        # Only now: while another loader's transaction is open, no page could be marked as visible to all.
        await refresh_statistics(
            ctx, "monitoring", *TABLES, *WORK_TABLES, "visit", "monitoring_case", "case_step", "policy_benefit"
        )
    return accounts.result()


async def _load_monitoring(ctx: SeedContext, county: CountySeed, households: list[Household]) -> bool:
    """Load register and visits; True when the register was not there yet."""
    missing = not await has_register(ctx, county.county_code)
    if missing:
        keys = ctx.field_keys_files["monitoring"]
        content = await asyncio.to_thread(county_csv, county, keys, households)
        await load_register(ctx, county, content)
    await load_visits(ctx, county, households)
    await load_casework(ctx, county, households)
    await load_benefits(ctx, county, households)
    await load_work(ctx, county)
    await load_follow_up(ctx, county, households)
    await load_submission(ctx, county)
    return missing
