"""The straight way to doors that only read: FastAPI's own description of a route, walked without its machinery.

A route is declared as ever and appears in OpenAPI as ever. At start its dependencies are laid out in one list; a
request is matched, let in, validated by the same fields and answered. Whatever is out of the ordinary, a value that is
not valid above all, is left to FastAPI, which then finds the same and says it in its words: nothing has been done yet,
because what comes before the endpoint only looks. Routes that write hold a transaction open by a dependency with
``yield``; they and all others that do not fit go FastAPI's way from the beginning. ADR 0012.
"""

from __future__ import annotations

import inspect
import json
import re
import typing
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request, Response, params
from fastapi._compat import ModelField, field_annotation_is_sequence
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SEGMENTS = 16
"""Paths with more segments are matched against all that may have as many."""
_PLAIN = (type(None), bool, int, float, str)


class _Unusual(Exception):
    """This request, or this route, is for FastAPI."""


@dataclass(frozen=True, slots=True)
class _Value:
    """One value of the address."""

    name: str
    alias: str
    place: str
    field: ModelField
    required: bool
    default: Any


@dataclass(frozen=True, slots=True)
class _Step:
    """One call: a dependency, or at last the endpoint."""

    call: Callable[..., Awaitable[Any]]
    made: tuple[tuple[str, int], ...]
    """Arguments that earlier steps have made."""
    values: tuple[_Value, ...]
    request: str | None
    body: tuple[str, ModelField] | None


@dataclass(frozen=True, slots=True)
class _Door:
    route: APIRoute
    pattern: re.Pattern[str]
    steps: tuple[_Step, ...]
    """Empty for a route that is left to FastAPI; it stands here because it comes before others."""
    takes_body: bool


class Straight:
    """In front of ``app``: answers what can be answered straight, passes on everything else.

    Args:
        way: FastAPI's own stack.
    """

    def __init__(self, way: ASGIApp, app: FastAPI) -> None:
        self._way = way
        self._app = app
        self._doors = _sorted(_doors_of(app))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = None if scope["type"] != "http" or self._app.dependency_overrides else self._find(scope)
        if found is None:
            await self._way(scope, receive, send)
            return
        door, matched = found
        scope["app"], scope["route"], scope["path_params"] = self._app, door.route, matched
        request = Request(scope, receive)
        body = await request.body() if door.takes_body else b""
        try:
            response = await _answer(door, request, body)
        except _Unusual:
            del scope["route"], scope["path_params"]
            await self._way(scope, _again(body, receive) if door.takes_body else receive, send)
            return
        except Exception as error:  # FastAPI's handlers decide, by its rule of the nearest class
            handler = self._handler_of(error)
            if handler is None:
                raise
            response = await handler(request, error)
        await response(scope, receive, send)

    def _find(self, scope: Scope) -> tuple[_Door, dict[str, str]] | None:
        path: str = scope["path"]
        if scope.get("root_path"):
            return None
        for door in self._doors.get((scope["method"], min(path.count("/"), _SEGMENTS)), ()):
            if match := door.pattern.match(path):
                return (door, match.groupdict()) if door.steps else None
        return None

    def _handler_of(self, error: Exception) -> Any:
        handlers = self._app.exception_handlers
        return next((handlers[kind] for kind in type(error).__mro__[:-3] if kind in handlers), None)


