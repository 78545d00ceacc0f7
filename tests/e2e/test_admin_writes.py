"""A clerk's writing at the desk, in a real browser: every form that changes something, its refusals and its traces."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

COUNTY = "431081"
VILLAGE = "431081106226"
SIMULATION = "**/api/funds/headroom/simulation"

Account = Callable[..., dict[str, str]]
SignIn = Callable[..., httpx.Client]
Snapshot = Callable[..., None]


def enter(page: Page, who: dict[str, str], path: str = "/admin") -> None:
    page.goto(path)
    page.get_by_label("用户名").fill(who["username"])
    page.get_by_label("密码", exact=True).fill(who["password"])
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_hidden()


def choose(page: Page, field: str, option: str) -> None:
    """Pick an option of the drop-down of a field."""
    page.locator(".el-select__wrapper").filter(has=page.locator(f"#field-{field}")).click()
    page.get_by_role("option", name=option, exact=True).locator("visible=true").click()


def choose_region(page: Page, field: str, name: str) -> None:
    """Pick a place by searching for it in the region cascader of a field."""
    page.locator(f"#field-{field}").click()
    page.get_by_label("输入名称或拼音首字母").fill(name)
    page.locator(".region-panel .list button", has_text=name).first.click()
    expect(page.locator(f"#field-{field}")).to_contain_text(name)


def uuid7() -> str:
    raw = (int(time.time() * 1000) << 80) | (0x7 << 76) | (uuid.uuid4().int & ((1 << 76) - 1))
    return str(uuid.UUID(int=(raw & ~(0b11 << 62)) | (0b10 << 62)))


def id_number(birth: str = "19700101") -> str:
    """A man's number (odd sequence) with a right check digit."""
    digits = f"431081{birth}{uuid.uuid4().int % 500 * 2 + 1:03d}"
    total = sum(int(d) * w for d, w in zip(digits, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return digits + "10X98765432"[total % 11]


def person(name: str, number: str | None = None, birth: str = "1970-01-01") -> dict[str, Any]:
    """A head of household as the API wants one."""
    return {
        "id": uuid7(),
        "name": name,
        "relation": "head",
        "sex": "male",
        "birth_date": birth,
        "id_number": number,
        "phone": None,
        "labour_ability": "ordinary",
        "health": "healthy",
        "education": "primary",
        "schooling": "none",
        "employment": "farming",
        "insured": True,
    }


def wan(amount: int) -> str:
    """Fen as a clerk types them in 万元, nothing rounded."""
    whole, rest = divmod(amount, 1_000_000)
    return f"{whole}.{rest:06d}"


def fen(yuan: str) -> int:
    whole, cents = yuan.split(".")
    return int(whole) * 100 + int(cents)


class TestFinance:
    @staticmethod
    def pool(client: httpx.Client) -> dict[str, Any]:
        """The central pool of the newest year: the one that the form opens on."""
        pools: list[dict[str, Any]] = client.get("/api/funds/pools", params={"limit": 50}).json()["items"]
        return max((p for p in pools if p["source_level"] == "central"), key=lambda p: int(p["year"]))

    @staticmethod
    def fill(page: Page, title: str) -> None:
        choose(page, "purpose", "基础设施")
        choose_region(page, "region_code", "道塘村")
        page.get_by_label("项目或事项").fill(title)

    def test_the_red_line_moves_and_nothing_is_sent_beyond_it(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        headroom = fen(self.pool(sign_in("finance"))["headroom_other"])
        sent: list[str] = []
        desktop.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
        enter(desktop, account("finance"), "/admin/funds/allocations/new")
        self.fill(desktop, "机耕道硬化")

        desktop.get_by_label("金额").fill(wan(headroom // 2))
        left = headroom - headroom // 2
        expect(desktop.locator("[data-figure=headroom-other] + .formula")).to_have_text(f"{left / 100:,.2f} 元")

        desktop.get_by_label("金额").fill(wan(headroom + 12_345))
        expect(desktop.locator("[data-figure=shortfall] + .formula")).to_have_text("123.45 元")
        expect(desktop.locator("#field-amount-error")).to_contain_text("123.45 元")
        snapshot(desktop, "allocation-beyond", "admin-funds")
        desktop.get_by_role("button", name="确认安排").click()
        expect(desktop.locator("#error-summary")).to_be_focused()
        expect(desktop.locator("#error-summary")).to_contain_text("123.45 元")
        assert sent == []

    def test_the_ledger_refuses_what_another_clerk_has_used_meanwhile(
        self, desktop: Page, account: Account, sign_in: SignIn
    ) -> None:
        other = sign_in("finance")
        pool = self.pool(other)
        enter(desktop, account("finance"), "/admin/funds/allocations/new")
        desktop.route(SIMULATION, lambda route: route.abort())
        self.fill(desktop, "机耕道硬化")
        desktop.get_by_label("金额").fill(wan(fen(pool["headroom_other"])))
        expect(desktop.locator("[data-figure=headroom-other] + .formula")).to_have_text("0.00 元")

        taken = {"pool_id": pool["id"], "region_code": VILLAGE, "purpose": "infrastructure", "title": "先到的水渠"}
        first = other.put(f"/api/funds/allocations/{uuid7()}", json=taken | {"amount": "1234.56"})
        assert first.status_code in (200, 201), first.text
        with desktop.expect_response(re.compile("/api/funds/allocations/")) as answered:
            desktop.get_by_role("button", name="确认安排").click()
        assert answered.value.status == 422
        assert answered.value.json()["shortfall"] == "1234.56"
        expect(desktop.locator("#error-summary")).to_be_focused()
        expect(desktop.locator("#error-summary")).to_contain_text(re.compile(r"1,?234\.56"))
        expect(desktop.locator("[data-figure=shortfall] + .formula")).to_have_text("1,234.56 元")
        expect(desktop.get_by_label("项目或事项")).to_have_value("机耕道硬化")

        back = other.post(
            f"/api/funds/allocations/{first.json()['id']}/reversal",
            json={"reason": "测试用"},
            headers={"Idempotency-Key": uuid7()},
        )
        assert back.status_code == 200, back.text

    def test_the_card_follows_another_clerk_while_one_types(
        self, desktop: Page, account: Account, sign_in: SignIn
    ) -> None:
        other = sign_in("finance")
        pool = self.pool(other)
        enter(desktop, account("finance"), "/admin/funds/allocations/new")
        self.fill(desktop, "机耕道硬化")
        taken = {"pool_id": pool["id"], "region_code": VILLAGE, "purpose": "infrastructure", "title": "先到的水渠"}
        first = other.put(f"/api/funds/allocations/{uuid7()}", json=taken | {"amount": "5000.00"}).json()
        desktop.get_by_label("金额").fill("1")
        expect(desktop.locator(".notice")).to_be_visible()
        left = fen(pool["headroom_other"]) - 500_000 - 1_000_000
        expect(desktop.locator("[data-figure=headroom-other] + .formula")).to_have_text(f"{left / 100:,.2f} 元")
        other.post(
            f"/api/funds/allocations/{first['id']}/reversal",
            json={"reason": "测试用"},
            headers={"Idempotency-Key": uuid7()},
        )

    def test_an_allocation_is_listed_published_and_taken_back(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        title = f"道塘村机耕道{uuid.uuid4().hex[:6]}"
        enter(desktop, account("finance"), "/admin/funds/allocations/new")
        self.fill(desktop, title)
        desktop.get_by_label("金额").fill("1.25")
        desktop.get_by_role("button", name="确认安排").click()
        row = desktop.get_by_role("row").filter(has_text=title)
        expect(row).to_contain_text("1.25")
        expect(row).to_contain_text("已安排")

        public = desktop.context.new_page()
        public.goto("/gongshi")
        expect(public.get_by_text(title, exact=False).first).to_be_visible()
        public.get_by_role("link").filter(has_text=title).first.click()
        expect(public.get_by_role("heading", level=1)).to_contain_text(title)
        expect(public.locator("main")).to_contain_text(re.compile(r"12,?500"))
        public.close()

        row.get_by_role("button", name=re.compile("撤销")).click()
        dialog = desktop.get_by_role("dialog")
        dialog.get_by_role("button", name="确认撤销").click()
        expect(dialog.locator("#error-summary")).to_contain_text("请写明撤销原因")
        dialog.get_by_label("撤销原因").fill("项目调整，改由县级资金安排")
        dialog.get_by_role("button", name="确认撤销").click()
        expect(dialog).to_be_hidden()
        expect(row).to_contain_text("已撤销")
        snapshot(desktop, "allocation-reversed")


class TestBureau:
    @pytest.fixture
    def household(self, sign_in: SignIn) -> dict[str, Any]:
        """A household of two registered by somebody else: what the API says of it."""
        client = sign_in("bureau")
        body = {
            "village_code": VILLAGE,
            "household_no": f"E{uuid.uuid4().hex[:8]}",
            "group_name": "第一组",
            "lifted": False,
            "members": [person("何秋生", id_number())],
        }
        answer = client.put(f"/api/monitoring/households/{uuid7()}", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def test_a_household_with_two_members_is_registered(
        self, desktop: Page, account: Account, snapshot: Snapshot
    ) -> None:
        head, number = f"何{chr(0x4E00 + uuid.uuid4().int % 5000)}", id_number("19630712")
        enter(desktop, account("bureau"), f"/admin/households/new?region={VILLAGE}")
        expect(desktop.locator("#field-village_code")).to_contain_text("道塘村")
        desktop.get_by_label("户编号").fill(f"T{uuid.uuid4().hex[:8]}")
        desktop.locator("#field-members-0-name").fill(head)
        wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
        desktop.locator("#field-members-0-id_number").fill(wrong)
        desktop.get_by_role("button", name="增加成员").click()
        desktop.locator("#field-members-1-name").fill("刘冬梅")
        choose(desktop, "members-1-relation", "配偶")
        desktop.locator("#field-members-1-birth_date").fill("1966年3月5日")
        desktop.get_by_role("button", name="登记", exact=True).click()

        summary = desktop.locator("#error-summary")
        expect(summary).to_be_focused()
        expect(summary).to_contain_text("第 1 位成员的身份证号不对")
        expect(desktop.locator("#field-members-0-id_number-error")).to_contain_text("第 1 位成员的身份证号不对")
        snapshot(desktop, "household-errors")
        summary.get_by_role("link", name=re.compile("身份证号不对")).click()
        expect(desktop.locator("#field-members-0-id_number")).to_be_focused()

        desktop.locator("#field-members-0-id_number").fill(number)
        desktop.locator("#field-members-0-id_number").blur()
        expect(desktop.locator("#field-members-0-birth_date")).to_have_value("1963-07-12")
        desktop.get_by_role("button", name="登记", exact=True).click()
        expect(desktop.get_by_role("heading", name=f"{head}户", level=1)).to_be_visible()
        expect(desktop.get_by_text("刘冬梅").first).to_be_visible()
        assert number not in desktop.content()

    def test_two_clerks_edit_one_household(
        self, desktop: Page, account: Account, sign_in: SignIn, household: dict[str, Any], snapshot: Snapshot
    ) -> None:
        enter(desktop, account("bureau"), f"/admin/households/{household['id']}/edit")
        desktop.get_by_label("住址").fill("道塘村一组 8 号")
        desktop.get_by_label("村民小组").fill("第二组")
        other = sign_in("bureau")
        theirs = other.patch(
            f"/api/monitoring/households/{household['id']}",
            json={"address": "道塘村一组 9 号", "water_supply": "centralised"},
            headers={"If-Match": f'"{household["version"]}"'},
        )
        assert theirs.status_code == 200, theirs.text

        desktop.get_by_role("button", name="保存", exact=True).first.click()
        dialog = desktop.get_by_role("dialog")
        expect(dialog).to_contain_text("这份资料刚被别人改过")
        expect(dialog.get_by_role("radio")).to_have_count(2)
        expect(dialog).to_contain_text("道塘村一组 8 号")
        expect(dialog).to_contain_text("道塘村一组 9 号")
        snapshot(desktop, "household-conflict")
        dialog.get_by_label("道塘村一组 8 号").check()
        dialog.get_by_role("button", name="按选定的保存").click()
        expect(dialog).to_be_hidden()
        expect(desktop.get_by_label("住址")).to_have_value("道塘村一组 8 号")

        def stored() -> dict[str, Any]:
            return dict(other.get(f"/api/monitoring/households/{household['id']}").json())

        expect(desktop.get_by_text("已保存")).to_be_visible()
        assert (stored()["address"], stored()["group_name"]) == ("道塘村一组 8 号", "第二组")
        assert stored()["water_supply"] == "centralised"

        desktop.get_by_role("button", name="返回户卡").click()
        history = desktop.locator(".history > li").first
        expect(history).to_contain_text("更正了资料")
        expect(history).to_contain_text("道塘村一组 9 号")
        expect(history).to_contain_text("道塘村一组 8 号")

    def test_edits_of_different_fields_are_both_kept(
        self, desktop: Page, account: Account, sign_in: SignIn, household: dict[str, Any]
    ) -> None:
        enter(desktop, account("bureau"), f"/admin/households/{household['id']}/edit")
        desktop.get_by_label("村民小组").fill("第三组")
        other = sign_in("bureau")
        path = f"/api/monitoring/households/{household['id']}"
        other.patch(path, json={"address": "桥头"}, headers={"If-Match": f'"{household["version"]}"'})
        desktop.get_by_role("button", name="保存", exact=True).first.click()
        desktop.get_by_role("button", name="合并保存").click()
        expect(desktop.get_by_text("已保存")).to_be_visible()
        stored = other.get(path).json()
        assert (stored["group_name"], stored["address"]) == ("第三组", "桥头")

    def test_a_number_is_shown_in_full_for_a_reason_and_leaves_a_trace(
        self, desktop: Page, account: Account, sign_in: SignIn, household: dict[str, Any]
    ) -> None:
        enter(desktop, account("bureau"), f"/admin/households/{household['id']}")
        masked = household["members"][0]["id_number_masked"]
        expect(desktop.get_by_text(masked).first).to_be_visible()
        desktop.get_by_role("button", name=re.compile("查看")).first.click()
        dialog = desktop.get_by_role("dialog")
        dialog.get_by_role("button", name="查看", exact=True).click()
        expect(dialog.locator("#error-summary")).to_contain_text("请写明理由")
        dialog.get_by_label("查看理由").fill("核对一卡通账户")
        dialog.get_by_role("button", name="查看", exact=True).click()
        shown = dialog.locator(".value b")
        expect(shown).to_have_text(re.compile(rf"^{masked[:6]}\d{{8}}\d{{3}}[\dX]$"))
        number = shown.inner_text()
        dialog.get_by_role("button", name="关闭").last.click()
        expect(desktop.get_by_text(number)).to_have_count(0)

        entries = sign_in("audit_admin").get("/api/monitoring/audit", params={"action": "household.reveal"}).json()
        entry = next(e for e in entries["items"] if e["subject_id"] == household["id"])
        assert entry["detail"]["reason"] == "核对一卡通账户"
        assert number not in str(entry)

    def test_a_household_is_found_by_number_without_the_number_in_an_address(
        self, desktop: Page, account: Account, sign_in: SignIn
    ) -> None:
        number = id_number("19551111")
        body = {"village_code": VILLAGE, "household_no": f"F{uuid.uuid4().hex[:8]}", "lifted": False}
        client = sign_in("bureau")
        made = client.put(
            f"/api/monitoring/households/{uuid7()}", json=body | {"members": [person("邓寻", number, "1955-11-11")]}
        )
        assert made.status_code == 201, made.text
        addresses: list[str] = []
        desktop.on("request", lambda request: addresses.append(request.url))
        enter(desktop, account("bureau"), "/admin/households")
        desktop.get_by_role("button", name="身份证号", exact=True).click()
        field = desktop.locator(".by-number input")
        field.fill("43108119551111001")
        desktop.get_by_role("button", name="查找").click()
        expect(desktop.get_by_text("身份证号应为 18 位且校验位正确")).to_be_visible()
        field.fill(number)
        desktop.get_by_role("button", name="查找").click()
        expect(desktop.locator("tbody tr")).to_have_count(1)
        expect(desktop.get_by_role("link", name="邓寻")).to_be_visible()
        assert number not in desktop.url
        assert not [address for address in addresses if number in address]

    def test_a_village_profile_is_corrected_beside_another_clerk(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        code = "431081219214"
        other = sign_in("bureau")
        before = other.get(f"/api/monitoring/villages/{code}").json()
        mine, yours = 310_000 + uuid.uuid4().int % 9_000, 400_000 + uuid.uuid4().int % 9_000
        enter(desktop, account("bureau"), f"/admin/villages/{code}")
        desktop.get_by_role("button", name="更正村档案").click()
        expect(desktop.get_by_label("农村人口")).to_have_value(str(before["published"]["population"]))
        desktop.get_by_label("村集体经济年收入").fill(wan(mine * 100))
        theirs = other.patch(
            f"/api/monitoring/villages/{code}",
            json={"types": ["model"], "collective_income": f"{yours}.00"},
            headers={"If-Match": f'"{before["version"]}"'},
        )
        assert theirs.status_code == 200, theirs.text
        desktop.get_by_role("button", name="保存", exact=True).click()
        dialog = desktop.get_by_role("dialog")
        expect(dialog).to_contain_text(f"{mine:,}.00 元")
        expect(dialog).to_contain_text(f"{yours:,}.00 元")
        snapshot(desktop, "village-conflict")
        dialog.get_by_label(f"{mine:,}.00 元").check()
        dialog.get_by_role("button", name="按选定的保存").click()
        expect(desktop.get_by_role("heading", level=1)).not_to_contain_text("更正")
        after = other.get(f"/api/monitoring/villages/{code}").json()
        assert (after["collective_income"], after["types"]) == (f"{mine}.00", ["model"])
        assert after["published"] == before["published"]

    def test_a_session_that_ends_in_the_middle_keeps_what_was_typed(
        self, desktop: Page, account: Account, household: dict[str, Any], snapshot: Snapshot
    ) -> None:
        who = account("bureau")
        enter(desktop, who, f"/admin/households/{household['id']}/edit")
        desktop.get_by_label("住址").fill("水口组老屋")
        desktop.context.clear_cookies()
        desktop.get_by_role("button", name="保存", exact=True).first.click()
        dialog = desktop.get_by_role("dialog")
        expect(dialog).to_contain_text("登录已过期")
        snapshot(desktop, "session-ended")
        dialog.get_by_label("密码", exact=True).fill(who["password"])
        dialog.get_by_role("button", name="登录", exact=True).click()
        expect(dialog).to_be_hidden()
        expect(desktop.get_by_label("住址")).to_have_value("水口组老屋")
        desktop.get_by_role("button", name="保存", exact=True).first.click()
        expect(desktop.get_by_text("已保存")).to_be_visible()


class TestAssetKeeper:
    def test_an_operating_asset_must_add_up_and_is_corrected_later(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        name = f"道塘村冷库{uuid.uuid4().hex[:6]}"
        enter(desktop, account("asset_keeper"), f"/admin/assets/new?region={VILLAGE}")
        desktop.get_by_role("button", name="经营性资产").click()
        desktop.get_by_label("资产名称").fill(name)
        desktop.get_by_label("资产编号").fill(f"E2E-{uuid.uuid4().hex[:8]}")
        desktop.get_by_label("资产类型").fill("厂房")
        desktop.get_by_label("原值").fill("50")
        choose(desktop, "fund_composition-0-source_level", "中央")
        desktop.locator("#field-fund_composition-0-amount").fill("30")
        desktop.get_by_label("权属人").fill("道塘村股份经济合作社")
        desktop.get_by_label("经营主体").fill("道塘果业合作社")
        desktop.get_by_label("年租金（收益）").fill("2.4")
        desktop.get_by_role("button", name="登记", exact=True).click()
        expect(desktop.locator("#error-summary")).to_contain_text("资金构成比原值少 20.00 万元")

        desktop.get_by_role("button", name="增加一笔").click()
        choose(desktop, "fund_composition-1-source_level", "县级")
        desktop.get_by_role("button", name="填入差额").click()
        expect(desktop.get_by_text("与原值一致")).to_be_visible()
        desktop.get_by_role("button", name="登记", exact=True).click()
        expect(desktop.get_by_role("heading", name=name, level=1)).to_be_visible()
        asset = desktop.url.rsplit("/", 1)[-1]

        desktop.get_by_role("button", name="更正资料").click()
        desktop.get_by_label("经营主体").fill("道塘果业有限公司")
        desktop.get_by_label("具体位置").fill("村口")
        desktop.get_by_label("更正理由").fill("经营主体改制")
        other = sign_in("asset_keeper")
        theirs = other.patch(
            f"/api/assets/assets/{asset}",
            json={"operator_name": "新丰果业", "status": "idle"},
            headers={"If-Match": '"1"'},
        )
        assert theirs.status_code == 200, theirs.text
        desktop.get_by_role("button", name="保存", exact=True).click()
        dialog = desktop.get_by_role("dialog")
        expect(dialog).to_contain_text("道塘果业有限公司")
        expect(dialog).to_contain_text("新丰果业")
        snapshot(desktop, "asset-conflict")
        dialog.get_by_label("道塘果业有限公司").check()
        dialog.get_by_role("button", name="按选定的保存").click()
        expect(desktop.get_by_role("heading", name=name, level=1)).to_be_visible()
        expect(desktop.locator(".history > li").first).to_contain_text("经营主体改制")
        stored = other.get(f"/api/assets/assets/{asset}").json()
        assert (stored["operator_name"], stored["location"], stored["status"]) == ("道塘果业有限公司", "村口", "idle")


class TestAdministrators:
    def test_one_opens_an_account_and_another_confirms_it(
        self, desktop: Page, account: Account, snapshot: Snapshot, live: dict[str, Any]
    ) -> None:
        username, password = f"e2e{uuid.uuid4().hex[:6]}", "daotang-2026-xin"
        enter(desktop, account("system_admin"), "/admin/users")
        desktop.get_by_role("button", name="开设账号").click()
        dialog = desktop.get_by_role("dialog", name="开设账号")
        dialog.get_by_label("用户名").fill(username)
        dialog.get_by_label("姓名").fill("测试员")
        choose(desktop, "role", "财政资金")
        choose_region(desktop, "region_code", "州门司镇")
        dialog.get_by_label("初始密码").fill(password)
        dialog.get_by_role("button", name="保存").click()
        expect(dialog).to_be_hidden()
        desktop.get_by_label("姓名或用户名").fill(username)
        row = desktop.get_by_role("row").filter(has_text=username)
        expect(row).to_contain_text("待确认")
        with httpx.Client(base_url=live["url"]) as stranger:
            refused = stranger.post("/api/session", json={"username": username, "password": password})
            assert refused.status_code in (401, 403), refused.text

            desktop.context.clear_cookies()
            enter(desktop, account("security_admin"), f"/admin/users?q={username}")
            row.get_by_role("button", name="确认授权").click()
            expect(row).to_contain_text("正常")
            snapshot(desktop, "users")
            allowed = stranger.post("/api/session", json={"username": username, "password": password})
            assert allowed.status_code == 200, allowed.text

    def test_a_used_up_link_for_the_first_administrator_says_so(self, desktop: Page, snapshot: Snapshot) -> None:
        desktop.goto("/admin/first?token=nobody-knows-this")
        desktop.get_by_label("用户名").fill("laowang")
        desktop.get_by_label("姓名").fill("王")
        desktop.get_by_label("密码", exact=True).fill("zixing-2026-aa")
        desktop.get_by_label("再输一次密码").fill("zixing-2026-aa")
        desktop.get_by_role("button", name="建立并登录").click()
        expect(desktop.locator("#error-summary")).to_be_focused()
        expect(desktop.locator("#error-summary li")).to_contain_text(re.compile("链接|管理员"))
        snapshot(desktop, "first-administrator")

    def test_the_audit_administrator_lands_on_what_was_done(
        self, desktop: Page, account: Account, snapshot: Snapshot
    ) -> None:
        enter(desktop, account("audit_admin"))
        expect(desktop.get_by_role("heading", name="审计", level=1)).to_be_visible()
        expect(desktop.locator("tbody tr").first).to_contain_text("登录")
        expect(desktop.locator("tbody tr").first).to_contain_text("资兴市")
        snapshot(desktop, "audit-gateway")
        desktop.get_by_role("link", name="资金", exact=True).last.click()
        expect(desktop.locator("tbody tr")).to_have_count(20)
        expect(desktop.locator("tbody")).to_contain_text("安排资金")
        first = desktop.locator("tbody tr").first.inner_text()
        desktop.get_by_role("button", name="下一页").click()
        expect(desktop).to_have_url(re.compile("cursor="))
        expect(desktop.locator("tbody tr").first).not_to_have_text(first)
        desktop.get_by_role("button", name="操作", exact=True).click()
        desktop.get_by_role("option", name="撤销资金安排").click()
        expect(desktop).to_have_url(re.compile("action=transfer.reversal"))
        expect(desktop.locator("tbody")).not_to_contain_text("资金到账")
        snapshot(desktop, "audit-funds")


class TestEveryone:
    def test_english_and_back(self, desktop: Page, account: Account) -> None:
        enter(desktop, account("bureau"))
        desktop.locator("button.who").click()
        desktop.get_by_role("button", name="English").click()
        expect(desktop.get_by_role("navigation", name="Main")).to_contain_text("Households")
        expect(desktop.locator("html")).to_have_attribute("lang", "en")
        desktop.reload()
        expect(desktop.get_by_role("navigation", name="Main")).to_contain_text("Overview")
        desktop.locator("button.who").click()
        desktop.get_by_role("button", name="中文").click()
        expect(desktop.get_by_role("navigation", name="主导航")).to_contain_text("总览")

    def test_large_type_has_large_targets_and_nothing_sticks_out(
        self, desktop: Page, account: Account, snapshot: Snapshot
    ) -> None:
        enter(desktop, account("bureau"), "/admin/households")
        desktop.locator("button.who").click()
        desktop.get_by_role("button", name="22", exact=True).click()
        desktop.keyboard.press("Escape")
        assert desktop.evaluate("getComputedStyle(document.body).fontSize") == "22px"
        create = desktop.get_by_role("button", name="登记农户").bounding_box()
        assert create
        assert create["height"] >= 60
        assert desktop.evaluate("document.documentElement.scrollWidth <= innerWidth")
        snapshot(desktop, "households-large-type")
