"""Who may read leads and handle them: whoever may read and write cases, which they may lead to."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

LeadsRead = Annotated[Actor, Depends(Requires("monitoring.cases:read"))]
LeadsWrite = Annotated[Actor, Depends(Requires("monitoring.cases:write"))]
