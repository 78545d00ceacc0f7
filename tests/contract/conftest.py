"""The four services together: their descriptions, and each as a running app on its own real database."""

from __future__ import annotations

from typing import Any

import asset_registry.main
import funds_ledger.main
import gateway.main
import monitoring_api.main
import pytest
from argon2 import PasswordHasher
from gateway.identity import passwords, sessions
from service_kit.app import build_app
from service_kit.testing import service_fixture

SPECS = {
    module.SPEC.name: module.SPEC
    for module in (gateway.main, monitoring_api.main, asset_registry.main, funds_ledger.main)
}

gateway_service = service_fixture(SPECS["gateway"], COOKIE_SECURE="false")
monitoring_service = service_fixture(SPECS["monitoring"])
assets_service = service_fixture(SPECS["assets"])
funds_service = service_fixture(SPECS["funds"])


@pytest.fixture(scope="session")
def specs() -> dict[str, Any]:
    return SPECS


@pytest.fixture(scope="session")
def apps() -> dict[str, Any]:
    """Apps that are described but not running."""
    return {name: build_app(spec) for name, spec in SPECS.items()}


@pytest.fixture(scope="session")
def documents(apps: dict[str, Any]) -> dict[str, Any]:
    return {name: app.openapi() for name, app in apps.items()}


@pytest.fixture
def everyone_may_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a run over the gateway's doors meets more than refusals; passwords cost next to nothing."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setattr(
        sessions,
        "permissions_of",
        lambda role: frozenset(
            {"gateway.session:use", "gateway.users:read", "gateway.users:write", "gateway.regions:write"}
            | {"gateway.audit:read", "monitoring.overview:read", "monitoring.households:read"}
        ),
    )
