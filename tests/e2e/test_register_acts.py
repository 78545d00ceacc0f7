"""People and households change, in a real browser: a death, a split, a move, a person registered twice."""

from __future__ import annotations

import re
import uuid
from typing import Any

import httpx
from desk import VILLAGE, Account, SignIn, Snapshot, choose, choose_region, enter, id_number, person, uuid7
from playwright.sync_api import Page, expect

NEIGHBOUR = "十龙潭村"


def register(client: httpx.Client, *names: str, village: str = VILLAGE, **changes: Any) -> dict[str, Any]:
    """A household of these people, the first its head."""
    relations = ("head", "spouse", "child", "parent")
    members = [
        person(name, id_number("19700101" if index < 2 else "19950101"), "1970-01-01" if index < 2 else "1995-01-01")
        | {"relation": relations[index]}
        for index, name in enumerate(names)
    ]
    body = {"village_code": village, "members": members} | changes
    answer = client.put(f"/api/monitoring/households/{uuid7()}", json=body)
    assert answer.status_code == 201, answer.text
    card: dict[str, Any] = answer.json()
    return card


class TestAHousehold:
    def test_whose_head_dies_has_a_new_one_and_gets_him_back(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        card = register(sign_in("bureau"), "赵大山", "钱小凤", "赵小山")
        enter(desktop, account("bureau"), f"/admin/households/{card['id']}")
        desktop.get_by_role("button", name="人口与户变动").click()
        snapshot(desktop, "register-acts")
        desktop.get_by_role("link", name=re.compile("^死亡")).click()
        desktop.get_by_role("button", name="下一步：看将会怎样").click()
        expect(desktop.locator("#error-summary")).to_be_focused()
        expect(desktop.locator("#error-summary")).to_contain_text("请选择人员")

        choose(desktop, "member_ids", "赵大山 户主")
        choose(desktop, "new_head", "钱小凤 配偶")
        desktop.get_by_label("原因").fill("因病去世")
        desktop.get_by_label("凭证名称").fill("死亡证明")
        desktop.get_by_role("button", name="下一步：看将会怎样").click()
        expect(desktop.get_by_text("赵大山登记为死亡")).to_be_visible()
        expect(desktop.get_by_text("户主变更为钱小凤")).to_be_visible()
        snapshot(desktop, "register-preview")
        desktop.get_by_role("button", name="确认办理").click()

        expect(desktop.get_by_role("heading", level=1)).to_contain_text("钱小凤户")
        expect(desktop.get_by_role("row").filter(has_text="赵大山")).to_contain_text("已死亡")
        acts = desktop.locator("ol.acts")
        expect(acts).to_contain_text("死亡证明")
        snapshot(desktop, "register-timeline")

        acts.get_by_role("button", name="撤销死亡").click()
        dialog = desktop.get_by_role("dialog")
        dialog.get_by_label("撤销原因").fill("登记错人了")
        dialog.get_by_role("button", name="确认撤销").click()
        expect(desktop.get_by_role("heading", level=1)).to_contain_text("赵大山户")
        expect(acts).to_contain_text("已撤销")

    def test_that_is_monitored_is_split_by_a_person_who_says_what_stays_monitored(
        self, desktop: Page, account: Account, sign_in: SignIn
    ) -> None:
        clerk = sign_in("bureau")
        card = register(clerk, "孙大河", "李小荷", "孙小河")
        monitored = clerk.put(
            f"/api/monitoring/households/{card['id']}/monitoring",
            json={"class": "marginal", "risks": ["illness"], "since": "2026-03-01", "reason": "入户核实"},
            headers={"If-Match": f'"{card["version"]}"'},
        )
        assert monitored.status_code == 200, monitored.text
        enter(desktop, account("bureau"), f"/admin/households/{card['id']}/acts/split")

        desktop.get_by_role("group").get_by_text("孙小河").click()
        choose(desktop, "head_id", "孙小河 子女")
        desktop.get_by_label("原因").fill("成家另过")
        desktop.get_by_role("button", name="下一步：看将会怎样").click()
        expect(desktop.locator("#error-summary")).to_contain_text("请选择分户后由哪一户继续监测")
        choose(desktop, "monitoring", "两户都继续监测")
        desktop.get_by_role("button", name="下一步：看将会怎样").click()
        expect(desktop.get_by_text("分户后两户都继续监测")).to_be_visible()
        desktop.get_by_role("button", name="确认办理").click()

        desktop.locator("ol.acts").get_by_role("link", name=re.compile("孙小河户")).click()
        expect(desktop.get_by_role("heading", level=1)).to_contain_text("孙小河户")
        new_id = desktop.url.split("/")[-1]
        assert clerk.get(f"/api/monitoring/households/{new_id}").json()["monitored_class"] == "marginal"


class TestAMove:
    def test_is_declared_here_and_accepted_there(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        card = register(sign_in("bureau"), "周远行", "吴随行")
        enter(desktop, account("township"), f"/admin/households/{card['id']}/acts/declare_move")
        for name in ("周远行", "吴随行"):
            desktop.get_by_role("group").get_by_text(name).click()
        desktop.locator("#field-to_region").fill("十龙潭")
        desktop.get_by_role("option", name=re.compile(NEIGHBOUR)).locator("visible=true").first.click()
        desktop.get_by_label("原因").fill("易地搬迁")
        desktop.get_by_role("button", name="下一步：看将会怎样").click()
        expect(desktop.get_by_text("2 人的迁移等待对方接收，接收前仍在本户")).to_be_visible()
        desktop.get_by_role("button", name="确认办理").click()
        expect(desktop.locator("ol.acts")).to_contain_text("申报迁往他处")

        bureau = desktop.context.browser.new_context(base_url=desktop.url.split("/admin")[0], locale="zh-CN").new_page()  # type: ignore[union-attr]
        bureau.set_default_timeout(15_000)
        enter(bureau, account("bureau"), "/admin/relocations")
        snapshot(bureau, "register-relocations")
        bureau.get_by_role("link", name="周远行").click()
        choose_region(bureau, "village_code", NEIGHBOUR)
        bureau.get_by_label("意见").fill("同意接收")
        bureau.get_by_role("button", name="确认接收").click()
        expect(bureau.get_by_role("heading", level=1)).to_contain_text("周远行户")
        expect(bureau.locator("main")).to_contain_text(NEIGHBOUR)
        bureau.context.close()

        desktop.reload()
        expect(desktop.get_by_text("不在您的管辖范围内").first).to_be_visible()


class TestAPersonRegisteredTwice:
    def test_is_kept_flagged_merged_by_a_person_and_put_back(
        self, desktop: Page, account: Account, sign_in: SignIn, snapshot: Snapshot
    ) -> None:
        cadre = sign_in("village_cadre")
        number, village = id_number(), account("village_cadre")["region"]
        name = f"郑{chr(0x4E00 + uuid.uuid4().int % 5000)}"
        cards = []
        for phone in (None, "13973512345"):
            body = {"village_code": village, "members": [person(name, number) | {"phone": phone}]}
            answer = cadre.put(f"/api/monitoring/households/{uuid7()}", json=body)
            assert answer.status_code == 201, answer.text
            cards.append(answer.json())
        enter(desktop, account("bureau"), "/admin/duplicates")
        snapshot(desktop, "register-duplicates")
        desktop.get_by_role("link", name=name).click()
        expect(desktop.get_by_text("身份证号相同").first).to_be_visible()
        desktop.get_by_text("两户是同一户").click()
        desktop.get_by_label("合并理由").fill("两名干部分别登记了同一新迁入户")
        snapshot(desktop, "register-merge")
        desktop.get_by_role("button", name="确认合并").click()
        expect(desktop.get_by_text("已合并").first).to_be_visible()
        kept = cadre.get(f"/api/monitoring/households/{cards[0]['id']}").json()
        left = cadre.get(f"/api/monitoring/households/{cards[1]['id']}").json()
        assert sorted((kept["state"], left["state"])) == ["active", "closed"]
        winner = kept if kept["state"] == "active" else left
        assert winner["phone_masked"] == "139****2345"

        desktop.get_by_label("撤销理由").fill("不是同一户")
        desktop.get_by_role("button", name="确认撤销").click()
        expect(desktop.get_by_text("已恢复")).to_be_visible()
        states = [cadre.get(f"/api/monitoring/households/{card['id']}").json()["state"] for card in cards]
        assert states == ["active", "active"]


class TestAnAssetKeeper:
    def test_names_the_household_of_an_asset_without_reading_the_register(
        self, account: Account, sign_in: SignIn
    ) -> None:
        keeper = sign_in("asset_keeper")
        card = register(sign_in("bureau"), "冯守产")

        found = keeper.get("/api/monitoring/households/names", params={"region": VILLAGE, "q": "冯守产"}).json()

        assert [entry["id"] for entry in found] == [card["id"]]
        assert set(found[0]) == {"id", "head_name", "household_no", "village_name", "group_name"}
        assert keeper.get(f"/api/monitoring/households/{card['id']}").status_code == 403
