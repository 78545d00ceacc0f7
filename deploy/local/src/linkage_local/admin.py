"""First administrators and the audit chains: commands that speak to the services' own code."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

from linkage_local.commands import GATEWAY, SERVICES, audit_command, in_this_python, service_environment
from linkage_local.database import database, live_urls
from linkage_local.errors import problem
from linkage_local.keys import random_password
from linkage_local.paths import Layout
from linkage_local.state import DEFAULT_HOST, DEFAULT_PORT, base_url, read_state


async def first_admin_link(layout: Layout, url: str) -> str | None:
    """A link with which the first administrator can be made, None when there is one already."""
    urls = live_urls(layout)
    if urls is None:
        return None
    return await _issue(urls.owners[GATEWAY.short], url)


def print_first_admin_link(layout: Layout) -> None:
    """`linkage admin link`."""

    async def run() -> str | None:
        state = read_state(layout)
        url = state["url"] if state else base_url(DEFAULT_HOST, DEFAULT_PORT)
        async with database(layout) as urls:
            return await _issue(urls.owners[GATEWAY.short], url)

    link = asyncio.run(run())
    print(link or "已有管理员，不再发放链接 there is an administrator already")


def create_administrator(layout: Layout, username: str, name: str, password: str | None, region: str) -> None:
    """`linkage admin create`; a generated password is printed once and stored nowhere."""
    chosen = password or random_password()

    async def run() -> None:
        # In a container the address is given; there is no data folder.
        owner_url = os.environ.get("LINKAGE_OWNER_DATABASE_URL")
        if owner_url:
            await _create(owner_url, username, name, chosen, region)
            return
        async with database(layout) as urls:
            await _create(urls.owners[GATEWAY.short], username, name, chosen, region)

    asyncio.run(run())
    print(f"已建立管理员 {username} administrator created")
    if password is None:
        print(f"密码 password: {chosen}")


def verify_audit(layout: Layout) -> int:
    """`linkage audit verify`: 0 when all four chains hold."""

    async def run() -> int:
        worst = 0
        async with database(layout) as urls:
            for service in SERVICES:
                environment = service_environment(
                    service,
                    layout,
                    service_url=urls.services[service.short],
                    peers={},
                    public_url="",
                )
                environment["LINKAGE_OWNER_DATABASE_URL"] = urls.owners[service.short]
                print(f"{service.short}:", flush=True)
                done = await asyncio.to_thread(
                    subprocess.run,
                    in_this_python(audit_command(service), sys.executable),
                    env={**os.environ, **environment},
                    check=False,
                )
                worst = max(worst, abs(done.returncode))
        return worst

    return asyncio.run(run())


async def _create(owner_url: str, username: str, name: str, password: str, region: str) -> None:
    from gateway.identity import first_admin
    from sqlalchemy.exc import IntegrityError

    try:
        await first_admin.create_administrator(owner_url, username, name, password, region)
    except ValueError as error:
        raise problem(str(error), "the account was not made") from error
    except IntegrityError as error:
        raise problem(f"用户名 {username} 已被使用", "the user name is taken") from error


async def _issue(owner_url: str, url: str) -> str | None:
    from gateway.identity import first_admin

    token = await first_admin.issue_link(owner_url)
    return f"{url}/admin/first?token={token}" if token else None
