"""Who may see pools. Pools belong to the county: a township's scope shows none of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

PoolsRead = Annotated[Actor, Depends(Requires("funds.pools:read"))]
