"""The asset registry: what was built, who owns and keeps it."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from service_kit import notices
from service_kit.app import build_app
from service_kit.attachments import attachment_router
from service_kit.audit_api import audit_router
from service_kit.objections_api import objection_router
from service_kit.spec import ServiceSpec

from asset_registry.assets import endpoints as assets
from asset_registry.consumers import CONSUMERS
from asset_registry.db import Base
from asset_registry.errors import CONSTRAINT_ERRORS
from asset_registry.events import AssetRegistered
from asset_registry.files import SUBJECTS
from asset_registry.handovers import endpoints as handovers
from asset_registry.households import endpoints as households
from asset_registry.overview import endpoints as overview

SPEC = ServiceSpec(
    name="assets",
    package="asset_registry",
    title="资产登记",
    metadata=Base.metadata,
    migrations=Path(__file__).parents[2] / "migrations",
    routers=[
        assets.router,
        handovers.router,
        households.router,
        overview.router,
        notices.router,
        attachment_router("assets", SUBJECTS),
        objection_router("assets", series="3"),
        audit_router("assets"),
    ],
    constraint_errors=CONSTRAINT_ERRORS,
    consumers=CONSUMERS,
    subscribers={AssetRegistered.type: ["funds"]},
)


def create_app() -> FastAPI:
    return build_app(SPEC)
