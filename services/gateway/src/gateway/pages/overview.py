"""The overview: figures of three services for one region and the regions below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from service_kit.region import child_length, level_of

from gateway.pages.parts import Part, Parts

Json = dict[str, Any]

_OWN = ("population", "lifted", "monitored", "villages")
_BASIS_POINTS = 10_000


def parts_for(region: str) -> list[Part]:
    """``region`` "" is the nation, for which the services are asked without a region."""
    params = {"region": region} if region else {}
    return [
        Part("monitoring", "monitoring", "/overview", "monitoring.overview:read", params),
        Part("funds", "funds", "/overview", "funds.overview:read", params),
        Part("assets", "assets", "/overview", "assets.overview:read", params),
    ]


def compose(region: Json, parts: Parts, names: Mapping[str, str]) -> Json:
    """One answer from what has come.

    Args:
        region: with its ancestors, from the gateway's own catalogue.
        names: names of the regions of the next level, for children that only one service knows.
    """
    monitoring, funds, assets = (
        orjson.loads(parts.content.get(name, b"{}")) for name in ("monitoring", "funds", "assets")
    )
    return {
        "region": region,
        **{name: monitoring.get(name) for name in _OWN},
        "funds": _funds(funds.get("funds")),
        "assets": assets.get("assets"),
        "children": _children(region["code"], monitoring, funds, assets, names),
        "unavailable": [missing.model_dump() for missing in parts.unavailable],
    }


def _share(basis_points: int | None) -> float | None:
    return None if basis_points is None else basis_points / _BASIS_POINTS


def _funds(funds: Json | None) -> Json | None:
    if not funds:
        return None
    return {
        "year": funds["year"],
        "received": funds["received"],
        "allocated": funds["allocated"],
        "allocated_industry": funds["allocated_industry"],
        "allocated_other": funds["allocated_other"],
        "industry_share": _share(funds.get("industry_share_bp")),
        "floor": _share(funds.get("floor_bp")),
        "headroom": funds["headroom_other"],
        "headroom_total": funds["headroom_total"],
        "by_source": funds["by_source"],
    }


def _children(code: str, monitoring: Json, funds: Json, assets: Json, names: Mapping[str, str]) -> list[Json]:
    """Every region of the next level that any service has figures for, in the order of codes."""
    length = child_length(code)
    by_code: dict[str, Json] = {}
    sources: tuple[tuple[Json, tuple[str, ...]], ...] = (
        (monitoring, _OWN),
        (funds, ("funds",)),
        (assets, ("assets",)),
    )
    for answer, figures in sources:
        for child in answer.get("children", ()):
            if len(child["code"]) != length:
                continue
            row = by_code.setdefault(child["code"], _blank(child, names))
            row.update({figure: child.get(figure) for figure in figures})
    return [by_code[key] for key in sorted(by_code)]


def _blank(child: Json, names: Mapping[str, str]) -> Json:
    code = child["code"]
    name = names.get(code) or child.get("name") or code
    return {
        "code": code,
        "name": name,
        "level": level_of(code),
        **dict.fromkeys((*_OWN, "funds", "assets")),
    }
