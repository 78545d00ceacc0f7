"""Who may read and write policies enjoyed: whoever may read and write the household's card."""

from monitoring_api.households.auth import HouseholdsRead as BenefitsRead
from monitoring_api.households.auth import HouseholdsWrite as BenefitsWrite

__all__ = ["BenefitsRead", "BenefitsWrite"]
