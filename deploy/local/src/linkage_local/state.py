"""What a running instance says about itself, and what `linkage status` makes of it."""

from __future__ import annotations

import http.client
from concurrent.futures import ThreadPoolExecutor
from typing import TypedDict
from urllib.parse import urlsplit

from linkage_local.commands import SERVICES
from linkage_local.files import DataLock, read_json, write_json
from linkage_local.paths import Layout

DEFAULT_PORT = 8000
DEFAULT_HOST = "127.0.0.1"


class ServiceState(TypedDict):
    """One process; ``state`` is starting, ready, restarting, unhealthy or stopped."""

    name: str
    state: str
    url: str
    pid: int | None


class State(TypedDict):
    """Written by the supervisor at every change; ``phase`` is starting, ready or stopping."""

    pid: int
    phase: str
    url: str
    services: list[ServiceState]
    database_port: int | None
    pids: list[int]


class Status(TypedDict):
    """The shape of `linkage status --json`."""

    url: str
    services: list[dict[str, str]]
    accounts: list[dict[str, str]]
    running: bool
    data: str


def base_url(host: str, port: int) -> str:
    """What a person types into the browser."""
    shown = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"http://{shown}:{port}"


def read_state(layout: Layout) -> State | None:
    """What was written last, whether or not anything still runs."""
    content: State | None = read_json(layout.state)
    return content


def running_state(layout: Layout) -> State | None:
    """The state of the instance that holds the data folder now, None when there is none."""
    state = read_state(layout)
    holder = DataLock(layout.lock).holder()
    return state if state is not None and holder is not None and state["pid"] == holder else None


def write_state(layout: Layout, state: State) -> None:
    write_json(layout.state, state)


def status(layout: Layout) -> Status:
    """The truth of this moment: every service is asked, whatever the state file says."""
    state = running_state(layout)
    last = state or read_state(layout)
    url = last["url"] if last else base_url(DEFAULT_HOST, DEFAULT_PORT)
    known = {service["name"]: service for service in last["services"]} if last else {}
    names = [service.short for service in SERVICES]
    addresses = [known[name]["url"] if name in known else "" for name in names]
    if state:
        with ThreadPoolExecutor(len(names)) as pool:
            answers = list(pool.map(is_ready, addresses))
    else:
        answers = [False] * len(names)
    services = [
        {"name": name, "state": _shown(known.get(name), state is not None, ready), "url": address}
        for name, address, ready in zip(names, addresses, answers, strict=True)
    ]
    return {
        "url": url,
        "services": services,
        "accounts": read_json(layout.accounts) or [],
        "running": state is not None,
        "data": str(layout.data),
    }


def is_ready(url: str, seconds: float = 3) -> bool:
    """Whether the service at ``url`` answers its readiness check."""
    parts = urlsplit(url)
    if not parts.hostname:
        return False
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _shown(known: ServiceState | None, running: bool, ready: bool) -> str:
    if not running or known is None:
        return "stopped"
    if ready:
        return "ready"
    return "unhealthy" if known["state"] == "ready" else known["state"]
