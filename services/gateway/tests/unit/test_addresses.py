"""Which address counts, whatever headers say."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from gateway.addresses import nearest

PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "1.1.1.1", "203.0.113.9"),
        ("10.0.0.2", "1.1.1.1", "1.1.1.1"),
        ("10.0.0.2", "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        ("10.0.0.2", "6.6.6.6, 1.1.1.1, 10.0.0.3", "1.1.1.1"),
        ("10.0.0.2", "10.0.0.9", "10.0.0.9"),
        ("10.0.0.2", "1.1.1.1, rubbish", "10.0.0.2"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", " , ,", "10.0.0.2"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("", "1.1.1.1", ""),
        ("unix", "1.1.1.1", "unix"),
    ],
)
def test_the_nearest_address_that_nobody_trusted_vouches_beyond(peer: str, forwarded: str, expected: str) -> None:
    assert nearest(peer, forwarded, PROXIES) == expected
