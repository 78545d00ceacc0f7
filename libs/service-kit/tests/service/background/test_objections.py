"""Objections to notices: raised by anybody, answered by somebody, and no notice cleared over an open one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import time_machine
from service_kit import notices, objections
from service_kit.clock import now, today
from service_kit.ids import uuid7
from service_kit.testing import Api, ServiceUnderTest

COUNTY = "431081"
BODY = {"county_code": COUNTY, "name": "王五", "phone": "13873500001", "statement": "公示的面积与实际不符"}


async def publish(service: ServiceUnderTest, days: int | None = 5, region: str = "431081106") -> UUID:
    async with service.session() as session:
        return await notices.publish(
            session,
            region_code=region,
            kind="project",
            title="项目入库公示",
            paragraphs=["公示。"],
            subject_type="project",
            subject_id="1",
            starts_on=today(),
            ends_on=None if days is None else today() + timedelta(days=days),
        )


async def raise_one(service: ServiceUnderTest, notice: UUID, **changes: Any) -> dict[str, Any]:
    public = service.anonymous()
    path = f"/public/notices/{notice}/objections"
    answer: dict[str, Any] = await public.ok("POST", path, 201, headers=public.as_key(), json=BODY | changes)
    return answer


async def is_cleared(service: ServiceUnderTest, notice: UUID) -> bool:
    async with service.session() as session:
        return await notices.cleared(session, COUNTY, notice, today())


async def handle(api: Api, upheld: bool = False) -> dict[str, Any]:
    [row] = (await api.ok("GET", "/objections?state=open"))["items"]
    path = f"/objections/{row['id']}/handling?county={COUNTY}"
    body = {"upheld": upheld, "finding": "已经核实"}
    answer: dict[str, Any] = await api.ok("POST", path, headers=api.as_key(), json=body)
    return answer


class TestRaising:
    async def test_gives_a_receipt_by_which_the_answer_is_read(self, service: ServiceUnderTest) -> None:
        receipt = await raise_one(service, await publish(service))
        query = {"number": receipt["number"], "phone_last4": "0001"}
        before = await service.anonymous().ok("POST", "/public/objections/progress", json=query)

        await handle(service.api(COUNTY))

        after = await service.anonymous().ok("POST", "/public/objections/progress", json=query)
        assert (before["state"], before["finding"]) == ("open", None)
        assert (after["state"], after["finding"]) == ("rejected", "已经核实")
        assert "王" not in str(after)

    async def test_twice_by_a_double_tap_is_one(self, service: ServiceUnderTest) -> None:
        notice, public = await publish(service), service.anonymous()
        path, key = f"/public/notices/{notice}/objections", public.as_key()
        first, second = await asyncio.gather(*(public.ok("POST", path, 201, headers=key, json=BODY) for _ in range(2)))
        assert first == second
        assert len((await service.api(COUNTY).ok("GET", "/objections"))["items"]) == 1

    async def test_ends_with_the_period(self, service: ServiceUnderTest) -> None:
        notice, public = await publish(service, days=5), service.anonymous()
        path = f"/public/notices/{notice}/objections"
        with time_machine.travel(now() + timedelta(days=6)):
            await public.refused("POST", path, 409, "notice_over", headers=public.as_key(), json=BODY)

    async def test_to_a_notice_that_stays_is_always_possible(self, service: ServiceUnderTest) -> None:
        assert (await raise_one(service, await publish(service, days=None)))["number"].startswith("4")

    async def test_is_limited_by_phone(self, service: ServiceUnderTest) -> None:
        notice, public = await publish(service), service.anonymous()
        for _ in range(objections.PER_PHONE):
            await raise_one(service, notice)
        path = f"/public/notices/{notice}/objections"
        await public.refused("POST", path, 429, "rate_limited", headers=public.as_key(), json=BODY)
        await raise_one(service, notice, phone="13873500002")

    async def test_leaves_name_and_phone_unreadable_in_the_database(self, service: ServiceUnderTest) -> None:
        await raise_one(service, await publish(service))
        async with service.session() as session:
            raw = await (await session.connection()).exec_driver_sql("SELECT o::text FROM notice_objection o")
            stored = raw.scalar_one()
        assert "13873500001" not in stored
        assert "王五" not in stored

    @pytest.mark.parametrize(
        "changes",
        [
            {"phone": "123"},
            {"name": ""},
            {"statement": "短"},
            {"statement": "很长" * 1001},
            {"statement": "有\x00字符在里面"},
            {"county_code": "43"},
            {"extra": 1},
        ],
    )
    async def test_refuses_bad_input(self, service: ServiceUnderTest, changes: dict[str, Any]) -> None:
        public = service.anonymous()
        path = f"/public/notices/{await publish(service)}/objections"
        problem = await public.refused("POST", path, 422, headers=public.as_key(), json=BODY | changes)
        assert problem["title"]

    async def test_to_no_notice_is_not_found(self, service: ServiceUnderTest) -> None:
        public = service.anonymous()
        path = f"/public/notices/{uuid7()}/objections"
        await public.refused("POST", path, 404, "not_found", headers=public.as_key(), json=BODY)


class TestHandling:
    async def test_is_for_the_region_of_the_notice_only(self, service: ServiceUnderTest) -> None:
        await raise_one(service, await publish(service))
        elsewhere = service.api("431027")
        assert (await elsewhere.ok("GET", "/objections"))["items"] == []
        [row] = (await service.api(COUNTY).ok("GET", "/objections"))["items"]
        assert (row["name_masked"], row["phone_masked"]) == ("王*", "138****0001")
        body = {"upheld": True, "finding": "不该由我答复"}
        path = f"/objections/{row['id']}/handling?county={COUNTY}"
        await elsewhere.refused("POST", path, 404, "not_found", headers=elsewhere.as_key(), json=body)

    async def test_is_done_once(self, service: ServiceUnderTest) -> None:
        await raise_one(service, await publish(service))
        api = service.api(COUNTY)
        row = await handle(api)
        body = {"upheld": True, "finding": "再答一次"}
        path = f"/objections/{row['id']}/handling?county={COUNTY}"
        await api.refused("POST", path, 409, "objection_handled", headers=api.as_key(), json=body)

    async def test_needs_its_permission(self, service: ServiceUnderTest) -> None:
        api = service.api(COUNTY, {"funds.objections:read"})
        path = f"/objections/{uuid7()}/handling?county={COUNTY}"
        body = {"upheld": True, "finding": "没有权限"}
        await api.refused("POST", path, 403, "forbidden", headers=api.as_key(), json=body)


class TestCleared:
    async def test_only_after_the_period(self, service: ServiceUnderTest) -> None:
        notice = await publish(service, days=5)
        assert not await is_cleared(service, notice)
        with time_machine.travel(now() + timedelta(days=5)):
            assert not await is_cleared(service, notice)
        with time_machine.travel(now() + timedelta(days=6)):
            assert await is_cleared(service, notice)

    async def test_not_while_an_objection_is_open_or_upheld(self, service: ServiceUnderTest) -> None:
        rejected, upheld = await publish(service), await publish(service)
        await raise_one(service, rejected)
        with time_machine.travel(now() + timedelta(days=6)):
            assert not await is_cleared(service, rejected)
        await handle(service.api(COUNTY), upheld=False)
        await raise_one(service, upheld)
        await handle(service.api(COUNTY), upheld=True)
        with time_machine.travel(now() + timedelta(days=6)):
            assert await is_cleared(service, rejected)
            assert not await is_cleared(service, upheld)

    async def test_never_a_notice_without_end(self, service: ServiceUnderTest) -> None:
        notice = await publish(service, days=None)
        with time_machine.travel(now() + timedelta(days=400)):
            assert not await is_cleared(service, notice)

    async def test_waits_for_an_objection_on_its_way(self, service: ServiceUnderTest) -> None:
        """Raised in the last second and not yet committed when the period is over."""
        notice = await publish(service, days=0)
        async with service.session() as raising:
            body = objections.ObjectionCreate.model_validate(BODY)
            await objections.object_to(raising, service.ctx, "4", notice, body)
            with time_machine.travel(now() + timedelta(days=1)):
                waiting = asyncio.create_task(is_cleared(service, notice))
                await asyncio.sleep(0.2)
                assert not waiting.done()
        assert await waiting is False

    async def test_holds_in_the_database(self, service: ServiceUnderTest) -> None:
        await raise_one(service, await publish(service))
        async with service.connection() as connection:
            await connection.execute("BEGIN; SET LOCAL app.scope_lo = '0'; SET LOCAL app.scope_hi = ':'")
            with pytest.raises(asyncpg.CheckViolationError, match="ck_notice_standing_cleared"):
                await connection.execute("UPDATE notice_standing SET cleared_on = ends_on + 1")
