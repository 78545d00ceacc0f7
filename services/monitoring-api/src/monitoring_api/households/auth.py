"""Who may do what with households."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

HouseholdsRead = Annotated[Actor, Depends(Requires("monitoring.households:read"))]
HouseholdsWrite = Annotated[Actor, Depends(Requires("monitoring.households:write"))]
HouseholdsReveal = Annotated[Actor, Depends(Requires("monitoring.households:reveal"))]
HouseholdsLookup = Annotated[Actor, Depends(Requires("monitoring.household_names:read"))]
