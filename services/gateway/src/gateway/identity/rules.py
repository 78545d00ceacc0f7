"""Who may change what of an account: three administrators, none of whom can do it all alone (GW-1).

The system administrator opens accounts and keeps them running, but an account cannot sign in before the security
administrator has confirmed its role and region. The audit administrator reads what both have done and changes
nothing. Nobody changes the own account this way.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from uuid import UUID

from gateway.identity.errors import NotYourself, SeparationOfDuties
from gateway.identity.roles import role_name

CREATOR = "system_admin"
AUTHORISER = "security_admin"

MAY_CHANGE: dict[str, frozenset[str]] = {
    CREATOR: frozenset({"name", "password", "disabled"}),
    AUTHORISER: frozenset({"role", "region_code", "disabled", "locked"}),
}
"""Field of an account → by role of who changes it.."""

ENDS_SESSIONS = frozenset({"role", "region_code", "disabled", "password"})
"""Changes after which the person has to sign in again."""


def check_creation(actor_role: str) -> None:
    """Raises SeparationOfDuties unless the actor is the system administrator."""
    if actor_role != CREATOR:
        raise SeparationOfDuties(f"新建账号由{role_name(CREATOR)}办理")


def check_change(actor_role: str, actor_id: UUID, user_id: UUID, fields: AbstractSet[str]) -> None:
    """Refuse fields that are another administrator's, and any change of oneself.

    Raises:
        NotYourself, SeparationOfDuties
    """
    if actor_id == user_id:
        raise NotYourself()
    foreign = sorted(fields - MAY_CHANGE.get(actor_role, frozenset()))
    if foreign:
        owner = next((role for role, own in MAY_CHANGE.items() if foreign[0] in own), CREATOR)
        raise SeparationOfDuties(f"此项由{role_name(owner)}办理", fields=foreign)


def confirmed_at_once(role: str, *, security_admin_exists: bool) -> bool:
    """True only for the very first security administrator, whom nobody else could confirm."""
    return role == AUTHORISER and not security_admin_exists
