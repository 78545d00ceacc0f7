"""Who may see pairs, and who decides them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

DuplicatesRead = Annotated[Actor, Depends(Requires("monitoring.duplicates:read"))]
DuplicatesDecide = Annotated[Actor, Depends(Requires("monitoring.duplicates:decide"))]
