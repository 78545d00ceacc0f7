"""Generated households as CSV for COPY into monitoring's tables, personal numbers encrypted and masked."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from monitoring_api.households.models import RIGID_KINDS
from service_kit.crypto import FieldCrypto, mask_id_number, mask_phone

from linkage_local.seed.counties import CountySeed, make_county, no_collection
from linkage_local.seed.identity import ID_EPOCH_MS
from linkage_local.seed.incomes import rigid_kinds
from linkage_local.seed.villages import Household

LOADED_AT = datetime.fromtimestamp(ID_EPOCH_MS / 1000, UTC)
"""created_at of generated rows; fixed, so that the same seed gives the same rows."""

HOUSEHOLD_COLUMNS = (
    "county_code", "id", "village_code", "group_name", "household_no", "address", "dwelling_grade", "water_supply",
    "state", "lifted", "lifted_year", "monitored", "monitored_class", "monitored_since", "risks", "demo",
    "created_at", "updated_at", "version",
)  # fmt: skip
MEMBER_COLUMNS = (
    "county_code", "id", "household_id", "village_code", "name", "name_tail", "initials", "relation", "is_head",
    "state", "sex", "birth_date", "id_number", "id_number_index", "id_number_masked", "phone", "phone_masked",
    "labour_ability", "health", "education", "schooling", "employment", "insured",
    "created_at", "updated_at", "version",
)  # fmt: skip
INCOME_COLUMNS = (
    "county_code", "id", "household_id", "village_code", "year", "wage", "business", "property", "transfer",
    "rigid_expense", *RIGID_KINDS, "created_at", "updated_at",
)  # fmt: skip


class CountyCsv(NamedTuple):
    """Three CSV files without heading; the columns are those above. Empty and unquoted means NULL."""

    households: bytes
    members: bytes
    incomes: bytes


def county_csv(county: CountySeed, field_keys_file: Path, households: list[Household] | None = None) -> CountyCsv:
    """Generate a county, unless given, and encrypt its numbers under the service's current field key.

    Takes no open connection, so that it can run in another process while the county before is being loaded.
    """
    with no_collection():
        households = households or make_county(county)
        return CountyCsv(
            _csv(_household_rows(county.county_code, households)),
            _csv(_member_rows(county.county_code, households, FieldCrypto.from_file(field_keys_file))),
            _csv(_income_rows(county, households)),
        )


def _csv(rows: Iterator[tuple[object, ...]]) -> bytes:
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _household_rows(county_code: str, households: list[Household]) -> Iterator[tuple[object, ...]]:
    at = LOADED_AT.isoformat()
    for h in households:
        yield (
            county_code, h.id, h.village_code, h.group_name, h.number, h.address, h.dwelling_grade, h.water_supply,
            "active", h.lifted, h.lifted_year, h.monitored, h.kind if h.monitored else None, h.monitored_since,
            "{" + ",".join(h.risks) + "}", True, at, at, 1,
        )  # fmt: skip


def _member_rows(county_code: str, households: list[Household], crypto: FieldCrypto) -> Iterator[tuple[object, ...]]:
    at = LOADED_AT.isoformat()
    encrypt, index = crypto.encrypt, crypto.blind_index
    for h in households:
        for m in h.members:
            number, phone = m.id_number, m.phone
            yield (
                county_code, m.id, h.id, h.village_code, m.name.text, m.name.text[1:], m.name.initials, m.relation,
                m.relation == "head", "present", m.sex, m.birth_date,
                rf"\x{encrypt(number).hex()}", rf"\x{index(number).hex()}", mask_id_number(number),
                rf"\x{encrypt(phone).hex()}" if phone else None, mask_phone(phone) if phone else None,
                m.labour, m.health, m.education, m.schooling, m.employment, m.insured, at, at, 1,
            )  # fmt: skip


def _income_rows(county: CountySeed, households: list[Household]) -> Iterator[tuple[object, ...]]:
    at = LOADED_AT.isoformat()
    ids = county.ids("income", 0)
    for h in households:
        for income in h.incomes:
            yield county.county_code, ids.take(), h.id, h.village_code, *income, *rigid_kinds(income, h.risks), at, at
