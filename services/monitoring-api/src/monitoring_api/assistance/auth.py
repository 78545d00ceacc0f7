"""Who may do what with assistance plans; confirming one is a township's or a county's."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

AssistanceRead = Annotated[Actor, Depends(Requires("monitoring.assistance:read"))]
AssistanceWrite = Annotated[Actor, Depends(Requires("monitoring.assistance:write"))]
AssistanceConfirm = Annotated[Actor, Depends(Requires("monitoring.assistance:confirm"))]
