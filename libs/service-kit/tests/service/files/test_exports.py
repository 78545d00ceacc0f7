"""Exports: ordered over HTTP, built by the worker, fetched by who ordered them."""

from __future__ import annotations

import asyncio
import io
import zipfile
from typing import Any
from uuid import UUID

import fastexcel
import pytest
from pgqueuer import Job
from service_kit import worker
from service_kit.exports import jobs
from service_kit.exports.jobs import Exporter
from service_kit.ids import uuid7
from service_kit.testing import Api, ServiceUnderTest
from sqlalchemy import text

VILLAGE, NEIGHBOUR = "431081106226", "431081106217"


async def ordered(api: Api, **params: Any) -> dict[str, Any]:
    body = {"kind": "reports", "params": {"title": "报告清单"} | params}
    answer: dict[str, Any] = await api.ok("POST", "/exports", 202, json=body, headers=api.as_key())
    return answer


async def run(service: ServiceUnderTest, job: dict[str, Any]) -> None:
    """What the worker does with the job."""
    exporter = Exporter(service.ctx, service.spec.exports)
    await exporter.run(Job.model_construct(payload=job["id"].encode()))


async def reports(service: ServiceUnderTest, *regions: str) -> None:
    for region in regions:
        await service.api(region).ok("PUT", f"/reports/{uuid7()}", json={"region_code": region})


class TestOrdering:
    async def test_the_worker_builds_it_and_its_owner_fetches_it(self, service: ServiceUnderTest) -> None:
        await reports(service, VILLAGE, NEIGHBOUR)
        owner = service.api(VILLAGE, user_id=uuid7())
        async with worker.running(service.ctx):
            job = await ordered(owner)
            assert (job["state"], job["progress"], job["file_name"]) == ("queued", 0, None)
            async with asyncio.timeout(20):
                while True:
                    job = await owner.ok("GET", f"/exports/{job['id']}")
                    if job["state"] == "done":
                        break
                    await asyncio.sleep(0.1)

        answer = await owner.get(f"/exports/{job['id']}/content")

        assert (job["rows"], job["progress"]) == (1, 1)  # the neighbour's report is out of the owner's scope
        assert job["file_name"].startswith("报告清单 20")
        assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        sheet = fastexcel.read_excel(answer.content).load_sheet(0, header_row=2).to_polars()
        assert sheet["地区"].to_list() == [VILLAGE]
        assert sheet["金额（元）"].to_list() == [0.01]
        async with service.connection() as connection:
            entries = await connection.fetch("SELECT action, detail FROM audit_entry ORDER BY id")
        assert [entry["action"] for entry in entries] == ["export.order", "export.download"]
        assert '"wish": "short"' in entries[0]["detail"]

    async def test_the_same_order_twice_is_one_export(self, service: ServiceUnderTest) -> None:
        api = service.api()
        key = api.as_key()
        body = {"kind": "reports", "params": {"title": "一次"}}
        first = await api.ok("POST", "/exports", 202, json=body, headers=key)
        assert await api.ok("POST", "/exports", 202, json=body, headers=key) == first
        assert len((await api.ok("GET", "/exports"))["items"]) == 1

    async def test_an_order_that_is_refused_leaves_nothing(self, service: ServiceUnderTest) -> None:
        api = service.api()
        body = {"kind": "reports", "params": {"title": "refuse"}}
        await api.refused("POST", "/exports", 422, json=body, headers=api.as_key())
        assert (await api.ok("GET", "/exports"))["items"] == []
        async with service.connection() as connection:
            assert await connection.fetchval("SELECT count(*) FROM audit_entry") == 0
            assert await connection.fetchval("SELECT count(*) FROM pgqueuer") == 0

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({"kind": "nonsense"}, "body.kind"),
            ({"kind": "reports", "params": {}}, "body.params.title"),
            ({"kind": "reports", "params": {"title": "x", "other": 1}}, "body.params.other"),
            ({"kind": "reports", "params": {"title": "x" * 31}}, "body.params.title"),
            ({"kind": "reports", "params": [], "more": 1}, "body.params"),
        ],
    )
    async def test_bad_input_names_its_field(self, service: ServiceUnderTest, body: dict[str, Any], path: str) -> None:
        api = service.api()
        problem = await api.refused("POST", "/exports", 422, json=body, headers=api.as_key())
        assert path in [error["path"] for error in problem["errors"]]

    async def test_the_kinds_own_permission_decides(self, service: ServiceUnderTest) -> None:
        api = service.api(permissions=["sample.files:use"])
        body = {"kind": "reports", "params": {"title": "x"}}
        await api.refused("POST", "/exports", 403, "forbidden", json=body, headers=api.as_key())

    async def test_nobody_else_sees_it(self, service: ServiceUnderTest) -> None:
        job = await ordered(service.api(user_id=uuid7()))
        other = service.api(user_id=uuid7())
        await other.refused("GET", f"/exports/{job['id']}", 404)
        await other.refused("GET", f"/exports/{job['id']}/content", 404)
        assert (await other.ok("GET", "/exports"))["items"] == []


