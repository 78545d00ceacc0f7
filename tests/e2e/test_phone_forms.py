"""What a cadre fills in on the phone besides visits, without a network, down to what the server then holds."""

from __future__ import annotations

import asyncio
import datetime
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from linkage_local.database import live_urls
from linkage_local.paths import Layout
from phone import CADRE, PHONE, Account, count_taps, open_village, sign, standing, take_photo, taps
from playwright.sync_api import Browser, BrowserContext, Page, expect
from service_kit.ids import uuid7

SignIn = Callable[..., httpx.Client]
VILLAGE, COUNTY = "431081106226", "431081"
PLACE: Any = {"latitude": 25.974, "longitude": 113.236, "accuracy": 12}


@pytest.fixture
def context(browser: Browser, live: dict[str, Any]) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=live["url"],
        geolocation=PLACE,
        permissions=["geolocation"],
        **PHONE,  # type: ignore[arg-type]
    )
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def cadre(sign_in: SignIn) -> httpx.Client:
    return sign_in(CADRE, VILLAGE)


def lifted_households(client: httpx.Client) -> list[dict[str, Any]]:
    """Lifted households of the village that have no open case, the last of the list first."""
    pack = client.get(f"/api/monitoring/packs/{VILLAGE}").raise_for_status().json()
    free = [one for one in pack["households"] if one["open_case"] is None and not one["monitored"]]
    return list(reversed(free))


def apply_for(client: httpx.Client, household_id: str) -> dict[str, Any]:
    body = {"household_id": household_id, "difficulty": "因病住院，支出很大", "risks": ["illness"]}
    case: dict[str, Any] = client.put(f"/api/monitoring/cases/{uuid7()}", json=body).raise_for_status().json()
    return case


def make_due_for_look_back(data: str, case: dict[str, Any]) -> None:
    """A look-back that is due today, as if the household's risk had been eliminated a quarter ago."""
    urls = live_urls(Layout.of(Path(data)))
    assert urls is not None
    today = datetime.datetime.now(datetime.UTC).date()

    async def insert() -> None:
        connection = await asyncpg.connect(urls.admin)
        await connection.execute(
            "INSERT INTO monitoring.look_back (county_code, id, household_id, village_code, case_id, seq, opens_on,"
            " due_on, state, records, review, demo, created_at, updated_at)"
            " VALUES ($1, $2, $3, $4, $5, 1, $6, $7, 'due', 0, 'none', false, now(), now())",
            COUNTY,
            uuid7(),
            case["household_id"],
            VILLAGE,
            case["id"],
            today - datetime.timedelta(days=80),
            today + datetime.timedelta(days=3),
        )
        await connection.close()

    # The browser's own loop runs in this thread.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: asyncio.run(insert())).result()


def open_on_phone(page: Page, account: Account, household: dict[str, Any]) -> None:
    open_village(page, account(CADRE, VILLAGE))
    page.get_by_label("找一户").fill(household["head_name"])
    page.locator(f".row[href='#/households/{household['id']}']").click()


