"""Who may see, raise and handle clues. A step asks for the permission that ``rules.LIFECYCLE`` names."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

CluesRead = Annotated[Actor, Depends(Requires("funds.clues:read"))]
CluesRaise = Annotated[Actor, Depends(Requires("funds.clues:raise"))]
CluesHandle = Annotated[Actor, Depends(Requires("funds.clues:handle"))]
CluesClose = Annotated[Actor, Depends(Requires("funds.clues:close"))]
