"""HTTP doors of objections, mounted by each service that publishes notices."""

# Annotations are evaluated here, not kept as text: some of them are made inside a function, where FastAPI could not
# find them by name.
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from service_kit import objections
from service_kit.auth import Context, Public, Requires
from service_kit.db.session import DbSession
from service_kit.idempotency import Idempotency
from service_kit.notices import PublicSession
from service_kit.objections import ObjectionAnswer, ObjectionCreate, ObjectionProgress, ObjectionRow, Receipt
from service_kit.pagination import Page, Paging
from service_kit.receipts import ReceiptQuery
from service_kit.region import RegionCode
from service_kit.tokens import NOBODY, Actor


def objection_router(service: str, series: str) -> APIRouter:
    """Doors for objections: raising and progress for everybody, list and answer by ``<service>.objections:…``.

    Args:
        series: first digit of this service's receipt numbers.
    """
    router = APIRouter(tags=["objections"])
    ObjectionsRead = Annotated[Actor, Depends(Requires(f"{service}.objections:read"))]  # noqa: N806 - a type
    ObjectionsHandle = Annotated[Actor, Depends(Requires(f"{service}.objections:handle"))]  # noqa: N806 - a type

    @router.post(
        "/public/notices/{notice_id}/objections", summary="对公示提出异议", status_code=201, dependencies=[Public]
    )
    async def raise_objection(
        session: PublicSession, ctx: Context, command: Idempotency, notice_id: UUID, body: ObjectionCreate
    ) -> Receipt:
        """By anybody, with name and phone, while the notice is up."""
        return await command.once(
            session, NOBODY, body, Receipt, lambda: objections.object_to(session, ctx, series, notice_id, body)
        )

    @router.post("/public/objections/progress", summary="查询异议办理进度", dependencies=[Public])
    async def get_objection_progress(session: PublicSession, ctx: Context, query: ReceiptQuery) -> ObjectionProgress:
        """How an objection stands, by its receipt number and the end of the phone number."""
        return await objections.progress_of(session, ctx, query)

    @router.get("/objections", summary="对公示的异议")
    async def list_objections(
        actor: ObjectionsRead,
        session: DbSession,
        paging: Paging,
        region_code: Annotated[RegionCode | None, Query(alias="region", description="此地区及其下级")] = None,
        state: Annotated[objections.State | None, Query(description="待答复、成立或不成立")] = None,
    ) -> Page[ObjectionRow]:
        """Objections in the reader's region, the oldest first."""
        return await objections.list_page(session, actor, paging, region_code, state)

    @router.post("/objections/{objection_id}/handling", summary="答复异议")
    async def handle_objection(
        actor: ObjectionsHandle,
        session: DbSession,
        command: Idempotency,
        objection_id: UUID,
        body: ObjectionAnswer,
        county: Annotated[str, Query(pattern=r"^[0-9]{6}$", max_length=6, description="列表中的 county_code")],
    ) -> ObjectionRow:
        """A person's answer; who objected reads it under their receipt number."""
        return await command.once(
            session, actor, body, ObjectionRow, lambda: objections.answer(session, actor, county, objection_id, body)
        )

    return router
