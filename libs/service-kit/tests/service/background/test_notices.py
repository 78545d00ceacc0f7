"""Public notices: everyone reads what is published, nobody what is not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from service_kit import notices
from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest


async def publish(service: ServiceUnderTest, region: str = "431081106", **changes: Any) -> str:
    content: dict[str, Any] = {
        "region_code": region,
        "kind": "allocation",
        "title": "资金分配公示",
        "paragraphs": ["现将有关情况公示如下。"],
        "table": notices.NoticeTable(columns=["姓名", "金额"], rows=[["张*", "100.00"]]),
        "subject_type": "allocation",
        "subject_id": "1",
        "starts_on": date(2026, 11, 1),
        "ends_on": date(2026, 11, 11),
    }
    async with service.session() as session:
        return str(await notices.publish(session, **content | changes))


class TestList:
    async def test_needs_no_login_and_shows_the_newest_first(self, service: ServiceUnderTest) -> None:
        older = await publish(service, published_at=now() - timedelta(days=1))
        newer = await publish(service)
        page = await service.anonymous().ok("GET", "/public/notices?with_total=true")
        assert [row["id"] for row in page["items"]] == [newer, older]
        assert page["total"] == 2

    async def test_hides_what_is_to_be_published_later(self, service: ServiceUnderTest) -> None:
        later = await publish(service, published_at=now() + timedelta(hours=1))
        assert (await service.anonymous().ok("GET", "/public/notices"))["items"] == []
        await service.anonymous().refused("GET", f"/public/notices/{later}", 404, "not_found")

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("region=431081", ["b", "a"]),
            ("region=431081106", ["a"]),
            ("region=43", ["c", "b", "a"]),
            ("kind=project", ["c"]),
            ("subject_type=asset&subject_id=9", ["b"]),
        ],
    )
    async def test_filters(self, service: ServiceUnderTest, query: str, found: list[str]) -> None:
        await publish(service, "431081106", title="a")
        await publish(service, "431081", title="b", subject_type="asset", subject_id="9")
        await publish(service, "430902001", title="c", kind="project")
        page = await service.anonymous().ok("GET", f"/public/notices?{query}")
        assert [row["title"] for row in page["items"]] == found

    async def test_pages_meet_without_gap_or_repeat(self, service: ServiceUnderTest) -> None:
        instant = now()
        for number in range(5):
            await publish(service, title=str(number), published_at=instant)
        seen: list[str] = []
        cursor = ""
        while True:
            page = await service.anonymous().ok("GET", f"/public/notices?limit=2{cursor}")
            seen += [row["title"] for row in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert sorted(seen) == list("01234")


class TestGet:
    async def test_shows_text_and_table(self, service: ServiceUnderTest) -> None:
        notice = await publish(service)
        for query in ("", "?county=431081"):
            shown = await service.anonymous().ok("GET", f"/public/notices/{notice}{query}")
            assert shown["paragraphs"] == ["现将有关情况公示如下。"]
            assert shown["table"]["rows"] == [["张*", "100.00"]]
            assert shown["published_at"].endswith("+08:00")

    async def test_an_unknown_one_is_not_found(self, service: ServiceUnderTest) -> None:
        await service.anonymous().refused("GET", f"/public/notices/{uuid7()}", 404, "not_found")
        await service.anonymous().refused("GET", "/public/notices/1", 422, "validation_failed")
