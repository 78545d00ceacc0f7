"""The four archives, on the screen and as files (MON-2)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastexcel
import pytest
from pgqueuer import Job
from service_kit.exports.jobs import Exporter
from service_kit.ids import uuid7
from service_kit.testing import Api, ServiceUnderTest

VILLAGE, TOWNSHIP, COUNTY = "431081106226", "431081106", "431081"
FONTS = Path(__file__).parents[4] / "frontend/node_modules/@expo-google-fonts/noto-sans-sc"


@pytest.fixture
def clerk(service: ServiceUnderTest) -> Api:
    service.ctx.settings.fonts_dir = FONTS
    return service.api(COUNTY, user_id=uuid7(), name="王主任")


@pytest.fixture
def export(service: ServiceUnderTest) -> Callable[..., Any]:
    """Orders an export and lets the worker build it; returns the job and the file."""

    async def make(api: Api, kind: str, **params: Any) -> tuple[dict[str, Any], bytes]:
        job = await api.ok("POST", "/exports", 202, json={"kind": kind, "params": params}, headers=api.as_key())
        await Exporter(service.ctx, service.spec.exports).run(Job.model_construct(payload=job["id"].encode()))
        done = await api.ok("GET", f"/exports/{job['id']}")
        assert done["state"] == "done", done
        return done, (await api.get(f"/exports/{job['id']}/content")).content

    return make


def sheet(content: bytes) -> Any:
    return fastexcel.read_excel(content).load_sheet(0, header_row=2, dtypes="string").to_polars()


async def with_income(service: ServiceUnderTest, card: dict[str, Any]) -> None:
    income = {
        "year": 2025,
        "wage": "30000.00",
        "business": "-500.50",
        "property": "10.00",
        "transfer": "1200.00",
        "rigid_expense": "709.50",
        "rigid_kinds": {"medical": "700", "disaster": "9.50"},
    }
    await service.api("").ok(
        "PATCH",
        f"/households/{card['id']}",
        json={"incomes": [income], "dwelling_grade": "C", "reason": "入户核实"},
        headers={"if-match": f'"{card["version"]}"'},
    )


async def with_benefits(service: ServiceUnderTest, card: dict[str, Any]) -> None:
    """低保 of the household, 雨露计划 of its child, and one that has ended."""
    low = {"kind": "subsistence_allowance", "title": "农村低保", "since": "2024-01-01", "source": "市民政局"}
    yulu = {
        "kind": "education_aid",
        "title": "雨露计划",
        "member_id": card["members"][1]["id"],
        "yearly_amount": "3000",
    }
    past = {"kind": "medical_aid", "title": "医疗救助", "until": "2024-02-01"}
    for body in (low, low | yulu, low | past):
        await service.api("").ok("PUT", f"/households/{card['id']}/benefits/{uuid7()}", 201, json=body)


class TestHouseholdCard:
    async def test_it_tells_everything_that_is_known(
        self, service: ServiceUnderTest, clerk: Api, register: Any, monitor: Any, visit_body: Any
    ) -> None:
        card = await register()
        await with_income(service, card)
        await service.api(VILLAGE).ok("PUT", f"/visits/{uuid7()}", 201, json=visit_body(card["id"]))

        found = await clerk.ok("GET", f"/archives/cards/{card['id']}")

        assert (found["village_name"], found["township_name"]) == ("道塘村", "州门司镇")
        assert found["net_income_per_head"] == "15000.00"
        assert [member["relation"] for member in found["members"]] == ["head", "child"]
        assert "*" in found["members"][0]["id_number_masked"]
        assert found["incomes"][0]["business"] == "-500.50"
        assert found["visits"][0]["risks"] == ["因病"]
        assert found["visits"][0]["not_ok"] == []
        assert found["helper"] is None

    async def test_it_takes_one_statement(self, service: ServiceUnderTest, clerk: Api, register: Any) -> None:
        card = await register()
        async with service.counted_queries() as statements:
            await clerk.ok("GET", f"/archives/cards/{card['id']}")
        assert len([s for s in statements if "FROM" in s]) == 1

    async def test_another_village_does_not_see_it(self, service: ServiceUnderTest, register: Any) -> None:
        card = await register()
        await service.api("431081106217").refused("GET", f"/archives/cards/{card['id']}", 404)


class TestRegisters:
    async def test_a_village_lists_its_households_page_by_page(
        self, service: ServiceUnderTest, clerk: Api, register: Any
    ) -> None:
        cards = [await register() for _ in range(3)]
        await with_income(service, cards[0])
        first = await clerk.ok("GET", f"/archives/village-register?region={VILLAGE}&limit=2&with_total=true")
        assert (len(first["items"]), first["total"]) == (2, 3)
        rest = await clerk.ok("GET", f"/archives/village-register?region={VILLAGE}&limit=2&cursor={first['next']}")
        assert [row["id"] for row in first["items"] + rest["items"]] == [card["id"] for card in cards]
        assert first["items"][0]["net_income_per_head"] == "15000.00"
        assert first["items"][0]["dwelling_grade"] == "C"

    async def test_a_page_takes_as_many_statements_with_one_as_with_many(
        self, service: ServiceUnderTest, clerk: Api, register: Any
    ) -> None:
        counted = []
        for _ in range(2):
            await register()
            async with service.counted_queries() as statements:
                await clerk.ok("GET", f"/archives/village-register?region={VILLAGE}")
            counted.append(len(statements))
        assert counted[0] == counted[1]

    @pytest.mark.parametrize(("region", "names"), [(TOWNSHIP, ["道塘村"]), (COUNTY, ["州门司镇"])])
    async def test_a_ledger_recounts_its_next_level(
        self, clerk: Api, register: Any, monitor: Any, region: str, names: list[str]
    ) -> None:
        await register(dwelling_grade="D", water_supply="unsafe")
        await register(lifted=True, lifted_year=2018)

        ledger = await clerk.ok("GET", f"/archives/ledger?region={region}")

        assert [row["name"] for row in ledger["rows"]] == names
        total = ledger["total"]
        assert (total["households"], total["people"], total["lifted_households"]) == (2, 4, 1)
        assert (total["unsafe_dwellings"], total["unsafe_water"], total["without_helper"]) == (1, 1, 0)

    @pytest.mark.parametrize(
        ("url", "status"),
        [
            ("/archives/ledger?region=43", 422),
            (f"/archives/ledger?region={VILLAGE}", 422),
            ("/archives/ledger?region=431003", 404),
            ("/archives/ledger?region=abc", 422),
            ("/archives/village-register?region=431081", 422),
            ("/archives/village-register?region=431003101201", 404),
            (f"/archives/village-register?region={VILLAGE}&status=rich", 422),
            (f"/archives/village-register?region={VILLAGE}&cursor=x", 422),
        ],
    )
    async def test_bad_input_is_refused(self, clerk: Api, url: str, status: int) -> None:
        await clerk.refused("GET", url, status)


class TestExports:
    async def test_each_archive_becomes_a_pdf(
        self, service: ServiceUnderTest, clerk: Api, register: Any, export: Any, visit_body: Any
    ) -> None:
        card = await register(address='村口*_#panic("x")$')
        await with_income(service, card)
        await with_benefits(service, card)
        await service.api(VILLAGE).ok("PUT", f"/visits/{uuid7()}", 201, json=visit_body(card["id"]))
        for kind, params, title in (
            ("household_cards", {"household_id": card["id"]}, f"道塘村 {card['household_no']} 户卡"),
            ("household_cards", {"region": TOWNSHIP}, "州门司镇 户卡"),
            ("village_register", {"region": VILLAGE}, "道塘村 农户花名册"),
            ("ledger", {"region": TOWNSHIP}, "州门司镇 乡镇台账"),
            ("ledger", {"region": COUNTY}, "资兴市 县级档案"),
        ):
            job, content = await export(clerk, kind, **params)
            assert job["title"] == title
            assert content.startswith(b"%PDF-"), kind
            assert job["rows"] >= 1

    async def test_workbooks_hold_figures_and_masked_numbers(
        self, service: ServiceUnderTest, clerk: Api, register: Any, export: Any
    ) -> None:
        card = await register()
        await with_income(service, card)
        await with_benefits(service, card)

        _, content = await export(clerk, "household_cards", region=VILLAGE, format="xlsx")
        people = sheet(content)
        assert people["与户主关系"].to_list() == ["户主", "子女"]
        assert people["经营净收入（元）"].to_list() == ["-500.5", "-500.5"]
        assert people["刚性支出：医疗（元）"].to_list() == ["700", "700"]
        assert people["享受政策"].to_list() == ["农村低保", "农村低保、雨露计划"]
        assert all("*" in number for number in people["证件号码"])
        _, content = await export(clerk, "village_register", region=VILLAGE, format="xlsx")
        assert sheet(content)["人均纯收入（元）"].to_list() == ["15000"]
        _, content = await export(clerk, "ledger", region=COUNTY, format="xlsx")
        assert sheet(content)["层级"].to_list() == ["合计", "乡镇", "村"]

    async def test_numbers_in_full_need_a_permission_and_a_reason(
        self, service: ServiceUnderTest, clerk: Api, register: Any, export: Any
    ) -> None:
        await register()
        order = {"kind": "household_cards", "params": {"region": VILLAGE, "unmask": True, "format": "xlsx"}}
        problem = await clerk.refused("POST", "/exports", 422, json=order, headers=clerk.as_key())
        assert problem["errors"][0]["message"] == "导出完整证件号码须填写理由"
        order["params"]["reason"] = "县级比对"
        cadre = service.api(VILLAGE, permissions=["monitoring.files:use", "monitoring.households:read"])
        await cadre.refused("POST", "/exports", 403, "forbidden", json=order, headers=cadre.as_key())

        _, content = await export(clerk, "household_cards", **order["params"])

        assert not any("*" in number for number in sheet(content)["证件号码"])
        async with service.connection() as connection:
            detail = await connection.fetchval("SELECT detail FROM audit_entry WHERE action = 'export.order'")
        assert '"unmask": true' in detail
        assert "县级比对" in detail

    async def test_a_register_in_full_shows_the_heads_number(self, clerk: Api, register: Any, export: Any) -> None:
        await register()
        params = {"region": VILLAGE, "unmask": True, "reason": "县级比对", "format": "xlsx"}
        _, content = await export(clerk, "village_register", **params)
        assert "*" not in sheet(content)["户主证件号码"][0]

    @pytest.mark.parametrize(
        ("params", "status"),
        [
            ({"region": VILLAGE, "household_id": str(uuid7())}, 422),
            ({}, 422),
            ({"region": "43"}, 422),
            ({"region": VILLAGE, "format": "docx"}, 422),
            ({"region": "431003101201"}, 403),
            ({"region": "431081105235"}, 404),
            ({"household_id": str(uuid7())}, 404),
        ],
    )
    async def test_bad_orders_are_refused(self, clerk: Api, register: Any, params: dict[str, Any], status: int) -> None:
        await register()
        order = {"kind": "household_cards", "params": params}
        await clerk.refused("POST", "/exports", status, json=order, headers=clerk.as_key())
