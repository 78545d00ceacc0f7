"""What the public pages ask the services' public doors, in nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError
from service_kit.errors import NotFound, RateLimited

from gateway.clients import ServiceName, Upstreams, unavailable
from gateway.wire import Answer

DEADLINE_SECONDS = 10.0

Model = TypeVar("Model", bound=BaseModel)

DESKS: Mapping[str, tuple[ServiceName, str]] = {
    "1": ("monitoring", "applications"),
    "2": ("monitoring", "objections"),
    "3": ("assets", "objections"),
    "4": ("funds", "objections"),
}
"""First digit of a receipt number → the service and the desk that gave it out."""


class Receipt(BaseModel):
    number: str
    received_at: datetime
    due_on: date | None = None


class Step(BaseModel):
    name: str
    state: str
    on: date | None
    due_on: date | None


class ApplicationProgress(BaseModel):
    number: str
    received_at: datetime
    steps: list[Step]
    result: str | None
    result_text: str | None
    reason: str | None
    may_withdraw: bool


class ObjectionProgress(BaseModel):
    number: str
    received_at: datetime
    state: str
    finding: str | None
    handled_at: datetime | None


class Risk(BaseModel):
    code: str
    name: str


class Risks(BaseModel):
    items: list[Risk]


class Rejected(Exception):
    """The service found something wrong in the form; ``problem`` says what."""

    def __init__(self, problem: bytes) -> None:
        super().__init__("rejected")
        self.problem = problem


async def send(
    upstreams: Upstreams, service: ServiceName, path: str, body: Mapping[str, Any], model: type[Model], key: str = ""
) -> Model:
    """Post to a public door.

    Raises:
        Rejected: 409 or 422. NotFound, RateLimited, UpstreamUnavailable, UpstreamTimeout.
    """
    headers = {"idempotency-key": key} if key else {}
    answer = await upstreams.post(service, path, orjson.dumps(body), headers, deadline=DEADLINE_SECONDS)
    return _read(service, answer, model)


async def risks(upstreams: Upstreams, county_code: str) -> list[Risk]:
    """What may be chosen in a county, in its own words. Raises UpstreamUnavailable, UpstreamTimeout."""
    answer = await upstreams.get("monitoring", "/public/risks", {"county": county_code}, deadline=DEADLINE_SECONDS)
    return _read("monitoring", answer, Risks).items


def _read(service: ServiceName, answer: Answer, model: type[Model]) -> Model:
    if answer.status == 404:
        raise NotFound("没有查到，请核对回执号和手机号后 4 位")
    if answer.status in {409, 422}:
        raise Rejected(answer.content)
    if answer.status == 429:
        raise RateLimited(_detail(answer.content))
    try:
        if answer.status not in {200, 201}:
            raise unavailable(service)
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        raise unavailable(service) from error


def _detail(problem: bytes) -> str | None:
    try:
        return str(orjson.loads(problem)["detail"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
