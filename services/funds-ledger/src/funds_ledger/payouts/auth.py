"""Who may see lists of payouts, make them, approve them, deal with the bank, and see a full number."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

PayoutsRead = Annotated[Actor, Depends(Requires("funds.payouts:read"))]
PayoutsWrite = Annotated[Actor, Depends(Requires("funds.payouts:write"))]
PayoutsApprove = Annotated[Actor, Depends(Requires("funds.payouts:approve"))]
PayoutsPay = Annotated[Actor, Depends(Requires("funds.payouts:pay"))]
PayoutsReveal = Annotated[Actor, Depends(Requires("funds.payouts:reveal"))]
