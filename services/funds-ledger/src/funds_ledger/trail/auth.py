"""Who may follow the money: whoever may read the ledger."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

TrailRead = Annotated[Actor, Depends(Requires("funds.transfers:read"))]
