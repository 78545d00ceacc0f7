"""Declaring files and taking in their bytes. All within the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit.attachments.errors import AttachmentConflict, MediaTypeMismatch
from service_kit.attachments.schemas import AttachmentRead, FileDeclaration, FileReceipt, PhotoReceipt, Place
from service_kit.attachments.tables import attachment
from service_kit.clock import SHANGHAI, now
from service_kit.errors import FieldError, NotFound
from service_kit.files import FileStore, Received, media_type_of
from service_kit.json import dumps
from service_kit.region import county_of
from service_kit.tokens import Actor

_SAME = ("subject_type", "subject_id", "kind", "sha256", "size_bytes", "media_type")
"""What a second declaration of an id must repeat."""
_AT_ONCE = 50


async def declare(
    session: AsyncSession,
    actor: Actor,
    *,
    region_code: str,
    subject_type: str,
    subject_id: UUID,
    files: Sequence[FileDeclaration],
) -> None:
    """Write which files belong to a record; repeating it changes nothing.

    Args:
        region_code: where the record belongs, county or below; it decides who sees the files.

    Raises:
        AttachmentConflict: an id was declared before for other bytes or another record.
    """
    county = county_of(region_code)
    wanted: list[dict[str, Any]] = [
        {
            "county_code": county,
            "id": file.id,
            "region_code": region_code,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "kind": file.kind,
            "sha256": file.sha256,
            "size_bytes": file.size,
            "media_type": file.media_type,
            "file_name": file.file_name,
            "taken_at": file.taken_at,
            "lat": file.place.lat if file.place else None,
            "lng": file.place.lng if file.place else None,
            "accuracy": file.place.accuracy if file.place else None,
            "declared_at": now(),
            "uploaded_by": actor.id,
            "uploaded_by_name": actor.name,
        }
        for file in files
    ]
    for start in range(0, len(wanted), _AT_ONCE):
        batch = wanted[start : start + _AT_ONCE]
        await session.execute(insert(attachment).values(batch).on_conflict_do_nothing())
        known = await _by_id(session, county, [row["id"] for row in batch])
        for row in batch:
            found = known.get(row["id"])
            if found is None or any(getattr(found, name) != row[name] for name in _SAME):
                raise AttachmentConflict(id=str(row["id"]))


def declaring(record: str, subject_type: str, files: str, at: str, actor_id: str, actor_name: str) -> str:
    """SQL: what ``declare`` writes, within a statement that has just written the record; a known id makes it fail.

    Args:
        record: a query of ``county_code``, ``region_code`` and ``id``.
        files: placeholder of what ``as_json`` makes. The other three are placeholders too.
    """
    return f"""INSERT INTO attachment (county_code, id, region_code, subject_type, subject_id, kind, sha256, size_bytes,
            media_type, file_name, taken_at, lat, lng, accuracy, declared_at, uploaded_by, uploaded_by_name)
        SELECT r.county_code, f.id, r.region_code, '{subject_type}', r.id, f.kind, f.sha256, f.size, f.media_type,
            f.file_name, f.taken_at, (f.place->>'lat')::float8, (f.place->>'lng')::float8,
            (f.place->>'accuracy')::float8, {at}::timestamptz, {actor_id}::uuid, {actor_name}::text
        FROM ({record}) r, json_to_recordset({files}::json) AS f(id uuid, kind text, sha256 text, size bigint,
            media_type text, file_name text, taken_at timestamptz, place json)"""  # noqa: S608 - our own text


def as_json(files: Sequence[FileDeclaration]) -> str:
    """For ``declaring``."""
    return dumps([file.model_dump(mode="json") for file in files]).decode()


async def _by_id(session: AsyncSession, county_code: str, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    query = select(attachment).where(attachment.c.county_code == county_code, attachment.c.id.in_(ids))
    return {row.id: row for row in (await session.execute(query)).all()}


async def of(session: AsyncSession, county_code: str, subject_type: str, subject_id: UUID) -> list[AttachmentRead]:
    """Every file of a record, in the order of their declaration."""
    query = select(attachment).where(_subject(county_code, subject_type, subject_id))
    rows = await session.execute(query.order_by(attachment.c.declared_at, attachment.c.id))
    return [view(row) for row in rows.all()]


async def missing(session: AsyncSession, county_code: str, subject_type: str, subject_id: UUID) -> list[UUID]:
    """Ids of the declared files whose bytes are not here yet."""
    query = select(attachment.c.id).where(
        _subject(county_code, subject_type, subject_id), attachment.c.received_at.is_(None)
    )
    return list((await session.execute(query.order_by(attachment.c.declared_at, attachment.c.id))).scalars())


async def photo_receipts(
    session: AsyncSession, county_code: str, subject_type: str, subject_id: UUID
) -> list[PhotoReceipt]:
    """What a record's own receipt says of its files: a phone may forget a photo only when it is named as received."""
    return [
        PhotoReceipt(id=file.id, sha256=file.sha256, received=file.received_at is not None)
        for file in await of(session, county_code, subject_type, subject_id)
    ]


