"""A household's dossier, from the views of its parts."""

from __future__ import annotations

from uuid import UUID

from service_kit.db import ReadConnection
from service_kit.pagination import PageParams

from monitoring_api.households import views as households
from monitoring_api.visits import views as visits

_FIRST_PAGE = PageParams(limit=20, cursor=None, with_total=False)


async def make_dossier(
    db: ReadConnection, region: str, household_id: UUID, *, with_visits: bool
) -> tuple[bytes, int] | None:
    """JSON of a ``Dossier`` and the household's version; None when there is no such household in the region."""
    found, history, page = await db.at_once(
        households.get_household(db, region, household_id),
        households.history_page(db, region, household_id, _FIRST_PAGE),
        visits.list_visits(db, region, household_id, _FIRST_PAGE) if with_visits else _nothing(),
    )
    if found is None:
        return None
    card, version = found
    return b'{"household":%b,"history":%b,"visits":%b}' % (card, history, page), version


async def _nothing() -> bytes:
    return b"null"
