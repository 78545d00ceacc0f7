"""The merged OpenAPI document."""

from gateway.openapi.merging import NameCollision, merge

__all__ = ["NameCollision", "merge"]
