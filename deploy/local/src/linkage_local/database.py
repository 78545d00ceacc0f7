"""The database of one data folder: which one, its addresses, its schemas brought up to date."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypedDict

from linkage_local import provision
from linkage_local.child import run_step
from linkage_local.commands import SERVICES, Service, in_this_python, migrate_command
from linkage_local.context import SeedContext
from linkage_local.errors import LaunchError, problem
from linkage_local.files import DataLock, in_use, read_json, write_json
from linkage_local.keys import Secrets, ensure_keys, ensure_secrets, load_secrets
from linkage_local.paths import Layout
from linkage_local.postgres import Cluster
from linkage_local.processes import free_port
from linkage_local.state import running_state


class Config(TypedDict, total=False):
    """What a data folder remembers: its database, and whether the first load is under way or done."""

    database: str
    loading: bool
    loaded: str


@dataclass(frozen=True, slots=True)
class Urls:
    """Addresses of the database by role; ``admin`` may do everything in it."""

    admin: str
    owners: dict[str, str]
    services: dict[str, str]


def external_url() -> str | None:
    """The server of DATABASE_URL, None when the embedded one is to be used."""
    url = os.environ.get("DATABASE_URL", "").strip()
    if not url:
        return None
    for scheme in ("postgres://", "postgresql+asyncpg://"):
        if url.startswith(scheme):
            url = "postgresql://" + url.removeprefix(scheme)
    if not url.startswith("postgresql://"):
        raise problem("DATABASE_URL 应为 postgresql://用户:密码@主机:端口/库名", "DATABASE_URL cannot be understood")
    return url


def urls_for(admin_url: str, secrets: Secrets) -> Urls:
    def address(role: str) -> str:
        return provision.role_url(admin_url, role, secrets.roles[role])

    return Urls(
        admin_url,
        {service.short: address(service.owner_role) for service in SERVICES},
        {service.short: address(service.service_role) for service in SERVICES},
    )


def embedded_cluster(layout: Layout, secrets: Secrets, port: int) -> Cluster:
    return Cluster.at(layout.postgres, port, secrets.postgres)


def read_config(layout: Layout) -> Config:
    content: Config | None = read_json(layout.config)
    return content or {}


def remember(layout: Layout, **changes: Any) -> None:
    write_json(layout.config, {**read_config(layout), **changes})


def check_same_database(layout: Layout, external: str | None) -> None:
    """A data folder belongs to one database; LaunchError when DATABASE_URL came, went or changed since."""
    before = read_config(layout).get("database")
    now = provision.where(external) if external else "embedded"
    if before is None or before == now:
        return
    if before == "embedded":
        raise problem(
            "本数据目录使用内置数据库，请去掉 DATABASE_URL 或换一个 --data",
            "this data folder uses the embedded database",
        )
    raise problem(
        f"本数据目录使用外部数据库 {before}，请把 DATABASE_URL 设为它或换一个 --data",
        "this data folder uses another database",
    )


async def prepare(layout: Layout, secrets: Secrets, server: Cluster | str) -> Urls:
    """Database, roles and schemas, ready to migrate; everything of an unfinished first load is taken back."""
    external = isinstance(server, str)
    if isinstance(server, str):
        admin_url = server
    else:
        await provision.create_database(server.url())
        admin_url = server.url(provision.DATABASE)
    first = read_config(layout).get("database") is None
    if read_config(layout).get("loading"):
        await provision.drop_schemas(admin_url)
    await provision.provision(admin_url, secrets.roles, first=first and external)
    if first:
        remember(layout, database=provision.where(admin_url) if external else "embedded")
    return urls_for(admin_url, secrets)


async def migrate(layout: Layout, urls: Urls, progress: Callable[[str], None]) -> None:
    """Upgrade the services whose schema is not at the revision that the code was written for."""
    heads = await provision.migrated_heads(urls.admin)
    behind = [service for service in SERVICES if heads[service.short] != expected_head(service)]
    if behind:
        progress(f"升级 {'、'.join(service.short for service in behind)} 的数据结构")
        try:
            async with asyncio.TaskGroup() as group:
                for service in behind:
                    group.create_task(_migrate_one(layout, urls, service))
        except* LaunchError as failed:
            raise failed.exceptions[0] from None


def expected_head(service: Service) -> str:
    """Content of .current-head; LaunchError when the checkout lacks it."""
    try:
        return service.head_file.read_text().strip()
    except FileNotFoundError as error:
        raise problem(f"代码不完整，缺少 {service.head_file}", "the checkout is incomplete") from error


async def _migrate_one(layout: Layout, urls: Urls, service: Service) -> None:
    await run_step(
        f"migrate-{service.short}",
        layout,
        in_this_python(migrate_command(service), sys.executable),
        {"LINKAGE_OWNER_DATABASE_URL": urls.owners[service.short]},
        lambda line: None,
        f"{service.short} 的数据结构升级失败",
    )


def seed_context(layout: Layout, urls: Urls, progress: Callable[[str], None]) -> SeedContext:
    return SeedContext(
        owner_urls=urls.owners,
        service_urls=urls.services,
        field_keys_files={service.short: layout.field_keys(service.short) for service in SERVICES},
        progress=progress,
        accounts_file=layout.accounts,
    )


def live_urls(layout: Layout) -> Urls | None:
    """Addresses of the database of the instance that runs now, None when none does."""
    state = running_state(layout)
    secrets = load_secrets(layout)
    if state is None or secrets is None:
        return None
    external = external_url()
    check_same_database(layout, external)
    if external:
        return urls_for(external, secrets)
    if state["database_port"] is None:
        return None
    return urls_for(embedded_cluster(layout, secrets, state["database_port"]).url(provision.DATABASE), secrets)


@asynccontextmanager
async def database(layout: Layout) -> AsyncIterator[Urls]:
    """The migrated database for one command: that of the running instance, else started for as long as it takes."""
    layout.prepare()
    live = live_urls(layout)
    if live is not None:
        yield live
        return
    lock = DataLock(layout.lock)
    if not lock.acquire():
        raise in_use(layout.data, lock.holder())
    try:
        external = external_url()
        check_same_database(layout, external)
        secrets = ensure_secrets(layout)
        ensure_keys(layout)
        if external:
            urls = await prepare(layout, secrets, external)
            await migrate(layout, urls, print)
            yield urls
            return
        async with _embedded(layout, secrets) as cluster:
            urls = await prepare(layout, secrets, cluster)
            await migrate(layout, urls, print)
            yield urls
    finally:
        lock.release()


@asynccontextmanager
async def _embedded(layout: Layout, secrets: Secrets) -> AsyncIterator[Cluster]:
    cluster = embedded_cluster(layout, secrets, free_port(0))
    cluster.clear_orphan()
    cluster.initialise()
    process = cluster.start(layout.log("postgres"))
    try:
        yield cluster
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
