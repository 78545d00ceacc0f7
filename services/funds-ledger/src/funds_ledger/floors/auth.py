"""Who may read and set floors. Everyone who sees pools may see the floors that bind them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

FloorsRead = Annotated[Actor, Depends(Requires("funds.pools:read"))]
FloorsWrite = Annotated[Actor, Depends(Requires("funds.floors:write"))]
