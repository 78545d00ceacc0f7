"""Base of the gateway's tables."""

from __future__ import annotations

from service_kit.db import Record, new_metadata
from sqlalchemy.orm import DeclarativeBase


class Base(Record, DeclarativeBase):
    metadata = new_metadata()
