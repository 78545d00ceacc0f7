"""What a clerk's hands do in ``/admin``, and the made-up people whom the tests register."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import service_kit.ids
from playwright.sync_api import Page, expect

COUNTY = "431081"
VILLAGE = "431081106226"

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
    box = page.locator(f"#field-{field}")
    page.locator(".el-select__wrapper").filter(has=box).click()
    expect(box).to_have_attribute("aria-expanded", "true")
    # Its own list: that of another drop-down may still be fading out.
    own = page.locator(f"#{box.get_attribute('aria-controls')}")
    own.get_by_role("option", name=option, exact=True).click()


def choose_region(page: Page, field: str, name: str) -> None:
    """Pick a place by searching for it in the region cascader of a field."""
    page.locator(f"#field-{field}").click()
    page.get_by_label("输入名称或拼音首字母").fill(name)
    page.locator(".region-panel .list button", has_text=name).first.click()
    expect(page.locator(f"#field-{field}")).to_contain_text(name)


def uuid7() -> str:
    return str(service_kit.ids.uuid7())


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
