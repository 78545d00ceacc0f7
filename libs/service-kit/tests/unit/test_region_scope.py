"""Region codes nest by prefix; a scope is the half-open range of codes below one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_kit.region import CODE_LENGTHS, ancestors_of, contains, county_of, is_region_code, level_of, parent_of
from service_kit.scope import NATION, Scope

codes = st.sampled_from(CODE_LENGTHS).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))


class TestCodes:
    @given(codes)
    def test_the_parent_contains_the_child(self, code: str) -> None:
        assert contains(parent_of(code), code)
        assert len(parent_of(code)) < len(code)

    @given(codes)
    def test_the_last_ancestor_is_the_parent(self, code: str) -> None:
        assert (ancestors_of(code) or [""])[-1] == parent_of(code)

    def test_levels_follow_from_length(self) -> None:
        assert [level_of(c) for c in ("43", "4310", "431081", "431081106", "431081106226")] == [
            "province",
            "prefecture",
            "county",
            "township",
            "village",
        ]

    def test_a_prefecture_has_no_county(self) -> None:
        with pytest.raises(ValueError, match="县级以上"):
            county_of("4310")

    @pytest.mark.parametrize("bad", ["", "4", "431", "43108", "43x081", "٤٣", "431081106226 ", "4310811062261"])
    def test_malformed_codes_are_not_codes(self, bad: str) -> None:
        assert not is_region_code(bad)


class TestScope:
    @given(codes, codes)
    def test_the_range_holds_exactly_the_codes_below(self, scope_code: str, code: str) -> None:
        scope = Scope(scope_code)
        assert (scope.lo <= code < scope.hi) == contains(scope_code, code)

    @given(codes)
    def test_the_nation_holds_every_code(self, code: str) -> None:
        assert NATION.lo <= code < NATION.hi

    @pytest.mark.parametrize("bad", ["'; DROP TABLE x; --", "43'", "431", "a"])
    def test_nothing_but_a_code_becomes_a_literal(self, bad: str) -> None:
        with pytest.raises(ValueError, match="不是区划代码"):
            Scope(bad)
