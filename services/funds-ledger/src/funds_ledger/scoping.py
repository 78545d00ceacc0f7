"""The county in every query: row-level security decides what is seen, this keeps the tenant column in the plan."""

from __future__ import annotations

from typing import Any

from service_kit.errors import FieldError, ValidationFailed
from service_kit.region import county_of
from service_kit.scope import Scope
from service_kit.tokens import Actor
from sqlalchemy import ColumnElement, and_


def in_counties(column: Any, region_code: str) -> ColumnElement[bool]:
    """``county_code`` limited to the county of ``region_code``, or to all counties below it."""
    if len(region_code) >= 6:
        matches: ColumnElement[bool] = column == county_of(region_code)
        return matches
    scope = Scope(region_code)
    return and_(column >= scope.county_lo, column < scope.county_hi)


def inside(column: Any, region_code: str) -> ColumnElement[bool]:
    """A region column limited to ``region_code`` and what lies below it."""
    scope = Scope(region_code)
    return and_(column >= scope.lo, column < scope.hi)


def chosen_county(actor: Actor, county_code: str | None, path: str) -> str:
    """The county that is meant: the one named, else the actor's own.

    Raises:
        ValidationFailed: none named and the actor stands above the counties.
    """
    if county_code is not None:
        return county_code
    if len(actor.region) >= 6:
        return county_of(actor.region)
    raise ValidationFailed(errors=[FieldError(path, "county_required", "请选择县（市、区）")])
