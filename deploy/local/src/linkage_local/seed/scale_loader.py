"""Load data: N more counties of Zixing's shape, generated in other processes while the one before is stored."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor

from linkage_local.context import SeedContext
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.loading import refresh_statistics
from linkage_local.seed.region_loader import store_regions
from linkage_local.seed.regions import Region, generated_county, other_counties
from linkage_local.seed.register_loader import TABLES, has_register, load_register
from linkage_local.seed.rows import CountyCsv, county_csv


async def load_scale(ctx: SeedContext, n: int) -> None:
    """Have the register of the first ``n`` counties after Zixing; those that are there already are left alone."""
    wanted = [generated_county(county, index) for index, county in enumerate(other_counties(n), 1)]
    missing = [one for one in wanted if not await has_register(ctx, one[0].county_code)]
    if not missing:
        return
    ctx.progress(f"生成 {len(missing)} 个县的测试数据")
    await store_regions(ctx, [region for _, regions in missing for region in regions])
    await _load_all(ctx, missing)
    ctx.progress("整理统计信息")
    await refresh_statistics(ctx, "monitoring", *TABLES)


async def _load_all(ctx: SeedContext, counties: list[tuple[CountySeed, list[Region]]]) -> None:
    # One process fewer than cores, the last one is PostgreSQL's; fresh processes, because this one has an event loop.
    workers = max(1, min(len(counties), (os.cpu_count() or 2) - 1))
    keys = ctx.field_keys_files["monitoring"]
    started = time.monotonic()
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = iter(counties)
        ahead: deque[tuple[CountySeed, Future[CountyCsv]]] = deque()

        def submit() -> None:
            if following := next(waiting, None):
                ahead.append((following[0], pool.submit(county_csv, following[0], keys)))

        for _ in range(workers + 1):
            submit()
        done = 0
        while ahead:
            county, future = ahead.popleft()
            content = await asyncio.wrap_future(future)
            submit()
            await load_register(ctx, county, content)
            done += 1
            if done % 5 == 0 or done == len(counties):
                each = (time.monotonic() - started) / done
                ctx.progress(f"已载入 {done}/{len(counties)} 个县，每县 {each:.1f} 秒")
