"""What people see while things start: lines that tick off, on a terminal or in a log."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from linkage_local.child import ERROR_MARK, PROGRESS_MARK
from linkage_local.state import Status

if TYPE_CHECKING:
    from rich.progress import TaskID

READY_LINE = "按 Ctrl-C 停止 press Ctrl-C to stop"
"""Printed last by a start that succeeded."""

ROLE_NAMES = {
    "system_admin": "系统管理员",
    "security_admin": "安全管理员",
    "audit_admin": "审计管理员",
    "bureau": "业务主管部门",
    "department_officer": "部门数据员",
    "township": "乡镇",
    "village_cadre": "村干部",
    "finance": "财政资金",
    "asset_keeper": "资产管护",
    "auditor": "纪检审计（只读）",
}


class Reporter:
    """Steps that may run side by side, each begun, described and finished by its key; plain lines, one per event."""

    def __init__(self) -> None:
        self._began: dict[str, tuple[str, float]] = {}

    def __enter__(self) -> Reporter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def begin(self, key: str, title: str) -> None:
        self._began[key] = (title, time.monotonic())
        self._say(f"{PROGRESS_MARK}{title}")

    def detail(self, key: str, text: str) -> None:
        self._say(f"{PROGRESS_MARK}{self._began[key][0]}：{text}")

    def done(self, key: str) -> None:
        title, began = self._began[key]
        self._say(f"✓ {title}（{time.monotonic() - began:.1f} 秒）")

    def note(self, text: str) -> None:
        """One line outside the steps, now or later."""
        self._say(text)

    def _say(self, text: str) -> None:
        print(text, flush=True)


class TerminalReporter(Reporter):
    """The same with spinners and running times."""

    def __init__(self) -> None:
        super().__init__()
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[detail]}"),
        )
        self._ids: dict[str, TaskID] = {}

    def __enter__(self) -> TerminalReporter:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def begin(self, key: str, title: str) -> None:
        self._ids[key] = self._progress.add_task(title, total=1, detail="")

    def detail(self, key: str, text: str) -> None:
        self._progress.update(self._ids[key], detail=text)

    def done(self, key: str) -> None:
        self._progress.update(self._ids[key], completed=1, detail="")

    def note(self, text: str) -> None:
        self._progress.console.print(text, markup=False, highlight=False)


def reporter() -> Reporter:
    """One that fits where the output goes."""
    return TerminalReporter() if sys.stdout.isatty() else Reporter()


def print_error(message: str) -> None:
    """One sentence on standard error."""
    print(f"{ERROR_MARK}{message}", file=sys.stderr, flush=True)


def print_addresses(status: Status, first_admin_link: str | None = None) -> None:
    """Where to go and who to be."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
    url = status["url"]
    console.print(f"\n[bold green]衔接已启动[/]  {url}")
    for title, path in (("管理端 bureau", "/admin"), ("手机端 phone", "/m"), ("公示栏 notices", "/gongshi")):
        console.print(f"  {title:<12} {url}{path}", markup=False)
    if status["accounts"]:
        table = Table(box=box.SIMPLE_HEAD, title="演示账号 demo accounts", title_justify="left")
        for heading in ("用户名 username", "密码 password", "角色 role", "地区 region"):
            table.add_column(heading, no_wrap=True)
        for account in status["accounts"]:
            role = f"{account['role']} {ROLE_NAMES.get(account['role'], '')}"
            table.add_row(account["username"], account["password"], role, account["region"] or "全国")
        console.print(table)
    if first_admin_link:
        console.print("第一位管理员请用此链接设置账号（只能用一次）one-time link for the first administrator:")
        console.print(f"  {first_admin_link}", markup=False, soft_wrap=True)


def print_status(status: Status) -> None:
    """The human form of `linkage status`."""
    print(f"数据目录 data: {status['data']}")
    print(f"地址 url: {status['url']}" if status["running"] else "没有运行 not running")
    for service in status["services"]:
        print(f"  {service['name']:<12} {service['state']:<12} {service['url']}")
    if status["accounts"]:
        print("演示账号 accounts:")
        for account in status["accounts"]:
            print(f"  {account['username']:<16} {account['password']:<16} {account['role']} {account['region']}")