async def _answer(door: _Door, request: Request, body: bytes) -> Response:
    """Raises _Unusual: the request is not valid."""
    query = dict(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
    made: list[Any] = []
    for step in door.steps:
        arguments = {name: made[place] for name, place in step.made}
        for value in step.values:
            given = (query if value.place == "query" else request.scope["path_params"]).get(value.alias)
            arguments[value.name] = _valid(value, given)
        if step.request:
            arguments[step.request] = request
        if step.body:
            arguments[step.body[0]] = _valid_body(step.body[1], request, body)
        made.append(await step.call(**arguments))
    response: Response = made[-1]
    return response


def _valid(value: _Value, given: str | None) -> Any:
    if given is None:
        if value.required:
            raise _Unusual
        return value.default
    valid, errors = value.field.validate(given)
    if errors:
        raise _Unusual
    return valid


def _valid_body(model: ModelField, request: Request, body: bytes) -> Any:
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind.strip().lower() != "application/json":
        raise _Unusual
    try:
        content = json.loads(body)
    except ValueError:
        raise _Unusual from None
    valid, errors = model.validate(content)
    if errors:
        raise _Unusual
    return valid


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that has been read, to be read once more."""
    waiting = True

    async def first_the_body() -> Message:
        nonlocal waiting
        if waiting:
            waiting = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return first_the_body


def _sorted(doors: Sequence[tuple[frozenset[str], int | None, _Door]]) -> dict[tuple[str, int], list[_Door]]:
    """By method and number of slashes, in the order in which FastAPI would try them."""
    table: dict[tuple[str, int], list[_Door]] = {}
    for methods, slashes, door in doors:
        counts = range(_SEGMENTS + 1) if slashes is None else (min(slashes, _SEGMENTS),)
        for method in methods:
            for count in counts:
                table.setdefault((method, count), []).append(door)
    return table


def _doors_of(app: FastAPI) -> list[tuple[frozenset[str], int | None, _Door]]:
    doors = []
    for context in iter_route_contexts(app.routes):
        if not isinstance(context.original_route, APIRoute):
            break  # cannot be told what it matches, so nothing after it may be taken from it
        route: Any = context
        steps: tuple[_Step, ...] = ()
        with suppress(_Unusual):
            steps = _Layout(route).steps
        any_length = any(convertor.regex == ".*" for convertor in route.param_convertors.values())
        slashes = None if any_length else route.path_format.count("/")
        takes_body = bool(steps) and any(step.body for step in steps)
        door = _Door(context.original_route, route.path_regex, steps, takes_body)
        doors.append((frozenset(route.methods), slashes, door))
    return doors


def straight_routes(app: FastAPI) -> set[str]:
    """``METHOD path`` of the routes that go the straight way."""
    return {
        f"{method} {door.route.path_format}" for methods, _, door in _doors_of(app) if door.steps for method in methods
    }


@dataclass(slots=True)
class _Layout:
    """Lays a route's tree of dependencies out in a list, each once, in the order in which FastAPI calls them."""

    route: Any
    steps: tuple[_Step, ...] = ()
    _made: list[_Step] = field(default_factory=list)
    _places: dict[Any, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises _Unusual: something that only FastAPI can do."""
        if any(convertor.regex not in ("[^/]+", ".*") for convertor in self.route.param_convertors.values()):
            raise _Unusual
        if not _returns_response(self.route.endpoint):
            raise _Unusual
        self._add(self.route.dependant, self.route.endpoint)
        self.steps = tuple(self._made)

    def _add(self, dependant: Dependant, call: Any) -> int:
        if dependant.use_cache and call in self._places:
            return self._places[call]
        if not _is_coroutine(call) or _wants_more(dependant):
            raise _Unusual
        places = [(each.name, self._add(each, each.call)) for each in dependant.dependencies]
        made = tuple((name, place) for name, place in places if name)
        values = tuple(_value(each) for each in (*dependant.path_params, *dependant.query_params))
        body = (dependant.body_params[0].name, self._body()) if dependant.body_params else None
        self._made.append(_Step(call, made, values, dependant.request_param_name, body))
        self._places[call] = len(self._made) - 1
        return self._places[call]

    def _body(self) -> ModelField:
        body: ModelField = self.route.body_field
        if self.route._embed_body_fields or type(body.field_info) is not params.Body:
            raise _Unusual
        return body


def _wants_more(dependant: Dependant) -> bool:
    return bool(
        dependant.header_params
        or dependant.cookie_params
        or dependant.http_connection_param_name
        or dependant.websocket_param_name
        or dependant.response_param_name
        or dependant.background_tasks_param_name
        or dependant.security_scopes_param_name
        or dependant.own_oauth_scopes
        or dependant.concurrency
        or len(dependant.body_params) > 1
    )


def _value(each: ModelField) -> _Value:
    info = each.field_info
    annotation = info.annotation
    model = inspect.isclass(annotation) and issubclass(annotation, BaseModel)
    if model or field_annotation_is_sequence(annotation) or info.validate_default:
        raise _Unusual
    if info.validation_alias is not None and not isinstance(info.validation_alias, str):
        raise _Unusual
    required = info.is_required()
    default = None if required else each.default
    if not isinstance(default, _PLAIN):
        raise _Unusual
    place = "path" if isinstance(info, params.Path) else "query"
    return _Value(each.name, info.validation_alias or each.alias, place, each, required, default)


def _is_coroutine(call: Any) -> bool:
    return inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(getattr(call, "__call__", None))  # noqa: B004


def _returns_response(endpoint: Any) -> bool:
    try:
        answer = typing.get_type_hints(endpoint).get("return")
    except NameError:
        return False
    return inspect.isclass(answer) and issubclass(answer, Response)
