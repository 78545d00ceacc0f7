"""All SQL of the catalogue of regions, which the gateway owns; the other services keep copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service_kit.db import ReadConnection
from service_kit.errors import NotFound
from service_kit.region import ancestors_of, contains
from service_kit.scope import Scope
from service_kit.tokens import Actor

_NODE = """
SELECT r.code, r.name, r.level, r.parent_code, r.initials,
       EXISTS (SELECT FROM region c WHERE c.parent_code = r.code) AS has_children
FROM region r
"""
_CHILDREN = _NODE + "WHERE r.parent_code = $1 AND r.code >= $2 AND r.code < $3 ORDER BY r.code"
_ONE = _NODE + "WHERE r.code = $1"
_SEARCH = (
    _NODE
    + """
WHERE r.code >= $1 AND r.code < $2
  AND (strpos(r.name, $3) > 0 OR starts_with(r.initials, lower($3)) OR starts_with(r.code, $3))
ORDER BY length(r.code), r.code LIMIT 20
"""
)
_NAMES = "SELECT code, name, level FROM region WHERE code = ANY($1) ORDER BY code"

Rows = Sequence[Any]


async def children(db: ReadConnection, actor: Actor, parent: str) -> Rows:
    """The next level down, as far as it is the actor's."""
    return await db.rows(_CHILDREN, parent, actor.scope.lo, actor.scope.hi)


async def one(db: ReadConnection, actor: Actor, code: str) -> Any:
    """Raises NotFound, also for a region outside the actor's."""
    row = await db.row(_ONE, code) if contains(actor.region, code) else None
    if row is None:
        raise NotFound()
    return row


async def ancestors(db: ReadConnection, code: str) -> Rows:
    """Names on the way up, province first."""
    return await db.rows(_NAMES, ancestors_of(code))


async def search(db: ReadConnection, actor: Actor, text: str) -> Rows:
    """At most 20 regions of the actor's by part of the name, first letters or code; large ones first."""
    scope: Scope = actor.scope
    return await db.rows(_SEARCH, scope.lo, scope.hi, text)
