"""Who may see, work out and approve allocations by factors."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

FactorsRead = Annotated[Actor, Depends(Requires("funds.factors:read"))]
FactorsWrite = Annotated[Actor, Depends(Requires("funds.factors:write"))]
FactorsApprove = Annotated[Actor, Depends(Requires("funds.factors:approve"))]
