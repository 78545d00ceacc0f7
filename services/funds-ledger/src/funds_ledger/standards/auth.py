"""Who may see and set subsidy standards."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

StandardsRead = Annotated[Actor, Depends(Requires("funds.payouts:read"))]
StandardsWrite = Annotated[Actor, Depends(Requires("funds.payout-standards:write"))]
