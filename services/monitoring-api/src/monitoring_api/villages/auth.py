"""Who may do what with village profiles."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

VillagesRead = Annotated[Actor, Depends(Requires("monitoring.villages:read"))]
VillagesWrite = Annotated[Actor, Depends(Requires("monitoring.villages:write"))]
