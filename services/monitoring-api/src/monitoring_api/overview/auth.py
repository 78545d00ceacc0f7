"""Who may see the totals of a region."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

OverviewRead = Annotated[Actor, Depends(Requires("monitoring.overview:read"))]
