"""Who may see microloans, and who keeps them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

MicroloansRead = Annotated[Actor, Depends(Requires("funds.microloans:read"))]
MicroloansWrite = Annotated[Actor, Depends(Requires("funds.microloans:write"))]
