"""Who may see and report land revenue, and set the shares. Figures are the county's."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

LandRevenueRead = Annotated[Actor, Depends(Requires("funds.land-revenue:read"))]
LandRevenueWrite = Annotated[Actor, Depends(Requires("funds.land-revenue:write"))]
