"""Databases for tests: one template per service and migration head, copied for each test (a few tens of ms)."""

from __future__ import annotations

import asyncio
import hashlib
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from service_kit.ids import uuid7
from service_kit.migrations.commands import head_of, upgrade
from service_kit.spec import ServiceSpec

_TEMPLATE_LOCK = 0x11_4B_A6_E0


def with_database(url: str, database: str, role: str | None = None) -> str:
    """``url`` pointing at another database, and as another role whose password is its name."""
    parts = urlsplit(url)
    place = f"{parts.hostname}:{parts.port or 5432}"
    netloc = f"{role}:{role}@{place}" if role else f"{parts.username}:{parts.password or ''}@{place}"
    return urlunsplit((parts.scheme, netloc, f"/{database}", "", ""))


def template_name(spec: ServiceSpec) -> str:
    """Changes with the text of the migrations, so that an edited migration makes a new template."""
    digest = hashlib.sha256()
    for file in sorted(spec.migrations.rglob("*.py")):
        digest.update(file.read_bytes())
    from service_kit import kit_tables

    digest.update((spec.migrations / "env.py").read_bytes())
    with open(kit_tables.__file__, "rb") as source:
        digest.update(source.read())
    return f"tmpl_{spec.name}_{head_of(spec)[:12]}_{digest.hexdigest()[:10]}"


def make_template(admin_url: str, spec: ServiceSpec) -> str:
    """Make the migrated template once for all workers; returns its name."""
    name = template_name(spec)
    if asyncio.run(_claim(admin_url, spec, name)):
        try:
            upgrade(spec, with_database(admin_url, f"{name}_new", f"{spec.name}_owner"))
        finally:
            asyncio.run(_finish(admin_url, name))
    else:
        asyncio.run(_wait(admin_url, name))
    return name


async def _claim(admin_url: str, spec: ServiceSpec, name: str) -> bool:
    admin = await asyncpg.connect(admin_url)
    try:
        async with admin.transaction():
            await admin.execute("SELECT pg_advisory_xact_lock($1)", _TEMPLATE_LOCK)
            for role in (f"{spec.name}_owner", f"{spec.name}_svc"):
                if not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                    await admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{role}'")
                    await admin.execute(f"ALTER ROLE {role} SET search_path = {spec.name}, public")
        known = await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1 OR datname = $1 || '_new'", name)
        if known:
            return False
        try:
            await admin.execute(f'CREATE DATABASE "{name}_new"')
        except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            return False
    finally:
        await admin.close()
    connection = await asyncpg.connect(with_database(admin_url, f"{name}_new"))
    try:
        for extension in ("pg_trgm", "btree_gist"):
            await connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public")
        await connection.execute(f"CREATE SCHEMA {spec.name} AUTHORIZATION {spec.name}_owner")
        await connection.execute(f"GRANT USAGE ON SCHEMA {spec.name} TO {spec.name}_svc")
    finally:
        await connection.close()
    return True


async def _finish(admin_url: str, name: str) -> None:
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    finally:
        await admin.close()


async def _wait(admin_url: str, name: str) -> None:
    admin = await asyncpg.connect(admin_url)
    try:
        for _ in range(600):
            if await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                return
            await asyncio.sleep(0.1)
        raise TimeoutError(name)
    finally:
        await admin.close()


async def clone(admin_url: str, template: str) -> str:
    """A fresh database with the template's content; returns its name."""
    name = f"t_{uuid7().hex}"
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    finally:
        await admin.close()
    return name


async def drop(admin_url: str, name: str) -> None:
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await admin.close()
