"""Events out (ARCHITECTURE rule 9): recorded in the transaction that made them true, delivered at least once.

``publish`` writes the event and a job. The worker's *fan-out* turns the event into one delivery and one job per
subscriber, so a peer that is down delays its own deliveries and nobody else's. A *delivery* posts a CloudEvent and is
tried again, ever more slowly, until the peer says it has it; nothing is given up.

Deliveries may come twice and out of order. The consumer's inbox drops duplicates; events carry the time of the
change, so that older news does not overwrite newer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
import httpx
import orjson
import structlog
from pgqueuer import AsyncpgDriver, Job, RetryRequested
from pydantic import BaseModel, ConfigDict
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit import queue
from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.kit_tables import outbox_event
from service_kit.tokens import Signer

log = structlog.get_logger(__name__)

DELIVER_PERMISSION = "events:deliver"
FAN_OUT = "outbox.fan_out"
CONTENT_TYPE = "application/cloudevents+json"

_DEADLINE_SECONDS = 10.0
_FIRST_DELAY = timedelta(seconds=1)
_LONGEST_DELAY = timedelta(minutes=5)


class Event(BaseModel):
    """Something that happened, in the past tense. The fields are the event's data: no personal data.

    A change that old consumers cannot read gets a new ``version``; added fields do not.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    version: ClassVar[int] = 1
    source: ClassVar[str]
    """Short name of the publishing service."""


async def publish(session: AsyncSession, event: Event, *, key: str = "") -> UUID:
    """Record an event in the session's transaction; ``key`` names the thing it is about. Returns the event's id."""
    event_id = uuid7()
    await session.execute(
        insert(outbox_event).values(
            id=event_id,
            type=event.type,
            version=event.version,
            source=event.source,
            subject=key,
            data=event.model_dump(mode="json"),
            occurred_at=now(),
        )
    )
    await queue.enqueue(session, FAN_OUT, str(event_id).encode(), service=event.source)
    return event_id


def delivery_entrypoint(subscriber: str) -> str:
    """Each subscriber has a queue of its own."""
    return f"outbox.deliver.{subscriber}"


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after ``attempts`` failures: 1 s, 2 s, 4 s … at most 5 minutes."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(_FIRST_DELAY * (1 << doublings), _LONGEST_DELAY)


class Relay:
    """The worker's side of the outbox."""

    def __init__(
        self,
        *,
        service: str,
        pool: asyncpg.Pool,
        http: httpx.AsyncClient,
        signer: Signer,
        peers: Mapping[str, str],
        subscribers: Mapping[str, Sequence[str]],
        delay: Callable[[int], timedelta] = retry_delay,
    ) -> None:
        self._service = service
        self._pool = pool
        self._http = http
        self._signer = signer
        self._peers = peers
        self._subscribers = subscribers
        self._delay = delay

    @property
    def peers(self) -> set[str]:
        """Everyone who subscribes to anything."""
        return {name for names in self._subscribers.values() for name in names}

    async def fan_out(self, job: Job) -> None:
        """One delivery and one job per subscriber; running it twice adds nothing."""
        event_id = UUID((job.payload or b"").decode())
        async with self._pool.acquire() as connection, connection.transaction():
            kind = await connection.fetchval("SELECT type FROM outbox_event WHERE id = $1", event_id)
            jobs = queue.queries(AsyncpgDriver(connection), self._service)
            for subscriber in self._subscribers.get(kind, ()):
                added = await connection.fetchval(
                    "INSERT INTO outbox_delivery (event_id, subscriber, attempts, created_at)"
                    " VALUES ($1, $2, 0, $3) ON CONFLICT DO NOTHING RETURNING subscriber",
                    event_id,
                    subscriber,
                    now(),
                )
                if added:
                    await jobs.enqueue(delivery_entrypoint(subscriber), str(event_id).encode())

    def deliver_to(self, subscriber: str) -> Callable[[Job], Any]:
        """The job handler for one subscriber."""

        async def deliver(job: Job) -> None:
            await self._deliver(UUID((job.payload or b"").decode()), subscriber)

        return deliver

    async def _deliver(self, event_id: UUID, subscriber: str) -> None:
        row = await self._pool.fetchrow(
            "SELECT e.*, d.attempts FROM outbox_delivery d JOIN outbox_event e ON e.id = d.event_id"
            " WHERE d.event_id = $1 AND d.subscriber = $2 AND d.delivered_at IS NULL",
            event_id,
            subscriber,
        )
        if row is None:
            return
        failure = await self._post(subscriber, envelope(row))
        attempts = row["attempts"] + 1
        await self._pool.execute(
            "UPDATE outbox_delivery SET attempts = $3, delivered_at = $4, last_error = $5"
            " WHERE event_id = $1 AND subscriber = $2",
            event_id,
            subscriber,
            attempts,
            None if failure else now(),
            failure,
        )
        if failure:
            delay = self._delay(attempts)
            log.warning(
                "event_delayed",
                event_id=str(event_id),
                type=row["type"],
                subscriber=subscriber,
                attempts=attempts,
                reason=failure,
                again_in_seconds=delay.total_seconds(),
            )
            raise RetryRequested(delay=delay, reason=failure)

    async def _post(self, subscriber: str, event: dict[str, Any]) -> str | None:
        """Send; None when the peer has it, else the class of the failure."""
        address = self._peers.get(subscriber)
        if address is None:
            return "no_address"
        token = self._signer.issue_for_service([DELIVER_PERMISSION])
        try:
            answer = await self._http.post(
                f"{address}/events",
                content=orjson.dumps(event),
                headers={"Content-Type": CONTENT_TYPE, "Authorization": f"Bearer {token}"},
                timeout=_DEADLINE_SECONDS,
            )
        except httpx.HTTPError as error:
            return type(error).__name__
        return None if answer.is_success else f"http_{answer.status_code}"


def envelope(row: Mapping[str, Any]) -> dict[str, Any]:
    """A CloudEvent 1.0 in structured JSON from a row of ``outbox_event``."""
    occurred: datetime = row["occurred_at"]
    data = row["data"]
    return {
        "specversion": "1.0",
        "id": str(row["id"]),
        "source": row["source"],
        "type": row["type"],
        "time": occurred.isoformat(),
        "datacontenttype": "application/json",
        "eventversion": row["version"],
        "data": orjson.loads(data) if isinstance(data, str) else data,
    } | ({"subject": row["subject"]} if row["subject"] else {})
