"""What a cadre's hands do on the phone."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

CADRE = "village_cadre"
VISIT = re.compile(r"/api/monitoring/visits/[0-9a-f-]{36}$")
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "locale": "zh-CN",
    "is_mobile": True,
    "has_touch": True,
    "service_workers": "allow",
}

Account = Callable[..., dict[str, str]]


def sign_in_as(page: Page, who: dict[str, str]) -> None:
    page.get_by_label("用户名").fill(who["username"])
    page.get_by_label("密码", exact=True).fill(who["password"])
    page.get_by_role("button", name="登录", exact=True).click()


def open_village(page: Page, who: dict[str, str]) -> None:
    """Sign in, download the village, and wait until the page opens without a network too."""
    page.goto("/m")
    sign_in_as(page, who)
    page.get_by_role("button", name=re.compile("^下载")).click()
    expect(page.locator(".row").first).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def household(page: Page, place: int = 0) -> str:
    """Open the household at this place of the list; its id."""
    page.locator(".row").nth(place).click()
    expect(page.get_by_role("button", name="登记走访")).to_be_visible()
    return page.url.rsplit("/", 1)[-1]


def write_visit(page: Page) -> str:
    """An unchanged household, from its card to "已保存"; the record's id."""
    page.get_by_role("button", name="登记走访").click()
    page.get_by_role("button", name="一切正常，没有变化").click()
    page.get_by_role("button", name="确认保存").click()
    expect(standing(page)).to_be_visible()
    return page.url.rsplit("/", 1)[-1]


def standing(page: Page) -> Locator:
    return page.locator(".standing")


def visits_at_server(account: Account, live: dict[str, Any], household_id: str) -> list[str]:
    """Ids of the visits that the server holds for a household."""
    who = account(CADRE)
    with httpx.Client(base_url=live["url"], timeout=30) as client:
        client.post("/api/session", json={"username": who["username"], "password": who["password"]}).raise_for_status()
        answer = client.get("/api/monitoring/visits", params={"household_id": household_id, "limit": 50})
        answer.raise_for_status()
        return [visit["id"] for visit in answer.json()["items"]]


def send_now(page: Page) -> None:
    page.get_by_role("link", name=re.compile("未上传")).click()
    page.get_by_role("button", name="立即上传").click()


def make_picture(page: Page, seed: int = 0, width: int = 640) -> bytes:
    """A JPEG that the browser itself makes, each another."""
    picture = page.evaluate(
        """async ([seed, width]) => {
          const canvas = document.createElement('canvas')
          canvas.width = width; canvas.height = Math.round(width * 0.75)
          const ink = canvas.getContext('2d'); ink.fillStyle = `hsl(${seed * 37 % 360} 60% 60%)`
          ink.fillRect(0, 0, canvas.width, canvas.height)
          for (let i = 0; i < 400; i++) {
            ink.fillStyle = `hsl(${i * 11} 70% 40%)`
            ink.fillRect(Math.random() * width, Math.random() * width, 20, 20)
          }
          const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.9))
          return Array.from(new Uint8Array(await blob.arrayBuffer()))
        }""",
        [seed, width],
    )
    return bytes(picture)


def add_photo(page: Page, picture: bytes, place: int = 0) -> None:
    """A picture from the camera, and wait until the form shows it."""
    file = {"name": f"{place}.jpg", "mimeType": "image/jpeg", "buffer": picture}
    before = page.locator(".pictures img").count()
    page.locator("input[type=file]").first.set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator(".pictures img")).to_have_count(before + 1)


def take_photo(page: Page, place: int = 0, width: int = 640) -> None:
    add_photo(page, make_picture(page, place, width), place)


def sign(page: Page) -> None:
    """Draw a signature and say that it is done."""
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 30 + step * 25, box["y"] + box["height"] / 2 + (30 if step % 2 else -30))
    page.mouse.up()
    page.get_by_role("button", name="签好了").click()
    expect(page.get_by_role("button", name="重新签名")).to_be_visible()


def count_taps(page: Page) -> None:
    """Begin to count what a finger does."""
    page.evaluate("window.taps = 0; addEventListener('click', (e) => { if (e.isTrusted) window.taps++ }, true)")


def taps(page: Page) -> int:
    counted: int = page.evaluate("window.taps")
    return counted


def on_disk(browser: Browser, profile: Path, url: str) -> BrowserContext:
    """A browser of its own that keeps what it knows in a folder, so that it can be killed and started again."""
    context = browser.browser_type.launch_persistent_context(
        str(profile),
        base_url=url,
        executable_path=os.environ.get("LINKAGE_CHROMIUM") or None,
        args=["--no-sandbox", "--disable-gpu", "--no-first-run"],
        **PHONE,
    )
    context.set_default_timeout(20_000)
    return context


def kill_browser(profile: Path) -> None:
    """SIGKILL, as the phone's battery does it."""
    os.kill(browser_process(profile), signal.SIGKILL)


def browser_process(profile: Path) -> int:
    """The process id of the browser that this test started on its own profile folder."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            arguments = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if f"--user-data-dir={profile}" in arguments and not any(a.startswith("--type=") for a in arguments):
            return int(entry.name)
    raise LookupError(f"no browser on {profile}")
