"""Optimistic versions: a lost update is a 412 with both versions, never silence (ARCHITECTURE rule 7)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Header, Response

from service_kit.errors import FieldError, IfMatchRequired, ValidationFailed, VersionMismatch


async def if_match(
    if_match: Annotated[str | None, Header(description='读取时得到的版本号，如 "3"')] = None,
) -> int:
    if if_match is None:
        raise IfMatchRequired()
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValidationFailed(errors=[FieldError("header.if-match", "version_invalid", '应为版本号，如 "3"')])
    return int(text)


IfMatch = Annotated[int, Depends(if_match)]


def check_version(current: int, expected: int, *, current_view: Any = None, yours: Any = None) -> None:
    """Refuse to overwrite what the caller has not seen.

    Raises:
        VersionMismatch: with ``current`` (as it stands now) and ``yours`` (what was sent) for a person to compare.
    """
    if current != expected:
        raise VersionMismatch(
            f"您看到的是第 {expected} 版，现在是第 {current} 版",
            current_version=current,
            current=current_view,
            yours=yours,
        )


def set_etag(response: Response, version: int) -> None:
    response.headers["ETag"] = f'"{version}"'
