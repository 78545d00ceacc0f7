"""Deny by default (ARCHITECTURE rule 15), and one table of roles for all services."""

from __future__ import annotations

from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts
from gateway.identity.roles import ROLES
from gateway.pages import overview
from gateway.pages.endpoints import household_parts, village_parts
from service_kit.app import api_routes, permission_of

FOR_SERVICES = {"events:deliver", "monitoring.entitlements:read"}
"""What services do to each other; no person has it."""

SERVICES = ("monitoring", "assets", "funds")
OF_NOTICES = {
    "GET /public/notices",
    "GET /public/notices/{notice_id}",
    "POST /public/notices/{notice_id}/objections",
    "POST /public/objections/progress",
}

PUBLIC = {
    "gateway": {
        "POST /api/session",
        "POST /api/first-administrator",
        "GET /api/openapi.json",
        "GET /api/health",
        "GET /",
        "GET /admin",
        "GET /admin/{path}",
        "GET /m",
        "GET /m/{path}",
        "GET /static/{path}",
        "GET /favicon.svg",
        "GET /favicon.ico",
        "GET /robots.txt",
        "GET /gongshi",
        "GET /gongshi/{service}/{notice_id}",
        *(f"{method} /gongshi/{page}" for page in ("apply", "progress") for method in ("GET", "POST")),
        *(f"{method} /gongshi/{{service}}/{{notice_id}}/objection" for method in ("GET", "POST")),
        "POST /gongshi/withdraw",
        "GET /gongshi/type",
        *(
            f"{method} /api/public/{name}/{{path}}"
            for name in ("monitoring", "assets", "funds")
            for method in ("GET", "POST")
        ),
    },
    "monitoring": {
        *OF_NOTICES,
        "GET /public/risks",
        "POST /public/applications",
        "POST /public/applications/progress",
        "POST /public/applications/withdrawal",
    },
    "assets": OF_NOTICES,
    "funds": OF_NOTICES,
}
"""Doors without login, beside those of operation that every service has. A new one is a decision: add it here."""

OF_OPERATION = {"GET /health/live", "GET /health/ready", "GET /metrics", "GET /openapi.json"}
NOTHING_THERE = "/api/{path}"
"""The gateway's door that only says 404."""


def permissions_used(app: Any) -> set[str]:
    return {permission for route in api_routes(app) if (permission := permission_of(route)) and permission != "public"}


class TestDoors:
    def test_the_walk_sees_every_route(self, apps: dict[str, Any]) -> None:
        for name, app in apps.items():
            unseen = [
                context.path
                for context in iter_route_contexts(app.routes)
                if not isinstance(context.original_route, APIRoute)
            ]
            assert not unseen, f"{name}: {unseen}"
            assert len(api_routes(app)) > 10, name

    def test_each_declares_a_permission_or_is_public(self, apps: dict[str, Any]) -> None:
        open_doors = [
            f"{name} {sorted(route.methods)} {route.path_format}"
            for name, app in apps.items()
            for route in api_routes(app)
            if permission_of(route) is None
        ]
        assert not open_doors

    def test_public_ones_are_listed_here(self, apps: dict[str, Any]) -> None:
        for name, app in apps.items():
            public = {
                f"{method} {route.path_format}"
                for route in api_routes(app)
                if permission_of(route) == "public" and route.path_format != NOTHING_THERE
                for method in route.methods - {"HEAD"}
            }
            assert public == PUBLIC[name] | OF_OPERATION, name

    def test_a_permission_names_its_service(self, apps: dict[str, Any]) -> None:
        for name, app in apps.items():
            assert all(p.startswith(f"{name}.") for p in permissions_used(app) - FOR_SERVICES), name


class TestRoles:
    def test_every_permission_in_use_is_somebodys(self, apps: dict[str, Any]) -> None:
        used = set.union(*(permissions_used(app) for app in apps.values())) - FOR_SERVICES
        granted = set().union(*(role.permissions for role in ROLES.values()))
        assert used - granted == set()

    def test_every_permission_granted_is_in_use(self, apps: dict[str, Any]) -> None:
        used = set.union(*(permissions_used(app) for app in apps.values()))
        granted = set().union(*(role.permissions for role in ROLES.values()))
        assert granted - used == set()

    def test_composed_pages_ask_with_permissions_that_the_services_ask_for(self, apps: dict[str, Any]) -> None:
        for part in [*overview.parts_for("431081"), *village_parts("431081106226"), *household_parts("x")]:
            path = part.path.replace("431081106226", "{}").replace("/x", "/{}")
            required = {
                permission_of(route)
                for route in api_routes(apps[part.service])
                if "GET" in route.methods and _shape(route.path_format) == path
            }
            assert required == {part.permission}, part

    def test_composed_pages_ask_with_filters_that_the_services_know(self, apps: dict[str, Any]) -> None:
        """An unknown query parameter would be ignored, and the page would show everybody's assets."""
        for part in [*overview.parts_for("431081"), *village_parts("431081106226"), *household_parts("x")]:
            path = part.path.replace("431081106226", "{}").replace("/x", "/{}")
            document = apps[part.service].openapi()
            [item] = [item for name, item in document["paths"].items() if _shape(name) == path]
            known = {parameter["name"] for parameter in item["get"].get("parameters", ())}
            assert set(part.params) <= known, part


def _shape(path: str) -> str:
    return "/".join("{}" if piece.startswith("{") else piece for piece in path.split("/"))
