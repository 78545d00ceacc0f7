"""What is known of a household, in one piece."""

from __future__ import annotations

from service_kit.pagination import Page
from service_kit.schemas import ReadModel

from monitoring_api.households.schemas import HistoryLine, Household
from monitoring_api.visits.schemas import Visit


class Dossier(ReadModel):
    """The card, the first page of its history and the first page of its visits."""

    household: Household
    history: Page[HistoryLine]
    visits: Page[Visit] | None
    """Null for a reader who may not see visits."""
