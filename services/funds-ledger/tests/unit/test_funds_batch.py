"""What of many orders fits together, without a database."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from funds_ledger.allocations.batch import Batch, DocumentState, Found, Order, PoolState, Shown
from funds_ledger.allocations.schemas import AllocationLine
from funds_ledger.ledger.chain import GENESIS
from funds_ledger.pools.rules import Balance
from hypothesis import given
from hypothesis import strategies as st
from service_kit.clock import SHANGHAI
from service_kit.ids import uuid7
from service_kit.tokens import Actor

COUNTY, VILLAGE = "431081", "431081106226"
POOL, DOCUMENT = uuid7(), uuid7()
CLERK = Actor(uuid7(), "zhang", "张", "finance", COUNTY, frozenset(), "gateway")
SHOWN = Shown(7, date(2026, 11, 22), date(2026, 11, 29))
NOON = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)


def batch(received: int = 100_00, floor_bp: int = 5500, left: int = 50_00, library_from: date = date.max) -> Batch:
    balance = Balance(received, 0, 0, floor_bp)
    pool = PoolState(POOL, 2026, "central", library_from, uuid7(), balance, 7, GENESIS)
    documents = {DOCUMENT: DocumentState(POOL, "湘财预〔2026〕1号", True, left)}
    return Batch(COUNTY, NOON, Found({POOL: pool}, documents, {}, set(), set(), {VILLAGE: "燕窝村"}, SHOWN))


def order(*lines: tuple[str, str], **changes: object) -> Order:
    made = [
        AllocationLine.model_validate(
            {"region_code": VILLAGE, "purpose": purpose, "title": "茶园", "amount": amount} | changes
        )
        for amount, purpose in lines
    ]
    return Order(CLERK, POOL, [uuid7() for _ in made], made, uuid7() if len(made) > 1 else None, "第一批")


class TestTake:
    def test_numbers_and_chains_in_the_order_in_which_they_came(self) -> None:
        made = batch()
        first, second = made.take(order(("1.00", "industry"))), made.take(order(("2.00", "other"), ("3.00", "other")))
        assert first is not None
        assert second is not None
        assert (first.first_seq, second.first_seq, second.last_seq) == (8, 9, 10)
        hashes = [(line[14], line[15]) for line in made.lines]
        assert hashes[0][0] == GENESIS
        assert [after for _, after in hashes[:-1]] == [before for before, _ in hashes[1:]]

    def test_leaves_out_what_does_not_fit_and_goes_on(self) -> None:
        made = batch()
        assert made.take(order(("45.00", "other"))) is not None
        assert made.take(order(("0.01", "other"))) is None
        assert made.take(order(("55.00", "industry"))) is not None
        assert made.take(order(("0.01", "industry"))) is None
        assert len(made.lines) == 2

    def test_takes_all_lines_of_an_order_or_none(self) -> None:
        made = batch()
        assert made.take(order(("40.00", "other"), ("5.01", "other"))) is None
        assert (made.lines, made.found.pools[POOL].seq) == ([], 7)
        assert made.take(order(("45.00", "other"))) is not None

    def test_draws_on_a_document_what_it_holds(self) -> None:
        made = batch(floor_bp=0)
        done = made.take(order(("30.00", "other"), document_id=str(DOCUMENT)))
        assert done is not None
        assert done.direct
        assert made.take(order(("20.01", "other"), document_id=str(DOCUMENT))) is None
        assert made.take(order(("20.00", "other"), document_id=str(DOCUMENT))) is not None
        assert made.found.documents[DOCUMENT].drawn == 50_00

    def test_leaves_what_is_out_of_the_ordinary_to_the_long_way(self) -> None:
        assert batch(library_from=NOON.date()).take(order(("1.00", "other"))) is None
        assert batch().take(order(("1.00", "other"), project_id=str(uuid7()))) is None
        assert batch().take(order(("1.00", "other"), region_code="431081105")) is None
        known, made = order(("1.00", "other")), batch()
        made.found.known.add(known.ids[0])  # type: ignore[attr-defined]
        assert made.take(known) is None

    @given(st.lists(st.tuples(st.integers(1, 60_00), st.sampled_from(["industry", "other"])), max_size=20))
    def test_whatever_comes_the_limits_hold_after_every_line(self, wanted: list[tuple[int, str]]) -> None:
        made = batch()
        for fen, purpose in wanted:
            made.take(order((f"{fen // 100}.{fen % 100:02d}", purpose)))
        held: dict[UUID, int] = {}
        for line in made.lines:
            industry, other = line[12], line[13]
            assert Balance(100_00, industry, other, 5500).refusal() is None
            held[line[11]] = held.get(line[11], 0) + line[6]
        pool = made.found.pools[POOL]
        assert sum(held.values()) == sum(made.debits.values()) == pool.total == pool.balance.allocated
