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
    "monitoring.assistance:read",
    "monitoring.look_backs:read",
    "monitoring.sweeps:read",
    "monitoring.overview:read",
    "monitoring.policy:read",
    "monitoring.files:use",
    "assets.assets:read",
    "assets.overview:read",
    "assets.files:use",
    "funds.files:use",
    "funds.documents:read",
    "funds.pools:read",
    "funds.allocations:read",
    "funds.transfers:read",
    "funds.payments:read",
    "funds.overview:read",
    "assets.objections:read",
    "funds.objections:read",
    "funds.projects:read",
    "funds.plans:read",
    "funds.publication:read",
    "funds.factors:read",
    "funds.reconciliation:read",
    "funds.clues:read",
    "funds.land-revenue:read",
    "funds.payouts:read",
    "funds.microloans:read",
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
    "monitoring.assistance:read",
    "monitoring.assistance:write",
    "monitoring.look_backs:read",
    "monitoring.look_backs:write",
    "monitoring.sweeps:read",
    "monitoring.sweeps:write",
    "monitoring.overview:read",
    "monitoring.policy:read",
    "monitoring.files:use",
    "assets.assets:read",
    "assets.overview:read",
    "assets.files:use",
    "funds.projects:read",
    "funds.projects:write",
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
            "monitoring.assistance:write",
            "monitoring.assistance:confirm",
            "monitoring.look_backs:write",
            "monitoring.sweeps:write",
            "monitoring.sweeps:manage",
            "monitoring.policy:write",
            "gateway.people:read",
            "assets.assets:write",
            "funds.payments:review",
            "assets.objections:handle",
            "funds.objections:handle",
            "funds.projects:write",
            "funds.negative-list:write",
            "funds.plans:write",
            "funds.plans:approve",
            "funds.publication:write",
            "funds.factors:write",
            "funds.payouts:write",
            "funds.payouts:approve",
            "funds.factors:approve",
            "funds.reconciliation:close",
            "funds.clues:raise",
            "funds.clues:handle",
            "funds.clues:close",
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
            "gateway.people:read",
            "monitoring.assistance:confirm",
            "monitoring.sweeps:manage",
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
            "funds.objections:read",
            "funds.objections:handle",
            "funds.overview:read",
            "funds.files:use",
            "funds.projects:read",
            "funds.projects:write",
            "funds.plans:read",
            "funds.plans:approve",
            "funds.publication:read",
            "funds.publication:write",
            "funds.factors:read",
            "funds.factors:write",
            "funds.factors:approve",
            "funds.reconciliation:read",
            "funds.reconciliation:write",
            "funds.reconciliation:close",
            "funds.clues:read",
            "funds.clues:raise",
            "funds.clues:handle",
            "funds.clues:close",
            "funds.land-revenue:read",
            "funds.land-revenue:write",
            "funds.payouts:read",
            "funds.payouts:write",
            "funds.payouts:approve",
            "funds.payouts:pay",
            "funds.payouts:reveal",
            "funds.payout-standards:write",
            "funds.microloans:read",
            "funds.microloans:write",
        ),
        _role(
            "asset_keeper",
            "资产管护",
            "monitoring.policy:read",
            "monitoring.household_names:read",
            "assets.assets:read",
            "assets.assets:write",
            "assets.overview:read",
            "assets.files:use",
            "assets.objections:read",
            "assets.objections:handle",
            "monitoring.overview:read",
        ),
        # Raising a clue is the auditor's one write: a supervisor who finds something must not have to ask the
        # supervised to record it. Handling and closing it stay with others.
        _role("auditor", "纪检审计", *_READ_BUSINESS, "gateway.users:read", *_READ_AUDIT, "funds.clues:raise"),
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
