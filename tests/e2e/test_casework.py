"""One household on its whole way: applied for, verified, reviewed, posted, determined, helped, and let go again.

A notice stays up for days and nobody is let go within half a year, so this system is started anew between acts with
its clock some days ahead (LINKAGE_CLOCK_OFFSET_DAYS, refused outside a local system).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from desk import VILLAGE, choose, enter, id_number, person, uuid7
from playwright.sync_api import Browser, Page, expect
from ports import free_port

ROOT = Path(__file__).parents[2]
DESKTOP = {"width": 1440, "height": 900}
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)

pytestmark = pytest.mark.timeout(900)


class Travelling:
    """A system of its own whose clock can be set ahead; it is started anew for that."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.days = 0
        self.url = ""
        self.accounts: dict[str, dict[str, str]] = {}

    def start(self, days: int) -> None:
        self.stop()
        self.days = days
        self._linkage("up", "--detach", "--port", str(self.port), "--data", str(self.data))
        status = json.loads(self._linkage("status", "--json", "--data", str(self.data)))
        self.url = status["url"]
        self.accounts |= {account["username"]: account for account in status["accounts"]}

    def later(self, days: int) -> None:
        self.start(self.days + days)

    def stop(self) -> None:
        self._linkage("down", "--data", str(self.data))

    def _linkage(self, *words: str) -> str:
        environment = os.environ | {"LINKAGE_CLOCK_OFFSET_DAYS": str(self.days)}
        done = subprocess.run(
            [ROOT / "linkage", *words],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
            cwd=ROOT,
            env=environment,
        )
        assert done.returncode == 0, f"linkage {' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    @contextmanager
    def client(self, username: str) -> Iterator[httpx.Client]:
        """Somebody at the API."""
        who = self.accounts[username]
        with httpx.Client(base_url=self.url, timeout=30) as client:
            answer = client.post("/api/session", json={"username": username, "password": who["password"]})
            assert answer.status_code == 200, answer.text
            client.headers["X-CSRF-Token"] = answer.json()["csrf"]
            yield client

    def add_cadre(self, name: str) -> str:
        """Another cadre of the village: opened by one administrator, confirmed by another."""
        username, user_id, password = f"e2e{uuid.uuid4().hex[:6]}", uuid7(), "daotang-2026-xin"
        duty = {"role": "village_cadre", "region_code": VILLAGE}
        with self.client("sysadmin") as admin:
            body = {"username": username, "name": name, "password": password} | duty
            opened = admin.put(f"/api/users/{user_id}", json=body)
            assert opened.status_code in {200, 201}, opened.text
        with self.client("secadmin") as admin:
            confirmed = admin.patch(f"/api/users/{user_id}", json=duty, headers={"If-Match": opened.headers["ETag"]})
            assert confirmed.status_code == 200, confirmed.text
        self.accounts[username] = {"username": username, "password": password}
        return username


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Travelling]:
    """LINKAGE_E2E_TRAVEL_DATA names a data folder that is used and kept."""
    # It is started several times, and what starts is slow at first.
    expect.set_options(timeout=20_000)
    kept = os.environ.get("LINKAGE_E2E_TRAVEL_DATA")
    data = Path(kept) if kept else tmp_path_factory.mktemp("casework") / "data"
    travelling = Travelling(data)
    travelling.start(0)
    try:
        yield travelling
    finally:
        expect.set_options(timeout=5_000)
        travelling.stop()
        if not kept:
            shutil.rmtree(data.parent, ignore_errors=True)


