"""Forms of the public pages, which work without a script: where they come from, once each, and what was wrong in them.

No session protects them and none is at stake. A form must come from our own page in the same browser (by what the
browser says of its origin), carry a mark that we made not long ago, and leave the field empty that only a program sees.
The mark is also the key by which a second tap on the button is the same application.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from fastapi import Request
from service_kit.context import ServiceContext
from service_kit.errors import DomainError, FieldError, Forbidden
from service_kit.ids import uuid7

from gateway.settings import settings_of

HONEYPOT = "website"
MARK = "mark"
_LIFETIME_SECONDS = 24 * 3600
_MOST_FIELDS = 40


class FormRefused(Forbidden):
    """A form that did not come from our page, or that a program filled in."""

    code = "form_refused"
    title, title_en = "表单没有被接受", "The form was not accepted"


class FormTooOld(DomainError):
    status, code = 400, "form_too_old"
    title, title_en = "页面打开的时间太长，请核对后再提交一次", "The page was open too long, check and submit again"


@dataclass(slots=True)
class Filled:
    """A form as somebody filled it in, and what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    """Field → words; "" for what concerns the whole form."""
    labels: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Field and words, in the order of the form."""
        ordered = [*self.labels, ""]
        found = sorted(self.errors.items(), key=lambda item: ordered.index(item[0]) if item[0] in ordered else 99)
        return [(name, f"{self.labels[name]}：{words}" if name in self.labels else words) for name, words in found]


def make_mark(ctx: ServiceContext) -> str:
    """The hidden mark of a fresh form: a key and the time, signed."""
    content = f"{uuid7().hex}.{int(time.time())}"
    return f"{content}.{_signature(ctx, content)}"


async def read_form(request: Request, ctx: ServiceContext) -> dict[str, str]:
    """The fields of a form, each once.

    Raises:
        FormRefused: not from our page, or filled in by a program.
    """
    if not _from_our_page(request, ctx):
        raise FormRefused("请从本网站的页面填写并提交。")
    try:
        text = (await request.body()).decode()
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise FormRefused("表单内容无法识别，请重新填写。") from None
    values = {name: value.strip() for name, value in pairs}
    if values.get(HONEYPOT):
        raise FormRefused("请从本网站的页面填写并提交。")
    return values


def key_of(ctx: ServiceContext, values: Mapping[str, str]) -> str:
    """The key of a form's mark.

    Raises:
        FormRefused: not a mark of ours. FormTooOld.
    """
    key, _, rest = values.get(MARK, "").partition(".")
    issued, _, signature = rest.partition(".")
    expected = _signature(ctx, f"{key}.{issued}")
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), expected.encode()):
        raise FormRefused("请从本网站的页面填写并提交。")
    if time.time() - int(issued) > _LIFETIME_SECONDS:
        raise FormTooOld()
    return key


def _signature(ctx: ServiceContext, content: str) -> str:
    return ctx.crypto.blind_index(f"form:{content}").hex()


def _from_our_page(request: Request, ctx: ServiceContext) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is None:
        return True  # an old browser, which has no cookie of ours to misuse either
    own = {request.headers.get("host", "")}
    if settings_of(ctx).public_url:
        own.add(urlsplit(settings_of(ctx).public_url or "").netloc)
    return urlsplit(origin).netloc in own


def errors_of(problem: bytes, labels: Mapping[str, str]) -> dict[str, str]:
    """What a service found wrong, by field of the form; "" for what has no field."""
    try:
        content: dict[str, Any] = orjson.loads(problem)
    except orjson.JSONDecodeError:
        return {"": "暂时无法办理，请稍后再试"}
    found: dict[str, str] = {}
    for error in content.get("errors", ()):
        name = str(error.get("path", "")).removeprefix("body").lstrip(".")
        found.setdefault(name if name in labels else "", str(error.get("message", "")))
    return found or {"": str(content.get("detail") or content.get("title") or "填写内容有误")}


def by_field(errors: Sequence[FieldError]) -> dict[str, str]:
    return {error.path.rpartition(".")[2]: error.message for error in reversed(errors)}
