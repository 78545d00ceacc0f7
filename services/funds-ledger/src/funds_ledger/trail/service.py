"""Following the money both ways: from a document down, from a payment or an allocation up."""

from __future__ import annotations

from uuid import UUID

from service_kit.errors import FieldError, NotFound, ValidationFailed
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations import repository as allocations
from funds_ledger.documents import repository as documents
from funds_ledger.documents.models import FundDocument
from funds_ledger.payments import repository as payments
from funds_ledger.pools import repository as pools
from funds_ledger.pools.schemas import PoolRead
from funds_ledger.projects import repository as projects
from funds_ledger.trail import views
from funds_ledger.trail.schemas import (
    Trail,
    TrailAllocation,
    TrailDocument,
    TrailPayment,
    TrailPayout,
    TrailProject,
    TrailSum,
)


async def trail(
    session: AsyncSession,
    actor: Actor,
    document_id: UUID | None,
    allocation_id: UUID | None,
    payment_id: UUID | None,
    project_id: UUID | None = None,
) -> Trail:
    """The document, the pool, the allocations and the payments that the given one hangs together with.

    Raises:
        ValidationFailed: not exactly one was named.
        NotFound: it is not in the actor's scope.
    """
    if sum(given is not None for given in (document_id, allocation_id, payment_id, project_id)) != 1:
        error = FieldError("query.document_id", "one_of", "请指定指标文件、分配、支付、项目中的一项")
        raise ValidationFailed(errors=[error])
    if project_id is not None:
        return await _of_project(session, actor, project_id)
    if payment_id is not None:
        paid = await payments.find(session, actor, payment_id)
        allocation_id = paid.Payment.allocation_id if paid else None
        if allocation_id is None:
            raise NotFound()
    if allocation_id is not None:
        row = await allocations.find(session, actor, allocation_id)
        if row is None:
            raise NotFound()
        county_code, pool_id, source_id = row.Allocation.county_code, row.Allocation.pool_id, row.Allocation.document_id
        document = await documents.find(session, actor, source_id) if source_id else None
    else:
        document = await documents.find(session, actor, document_id) if document_id else None
        if document is None:
            raise NotFound()
        county_code, pool_id = document.county_code, document.pool_id
    chosen = {
        "county_code": county_code,
        "document_id": document_id,
        "allocation_id": allocation_id,
        "payment_id": payment_id,
        "project_id": None,
    }
    pool = await pools.find(session, actor, pool_id)
    given = await views.allocations(session, chosen)
    made = await views.payments(session, chosen)
    paid_out = await views.payouts(session, chosen)
    return Trail(
        pool=PoolRead.of(pool) if pool else None,
        document=_document(document) if document else None,
        allocations=[TrailAllocation.model_validate(row) for row in given[: views.LISTED]],
        payments=[TrailPayment.model_validate(row) for row in made[: views.LISTED]],
        payouts=[TrailPayout.model_validate(row) for row in paid_out[: views.LISTED]],
        sums=await _sums(session, document, chosen),
        more=max(len(given), len(made), len(paid_out)) > views.LISTED,
    )


async def _of_project(session: AsyncSession, actor: Actor, project_id: UUID) -> Trail:
    """What a project was given from whatever pools, and what was paid of it.

    Raises:
        NotFound.
    """
    found = await projects.find(session, actor, project_id)
    if found is None:
        raise NotFound()
    nothing = dict.fromkeys(("document_id", "allocation_id", "payment_id"))
    chosen: dict[str, UUID | str | None] = nothing | {"county_code": found.county_code, "project_id": project_id}
    given, made = await views.allocations(session, chosen), await views.payments(session, chosen)
    paid_out = await views.payouts(session, chosen)
    return Trail(
        pool=None,
        document=None,
        project=TrailProject(id=found.id, name=found.name, state=found.state, planned=found.planned_fen),
        allocations=[TrailAllocation.model_validate(row) for row in given[: views.LISTED]],
        payments=[TrailPayment.model_validate(row) for row in made[: views.LISTED]],
        payouts=[TrailPayout.model_validate(row) for row in paid_out[: views.LISTED]],
        sums=await _sums(session, None, chosen),
        more=max(len(given), len(made), len(paid_out)) > views.LISTED,
    )


def _document(document: FundDocument) -> TrailDocument:
    own = {name: getattr(document, name) for name in TrailDocument.model_fields if hasattr(document, name)}
    return TrailDocument.model_validate(own | {"amount": document.amount_fen, "current": document.current_fen})


async def _sums(
    session: AsyncSession, document: FundDocument | None, chosen: dict[str, UUID | str | None]
) -> list[TrailSum]:
    found = []
    if document is not None:
        posted = await views.document_posted(session, document.county_code, document.id)
        found.append(
            TrailSum(
                level="document",
                amount=document.current_fen,
                ledger=posted,
                agrees=document.current_fen == posted,
            )
        )
    row = await views.sums(session, chosen)
    allocated, allocated_posted, paid, paid_posted, out, out_posted = (int(value) for value in row)
    below = [TrailSum(level="payout", amount=out, ledger=out_posted, agrees=out == out_posted)]
    return [
        *found,
        TrailSum(level="allocation", amount=allocated, ledger=allocated_posted, agrees=allocated == allocated_posted),
        TrailSum(level="payment", amount=paid, ledger=paid_posted, agrees=paid == paid_posted),
        *(below if out or out_posted else []),
    ]
