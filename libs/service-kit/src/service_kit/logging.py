"""Structured logs, one JSON object a line, without personal data: values of requests are never logged."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC
from typing import Any

import orjson
import structlog

from service_kit.clock import now


def configure(service: str) -> None:
    """Set up structlog for a process. Time is UTC ISO 8601."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Tracebacks name files and lines but not local values, which could be personal data.
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=30)
            ),
            _without_messages,
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(service=service)


def access_line(fields: dict[str, Any]) -> None:
    """One line in the form of all others, written straight: there is one for each request."""
    line = fields | {"event": "request", "level": "info", "timestamp": now().astimezone(UTC)}
    sys.stdout.buffer.write(orjson.dumps(line, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


def _without_messages(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep where an error happened and its type, drop its words: they may quote a row or a request."""
    for error in event.get("exception") or ():
        if isinstance(error, dict):
            error.pop("exc_value", None)
            error.pop("exc_notes", None)
    return event
