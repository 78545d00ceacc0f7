"""Receipts and counted windows."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from pydantic import ValidationError
from service_kit import ratelimit, receipts
from service_kit.clock import now
from service_kit.errors import NotFound, RateLimited
from service_kit.ids import uuid7
from service_kit.receipts import ReceiptQuery
from service_kit.testing import ServiceUnderTest

LIMIT = ratelimit.Limit("test", 5, 60)


async def tries(service: ServiceUnderTest, number: int, subject: str = "a") -> Counter[bool]:
    async def one() -> bool:
        try:
            await ratelimit.hit(service.ctx, LIMIT, subject)
        except RateLimited:
            return False
        return True

    return Counter(await asyncio.gather(*(one() for _ in range(number))))


class TestWindows:
    async def test_let_in_as_many_as_they_say_however_many_come_at_once(self, service: ServiceUnderTest) -> None:
        assert (await tries(service, 40))[True] == 5

    async def test_count_for_each_subject(self, service: ServiceUnderTest) -> None:
        await tries(service, 6, "a")
        assert (await tries(service, 5, "A"))[True] == 5

    async def test_say_how_long_to_wait(self, service: ServiceUnderTest) -> None:
        await tries(service, 5)
        with pytest.raises(RateLimited) as refused:
            await ratelimit.hit(service.ctx, LIMIT, "a")
        assert 1 <= int(refused.value.headers["Retry-After"]) <= 61
        assert "请 1 分钟后再试" in str(refused.value.detail) or "请 2 分钟后再试" in str(refused.value.detail)

    async def test_begin_anew_when_they_have_ended(self, service: ServiceUnderTest) -> None:
        await tries(service, 9)
        with time_machine.travel(now() + timedelta(seconds=61)):
            assert (await tries(service, 9))[True] == 5

    async def test_hold_for_a_process_that_knows_nothing_of_it(self, service: ServiceUnderTest) -> None:
        await tries(service, 6)
        service.ctx.extras.clear()
        assert (await tries(service, 3))[True] == 0

    async def test_follow_the_settings(self, service: ServiceUnderTest) -> None:
        service.ctx.settings.rate_limits["test"] = 2
        assert (await tries(service, 9))[True] == 2

    async def test_store_no_subject(self, service: ServiceUnderTest) -> None:
        await tries(service, 1, "13873500001")
        async with service.connection() as connection:
            assert "13873500001" not in str(await connection.fetch("SELECT * FROM rate_window"))


class TestReceipts:
    async def issue(self, service: ServiceUnderTest, phone: str = "13873505678") -> str:
        async with service.session() as session:
            return await receipts.issue(
                session,
                service.ctx,
                series="1",
                kind="thing",
                county_code="431081",
                subject_id=uuid7(),
                phone=phone,
            )

    async def find(self, service: ServiceUnderTest, number: str, last4: str, kind: str = "thing") -> str:
        async with service.session() as session:
            query = ReceiptQuery(number=number, phone_last4=last4)
            return (await receipts.find(session, service.ctx, kind, query)).county_code

    async def test_lead_to_their_matter_however_typed(self, service: ServiceUnderTest) -> None:
        number = await self.issue(service)
        assert await self.find(service, receipts.grouped(number), " 5678") == "431081"

    async def test_lead_nowhere_without_the_phone(self, service: ServiceUnderTest) -> None:
        number = await self.issue(service)
        with pytest.raises(NotFound) as wrong_phone:
            await self.find(service, number, "5679")
        with pytest.raises(NotFound) as unknown:
            await self.find(service, receipts.make_number("1"), "5678")
        assert wrong_phone.value.problem() == unknown.value.problem()
        with pytest.raises(NotFound):
            await self.find(service, number, "5678", kind="other")

    async def test_cannot_be_tried_through(self, service: ServiceUnderTest) -> None:
        number = await self.issue(service)
        for last4 in range(receipts.LOOKUPS.hits):
            with pytest.raises(NotFound):
                await self.find(service, number, f"{last4:04}")
        with pytest.raises(RateLimited):
            await self.find(service, number, "5678")

    @pytest.mark.parametrize(
        "number", ["", "1", "104839571621", "１０４８３９５７１６２１", "1048395716200", "10483957162x"]
    )
    def test_with_a_slip_are_told_at_once(self, number: str) -> None:
        with pytest.raises(ValidationError):
            ReceiptQuery(number=number, phone_last4="5678")

    def test_are_not_in_sequence(self) -> None:
        numbers = {receipts.make_number("1") for _ in range(1000)}
        assert len(numbers) == 1000
        assert {len(number) for number in numbers} == {12}


class TestNetworks:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("", ""),
            ("testclient", "testclient"),
        ],
    )
    def test_stand_for_one_connection(self, address: str, network: str) -> None:
        assert ratelimit.network_of(address) == network
