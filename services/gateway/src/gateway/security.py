"""Headers that every answer of the gateway carries."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.settings import GatewaySettings

_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
# 'unsafe-inline' for styles only: the component libraries and charts set style attributes.
_PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " font-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none';"
    " base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(self), camera=(self), microphone=(), payment=(), usb=()"),
)
_HSTS = (b"strict-transport-security", b"max-age=31536000")
_OF_PAGE = (*_ALWAYS, (b"content-security-policy", _PAGE_POLICY.encode()))
_OF_API = (*_ALWAYS, (b"content-security-policy", _API_POLICY.encode()))
_UNKEPT = (b"cache-control", b"no-store")
_API = ("/api/", "/health", "/metrics", "/openapi.json")


class SecurityHeaders:
    """Outermost layer: what a route has not set itself is set here, also on refusals by other layers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        api = scope["path"].startswith(_API)
        wanted = (*(_OF_API if api else _OF_PAGE), *((_HSTS,) if _over_https(scope) else ()))

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = [header for header in message.get("headers", ()) if not api or header[0] != b"cache-control"]
                names = {name for name, _ in sent}
                sent.extend(header for header in wanted if header[0] not in names)
                if api:
                    sent.append(_UNKEPT)
                message["headers"] = sent
            await send(message)

        await self.app(scope, receive, secured)


def _over_https(scope: Scope) -> bool:
    settings = scope["app"].state.ctx.settings
    return isinstance(settings, GatewaySettings) and settings.cookie_secure
