"""axe finds no serious or critical barrier on the pages that people use most, on a desk and on a small phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from desk import id_number, person, uuid7
from playwright.sync_api import Browser, Page, expect

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
VILLAGE = "431081106226"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]

Account = Callable[..., dict[str, str]]
Width = pytest.mark.parametrize("width", [1440, 360])


@pytest.fixture
def page(browser: Browser, live: dict[str, Any], width: int) -> Any:
    context = browser.new_context(
        base_url=live["url"], viewport={"width": width, "height": 900}, locale="zh-CN", reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def enter(page: Page, who: dict[str, str], path: str) -> None:
    page.goto(path)
    page.get_by_label("用户名").fill(who["username"])
    page.get_by_label("密码", exact=True).fill(who["password"])
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_hidden()


def check(page: Page) -> None:
    """No serious or critical violation of WCAG 2.1 A and AA; a failure names rule, element and why."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "async (tags) => (await axe.run(document, { runOnly: tags })).violations", RULES
    )
    barriers = [
        f"{violation['id']}: {node['html'][:160]} — {node['failureSummary'].splitlines()[-1].strip()}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert not barriers, "\n".join(barriers)


@Width
class TestAtTheDesk:
    def test_login(self, page: Page) -> None:
        page.goto("/admin")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        check(page)

    def test_overview(self, page: Page, account: Account) -> None:
        enter(page, account("bureau"), "/admin/overview")
        expect(page.get_by_role("heading", name="资兴市")).to_be_visible()
        check(page)

    def test_households_and_a_household_card(
        self, page: Page, account: Account, sign_in: Callable[..., httpx.Client]
    ) -> None:
        enter(page, account("bureau"), "/admin/households")
        expect(page.locator("tbody tr").first).to_be_visible()
        check(page)
        listed = sign_in("bureau").get("/api/monitoring/households", params={"region": VILLAGE, "status": "monitored"})
        page.goto(f"/admin/households/{listed.json()['items'][0]['id']}")
        expect(page.get_by_role("heading", name="家庭成员")).to_be_visible()
        check(page)

    def test_acts_moves_and_duplicates(
        self, page: Page, account: Account, sign_in: Callable[..., httpx.Client]
    ) -> None:
        client, number = sign_in("bureau"), id_number()
        for _ in range(2):
            body = {"village_code": VILLAGE, "members": [person("韩双登", number)]}
            card = client.put(f"/api/monitoring/households/{uuid7()}", json=body).json()
        pair = client.get("/api/monitoring/duplicates", params={"region": VILLAGE}).json()["items"][0]
        enter(page, account("bureau"), f"/admin/households/{card['id']}/acts")
        expect(page.get_by_role("link", name=re.compile("^死亡"))).to_be_visible()
        check(page)
        page.goto(f"/admin/households/{card['id']}/acts/move_out")
        page.get_by_role("button", name="下一步：看将会怎样").click()
        expect(page.locator("#error-summary")).to_be_focused()
        check(page)
        page.goto("/admin/relocations")
        expect(page.get_by_role("heading", name="待迁入", level=1)).to_be_visible()
        check(page)
        page.goto("/admin/duplicates")
        expect(page.locator("tbody tr").first).to_be_visible()
        check(page)
        page.goto(f"/admin/duplicates/{pair['id']}")
        expect(page.get_by_role("button", name="确认合并")).to_be_visible()
        check(page)

    def test_funds_and_the_allocation_form(self, page: Page, account: Account) -> None:
        enter(page, account("finance"), "/admin/funds")
        expect(page.locator("[data-figure=industry-share]").first).to_be_visible()
        check(page)
        page.goto("/admin/funds/allocations/new")
        expect(page.get_by_label("金额")).to_be_visible()
        page.get_by_role("button", name="确认安排").click()
        expect(page.locator("#error-summary")).to_be_focused()
        check(page)

    def test_money_from_the_sheet_to_the_trail(
        self, page: Page, account: Account, sign_in: Callable[..., httpx.Client]
    ) -> None:
        client = sign_in("finance")
        payment = client.get("/api/funds/payments", params={"status": "requested"}).json()["items"][0]["id"]
        project = client.get("/api/funds/projects", params={"state": "completed"}).json()["items"][0]["id"]
        plan = client.get("/api/funds/plans").json()["items"][0]["id"]
        enter(page, account("finance"), "/admin/funds/allocations/sheet")
        for path, shown in (
            ("allocations/sheet", "grid"),
            ("payments", "row"),
            (f"payments/{payment}", "heading"),
            ("payments/progress", "row"),
            ("trail", "heading"),
            ("factors", "heading"),
            ("factors/new", "spinbutton"),
            ("projects", "row"),
            (f"projects/{project}", "heading"),
            ("plans", "row"),
            (f"plans/{plan}", "row"),
            ("publication", "row"),
            ("publication/rules", "row"),
        ):
            page.goto(f"/admin/funds/{path}")
            expect(page.get_by_role(shown).first).to_be_visible()
            check(page)

    def test_applications_and_objections(self, page: Page, account: Account) -> None:
        enter(page, account("bureau"), "/admin/applications")
        expect(page.get_by_role("heading", name="自主申请", level=1)).to_be_visible()
        check(page)
        page.goto("/admin/objections?service=funds")
        expect(page.get_by_role("heading", name="异议处理", level=1)).to_be_visible()
        check(page)

    def test_the_audit_record(self, page: Page, account: Account) -> None:
        enter(page, account("audit_admin"), "/admin/audit/funds")
        expect(page.locator("tbody tr").first).to_be_visible()
        check(page)


@Width
class TestForEveryone:
    def test_public_notices(self, page: Page) -> None:
        for path in ("/gongshi", "/gongshi/apply?region=431081106226", "/gongshi/progress"):
            page.goto(path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            check(page)


@Width
class TestOnThePhone:
    def test_sign_in_and_roster(self, page: Page, account: Account) -> None:
        page.goto("/m")
        expect(page.get_by_label("用户名")).to_be_visible()
        check(page)
        who = account("village_cadre")
        page.get_by_label("用户名").fill(who["username"])
        page.get_by_label("密码", exact=True).fill(who["password"])
        page.get_by_role("button", name="登录", exact=True).click()
        page.get_by_role("button", name=re.compile("^下载")).click()
        expect(page.locator(".row").first).to_be_visible()
        check(page)
