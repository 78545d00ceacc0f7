"""Asking another service something that needs an answer now (everything else travels as an event).

A service's ``clients/<peer>.py`` wraps a ``ServiceClient`` in functions with names and types. Calls carry the acting
person's own token, so the peer applies that person's permissions and region, or else this service's token.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import stamina
import structlog
from fastapi import Request
from pydantic import BaseModel, ValidationError

from service_kit.context import ServiceContext
from service_kit.errors import DomainError, Forbidden, NotFound, Unauthenticated, Unavailable

T = TypeVar("T", bound=BaseModel)

log = structlog.get_logger(__name__)

_REFUSALS: dict[int, type[DomainError]] = {401: Unauthenticated, 403: Forbidden, 404: NotFound}


class PeerUnavailable(Unavailable):
    """The peer does not answer, or not in time. ``service`` names it."""

    code = "peer_unavailable"
    title, title_en = "相关服务暂时不可用，请稍后再试", "A service this depends on is unavailable"


class PeerFailed(DomainError):
    """The peer answered with an error or with something that we cannot read. ``service`` names it."""

    status, code = 502, "peer_failed"
    title, title_en = "相关服务返回了错误", "A service this depends on failed"


class ServiceClient:
    """Typed calls to one peer.

    Args:
        ctx: this service.
        name: the peer's short name; its address is in the settings (``LINKAGE_PEERS``).
        deadline: seconds for a whole call, retries included.
        token: the acting person's bearer token to forward (see ``bearer_of``).
        permissions: what this service's own token may do, when no person's token is forwarded.
    """

    def __init__(
        self,
        ctx: ServiceContext,
        name: str,
        *,
        deadline: float = 3.0,
        token: str | None = None,
        permissions: Iterable[str] = (),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._signer = ctx.signer
        self._name = name
        self._address = ctx.settings.peers.get(name, "")
        self._deadline = deadline
        self._token = token
        self._permissions = tuple(permissions)
        self._http = httpx.AsyncClient(base_url=self._address, timeout=deadline, transport=transport, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    def acting_for(self, token: str) -> ServiceClient:
        """The same connections, with another person's token."""
        other = object.__new__(ServiceClient)
        other.__dict__.update(self.__dict__)
        other._token = token
        return other

    async def get(self, path: str, answer: type[T], params: Mapping[str, Any] | None = None) -> T:
        """Read; tried again within the deadline when the connection fails.

        Raises:
            PeerUnavailable: no answer in time.
            PeerFailed: an answer that is an error or has another shape.
            NotFound, Forbidden, Unauthenticated: as the peer said.
        """
        response: httpx.Response | None = None
        try:
            async for attempt in stamina.retry_context(
                on=(httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError),
                attempts=3,
                timeout=self._deadline,
                wait_initial=0.05,
                wait_max=0.5,
            ):
                with attempt:
                    response = await self._send("GET", path, params=params)
        except httpx.HTTPError as error:
            raise self._unavailable(error) from error
        assert response is not None  # noqa: S101 - the loop returns or raises
        return self._read(response, answer)

    async def post(self, path: str, body: BaseModel, answer: type[T], *, idempotency_key: str | None = None) -> T:
        """Write, or ask with a long question. Sent once: repeating it is for the caller, with the same key.

        Raises: as ``get``.
        """
        headers = {"Content-Type": "application/json"}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        try:
            content = body.model_dump_json().encode()
            response = await self._send("POST", path, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise self._unavailable(error) from error
        return self._read(response, answer)

    async def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        if not self._address:
            raise PeerUnavailable(service=self._name)
        token = self._token or self._signer.issue_for_service(self._permissions)
        headers = {"Authorization": f"Bearer {token}"} | request.pop("headers", {})
        return await self._http.request(method, path, headers=headers, **request)

    def _unavailable(self, error: httpx.HTTPError) -> PeerUnavailable:
        log.warning("peer_unavailable", peer=self._name, error=type(error).__name__)
        return PeerUnavailable(service=self._name)

    def _read(self, response: httpx.Response, answer: type[T]) -> T:
        if response.status_code in _REFUSALS:
            raise _REFUSALS[response.status_code]()
        if response.status_code == 503:
            raise PeerUnavailable(service=self._name)
        if not response.is_success:
            log.warning("peer_failed", peer=self._name, status=response.status_code)
            raise PeerFailed(service=self._name)
        try:
            return answer.model_validate_json(response.content)
        except ValidationError as error:
            log.warning("peer_answer_unreadable", peer=self._name, model=answer.__name__, errors=error.error_count())
            raise PeerFailed(service=self._name) from error


def bearer_of(request: Request) -> str | None:
    """The token that came with a request, to be forwarded."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and token else None
