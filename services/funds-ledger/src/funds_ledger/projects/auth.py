"""Who may see projects, act on them, and set the negative list."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

ProjectsRead = Annotated[Actor, Depends(Requires("funds.projects:read"))]
ProjectsWrite = Annotated[Actor, Depends(Requires("funds.projects:write"))]
NegativeListWrite = Annotated[Actor, Depends(Requires("funds.negative-list:write"))]
