"""Acceptance, settlement, hand-over and what is public (FND-6, FND-7)."""

from __future__ import annotations

import pytest
from service_kit.clock import now, today
from service_kit.ids import uuid7
from sqlalchemy import text

from .library import Library
from .test_funds_payments import Desk


@pytest.fixture
def library(service) -> Library:
    return Library(service)


@pytest.fixture
async def funded(library, office) -> dict:
    """A project with 50.00 allocated and 20.00 paid."""
    project = await library.entered()
    await library.planned(project)
    pool_id = await office.open_pool("1000.00")
    body = office.allocation_body(pool_id, "50.00", "industry", project_id=project["id"])
    allocation = await office.api.ok("PUT", f"/allocations/{uuid7()}", 201, json=body)
    await Desk(office).paid(allocation["id"], "20.00")
    shown: dict = await library.bureau.ok("GET", f"/projects/{project['id']}")
    return shown


ACCEPTANCE = {"accepted_on": "2026-11-01", "unit": "县农业农村局", "conclusion": "验收合格"}
ROAD = {"name": "油茶基地", "kind": "operating", "category": "种植基地", "location": "燕窝村三组", "amount": "30.00"}
SHED = {"name": "灌溉泵房", "kind": "public_welfare", "category": "水利设施", "location": None, "amount": "11.00"}


async def act(library: Library, who, project: dict, what: str, body: dict) -> dict:
    return await library.post(who, f"/projects/{project['id']}/{what}", body, **{"If-Match": f'"{project["version"]}"'})


async def settled(library: Library, project: dict, amount: str = "41.00") -> dict:
    project = await act(library, library.town, project, "acceptance", ACCEPTANCE)
    return await act(library, library.finance, project, "settlement", {"amount": amount, "number": "审〔2026〕1号"})


class TestHandOver:
    async def test_ends_as_assets_with_where_their_money_came_from(self, library, funded, service):
        project = await settled(library, funded)
        assert project["state"] == "settled"
        lines = project["acceptances"][0]["composition"]
        assert [(line["source_level"], line["amount"]) for line in lines] == [("central", "41.00")]
        body = {"result": "assets", "assets": [ROAD, SHED], "note": ""}
        path, etag = f"/projects/{project['id']}/hand-over", {"If-Match": f'"{project["version"]}"'}
        await library.bureau.refused(
            "POST", path, 409, "notice_still_up", json=body, headers=library.bureau.as_key() | etag
        )
        await library.end_notices()
        short = body | {"assets": [ROAD]}
        problem = await library.bureau.refused(
            "POST", path, 422, "assets_do_not_add_up", json=short, headers=library.bureau.as_key() | etag
        )
        assert problem["difference"] == "-11.00"
        project = await act(library, library.bureau, project, "hand-over", body)
        assert project["state"] == "completed"
        async with service.session() as session:
            row = (await session.execute(text("SELECT data FROM outbox_event WHERE type = 'project.accepted'"))).one()
        assert [asset["value_fen"] for asset in row.data["assets"]] == [3000, 1100]
        assert all(sum(f["amount_fen"] for f in a["fund_composition"]) == a["value_fen"] for a in row.data["assets"])

    async def test_or_as_a_result_that_is_written_down(self, library, funded, service):
        project = await settled(library, funded)
        await library.end_notices()
        path, etag = f"/projects/{project['id']}/hand-over", {"If-Match": f'"{project["version"]}"'}
        await library.bureau.refused(
            "POST", path, 422, "validation_failed", json={"result": "no_assets"},
            headers=library.bureau.as_key() | etag,
        )  # fmt: skip
        project = await act(
            library, library.bureau, project, "hand-over", {"result": "no_assets", "note": "培训 120 人次"}
        )
        assert project["acceptances"][0]["result_note"] == "培训 120 人次"
        async with service.session() as session:
            assert not (await session.execute(text("SELECT 1 FROM outbox_event"))).all()

    async def test_settles_between_what_was_paid_and_allocated(self, library, funded):
        project = await act(library, library.town, funded, "acceptance", ACCEPTANCE)
        for amount in ("19.99", "50.01"):
            await library.finance.refused(
                "POST", f"/projects/{project['id']}/settlement", 422, "settlement_refused",
                json={"amount": amount, "number": "审1号"},
                headers=library.finance.as_key() | {"If-Match": f'"{project["version"]}"'},
            )  # fmt: skip
        back = await library.step(library.bureau, project, "return", opinion="需整改")
        assert (back["state"], back["acceptances"][0]["ended_at"] is not None) == ("library", True)
        assert (await settled(library, back, "20.00"))["state"] == "settled"

    async def test_without_money_there_is_nothing_to_accept(self, library):
        project = await library.entered()
        await library.town.refused(
            "POST", f"/projects/{project['id']}/acceptance", 409, "step_not_possible", json=ACCEPTANCE,
            headers=library.town.as_key() | {"If-Match": f'"{project["version"]}"'},
        )  # fmt: skip


