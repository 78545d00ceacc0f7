"""Who may see, draft and approve yearly plans."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

PlansRead = Annotated[Actor, Depends(Requires("funds.plans:read"))]
PlansWrite = Annotated[Actor, Depends(Requires("funds.plans:write"))]
PlansApprove = Annotated[Actor, Depends(Requires("funds.plans:approve"))]
