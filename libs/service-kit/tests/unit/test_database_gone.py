"""A database that goes away in the middle of something is 503, never 500."""

from __future__ import annotations

from itertools import pairwise

import asyncpg
import pytest
from service_kit.errors import Unavailable
from service_kit.problems import from_database


def raised(*chain: BaseException) -> BaseException:
    """The last of the chain, each raised from the one before."""
    for cause, error in pairwise(chain):
        error.__cause__ = cause
    return chain[-1]


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("got result for unknown protocol state 3"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        raised(ConnectionResetError(), RuntimeError("adapter")),
        raised(asyncpg.InterfaceError("pool is closing"), RuntimeError("adapter"), RuntimeError("statement")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_is_unavailable_however_deep_it_lies(error: BaseException) -> None:
    assert isinstance(from_database(error, {}), Unavailable)
