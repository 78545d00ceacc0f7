"""Measurements for Prometheus at ``GET /metrics`` of each service's own port. Labels are route templates and statuses,
never addresses or names."""

from __future__ import annotations

from typing import Any

import asyncpg
from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from service_kit.auth import Public
from service_kit.context import ServiceContext

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

_WAITING = """
SELECT subscriber, count(*) AS waiting, extract(epoch FROM clock_timestamp() - min(created_at))::float8 AS oldest
FROM outbox_delivery WHERE delivered_at IS NULL GROUP BY subscriber
"""


class Metrics:
    """The measurements of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        labels = ("method", "route")
        self.requests = Counter("linkage_requests", "Requests answered", (*labels, "status"), registry=self.registry)
        self.seconds = Histogram(
            "linkage_request_seconds", "Time to answer", labels, buckets=_BUCKETS, registry=self.registry
        )
        self.connections = Gauge(
            "linkage_database_connections_in_use", "Connections in use", ("pool",), registry=self.registry
        )
        self.waiting = Gauge(
            "linkage_outbox_waiting", "Deliveries not yet made", ("subscriber",), registry=self.registry
        )
        self.oldest = Gauge(
            "linkage_outbox_oldest_seconds", "Age of the oldest one", ("subscriber",), registry=self.registry
        )
        self.unsealed = Gauge("linkage_audit_unsealed", "Audit entries not yet in the chain", registry=self.registry)

        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count and time one request. ``route`` is a template, so that there are few of them."""
        key = (method if method in _METHODS else "other", route, status)
        known = self._known.get(key)
        if known is None:
            known = self.requests.labels(*key), self.seconds.labels(*key[:2])
            self._known[key] = known
        counter, histogram = known
        counter.inc()
        histogram.observe(seconds)

    async def read(self, ctx: ServiceContext) -> bytes:
        """The text of the measurements; figures of the database are left as they were while it is away."""
        pool: Any = ctx.engine.pool
        self.connections.labels("write").set(pool.checkedout())
        self.connections.labels("read").set(ctx.reader.in_use)
        try:
            async with ctx.read_pool.acquire(timeout=2) as connection:
                waiting = await connection.fetch(_WAITING, timeout=2)
                self.unsealed.set(await connection.fetchval("SELECT count(*) FROM audit_pending", timeout=2))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return generate_latest(self.registry)
        self.waiting.clear()
        self.oldest.clear()
        for row in waiting:
            self.waiting.labels(row["subscriber"]).set(row["waiting"])
            self.oldest.labels(row["subscriber"]).set(row["oldest"])
        return generate_latest(self.registry)


def instrument(app: FastAPI) -> None:
    """Measure every request of ``app`` (see ``middleware.Threshold``) and serve the figures."""
    metrics = Metrics()
    app.state.metrics = metrics

    @app.get("/metrics", dependencies=[Public], include_in_schema=False)
    async def read_metrics(request: Request) -> Response:
        content = await metrics.read(request.app.state.ctx)
        return Response(content, media_type=CONTENT_TYPE_LATEST)
