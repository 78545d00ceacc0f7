"""Recounting the register: one set of common table expressions for every screen that shows totals.

People are counted when they are present; households when they are active. Nothing is read from a stored total.
"""

from __future__ import annotations

from monitoring_api.sql import Statement


def counts(statement: Statement, *, villages: str = "") -> str:
    """CTEs ``hh``, ``pp``, ``sp``: per village, households by status, people, and people of households by status.

    Args:
        villages: further condition on the column ``village_code``, with ``{0}`` for the alias.
    """

    def where(alias: str) -> str:
        return statement.inside(alias) + (f" AND {villages.format(alias)}" if villages else "")

    return f"""
    hh AS (
        SELECT h.village_code, count(*) AS households, count(*) FILTER (WHERE h.lifted) AS lifted_households,
               count(*) FILTER (WHERE h.monitored) AS monitored_households
        FROM household h WHERE {where("h")} AND h.state = 'active' GROUP BY h.village_code
    ), pp AS (
        SELECT m.village_code, count(*) AS people
        FROM household_member m WHERE {where("m")} AND m.state = 'present' GROUP BY m.village_code
    ), sp AS (
        SELECT h.village_code, count(*) FILTER (WHERE h.lifted) AS lifted_people,
               count(*) FILTER (WHERE h.monitored) AS monitored_people
        FROM household h
        JOIN household_member m ON m.county_code = h.county_code AND m.village_code = h.village_code
             AND m.household_id = h.id AND {statement.county("m")}
        WHERE {where("h")} AND h.state = 'active' AND (h.lifted OR h.monitored) AND m.state = 'present'
        GROUP BY h.village_code
    )"""  # noqa: S608 - our own text, values are arguments
