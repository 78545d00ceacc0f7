"""The merged OpenAPI document, from which the browser's client is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import orjson
import pytest
from gateway.openapi import merge
from service_kit.app import build_app

REF = "#/components/schemas/"


@pytest.fixture(scope="session")
def merged(documents: dict[str, Any]) -> dict[str, Any]:
    return merge(documents)


def objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from objects(value)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


class TestMergedDocument:
    def test_every_reference_leads_somewhere(self, merged: dict[str, Any]) -> None:
        schemas = merged["components"]["schemas"]
        for node in objects(merged):
            if isinstance(node.get("$ref"), str):
                assert node["$ref"].removeprefix(REF) in schemas, node["$ref"]

    def test_every_schema_is_valid(self, merged: dict[str, Any]) -> None:
        for schema in merged["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)

    def test_operation_ids_are_unique(self, merged: dict[str, Any]) -> None:
        ids = [operation["operationId"] for _, operation in operations(merged)]
        assert len(ids) == len(set(ids))

    def test_operation_ids_are_unique_within_each_service(self, documents: dict[str, Any]) -> None:
        for name, document in documents.items():
            ids = [operation["operationId"] for _, operation in operations(document)]
            assert len(ids) == len(set(ids)), name

    def test_is_the_same_each_time(self, documents: dict[str, Any], specs: dict[str, Any]) -> None:
        again = {name: build_app(spec).openapi() for name, spec in reversed(specs.items())}
        assert orjson.dumps(merge(again)) == orjson.dumps(merge(documents))

    def test_no_page_is_left_open(self, merged: dict[str, Any]) -> None:
        assert not [node for node in objects(merged) if "x-same-as" in node]
        page = merged["components"]["schemas"]["GatewayHouseholdPage"]["properties"]
        assert page["household"]["anyOf"][0]["$ref"] == REF + "MonitoringHousehold"
        assert all("$ref" in page[part]["anyOf"][0] for part in ("history", "visits", "assets"))
        funds = merged["components"]["schemas"]["GatewayOverviewFunds"]["properties"]
        assert "$ref" in funds["by_source"]["items"]

    def test_shows_no_internal_door(self, merged: dict[str, Any]) -> None:
        for path in merged["paths"]:
            assert path.startswith("/api/")
            assert not path.endswith(("/events", "/metrics", "/openapi.json"))
            assert "/health/" not in path

    def test_says_of_each_operation_what_refusals_look_like(self, merged: dict[str, Any]) -> None:
        for name, operation in operations(merged):
            content = operation["responses"]["default"]["content"]
            assert content["application/problem+json"]["schema"] == {"$ref": REF + "Problem"}, name

    def test_says_of_each_operation_what_it_needs(self, merged: dict[str, Any]) -> None:
        for name, operation in operations(merged):
            assert operation["x-permission"], name
            assert ("security" in operation) is (operation["x-permission"] != "public"), name

    def test_describes_each_operation_in_chinese(self, merged: dict[str, Any]) -> None:
        silent = [
            name
            for name, operation in operations(merged)
            if not any("\u4e00" <= c <= "\u9fff" for c in operation.get("summary", ""))
        ]
        assert not silent

    def test_bounds_every_text_that_comes_in(self, documents: dict[str, Any]) -> None:
        """A field without a longest length would take a megabyte."""
        unbounded = []
        for service, document in documents.items():
            schemas = document["components"]["schemas"]
            for name in _taken_in(document):
                for field, schema in schemas[name].get("properties", {}).items():
                    for node in objects(schema):
                        free = node.get("type") == "string" and not (
                            {"maxLength", "enum", "const", "pattern", "format"} & node.keys()
                        )
                        if free and field not in BOUNDED_BY_A_VALIDATOR:
                            unbounded.append(f"{service} {name}.{field}")
        assert not unbounded


BOUNDED_BY_A_VALIDATOR = {"region", "region_code", "to_region", "village_code", "id_number", "phone"}
"""Checked by a function, which JSON Schema cannot say."""


def _taken_in(document: dict[str, Any]) -> set[str]:
    """Names of all schemas that request bodies are made of."""
    schemas = document["components"]["schemas"]
    waiting = [operation.get("requestBody", {}) for _, operation in operations(document)]
    found: set[str] = set()
    while waiting:
        for node in objects(waiting.pop()):
            name = str(node.get("$ref", "")).removeprefix(REF)
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found
