"""One real PostgreSQL for a whole test session, shared by all workers; unit tests alone start none."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from linkage_local.keys import random_password
from linkage_local.postgres import TEST_SETTINGS, Cluster
from linkage_local.processes import free_port

pytest_plugins = ["service_kit.testing.plugin"]

ADMIN_URL = "LINKAGE_TEST_ADMIN_URL"

_server: tuple[subprocess.Popen[bytes], Path] | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the process that the person started; workers inherit its address."""
    global _server
    if hasattr(config, "workerinput") or os.environ.get(ADMIN_URL) or not _needs_database(config):
        return
    folder = Path(tempfile.mkdtemp(prefix="linkage-test-pg-"))
    folder.chmod(0o755)
    cluster = Cluster.at(folder / "pg", free_port(0), random_password())
    try:
        cluster.initialise()
        _server = cluster.start(folder / "log", TEST_SETTINGS), folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    os.environ[ADMIN_URL] = cluster.url()


def pytest_unconfigure(config: pytest.Config) -> None:
    global _server
    del config
    if _server is None:
        return
    process, folder = _server
    _server = None
    os.environ.pop(ADMIN_URL, None)
    process.send_signal(signal.SIGQUIT)  # its data is thrown away, so that there is nothing to finish
    process.wait(timeout=30)
    shutil.rmtree(folder, ignore_errors=True)


def _needs_database(config: pytest.Config) -> bool:
    """False for ``--collect-only`` and when only folders of unit tests were named."""
    if config.getoption("collectonly", default=False) or config.getoption("help", default=False):
        return False
    if not config.args:
        return True
    return any("/tests/unit" not in str(Path(argument.split("::")[0]).absolute()) for argument in config.args)
