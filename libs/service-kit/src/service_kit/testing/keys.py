"""Keys for tests, made anew in each session: one signing key per issuer, a trusted set, field keys."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

import orjson
from joserfc.jwk import OKPKey

ISSUERS = ("gateway", "monitoring", "assets", "funds")


def write_keys(folder: Path, service: str) -> None:
    """Write ``<issuer>.pem``, ``trusted.json`` and ``field.json`` into ``folder``, unless they are there.

    Once per test, so that all services of the test trust each other.
    """
    if (folder / "trusted.json").exists():
        return
    public = []
    for issuer in {*ISSUERS, service}:
        key = OKPKey.generate_key("Ed25519", {"kid": issuer})
        (folder / f"{issuer}.pem").write_bytes(key.as_pem(private=True))
        public.append(key.as_dict(private=False))
    (folder / "trusted.json").write_bytes(orjson.dumps({"keys": public}))

    field_keys = {"current": "k1", "keys": {"k1": _random()}, "index_key": _random()}
    (folder / "field.json").write_bytes(orjson.dumps(field_keys))


def _random() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
