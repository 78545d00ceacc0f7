"""Filling a list: from the register's own lists, or from a sheet; in sets, whatever the number (FND-10)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import PydanticCustomError
from service_kit import audit
from service_kit.bulk import encode_row
from service_kit.clock import now, today
from service_kit.context import ServiceContext
from service_kit.crypto import FieldCrypto, mask_account, mask_id_number, normalise
from service_kit.errors import AlreadyExists
from service_kit.imports import Checked, Source
from service_kit.tokens import Actor
from service_kit.validators import parse_bank_card
from sqlalchemy.ext.asyncio import AsyncSession

from funds_ledger.allocations import repository as allocations
from funds_ledger.clients.monitoring import Known, entitled_people, match_people
from funds_ledger.errors import NoListOfRegister, PayoutNotInState, TooManyPayoutLines
from funds_ledger.payouts import checks, repository, sheets
from funds_ledger.payouts.models import PayoutBatch
from funds_ledger.payouts.rules import MAX_LINES
from funds_ledger.payouts.schemas import PayoutLoaded
from funds_ledger.payouts.sheets import ListRow
from funds_ledger.standards import service as standards
from funds_ledger.standards.models import PayoutStandard

_STAGED = (
    "row_no", "name", "person_key", "id_number", "id_number_mask", "account_number", "account_index", "account_mask",
    "account_valid", "bank", "holder", "quantity", "amount_fen", "note", "member_id", "household_id", "village_code",
    "register_state", "name_differs",
)  # fmt: skip

_STAGE = """
    CREATE TEMPORARY TABLE staged_line (row_no integer, name text, person_key bytea, id_number bytea,
        id_number_mask text, account_number bytea, account_index bytea, account_mask text, account_valid boolean,
        bank text, holder text, quantity integer, amount_fen bigint, note text, member_id uuid, household_id uuid,
        village_code text COLLATE "C", register_state text, name_differs boolean) ON COMMIT DROP
"""
_PAIRED = """
    CREATE TEMPORARY TABLE paired_line ON COMMIT DROP AS
    WITH coming AS (
        SELECT s.row_no, s.person_key, row_number() OVER (PARTITION BY s.person_key ORDER BY s.row_no) AS nth
        FROM staged_line s
    ), there AS (
        SELECT l.id, l.state, l.person_key, row_number() OVER (PARTITION BY l.person_key ORDER BY l.line_no) AS nth
        FROM payout_line l WHERE l.county_code = $1 AND l.batch_id = $2
    )
    SELECT c.row_no, t.id, t.state FROM coming c
    LEFT JOIN there t ON t.person_key = c.person_key AND t.nth = c.nth
"""
_UPDATE = """
    UPDATE payout_line l SET name = s.name, bank = coalesce(nullif(s.bank, ''), l.bank), holder = s.holder,
        quantity = s.quantity, amount_fen = s.amount_fen, note = s.note,
        account_number = coalesce(s.account_number, l.account_number),
        account_index = coalesce(s.account_index, l.account_index),
        account_mask = coalesce(s.account_mask, l.account_mask),
        account_valid = CASE WHEN s.account_number IS NULL THEN l.account_valid ELSE s.account_valid END,
        account_by = CASE WHEN s.account_number IS NULL THEN l.account_by ELSE $3 END,
        member_id = s.member_id, household_id = s.household_id, village_code = s.village_code,
        register_state = s.register_state, name_differs = s.name_differs, matched_at = $4, updated_at = $4,
        version = l.version + 1
    FROM paired_line p JOIN staged_line s ON s.row_no = p.row_no
    WHERE l.county_code = $1 AND l.batch_id = $2 AND l.id = p.id AND l.state = 'listed'
"""
_INSERT = """
    INSERT INTO payout_line (county_code, id, batch_id, standard_code, period, line_no, name, person_key, id_number,
        id_number_mask, account_number, account_index, account_mask, account_valid, bank, holder, quantity, amount_fen,
        note, member_id, household_id, village_code, register_state, name_differs, matched_at, problems, kept, state,
        reason, failure, created_at, updated_at, version)
    SELECT $1, gen_random_uuid(), $2, b.standard_code, b.period,
        n.last + row_number() OVER (ORDER BY s.row_no), s.name, s.person_key, s.id_number, s.id_number_mask,
        s.account_number, s.account_index, s.account_mask, s.account_valid, s.bank, s.holder, s.quantity, s.amount_fen,
        s.note, s.member_id, s.household_id, s.village_code, s.register_state, s.name_differs, $3, '{}', '{}',
        'listed', '', '', $3, $3, 1
    FROM staged_line s JOIN paired_line p ON p.row_no = s.row_no AND p.id IS NULL
    JOIN payout_batch b ON b.county_code = $1 AND b.id = $2,
    LATERAL (SELECT coalesce(max(line_no), 0) AS last FROM payout_line
             WHERE county_code = $1 AND batch_id = $2) n
