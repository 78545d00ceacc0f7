"""The register of all rural households and their members (MON-1, MON-3).

Notes for bulk loading (COPY), which must fill every column without a default itself:

* ``village_code`` of members, incomes and changes equals the household's (a foreign key holds it);
* ``name_tail`` = name without its first character, ``initials`` = ``service_kit.pinyin.initials(name)``;
* ``id_number``/``phone`` = ``FieldCrypto.encrypt``, ``id_number_index`` = ``FieldCrypto.blind_index``, ``*_masked`` =
  ``service_kit.crypto.mask_*``: the masks are stored beside the ciphertext so that a list of households shows them
  without decrypting anything;
* each ``id_number_index`` also has one row in ``person_registry``.

Searching: under row-level security PostgreSQL uses only leakproof operators as index conditions. ``LIKE`` and the
trigram operators are not, comparisons of text are; so names are found as ranges of plain B-trees in byte order: from
the start of the name (``name``), from its second character (``name_tail``) or by pinyin (``initials``). That also
serves two-character names, which have no trigram.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

from service_kit.db import APPEND_ONLY, CountyKey, Fen, RegionText, Timestamps, Versioned, local, reference, tenant
from service_kit.kit_tables import region
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api import terms
from monitoring_api.db import OWN_VILLAGE, Base, one_of

RIGID_KINDS = tuple(f"rigid_{kind}" for kind in get_args(terms.RigidKind))
RIGID_KINDS_ADD_UP = (
    f"num_nulls({', '.join(RIGID_KINDS)}) = {len(RIGID_KINDS)}"
    f" OR (num_nulls({', '.join(RIGID_KINDS)}) = 0 AND least({', '.join(RIGID_KINDS)}) >= 0"
    f" AND {' + '.join(RIGID_KINDS)} = rigid_expense)"
)
"""CHECK text: the kinds of rigid expense are all unknown, or all known and together the total."""

HOUSEHOLD_KEY = ["household.county_code", "household.id", "household.village_code"]


class MonitoredClass(Base):
    """Catalogue of monitored classes (MON-3): the words change with policy years, so they carry dates."""

    __tablename__ = "monitored_class"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"), reference("SELECT"))

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    lifted: Mapped[bool | None]
    """True: only for lifted households; false: only for others; null: for both."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    position: Mapped[int] = mapped_column(SmallInteger)


class RiskKind(Base):
    """Catalogue of risk points (MON-4)."""

    __tablename__ = "risk_kind"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"), reference("SELECT"))

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    position: Mapped[int] = mapped_column(SmallInteger)


class Household(CountyKey, Timestamps, Versioned, Base):
    """One household. ``version`` counts every act on it or its members; each version has one line of history."""

    __tablename__ = "household"
    __table_args__ = (
        UniqueConstraint("county_code", "id", "village_code", name="uq_household_id_village"),
        UniqueConstraint("county_code", "village_code", "household_no", name="uq_household_number"),
        ForeignKeyConstraint(["village_code"], [region.c.code], name="fk_household_region"),
        ForeignKeyConstraint(["monitored_class"], ["monitored_class.code"], name="fk_household_monitored_class"),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint(one_of("state", terms.HouseholdState), name="state"),
        CheckConstraint(one_of("dwelling_grade", terms.DwellingGrade), name="dwelling_grade"),
        CheckConstraint(one_of("water_supply", terms.WaterSupply), name="water_supply"),
        CheckConstraint("monitored = (monitored_class IS NOT NULL)", name="class_iff_monitored"),
        CheckConstraint("monitored = (cardinality(risks) > 0)", name="risks_iff_monitored"),
        CheckConstraint("monitored = (monitored_since IS NOT NULL)", name="since_iff_monitored"),
        CheckConstraint("lifted_year IS NULL OR lifted", name="lifted_year"),
        Index(
            "ix_household_counted",
            "county_code",
            "village_code",
            postgresql_include=["lifted", "monitored"],
            postgresql_where=text("state = 'active'"),
        ),
        Index(
            "ix_household_lifted",
            "county_code",
            "village_code",
            "household_no",
            postgresql_where=text("lifted AND state = 'active'"),
        ),
        Index(
            "ix_household_monitored",
            "county_code",
            "village_code",
            "household_no",
            postgresql_where=text("monitored AND state = 'active'"),
        ),
        tenant("village_code"),
    )

    village_code: Mapped[RegionText]
    group_name: Mapped[str | None]
    """村民小组, e.g. 第三组."""
    household_no: Mapped[str] = mapped_column(Text(collation="C"))
    """户编号, unique in the village; lists are in its byte order."""
    address: Mapped[str | None]
    dwelling_grade: Mapped[str | None]
    water_supply: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="active")
    lifted: Mapped[bool] = mapped_column(default=False)
    lifted_year: Mapped[int | None] = mapped_column(SmallInteger)
    monitored: Mapped[bool] = mapped_column(default=False)
    monitored_class: Mapped[str | None]
    monitored_since: Mapped[date | None]
    risks: Mapped[list[str]] = mapped_column(ARRAY(Text()), default=list)
    """Codes of ``risk_kind``, sorted; empty unless monitored."""
    demo: Mapped[bool] = mapped_column(default=False)
    """演示数据: made up, shown as such."""
    content_hash: Mapped[bytes | None]
    """Keyed hash of the request that registered it, to recognise a repeated one; null when bulk loaded."""


