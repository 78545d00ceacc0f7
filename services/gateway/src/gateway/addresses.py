"""Which address a request comes from.

``X-Forwarded-For`` is believed only as far as proxies that we know wrote it: from the right, entry by entry, as long as
the writer is one of ``trusted_proxies``. What a browser puts in by itself stands to the left of that and is ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from fastapi import Request
from service_kit.context import context_of

from gateway.settings import settings_of

Network = IPv4Network | IPv6Network


async def client_address(request: Request) -> str:
    """The address of the browser, or of the nearest thing to it that nobody we trust vouches beyond."""
    peer = request.client.host if request.client else ""
    written = ",".join(request.headers.getlist("x-forwarded-for"))
    return nearest(peer, written, settings_of(await context_of(request)).trusted_proxies)


def nearest(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Args: ``peer`` is who is connected; ``forwarded`` the header's value, oldest entry first."""
    address = peer
    for entry in reversed([entry.strip() for entry in forwarded.split(",") if entry.strip()]):
        if not _within(address, trusted) or not _is_address(entry):
            break
        address = entry
    return address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _within(address: str, networks: Sequence[Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)
