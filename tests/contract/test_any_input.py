"""Whatever is sent to whatever door: an answer that the OpenAPI document describes, never a 500.

Schemathesis makes the requests, right and wrong ones, from each service's own document; the apps are real, on real
databases.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from typing import Any

import requests
import schemathesis
from gateway.identity import first_admin
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from service_kit.clock import now
from service_kit.kit_tables import region
from service_kit.region import level_of, parent_of
from service_kit.testing import Api, ServiceUnderTest
from sqlalchemy import insert

EXAMPLES = 12
"""Per operation and kind of input."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

REGIONS = ("43", "4310", "431081", "431081106", "431081106226")

EFFORT = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


async def add_regions(service: ServiceUnderTest) -> None:
    rows = [
        {
            "code": code,
            "name": f"地区{code}",
            "level": level_of(code),
            "parent_code": parent_of(code),
            "initials": "dq",
            "updated_at": now(),
        }
        for code in REGIONS
    ]
    async with service.session() as session:
        await session.execute(insert(region), rows)


def operations_of(document: dict[str, Any], leave_out: frozenset[str]) -> list[Any]:
    schema = schemathesis.openapi.from_dict(document)
    found = [result.ok() for result in schema.get_all_operations()]
    return [operation for operation in found if operation.definition.raw["operationId"] not in leave_out]


async def run(service: ServiceUnderTest, client: Api, leave_out: frozenset[str] = frozenset()) -> Counter[int]:
    """Send requests to every operation; returns how many answers there were of each status.

    Generation is synchronous, so it runs in a thread and hands each request to the loop in which the app lives.
    """
    loop = asyncio.get_running_loop()
    answers: Counter[int] = Counter()

    def send(case: Any) -> None:
        prepared = requests.Request(**case.as_transport_kwargs(base_url=str(client.base_url))).prepare()
        # The client's own headers (who is asking) win over what was invented.
        headers = {name: value for name, value in prepared.headers.items() if name.lower() not in client.headers}
        request = client.build_request(
            prepared.method or "GET", prepared.url or "", headers=headers, content=prepared.body
        )
        answer = asyncio.run_coroutine_threadsafe(client.send(request), loop).result(60)
        answers[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    def explore() -> None:
        for operation in operations_of(service.app.openapi(), leave_out):
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                examine = EFFORT(given(case=operation.as_strategy(generation_mode=mode))(lambda case: send(case)))
                # Unsatisfiable: there is nothing about this operation that could be wrong, or right.
                with contextlib.suppress(Unsatisfiable):
                    examine()

    await asyncio.to_thread(explore)
    return answers


def check_variety(answers: Counter[int]) -> None:
    """A run that met only one kind of answer would prove nothing."""
    assert answers[200] >= 20, answers
    assert answers[404] + answers[422] >= 20, answers
    # Only invented names and passwords at the door where one signs in.
    assert answers[401] <= 2 * EXAMPLES, answers


class TestAnyInput:
    async def test_to_monitoring(self, monitoring_service: ServiceUnderTest) -> None:
        await add_regions(monitoring_service)
        check_variety(await run(monitoring_service, monitoring_service.api("431081")))

    async def test_to_assets(self, assets_service: ServiceUnderTest) -> None:
        await add_regions(assets_service)
        check_variety(await run(assets_service, assets_service.api("431081")))

    async def test_to_funds(self, funds_service: ServiceUnderTest) -> None:
        await add_regions(funds_service)
        check_variety(await run(funds_service, funds_service.api("431081")))

    async def test_to_the_gateway(self, gateway_service: ServiceUnderTest, everyone_may_everything: None) -> None:
        await add_regions(gateway_service)
        await first_admin.create_administrator(gateway_service.owner_url, "admin", "管理员", "Linkage-2026", "431081")
        client = gateway_service.anonymous()
        session = await client.ok("POST", "/api/session", json={"username": "admin", "password": "Linkage-2026"})
        client.headers["x-csrf-token"] = session["csrf"]

        check_variety(await run(gateway_service, client, leave_out=frozenset({"close_session"})))

        await client.ok("GET", "/api/session")