class TestAssetRegistered:
    async def test_shows_on_the_project_once_however_often_it_is_told(self, library, funded, service):
        from funds_ledger.consumers import note_asset
        from funds_ledger.events import AssetRegistered

        event = AssetRegistered(
            asset_id=uuid7(),
            county_code="431081",
            region_code=funded["region_code"],
            kind="operating",
            code="ZX-JY-0001",
            name="油茶基地",
            original_value_fen=3000,
            project_id=funded["id"],
            registered_at=now(),
        )
        for told in (event, event, event.model_copy(update={"project_id": None, "asset_id": uuid7()})):
            async with service.session() as session:
                await note_asset(session, told)
        shown = await library.bureau.ok("GET", f"/projects/{funded['id']}")
        assert [(a["code"], a["value"]) for a in shown["assets"]] == [("ZX-JY-0001", "30.00")]


class TestCoverage:
    async def test_says_what_is_public_and_what_is_not(self, library, funded, service):
        report = await library.bureau.ok("GET", "/publication/coverage?year=2026")
        acts = {line["act"]: line for line in report["acts"]}
        assert (acts["library_entry"]["total"], acts["library_entry"]["published"]) == (1, 1)
        assert (acts["allocation"]["total"], acts["allocation"]["published"]) == (1, 1)
        assert report["not_public"] == []
        async with service.connection(service.superuser_url) as connection:
            await connection.execute("DELETE FROM funds.notice WHERE kind = 'funds.allocation'")
        report = await library.bureau.ok("GET", "/publication/coverage?year=2026")
        assert [(n["act"], n["amount"]) for n in report["not_public"]] == [("allocation", "50.00")]

    async def test_lists_what_waits(self, library):
        returned = await library.on_notice(name="退回的项目", place="一组")
        await library.step(library.bureau, returned, "return", to="draft", opinion="内容有误")
        await library.on_notice()
        report = await library.bureau.ok("GET", f"/publication/coverage?year={today().year}")
        assert [(w["act"], w["over"]) for w in report["waiting"]] == [("library_entry", False)]
        await library.end_notices()
        report = await library.bureau.ok("GET", f"/publication/coverage?year={today().year}")
        assert [w["over"] for w in report["waiting"]] == [True]

    async def test_an_upheld_objection_stops_the_entry(self, library, service):
        project = await library.on_notice()
        notice = project["notice"]["id"]
        body = {"county_code": "431081", "name": "张三", "phone": "13800138000", "statement": "选址占用我家承包地"}
        anonymous = service.anonymous()
        await anonymous.ok("POST", f"/public/notices/{notice}/objections", 201, json=body, headers=anonymous.as_key())
        await library.end_notices()
        problem = await library.refused(library.bureau, project, "enter", 409, "notice_still_up")
        assert problem["open_objections"] == 1
