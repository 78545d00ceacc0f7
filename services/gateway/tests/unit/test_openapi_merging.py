"""Merging OpenAPI documents."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from gateway.openapi import NameCollision, merge
from gateway.openapi.merging import component_name

REF = "#/components/schemas/"


def document(path: str, operation: str, schema: str, **schemas: Any) -> dict[str, Any]:
    answer = {"content": {"application/json": {"schema": {"$ref": REF + schema}}}}
    return {
        "openapi": "3.1.0",
        "paths": {
            path: {
                "get": {
                    "operationId": operation,
                    "responses": {"200": answer},
                    "security": [{"bearer": []}],
                    "tags": ["things"],
                }
            }
        },
        "components": {"schemas": {schema: {"type": "object", "properties": {"n": {"type": "integer"}}}, **schemas}},
    }


class TestMerge:
    def test_prefixes_paths_names_and_operations(self) -> None:
        merged = merge({"monitoring": document("/rows", "list_rows", "Row")})

        operation = merged["paths"]["/api/monitoring/rows"]["get"]
        assert operation["operationId"] == "monitoring_list_rows"
        assert operation["security"] == [{"session": []}]
        assert operation["tags"] == ["monitoring.things"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert schema == {"$ref": REF + "MonitoringRow"}
        assert "MonitoringRow" in merged["components"]["schemas"]

    def test_keeps_two_services_schemas_of_one_name_apart(self) -> None:
        merged = merge({"funds": document("/a", "get_a", "Overview"), "assets": document("/a", "get_a", "Overview")})
        assert set(merged["components"]["schemas"]) == {"FundsOverview", "AssetsOverview"}

    def test_keeps_the_gateways_own_paths(self) -> None:
        merged = merge({"gateway": document("/api/session", "get_session", "Session")})
        assert list(merged["paths"]) == ["/api/session"]

    def test_leaves_internal_doors_out(self) -> None:
        assert merge({"funds": document("/events", "receive_event", "X")})["paths"] == {}

    def test_does_not_touch_what_it_is_given(self) -> None:
        given = {"funds": document("/a", "get_a", "A")}
        before = copy.deepcopy(given)
        merge(given)
        assert given == before

    def test_is_the_same_each_time_in_any_order(self) -> None:
        one, two = document("/a", "get_a", "A"), document("/b", "get_b", "B")
        assert merge({"funds": one, "assets": two}) == merge({"assets": two, "funds": one})

    def test_refuses_two_operations_of_one_name(self) -> None:
        given = document("/a", "get_a", "A")
        given["paths"]["/b"] = copy.deepcopy(given["paths"]["/a"])
        with pytest.raises(NameCollision):
            merge({"funds": given})

    def test_refuses_shared_schemas_that_differ(self) -> None:
        one = document("/a", "get_a", "A", Problem={"type": "object"})
        two = document("/b", "get_b", "B", Problem={"type": "string"})
        with pytest.raises(NameCollision):
            merge({"funds": one, "assets": two})

    def test_gives_a_page_the_schema_that_it_passes_on(self) -> None:
        page = {"type": "object", "properties": {"row": {"anyOf": [{"x-same-as": "funds GET /rows/{}"}]}}}
        gateway = document("/api/pages/x", "get_x", "X", Page=page)
        funds = document("/rows/{row_id}", "get_row", "Row")

        both = merge({"gateway": gateway, "funds": funds})
        alone = merge({"gateway": gateway})

        assert both["components"]["schemas"]["GatewayPage"]["properties"]["row"]["anyOf"] == [
            {"$ref": REF + "FundsRow"}
        ]
        assert alone["components"]["schemas"]["GatewayPage"]["properties"]["row"]["anyOf"] == [{}]

    def test_gives_a_page_the_schema_of_a_member(self) -> None:
        page = {"type": "object", "properties": {"n": {"x-same-as": "funds GET /rows#n"}}}
        merged = merge(
            {
                "gateway": document("/api/x", "get_x", "X", Page=page),
                "funds": document("/rows", "get_rows", "Row"),
            }
        )
        assert merged["components"]["schemas"]["GatewayPage"]["properties"]["n"] == {"type": "integer"}


class TestComponentName:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("Row", "FundsRow"),
            ("Page_Row_", "Page_FundsRow"),
            ("FundsOverview", "FundsFundsOverview"),
            ("Row-Input", "FundsRowInput"),
            ("Problem", "Problem"),
        ],
    )
    def test_is_prefixed(self, name: str, expected: str) -> None:
        assert component_name("funds", name) == expected