async def relocate(
    session: AsyncSession, county_code: str, subject_type: str, subject_ids: Collection[UUID], region_code: str
) -> None:
    """Let the files of records that moved within their county be seen where the records are now."""
    await session.execute(
        update(attachment)
        .where(
            attachment.c.county_code == county_code,
            attachment.c.subject_type == subject_type,
            attachment.c.subject_id.in_(subject_ids),
        )
        .values(region_code=region_code)
    )


def _subject(county_code: str, subject_type: str, subject_id: UUID) -> ColumnElement[bool]:
    return and_(
        attachment.c.county_code == county_code,
        attachment.c.subject_type == subject_type,
        attachment.c.subject_id == subject_id,
    )


def _readable(actor: Actor) -> ColumnElement[bool]:
    scope = actor.scope
    return and_(attachment.c.county_code >= scope.county_lo, attachment.c.county_code < scope.county_hi)


async def find(session: AsyncSession, actor: Actor, attachment_id: UUID) -> Row[Any]:
    """Raises: NotFound when it was not declared, or not in the actor's region."""
    query = select(attachment).where(_readable(actor), attachment.c.id == attachment_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound()
    return row


async def page_of(
    session: AsyncSession,
    actor: Actor,
    subject_type: str,
    subject_id: UUID,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Up to ``limit + 1`` files of a record after the key ``after``."""
    query = select(attachment).where(
        _readable(actor), attachment.c.subject_type == subject_type, attachment.c.subject_id == subject_id
    )
    if after is not None:
        query = query.where(tuple_(attachment.c.declared_at, attachment.c.id) > tuple_(*after))
    query = query.order_by(attachment.c.declared_at, attachment.c.id).limit(limit + 1)
    return (await session.execute(query)).all()


def view(row: Row[Any]) -> AttachmentRead:
    return AttachmentRead(
        id=row.id,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        region_code=row.region_code,
        kind=row.kind,
        sha256=row.sha256,
        size=row.size_bytes,
        media_type=row.media_type,
        file_name=row.file_name,
        taken_at=_local(row.taken_at),
        place=None if row.lat is None else Place(lat=row.lat, lng=row.lng, accuracy=row.accuracy),
        declared_at=row.declared_at.astimezone(SHANGHAI),
        received_at=_local(row.received_at),
        uploaded_by_name=row.uploaded_by_name,
    )


def _local(at: datetime | None) -> datetime | None:
    return at.astimezone(SHANGHAI) if at else None


def key_of(row: Row[Any]) -> str:
    """Where the bytes lie: under their digest, once per county."""
    return f"attachments/{row.county_code}/{row.sha256[:2]}/{row.sha256}"


def ensure_same_size(row: Row[Any], content_length: str | None) -> None:
    """Refuse before the first byte what cannot be the declared file.

    Raises:
        AttachmentConflict
    """
    if content_length is not None and content_length.isdigit() and int(content_length) != row.size_bytes:
        raise AttachmentConflict()


async def store_bytes(store: FileStore, row: Row[Any], received: Received) -> None:
    """Check the bytes against their declaration and make them durable.

    Raises:
        AttachmentConflict: other bytes. MediaTypeMismatch: what was declared is not what the bytes are.
    """
    if received.size != row.size_bytes or received.sha256 != row.sha256:
        raise AttachmentConflict()
    found = media_type_of(received.head)
    if found != row.media_type:
        said = FieldError("body", "media_type_mismatch", f"登记为 {row.media_type}，内容是 {found or '别的格式'}")
        raise MediaTypeMismatch(errors=[said])
    # A row that says "received" whose file is gone (an incomplete restore) is healed by sending it again.
    if row.received_at is None or await store.size(key_of(row)) != row.size_bytes:
        await store.put(key_of(row), received.file)


async def note_received(session: AsyncSession, row: Row[Any]) -> FileReceipt:
    """Say in the row that the bytes are here; the first time counts."""
    mine = and_(attachment.c.county_code == row.county_code, attachment.c.id == row.id)
    await session.execute(update(attachment).where(mine, attachment.c.received_at.is_(None)).values(received_at=now()))
    at = (await session.execute(select(attachment.c.received_at).where(mine))).scalar_one()
    return FileReceipt(id=row.id, sha256=row.sha256, size=row.size_bytes, received_at=at.astimezone(SHANGHAI))
