"""Hash and receipt of a visit, without a database."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitoring_api.visits.rules import payload_hash, receipt_number
from service_kit.clock import SHANGHAI
from service_kit.ids import uuid7

BODIES = st.dictionaries(st.text("abcxyz_", min_size=1, max_size=6), st.none() | st.booleans() | st.text("甲乙丙ab"))


class TestPayloadHash:
    def test_is_that_of_the_canonical_json(self) -> None:
        # sha256 of {"a":"户","b":1}
        known = payload_hash({"b": 1, "a": "户"})

        assert known == "4719534cc318e6d912b1f172ec82943ad9af04717a8841f78d8c5f8b21dde6ce"

    @given(BODIES, st.text())
    def test_does_not_cover_itself_nor_the_order_of_fields(self, body: dict[str, Any], claimed: str) -> None:
        body.pop("payload_hash", None)
        turned = dict(reversed(body.items())) | {"payload_hash": claimed}

        assert payload_hash(turned) == payload_hash(body)

    @given(BODIES, BODIES)
    def test_differs_when_the_content_does(self, one: dict[str, Any], other: dict[str, Any]) -> None:
        assert (payload_hash(one) == payload_hash(other)) == (one == other)


class TestReceiptNumber:
    RECEIVED = datetime(2026, 11, 22, 0, 30, tzinfo=SHANGHAI)

    @pytest.mark.parametrize(("low_bits", "ending"), [(0, "00000000"), (31, "0000000Z"), ((1 << 40) - 1, "ZZZZZZZZ")])
    def test_is_the_day_and_the_end_of_the_id(self, low_bits: int, ending: str) -> None:
        number = receipt_number(UUID(int=(7 << 76) | low_bits), self.RECEIVED)

        assert number == f"ZF20261122-{ending}"

    def test_of_many_visits_a_day_are_different(self) -> None:
        numbers = {receipt_number(uuid7(), self.RECEIVED) for _ in range(2000)}

        assert len(numbers) == 2000
