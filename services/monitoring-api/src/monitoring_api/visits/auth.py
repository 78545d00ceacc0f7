"""Who may do what with visits."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

VisitsRead = Annotated[Actor, Depends(Requires("monitoring.visits:read"))]
VisitsWrite = Annotated[Actor, Depends(Requires("monitoring.visits:write"))]
