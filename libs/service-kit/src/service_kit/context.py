"""What one running service holds: its pools, keys and peers. Made once by the app factory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import asyncpg
from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from service_kit.crypto import FieldCrypto
from service_kit.exchange import Reader, Writer
from service_kit.settings import ServiceSettings
from service_kit.tokens import Signer, Verifier

if TYPE_CHECKING:
    from service_kit.spec import ServiceSpec


@dataclass
class ServiceContext:
    spec: ServiceSpec
    settings: ServiceSettings
    engine: AsyncEngine
    sessionmaker: async_sessionmaker[AsyncSession]
    read_pool: asyncpg.Pool
    """For what belongs to no county."""
    reader: Reader
    """For what lists and pages show, in the scope of whoever asks."""
    writer: Writer
    """For commands that one statement carries out."""
    signer: Signer
    verifier: Verifier
    crypto: FieldCrypto
    extras: dict[str, Any] = field(default_factory=dict)
    """What a service adds in its own lifespan, e.g. the gateway's HTTP client."""


async def context_of(request: Request) -> ServiceContext:
    ctx: ServiceContext = request.app.state.ctx
    return ctx
