"""Where a system of a test can listen."""

from __future__ import annotations

import socket


def free_port() -> int:
    """First of a run of ports that are free now, below the range the system gives to clients."""
    for port in range(18_000, 30_000, 20):
        try:
            for offset in (0, 1, 2, 3, 10):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port + offset))
        except OSError:
            continue
        return port
    raise RuntimeError("no free ports")
