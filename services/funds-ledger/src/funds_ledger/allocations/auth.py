"""Who may read and make allocations. Making one needs the county's scope, because the pool is the county's."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

AllocationsRead = Annotated[Actor, Depends(Requires("funds.allocations:read"))]
AllocationsWrite = Annotated[Actor, Depends(Requires("funds.allocations:write"))]
