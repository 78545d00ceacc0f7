"""The rules of the ledgers, without a database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from asset_registry.assets import rules
from asset_registry.assets.models import FIELDS_OF_KIND as COLUMNS_OF_KIND
from asset_registry.errors import CompositionMismatch
from hypothesis import given
from hypothesis import strategies as st
from service_kit.money import MAX_FEN

TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Line:
    source_level: str = "central"
    year: int = 2025
    document_number: str | None = None
    amount: int = 100


PUBLIC = rules.Facts(
    kind="public_welfare",
    region_code="431081106",
    original_value=100,
    composition=[Line()],
    built_on=date(2025, 6, 1),
    owner_kind="village_collective",
    filled=frozenset({"keeper"}),
    contract_from=None,
    contract_to=None,
)
OPERATING = replace(PUBLIC, kind="operating", filled=frozenset({"operator_name"}))
HOUSEHOLD = replace(
    PUBLIC,
    kind="household",
    region_code="431081106226",
    owner_kind="individual",
    filled=frozenset({"household_id", "household_head_name"}),
)


def found(facts: rules.Facts) -> list[tuple[str, str]]:
    return [(error.path, error.code) for error in rules.errors_of(facts, TODAY)]


@pytest.mark.parametrize("facts", [PUBLIC, OPERATING, HOUSEHOLD])
def test_a_right_entry_has_no_errors(facts: rules.Facts) -> None:
    assert found(facts) == []


@pytest.mark.parametrize(
    ("facts", "changes", "path", "code"),
    [
        (PUBLIC, {"filled": frozenset({"yearly_rent"})}, "body.yearly_rent", "field_of_other_kind"),
        (PUBLIC, {"filled": frozenset({"household_id"})}, "body.household_id", "field_of_other_kind"),
        (OPERATING, {"filled": frozenset({"keeper"})}, "body.keeper", "field_of_other_kind"),
        (HOUSEHOLD, {"filled": frozenset({"household_id"})}, "body.household_head_name", "missing"),
        (HOUSEHOLD, {"owner_kind": "state"}, "body.owner_kind", "owner_of_household_asset"),
        (HOUSEHOLD, {"region_code": "431081106"}, "body.region_code", "village_code"),
        (PUBLIC, {"built_on": date(2026, 11, 23)}, "body.built_on", "date_in_future"),
        (OPERATING, {"contract_to": date(2026, 1, 1)}, "body.contract_from", "missing"),
        (
            OPERATING,
            {"contract_from": date(2026, 1, 2), "contract_to": date(2026, 1, 1)},
            "body.contract_to",
            "period",
        ),
        (PUBLIC, {"composition": [Line(), Line()]}, "body.fund_composition.1", "line_twice"),
        (PUBLIC, {"composition": [Line(year=2027)]}, "body.fund_composition.0.year", "year_in_future"),
        (PUBLIC, {"original_value": MAX_FEN + 1}, "body.original_value", "yuan_range"),
    ],
)
def test_each_wrong_thing_is_named(facts: rules.Facts, changes: dict[str, Any], path: str, code: str) -> None:
    assert found(replace(facts, **changes)) == [(path, code)]


def test_same_source_and_year_with_two_documents_is_two_lines() -> None:
    assert found(replace(PUBLIC, composition=[Line(document_number="甲"), Line(document_number="乙")])) == []


class TestAddsUp:
    @given(st.lists(st.integers(1, 10**12), min_size=1, max_size=20))
    def test_the_exact_total_passes(self, amounts: list[int]) -> None:
        rules.ensure_adds_up(sum(amounts), [Line(amount=fen) for fen in amounts])

    @given(st.integers(1, 10**12), st.integers(-(10**6), 10**6).filter(bool))
    def test_one_fen_too_many_or_too_few_does_not(self, total: int, off: int) -> None:
        with pytest.raises(CompositionMismatch):
            rules.ensure_adds_up(total, [Line(amount=total + off)])

    def test_the_refusal_says_by_how_much(self) -> None:
        with pytest.raises(CompositionMismatch) as refused:
            rules.ensure_adds_up(123_450, [Line(amount=100_000), Line(amount=23_449)])
        assert refused.value.extra == {
            "original_value": "1234.50",
            "composition_total": "1234.49",
            "difference": "-0.01",
        }
        assert "少 0.01 元" in (refused.value.detail or "")


def test_rules_and_table_agree_on_the_fields_of_each_kind() -> None:
    columns = {kind: frozenset(c.removesuffix("_fen") for c in names) for kind, names in COLUMNS_OF_KIND.items()}
    assert columns == rules.FIELDS_OF_KIND


def test_changes_name_what_differs_in_order() -> None:
    assert rules.changes_between({"a": 1, "b": 2}, {"b": 3, "a": 1, "c": None}) == [
        {"field": "b", "before": 2, "after": 3}
    ]
