"""Who may use the doors of this room."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

from gateway.identity.roles import EVERYONE

Anyone = Annotated[Actor, Depends(Requires(EVERYONE))]
"""Whoever has signed in."""
UsersRead = Annotated[Actor, Depends(Requires("gateway.users:read"))]
PeopleRead = Annotated[Actor, Depends(Requires("gateway.people:read"))]
"""Names of colleagues, for those who name somebody to do something."""
UsersWrite = Annotated[Actor, Depends(Requires("gateway.users:write"))]
