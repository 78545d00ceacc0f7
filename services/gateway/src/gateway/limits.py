"""How much comes in without login: counted per address, and small."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Annotated

from fastapi import Depends, Request
from service_kit import ratelimit
from service_kit.auth import Context
from service_kit.errors import TooLarge

from gateway.addresses import client_address
from gateway.settings import settings_of

# A village often shares one address of the telephone company, so an address has far more than a person needs.
READS = ratelimit.Limit("public.read", 600, 60)
WRITES = ratelimit.Limit("public.write", 120, 3600)

_STEADY_SECONDS = 0.25
_SAFE = frozenset({"GET", "HEAD"})


async def few_enough(request: Request, ctx: Context) -> None:
    """Dependency of the doors without login.

    Raises:
        RateLimited: too much from this address. TooLarge: a body that no form of ours has.
    """
    limit = READS if request.method in _SAFE else WRITES
    await ratelimit.hit(ctx, limit, ratelimit.network_of(await client_address(request)))
    if len(await request.body()) > (most := settings_of(ctx).public_body_bytes):
        raise TooLarge(f"一次最多提交 {most // 1024} KB")


async def steady(started: float) -> None:
    """Wait until the next quarter of a second since ``started`` (``time.monotonic``).

    What was found, and what it took to look, then does not show in how long the answer took.
    """
    spent = time.monotonic() - started
    await asyncio.sleep(math.ceil(spent / _STEADY_SECONDS) * _STEADY_SECONDS - spent)


FewEnough = Annotated[None, Depends(few_enough)]
