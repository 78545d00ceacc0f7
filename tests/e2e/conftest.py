"""End-to-end tests drive the whole product as ``./linkage up`` starts it, through a real browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from ports import free_port

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "test-results" / "screenshots"
README_IMAGES = ROOT / "docs" / "images"

DESKTOP = {"width": 1440, "height": 900}
README_DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def linkage(*arguments: str, timeout: int = 300) -> str:
    """Run ``./linkage`` and return what it printed; a failure shows its output."""
    done = subprocess.run(
        [ROOT / "linkage", *arguments], capture_output=True, text=True, timeout=timeout, check=False, cwd=ROOT
    )
    assert done.returncode == 0, f"linkage {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A running system with the demo data: what ``linkage status --json`` says of it, and its data folder.

    LINKAGE_E2E_DATA names the data folder of a system that already runs; it is left running.
    """
    running = os.environ.get("LINKAGE_E2E_DATA")
    data = Path(running) if running else tmp_path_factory.mktemp("linkage") / "data"
    if not running:
        linkage("up", "--detach", "--data", str(data), "--port", str(free_port()))
    try:
        yield json.loads(linkage("status", "--json", "--data", str(data))) | {"data": str(data)}
    finally:
        if not running:
            linkage("down", "--data", str(data))
            shutil.rmtree(data.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def account(live: dict[str, Any]) -> Callable[..., dict[str, str]]:
    """``account("bureau")``: username and password of the demo account with that role (and region)."""

    def find(role: str, region: str | None = None) -> dict[str, str]:
        for entry in live["accounts"]:
            if entry["role"] == role and (region is None or entry["region"] == region):
                return dict(entry)
        raise LookupError(f"no account {role} {region}")

    return find


@pytest.fixture
def sign_in(live: dict[str, Any], account: Callable[..., dict[str, str]]) -> Iterator[Callable[..., httpx.Client]]:
    """``sign_in("bureau")``: an HTTP client with a session, as a stranger with curl would hold one."""
    clients: list[httpx.Client] = []

    def enter(role: str, region: str | None = None) -> httpx.Client:
        who = account(role, region)
        client = httpx.Client(base_url=live["url"], timeout=30)
        clients.append(client)
        answer = client.post("/api/session", json={"username": who["username"], "password": who["password"]})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client

    yield enter
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the one named by LINKAGE_CHROMIUM, else Playwright's own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("LINKAGE_CHROMIUM") or None, args=CHROMIUM_ARGUMENTS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def desktop(browser: Browser, live: dict[str, Any]) -> Iterator[Page]:
    yield from _page(browser.new_context(base_url=live["url"], viewport=DESKTOP, locale="zh-CN"))  # type: ignore[arg-type]


@pytest.fixture
def phone(browser: Browser, live: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live["url"],
        viewport=PHONE,  # type: ignore[arg-type]
        locale="zh-CN",
        is_mobile=True,
        has_touch=True,
        device_scale_factor=2,
    )
    yield from _page(context)


def _page(context: BrowserContext) -> Iterator[Page]:
    context.set_default_timeout(15_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, f"errors in the page: {errors}"


@pytest.fixture
def snapshot() -> Callable[..., None]:
    """Keep a picture of a page under test-results/screenshots for a person to look at.

    A page that has a place in the README names its picture; with LINKAGE_README_IMAGES=1 what the screen shows is
    written to docs/images too (1280 × 800, a phone as it is).
    """

    def take(page: Page, name: str, readme: str | None = None) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
        if readme and os.environ.get("LINKAGE_README_IMAGES") == "1":
            before = page.viewport_size
            if before and before["width"] > README_DESKTOP["width"]:
                page.set_viewport_size(README_DESKTOP)  # type: ignore[arg-type]
            page.evaluate("scrollTo(0, 0)")
            README_IMAGES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=README_IMAGES / f"{readme}.png", animations="disabled")
            if before:
                page.set_viewport_size(before)

    return take
