"""Writes the merged OpenAPI document from which the front end's typed client is generated.

``python -m linkage_local.openapi`` writes it; with ``--check`` it only says whether the file is what the code says.
"""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
from gateway.openapi import merge
from service_kit.app import build_app
from service_kit.spec import load_spec

PACKAGES = ("monitoring_api", "asset_registry", "funds_ledger", "gateway")


def document() -> bytes:
    """The document as the gateway serves it, indented and sorted so that a change reads well in a diff."""
    specs = [load_spec(package) for package in PACKAGES]
    merged = merge({spec.name: build_app(spec).openapi() for spec in specs})
    return orjson.dumps(merged, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def main(arguments: list[str]) -> int:
    target = Path(__file__).parents[4] / "frontend" / "src" / "api" / "openapi.json"
    wanted = document()
    if "--check" in arguments:
        if not target.exists() or target.read_bytes() != wanted:
            sys.stderr.write("frontend/src/api/openapi.json 与代码不一致，请运行 python -m linkage_local.openapi\n")
            return 1
        return 0
    target.write_bytes(wanted)
    sys.stdout.write(f"{target}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
