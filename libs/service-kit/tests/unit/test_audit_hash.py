"""The hash of one link of the audit chain."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from service_kit.audit import GENESIS, link_hash
from service_kit.clock import SHANGHAI

ENTRY = {
    "id": UUID(int=7),
    "at": datetime(2026, 11, 22, 8, 30, tzinfo=SHANGHAI),
    "actor_id": UUID(int=1),
    "actor_role": "township",
    "action": "household.reveal",
    "subject_type": "household",
    "subject_id": "9",
    "region_code": "431081106",
    "detail": {"b": 1, "a": [2]},
}


def test_depends_neither_on_the_time_zone_nor_on_the_spelling_of_detail() -> None:
    same = ENTRY | {"at": datetime(2026, 11, 22, 0, 30, tzinfo=UTC), "detail": '{"a": [2], "b": 1}'}
    assert link_hash(GENESIS, 1, ENTRY) == link_hash(GENESIS, 1, same)


@given(st.sampled_from(sorted(ENTRY)))
def test_depends_on_every_field(name: str) -> None:
    changed = {
        "id": UUID(int=8),
        "at": datetime(2026, 11, 22, 8, 31, tzinfo=SHANGHAI),
        "actor_id": UUID(int=2),
        "detail": {"a": [2], "b": 2},
    }.get(name, "other")
    assert link_hash(GENESIS, 1, ENTRY | {name: changed}) != link_hash(GENESIS, 1, ENTRY)


def test_depends_on_the_place_and_on_what_came_before() -> None:
    assert len({link_hash(b"", 1, ENTRY), link_hash(b"", 2, ENTRY), link_hash(GENESIS, 1, ENTRY)}) == 3
