"""One role pair and one schema per service, each blind to the others; the same on every start."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg

from linkage_local.commands import SERVICES, Service
from linkage_local.errors import problem

DATABASE = "linkage"
EXTENSIONS = ("pg_trgm", "btree_gist")
MINIMUM_VERSION = 150000


async def connect(admin_url: str) -> asyncpg.Connection:
    """Connect as the administrator; LaunchError says what is wrong with the address."""
    try:
        return await asyncpg.connect(admin_url, timeout=15)
    except (OSError, TimeoutError) as error:
        raise problem(f"连接不上数据库 {where(admin_url)}：{error}", "the database cannot be reached") from error
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
        raise problem(f"数据库 {where(admin_url)} 拒绝登录：{error}", "the database refused the login") from error
    except (ValueError, asyncpg.InterfaceError) as error:
        raise problem(f"DATABASE_URL 写法不对：{error}", "DATABASE_URL cannot be understood") from error


async def create_database(server_url: str) -> None:
    """Make the database on our own server, closed to everyone but the roles; nothing when it is there."""
    connection = await connect(server_url)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
        await connection.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
        await connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
    finally:
        await connection.close()


async def provision(admin_url: str, passwords: Mapping[str, str], *, first: bool = False) -> None:
    """Make extensions, roles and schemas where they are missing, and set passwords and rights on all.

    first: no role of ours may exist yet; they would be another installation's, whose passwords we would change.
    """
    connection = await connect(admin_url)
    try:
        version = connection.get_server_version()
        if version.major * 10000 < MINIMUM_VERSION:
            raise problem(
                f"外部数据库是 PostgreSQL {version.major}，需要 15 或更新", "PostgreSQL 15 or newer is needed"
            )
        existing = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
        ours = {role for service in SERVICES for role in (service.owner_role, service.service_role)}
        if first and existing & ours:
            raise problem(
                "外部数据库里已有衔接系统的角色，但本数据目录没有它们的密码，请用原来的 --data",
                "the database holds roles of another installation; use its data folder",
            )
        async with connection.transaction():
            await _prepare_database(connection)
            for service in SERVICES:
                await _provision_service(connection, service, existing, passwords)
    except asyncpg.InsufficientPrivilegeError as error:
        raise problem(
            f"DATABASE_URL 的用户权限不足：{error}", "that user may not create roles, schemas or extensions"
        ) from error
    finally:
        await connection.close()


async def drop_schemas(admin_url: str) -> None:
    """Take back a first load that was cut short: all four schemas with everything in them."""
    connection = await connect(admin_url)
    try:
        for service in SERVICES:
            await connection.execute(f"DROP SCHEMA IF EXISTS {service.short} CASCADE")
    finally:
        await connection.close()


async def migrated_heads(admin_url: str) -> dict[str, str | None]:
    """The revision of each service's schema, None before its first migration."""
    connection = await connect(admin_url)
    heads: dict[str, str | None] = {}
    try:
        for service in SERVICES:
            table = f"{service.short}.alembic_version"
            known = await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table)
            heads[service.short] = (
                await connection.fetchval(f"SELECT version_num FROM {table}")  # noqa: S608 # a name of ours
                if known
                else None
            )
    finally:
        await connection.close()
    return heads


def role_url(admin_url: str, role: str, password: str) -> str:
    """The administrator's address with another role in it, query parameters kept."""
    parts = urlsplit(admin_url)
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname or "127.0.0.1"
    place = f"{host}:{parts.port or 5432}"
    database = parts.path if parts.path.strip("/") else f"/{unquote(parts.username or '')}"
    return urlunsplit(("postgresql", f"{role}:{quote(password, safe='')}@{place}", database, parts.query, ""))


def where(url: str) -> str:
    """Host, port and database of a URL, for people; never its password."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname or '?'}:{parts.port or 5432}{parts.path}"
    except ValueError:
        return "?"


async def _prepare_database(connection: asyncpg.Connection) -> None:
    for extension in EXTENSIONS:
        await connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public")
    await connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")


async def _provision_service(
    connection: asyncpg.Connection, service: Service, existing: set[str], passwords: Mapping[str, str]
) -> None:
    owner, user, schema = service.owner_role, service.service_role, service.short
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    for role in (owner, user):
        if role not in existing:
            await connection.execute(f"CREATE ROLE {role} LOGIN NOINHERIT")
        word = await connection.fetchval("SELECT quote_literal($1::text)", passwords[role])
        await connection.execute(f"ALTER ROLE {role} PASSWORD {word}")
        await connection.execute(f"ALTER ROLE {role} SET search_path = {schema}, public")
        await connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}")
        await connection.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    if not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        # Without being a superuser one must be a member of a role to give it a schema.
        await connection.execute(f"GRANT {owner} TO CURRENT_USER")
    await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner}")
    await connection.execute(f"REVOKE ALL ON SCHEMA {schema} FROM PUBLIC")
    await connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO {user}")
