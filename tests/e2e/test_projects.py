"""A project from the village's proposal to what it became, through the screens of those who act on it."""

from __future__ import annotations

import re

from desk import Account, SignIn, Snapshot, choose, enter, uuid7
from playwright.sync_api import Page, expect

COUNTY, TOWN, VILLAGE = "431081", "431081106", "431081106226"


def accept_dialog(page: Page, button: str, opinion: str = "") -> None:
    """Press a step's button and confirm its dialog."""
    page.get_by_role("button", name=button, exact=True).first.click()
    dialog = page.get_by_role("dialog")
    if opinion:
        dialog.locator("textarea").fill(opinion)
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_be_hidden()


class TestLibrary:
    def test_a_village_proposes_and_two_levels_review(
        self, desktop: Page, account: Account, snapshot: Snapshot
    ) -> None:
        name = f"道塘村晒谷场改造{uuid7()[-4:]}"
        enter(desktop, account("village_cadre", VILLAGE), "/admin/funds/projects/new")
        desktop.locator("#field-name").fill(name)
        choose(desktop, "category", "农村道路")
        choose(desktop, "nature", "新建")
        desktop.locator("#field-place").fill("三组晒谷场")
        desktop.locator("#field-responsible_unit").fill("道塘村村民委员会")
        desktop.locator("#field-starts_on").fill("2026-12-01")
        desktop.locator("#field-ends_on").fill("2027-06-30")
        desktop.locator("#field-tasks").fill("硬化晒谷场并购置车辆")
        desktop.locator("#field-size").fill("600 平方米")
        choose(desktop, "financing-0-source_level", "县级")
        desktop.locator("#field-financing-0-amount").fill("12.5")
        desktop.locator("#field-beneficiaries").fill("全村农户")
        desktop.locator("#field-beneficiary_households").fill("120")
        desktop.locator("#field-beneficiary_people").fill("410")
        expect(desktop.get_by_role("button", name="核对并提交")).to_be_disabled()
        snapshot(desktop, "project-proposal")
        desktop.locator("#field-goals-0-name").fill("硬化面积")
        desktop.locator("#field-goals-0-target").fill("600")
        desktop.locator("#field-goals-0-unit").fill("平方米")
        desktop.get_by_text("改善设施").click()
        desktop.locator("#field-benefit_mechanism").fill("脱贫户优先使用")
        desktop.get_by_role("button", name="核对并提交").click()
        expect(desktop.get_by_text("12.50 万元", exact=False).first).to_be_visible()
        desktop.get_by_role("button", name="提交申报").click()
        expect(desktop).to_have_url(re.compile(r"/admin/funds/projects/[0-9a-f-]{36}$"))
        expect(desktop.get_by_text("负面清单：交通通讯设备")).to_be_visible()
        project = desktop.url.rsplit("/", 1)[1]

        desktop.context.clear_cookies()
        enter(desktop, account("township", TOWN), f"/admin/funds/projects/{project}")
        accept_dialog(desktop, "审核通过", "同意")
        desktop.context.clear_cookies()
        enter(desktop, account("bureau", COUNTY), f"/admin/funds/projects/{project}")
        desktop.get_by_role("button", name="审核通过", exact=True).click()
        dialog = desktop.get_by_role("dialog")
        dialog.get_by_role("button", name="审核通过", exact=True).click()
        expect(dialog.locator("#error-summary")).to_contain_text("没有排除")
        dialog.get_by_role("button", name="取消").click()
        desktop.get_by_label("核查理由").first.fill("已改为租赁农机，不购置车辆")
        desktop.get_by_role("button", name="不属于，排除").first.click()
        expect(desktop.get_by_text("已排除").first).to_be_visible()
        accept_dialog(desktop, "审核通过", "同意公示")
        expect(desktop.get_by_text(re.compile("公示到 .* 为止")).first).to_be_visible()
        snapshot(desktop, "project-on-notice")
        accept = desktop.get_by_role("link", name="看公示")
        notice = str(accept.get_attribute("href"))
        desktop.goto(notice)
        expect(desktop.get_by_role("heading", name=re.compile("拟入库项目公示"))).to_be_visible()
        expect(desktop.get_by_text(name).first).to_be_visible()

    def test_the_list_has_every_stage_and_its_filters_stand_in_the_address(
        self, desktop: Page, account: Account, snapshot: Snapshot
    ) -> None:
        enter(desktop, account("bureau", COUNTY), "/admin/funds/projects?state=library")
        expect(desktop.get_by_role("link", name=re.compile("小型水利设施维修"))).to_be_visible()
        desktop.goto("/admin/funds/projects")
        expect(desktop.get_by_role("link", name=re.compile("冷链仓储"))).to_be_visible()
        snapshot(desktop, "projects")
        desktop.goto("/admin/funds/publication")
        expect(desktop.get_by_role("heading", name="公示覆盖")).to_be_visible()
        expect(desktop.get_by_text("应公开的都已公开。")).to_be_visible()
        snapshot(desktop, "coverage")
        desktop.goto("/admin/funds/plans")
        desktop.get_by_role("link", name=re.compile("第一批项目计划")).click()
        expect(desktop.get_by_text("执行中")).to_be_visible()
        snapshot(desktop, "plan")

    def test_what_was_handed_over_is_registered_and_shown_on_the_project(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        client = sign_in("bureau", COUNTY)
        done = client.get("/api/funds/projects", params={"state": "completed"}).json()["items"][0]
        shown = client.get(f"/api/funds/projects/{done['id']}").json()
        enter(desktop, account("asset_keeper", COUNTY), "/admin/assets/pending")
        if not shown["assets"]:
            row = desktop.get_by_role("row", name=re.compile("油茶示范林"))
            expect(row).to_be_visible(timeout=30_000)
            snapshot(desktop, "pending-assets")
            row.get_by_role("button", name="登记").click()
            desktop.locator("#field-code").fill(f"ZX-YC-{uuid7()[-4:]}")
            expect(desktop.locator("#field-name")).to_have_value("油茶示范林")
            desktop.locator("#field-owner_name").fill("道塘村股份经济合作社")
            desktop.locator("#field-operator_name").fill("道塘村油茶合作社")
            desktop.get_by_role("button", name="登记", exact=True).click()
            expect(desktop).to_have_url(re.compile(r"/admin/assets/[0-9a-f-]{36}$"))
        for _ in range(40):
            assets = client.get(f"/api/funds/projects/{done['id']}").json()["assets"]
            if assets:
                break
            desktop.wait_for_timeout(500)
        assert [asset["name"] for asset in assets] == ["油茶示范林"]
        desktop.context.clear_cookies()
        enter(desktop, account("bureau", COUNTY), f"/admin/funds/projects/{done['id']}")
        expect(desktop.get_by_role("link", name=re.compile("油茶示范林"))).to_be_visible()
        snapshot(desktop, "project-completed")
