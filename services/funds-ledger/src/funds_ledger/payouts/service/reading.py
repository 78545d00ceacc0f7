"""Answers of commands: the list or line as it stands in the command's own transaction."""

from __future__ import annotations

from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.errors import NotFound
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.payouts import repository, views
from funds_ledger.payouts.schemas import PayoutBatchDetail, PayoutLineRead


async def batch(session: AsyncSession, actor: Actor, batch_id: UUID) -> PayoutBatchDetail:
    """Raises NotFound."""
    db = ReadConnection(await repository.driver(session))
    body = await views.batch_detail(db, actor.region, batch_id)
    if body is None:
        raise NotFound()
    return PayoutBatchDetail.model_validate_json(body)


async def batch_of_run(session: AsyncSession, actor: Actor, run_id: UUID) -> PayoutBatchDetail:
    """Raises NotFound."""
    return await batch(session, actor, (await repository.find_run(session, actor, run_id)).batch_id)


async def line(session: AsyncSession, actor: Actor, line_id: UUID) -> PayoutLineRead:
    """Raises NotFound."""
    body = await views.one_line(ReadConnection(await repository.driver(session)), actor.region, line_id)
    if body is None:
        raise NotFound()
    return PayoutLineRead.model_validate_json(body)
