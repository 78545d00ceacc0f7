"""Who may come in: every route declares a permission or says that it is public (ARCHITECTURE rule 15)."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import Depends, Request

from service_kit.context import ServiceContext, context_of
from service_kit.errors import Forbidden, RegionOutOfScope, Unauthenticated
from service_kit.region import contains
from service_kit.tokens import Actor

Context = Annotated[ServiceContext, Depends(context_of)]


async def current_actor(request: Request, ctx: Context) -> Actor:
    """The actor of the bearer token, or of whatever the service knows people by.

    Raises:
        Unauthenticated: nothing to know the caller by, or something bad.
    """
    authenticate = ctx.spec.authenticate
    actor = _bearer(request, ctx) if authenticate is None else await authenticate(request, ctx)
    request.state.actor = actor
    structlog.contextvars.bind_contextvars(actor=str(actor.id), role=actor.role)
    return actor


def _bearer(request: Request, ctx: ServiceContext) -> Actor:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated(headers={"WWW-Authenticate": "Bearer"})
    return ctx.verifier.verify(token)


CurrentActor = Annotated[Actor, Depends(current_actor)]


class Requires:
    """Dependency that lets in actors with a permission and returns the actor.

    Use it through an alias per domain: ``PoolsRead = Annotated[Actor, Depends(Requires("funds.pools:read"))]``.
    """

    def __init__(self, permission: str) -> None:
        self.permission = permission

    # Coroutines throughout: FastAPI sends plain functions to a thread, which costs more than their work and loses
    # what they bind to the log.
    async def __call__(self, actor: CurrentActor) -> Actor:
        if not actor.may(self.permission):
            raise Forbidden()
        return actor


async def public_route() -> None:
    """Dependency that marks a door without login; the test that walks all routes accepts nothing else."""


Public = Depends(public_route)


def ensure_in_scope(actor: Actor, region_code: str) -> None:
    """Refuse a write into a region that is not the actor's.

    Raises:
        RegionOutOfScope: always says so by the code that the caller sent, so nothing is leaked.
    """
    if not contains(actor.region, region_code):
        raise RegionOutOfScope()
