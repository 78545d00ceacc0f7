"""What a title may say in public."""

from __future__ import annotations

import pytest
from funds_ledger.allocations.rules import public_text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("村道硬化2.5公里", "村道硬化2.5公里"),
        ("2026年茶园提质(第3批)", "2026年茶园提质(第3批)"),
        ("湘财预〔2026〕12号", "湘财预〔2026〕12号"),
        ("联系13812345678", "联系138********"),
        ("联系138 1234 5678", "联系138**********"),
        ("身份证431081199001011234修路", "身份证431***************修路"),
        ("身份证43108119900101123X", "身份证431***************"),
        ("账号6222021234567890128", "账号622****************"),
        ("面积20000平方米", "面积20000平方米"),
    ],
)
def test_numbers_of_persons_are_masked_and_others_stay(typed, shown):
    assert public_text(typed) == shown
