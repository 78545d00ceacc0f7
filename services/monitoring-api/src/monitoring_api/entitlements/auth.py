"""Who may ask whom the register lists for a subsidy: only the service that pays it out. No role has this."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

EntitlementsRead = Annotated[Actor, Depends(Requires("monitoring.entitlements:read"))]
