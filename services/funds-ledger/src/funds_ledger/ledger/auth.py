"""Who may read the ledger. Nobody writes it directly: documents and allocations do."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

TransfersRead = Annotated[Actor, Depends(Requires("funds.transfers:read"))]
