"""Who may name helpers."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

HelpersRead = Annotated[Actor, Depends(Requires("monitoring.helpers:read"))]
HelpersWrite = Annotated[Actor, Depends(Requires("monitoring.helpers:write"))]
