"""One exchange with the database: begin, scope, statement and end go out together and come back together.

libpq's pipeline mode carries them (through ``psycopg.pq``); one round trip instead of three, and the connection is
busy for that round trip only. Nothing of a scope can outlive its exchange: the scope is ``SET LOCAL`` inside a
transaction that ends in the same message. A ``Reader``'s transactions are read-only (ADR 0012), a ``Writer``'s commit,
and nobody is answered before the commit is (ADR 0014).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import AsyncConnection, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.types.string import TextLoader

from service_kit.scope import Scope

_BEGIN_READING, _BEGIN, _COMMIT, _END = b"BEGIN READ ONLY", b"BEGIN", b"COMMIT", b"ROLLBACK"
_PLAN_BY_VALUES = b"SET LOCAL plan_cache_mode = force_custom_plan"
_CONNECT_SECONDS = 10
_MOST_PREPARED = 200
"""Statements kept prepared on a connection; a rarer one is planned each time."""
_STALE = ("0A000", "26000")
"""A prepared statement that a migration has made invalid."""


class Row(tuple[Any, ...]):
    """A row by place or by name. Each statement has its own subclass, which knows its names."""

    __slots__ = ()
    places: dict[str, int]

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self.places[key] if type(key) is str else key)

    def keys(self) -> Iterator[str]:
        return iter(self.places)


class Question:
    """One statement with its arguments; ``answer`` is a future of its rows."""

    __slots__ = ("answer", "args", "sql")

    def __init__(self, sql: str, args: Sequence[Any]) -> None:
        self.sql = sql
        self.args = args
        self.answer: asyncio.Future[list[Row]] = asyncio.get_running_loop().create_future()


class _Exchange:
    __slots__ = ("commits", "kept", "opening", "questions")

    def __init__(self, opening: tuple[bytes, ...], questions: Sequence[Question], *, commits: bool = False) -> None:
        self.opening = opening
        self.questions = questions
        self.commits = commits
        self.kept: list[tuple[Question, list[Row]]] = []
        """Answers that wait for the commit."""

    def answer(self, question: Question, rows: list[Row]) -> None:
        if self.commits:
            self.kept.append((question, rows))
        elif not question.answer.done():
            question.answer.set_result(rows)

    def end(self) -> None:
        """The transaction has ended well."""
        for question, rows in self.kept:
            if not question.answer.done():
                question.answer.set_result(rows)

    def fail(self, error: BaseException) -> None:
        for question in self.questions:
            if not question.answer.done():
                question.answer.set_exception(error)


class _Prepared:
    __slots__ = ("name", "row")

    def __init__(self, name: bytes) -> None:
        self.name = name
        self.row: type[Row] | None = None


class _Line:
    """One connection, which carries one exchange at a time."""

    def __init__(self, connection: AsyncConnection[Any], on_free: Callable[[_Line], None]) -> None:
        self._connection = connection  # owns the socket
        self._pg = connection.pgconn
        self._transformer = Transformer(connection)
        self._on_free = on_free
        self._loop = asyncio.get_running_loop()
        self._prepared: dict[str, _Prepared] = {}
        self._exchange: _Exchange | None = None
        self._expected: deque[tuple[Question | None, _Prepared | None]] = deque()
        """What each result still to come belongs to: the rows of a question, or nothing that anybody waits for."""
        self._error: BaseException | None = None
        self._preparing = False
        """Whether the exchange prepares a statement; when it fails, nobody knows whether that came to be."""
        self._writing = False
        self._pg.enter_pipeline_mode()
        self._socket = self._pg.socket
        self._loop.add_reader(self._socket, self._readable)

    @property
    def closed(self) -> bool:
        return self._pg.status != pq.ConnStatus.OK

    def start(self, exchange: _Exchange) -> None:
        """Send the exchange; its questions are answered when the results are in, and then the line is free."""
        try:
            values = [self._as_text(question.args) for question in exchange.questions]
        except (psycopg.Error, ValueError) as error:  # an argument that no database can hold; nothing is sent yet
            exchange.fail(error if isinstance(error, psycopg.Error) else psycopg.DataError(type(error).__name__))
            self._on_free(self)
            return
        self._exchange, self._preparing = exchange, False
        try:
            for statement in exchange.opening:
                self._send(statement)
            for question, texts in zip(exchange.questions, values, strict=True):
                self._ask(question, texts)
            self._send(_COMMIT if exchange.commits else _END)
            self._pg.pipeline_sync()
            self._flush()
        except psycopg.Error as error:
            self._lost(error)

    def _as_text(self, args: Sequence[Any]) -> Sequence[Any]:
        """Every value as text of no declared type: the server takes the types from the statement."""
        return self._transformer.dump_sequence(args, [PyFormat.TEXT] * len(args)) if args else ()

    def _send(self, statement: bytes) -> None:
        self._pg.send_query_params(statement, None)
        self._expected.append((None, None))

    def _ask(self, question: Question, values: Sequence[Any]) -> None:
        prepared = self._prepared.get(question.sql)
        if prepared is None:
            if len(self._prepared) >= _MOST_PREPARED:
                self._pg.send_query_params(question.sql.encode(), values)
                self._expected.append((question, None))
                return
            prepared = _Prepared(b"r%d" % len(self._prepared))
            self._preparing = True
            self._pg.send_prepare(prepared.name, question.sql.encode())
            self._expected.append((None, prepared))
            self._prepared[question.sql] = prepared
        self._pg.send_query_prepared(prepared.name, values)
        self._expected.append((question, prepared))

    def _flush(self) -> None:
        """Send what the socket takes now and the rest when it takes more."""
        rest = self._pg.flush() == 1
        if rest and not self._writing:
            self._loop.add_writer(self._socket, self._writable)
        elif self._writing and not rest:
            self._loop.remove_writer(self._socket)
        self._writing = rest

    def _writable(self) -> None:
        try:
            self._flush()
        except psycopg.Error as error:
            self._lost(error)

    def _readable(self) -> None:
        try:
            self._pg.consume_input()
            if self._exchange is None:
                self._pg.is_busy()  # takes note of what the server says unasked
            while self._exchange is not None and not self._pg.is_busy():
                result = self._pg.get_result()
                if result is not None:
                    self._take(result)
        except psycopg.Error as error:
            self._lost(error)

    def _take(self, result: Any) -> None:
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            self._ended()
            return
        question, prepared = self._expected.popleft()
        if result.status == pq.ExecStatus.FATAL_ERROR:
            self._error = self._error or error_from_result(result, "utf-8")
        elif question is not None and result.status != pq.ExecStatus.PIPELINE_ABORTED and self._exchange is not None:
            self._exchange.answer(question, self._rows(result, prepared))

    def _rows(self, result: Any, prepared: _Prepared | None) -> list[Row]:
        if result.status != pq.ExecStatus.TUPLES_OK:
            return []
        self._transformer.set_pgresult(result)
        row = prepared.row if prepared else None
        if row is None:
            names = {(result.fname(place) or b"").decode(): place for place in range(result.nfields)}
            row = type("Row", (Row,), {"__slots__": (), "places": names})
            if prepared:
                prepared.row = row
        return self._transformer.load_rows(0, result.ntuples, row)

    def _ended(self) -> None:
        exchange, error = self._exchange, self._error
        if error is None:
            self._exchange = None
            if exchange is not None:
                exchange.end()
            self._on_free(self)
            return
        self._error = None
        if exchange is not None:
            exchange.fail(error)
        recovering = exchange is None or not exchange.questions
        if recovering or getattr(error, "sqlstate", None) in _STALE:
            self._lost(error)
            return
        # What stood after the failed statement was skipped, the end of the transaction too.
        self._recover()

    def _recover(self) -> None:
        self._exchange = _Exchange((), ())
        self._send(_END)
        if self._preparing:
            self._prepared.clear()
            self._send(b"DEALLOCATE ALL")
        self._pg.pipeline_sync()
        self._flush()

    def _lost(self, error: BaseException) -> None:
        """The connection is of no more use."""
        self.close()
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            exchange.fail(error)
        self._on_free(self)

    def close(self) -> None:
        if self._socket >= 0:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket = -1
        self._pg.finish()


class Reader:
    """The connections of the hot read path.

    Args:
        dsn: of the service's role.
        most: connections at most; they are opened when needed and kept.
    """

    commits = False

    def __init__(self, dsn: str, most: int, server_settings: dict[str, str]) -> None:
        self._dsn = dsn
        self._most = most
        name = server_settings["application_name"]
        options = " ".join(f"-c {key}={value}" for key, value in server_settings.items() if key != "application_name")
        self._arguments: dict[str, Any] = {
            "application_name": name,
            "options": options,
            "connect_timeout": _CONNECT_SECONDS,
        }
        self._free: list[_Line] = []
        self._lines: set[_Line] = set()
        self._opening: set[asyncio.Task[None]] = set()
        self._queue: deque[_Exchange] = deque()
        self.watch: Callable[[str], None] | None = None
        """Told each statement, for tests that count them."""

    @property
    def in_use(self) -> int:
        return len(self._lines) - len(self._free)

    def ask(self, scope: Scope | None, questions: Sequence[Question], *, plan_by_values: bool = False) -> None:
        """Have all ``questions`` answered in one exchange that sees ``scope``; None sees no row of a tenant table."""
        if self.watch is not None:
            for question in questions:
                self.watch(question.sql)
        opening = _opening(scope.code if scope else None, plan_by_values, self.commits)
        exchange = _Exchange(opening, questions, commits=self.commits)
        if self._free:
            self._free.pop().start(exchange)
            return
        self._queue.append(exchange)
        self._open_another()

    def _open_another(self) -> None:
        if len(self._lines) + len(self._opening) < self._most:
            task = asyncio.create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self) -> None:
        try:
            connection = await AsyncConnection.connect(self._dsn, autocommit=True, **self._arguments)
        except (psycopg.Error, OSError) as error:
            if not self._lines:
                self._fail_all(error)
            return
        for name in ("json", "jsonb"):  # JSON stays the text that the database wrote
            connection.adapters.register_loader(name, TextLoader)
        line = _Line(connection, self._freed)
        self._lines.add(line)
        self._freed(line)

    def _fail_all(self, error: Exception) -> None:
        while self._queue:
            self._queue.popleft().fail(error)

    def _freed(self, line: _Line) -> None:
        if line.closed:
            self._lines.discard(line)
            if line in self._free:
                self._free.remove(line)
            if self._queue:
                self._open_another()
        elif self._queue:
            line.start(self._queue.popleft())
        else:
            self._free.append(line)

    async def close(self) -> None:
        for task in tuple(self._opening):
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)
        self._fail_all(psycopg.OperationalError("closed"))
        for line in self._lines:
            line.close()
        self._lines.clear()
        self._free.clear()


class Writer(Reader):
    """Connections whose exchanges change data: all questions of one take effect together, or none does."""

    commits = True


@lru_cache(maxsize=4096)
def _opening(code: str | None, plan_by_values: bool, commits: bool) -> tuple[bytes, ...]:
    scope = [] if code is None else [part.encode() for part in Scope(code).statements().split("; ")]
    return (_BEGIN if commits else _BEGIN_READING, *scope, *((_PLAN_BY_VALUES,) if plan_by_values else ()))
