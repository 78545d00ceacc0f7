"""What runs where: the four services, their ports and the exact commands, shared with the container files."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from linkage_local.paths import FONTS, ROOT, Layout


@dataclass(frozen=True, slots=True)
class Service:
    """One deployable. ``short`` names its schema, its roles, its path under /api and its tokens."""

    short: str
    package: str
    directory: str
    port_offset: int

    @property
    def owner_role(self) -> str:
        return f"{self.short}_owner"

    @property
    def service_role(self) -> str:
        return f"{self.short}_svc"

    @property
    def folder(self) -> Path:
        return ROOT / "services" / self.directory

    @property
    def head_file(self) -> Path:
        return self.folder / "migrations" / ".current-head"

    @property
    def has_factory(self) -> bool:
        return (self.folder / "src" / self.package / "main.py").exists()


MONITORING = Service("monitoring", "monitoring_api", "monitoring-api", 1)
ASSETS = Service("assets", "asset_registry", "asset-registry", 2)
FUNDS = Service("funds", "funds_ledger", "funds-ledger", 3)
GATEWAY = Service("gateway", "gateway", "gateway", 0)
SERVICES = (MONITORING, ASSETS, FUNDS, GATEWAY)
POSTGRES_PORT_OFFSET = 10

UVICORN_FLAGS = (
    "--loop",
    "uvloop",
    "--http",
    "httptools",
    "--no-access-log",
    "--no-proxy-headers",
    "--timeout-graceful-shutdown",
    "10",
)


def serve_command(service: Service, host: str, port: int) -> list[str]:
    """Start one service's HTTP side."""
    return [
        "uvicorn",
        "--factory",
        f"{service.package}.main:create_app",
        "--host",
        host,
        "--port",
        str(port),
        *UVICORN_FLAGS,
    ]


def worker_command(service: Service) -> list[str]:
    """Start one service's relay and jobs as a process of its own, as containers do."""
    return ["python", "-m", "service_kit.worker", service.package]


def migrate_command(service: Service) -> list[str]:
    """Bring one service's schema to the newest revision; needs LINKAGE_OWNER_DATABASE_URL."""
    return ["python", "-m", "service_kit.migrations", "upgrade", service.package]


def audit_command(service: Service) -> list[str]:
    """Check one service's audit chain."""
    return ["python", "-m", "service_kit.audit", "verify", service.package]


def in_this_python(command: list[str], python: str) -> list[str]:
    """The same command, run by the interpreter at ``python`` instead of by what PATH holds."""
    program, *rest = command
    return [python, *rest] if program == "python" else [python, "-m", program, *rest]


def service_environment(
    service: Service,
    layout: Layout,
    *,
    service_url: str,
    peers: Mapping[str, str],
    public_url: str,
) -> dict[str, str]:
    """What a service is told on this machine; see service_kit.settings for the meaning of each name."""
    environment = {
        "LINKAGE_ENV": "local",
        "LINKAGE_DATABASE_URL": service_url,
        "LINKAGE_SIGNING_KEY_FILE": str(layout.signing_key(service.short)),
        "LINKAGE_TRUSTED_KEYS_FILE": str(layout.trusted_keys),
        "LINKAGE_FIELD_KEYS_FILE": str(layout.field_keys(service.short)),
        "LINKAGE_PEERS": json.dumps(dict(peers)),
        "LINKAGE_INLINE_WORKER": "true",
        "LINKAGE_FILES_DIR": str(layout.files(service.short)),
        "LINKAGE_FONTS_DIR": str(FONTS),
    }
    if offset := os.environ.get("LINKAGE_CLOCK_OFFSET_DAYS"):
        environment["LINKAGE_CLOCK_OFFSET_DAYS"] = offset
    if service is GATEWAY:
        environment["LINKAGE_STATIC_DIR"] = str(ROOT / "frontend" / "dist")
        environment["LINKAGE_PUBLIC_URL"] = public_url
        environment["LINKAGE_COOKIE_SECURE"] = "false"
    return environment