@pytest.fixture
def at_desk(browser: Browser, system: Travelling) -> Callable[[str, str], Any]:
    """``with at_desk("bureau", "/admin/cases") as page``: somebody signed in at a desk."""

    @contextmanager
    def sit(username: str, path: str) -> Iterator[Page]:
        context = browser.new_context(
            base_url=system.url,
            viewport=DESKTOP,  # type: ignore[arg-type]
            locale="zh-CN",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        enter(page, system.accounts[username], path)
        yield page
        context.close()
        assert not errors, f"errors in the page: {errors}"

    return sit


def check(page: Page) -> None:
    """No serious or critical violation of WCAG 2.1 A and AA."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "async (tags) => (await axe.run(document, { runOnly: tags })).violations", RULES
    )
    barriers = [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert not barriers, "\n".join(barriers)


def finish(page: Page, step: str, opinion: str = "情况属实") -> None:
    """Write the opinion and complete the step; the case has then moved on."""
    page.locator("#field-opinion").fill(opinion)
    page.get_by_role("button", name=f"办结“{step}”").click()
    expect(page.get_by_role("button", name=f"办结“{step}”")).to_be_hidden()


def help_once(client: httpx.Client, household_id: str) -> None:
    """Arrange a measure in the household's plan and note that it was delivered, on the day monitoring began."""
    day = client.get(f"/api/monitoring/households/{household_id}").raise_for_status().json()["monitored_since"]
    plan = client.get(f"/api/monitoring/households/{household_id}/assistance").raise_for_status().json()["plan"]
    measure = f"/api/monitoring/assistance-plans/{plan['id']}/measures/{uuid7()}"
    arranged = {"type": "health", "title": "家庭医生签约", "department": "卫生健康局", "amount": "0.00"}
    added = client.put(measure, json=arranged | {"planned_from": day, "planned_to": day}).raise_for_status().json()
    delivered = client.post(
        f"/api/monitoring/measures/{added['id']}/delivery",
        json={"delivered_on": day, "amount": "0.00", "evidence": "签约书"},
        headers={"Idempotency-Key": str(uuid.uuid4()), "If-Match": f'"{added["version"]}"'},
    )
    assert delivered.status_code == 200, delivered.text


def open_from_queue(page: Page, head: str) -> None:
    page.get_by_role("link", name=head, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{head}户")


def verify(page: Page, wage: str) -> None:
    """The form of the home verification, with a picture of the signature."""
    for field, amount in (
        ("wage", wage),
        ("business", "0"),
        ("property", "0"),
        ("transfer", "3000"),
        ("rigid_expense", "5000"),
    ):
        page.locator(f"#field-income-{field}").fill(amount)
    with page.expect_file_chooser() as chooser:
        page.locator("#field-consent-sha256").click()
    chooser.value.set_files({"name": "签字.png", "mimeType": "image/png", "buffer": PNG})
    expect(page.get_by_text("签字.png")).to_be_visible()
    finish(page, "入户核实")


def review(page: Page) -> None:
    page.locator("#field-chair").fill("李主任")
    for field, count in (("attendees", "15"), ("votes_for", "13"), ("votes_against", "1"), ("abstained", "1")):
        page.locator(f"#field-{field}").fill(count)
    page.locator("#field-record").fill("到会代表逐项评议，多数同意。")
    finish(page, "村级评议")


class TestOneHousehold:
    def test_walks_from_the_application_to_the_elimination_through_five_hands(
        self, system: Travelling, at_desk: Callable[[str, str], Any]
    ) -> None:
        verifier, secretary = system.add_cadre("核实员"), system.add_cadre("村支书")
        head = f"何{chr(0x5000 + uuid.uuid4().int % 2000)}成"
        with system.client("bureau") as bureau:
            body = {
                "village_code": VILLAGE,
                "household_no": f"E{uuid.uuid4().hex[:8]}",
                "group_name": "第一组",
                "members": [person(head, id_number())],
            }
            card = bureau.put(f"/api/monitoring/households/{uuid7()}", json=body).json()

        with at_desk("daotang", f"/admin/households/{card['id']}") as page:
            page.get_by_role("button", name="申请纳入监测").click()
            choose(page, "risks", "因病")
            page.keyboard.press("Escape")
            page.locator("#field-difficulty").fill("因病住院，自付费用大")
            check(page)
            page.get_by_role("button", name="提交申请").click()
            expect(page.get_by_role("heading", name=f"{head}户识别认定案卷")).to_be_visible()
            case_path = page.evaluate("location.pathname")

        with at_desk(verifier, "/admin") as page:
            expect(page.get_by_role("heading", name="待办", level=1)).to_be_visible()
            check(page)
            open_from_queue(page, head)
            check(page)
            verify(page, "6000")
            expect(page.get_by_role("link", name="查看 签字.png")).to_be_visible()
            review(page)

        with at_desk(secretary, case_path) as page:
            page.locator("#field-place").fill("村务公开栏")
            page.locator("#field-opinion").fill("公示期满无异议")
            page.get_by_role("button", name="办结“公示”").click()
            expect(page.locator("#error-summary")).to_contain_text("公示期到")

        system.later(8)
        with at_desk(secretary, "/admin/cases?urgency=") as page:
            open_from_queue(page, head)
            page.locator("#field-place").fill("村务公开栏")
            finish(page, "公示", "公示期满无异议")
            expect(page.get_by_text("正在等待乡镇办理")).to_be_visible()

        with at_desk("zhoumensi", case_path) as page:
            page.get_by_role("button", name="确定帮扶责任人").click()
            dialog = page.get_by_role("dialog", name="确定帮扶责任人")
            dialog.get_by_role("button", name="名单里没有").click()
            dialog.get_by_label("姓名").fill("周扬")
            dialog.get_by_label("单位").fill("州门司镇政府")
            dialog.get_by_role("button", name="确定", exact=True).click()
            expect(page.get_by_text("周扬（州门司镇政府）")).to_be_visible()
            finish(page, "乡镇审核")

        with at_desk("bureau", case_path) as page:
            page.locator("#field-departments").fill("民政、医保")
            choose(page, "class", "突发严重困难对象")
            page.locator("#field-opinion").fill("同意")
            page.get_by_role("button", name="办结“县级审定”").click()
            expect(page.locator("#field-class-error")).to_contain_text("低于监测线")
            choose(page, "class", "易致贫对象")
            finish(page, "县级审定", "同意纳入")
            expect(page.locator("h1 + .beside")).to_contain_text("已纳入监测")
            page.emulate_media(media="print")
            expect(page.get_by_text("县级主管部门（盖章）")).to_be_visible()
            page.emulate_media(media="screen")
            page.goto(f"/admin/households/{card['id']}")
            expect(page.locator("h1 + .beside")).to_contain_text("易致贫对象")
            check(page)

        with system.client("zhoumensi") as township:
            help_once(township, card["id"])

        system.later(200)
        with at_desk("daotang", f"/admin/households/{card['id']}") as page:
            page.get_by_role("button", name="申请风险消除").click()
            enrolled = page.locator("[data-criterion=enrolled_long_enough]")
            expect(enrolled).to_have_attribute("data-finding", "met")
            expect(page.locator("[data-criterion=income_above_line]")).to_have_attribute("data-finding", "needs_human")
            check(page)
            page.locator("#field-difficulty").fill("病情稳定，外出务工收入增加")
            page.get_by_role("button", name="提交申请").click()
            expect(page.get_by_role("heading", name=f"{head}户风险消除案卷")).to_be_visible()
            case_path = page.evaluate("location.pathname")
        with at_desk(verifier, case_path) as page:
            verify(page, "32000")
            review(page)
        system.later(8)
        with at_desk(secretary, case_path) as page:
            page.locator("#field-place").fill("村务公开栏")
            finish(page, "公示", "公示期满无异议")
        with at_desk("zhoumensi", case_path) as page:
            finish(page, "乡镇审核")
        with at_desk("bureau", case_path) as page:
            expect(page.locator("[data-criterion=income_above_line]")).to_have_attribute("data-finding", "met")
            page.locator("#field-departments").fill("民政、医保")
            page.locator("#field-opinion").fill("同意消除")
            page.get_by_role("button", name="办结“县级审定”").click()
            expect(page.locator("#error-summary")).to_be_visible()
            expect(page.locator("[data-criterion=measures_delivered]")).to_have_attribute("data-finding", "met")
            for condition in ("收入持续稳定", "大额刚性支出已解决"):
                page.locator("label.el-checkbox").filter(has_text=condition).click()
            finish(page, "县级审定", "同意消除")
            expect(page.locator("h1 + .beside")).to_contain_text("风险已消除")
            expect(page.get_by_role("button", name="风险消除回退")).to_be_visible()
            check(page)
            page.goto(f"/admin/households/{card['id']}")
            expect(page.locator("h1 + .beside")).to_contain_text("一般农户")

    def test_is_put_back_when_the_elimination_was_wrong(
        self, system: Travelling, at_desk: Callable[[str, str], Any]
    ) -> None:
        with at_desk("bureau", "/admin/cases?queue=done") as page:
            row = page.get_by_role("row").filter(has_text="风险已消除").first
            row.get_by_role("link").first.click()
            page.get_by_role("button", name="风险消除回退").click()
            dialog = page.get_by_role("dialog", name="风险消除回退")
            dialog.locator("#field-opinion").fill("复核发现收入计算有误")
            dialog.get_by_role("button", name="确认回退").click()
            expect(page.locator("h1 + .beside")).to_contain_text("消除已回退")


class TestCounty:
    def test_sets_an_income_line_that_holds_from_its_day(
        self, system: Travelling, at_desk: Callable[[str, str], Any]
    ) -> None:
        with at_desk("bureau", "/admin/policy") as page:
            check(page)
            page.get_by_role("button", name="设定新值：监测收入标准").click()
            dialog = page.get_by_role("dialog", name="设定：监测收入标准")
            dialog.locator("#field-value-yuan").fill("9000")
            dialog.locator("#field-valid_from").fill("2099-01-01")
            dialog.locator("#field-valid_from").blur()
            dialog.locator("#field-reason").fill("省里公布新标准")
            check(page)
            dialog.get_by_role("button", name="设定", exact=True).click()
            expect(dialog).to_be_hidden()
            panel = page.locator("[data-rule=income_line]")
            expect(panel).to_contain_text("2099-01-01 起改为")
            expect(panel).to_contain_text("每人每年 8,500.00 元")
            page.get_by_role("button", name=re.compile("过渡期")).click()
            expect(page.locator("[data-rule=class_names]")).to_contain_text("边缘易致贫户")

    def test_reviews_several_cases_together_after_a_preview(
        self, system: Travelling, at_desk: Callable[[str, str], Any]
    ) -> None:
        with at_desk("zhoumensi", "/admin/cases?stage=township_review") as page:
            boxes = page.get_by_role("checkbox", name=re.compile("^选择.*户的案卷"))
            expect(boxes.first).to_be_visible()
            boxes.first.check()
            page.get_by_role("button", name="批量办理").click()
            dialog = page.get_by_role("dialog")
            dialog.locator("#field-opinion").fill("资料齐全，同意")
            check(page)
            dialog.get_by_role("button", name="预览").click()
            expect(dialog.get_by_role("status")).to_contain_text("没有改动任何案卷")
            dialog.get_by_role("button", name=re.compile("^办理 1 件")).click()
            expect(dialog.get_by_role("status")).to_contain_text("办结 1 件")

    def test_hands_over_the_households_of_a_helper(
        self, system: Travelling, at_desk: Callable[[str, str], Any]
    ) -> None:
        with at_desk("bureau", "/admin/helpers") as page:
            check(page)
            first = page.get_by_role("row").nth(1)
            name = first.get_by_role("cell").first.inner_text()
            first.get_by_role("button", name=re.compile("批量交接")).click()
            dialog = page.get_by_role("dialog", name=f"批量交接：{name}")
            dialog.get_by_role("button", name="名单里没有").click()
            dialog.get_by_label("姓名").fill("接替甲")
            dialog.get_by_label("单位").fill("县驻村办")
            dialog.locator("#field-reason").fill("工作调动")
            dialog.get_by_role("button", name="确认交接").click()
            expect(dialog).to_be_hidden()
            expect(page.get_by_role("row").filter(has_text="接替甲")).to_be_visible()
