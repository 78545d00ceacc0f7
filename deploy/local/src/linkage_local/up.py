"""`linkage up`: from an empty folder, or from the last run, to a system that answers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from dataclasses import dataclass

from linkage_local import node
from linkage_local.child import run_step, this_command
from linkage_local.commands import GATEWAY, POSTGRES_PORT_OFFSET, SERVICES, service_environment
from linkage_local.console import READY_LINE, Reporter, print_addresses, reporter
from linkage_local.database import (
    Urls,
    check_same_database,
    embedded_cluster,
    external_url,
    migrate,
    prepare,
    read_config,
    remember,
)
from linkage_local.errors import problem
from linkage_local.keys import ensure_keys, ensure_secrets
from linkage_local.paths import Layout
from linkage_local.processes import free_port, port_is_free
from linkage_local.state import State, base_url, status, write_state
from linkage_local.supervisor import Supervisor


@dataclass(frozen=True, slots=True)
class Options:
    """What the person asked for."""

    host: str
    port: int
    empty: bool
    verbose: bool


class Launch:
    """One run of `linkage up` that holds the data folder from start to stop."""

    def __init__(self, layout: Layout, options: Options, report: Reporter) -> None:
        self._layout = layout
        self._options = options
        self._report = report
        self._phase = "starting"
        self._url = base_url(options.host, options.port)
        self._database_port: int | None = None
        echo = (lambda name, line: report.note(f"{name:<10} │ {line}")) if options.verbose else None
        self._supervisor = Supervisor(layout, self._save, report.note, echo)

    async def run(self) -> None:
        """Start everything, stay until asked to stop, stop everything; LaunchError when something does not start."""
        main = asyncio.current_task()
        stopping = False

        def stop() -> None:
            nonlocal stopping
            if main and not stopping:
                stopping = True
                main.cancel()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, stop)
        try:
            with self._report:
                await self._start()
            print_addresses(status(self._layout), await self._first_admin_link())
            print(READY_LINE, flush=True)
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not stopping:
                raise
            print("正在停止 stopping …", flush=True)
        finally:
            stopping = True
            self._phase = "stopping"
            await self._supervisor.stop()
            self._layout.state.unlink(missing_ok=True)

    async def _start(self) -> None:
        options, report = self._options, self._report
        self._save()
        taken: set[int] = {options.port}
        ports = {GATEWAY.short: options.port}
        for service in SERVICES:
            if service is not GATEWAY:
                ports[service.short] = free_port(options.port + service.port_offset, taken)
        pages = asyncio.create_task(self._build_pages())
        try:
            urls = await self._start_database(taken)
            await self._load(urls)
            await pages
        finally:
            pages.cancel()
            await asyncio.gather(pages, return_exceptions=True)
        report.begin("services", "启动四个服务 services")
        self._add_services(urls, ports)
        await self._supervisor.start_services(lambda name: report.detail("services", f"{name} 就绪"))
        report.done("services")
        self._phase = "ready"
        self._save()

    async def _build_pages(self) -> None:
        self._report.begin("pages", "前端页面 web pages")
        if not node.is_built():
            await run_step(
                "frontend",
                self._layout,
                this_command("build-web", "--data", str(self._layout.data)),
                {},
                lambda line: self._report.detail("pages", line),
                "前端构建失败",
            )
        self._report.done("pages")

    async def _start_database(self, taken: set[int]) -> Urls:
        report, layout = self._report, self._layout
        report.begin("database", "数据库 database")
        external = external_url()
        check_same_database(layout, external)
        secrets = ensure_secrets(layout)
        ensure_keys(layout)
        if external:
            urls = await prepare(layout, secrets, external)
        else:
            port = free_port(self._options.port + POSTGRES_PORT_OFFSET, taken)
            cluster = embedded_cluster(layout, secrets, port)
            cluster.initialise()
            self._database_port = port
            await self._supervisor.start_postgres(cluster)
            urls = await prepare(layout, secrets, cluster)
        await migrate(layout, urls, lambda line: report.detail("database", line))
        report.done("database")
        return urls

    async def _load(self, urls: Urls) -> None:
        """The first load: regions always, the demo data unless an empty system was asked for."""
        layout, report = self._layout, self._report
        if read_config(layout).get("loaded"):
            return
        what = "regions" if self._options.empty else "demo"
        report.begin("load", "载入行政区划 regions" if self._options.empty else "载入演示数据 demo data")
        layout.accounts.unlink(missing_ok=True)
        remember(layout, loading=True)
        self._save()
        await run_step(
            "load",
            layout,
            this_command("load", what, "--data", str(layout.data)),
            {"LINKAGE_LOAD_ADMIN_URL": urls.admin},
            lambda line: report.detail("load", line),
            "载入数据失败",
        )
        remember(layout, loading=False, loaded=what)
        report.done("load")

    def _add_services(self, urls: Urls, ports: dict[str, int]) -> None:
        peers = {service.short: f"http://127.0.0.1:{ports[service.short]}" for service in SERVICES}
        for service in SERVICES:
            self._layout.files(service.short).mkdir(mode=0o700, exist_ok=True)
            environment = service_environment(
                service,
                self._layout,
                service_url=urls.services[service.short],
                peers=peers,
                public_url=self._url,
            )
            host = self._options.host if service is GATEWAY else "127.0.0.1"
            url = base_url(host, ports[service.short])
            self._supervisor.add_service(service, host, ports[service.short], url, environment)

    async def _first_admin_link(self) -> str | None:
        """The one-time link of an empty system that has no administrator yet."""
        if read_config(self._layout).get("loaded") != "regions":
            return None
        from linkage_local.admin import first_admin_link

        return await first_admin_link(self._layout, self._url)

    def _save(self) -> None:
        managed = self._supervisor.services
        processes = [*managed, self._supervisor.postgres] if self._supervisor.postgres else managed
        state: State = {
            "pid": os.getpid(),
            "phase": self._phase,
            "url": self._url,
            "services": [{"name": m.name, "state": m.state, "url": m.url, "pid": m.pid} for m in managed],
            "database_port": self._database_port,
            "pids": [m.pid for m in processes if m.pid],
        }
        with contextlib.suppress(OSError):  # on a full disk the services matter more than this file
            write_state(self._layout, state)


def run_in_foreground(layout: Layout, options: Options) -> None:
    """Run until stopped; the caller holds the lock of the data folder, which ends with this process."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(Launch(layout, options, reporter()).run())


def require_port(host: str, port: int, patience: float = 0) -> None:
    """LaunchError unless the gateway can listen there within ``patience`` seconds (a killed one lingers)."""
    if not 1 <= port <= 65535:
        raise problem(f"端口 {port} 不存在，应为 1 到 65535", f"there is no port {port}")
    end = time.monotonic() + patience
    while not port_is_free(host, port) and time.monotonic() < end:
        time.sleep(0.1)
    if not port_is_free(host, port):
        raise problem(f"端口 {port} 已被占用，请用 --port 换一个", f"port {port} is taken; choose another with --port")
