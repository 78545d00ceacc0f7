"""Who may do what with sweeps: recording is a cadre's, opening and closing a round a township's or a county's."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

SweepsRead = Annotated[Actor, Depends(Requires("monitoring.sweeps:read"))]
SweepsWrite = Annotated[Actor, Depends(Requires("monitoring.sweeps:write"))]
SweepsManage = Annotated[Actor, Depends(Requires("monitoring.sweeps:manage"))]
