"""Who may read and register budget documents."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

DocumentsRead = Annotated[Actor, Depends(Requires("funds.documents:read"))]
DocumentsWrite = Annotated[Actor, Depends(Requires("funds.documents:write"))]
