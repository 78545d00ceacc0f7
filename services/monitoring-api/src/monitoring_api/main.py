"""monitoring-api: who is at risk, and what is known of every rural household."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from service_kit import notices
from service_kit.app import build_app
from service_kit.attachments import attachment_router
from service_kit.audit_api import audit_router
from service_kit.spec import ServiceSpec

from monitoring_api.acts import endpoints as acts
from monitoring_api.applications import endpoints as applications
from monitoring_api.archives import endpoints as archives
from monitoring_api.archives.exports import EXPORTS
from monitoring_api.assistance import endpoints as assistance
from monitoring_api.benefits import endpoints as benefits
from monitoring_api.casework import endpoints as casework
from monitoring_api.db import Base
from monitoring_api.dossiers import endpoints as dossiers
from monitoring_api.duplicates import endpoints as duplicates
from monitoring_api.entitlements import endpoints as entitlements
from monitoring_api.errors import CONSTRAINT_ERRORS
from monitoring_api.events import HouseholdChanged
from monitoring_api.files import SUBJECTS
from monitoring_api.helpers import endpoints as helpers
from monitoring_api.households import endpoints as households
from monitoring_api.leads import endpoints as leads
from monitoring_api.look_backs import endpoints as look_backs
from monitoring_api.overview import endpoints as overview
from monitoring_api.packs import endpoints as packs
from monitoring_api.policy import endpoints as policy
from monitoring_api.regions.consumers import CONSUMERS
from monitoring_api.relocations import endpoints as relocations
from monitoring_api.submissions import endpoints as submissions
from monitoring_api.sweeps import endpoints as sweeps
from monitoring_api.villages import endpoints as villages
from monitoring_api.visits import endpoints as visits

SPEC = ServiceSpec(
    name="monitoring",
    package="monitoring_api",
    title="衔接 · 防止返贫监测",
    metadata=Base.metadata,
    migrations=Path(__file__).parents[2] / "migrations",
    routers=(
        households.router,
        dossiers.router,
        benefits.router,
        entitlements.router,
        acts.router,
        relocations.router,
        duplicates.router,
        archives.router,
        villages.router,
        visits.router,
        submissions.router,
        packs.router,
        overview.router,
        policy.router,
        casework.router,
        leads.router,
        applications.router,
        helpers.router,
        assistance.router,
        look_backs.router,
        sweeps.router,
        notices.router,
        attachment_router("monitoring", SUBJECTS),
        audit_router("monitoring"),
    ),
    constraint_errors=CONSTRAINT_ERRORS,
    consumers=CONSUMERS,
    subscribers={HouseholdChanged.type: ("assets", "funds")},
    exports=EXPORTS,
)


def create_app() -> FastAPI:
    return build_app(SPEC)
