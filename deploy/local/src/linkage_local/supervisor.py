"""Keeps the database and the four services running: starts them, watches them, restarts them, stops them in order."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from linkage_local.child import Child, python_options, step_error
from linkage_local.commands import GATEWAY, Service, in_this_python, serve_command
from linkage_local.errors import LaunchError, problem
from linkage_local.paths import Layout
from linkage_local.postgres import Cluster, explain

START_SECONDS = 90
_FIRST_PAUSE, _LONGEST_PAUSE, _CALM_SECONDS = 0.5, 30.0, 60.0
_WATCH_SECONDS, _PATIENCE = 5.0, 6


@dataclass
class Managed:
    """One long-running process: how to run it, the current run, what is known of it."""

    name: str
    command: list[str]
    options: Mapping[str, Any]
    url: str
    child: Child | None = None
    state: str = "starting"
    silent: int = 0
    restarts: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def pid(self) -> int | None:
        return self.child.pid if self.child and self.child.running else None


class Supervisor:
    """``changed`` is called after every change of a state; ``note`` takes a line for people; ``echo`` each log line."""

    def __init__(
        self,
        layout: Layout,
        changed: Callable[[], None],
        note: Callable[[str], None],
        echo: Callable[[str, str], None] | None = None,
    ) -> None:
        self.services: list[Managed] = []
        self.postgres: Managed | None = None
        self._layout = layout
        self._changed = changed
        self._note = note
        self._echo = echo
        self._cluster: Cluster | None = None
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    async def start_postgres(self, cluster: Cluster) -> None:
        """Start the embedded server; LaunchError says why it does not."""
        self._cluster = cluster
        self.postgres = Managed("postgres", cluster.command(), cluster.options(), "")
        await self._run_postgres()
        self._tasks.append(asyncio.create_task(self._keep(self.postgres, self._run_postgres)))

    def add_service(self, service: Service, host: str, port: int, url: str, environment: Mapping[str, str]) -> None:
        command = in_this_python(serve_command(service, host, port), sys.executable)
        self.services.append(Managed(service.short, command, python_options(environment), url))

    async def start_services(self, ready: Callable[[str], None]) -> None:
        """Start all side by side and return when all are ready; LaunchError when one ends or stays silent."""
        for managed in self.services:
            await self._run(managed)
        try:
            async with asyncio.TaskGroup() as group:
                for managed in self.services:
                    group.create_task(self._first_ready(managed, ready))
        except* LaunchError as failed:
            raise failed.exceptions[0] from None
        for managed in self.services:
            self._tasks.append(asyncio.create_task(self._keep_service(managed)))
        self._tasks.append(asyncio.create_task(self._watch()))

    async def stop(self) -> None:
        """Stop the gateway, then the other services, then the database: nobody loses a peer it still talks to."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        first = [managed for managed in self.services if managed.name == GATEWAY.short]
        others = [managed for managed in self.services if managed.name != GATEWAY.short]
        for batch in (first, others):
            await asyncio.gather(*(self._stop_one(managed, signal.SIGTERM, 15) for managed in batch))
        if self.postgres:
            await self._stop_one(self.postgres, signal.SIGINT, 60)

    async def _stop_one(self, managed: Managed, first: signal.Signals, seconds: float) -> None:
        if managed.child:
            await managed.child.stop(first, seconds)
        managed.state = "stopped"
        self._changed()

    async def _run(self, managed: Managed) -> None:
        echo = self._echo
        listener = (lambda line: echo(managed.name, line)) if echo else None
        managed.child = Child(managed.name, self._layout, listener)
        managed.began = time.monotonic()
        managed.silent = 0
        await managed.child.start(managed.command, managed.options)
        self._changed()

    async def _run_postgres(self) -> None:
        """Start until it accepts connections; a killed server's helpers may need seconds to let go of the folder."""
        managed, cluster = self.postgres, self._cluster
        if managed is None or cluster is None:
            return
        end = time.monotonic() + START_SECONDS
        while True:
            cluster.clear_orphan()
            await self._run(managed)
            child = managed.child
            while child and child.running and time.monotonic() < end:
                if cluster.is_ready(child.pid):
                    managed.state = "ready"
                    self._changed()
                    return
                await asyncio.sleep(0.02)
            output = "\n".join(child.tail) if child else ""
            if "still in use" not in output or time.monotonic() > end:
                raise explain(output, str(self._layout.log("postgres")))
            await asyncio.sleep(0.5)

    async def _first_ready(self, managed: Managed, ready: Callable[[str], None]) -> None:
        end = time.monotonic() + START_SECONDS
        while not await answers(managed.url):
            if managed.child and not managed.child.running:
                await managed.child.wait()
                raise step_error(managed.child, f"服务 {managed.name} 启动失败", self._layout)
            if time.monotonic() > end:
                log = self._layout.log(managed.name)
                raise problem(f"服务 {managed.name} {START_SECONDS} 秒内没有就绪，详见 {log}", "not ready in time")
            await asyncio.sleep(0.05)
        managed.state = "ready"
        self._changed()
        ready(managed.name)

    async def _keep_service(self, managed: Managed) -> None:
        await self._keep(managed, lambda: self._run(managed))

    async def _keep(self, managed: Managed, run: Callable[[], Any]) -> None:
        """Start it again whenever it ends, after a pause that doubles while it keeps failing."""
        while managed.child:
            status = await managed.child.wait()
            if self._stopping:
                return
            calm = time.monotonic() - managed.began > _CALM_SECONDS
            managed.restarts = 0 if calm else managed.restarts + 1
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** max(0, managed.restarts - 1))
            managed.state = "restarting"
            self._changed()
            self._note(f"{managed.name} 意外退出（{status}），{pause:g} 秒后重新启动")
            await managed.child.stop(signal.SIGTERM, 1)
            await asyncio.sleep(pause)
            try:
                await run()
            except (LaunchError, OSError) as error:
                self._note(f"{managed.name} 重新启动失败：{error}")

    async def _watch(self) -> None:
        """Ask every service now and then; one that runs but has not answered for half a minute is restarted."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS if all(m.state == "ready" for m in self.services) else 0.5)
            answered = await asyncio.gather(*(answers(managed.url) for managed in self.services))
            for managed, ready in zip(self.services, answered, strict=True):
                if not managed.pid:
                    continue
                managed.silent = 0 if ready else managed.silent + 1
                state = "ready" if ready else "unhealthy" if managed.state == "ready" else managed.state
                if state != managed.state:
                    managed.state = state
                    self._note(f"{managed.name} {'已恢复' if ready else '没有响应'}")
                    self._changed()
            self._restart_silent()

    def _restart_silent(self) -> None:
        database_up = self.postgres is None or self.postgres.state == "ready"
        for managed in self.services:
            waited = time.monotonic() - managed.began > _WATCH_SECONDS * _PATIENCE
            if database_up and managed.child and managed.silent >= _PATIENCE and waited:
                self._note(f"{managed.name} 长时间没有响应，重新启动")
                managed.silent = 0
                managed.child.kill()


async def answers(url: str) -> bool:
    """Whether the readiness check of the service at ``url`` says 200 within three seconds."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    try:
        async with asyncio.timeout(3):
            reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
            try:
                writer.write(f"GET /health/ready HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                line = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in line