class TestRunning:
    async def test_a_file_that_is_not_ready_says_so(self, service: ServiceUnderTest) -> None:
        api = service.api(user_id=uuid7())
        job = await ordered(api)
        await api.refused("GET", f"/exports/{job['id']}/content", 409, "export_not_ready")

    @pytest.mark.parametrize(
        ("fail", "words"), [("refused", "太多了，请缩小范围"), ("defect", "导出出错，已记录，请联系管理员")]
    )
    async def test_a_failure_ends_in_words_for_a_clerk(self, service: ServiceUnderTest, fail: str, words: str) -> None:
        api = service.api(user_id=uuid7())
        job = await ordered(api, fail=fail)
        await run(service, job)
        ended = await api.ok("GET", f"/exports/{job['id']}")
        assert (ended["state"], ended["error"]) == ("failed", words)

    async def test_a_lost_connection_puts_it_back_and_a_lost_worker_is_followed(
        self, service: ServiceUnderTest
    ) -> None:
        api = service.api(user_id=uuid7())
        job = await ordered(api, fail="database")
        for _ in range(jobs._ATTEMPTS):
            with pytest.raises(ConnectionResetError):
                await run(service, job)
            assert (await api.ok("GET", f"/exports/{job['id']}"))["state"] == "running"
        await run(service, job)
        ended = await api.ok("GET", f"/exports/{job['id']}")
        assert (ended["state"], ended["error"]) == ("failed", "导出多次中断，请缩小范围后重试")

    async def test_a_finished_job_taken_up_again_changes_nothing(self, service: ServiceUnderTest) -> None:
        api = service.api(user_id=uuid7())
        job = await ordered(api)
        await run(service, job)
        done = await api.ok("GET", f"/exports/{job['id']}")
        await run(service, job)
        assert await api.ok("GET", f"/exports/{job['id']}") == done

    async def test_the_file_goes_after_its_days_and_the_line_stays(self, service: ServiceUnderTest) -> None:
        api = service.api(user_id=uuid7())
        job = await ordered(api)
        await run(service, job)
        stored = service.folder / "files" / jobs.key_of(UUID(job["id"]))
        assert stored.is_file()
        async with service.session() as session:
            await session.execute(text("UPDATE export_job SET expires_at = expires_at - interval '8 days'"))
        async with service.connection() as connection:
            await Exporter(service.ctx, service.spec.exports).tidy(connection)
        assert not stored.exists()
        assert (await api.ok("GET", f"/exports/{job['id']}"))["removed"] is True
        await api.refused("GET", f"/exports/{job['id']}/content", 404, "export_expired")


class TestSheets:
    async def test_text_is_never_a_formula_and_numbers_stay_numbers(self, service: ServiceUnderTest) -> None:
        await reports(service, VILLAGE)
        api = service.api(user_id=uuid7())
        job = await ordered(api, title="=HYPERLINK(1)")
        await run(service, job)
        content = (await api.get(f"/exports/{job['id']}/content")).content
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "=HYPERLINK(1)" in sheet
