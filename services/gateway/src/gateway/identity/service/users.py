"""Opening and changing accounts, each administrator the own part (see ``rules``)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.clock import now
from service_kit.context import ServiceContext
from service_kit.errors import AlreadyExists
from service_kit.pagination import Page, PageParams, capped, cut
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity import passwords, repository, rules, throttle
from gateway.identity.models import UserAccount
from gateway.identity.roles import role_name
from gateway.identity.schemas import ColleagueRead, Colleagues, UserCreate, UserRow, UserUpdate
from gateway.identity.service.signing_in import check_strength
from gateway.identity.service.views import named_region, user_rows
from gateway.identity.sessions import sessions_of

_MOST_PEOPLE = 20


async def list_users(
    ctx: ServiceContext,
    session: AsyncSession,
    actor: Actor,
    paging: PageParams,
    *,
    q: str | None,
    region_code: str | None,
    role: str | None,
) -> Page[UserRow]:
    """People of the actor's region."""
    users, count = await repository.list_users(session, actor, paging, q=q, region_code=region_code, role=role)
    kept, following = cut(users, paging.limit, lambda user: (user.region_code, user.username))
    total, over = capped(count)
    return Page(items=await user_rows(ctx, session, kept), next=following, total=total, total_capped=over)


async def get_user(ctx: ServiceContext, session: AsyncSession, actor: Actor, user_id: UUID) -> UserRow:
    """Raises NotFound."""
    user = await repository.get_user(session, actor, user_id)
    return (await user_rows(ctx, session, [user]))[0]


async def create_user(
    ctx: ServiceContext, session: AsyncSession, actor: Actor, user_id: UUID, new: UserCreate
) -> UserRow:
    """Open an account; role and region wait for the security administrator's confirmation.

    The same request again gives the same answer.

    Raises:
        SeparationOfDuties, RegionOutOfScope, ValidationFailed (weak password)
        AlreadyExists: the id is another account's. UsernameTaken: the name is.
    """
    rules.check_creation(actor.role)
    ensure_in_scope(actor, new.region_code)
    check_strength(new.password, new.username, "body.password")
    if existing := await repository.find_user(session, user_id):
        await _check_same(existing, new)
        return (await user_rows(ctx, session, [existing]))[0]
    first = rules.confirmed_at_once(
        new.role, security_admin_exists=await repository.active_role_exists(session, rules.AUTHORISER)
    )
    user = UserAccount(
        id=user_id,
        username=new.username,
        name=new.name,
        role=new.role,
        region_code=new.region_code,
        password_hash=await passwords.hash_in_thread(new.password),
        authorised_at=now() if first else None,
    )
    session.add(user)
    await session.flush()
    await _record(session, actor, user, "user.created", role=new.role, confirmed=first)
    return (await user_rows(ctx, session, [user]))[0]


async def _check_same(existing: UserAccount, new: UserCreate) -> None:
    same = (existing.username, existing.name, existing.role, existing.region_code) == (
        new.username,
        new.name,
        new.role,
        new.region_code,
    )
    if not same or not await passwords.verify_password(existing.password_hash, new.password):
        raise AlreadyExists()


async def update_user(
    ctx: ServiceContext, session: AsyncSession, actor: Actor, user_id: UUID, version: int, change: UserUpdate
) -> UserRow:
    """Change what was sent. The person is signed out everywhere when the change touches what they may do.

    Raises:
        NotFound, VersionMismatch, NotYourself, SeparationOfDuties, RegionOutOfScope, ValidationFailed (weak password)
    """
    sent = {name: value for name, value in change.model_dump(exclude_unset=True).items() if value is not None}
    user = await repository.get_user(session, actor, user_id, lock=True)
    rules.check_change(actor.role, actor.id, user.id, sent.keys())
    view = (await user_rows(ctx, session, [user]))[0].model_dump(mode="json")
    yours = {name: value for name, value in sent.items() if name != "password"}
    check_version(user.version, version, current_view=view, yours=yours)
    before = (user.role, user.region_code)
    await _apply(ctx, actor, user, sent)
    await session.flush()
    if sent.get("locked") is False:
        await throttle.unlock(ctx, user.username)
    if rules.ENDS_SESSIONS & sent.keys():
        await repository.end_sessions(session, user.id)
        sessions_of(ctx).forget_user(user_id)
    detail: dict[str, Any] = {"fields": sorted(sent)}
    if before != (user.role, user.region_code):
        detail |= {"from": list(before), "to": [user.role, user.region_code]}
    await _record(session, actor, user, "user.changed", **detail)
    return (await user_rows(ctx, session, [user]))[0]


async def _apply(ctx: ServiceContext, actor: Actor, user: UserAccount, sent: dict[str, Any]) -> None:
    if "region_code" in sent:
        ensure_in_scope(actor, sent["region_code"])
    for field in ("name", "role", "region_code", "disabled"):
        if field in sent:
            setattr(user, field, sent[field])
    if "role" in sent or "region_code" in sent:
        user.authorised_at = user.authorised_at or now()
    if "password" in sent:
        check_strength(sent["password"], user.username, "body.password")
        user.password_hash = await passwords.hash_in_thread(sent["password"])


async def _record(session: AsyncSession, actor: Actor, user: UserAccount, action: str, **detail: Any) -> None:
    await audit.record(
        session,
        actor,
        action=action,
        subject_type="user",
        subject_id=user.id,
        region_code=user.region_code,
        detail=detail,
    )


async def list_people(session: AsyncSession, actor: Actor, q: str) -> Colleagues:
    """Colleagues of the actor's county, or of the actor's region where that is wider."""
    found = await repository.list_people(session, actor.region[:6], q.strip(), _MOST_PEOPLE)
    names = await repository.region_names(session, {user.region_code for user in found})
    return Colleagues(
        items=[
            ColleagueRead(
                id=user.id,
                name=user.name,
                role_name=role_name(user.role),
                region=named_region(user.region_code, names),
            )
            for user in found
        ]
    )
