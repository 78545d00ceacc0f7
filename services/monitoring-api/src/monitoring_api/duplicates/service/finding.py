"""Noticing that somebody is registered twice. Nobody is refused for it: both records stay until a person decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.duplicates import repository
from monitoring_api.duplicates.schemas import Found
from monitoring_api.households.models import HouseholdMember
from monitoring_api.households.repository import holders_of, register_persons, release_person
from monitoring_api.households.service import records
from monitoring_api.reaching import reaching


@dataclass(frozen=True, slots=True)
class Holder:
    """Who else is present under a number."""

    county_code: str
    member_id: UUID
    village_code: str


async def claim(
    session: AsyncSession, actor: Actor, members: Sequence[HouseholdMember], paths: Mapping[UUID, str], *, refuse: bool
) -> dict[UUID, Holder]:
    """Claim the identity numbers of members; returns who else holds one and is present.

    Who died, moved away or was merged holds nothing against the living: their claim passes on.

    Raises:
        PersonAlreadyRegistered: only with ``refuse``.
    """
    taken = await register_persons(session, members)
    if not taken:
        return {}
    held = await holders_of(session, [member.id_number_index or b"" for member in taken])
    present = await _present(session, actor, list(held.values()))
    flags = {}
    for member in taken:
        county, holder_id = held[bytes(member.id_number_index or b"")]
        if (county, holder_id) == (member.county_code, member.id):
            continue
        village = present.get((county, holder_id))
        if village is not None:
            flags[member.id] = Holder(county, holder_id, village)
            continue
        gone = HouseholdMember(county_code=county, id=holder_id, id_number_index=member.id_number_index)
        await release_person(session, gone)
        await register_persons(session, [member])
    if flags and refuse:
        await records.refuse_registered(session, [m for m in taken if m.id in flags], paths)
    return flags


async def _present(
    session: AsyncSession, actor: Actor, holders: Sequence[tuple[str, UUID]]
) -> dict[tuple[str, UUID], str]:
    """The villages of those holders who are present, in whatever county; nothing of it is shown."""
    found: dict[tuple[str, UUID], str] = {}
    for county in sorted({county for county, _ in holders}):
        async with reaching(session, actor, county):
            ids = [member_id for other, member_id in holders if other == county]
            villages = await repository.present_villages(session, county, ids)
            found |= {(county, member_id): village for member_id, village in villages.items()}
    return found


async def flag(
    session: AsyncSession, actor: Actor, members: Sequence[HouseholdMember], holders: Mapping[UUID, Holder]
) -> int:
    """Put pairs of these members with others on the list; returns how many are new.

    Call it after the members were flushed: a pair refers to them.
    """
    if not members:
        return 0
    county = members[0].county_code
    pairs = [_pair(member, holders[member.id]) for member in members if member.id in holders]
    for village in sorted({member.village_code for member in members}):
        await repository.lock_village(session, village)
    known = {(one["first_id"], one["second_id"]) for one in pairs}
    for one, two, here, there in await repository.same_name_and_birth(session, county, members):
        first, second = sorted((one, two))
        if (first, second) not in known:
            known.add((first, second))
            pairs.append(repository.pair(county, first, second, (here, there), "name_birth_village"))
    if not pairs:
        return 0
    # A pair may belong to a larger region than the actor's, whose people then decide it.
    async with reaching(session, actor, county):
        return await repository.add_pairs(session, pairs)


def _pair(member: HouseholdMember, holder: Holder) -> dict[str, Any]:
    other = None if holder.county_code == member.county_code else holder.county_code
    villages = (member.village_code, holder.village_code)
    return repository.pair(member.county_code, member.id, holder.member_id, villages, "id_number", other)


async def search(session: AsyncSession, actor: Actor, region: str) -> Found:
    """Look through a whole region, e.g. after a bulk load."""
    rows = await repository.search(session, region)
    pairs = [repository.pair(row[0], row[1], row[2], (row[3], row[4]), row[5]) for row in rows]
    added = await repository.add_pairs(session, pairs)
    await audit.record(
        session,
        actor,
        action="duplicates.search",
        subject_type="region",
        subject_id=region,
        region_code=region,
        detail={"found": added},
    )
    return Found(found=added, more=len(rows) == repository.FOUND_AT_ONCE)
