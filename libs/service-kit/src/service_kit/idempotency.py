"""The same command twice has one effect and one answer (ARCHITECTURE rule 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit.clock import now
from service_kit.errors import FieldError, IdempotencyConflict, IdempotencyKeyRequired, ValidationFailed
from service_kit.json import canonical
from service_kit.kit_tables import idempotency_key
from service_kit.tokens import Actor

Answer = TypeVar("Answer", bound=BaseModel)


class IdempotentCommand:
    """The key of one POST command."""

    def __init__(self, key: str, method: str, path: str) -> None:
        self.key = key
        self.method = method
        self.path = path

    async def once(
        self,
        session: AsyncSession,
        actor: Actor,
        body: BaseModel | None,
        answer_type: type[Answer],
        act: Callable[[], Awaitable[Answer]],
    ) -> Answer:
        """Run ``act`` the first time and remember its answer; afterwards return that answer.

        The key is written in the same transaction as the effect: two at the same time wait for each other, and a
        failed first try leaves the key free.

        Raises:
            IdempotencyConflict: the key came before with another body or path.
        """
        digest = self._digest(body)
        table = idempotency_key
        mine = (table.c.actor_id == actor.id) & (table.c.key == self.key)
        claimed = await session.execute(
            pg_insert(table)
            .values(
                actor_id=actor.id,
                key=self.key,
                method=self.method,
                path=self.path,
                body_hash=digest,
                status=200,
                created_at=now(),
            )
            .on_conflict_do_nothing()
            .returning(table.c.key)
        )
        if claimed.scalar_one_or_none() is None:
            known = (await session.execute(select(table.c.body_hash, table.c.response).where(mine))).one()
            if known.body_hash != digest:
                raise IdempotencyConflict()
            return answer_type.model_validate(known.response)
        answer = await act()
        await session.flush()
        await session.execute(update(table).where(mine).values(response=answer.model_dump(mode="json")))
        return answer

    def row(self, actor: Actor, body: BaseModel | None, answer: BaseModel) -> tuple[Any, ...]:
        """The row of ``idempotency_key`` that remembers an answer, for a command that writes everything at once.

        Its columns: actor, key, method, path, hash of the body, status, response as JSON text, moment. The primary key
        refuses a second one, and then nothing of the command was done; ``once`` tells what to answer.
        """
        digest, response = self._digest(body), answer.model_dump_json()
        return actor.id, self.key, self.method, self.path, digest, 200, response, now()

    def _digest(self, body: BaseModel | None) -> bytes:
        content = canonical([self.method, self.path, body.model_dump(mode="json") if body else None])
        return hashlib.sha256(content).digest()


async def idempotent_command(
    request: Request,
    idempotency_key: Annotated[str | None, Header(description="客户端生成的唯一键；重复提交只生效一次")] = None,
) -> IdempotentCommand:
    if idempotency_key is None:
        raise IdempotencyKeyRequired()
    if not 8 <= len(idempotency_key) <= 200 or not idempotency_key.isascii():
        error = FieldError("header.idempotency-key", "idempotency_key_invalid", "应为 8 到 200 个 ASCII 字符")
        raise ValidationFailed(errors=[error])
    return IdempotentCommand(idempotency_key, request.method, request.url.path)


Idempotency = Annotated[IdempotentCommand, Depends(idempotent_command)]
