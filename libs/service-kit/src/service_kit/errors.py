"""Errors as RFC 9457 problem+json (ARCHITECTURE rule 6): stable code, Chinese words, the path of each bad field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad input. ``path`` is like ``body.members.0.id_number`` or ``query.cursor``."""

    path: str
    code: str
    message: str


class DomainError(Exception):
    """Root of every refusal. A subclass fixes status, code and title; an instance adds detail and facts.

    ``extra`` members become members of the problem object, e.g. the exact shortfall in yuan.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    title: ClassVar[str] = "请求无法处理"
    title_en: ClassVar[str] = "The request cannot be processed"

    def __init__(
        self,
        detail: str | None = None,
        *,
        detail_en: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.detail_en = detail_en
        self.errors = tuple(errors)
        self.headers = headers or {}
        self.extra = extra

    def problem(self, language: str = "zh", request_id: str | None = None) -> dict[str, Any]:
        """The problem object in ``zh`` or ``en``; without an English detail the English title stands for it."""
        english = language == "en"
        title = self.title_en if english else self.title
        detail = (self.detail_en or title) if english else (self.detail or title)
        body: dict[str, Any] = {
            "type": "about:blank",
            "status": self.status,
            "code": self.code,
            "title": title,
            "detail": detail,
        }
        if self.errors:
            body["errors"] = [asdict(error) for error in self.errors]
        if request_id:
            body["request_id"] = request_id
        return body | self.extra


class BadJson(DomainError):
    status, code = 400, "bad_json"
    title, title_en = "请求内容不是有效的 JSON", "The body is not valid JSON"


class Unauthenticated(DomainError):
    status, code = 401, "unauthenticated"
    title, title_en = "请先登录", "Sign in first"


class TokenExpired(Unauthenticated):
    code = "token_expired"
    title, title_en = "登录已过期，请重新登录", "The session has expired, sign in again"


class Forbidden(DomainError):
    status, code = 403, "forbidden"
    title, title_en = "没有办理此事的权限", "You may not do this"


class RegionOutOfScope(Forbidden):
    code = "region_out_of_scope"
    title, title_en = "该地区不在您的管辖范围内", "This region is outside your scope"


class NotFound(DomainError):
    status, code = 404, "not_found"
    title, title_en = "没有找到，或不在您的管辖范围内", "Not found, or outside your scope"


class Conflict(DomainError):
    status, code = 409, "conflict"
    title, title_en = "与已有记录冲突", "Conflicts with an existing record"


class AlreadyExists(Conflict):
    code = "already_exists"
    title, title_en = "同一编号已用于另一份内容", "This id already holds other content"


class IdempotencyConflict(Conflict):
    code = "idempotency_conflict"
    title, title_en = "同一幂等键已用于另一请求", "This idempotency key was used for another request"


class PreconditionFailed(DomainError):
    status, code = 412, "precondition_failed"
    title, title_en = "前提条件已改变", "A precondition no longer holds"


class VersionMismatch(PreconditionFailed):
    code = "version_mismatch"
    title, title_en = "内容已被他人修改，请核对后再保存", "Someone else has changed this, check before saving"


class TooLarge(DomainError):
    status, code = 413, "body_too_large"
    title, title_en = "提交的内容过大", "The body is too large"


class Unprocessable(DomainError):
    status, code = 422, "unprocessable"
    title, title_en = "内容不符合要求", "The content breaks a rule"


class ValidationFailed(Unprocessable):
    code = "validation_failed"
    title, title_en = "填写内容有误", "Some fields are wrong"


class PreconditionRequired(DomainError):
    status, code = 428, "precondition_required"
    title, title_en = "缺少必需的请求头", "A required header is missing"


class IdempotencyKeyRequired(PreconditionRequired):
    code = "idempotency_key_required"
    title, title_en = "缺少请求头 Idempotency-Key", "The header Idempotency-Key is missing"


class IfMatchRequired(PreconditionRequired):
    code = "if_match_required"
    title, title_en = "缺少请求头 If-Match（版本号）", "The header If-Match (version) is missing"


class RateLimited(DomainError):
    status, code = 429, "rate_limited"
    title, title_en = "操作过于频繁，请稍后再试", "Too many requests, try again later"


class Unavailable(DomainError):
    status, code = 503, "unavailable"
    title, title_en = "服务暂时不可用，请稍后再试", "Temporarily unavailable, try again later"


class InternalError(DomainError):
    status, code = 500, "internal_error"
    title, title_en = "系统出错，已记录，请稍后再试", "Something went wrong on our side"


def language_of(accept_language: str) -> str:
    """``en`` when the caller's first choice is English, else ``zh``."""
    return "en" if accept_language.lower().lstrip().startswith("en") else "zh"