"""


@dataclass(frozen=True, slots=True)
class Person:
    """One line to be, before it is encrypted. amount: fen."""

    row: int
    name: str
    id_number: str
    amount: int
    quantity: int = 1
    account_number: str | None = None
    bank: str = ""
    holder: str = ""
    note: str = ""


async def from_register(
    session: AsyncSession, ctx: ServiceContext, actor: Actor, batch_id: UUID, on: date | None
) -> PayoutLoaded:
    """Put those on the list whom the register lists for the standard; who is there already stays as he is.

    Raises:
        NotFound, PayoutNotInState, NoListOfRegister, TooManyPayoutLines.
        PeerUnavailable, PeerFailed: the register does not answer.
    """
    batch = await open_list(session, actor, batch_id)
    standard = await standards.by_id(session, batch.standard_id)
    if standard.listed_by is None or standard.listed_value is None:
        raise NoListOfRegister()
    day = on or today()
    listed = await entitled_people(
        ctx, batch.county_code, standard.listed_by, standard.listed_value, standard.among, day, most=MAX_LINES
    )
    with_number = [person for person in listed if person.id_number is not None]
    people = [
        Person(row, found.name, found.id_number or "", standard.amount_fen) for row, found in enumerate(with_number, 1)
    ]
    known = {
        row: Known(place=row, member_id=x.member_id, household_id=x.household_id, village_code=x.village_code,
                   name=x.name, state="present")
        for row, x in enumerate(with_number, 1)
    }  # fmt: skip
    added = await store(session, ctx.crypto, actor, batch, people, known, accounts_from_history=True)
    await repository.add_event(session, actor, batch, "listed", lines=added)
    await _record(session, actor, batch, "payout.listed", people=added)
    return PayoutLoaded(added=added, known=len(people) - added, without_number=len(listed) - len(people))


async def from_sheet(
    session: AsyncSession, ctx: ServiceContext, actor: Actor, batch_id: UUID, import_id: UUID, content: bytes
) -> None:
    """Take the good rows of a sheet and keep the others to hand back. Known people are updated.

    Raises:
        NotFound, PayoutNotInState, TooManyPayoutLines, AlreadyExists: the id holds another file.
        TableUnreadable, ColumnsMissing, TooManyRows; PeerUnavailable, PeerFailed.
    """
    batch = await open_list(session, actor, batch_id)
    digest = hashlib.sha256(content).hexdigest()
    known = await repository.import_of(session, actor, import_id)
    if known is not None:
        if known.sha256 != digest or known.batch_id != batch_id:
            raise AlreadyExists()
        return
    standard = await standards.by_id(session, batch.standard_id)
    source, checked = await asyncio.to_thread(sheets.read_list, content)
    people = [_person(number, row, standard) for number, row in checked.good]
    numbers = [person.id_number for person in people]
    matched = await match_people(ctx, batch.county_code, numbers) if numbers else {}
    by_row = {people[place].row: found for place, found in matched.items()}
    await store(session, ctx.crypto, actor, batch, people, by_row)
    await note_import(session, ctx.crypto, actor, batch, "list", import_id, digest, source, checked)
    await repository.add_event(session, actor, batch, "imported", lines=len(people))
    await _record(session, actor, batch, "payout.imported", people=len(people))


def _person(number: int, row: ListRow, standard: PayoutStandard) -> Person:
    quantity = row.quantity if standard.counted else 1
    return Person(
        row=number,
        name=row.name,
        id_number=row.id_number,
        amount=row.amount if row.amount is not None else standard.amount_fen * quantity,
        quantity=quantity,
        account_number=row.account_number,
        bank=row.bank,
        holder=row.holder,
        note=row.note,
    )


async def open_list(session: AsyncSession, actor: Actor, batch_id: UUID) -> PayoutBatch:
    """A list that can still be filled, kept so. Raises NotFound, PayoutNotInState."""
    batch = await repository.lock_batch(session, actor, batch_id)
    if batch.state != "draft":
        raise PayoutNotInState(state_now=batch.state)
    return batch


async def note_import(
    session: AsyncSession,
    crypto: FieldCrypto,
    actor: Actor,
    batch: PayoutBatch,
    kind: str,
    import_id: UUID,
    digest: str,
    source: Source,
    checked: Checked[Any],
) -> None:
    """Remember a file that came in, with the sheet to hand back when rows were refused."""
    sheet = None
    if checked.errors:
        refused = await asyncio.to_thread(sheets.refused_sheet, source, checked.errors)
        sheet = await asyncio.to_thread(crypto.encrypt, base64.b64encode(refused).decode())
    await repository.add_import(
        session,
        {
            "county_code": batch.county_code,
            "id": import_id,
            "batch_id": batch.id,
            "kind": kind,
            "sha256": digest,
            "accepted": len(checked.good),
            "refused": len(checked.errors),
            "sheet": sheet,
            "at": now(),
            "by": actor.id,
            "by_name": actor.name,
        },
    )


def account_of(crypto: FieldCrypto, text: str | None) -> tuple[bytes | None, bytes | None, str | None, bool]:
    """Ciphertext, blind index, mask, and whether the number can be a bank card's."""
    number = normalise(text or "")
    if not number:
        return None, None, None, False
    try:
        parse_bank_card(number)
        valid = True
    except PydanticCustomError:
        valid = False
    return crypto.encrypt(number), crypto.blind_index(number), mask_account(number), valid


