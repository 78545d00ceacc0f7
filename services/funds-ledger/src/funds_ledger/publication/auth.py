"""Who may see what is not yet public, and set the days."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

PublicationRead = Annotated[Actor, Depends(Requires("funds.publication:read"))]
PublicationWrite = Annotated[Actor, Depends(Requires("funds.publication:write"))]
