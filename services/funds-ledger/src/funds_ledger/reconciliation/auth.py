"""Who may see, prepare and close a month of reconciliation. A month is the county's: lower scopes see none."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

READ = "funds.reconciliation:read"

ReconciliationRead = Annotated[Actor, Depends(Requires(READ))]
ReconciliationWrite = Annotated[Actor, Depends(Requires("funds.reconciliation:write"))]
ReconciliationClose = Annotated[Actor, Depends(Requires("funds.reconciliation:close"))]
