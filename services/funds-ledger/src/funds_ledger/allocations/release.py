"""Money that was allocated is paid only after the allocation's notice has ended clear (FND-7)."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations.models import Allocation
from funds_ledger.publication import service as publication


async def release(session: AsyncSession, allocation: Allocation) -> None:
    """Let a locked allocation be paid from now on; nothing for one that needed no notice or was released before.

    Raises:
        NoticeStillUp: with the day on which the notice ends.
    """
    if allocation.notice_id is None or allocation.released_on is not None:
        return
    notice = await publication.close(session, allocation.county_code, allocation.notice_id)
    await session.execute(
        update(Allocation)
        .where(Allocation.county_code == allocation.county_code, Allocation.id == allocation.id)
        .values(released_on=notice.closed_on)
        .execution_options(synchronize_session=False)
    )
