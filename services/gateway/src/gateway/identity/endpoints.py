"""HTTP of signing in and of people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from service_kit.auth import Context, Public
from service_kit.db import DbSession
from service_kit.ids import Uuid7
from service_kit.pagination import Page, Paging
from service_kit.region import RegionCode
from service_kit.versions import IfMatch, set_etag

from gateway.addresses import client_address
from gateway.identity import first_admin
from gateway.identity.auth import Anyone, PeopleRead, UsersRead, UsersWrite
from gateway.identity.roles import ROLES
from gateway.identity.schemas import (
    Colleagues,
    FirstAdministrator,
    Login,
    Password,
    RoleCode,
    RoleRead,
    Roles,
    Session,
    UserCreate,
    UserRow,
    UserUpdate,
)
from gateway.identity.service import signing_in, users
from gateway.identity.sessions import COOKIE, clear_cookie, refuse_other_sites, session_of, set_cookie
from gateway.settings import settings_of

router = APIRouter(prefix="/api", tags=["identity"])


@router.post("/session", dependencies=[Public], summary="登录")
async def open_session(request: Request, response: Response, ctx: Context, login: Login) -> Session:
    """Sets the cookie ``linkage_session``; changes then need ``csrf`` in the header ``X-CSRF-Token``."""
    refuse_other_sites(request)
    session, token = await signing_in.sign_in(ctx, login, await client_address(request))
    set_cookie(response, token, settings_of(ctx))
    return session


@router.get("/session", summary="当前登录的人")
async def get_session(actor: Anyone, request: Request, db: DbSession) -> Session:
    return await signing_in.current(db, session_of(request), request.cookies[COOKIE])


@router.delete("/session", status_code=204, summary="退出登录")
async def close_session(actor: Anyone, request: Request, response: Response, ctx: Context) -> None:
    await signing_in.sign_out(ctx, session_of(request))
    clear_cookie(response, settings_of(ctx))


@router.post("/session/password", status_code=204, summary="修改自己的密码")
async def change_own_password(actor: Anyone, request: Request, ctx: Context, change: Password) -> None:
    """Signs the person out everywhere else."""
    await signing_in.change_own_password(ctx, session_of(request), change, await client_address(request))


@router.post("/first-administrator", dependencies=[Public], summary="用一次性链接设立首位管理员")
async def create_first_administrator(
    request: Request, response: Response, ctx: Context, new: FirstAdministrator
) -> Session:
    """Makes a system administrator and signs them in."""
    refuse_other_sites(request)
    session, token = await first_admin.redeem(ctx, new, await client_address(request))
    set_cookie(response, token, settings_of(ctx))
    return session


@router.get("/roles", summary="角色及其权限")
async def list_roles(actor: Anyone) -> Roles:
    return Roles(
        items=[
            RoleRead(
                code=role.code,
                name=role.name,
                administrator=role.administrator,
                permissions=sorted(role.permissions),
            )
            for role in ROLES.values()
        ]
    )


@router.get("/users", summary="账号列表")
async def list_users(
    actor: UsersRead,
    db: DbSession,
    ctx: Context,
    paging: Paging,
    q: Annotated[str | None, Query(max_length=50, description="用户名或姓名")] = None,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级")] = None,
    role: Annotated[RoleCode | None, Query()] = None,
) -> Page[UserRow]:
    return await users.list_users(ctx, db, actor, paging, q=q, region_code=region, role=role)


@router.get("/people", summary="可以指派的人")
async def list_people(
    actor: PeopleRead,
    db: DbSession,
    q: Annotated[str, Query(max_length=50, description="用户名或姓名")] = "",
) -> Colleagues:
    """Up to twenty people of the reader's county, or of the reader's region where that is wider."""
    return await users.list_people(db, actor, q)


@router.get("/users/{user_id}", summary="一个账号")
async def get_user(actor: UsersRead, db: DbSession, ctx: Context, user_id: Uuid7, response: Response) -> UserRow:
    user = await users.get_user(ctx, db, actor, user_id)
    set_etag(response, user.version)
    return user


@router.put("/users/{user_id}", summary="新建账号")
async def create_user(
    actor: UsersWrite, db: DbSession, ctx: Context, user_id: Uuid7, new: UserCreate, response: Response
) -> UserRow:
    """By the system administrator; nobody can sign in with it before the security administrator confirms it."""
    user = await users.create_user(ctx, db, actor, user_id, new)
    set_etag(response, user.version)
    return user


@router.patch("/users/{user_id}", summary="修改账号")
async def update_user(
    actor: UsersWrite,
    db: DbSession,
    ctx: Context,
    user_id: Uuid7,
    version: IfMatch,
    change: UserUpdate,
    response: Response,
) -> UserRow:
    """Name, password and shutting by the system administrator; role, region, unlocking and shutting by the security
    administrator."""
    user = await users.update_user(ctx, db, actor, user_id, version, change)
    set_etag(response, user.version)
    return user
