"""Events in: a duplicate has no second effect, a failure is the sender's to repeat."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.dialects.postgresql import insert

from service_kit.auth import Context, Requires
from service_kit.clock import now
from service_kit.db.session import DbSession
from service_kit.errors import FieldError, Forbidden, Unprocessable, ValidationFailed
from service_kit.kit_tables import inbox_event
from service_kit.outbox import CONTENT_TYPE, DELIVER_PERMISSION
from service_kit.tokens import Actor
from service_kit.validation_messages import field_errors

EventsDeliver = Annotated[Actor, Depends(Requires(DELIVER_PERMISSION))]

router = APIRouter(tags=["events"], include_in_schema=False)


class EventUnknown(Unprocessable):
    """The sender is ahead of us; it keeps the event and tries again after we have been upgraded."""

    code = "event_unknown"
    title, title_en = "不认识的事件", "Unknown event"


class CloudEvent(BaseModel):
    """CloudEvents 1.0, structured JSON. Extension attributes that we do not know are ignored, as its rules ask."""

    model_config = ConfigDict(extra="ignore")

    specversion: Literal["1.0"]
    id: UUID
    source: str = Field(min_length=1, max_length=100)
    type: str = Field(min_length=1, max_length=100)
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    eventversion: int = Field(ge=1, le=32_767)
    subject: str | None = None
    data: dict[str, Any]


class Receipt(BaseModel):
    duplicate: bool


@router.post("/events", openapi_extra={"requestBody": {"content": {CONTENT_TYPE: {}}}}, summary="接收其他服务的事件")
async def receive_event(actor: EventsDeliver, session: DbSession, ctx: Context, event: CloudEvent) -> Receipt:
    """Apply an event once.

    The event is remembered in the transaction of its effect: of two at the same time the second waits, then sees
    the first; if the effect fails, nothing is remembered and the sender repeats.

    Raises:
        Forbidden: a service speaks in another's name, or a person sends an event.
        EventUnknown: a type or version that this service does not consume.
        ValidationFailed: the data are not of the event's shape.
    """
    if not actor.service or actor.issuer != event.source:
        raise Forbidden()
    consumer = ctx.spec.consumers.get(event.type)
    if consumer is None or event.eventversion > consumer[0].version:
        raise EventUnknown()
    model, apply = consumer
    remembered = await session.execute(
        insert(inbox_event)
        .values(source=event.source, event_id=event.id, type=event.type, received_at=now())
        .on_conflict_do_nothing()
        .returning(inbox_event.c.event_id)
    )
    if remembered.scalar_one_or_none() is None:
        return Receipt(duplicate=True)
    try:
        data = model.model_validate(event.data)
    except ValidationError as error:
        fields = field_errors(error.errors(include_url=False, include_input=False))
        errors = [FieldError(f"body.data.{field.path}", field.code, field.message) for field in fields]
        raise ValidationFailed(errors=errors) from None
    await apply(session, data)
    await session.flush()
    return Receipt(duplicate=False)
