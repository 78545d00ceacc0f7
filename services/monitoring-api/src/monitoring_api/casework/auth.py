"""Who may do what with cases; which step is whose is a matter of policy (``casework.rules.may_take``)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

CasesRead = Annotated[Actor, Depends(Requires("monitoring.cases:read"))]
CasesWrite = Annotated[Actor, Depends(Requires("monitoring.cases:write"))]
