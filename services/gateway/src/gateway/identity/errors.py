"""Refusals around signing in and people."""

from __future__ import annotations

from service_kit.errors import Conflict, Forbidden, RateLimited, Unauthenticated, Unprocessable


class InvalidCredentials(Unauthenticated):
    """Also for people who exist but may not come in, so that a stranger learns nothing."""

    code = "invalid_credentials"
    title, title_en = "用户名或密码不正确", "Wrong user name or password"


class LoginLocked(RateLimited):
    code = "login_locked"
    title, title_en = "登录失败次数过多，请稍后再试", "Too many failed attempts, try again later"


class CsrfFailed(Forbidden):
    code = "csrf_failed"
    title, title_en = "页面已失效，请刷新后重试", "The page is out of date, reload it and try again"


class UsernameTaken(Conflict):
    code = "username_taken"
    title, title_en = "用户名已被使用", "This user name is taken"


class SeparationOfDuties(Forbidden):
    """System, security and audit administrators each hold one part of the keys (GW-1)."""

    code = "separation_of_duties"
    title, title_en = "按三员分立，此项须由另一位管理员办理", "Another administrator has to do this"


class NotYourself(Forbidden):
    code = "not_yourself"
    title, title_en = "不能更改自己的账号权限", "You may not change your own account"


class LinkUsed(Unprocessable):
    code = "link_invalid"
    title, title_en = "链接已使用或已过期，请重新生成", "The link has been used or has expired"
