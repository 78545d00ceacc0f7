"""Turns everything that can go wrong in a request into problem+json; bad input never becomes a 500."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import asyncpg
import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from service_kit.errors import (
    BadJson,
    DomainError,
    FieldError,
    Forbidden,
    InternalError,
    NotFound,
    RegionOutOfScope,
    Unavailable,
    Unprocessable,
    ValidationFailed,
    VersionMismatch,
    language_of,
)
from service_kit.json import dumps
from service_kit.validation_messages import field_errors

log = structlog.get_logger(__name__)

ConstraintErrors = Mapping[str, Callable[[], DomainError]]
"""Constraint name → what its violation means (a DomainError class or a function that makes one)."""


class MethodNotAllowed(DomainError):
    status, code = 405, "method_not_allowed"
    title, title_en = "不支持此操作", "Method not allowed"


class DatabaseRefused(Unprocessable):
    code = "constraint_violated"
    title, title_en = "数据之间不一致，未保存", "The data contradict each other, nothing was saved"


_GONE = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a client meets whose server is killed: the last when it happens while the server is answering."""


def install(app: FastAPI, constraint_errors: ConstraintErrors) -> None:
    """Register the handlers."""

    @app.exception_handler(DomainError)
    async def domain(request: Request, error: DomainError) -> Response:
        return render(request, error)

    @app.exception_handler(RequestValidationError)
    async def validation(request: Request, error: RequestValidationError) -> Response:
        errors = error.errors()
        if any(e["type"] == "json_invalid" for e in errors):
            return render(request, BadJson())
        fields = field_errors(errors)
        return render(request, ValidationFailed(f"有 {len(fields)} 处需要更正", errors=fields))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        match error.status_code:
            case 404:
                return render(request, NotFound())
            case 405:
                return render(request, MethodNotAllowed(headers=dict(error.headers or {})))
            case _:
                return render(request, BadJson(str(error.detail)))

    @app.exception_handler(StaleDataError)
    async def stale(request: Request, _: StaleDataError) -> Response:
        return render(request, VersionMismatch())

    @app.exception_handler(DBAPIError)
    async def sqlalchemy_error(request: Request, error: DBAPIError) -> Response:
        return render(request, from_database(error.orig, constraint_errors))

    @app.exception_handler(asyncpg.PostgresError)
    @app.exception_handler(asyncpg.InterfaceError)
    @app.exception_handler(asyncpg.InternalClientError)
    async def asyncpg_error(request: Request, error: Exception) -> Response:
        return render(request, from_database(error, constraint_errors))

    @app.exception_handler(PendingRollbackError)
    async def connection_invalid(request: Request, error: PendingRollbackError) -> Response:
        log.error("database_unreachable", error=type(error).__name__)
        return render(request, Unavailable(headers={"Retry-After": "5"}))

    @app.exception_handler(psycopg.Error)
    async def psycopg_error(request: Request, error: psycopg.Error) -> Response:
        return render(request, from_database(error, constraint_errors))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, _: Exception) -> Response:
        return render(request, InternalError(headers={"Connection": "close"}))  # it is raised again, and logged

    @app.exception_handler(OSError)
    async def connection_lost(request: Request, error: OSError) -> Response:
        log.error("database_unreachable", error=type(error).__name__)
        return render(request, Unavailable(headers={"Retry-After": "5"}))


def from_database(error: object, constraint_errors: ConstraintErrors) -> DomainError:
    """What a refusal by the database means to the caller.

    A named constraint maps to its domain error; a row outside the scope is 403; a value that the database cannot hold
    is 422; a database that is gone is 503.
    """
    if isinstance(error, psycopg.Error):
        return _from_state(error, error.sqlstate or _state_of(error), None, constraint_errors)
    causes = _causes(error)
    cause = next((one for one in causes if isinstance(one, asyncpg.PostgresError)), None)
    if cause is None:
        if any(isinstance(one, _GONE) for one in causes):
            return Unavailable(headers={"Retry-After": "5"})
        log.error("database_error", error=type(error).__name__)
        return InternalError()
    return _from_state(cause, cause.sqlstate or "", getattr(cause, "constraint_name", None), constraint_errors)


def _causes(error: object) -> list[object]:
    """The error, what it came from, and so on."""
    found = [error]
    while (cause := getattr(found[-1], "__cause__", None)) is not None:
        found.append(cause)
    return found


def _state_of(error: psycopg.Error) -> str:
    """The SQLSTATE of an error that arose on this side of the connection."""
    match error:
        case psycopg.DataError():
            return "22000"
        case psycopg.OperationalError():
            return "08000"
        case _:
            return ""


def _from_state(cause: Exception, sqlstate: str, name: str | None, constraint_errors: ConstraintErrors) -> DomainError:
    if name and name in constraint_errors:
        return constraint_errors[name]()
    if sqlstate == "42501":
        return RegionOutOfScope() if "row-level security" in str(cause) else Forbidden()
    if sqlstate.startswith("23"):
        log.error("unmapped_constraint", constraint=name, sqlstate=sqlstate)
        return DatabaseRefused()
    if sqlstate.startswith("22"):
        return ValidationFailed(errors=[FieldError("body", "value_not_storable", "含有无法保存的内容")])
    if sqlstate[:2] in {"08", "53", "57"}:
        return Unavailable(headers={"Retry-After": "5"})
    if sqlstate in {"40001", "40P01"}:
        return Unavailable("同时办理的人较多，请再试一次", headers={"Retry-After": "1"})
    log.error("database_error", sqlstate=sqlstate, error=type(cause).__name__)
    return InternalError()


def render(request: Request, error: DomainError) -> Response:
    """The problem as a response, in the caller's language."""
    language = language_of(request.headers.get("accept-language", ""))
    body: dict[str, Any] = error.problem(language, getattr(request.state, "request_id", None))
    return Response(dumps(body), error.status, error.headers, media_type="application/problem+json")
