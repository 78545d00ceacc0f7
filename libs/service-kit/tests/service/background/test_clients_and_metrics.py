"""Calls to a peer, and the figures a service shows of itself."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from service_kit.clients import PeerFailed, PeerUnavailable, ServiceClient
from service_kit.errors import Forbidden, NotFound
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest
from service_kit.worker import running


class Answer(BaseModel):
    number: int


class Peer(httpx.AsyncBaseTransport):
    """Gives the prepared answers in turn, and keeps what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


OK = {"number": 7}


class TestGet:
    async def test_returns_the_parsed_answer_and_speaks_for_the_service(self, service: ServiceUnderTest) -> None:
        peer = Peer(httpx.Response(200, json=OK))
        async with ServiceClient(
            service.ctx, "monitoring", transport=peer, permissions=["monitoring.villages:read"]
        ) as client:
            assert (await client.get("/number", Answer, {"region": "431081"})).number == 7
        token = peer.requests[0].headers["authorization"].removeprefix("Bearer ")
        actor = service.ctx.verifier.verify(token)
        assert (actor.issuer, actor.service, set(actor.permissions)) == ("funds", True, {"monitoring.villages:read"})

    async def test_forwards_the_persons_token(self, service: ServiceUnderTest) -> None:
        peer = Peer(httpx.Response(200, json=OK))
        async with ServiceClient(service.ctx, "monitoring", transport=peer) as client:
            await client.acting_for("theirs").get("/number", Answer)
        assert peer.requests[0].headers["authorization"] == "Bearer theirs"

    async def test_asks_again_when_the_connection_fails(self, service: ServiceUnderTest) -> None:
        peer = Peer(httpx.ConnectError("refused"), httpx.Response(200, json=OK))
        async with ServiceClient(service.ctx, "monitoring", transport=peer) as client:
            assert (await client.get("/number", Answer)).number == 7

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (httpx.ReadTimeout("slow"), PeerUnavailable),
            (httpx.Response(503), PeerUnavailable),
            (httpx.Response(500), PeerFailed),
            (httpx.Response(200, json={"number": "many"}), PeerFailed),
            (httpx.Response(200, content=b"<html>"), PeerFailed),
            (httpx.Response(404), NotFound),
            (httpx.Response(403), Forbidden),
        ],
    )
    async def test_says_what_went_wrong(self, service: ServiceUnderTest, answer: Any, error: type[Exception]) -> None:
        async with ServiceClient(service.ctx, "monitoring", transport=Peer(answer)) as client:
            with pytest.raises(error):
                await client.get("/number", Answer)

    async def test_a_peer_without_address_is_unavailable(self, service: ServiceUnderTest) -> None:
        async with ServiceClient(service.ctx, "gateway") as client:
            with pytest.raises(PeerUnavailable) as refused:
                await client.get("/number", Answer)
        assert refused.value.extra == {"service": "gateway"}


class TestPost:
    async def test_is_sent_once(self, service: ServiceUnderTest) -> None:
        peer = Peer(httpx.ConnectError("refused"), httpx.Response(200, json=OK))
        async with ServiceClient(service.ctx, "monitoring", transport=peer) as client:
            with pytest.raises(PeerUnavailable):
                await client.post("/number", Answer(number=1), Answer, idempotency_key="k" * 8)
        assert [request.headers["idempotency-key"] for request in peer.requests] == ["k" * 8]


class TestMetrics:
    async def test_labels_are_templates_not_addresses(self, service: ServiceUnderTest) -> None:
        thing = uuid7()
        before = self._puts((await service.anonymous().get("/metrics")).text)
        await service.api().ok("PUT", f"/things/{thing}", json={"region_code": "431081106", "name": "桥"})
        await service.anonymous().get(f"/nowhere/{thing}")
        text = (await service.anonymous().get("/metrics")).text
        assert self._puts(text) == before + 1
        assert 'route="unmatched",status="404"' in text
        assert "linkage_audit_unsealed 1.0" in text
        assert str(thing) not in text

    def _puts(self, text: str) -> float:
        sample = 'linkage_requests_total{method="PUT",route="/things/{thing_id}",status="200"} '
        return sum(float(line.removeprefix(sample)) for line in text.splitlines() if line.startswith(sample))

    async def test_waiting_deliveries_are_shown_by_subscriber(self, service: ServiceUnderTest) -> None:
        await service.api().ok("PUT", f"/things/{uuid7()}", json={"region_code": "431081106", "name": "桥"})
        async with running(service.ctx):
            for _ in range(100):
                text = (await service.anonymous().get("/metrics")).text
                if 'linkage_outbox_waiting{subscriber="assets"} 1.0' in text and "linkage_audit_unsealed 0.0" in text:
                    return
                await asyncio.sleep(0.1)
        pytest.fail(text)
