"""Who may read and set the rules of casework."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

PolicyRead = Annotated[Actor, Depends(Requires("monitoring.policy:read"))]
PolicyWrite = Annotated[Actor, Depends(Requires("monitoring.policy:write"))]
