"""Reading the audit trail over HTTP, within the reader's region."""

# Annotations are evaluated here, not kept as text: one of them is made inside a function, where FastAPI could not
# find it by name.
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select

from service_kit.auth import Requires
from service_kit.clock import SHANGHAI
from service_kit.db.session import DbSession
from service_kit.kit_tables import audit_chain, audit_entry
from service_kit.pagination import Page, Paging, cut
from service_kit.region import RegionCode
from service_kit.schemas import ReadModel
from service_kit.scope import Scope
from service_kit.tokens import Actor


class AuditEntry(ReadModel):
    id: UUID
    at: datetime
    actor_id: UUID
    actor_role: str
    action: str
    subject_type: str
    subject_id: str
    region_code: str
    detail: dict[str, Any]
    position: int | None
    """Place in the chain; none for the first seconds."""


def audit_router(service: str) -> APIRouter:
    """``GET /audit``, newest first, for actors with ``<service>.audit:read``."""
    router = APIRouter(tags=["audit"])
    AuditRead = Annotated[Actor, Depends(Requires(f"{service}.audit:read"))]  # noqa: N806 - a type

    @router.get("/audit", summary="审计记录")
    async def list_audit_entries(
        actor: AuditRead,
        session: DbSession,
        paging: Paging,
        region: Annotated[RegionCode | None, Query(description="只看此地区及其下级")] = None,
        subject_type: Annotated[str | None, Query(max_length=100)] = None,
        subject_id: Annotated[str | None, Query(max_length=100)] = None,
        actor_id: Annotated[UUID | None, Query()] = None,
        action: Annotated[str | None, Query(max_length=100)] = None,
    ) -> Page[AuditEntry]:
        """Entries of the reader's region and below; those of the nation only for readers of the nation."""
        entry = audit_entry.c
        query = select(audit_entry, audit_chain.c.position).outerjoin(audit_chain, audit_chain.c.entry_id == entry.id)
        for code in (actor.region, region):
            if code:
                bounds = Scope(code)
                query = query.where(entry.region_code >= bounds.lo, entry.region_code < bounds.hi)
        wanted = {
            entry.subject_type: subject_type,
            entry.subject_id: subject_id,
            entry.actor_id: actor_id,
            entry.action: action,
        }
        for column, value in wanted.items():
            if value is not None:
                query = query.where(column == value)
        if key := paging.after(UUID):
            query = query.where(entry.id < key[0])
        rows = (await session.execute(query.order_by(entry.id.desc()).limit(paging.limit + 1))).all()
        kept, following = cut(rows, paging.limit, lambda row: (row.id,))
        return Page(items=[_entry(row) for row in kept], next=following)

    return router


def _entry(row: Any) -> AuditEntry:
    return AuditEntry.model_validate(dict(row._mapping) | {"at": row.at.astimezone(SHANGHAI)})
