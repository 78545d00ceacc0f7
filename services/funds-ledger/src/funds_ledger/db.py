"""The base of all tables of this service."""

from __future__ import annotations

from service_kit import attachments, exports
from service_kit.db import Record, new_metadata
from sqlalchemy.orm import DeclarativeBase


class Base(Record, DeclarativeBase):
    metadata = new_metadata()


attachments.mount(Base.metadata)
exports.mount(Base.metadata)
