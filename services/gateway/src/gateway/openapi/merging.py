"""One OpenAPI document out of four: what the browser can call, from which its typed client is made."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]

SHARED = frozenset({"Problem", "FieldError"})
"""Schemas that the kit writes identically into every document; they keep their names."""

PREFIXES = {"monitoring": "Monitoring", "assets": "Assets", "funds": "Funds", "gateway": "Gateway"}
ORDER = ("gateway", "monitoring", "assets", "funds")

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_REF = "#/components/schemas/"
_GENERIC = re.compile(r"(Page)_(\w+?)_")
_PARAMETER = re.compile(r"\{[^}]*\}")
_INTERNAL = re.compile(r"/(events|metrics|health|openapi\.json)(/|$)")


class NameCollision(ValueError):
    """Two operations or paths of the merged document would have one name."""


def component_name(service: str, name: str) -> str:
    """``Row`` of monitoring → ``MonitoringRow``; ``Page_Row_`` → ``Page_MonitoringRow``.

    Pydantic's two forms of a model, ``X-Input`` and ``X-Output``, become ``XInput`` and ``XOutput``.
    """
    if name in SHARED:
        return name
    if generic := _GENERIC.fullmatch(name):
        return f"{generic[1]}_{component_name(service, generic[2])}"
    # Always a prefix, also before a name that has it by itself: then no two names of a service can become one.
    return PREFIXES[service] + re.sub(r"\W", "", name)


def operation_id(service: str, name: str) -> str:
    return f"{service}_{name}"


def public_path(service: str, path: str) -> str:
    """Where the browser finds an operation: the gateway's own as they are, the others behind their prefix.

    What needs no login has a prefix of its own, so that it is asked without a session.
    """
    if service == "gateway":
        return path
    if path.startswith("/public/"):
        return f"/api/public/{service}{path.removeprefix('/public')}"
    return f"/api/{service}{path}"


def merge(documents: Mapping[str, Json]) -> Json:
    """The merged document, equal for equal input.

    Args:
        documents: OpenAPI 3.1 by short service name; services may be missing.

    Raises:
        NameCollision: two operations share an id, or two schemas of different content a name.
    """
    merged: Json = {
        "openapi": "3.1.0",
        "info": {
            "title": "衔接 Linkage",
            "version": "1",
            "description": "浏览器可调用的全部接口。改动数据的请求须带 X-CSRF-Token。",
        },
        "paths": {},
        "components": {
            "schemas": {},
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "linkage_session"}},
        },
    }
    seen: set[str] = set()
    for service in (name for name in ORDER if name in documents):
        document = _renamed(service, documents[service])
        _add_schemas(merged, document)
        for path, item in document["paths"].items():
            if service != "gateway" and _INTERNAL.match(path):
                continue
            _add_path(merged, service, public_path(service, path), item, seen)
    merged["components"]["schemas"] = dict(sorted(merged["components"]["schemas"].items()))
    _resolve_same_as(merged)
    return merged


def _renamed(service: str, document: Json) -> Json:
    """A copy in which every schema, and every reference to one, has its merged name."""

    def rename(node: Json) -> Json:
        target = node.get("$ref")
        if isinstance(target, str) and target.startswith(_REF):
            return node | {"$ref": _REF + component_name(service, target.removeprefix(_REF))}
        discriminator = node.get("discriminator")
        if isinstance(discriminator, dict) and isinstance(discriminator.get("mapping"), dict):
            mapping = {
                key: _REF + component_name(service, target.removeprefix(_REF))
                for key, target in discriminator["mapping"].items()
            }
            return node | {"discriminator": discriminator | {"mapping": mapping}}
        return node

    copied: Json = _walk(copy.deepcopy(document), rename)
    components = copied.setdefault("components", {})
    schemas: Json = {}
    for name, schema in components.get("schemas", {}).items():
        if schemas.setdefault(component_name(service, name), schema) is not schema:
            raise NameCollision(f"{service} 的两个结构合并后同名：{name}")
    components["schemas"] = schemas
    return copied


def _walk(node: Any, change: Callable[[Json], Json]) -> Any:
    """Rebuild a document, giving every object to ``change`` on the way down."""
    if isinstance(node, dict):
        return {key: _walk(value, change) for key, value in change(node).items()}
    if isinstance(node, list):
        return [_walk(value, change) for value in node]
    return node


def _add_schemas(merged: Json, document: Json) -> None:
    known = merged["components"]["schemas"]
    for name, schema in document["components"]["schemas"].items():
        if name in known and known[name] != schema:
            raise NameCollision(f"两份接口文档中的 {name} 不一致")
        known[name] = schema


def _add_path(merged: Json, service: str, path: str, item: Json, seen: set[str]) -> None:
    if path in merged["paths"]:
        raise NameCollision(f"路径重复：{path}")
    for method in _METHODS:
        operation = item.get(method)
        if operation is None:
            continue
        operation["operationId"] = operation_id(service, operation["operationId"])
        if operation["operationId"] in seen:
            raise NameCollision(f"操作编号重复：{operation['operationId']}")
        seen.add(operation["operationId"])
        operation["tags"] = [f"{service}.{tag}" for tag in operation.get("tags", ())] or [service]
        if "security" in operation:
            operation["security"] = [{"session": []}]
    merged["paths"][path] = item


def _resolve_same_as(merged: Json) -> None:
    """Give what a composed page passes on the schema that its service has for it.

    ``x-same-as: "funds GET /overview"`` is the answer of that operation, with ``#funds.by_source`` a member of it.
    Without that service in the document it stays open.
    """
    by_shape = {_PARAMETER.sub("{}", path): item for path, item in merged["paths"].items()}
    schemas = merged["components"]["schemas"]

    def resolve(node: Json) -> Json:
        said = node.get("x-same-as")
        if not isinstance(said, str):
            return node
        operation, _, member = said.partition("#")
        service, method, path = operation.split(" ")
        item = by_shape.get(public_path(service, path), {})
        answer = item.get(method.lower(), {}).get("responses", {}).get("200", {})
        schema: Json | None = answer.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return {}
        for name in filter(None, member.split(".")):
            schema = _target(schemas, schema)["properties"][name]
        return {key: value for key, value in schema.items() if key != "title"}

    merged["components"]["schemas"] = _walk(schemas, resolve)


def _target(schemas: Json, schema: Json) -> Json:
    """The schema itself, or the one that it refers to."""
    ref = schema.get("$ref")
    found: Json = schemas[ref.removeprefix(_REF)] if ref else schema
    return found
