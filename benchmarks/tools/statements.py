"""The very SQL that the services run, from their own code: a connection that only writes down what it is asked."""

from __future__ import annotations

from typing import Any

from service_kit.db import ReadConnection

from benchmarks.tools.floor import Query


class Recorder(ReadConnection):
    """Stands in for a database connection; finds nothing and remembers every statement with its arguments."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[Any]]] = []

    def _note(self, sql: str, args: tuple[Any, ...]) -> None:
        self.asked.append((sql, list(args)))

    async def plan_by_values(self) -> None:
        """The floor runs without it: a name search, which the service plans anew each time, may there use a plan that
        PostgreSQL has kept."""

    async def json(self, sql: str, *args: Any) -> bytes | None:
        self._note(sql, args)
        return None

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        self._note(sql, args)
        return []

    async def row(self, sql: str, *args: Any) -> Any:
        self._note(sql, args)

    async def value(self, sql: str, *args: Any) -> Any:
        self._note(sql, args)


def one_query(recorders: list[Recorder]) -> Query:
    """The one statement that all of them asked for, with each one's arguments.

    Raises:
        ValueError: they asked for different statements, so there is no single floor for them.
    """
    statements = {sql for recorder in recorders for sql, _ in recorder.asked}
    if len(statements) != 1:
        raise ValueError(f"{len(statements)} different statements instead of one")
    return Query(statements.pop(), [args for recorder in recorders for _, args in recorder.asked])
