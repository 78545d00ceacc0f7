"""Village profiles (MON-18)."""

from __future__ import annotations

from service_kit.db import Fen, RegionText, Timestamps, Versioned, tenant
from service_kit.kit_tables import region
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from monitoring_api.db import OWN_VILLAGE, Base


class Village(Timestamps, Versioned, Base):
    """One village (社区) with its types and the figures that were officially published for it.

    Published figures are quoted from ``published_source`` and never computed; every count shown beside them is
    recounted from the register. Keyed by its statistical code, which the gateway's region list owns.
    """

    __tablename__ = "village"
    __table_args__ = (
        ForeignKeyConstraint(["village_code"], [region.c.code], name="fk_village_region"),
        CheckConstraint(OWN_VILLAGE, name="county"),
        CheckConstraint("types <@ ARRAY['lifted', 'key_assistance', 'model']", name="types"),
        CheckConstraint("collective_income >= 0", name="collective_income"),
        CheckConstraint(
            "published_population >= 0 AND published_lifted_households >= 0 AND published_lifted_people >= 0"
            " AND published_monitored_households >= 0 AND published_monitored_people >= 0",
            name="published",
        ),
        tenant("village_code"),
    )

    county_code: Mapped[RegionText] = mapped_column(primary_key=True)
    village_code: Mapped[RegionText] = mapped_column(primary_key=True)
    types: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=text("'{}'"))
    """Of ``terms.VillageType``; a village may have several."""
    collective_income: Mapped[Fen | None]
    """村集体经济年收入, fen a year."""
    published_population: Mapped[int | None]
    published_lifted_households: Mapped[int | None]
    published_lifted_people: Mapped[int | None]
    published_monitored_households: Mapped[int | None]
    published_monitored_people: Mapped[int | None]
    published_source: Mapped[str | None]
    """Where the figures were published: document and year."""
