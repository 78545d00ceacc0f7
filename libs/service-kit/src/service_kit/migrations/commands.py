"""Alembic without an ini file: everything follows from the service's description."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from service_kit.spec import ServiceSpec

HEAD_FILE = ".current-head"
"""Holds the newest revision, so that two branches that both add one clash in git."""


def configuration(spec: ServiceSpec, owner_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(spec.migrations))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", _async_url(owner_url).replace("%", "%%"))
    return config


def _async_url(url: str) -> str:
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+asyncpg://" + url.removeprefix(scheme)
    return url


def upgrade(spec: ServiceSpec, owner_url: str) -> None:
    """Bring the schema to the newest revision; does nothing when it is there."""
    command.upgrade(configuration(spec, owner_url), "head")


def head_of(spec: ServiceSpec) -> str:
    """The newest revision in the tree."""
    return str(ScriptDirectory(str(spec.migrations)).get_current_head())


def write_head(spec: ServiceSpec) -> None:
    (spec.migrations / HEAD_FILE).write_text(head_of(spec) + "\n")
