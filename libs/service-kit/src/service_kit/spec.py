"""The one description of a service from which its app, migrations, worker and tests are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp

from service_kit.problems import ConstraintErrors
from service_kit.settings import ServiceSettings
from service_kit.tokens import Actor

if TYPE_CHECKING:
    from service_kit.context import ServiceContext
    from service_kit.exports import ExportKind
    from service_kit.outbox import Event

Consumer = tuple["type[Event]", Callable[[AsyncSession, Any], Awaitable[None]]]


@dataclass(frozen=True)
class ServiceSpec:
    name: str
    """Short name = schema = proxy prefix = token issuer: ``monitoring``, ``assets``, ``funds``, ``gateway``."""
    package: str
    title: str
    metadata: MetaData
    migrations: Path
    routers: Sequence[APIRouter] = ()
    constraint_errors: ConstraintErrors = field(default_factory=dict)
    consumers: Mapping[str, Consumer] = field(default_factory=dict)
    """Event type → (model, handler); the handler runs in the transaction that remembers the event."""
    subscribers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Event type published here → short names of the services that want it."""
    exports: Mapping[str, ExportKind] = field(default_factory=dict)
    """Kinds of files that can be ordered here, by name; the service mounts the table ``export_job``."""
    settings_type: type[ServiceSettings] = ServiceSettings
    lifespan: Callable[[ServiceContext], AbstractAsyncContextManager[None]] | None = None
    """Extra things a service opens at start and closes at the end."""
    authenticate: Callable[[Request, ServiceContext], Awaitable[Actor]] | None = None
    """How this service knows who is asking, when it is not by a bearer token (the gateway: by a session)."""
    middleware: Sequence[Callable[[ASGIApp], ASGIApp]] = ()
    """Layers around the whole app, the last one outermost."""


def load_spec(package: str) -> ServiceSpec:
    """``SPEC`` of a service package, e.g. ``funds_ledger``."""
    from importlib import import_module

    spec: ServiceSpec = import_module(f"{package}.main").SPEC
    return spec
