"""What crosses HTTP around people."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from service_kit.region import Level, is_region_code
from service_kit.schemas import ApiModel, ReadModel

from gateway.identity.passwords import MAX_LENGTH

RoleCode = Literal[
    "system_admin",
    "security_admin",
    "audit_admin",
    "bureau",
    "department_officer",
    "township",
    "village_cadre",
    "finance",
    "asset_keeper",
    "auditor",
]

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}", re.ASCII)


def _username(text: str) -> str:
    name = text.lower()
    if not _USERNAME.fullmatch(name):
        raise PydanticCustomError("username", "用户名应为 2–32 位小写字母、数字或 . _ -，以字母或数字开头")
    return name


def _region_or_nation(code: str) -> str:
    if code and not is_region_code(code):
        raise PydanticCustomError("region_code", "区划代码应为 2、4、6、9 或 12 位数字；全国为空")
    return code


def _personal_name(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("name", "姓名含有无法识别的字符")
    return text


Username = Annotated[str, Field(max_length=32, examples=["zhangsan"]), AfterValidator(_username)]
NewPassword = Annotated[str, Field(max_length=MAX_LENGTH, json_schema_extra={"format": "password"})]
PersonName = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_personal_name)]
UserRegion = Annotated[str, Field(max_length=12, examples=["431081"]), AfterValidator(_region_or_nation)]


class Region(ReadModel):
    """A region by name. ``code`` "" is the nation."""

    code: str
    name: str
    level: Level


class Login(ApiModel):
    # Not stripped and not checked: whatever is typed counts as an attempt.
    username: str = Field(max_length=128)
    password: str = Field(max_length=256, json_schema_extra={"format": "password"})


class User(ReadModel):
    id: UUID
    username: str
    name: str
    role: str
    role_name: str
    region: Region


class Session(ReadModel):
    user: User
    csrf: str
    """To be sent back as ``X-CSRF-Token`` with everything that changes something."""
    permissions: list[str]
    expires_at: datetime


class Password(ApiModel):
    current: str = Field(max_length=256, json_schema_extra={"format": "password"})
    new: NewPassword


class FirstAdministrator(ApiModel):
    link_token: str = Field(max_length=100)
    username: Username
    name: PersonName
    password: NewPassword


class ColleagueRead(ReadModel):
    """Who may be named to do something, e.g. to help a household."""

    id: UUID
    name: str
    role_name: str
    region: Region


class Colleagues(ReadModel):
    items: list[ColleagueRead]


class UserRow(User):
    authorised: bool
    """Role and region have been confirmed by a security administrator; until then nobody can sign in with it."""
    disabled: bool
    locked: bool
    """Locked for now after too many failures."""
    last_login_at: datetime | None
    created_at: datetime
    version: int


class UserCreate(ApiModel):
    username: Username
    name: PersonName
    role: RoleCode
    region_code: UserRegion
    password: NewPassword


class UserUpdate(ApiModel):
    """Only what is sent is changed. ``role`` and ``region_code``, even unchanged, confirm the account."""

    name: PersonName | None = None
    role: RoleCode | None = None
    region_code: UserRegion | None = None
    disabled: bool | None = None
    locked: Literal[False] | None = None
    password: NewPassword | None = None


class RoleRead(ReadModel):
    code: str
    name: str
    administrator: bool
    permissions: list[str]


class Roles(ReadModel):
    items: list[RoleRead]
