"""Who may send what. A verification or an application is casework, a registration is work on the register."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

SubmissionsRead = Annotated[Actor, Depends(Requires("monitoring.cases:read"))]
CaseSubmissionsWrite = Annotated[Actor, Depends(Requires("monitoring.cases:write"))]
RegistrationsWrite = Annotated[Actor, Depends(Requires("monitoring.households:write"))]
