"""People as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence

from service_kit.clock import SHANGHAI
from service_kit.context import ServiceContext
from service_kit.region import level_of
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity import repository, throttle
from gateway.identity.models import UserAccount
from gateway.identity.roles import permissions_of, role_name
from gateway.identity.schemas import Region, Session, User, UserRow
from gateway.identity.sessions import csrf_of

NATION_NAME = "全国"


def named_region(code: str, names: dict[str, str]) -> Region:
    """A code that the catalogue does not know is shown as it is."""
    return Region(code=code, name=names.get(code, code) if code else NATION_NAME, level=level_of(code))


async def user_rows(ctx: ServiceContext, session: AsyncSession, users: Sequence[UserAccount]) -> list[UserRow]:
    names = await repository.region_names(session, {user.region_code for user in users})
    locked = await throttle.locked_among(ctx, [user.username for user in users])
    return [
        UserRow(
            id=user.id,
            username=user.username,
            name=user.name,
            role=user.role,
            role_name=role_name(user.role),
            region=named_region(user.region_code, names),
            authorised=user.authorised_at is not None,
            disabled=user.disabled,
            locked=user.username in locked,
            last_login_at=user.last_login_at and user.last_login_at.astimezone(SHANGHAI),
            created_at=user.created_at.astimezone(SHANGHAI),
            version=user.version,
        )
        for user in users
    ]


async def session_view(session: AsyncSession, user: UserAccount, token: str, expires_at: object) -> Session:
    names = await repository.region_names(session, {user.region_code})
    return Session.model_validate(
        {
            "user": User(
                id=user.id,
                username=user.username,
                name=user.name,
                role=user.role,
                role_name=role_name(user.role),
                region=named_region(user.region_code, names),
            ),
            "csrf": csrf_of(token),
            "permissions": sorted(permissions_of(user.role)),
            "expires_at": expires_at,
        }
    )