def _rows(crypto: FieldCrypto, people: Sequence[Person], known: dict[int, Known]) -> bytes:
    """The staged lines in COPY's text form. 20,000 take about half a second."""
    lines = []
    for person in people:
        found = known.get(person.row)
        account = account_of(crypto, person.account_number)
        number = normalise(person.id_number)
        lines.append(
            encode_row(
                (
                    person.row, person.name, crypto.blind_index(number), crypto.encrypt(number), mask_id_number(number),
                    *account, person.bank, person.holder, person.quantity, person.amount, person.note,
                    found.member_id if found else None,
                    found.household_id if found else None,
                    found.village_code if found else None,
                    found.state if found else None,
                    found is not None and found.name != person.name,
                )
            )
        )  # fmt: skip
    return "".join(lines).encode()


_LAST_ACCOUNTS = """
    UPDATE staged_line s SET account_number = p.account_number, account_index = p.account_index,
        account_mask = p.account_mask, account_valid = p.account_valid, bank = p.bank
    FROM (
        SELECT DISTINCT ON (person_key) person_key, account_number, account_index, account_mask, account_valid, bank
        FROM payout_line WHERE county_code = $1 AND state = 'paid'
            AND person_key IN (SELECT person_key FROM staged_line)
        ORDER BY person_key, paid_at DESC
    ) p WHERE p.person_key = s.person_key
"""


async def store(
    session: AsyncSession,
    crypto: FieldCrypto,
    actor: Actor,
    batch: PayoutBatch,
    people: Sequence[Person],
    known: dict[int, Known],
    *,
    accounts_from_history: bool = False,
) -> int:
    """Stage, pair with the lines that are there, update, insert, check. How many lines are new."""
    content = await asyncio.to_thread(_rows, crypto, people, known)
    connection, moment = await repository.driver(session), now()
    await connection.execute("DROP TABLE IF EXISTS staged_line, paired_line")
    await connection.execute(_STAGE)

    async def source() -> Any:
        yield content

    await connection.copy_to_table("staged_line", source=source(), columns=list(_STAGED), format="text")
    if accounts_from_history:
        await connection.execute(_LAST_ACCOUNTS, batch.county_code)
    await connection.execute("ANALYZE staged_line")
    # Without figures about the new lines a nested loop looks cheap, and costs lines times lines.
    await connection.execute("SET LOCAL enable_nestloop = off")
    await connection.execute(_PAIRED, batch.county_code, batch.id)
    await connection.execute("SET LOCAL enable_nestloop = on")
    await connection.execute("ANALYZE paired_line")
    if not accounts_from_history:
        await connection.execute(_UPDATE, batch.county_code, batch.id, actor.id, moment)
    new = int(await connection.fetchval("SELECT count(*) FROM paired_line WHERE id IS NULL"))
    there = int(
        await connection.fetchval(
            "SELECT count(*) FROM payout_line WHERE county_code = $1 AND batch_id = $2", batch.county_code, batch.id
        )
    )
    if new + there > MAX_LINES:
        raise TooManyPayoutLines(lines=new + there)
    await connection.execute(_INSERT, batch.county_code, batch.id, moment)
    await check(session, batch)
    return new


async def check(session: AsyncSession, batch: PayoutBatch) -> None:
    """Look at all lines that may still change."""
    allocation = await allocations.of_county(session, batch.county_code, batch.allocation_id)
    await checks.note_problems(session, batch, allocation.region_code if allocation else batch.county_code, now())


async def _record(session: AsyncSession, actor: Actor, batch: PayoutBatch, action: str, **detail: Any) -> None:
    await audit.record(
        session,
        actor,
        action=action,
        subject_type="payout_batch",
        subject_id=batch.id,
        region_code=batch.county_code,
        detail=detail,
    )
