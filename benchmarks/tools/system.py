"""A system of its own for measuring: separate data folder and ports, the services as ``linkage up`` starts them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
from linkage_local.database import Urls, live_urls
from linkage_local.paths import Layout
from service_kit.tokens import Signer

from benchmarks.tools.load import ROOT

TOKEN_LIFETIME = 6 * 3600


@dataclass(frozen=True)
class System:
    """One data folder. ``start`` makes it on the first run and finds it again on the next."""

    data: Path
    port: int

    @property
    def layout(self) -> Layout:
        return Layout.of(self.data)

    def start(self, *options: str) -> None:
        """Bring it up, with the demo county unless told otherwise (``--empty``).

        Raises:
            subprocess.CalledProcessError: it did not start; its reason was printed.
        """
        self._linkage("up", "--detach", "--port", str(self.port), *options)

    def stop(self) -> None:
        self._linkage("down")

    def seed(self, counties: int) -> None:
        """Have this many counties besides the demo county; those already there are kept."""
        if counties > 0:
            self._linkage("seed", "--scale", str(counties))

    def remove(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)

    def _linkage(self, *words: str) -> None:
        subprocess.run([sys.executable, "-m", "linkage_local", *words, "--data", str(self.data)], cwd=ROOT, check=True)

    @property
    def database_urls(self) -> Urls:
        urls = live_urls(self.layout)
        if urls is None:
            raise RuntimeError(f"the system in {self.data} is not running")
        return urls

    def addresses(self) -> dict[str, tuple[str, int]]:
        """Host and port of each service by its short name."""
        done = subprocess.run(
            [sys.executable, "-m", "linkage_local", "status", "--json", "--data", str(self.data)],
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        found = {}
        for service in json.loads(done.stdout)["services"]:
            url = httpx.URL(service["url"])
            found[service["name"]] = (url.host, url.port or 80)
        return found

    def token(self, region: str, *permissions: str, role: str = "bureau") -> dict[str, str]:
        """Header with a token as the gateway would issue it, good for the whole run."""
        signer = Signer.from_file("gateway", self.layout.signing_key("gateway"))
        token = signer.issue(
            subject=UUID(int=1),
            username="bench",
            name="bench",
            role=role,
            region=region,
            permissions=permissions,
            lifetime=TOKEN_LIFETIME,
        )
        return {"Authorization": f"Bearer {token}"}

    def session(self, username: str) -> dict[str, str]:
        """Header with the cookie of a demo user who has signed in at the gateway."""
        accounts = json.loads(self.layout.accounts.read_text("utf-8"))
        account = next(account for account in accounts if account["username"] == username)
        host, port = self.addresses()["gateway"]
        answer = httpx.post(
            f"http://{host}:{port}/api/session",
            json={"username": account["username"], "password": account["password"]},
        )
        answer.raise_for_status()
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in answer.cookies.items())}
