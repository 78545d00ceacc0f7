"""Words that the registry's columns hold. The Chinese of each is in ``docs/domain.md`` and on the screens."""

from __future__ import annotations

from typing import Literal

AssetKind = Literal["public_welfare", "operating", "household"]
"""公益性、经营性、到户类资产: the three ledgers 三类台账 (AST-1)."""

CURRENT_STATUSES = ("in_use", "idle", "damaged")
CurrentStatus = Literal["in_use", "idle", "damaged"]
"""在用、闲置、损坏. What an entry can be given by hand."""

AssetStatus = Literal["in_use", "idle", "damaged", "disposed"]
"""And 已处置, which only an approved disposal gives (AST-7)."""

OwnerKind = Literal["individual", "village_collective", "state"]
"""个人、村集体、国有 (AST-2)."""

SourceLevel = Literal["central", "provincial", "prefecture", "county", "integrated", "land_revenue", "social"]
"""资金来源级次: 中央、省、市、县、整合涉农、土地出让、社会."""

Act = Literal["registered", "imported", "corrected"]
"""What a line of an asset's history records."""
