"""Schemes of allocation by factors: frozen figures, two persons, one posting (FND-3)."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from funds_ledger.clients.monitoring import RegionFigures
from service_kit.clock import today
from service_kit.ids import uuid7

from .library import Library
from .test_funds_invariants import CHECK, refuse


def region(code: str, name: str, monitored: int, lifted: int, key: int) -> RegionFigures:
    return RegionFigures.model_validate(
        {
            "code": code,
            "name": name,
            "population": {"people": 1000},
            "lifted": {"people": lifted},
            "monitored": {"people": monitored},
            "villages": {"by_type": {"key_assistance": key}},
        }
    )


@pytest.fixture
def figures(monkeypatch) -> list[RegionFigures]:
    """What the register counts now; a test may change it."""
    found = [region("431081105", "兴宁镇", 30, 200, 1), region("431081106", "州门司镇", 60, 100, 2)]

    async def counted(*_: object) -> list[RegionFigures]:
        return list(found)

    monkeypatch.setattr("funds_ledger.factors.service.figures_below", counted)
    return found


@pytest.fixture
def library(service) -> Library:
    return Library(service)


@pytest.fixture
async def pool_id(office) -> str:
    return await office.open_pool("1000.00")


def work(pool_id: str, **changes) -> dict:
    return {
        "pool_id": pool_id,
        "level": "township",
        "purpose": "industry",
        "amount": "100.01",
        "weights": [{"factor": "monitored_people", "weight": 70}, {"factor": "lifted_people", "weight": 30}],
        "bounds": [],
        "figures_of": None,
    } | changes


class TestScheme:
    async def test_is_worked_out_explained_and_posted_by_another(self, library, office, pool_id, figures):
        clerk = library.finance
        tried = await clerk.ok("POST", "/factor-schemes/preview", json=work(pool_id))
        scheme = await clerk.ok("PUT", f"/factor-schemes/{uuid7()}", 201, json=work(pool_id) | {"name": "第一批"})
        assert scheme["lines"] == tried["lines"]
        # 0.7 × 30/90 + 0.3 × 200/300 = 43.3 %, of 100.01 yuan
        assert [(line["name"], line["amount"]) for line in scheme["lines"]] == [
            ("兴宁镇", "43.34"),
            ("州门司镇", "56.67"),
        ]
        assert [part["amount"] for part in scheme["lines"][0]["parts"]] == ["23.34", "20.00"]
        await library.post(clerk, f"/factor-schemes/{scheme['id']}/submission")
        path, body = f"/factor-schemes/{scheme['id']}/approval", {"opinion": "同意"}
        await clerk.refused("POST", path, 409, "same_person", json=body, headers=clerk.as_key())
        approved = await library.post(library.bureau, path, body)
        assert (approved["state"], approved["batch_id"] is not None) == ("approved", True)
        allocations = (await office.api.ok("GET", "/allocations"))["items"]
        assert sorted((a["region_code"], a["amount"], a["batch_id"]) for a in allocations) == [
            ("431081105", "43.34", approved["batch_id"]), ("431081106", "56.67", approved["batch_id"]),
        ]  # fmt: skip
        assert await office.differences(pool_id) == []

    async def test_keeps_the_figures_that_it_was_worked_out_from(self, library, pool_id, figures):
        clerk = library.finance
        first = await clerk.ok("PUT", f"/factor-schemes/{uuid7()}", 201, json=work(pool_id) | {"name": "方案一"})
        figures[0] = region("431081105", "兴宁镇", 3000, 200, 1)
        again = await clerk.ok("GET", f"/factor-schemes/{first['id']}")
        assert again["lines"] == first["lines"]
        weights = [{"factor": "key_villages", "weight": 100}]
        body = work(pool_id, weights=weights, figures_of=first["id"]) | {"name": "方案二"}
        other = await clerk.ok("PUT", f"/factor-schemes/{uuid7()}", 201, json=body)
        assert other["frozen_at"] == first["frozen_at"]
        assert [line["amount"] for line in other["lines"]] == ["33.34", "66.67"]
        fresh = await clerk.ok("POST", "/factor-schemes/preview", json=work(pool_id))
        assert fresh["lines"] != first["lines"]

    async def test_keeps_floors_and_caps_or_says_why_not(self, library, pool_id, figures):
        bounds = [{"region_code": "431081105", "floor": "60.00", "cap": None}]
        tried = await library.finance.ok("POST", "/factor-schemes/preview", json=work(pool_id, bounds=bounds))
        assert [(line["amount"], line["held_by"]) for line in tried["lines"]] == [("60.00", "floor"), ("40.01", None)]
        too_much = [{"region_code": "431081105", "floor": "100.02"}]
        problem = await library.finance.refused(
            "POST", "/factor-schemes/preview", 422, "division_impossible", json=work(pool_id, bounds=too_much)
        )
        assert "0.01" in problem["detail"]

    async def test_stays_under_the_red_line(self, library, office, pool_id, figures):
        body = work(pool_id, purpose="infrastructure", amount="450.01") | {"name": "道路"}
        scheme = await library.finance.ok("PUT", f"/factor-schemes/{uuid7()}", 201, json=body)
        await library.post(library.finance, f"/factor-schemes/{scheme['id']}/submission")
        path = f"/factor-schemes/{scheme['id']}/approval"
        problem = await library.bureau.refused(
            "POST", path, 422, "industry_floor_broken", json={"opinion": ""}, headers=library.bureau.as_key()
        )
        assert problem["shortfall"] == "0.01"
        assert (await office.pool(pool_id))["allocated"] == "0.00"
        returned = await library.post(library.bureau, f"/factor-schemes/{scheme['id']}/return", {"opinion": "超红线"})
        assert returned["state"] == "returned"

    async def test_of_many_approvals_at_once_one_is_posted(self, library, office, pool_id, figures):
        scheme = await library.finance.ok(
            "PUT", f"/factor-schemes/{uuid7()}", 201, json=work(pool_id) | {"name": "第一批"}
        )
        await library.post(library.finance, f"/factor-schemes/{scheme['id']}/submission")
        path, body = f"/factor-schemes/{scheme['id']}/approval", {"opinion": "同意"}
        answers = await asyncio.gather(
            *(library.bureau.post(path, json=body, headers=library.bureau.as_key()) for _ in range(4))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
        assert (await office.pool(pool_id))["allocated"] == "100.01"

    async def test_goes_to_planned_projects_where_money_needs_a_project(self, library, office, pool_id, figures):
        project = await library.entered()
        await library.planned(project)
        await library.switch_on(today().isoformat())
        figures.pop(0)
        body = work(pool_id, amount="60.01") | {"name": "产业"}
        scheme = await library.finance.ok("PUT", f"/factor-schemes/{uuid7()}", 201, json=body)
        await library.post(library.finance, f"/factor-schemes/{scheme['id']}/submission")
        path = f"/factor-schemes/{scheme['id']}/approval"
        problem = await library.bureau.refused(
            "POST", path, 422, "plan_too_small", json={"opinion": ""}, headers=library.bureau.as_key()
        )
        assert problem["regions"] == [{"region_code": "431081106", "shortfall": "0.01"}]
        body = work(pool_id, amount="60.00") | {"name": "产业"}
        scheme = await library.finance.ok("PUT", f"/factor-schemes/{uuid7()}", 201, json=body)
        await library.post(library.finance, f"/factor-schemes/{scheme['id']}/submission")
        await library.post(library.bureau, f"/factor-schemes/{scheme['id']}/approval", {"opinion": "同意"})
        given = (await office.api.ok("GET", "/allocations"))["items"]
        assert [(a["project_id"], a["amount"]) for a in given] == [(project["id"], "60.00")]

    async def test_bad_input_is_refused(self, library, pool_id, figures):
        for change in (
            {"weights": [{"factor": "tasks", "weight": 99}]},
            {"weights": [{"factor": "tasks", "weight": 50}] * 2},
            {"weights": [{"factor": "luck", "weight": 100}]},
            {"amount": "0"},
            {"level": "county"},
            {"purpose": "luxury"},
            {"bounds": [{"region_code": "431081105", "floor": "2.00", "cap": "1.00"}]},
            {"surprise": 1},
        ):
            await library.finance.refused(
                "POST", "/factor-schemes/preview", 422, "validation_failed", json=work(pool_id, **change)
            )


class TestDatabase:
    async def test_lines_add_up_figures_stay_and_two_persons_decide(self, service, library, pool_id, figures):
        scheme = await library.finance.ok(
            "PUT", f"/factor-schemes/{uuid7()}", 201, json=work(pool_id) | {"name": "第一批"}
        )
        where = f"WHERE id = '{scheme['id']}'"
        for change in ("lines = '[]'", "figures = '[]'", "amount_fen = 1"):
            await refuse(
                service, asyncpg.InsufficientPrivilegeError, None, f"UPDATE factor_scheme SET {change} {where}"
            )
        copy = (
            "INSERT INTO factor_scheme (county_code, id, pool_id, year, name, purpose, level, amount_fen, weights,"
            " bounds, figures, frozen_at, lines, note, state, created_by, created_by_name, opinion, created_at,"
            " updated_at, version) SELECT county_code, gen_random_uuid(), pool_id, year, name, purpose, level,"
            " amount_fen + 1, weights, bounds, figures, frozen_at, lines, note, state, created_by, created_by_name,"
            f" opinion, created_at, updated_at, version FROM factor_scheme {where}"
        )
        await refuse(service, CHECK, "ck_factor_scheme_lines_add_up", copy)
        self_made = f"UPDATE factor_scheme SET state = 'returned', decided_by = created_by {where}"
        await refuse(service, CHECK, "ck_factor_scheme_two_persons", self_made)
