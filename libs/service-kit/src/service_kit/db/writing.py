"""The hot write path: a command that one statement carries out, in one exchange that commits (ADR 0014)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, Any

import psycopg
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit.auth import Context
from service_kit.context import ServiceContext
from service_kit.db.session import server_settings, system_session
from service_kit.exchange import Question, Row, Writer
from service_kit.scope import Scope
from service_kit.settings import ServiceSettings
from service_kit.tokens import Actor

_NAME = re.compile(r"(?<!:):([a-z_]+)")
_REFUSALS = ("22", "23", "40", "42")
"""Classes of SQLSTATE in which the database has judged the statement: nothing of it was kept."""


def make_writer(settings: ServiceSettings, application_name: str) -> Writer:
    # The statements reach every row by its key, so one plan serves all values; planning them costs more than they do.
    planning = {"plan_cache_mode": "force_generic_plan"}
    return Writer(settings.dsn, settings.pool_size * 2, server_settings(f"{application_name}-write") | planning)


@dataclass(frozen=True)
class Command:
    """One statement for the exchange, with its arguments by name."""

    sql: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, sql: str, types: Mapping[str, str]) -> Command:
        """From SQL with ``:name`` for arguments; ``types`` names the SQL type of each."""
        names: dict[str, int] = {}

        def numbered(found: re.Match[str]) -> str:
            name = found[1]
            return f"${names.setdefault(name, len(names) + 1)}::{types[name]}"

        return cls(_NAME.sub(numbered, sql), tuple(names))

    def args(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[name] for name in self.names]


class Writing:
    """Writes in one scope."""

    def __init__(self, ctx: ServiceContext, scope: Scope) -> None:
        self._ctx = ctx
        self._scope = scope

    async def attempt(self, command: Command, values: Mapping[str, Any]) -> Row | None:
        """The row that the command returned, committed.

        None when it returned none or the database refused it: then nothing was changed, and a ``session`` may find out
        why and say it.

        Raises:
            psycopg.Error: the database is gone; nobody knows whether the command took effect.
        """
        found = await self.attempt_together((command.sql, command.args(values)))
        return found[0][0] if found and found[0] else None

    async def attempt_together(self, *statements: tuple[str, Sequence[Any]]) -> list[list[Row]] | None:
        """The rows of statements that need no decision between them, each with its arguments, committed together.

        None when the database refused one of them; then nothing was changed.

        Raises:
            psycopg.Error: as ``attempt``.
        """
        questions = [Question(sql, arguments) for sql, arguments in statements]
        self._ctx.writer.ask(self._scope, questions)
        try:
            return await asyncio.gather(*(question.answer for question in questions))
        except psycopg.Error as error:
            if (error.sqlstate or "").startswith(_REFUSALS):
                return None
            raise

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction of several statements, committed at the end of the block."""
        return system_session(self._ctx, self._scope)


async def get_writing(request: Request, ctx: Context) -> Writing:
    actor: Actor = request.state.actor
    return Writing(ctx, actor.scope)


WriteDb = Annotated[Writing, Depends(get_writing)]
"""For doors with a permission; nothing is open until it is used, so the door goes the straight way."""
