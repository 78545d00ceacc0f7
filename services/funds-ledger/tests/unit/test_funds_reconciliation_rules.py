"""Choosing among candidates, and reading statements, without a database."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from funds_ledger.errors import StatementInvalid
from funds_ledger.reconciliation import sheet
from funds_ledger.reconciliation.rules import Candidate, choose
from hypothesis import given
from hypothesis import strategies as st

MONTH = date(2026, 10, 1)
IDS = [UUID(int=n) for n in range(1, 9)]
sides = st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True).map(tuple)
candidates = st.lists(
    st.builds(
        lambda lines, entries, gap: Candidate(
            "near", lines, tuple(UUID(int=i.int + 100) for i in entries), 1, "in", gap
        ),
        sides,
        sides,
        st.integers(0, 5),
    ),
    max_size=20,
)


class TestChoosing:
    @given(candidates)
    def test_uses_no_line_and_no_entry_twice_and_leaves_nothing_that_would_fit(self, found):
        chosen = choose(found)
        named = [part for one in chosen for part in one.signature]
        assert len(named) == len(set(named))
        assert all(not one.signature.isdisjoint(named) for one in found)

    @given(candidates)
    def test_never_proposes_again_what_was_refused(self, found):
        refused = {one.signature for one in found[::2]}
        assert not [one for one in choose(found, refused) if one.signature in refused]


def csv(*lines: str) -> bytes:
    return "\n".join(["交易日期,贷方发生额,借方发生额,凭证号码,收款人,摘要", *lines]).encode("gb18030")


class TestStatement:
    def test_is_read_as_banks_write_it(self):
        rows = sheet.rows_of(
            csv(
                '20261008,"1,200,000.00",0.00,湘财预〔2026〕1号,财政局,下达',
                "2026/10/9,,¥35000,验收单1号,张三,6222021234567890128 付",
            ),
            MONTH,
        )
        assert [(n, row.day.day, row.direction, row.amount) for n, row in rows] == [
            (2, 8, "in", 120_000_000), (3, 9, "out", 3_500_000),
        ]  # fmt: skip
        assert rows[1][1].summary == "***************0128 付"

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("2026-09-30,1.00,,a,,", "日期：不在 2026 年 10 月内"),
            ("昨天,1.00,,a,,", "日期：应为日期"),
            (",1.00,,a,,", "日期：必填"),
            ("2026-10-01,,,a,,", "收入金额、支出金额须填且只填一项"),
            ("2026-10-01,1.00,2.00,a,,", "收入金额、支出金额须填且只填一项"),
            ("2026-10-01,-5,,a,,", "收入金额（元）：金额不能为负数"),
            ("2026-10-01,1.005,,a,,", "收入金额（元）：金额应为元的十进制字符串"),
            ("2026-10-01,9999999999999.00,,a,,", "收入金额（元）：金额超出允许的范围"),
            (f"2026-10-01,1.00,,{'长' * 101},,", "凭证号：最多 100 个字"),
        ],
    )
    def test_with_a_fault_is_refused_whole_and_says_where(self, line, said):
        with pytest.raises(StatementInvalid) as refused:
            sheet.rows_of(csv("2026-10-01,1.00,,a,,", line), MONTH)
        assert refused.value.extra["faulty_rows"] == 1
        (fault,) = refused.value.extra["rows"]
        assert fault["row"] == 3
        assert fault["reasons"][0].startswith(said), fault

    def test_without_a_line_is_refused(self):
        with pytest.raises(StatementInvalid):
            sheet.rows_of(csv(), MONTH)
