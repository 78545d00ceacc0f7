"""Who may see, request, review and make payments. Paying needs the county's scope, because the pool is the county's."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from service_kit.auth import Requires
from service_kit.tokens import Actor

PaymentsRead = Annotated[Actor, Depends(Requires("funds.payments:read"))]
PaymentsWrite = Annotated[Actor, Depends(Requires("funds.payments:write"))]
PaymentsReview = Annotated[Actor, Depends(Requires("funds.payments:review"))]
PaymentsPay = Annotated[Actor, Depends(Requires("funds.payments:pay"))]
