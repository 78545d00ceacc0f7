"""Two sample services on real databases."""

from __future__ import annotations

import sys
from pathlib import Path

import httpx
import pytest

# The sample is no installed package; its migrations import it by name like those of a real service.
sys.path.insert(0, str(Path(__file__).parent / "sample"))

from kit_sample import CONSUMER, SPEC
from service_kit.testing import ServiceUnderTest, service_fixture

service = service_fixture(SPEC, PEERS='{"monitoring": "http://monitoring.test", "assets": "http://assets.test"}')
consumer = service_fixture(CONSUMER)


class Network(httpx.AsyncBaseTransport):
    """Leads to the consumer in this process; names in ``down`` refuse the connection. Counts what was sent."""

    def __init__(self, peers: dict[str, ServiceUnderTest]) -> None:
        self._transports = {name: httpx.ASGITransport(peer.app) for name, peer in peers.items()}
        self.down: set[str] = set()
        self.sent: list[str] = []
        self.lose_answers = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = request.url.host.removesuffix(".test")
        if name in self.down:
            raise httpx.ConnectError("refused", request=request)
        self.sent.append(name)
        if name not in self._transports:
            return httpx.Response(200, json={})
        response = await self._transports[name].handle_async_request(request)
        if self.lose_answers:
            self.lose_answers -= 1
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response


@pytest.fixture
def network(consumer: ServiceUnderTest) -> Network:
    return Network({"monitoring": consumer})