class TestVerification:
    def test_gathered_without_a_network_it_moves_its_case(
        self, context: BrowserContext, account: Account, cadre: httpx.Client, snapshot: Callable[..., None]
    ) -> None:
        household = lifted_households(cadre)[0]
        case = apply_for(cadre, household["id"])
        page = context.new_page()
        open_on_phone(page, account, household)
        context.set_offline(True)

        page.get_by_role("button", name="入户核实").click()
        expect(page.get_by_text("因病住院，支出很大")).to_be_visible()
        take_photo(page)
        page.get_by_role("button", name="填好了，去核对").click()
        expect(page.get_by_text("请家庭代表在承诺授权书下签名").first).to_be_visible()
        sign(page)
        snapshot(page, "m-verification")
        page.get_by_role("button", name="填好了，去核对").click()
        page.get_by_role("button", name="确认保存").click()
        expect(standing(page)).to_contain_text("照片 0/2")

        context.set_offline(False)
        expect(standing(page).locator(".standing-word")).to_have_text("已受理")
        expect(standing(page)).to_contain_text("照片 2/2")
        after = cadre.get(f"/api/monitoring/cases/{case['id']}").json()
        assert after["state"] == "village_review"
        evidence = after["steps"][-1]["evidence"]
        files = cadre.get(
            "/api/monitoring/attachments", params={"subject_type": "case", "subject_id": case["id"]}
        ).json()["items"]
        assert {file["kind"]: file["sha256"] for file in files} == {
            "signature": evidence["consent"]["sha256"],
            "photo": evidence["photos"][0],
        }
        assert all(file["received_at"] for file in files)
        assert next(file for file in files if file["kind"] == "photo")["place"]["lat"] == PLACE["latitude"]

    def test_when_the_case_has_moved_a_person_decides_and_it_is_kept(
        self, context: BrowserContext, account: Account, cadre: httpx.Client
    ) -> None:
        household = lifted_households(cadre)[1]
        case = apply_for(cadre, household["id"])
        page = context.new_page()
        open_on_phone(page, account, household)
        context.set_offline(True)
        page.get_by_role("button", name="入户核实").click()
        sign(page)
        page.get_by_role("button", name="填好了，去核对").click()
        page.get_by_role("button", name="确认保存").click()
        step = {"stage": "home_verification", "action": "withdraw", "opinion": "本户撤回申请"}
        headers = {"If-Match": f'"{case["version"]}"', "Idempotency-Key": str(uuid7())}
        cadre.post(f"/api/monitoring/cases/{case['id']}/steps", json=step, headers=headers).raise_for_status()

        context.set_offline(False)
        expect(standing(page).locator(".standing-word")).to_have_text("冲突")
        expect(standing(page)).to_contain_text("案卷已不在这一环节")
        page.get_by_role("button", name="另编号留作补充材料").click()
        expect(standing(page).locator(".standing-word")).to_have_text("已受理")
        kept = cadre.get("/api/monitoring/submissions", params={"case_id": case["id"]}).json()["items"]
        assert [one["outcome"] for one in kept] == ["supplement"]


class TestUnchanged:
    def test_a_look_back_takes_five_taps_at_most(
        self, context: BrowserContext, account: Account, cadre: httpx.Client, live: dict[str, Any]
    ) -> None:
        household = lifted_households(cadre)[2]
        make_due_for_look_back(live["data"], apply_for(cadre, household["id"]))
        page = context.new_page()
        open_village(page, account(CADRE, VILLAGE))
        context.set_offline(True)
        page.get_by_role("link", name="待办").click()
        expect(page.get_by_role("heading", name="七天内")).to_be_visible()
        count_taps(page)

        page.locator(".row", has_text=household["head_name"]).filter(has_text="回头看").click()
        page.get_by_role("button", name="回头看").click()
        page.get_by_role("button", name="稳定，没有新风险").click()
        page.get_by_role("button", name="确认保存").click()
        expect(standing(page)).to_contain_text("已保存在手机上")
        assert taps(page) <= 5

        context.set_offline(False)
        expect(standing(page).locator(".standing-word")).to_have_text("已受理")
        listed = cadre.get("/api/monitoring/look-backs", params={"household_id": household["id"]}).json()["items"]
        assert [(one["state"], one["outcome"]) for one in listed] == [("done", "ok")]

    def test_a_sweep_takes_five_taps_at_most(
        self, context: BrowserContext, account: Account, cadre: httpx.Client, sign_in: SignIn
    ) -> None:
        round_id, today = uuid7(), datetime.datetime.now(datetime.UTC).date()
        body = {
            "region_code": VILLAGE,
            "title": "道塘村下半年排查",
            "year": today.year,
            "half": 2,
            "starts_on": today.isoformat(),
            "ends_on": (today + datetime.timedelta(days=20)).isoformat(),
        }
        sign_in("bureau").put(f"/api/monitoring/sweeps/{round_id}", json=body).raise_for_status()
        page = context.new_page()
        open_village(page, account(CADRE, VILLAGE))
        context.set_offline(True)
        page.get_by_role("link", name="待办").click()
        expect(page.get_by_text(re.compile(r"道塘村下半年排查：还有 \d+ 户没有排查"))).to_be_visible()
        page.get_by_role("link", name="名单").click()
        page.get_by_role("button", name="要排查").click()
        count_taps(page)

        page.locator(".row").first.click()
        page.get_by_role("button", name="排查这一户").click()
        page.get_by_role("button", name="无变化，没有问题").click()
        page.get_by_role("button", name="确认保存").click()
        expect(standing(page)).to_contain_text("已保存在手机上")
        assert taps(page) <= 5

        context.set_offline(False)
        expect(standing(page).locator(".standing-word")).to_have_text("已受理")
        progress = cadre.get(f"/api/monitoring/sweeps/{round_id}/progress").json()
        assert (progress["done"], progress["unchanged"]) == (1, 1)


