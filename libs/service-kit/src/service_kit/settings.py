"""Settings of a service process, read from the environment (prefix ``LINKAGE_``). No secret has a default."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, PostgresDsn, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """What each service needs to start."""

    model_config = SettingsConfigDict(env_prefix="LINKAGE_", extra="ignore")

    env: Literal["local", "production", "test"] = "production"
    database_url: PostgresDsn
    signing_key_file: Path
    trusted_keys_file: Path
    field_keys_file: Path
    peers: dict[str, str] = {}
    inline_worker: bool = False
    pool_size: int = 8
    files_dir: Path | None = None
    """Where files lie on this machine's disk."""
    files_url: str | None = None
    """An object store instead, e.g. ``s3://bucket/prefix``; its keys and address come from the usual ``AWS_…``."""
    fonts_dir: Path | None = None
    """Folder with the fonts of PDF files."""
    export_days: int = 7
    """How long the file of an export is kept."""
    max_body_bytes: int = 1024 * 1024
    rate_limits: dict[str, int] = {}
    """Hits per window by the name of the limit (``service_kit.ratelimit``), where not the limit's own number."""
    clock_offset_days: Annotated[int, Field(ge=0, le=3660)] = 0
    """Days that the clock runs ahead, to try out what takes weeks; refused unless ``env`` is ``local``."""

    @model_validator(mode="after")
    def only_local_systems_travel(self) -> Self:
        if self.clock_offset_days and self.env != "local":
            raise ValueError("LINKAGE_CLOCK_OFFSET_DAYS is only for LINKAGE_ENV=local")
        return self

    @property
    def dsn(self) -> str:
        """Plain libpq URL for asyncpg."""
        return str(self.database_url)

    @property
    def sqlalchemy_url(self) -> str:
        return self.dsn.replace("postgresql://", "postgresql+asyncpg://", 1).replace(
            "postgres://", "postgresql+asyncpg://", 1
        )
