"""The audit chain shows every tampering, and sealers never fork it."""

from __future__ import annotations

import asyncio

import pytest
from service_kit import audit
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest


async def write(service: ServiceUnderTest, times: int) -> None:
    async with service.session() as session:
        for number in range(times):
            await audit.record(
                session,
                None,
                action="thing.make",
                subject_type="thing",
                subject_id=number,
                region_code="431081106",
                detail={"n": number, "词": "桥"},
            )


async def seal_all(service: ServiceUnderTest) -> int:
    async with service.connection() as connection:
        total = 0
        while count := await audit.seal(connection):
            total += count
        return total


async def verify(service: ServiceUnderTest, known: tuple[int, bytes] | None = None) -> audit.Verification:
    async with service.connection() as connection:
        return await audit.verify(connection, known_head=known)


async def tamper(service: ServiceUnderTest, sql: str) -> None:
    """As someone with all powers over the database would."""
    async with service.connection(service.superuser_url) as connection:
        await connection.execute("SET session_replication_role = replica; SET search_path = funds")
        await connection.execute(sql)


class TestSeal:
    async def test_every_committed_entry_gets_the_next_place(self, service: ServiceUnderTest) -> None:
        await write(service, 5)
        assert await seal_all(service) == 5
        found = await verify(service)
        assert (found.ok, found.entries, found.position, found.waiting) == (True, 5, 5, 0)

    async def test_an_entry_committed_late_gets_a_later_place(self, service: ServiceUnderTest) -> None:
        async with service.session() as slow:
            await audit.record(slow, None, action="a", subject_type="thing", subject_id="slow", region_code="431081")
            await write(service, 2)
            await seal_all(service)
        await seal_all(service)

        assert (await verify(service)).position == 3

    async def test_sealers_at_the_same_time_make_one_chain(self, service: ServiceUnderTest) -> None:
        await write(service, 40)

        async def work() -> int:
            return await seal_all(service)

        done = await asyncio.gather(work(), work(), work(), *(write(service, 10) for _ in range(3)))
        sealed = sum(count for count in done if count) + await seal_all(service)

        assert sealed == 70
        assert (await verify(service)).ok

    async def test_waiting_entries_are_counted_and_no_fault(self, service: ServiceUnderTest) -> None:
        await write(service, 3)
        found = await verify(service)
        assert (found.ok, found.entries, found.waiting) == (True, 0, 3)


class TestVerify:
    @pytest.mark.parametrize(
        ("act", "problem"),
        [
            ("UPDATE audit_entry SET detail = '{}' WHERE subject_id = '2'", "内容被改动"),
            ("UPDATE audit_entry SET at = at + interval '1 second' WHERE subject_id = '2'", "内容被改动"),
            ("DELETE FROM audit_entry WHERE subject_id = '2'", "已被删除"),
            ("DELETE FROM audit_chain WHERE position = 3", "缺失"),
            ("UPDATE audit_chain SET prev_hash = hash WHERE position = 3", "不相接"),
            ("UPDATE audit_chain SET hash = prev_hash WHERE position = 3", "内容被改动"),
        ],
    )
    async def test_reports_the_first_break(self, service: ServiceUnderTest, act: str, problem: str) -> None:
        await write(service, 5)
        await seal_all(service)

        await tamper(service, act)

        found = await verify(service)
        assert not found.ok
        assert problem in found.problems[0]
        assert found.problems[0].startswith("第 3 环")

    async def test_reports_entries_that_came_in_past_the_sealer(self, service: ServiceUnderTest) -> None:
        await write(service, 2)
        await tamper(service, "DELETE FROM audit_pending")
        assert "2 条" in (await verify(service)).problems[0]

    async def test_a_known_head_shows_that_the_end_was_cut_off(self, service: ServiceUnderTest) -> None:
        await write(service, 5)
        await seal_all(service)
        before = await verify(service)
        await tamper(
            service,
            "DELETE FROM audit_entry WHERE subject_id IN ('3', '4'); DELETE FROM audit_chain WHERE position > 3",
        )

        assert (await verify(service)).ok, "a chain alone cannot know its own length"
        assert not (await verify(service, (before.position, before.head))).ok

    async def test_a_known_head_still_holds_after_more_entries(self, service: ServiceUnderTest) -> None:
        await write(service, 5)
        await seal_all(service)
        before = await verify(service)
        await write(service, 5)
        await seal_all(service)
        assert (await verify(service, (before.position, before.head))).ok

    async def test_the_command_says_so_and_exits_accordingly(
        self, service: ServiceUnderTest, capsys: pytest.CaptureFixture[str]
    ) -> None:
        await write(service, 2)
        await seal_all(service)
        assert await asyncio.to_thread(self._command) == 0
        assert "审计链完整" in capsys.readouterr().out

        await tamper(service, "UPDATE audit_entry SET action = 'b' WHERE subject_id = '1'")
        assert await asyncio.to_thread(self._command) == 1
        assert "✗ 第 2 环" in capsys.readouterr().out

    @staticmethod
    def _command() -> int:
        import kit_sample
        from service_kit import spec

        original = spec.load_spec
        spec.load_spec = lambda _: kit_sample.SPEC
        try:
            return audit.main(["verify", "kit_sample"])
        finally:
            spec.load_spec = original


class TestRead:
    async def test_shows_the_readers_region_newest_first(self, service: ServiceUnderTest) -> None:
        for region in ("431081106", "431081107", "430902001"):
            await service.api("").ok("PUT", f"/things/{uuid7()}", json={"region_code": region, "name": region})

        county = await service.api("431081").ok("GET", "/audit")
        township = await service.api("431081107").ok("GET", "/audit")
        nation = await service.api("").ok("GET", "/audit?region=4309")

        assert [row["region_code"] for row in county["items"]] == ["431081107", "431081106"]
        assert [row["region_code"] for row in township["items"]] == ["431081107"]
        assert [row["region_code"] for row in nation["items"]] == ["430902001"]
        assert county["items"][0]["position"] is None
        assert county["items"][0]["at"].endswith("+08:00")

    async def test_pages_meet_without_gap_or_repeat(self, service: ServiceUnderTest) -> None:
        await write(service, 7)
        api = service.api()
        first = await api.ok("GET", "/audit?limit=4")
        second = await api.ok("GET", f"/audit?limit=4&cursor={first['next']}")
        assert [row["subject_id"] for row in first["items"] + second["items"]] == list("6543210")
        assert second["next"] is None

    async def test_needs_its_permission(self, service: ServiceUnderTest) -> None:
        await service.api(permissions=["funds.things:write"]).refused("GET", "/audit", 403, "forbidden")
