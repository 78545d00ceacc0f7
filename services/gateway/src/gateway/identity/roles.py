"""Roles and what each may do (GW-1). The one place where a permission is given to anybody."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    code: str
    name: str
    permissions: frozenset[str]
    administrator: bool = False
    """One of the three administrators, who run the system and have no part in its business."""


_READ_BUSINESS = (
    "monitoring.households:read",
    "monitoring.household_names:read",
    "monitoring.duplicates:read",
    "monitoring.villages:read",
    "monitoring.visits:read",
    "monitoring.cases:read",
    "monitoring.helpers:read",
    "monitoring.overview:read",
    "monitoring.policy:read",
    "assets.assets:read",
    "assets.overview:read",
    "funds.documents:read",
    "funds.pools:read",
    "funds.allocations:read",
    "funds.transfers:read",
    "funds.payments:read",
    "funds.overview:read",
)
_READ_AUDIT = ("monitoring.audit:read", "assets.audit:read", "funds.audit:read", "gateway.audit:read")
_OVERVIEWS = ("monitoring.overview:read", "assets.overview:read", "funds.overview:read")
_VILLAGE_WORK = (
    "monitoring.households:read",
    "monitoring.households:write",
    "monitoring.household_names:read",
    "monitoring.duplicates:read",
    "monitoring.villages:read",
    "monitoring.visits:read",
    "monitoring.cases:read",
    "monitoring.helpers:read",
    "monitoring.visits:write",
    "monitoring.cases:write",
    "monitoring.overview:read",
    "monitoring.policy:read",
    "assets.assets:read",
    "assets.overview:read",
)


EVERYONE = "gateway.session:use"
"""What whoever has signed in may do: see who they are, the regions, the composed pages, and call the services, which
decide for themselves."""


def _role(code: str, name: str, *permissions: str, administrator: bool = False) -> Role:
    return Role(code, name, frozenset({EVERYONE, *permissions}), administrator)


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role(
            "system_admin",
            "系统管理员",
            "gateway.users:read",
            "gateway.users:write",
            "gateway.regions:write",
            administrator=True,
        ),
        _role("security_admin", "安全管理员", "gateway.users:read", "gateway.users:write", administrator=True),
        _role("audit_admin", "审计管理员", "gateway.users:read", *_READ_AUDIT, administrator=True),
        _role(
            "bureau",
            "业务主管部门",
            *_READ_BUSINESS,
            "monitoring.households:write",
            "monitoring.households:reveal",
            "monitoring.duplicates:decide",
            "monitoring.villages:write",
            "monitoring.visits:write",
            "monitoring.cases:write",
            "monitoring.helpers:write",
            "monitoring.policy:write",
            "assets.assets:write",
            "funds.payments:review",
        ),
        _role("department_officer", "部门数据员", "monitoring.policy:read", *_OVERVIEWS),
        _role(
            "township",
            "乡镇",
            *_VILLAGE_WORK,
            "monitoring.villages:write",
            "monitoring.households:reveal",
            "monitoring.duplicates:decide",
            "monitoring.helpers:write",
        ),
        _role("village_cadre", "村干部", *_VILLAGE_WORK),
        _role(
            "finance",
            "财政资金",
            "monitoring.policy:read",
            "monitoring.overview:read",
            "assets.overview:read",
            "funds.documents:read",
            "funds.documents:write",
            "funds.pools:read",
            "funds.floors:write",
            "funds.allocations:read",
            "funds.allocations:write",
            "funds.transfers:read",
            "funds.payments:read",
            "funds.payments:write",
            "funds.payments:review",
            "funds.payments:pay",
            "funds.overview:read",
        ),
        _role(
            "asset_keeper",
            "资产管护",
            "monitoring.policy:read",
            "monitoring.household_names:read",
            "assets.assets:read",
            "assets.assets:write",
            "assets.overview:read",
            "monitoring.overview:read",
        ),
        _role("auditor", "纪检审计", *_READ_BUSINESS, "gateway.users:read", *_READ_AUDIT),
    )
}


def permissions_of(role: str) -> frozenset[str]:
    """Everything the role may do; a role that is not in the table may do nothing."""
    known = ROLES.get(role)
    return known.permissions if known else frozenset()


def role_name(role: str) -> str:
    """The word that people read for it."""
    known = ROLES.get(role)
    return known.name if known else role
