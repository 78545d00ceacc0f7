"""Which headers pass, and in which direction: a list of what may pass, so that nothing passes by being forgotten."""

from __future__ import annotations

from collections.abc import Iterable

REQUEST_HEADERS = (
    "accept",
    "accept-language",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "range",
    "if-range",
)
"""From the browser to the service. Not among them: cookies, any Authorization (the gateway writes its own), Host and
whatever concerns one connection only."""

_RESPONSE_DROPPED = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "set-cookie",
        "server",
        "date",
        "www-authenticate",
        "x-request-id",
    }
)
"""What a service's answer may not carry out: hop-by-hop headers, cookies, and what the gateway writes itself."""


def to_service(headers: Iterable[tuple[str, str]], *, token: str | None, request_id: str) -> dict[str, str]:
    """Headers of the call to the service; without a token it is nobody's."""
    passed = {name: value for name, value in headers if name in REQUEST_HEADERS}
    if token is not None:
        passed["authorization"] = f"Bearer {token}"
    # The services answer uncompressed; it is compressed once, on the way out.
    return passed | {"x-request-id": request_id, "accept-encoding": "identity"}


def to_browser(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers of the answer to the browser."""
    return {lower: value for name, value in headers if (lower := name.lower()) not in _RESPONSE_DROPPED}
