"""Whom the register lists for a subsidy, and what it says of people whom a sheet names (FND-10)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from service_kit.crypto import FieldCrypto
from service_kit.db import ReadConnection
from service_kit.pagination import cut, decode_cursor

from monitoring_api.entitlements import views
from monitoring_api.entitlements.schemas import (
    Among,
    EntitledPerson,
    EntitlementList,
    ListedBy,
    Match,
    Matches,
    MatchRequest,
)


async def entitled(
    db: ReadConnection,
    crypto: FieldCrypto,
    region: str,
    *,
    listed_by: ListedBy,
    value: str,
    among: Among,
    on: date,
    cursor: str | None,
    limit: int,
) -> EntitlementList:
    """One page of a list, with the numbers in full."""
    after: Any = decode_cursor(cursor, (str, UUID, UUID)) if cursor else None
    rows = await views.list_entitled(
        db, region, listed_by=listed_by, value=value, among=among, on=on, after=after, limit=limit + 1
    )
    kept, following = cut(rows, limit, lambda row: (row[2], row[1], row[0]))
    return EntitlementList(items=await asyncio.to_thread(_open, crypto, kept), next=following)


def _open(crypto: FieldCrypto, rows: Sequence[Any]) -> list[EntitledPerson]:
    return [
        EntitledPerson(
            member_id=row[0],
            household_id=row[1],
            village_code=row[2],
            name=row[3],
            id_number=crypto.decrypt(row[4]) if row[4] is not None else None,
        )
        for row in rows
    ]


async def matches(db: ReadConnection, crypto: FieldCrypto, body: MatchRequest) -> Matches:
    """Who of these is registered in the county, and whether still there; the others are simply not named."""
    places: dict[bytes, list[int]] = {}
    for place, number in enumerate(body.id_numbers):
        places.setdefault(crypto.blind_index(number), []).append(place)
    rows = await views.match_numbers(db, body.region, list(places))
    return Matches(
        items=[
            Match(
                place=place,
                member_id=row[1],
                household_id=row[2],
                village_code=row[3],
                name=row[4],
                state=row[5],
                supported=row[6],
            )
            for row in rows
            for place in places[bytes(row[0])]
        ]
    )
