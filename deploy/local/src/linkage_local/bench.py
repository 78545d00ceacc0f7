"""`linkage bench`: run a module of benchmarks/, told where a running system is."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from linkage_local.commands import SERVICES
from linkage_local.database import live_urls
from linkage_local.errors import problem
from linkage_local.paths import ROOT, Layout
from linkage_local.state import running_state


def run_bench(layout: Layout, name: str, words: list[str]) -> int:
    """Exit status of ``python -m benchmarks.NAME``, which may start systems of its own.

    It is told LINKAGE_DATA and, when the system on that folder runs: LINKAGE_URL (gateway), LINKAGE_PEERS,
    LINKAGE_DATABASE_URLS and LINKAGE_OWNER_DATABASE_URLS (JSON by short service name),
    LINKAGE_ADMIN_DATABASE_URL, LINKAGE_ACCOUNTS_FILE, LINKAGE_KEYS_DIR.
    """
    known = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py") if not path.stem.startswith("_"))
    if name not in known:
        raise problem(
            f"没有名为 {name} 的基准测试，可选：{'、'.join(known) or '无'}", f"no benchmark of that name: {name}"
        )
    environment = {"LINKAGE_DATA": str(layout.data)}
    state, urls = running_state(layout), live_urls(layout)
    if state is not None and urls is not None and state["phase"] == "ready":
        environment |= {
            "LINKAGE_URL": state["url"],
            "LINKAGE_PEERS": json.dumps({service["name"]: service["url"] for service in state["services"]}),
            "LINKAGE_DATABASE_URLS": json.dumps({service.short: urls.services[service.short] for service in SERVICES}),
            "LINKAGE_OWNER_DATABASE_URLS": json.dumps(urls.owners),
            "LINKAGE_ADMIN_DATABASE_URL": urls.admin,
            "LINKAGE_ACCOUNTS_FILE": str(layout.accounts),
            "LINKAGE_KEYS_DIR": str(layout.keys),
        }
    command = [sys.executable, "-m", f"benchmarks.{name}", *words]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode
