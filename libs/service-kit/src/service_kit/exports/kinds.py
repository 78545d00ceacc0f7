"""What can be exported: named by each service in ``ServiceSpec.exports``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncSession

from service_kit.schemas import ApiModel
from service_kit.tokens import Actor

if TYPE_CHECKING:
    from service_kit.exports.jobs import Built, ExportRun


@dataclass(frozen=True, slots=True)
class Order:
    """What an order turned out to be."""

    title: str
    """What the list of exports and the file are called, e.g. ``道塘村 村级档案``."""
    region_code: str
    """Where what is exported belongs; for the audit trail."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What the audit entry says beside kind and format; no personal data."""


@dataclass(frozen=True, slots=True)
class ExportKind:
    """One kind of export.

    Attributes:
        order: checks the parameters in the transaction of the order, and may refuse with any DomainError.
        build: makes the file; runs in the worker.
    """

    title: str
    permission: str
    params: type[ApiModel]
    order: Callable[[AsyncSession, Actor, Any], Awaitable[Order]]
    build: Callable[[ExportRun, Any], Awaitable[Built]]