class HouseholdMember(CountyKey, Timestamps, Versioned, Base):
    """One person in a household. Identity and phone numbers are encrypted, found by blind index, shown masked."""

    __tablename__ = "household_member"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_household_member_household",
            onupdate="CASCADE",
        ),
        CheckConstraint("(relation = 'head') = is_head", name="head_relation"),
        CheckConstraint(one_of("state", terms.MemberState), name="state"),
        CheckConstraint(one_of("relation", terms.Relation), name="relation"),
        CheckConstraint(one_of("sex", terms.Sex), name="sex"),
        CheckConstraint(one_of("labour_ability", terms.LabourAbility), name="labour_ability"),
        CheckConstraint(one_of("health", terms.Health), name="health"),
        CheckConstraint(one_of("education", terms.Education), name="education"),
        CheckConstraint(one_of("schooling", terms.Schooling), name="schooling"),
        CheckConstraint(one_of("employment", terms.Employment), name="employment"),
        CheckConstraint("num_nulls(id_number, id_number_index, id_number_masked) IN (0, 3)", name="id_number_complete"),
        CheckConstraint("num_nulls(phone, phone_masked) IN (0, 2)", name="phone_complete"),
        # Serves the members of a household, the count of people per household and per region, and the foreign key.
        Index(
            "ix_household_member_household",
            "county_code",
            "village_code",
            "household_id",
            postgresql_include=["state"],
        ),
        Index("uq_household_member_head", "county_code", "household_id", unique=True, postgresql_where=text("is_head")),
        Index("ix_household_member_name", "county_code", "name", "village_code", "household_id"),
        Index("ix_household_member_name_tail", "county_code", "name_tail", "village_code", "household_id"),
        Index("ix_household_member_initials", "county_code", "initials", "village_code", "household_id"),
        tenant("village_code"),
    )

    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    name: Mapped[str] = mapped_column(Text(collation="C"))
    name_tail: Mapped[str] = mapped_column(Text(collation="C"))
    """The name without its first character."""
    initials: Mapped[str] = mapped_column(Text(collation="C"))
    """Pinyin initials of the name, lower case."""
    relation: Mapped[str]
    is_head: Mapped[bool]
    state: Mapped[str] = mapped_column(default="present")
    sex: Mapped[str]
    birth_date: Mapped[date]
    id_number: Mapped[bytes | None]
    """Ciphertext; null for who has no number yet, e.g. a newborn."""
    id_number_index: Mapped[bytes | None]
    """Blind index, 32 bytes."""
    id_number_masked: Mapped[str | None]
    phone: Mapped[bytes | None]
    """Ciphertext."""
    phone_masked: Mapped[str | None]
    labour_ability: Mapped[str]
    health: Mapped[str]
    education: Mapped[str]
    schooling: Mapped[str]
    employment: Mapped[str]
    insured: Mapped[bool]
    """Covered by basic medical insurance."""
    content_hash: Mapped[bytes | None]
    """Keyed hash of the request that added the member; null when registered with the household or bulk loaded."""


class PersonRegistry(Base):
    """Who is registered anywhere: one row per identity number, across all counties.

    Uniqueness across tenants needs a table of its own, keyed by what is unique. It holds no personal data and no
    region finer than the county, is not scoped, and is never shown.
    """

    __tablename__ = "person_registry"
    __table_args__ = (local("SELECT, INSERT, DELETE"),)

    id_number_index: Mapped[bytes] = mapped_column(primary_key=True)
    county_code: Mapped[RegionText]
    member_id: Mapped[UUID]


class HouseholdIncome(CountyKey, Timestamps, Base):
    """Income and rigid expense of a household in one year, all in fen (MON-1)."""

    __tablename__ = "household_income"
    __table_args__ = (
        UniqueConstraint("county_code", "household_id", "year", name="uq_household_income_year"),
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_household_income_household",
            onupdate="CASCADE",
        ),
        CheckConstraint("year BETWEEN 1949 AND 2999", name="year"),
        CheckConstraint("wage >= 0 AND property >= 0 AND transfer >= 0 AND rigid_expense >= 0", name="not_negative"),
        CheckConstraint(RIGID_KINDS_ADD_UP, name="rigid_kinds"),
        tenant("village_code"),
    )

    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    year: Mapped[int] = mapped_column(SmallInteger)
    wage: Mapped[Fen]
    business: Mapped[Fen]
    """Net, so it may be negative in a bad year."""
    property: Mapped[Fen]
    transfer: Mapped[Fen]
    rigid_expense: Mapped[Fen]
    """The total of the kinds below where these are given; all null when it was not broken down."""
    rigid_medical: Mapped[Fen | None]
    rigid_education: Mapped[Fen | None]
    rigid_disability_care: Mapped[Fen | None]
    rigid_housing_repair: Mapped[Fen | None]
    rigid_disaster: Mapped[Fen | None]
    rigid_other: Mapped[Fen | None]


class HouseholdChange(CountyKey, Base):
    """One line of a household's history: who did what to version ``version`` of it. Append-only by privilege."""

    __tablename__ = "household_change"
    __table_args__ = (
        UniqueConstraint("county_code", "household_id", "version", name="uq_household_change_version"),
        ForeignKeyConstraint(
            ["county_code", "household_id", "village_code"],
            HOUSEHOLD_KEY,
            name="fk_household_change_household",
            onupdate="CASCADE",
        ),
        CheckConstraint(one_of("act", terms.Act), name="act"),
        tenant("village_code", grants=APPEND_ONLY),
    )

    household_id: Mapped[UUID]
    village_code: Mapped[RegionText]
    version: Mapped[int]
    """The household's version that this act made."""
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    act: Mapped[str]
    member_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """``[{"field", "before", "after"}]``; identity and phone numbers masked."""
