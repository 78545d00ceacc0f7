"""Setting up the database of a container deployment; passwords come from the environment, nothing has a default."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from linkage_local import provision
from linkage_local.commands import SERVICES
from linkage_local.database import external_url, migrate, seed_context, urls_for
from linkage_local.errors import problem
from linkage_local.keys import Secrets
from linkage_local.paths import Layout


def provision_from_environment() -> None:
    """Roles, schemas, migrations, and on the very first run the regions; run again after every upgrade."""
    admin_url = external_url()
    if admin_url is None:
        raise problem("请设置 DATABASE_URL", "DATABASE_URL is not set")
    asyncio.run(_provision(admin_url, Secrets("", passwords_from_environment())))


def passwords_from_environment() -> dict[str, str]:
    """Password of each role from ``<SHORT>_OWNER_PASSWORD`` and ``<SHORT>_SVC_PASSWORD``."""
    roles: dict[str, str] = {}
    for service in SERVICES:
        for role in (service.owner_role, service.service_role):
            name = f"{role.upper()}_PASSWORD"
            value = os.environ.get(name, "")
            if not value:
                raise problem(f"缺少环境变量 {name}，请先运行 ./linkage keys --docker", f"{name} is not set")
            roles[role] = value
    return roles


async def _provision(admin_url: str, secrets: Secrets) -> None:
    fresh = all(head is None for head in (await provision.migrated_heads(admin_url)).values())
    await provision.provision(admin_url, secrets.roles)
    urls = urls_for(admin_url, secrets)
    with tempfile.TemporaryDirectory(prefix="linkage-") as folder:
        layout = Layout(Path(folder))
        layout.logs.mkdir()
        await migrate(layout, urls, print)
        if fresh:
            from linkage_local import seed

            await seed.load_regions(seed_context(layout, urls, print))
    print("数据库已就绪 the database is ready")
