"""What the gateway needs beyond the settings of every service."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from pydantic import Field
from service_kit.context import ServiceContext
from service_kit.settings import ServiceSettings


class GatewaySettings(ServiceSettings):
    static_dir: Path | None = None
    """The built front end; without it only the API and the public notices are served."""
    public_url: str | None = None
    """The address that people type, e.g. ``https://xianjie.example.gov.cn``; for links in messages."""
    cookie_secure: bool = True
    """Send the session cookie over HTTPS only; switched off on one's own machine."""
    session_hours: float = Field(default=12, gt=0)
    """A session ends this long after signing in, whatever happens."""
    session_idle_minutes: float = Field(default=120, gt=0)
    """A session ends after this long without a request."""
    login_attempts: int = Field(default=5, ge=1)
    """Failures in a row after which a user name is locked."""
    login_lock_minutes: float = Field(default=15, gt=0)
    address_attempts: int = Field(default=50, ge=1)
    """Failures from one address before it is locked for the same time; an office shares one address."""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Reverse proxies whose X-Forwarded-For is believed, e.g. ``["127.0.0.1/32"]``; nobody's by default."""
    public_body_bytes: int = Field(default=32 * 1024, ge=1024)
    """The largest body that is taken without login."""
    page_deadline_seconds: float = Field(default=3.0, gt=0)
    """A composed page is sent after this long with the parts that have come."""
    proxy_timeout_seconds: float = Field(default=30.0, gt=0)

    @property
    def session_lifetime(self) -> timedelta:
        return timedelta(hours=self.session_hours)

    @property
    def session_idle(self) -> timedelta:
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def login_lock(self) -> timedelta:
        return timedelta(minutes=self.login_lock_minutes)


def settings_of(ctx: ServiceContext) -> GatewaySettings:
    settings = ctx.settings
    if not isinstance(settings, GatewaySettings):
        raise TypeError("the gateway runs with GatewaySettings")
    return settings