class TestNewcomers:
    def register(self, page: Page, name: str, id_number: str) -> str:
        """Write down a newcomer and save; the household's id."""
        page.goto("/m#/")
        page.get_by_role("button", name="登记新户").click()
        page.get_by_label("姓名").fill(name)
        page.get_by_label("身份证号").fill(id_number)
        page.get_by_role("button", name="填好了，去核对").click()
        page.get_by_role("button", name="确认保存").click()
        expect(standing(page)).to_be_visible()
        return page.url.rsplit("/", 1)[-1]

    def test_two_cadres_without_a_network_register_the_same_one_and_both_are_kept(
        self, browser: Browser, live: dict[str, Any], account: Account, cadre: httpx.Client
    ) -> None:
        pages = []
        for _ in range(2):
            context = browser.new_context(base_url=live["url"], **PHONE)
            context.set_default_timeout(20_000)
            page = context.new_page()
            open_village(page, account(CADRE, VILLAGE))
            context.set_offline(True)
            pages.append(page)
        ids = [self.register(page, "游新来", "110101199003077475") for page in pages]
        for page in pages:
            expect(standing(page)).to_contain_text("待上传")

        for page in pages:
            page.context.set_offline(False)
            expect(standing(page).locator(".standing-word")).to_have_text("已受理")
            page.context.close()

        for household_id in ids:
            card = cadre.get(f"/api/monitoring/households/{household_id}").raise_for_status().json()
            assert card["head_name"] == "游新来"
        flagged = cadre.get("/api/monitoring/duplicates").raise_for_status().json()["items"]
        assert any("游新来" in str(pair) for pair in flagged)

    def test_and_can_be_applied_for_before_the_register_knows_them(
        self, context: BrowserContext, account: Account, cadre: httpx.Client
    ) -> None:
        page = context.new_page()
        open_village(page, account(CADRE, VILLAGE))
        context.set_offline(True)
        household_id = self.register(page, "游二来", "110101199003070775")
        page.get_by_role("button", name="为这户申请纳入监测").click()
        page.get_by_role("button", name="因病", exact=True).click()
        page.get_by_label("遇到了什么困难").fill("刚搬来，户主患病不能务工")
        page.get_by_role("button", name="填好了，去核对").click()
        page.get_by_role("button", name="确认保存").click()
        expect(standing(page)).to_contain_text("待上传")
        case_id = page.url.rsplit("/", 1)[-1]

        context.set_offline(False)
        expect(standing(page).locator(".standing-word")).to_have_text("已受理")
        case = cadre.get(f"/api/monitoring/cases/{case_id}").raise_for_status().json()
        assert (case["household_id"], case["state"], case["origin"]) == (household_id, "home_verification", "cadre")
