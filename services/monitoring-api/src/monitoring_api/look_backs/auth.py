"""Who may do what with look-backs."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

LookBacksRead = Annotated[Actor, Depends(Requires("monitoring.look_backs:read"))]
LookBacksWrite = Annotated[Actor, Depends(Requires("monitoring.look_backs:write"))]
