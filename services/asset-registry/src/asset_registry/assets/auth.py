"""Who may read and write the ledgers."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

AssetsRead = Annotated[Actor, Depends(Requires("assets.assets:read"))]
AssetsWrite = Annotated[Actor, Depends(Requires("assets.assets:write"))]
