"""What a clerk reads when a field is wrong: Chinese words for the validator's error types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service_kit.errors import FieldError

_MESSAGES: dict[str, str] = {
    "missing": "必填",
    "extra_forbidden": "没有这个字段",
    "string_type": "应为文字",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "string_pattern_mismatch": "格式不正确",
    "string_unicode": "含有无法识别的字符",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "数字过大",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为有限的数字",
    "bool_type": "应为是或否",
    "bool_parsing": "应为是或否",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "date_type": "应为日期，如 2026-01-31",
    "date_parsing": "应为日期，如 2026-01-31",
    "date_from_datetime_parsing": "应为日期，如 2026-01-31",
    "date_from_datetime_inexact": "应为日期，如 2026-01-31",
    "datetime_type": "应为日期时间",
    "datetime_parsing": "应为日期时间",
    "datetime_from_date_parsing": "应为日期时间",
    "timezone_aware": "日期时间应带时区",
    "uuid_type": "编号格式不正确",
    "uuid_parsing": "编号格式不正确",
    "enum": "应为以下之一：{expected}",
    "literal_error": "应为以下之一：{expected}",
    "list_type": "应为列表",
    "set_type": "应为列表",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "union_tag_invalid": "类型不正确",
    "union_tag_not_found": "缺少类型",
}


def field_errors(errors: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Turn the validator's errors into field errors; the rejected value itself is never repeated (personal data)."""
    return [
        FieldError(path=".".join(str(part) for part in e["loc"]), code=e["type"], message=_message(e)) for e in errors
    ]


def _message(error: Mapping[str, Any]) -> str:
    template = _MESSAGES.get(error["type"])
    if template is None:
        # Errors of our own carry their Chinese words; anything else gets a general sentence rather than English.
        text = str(error.get("msg", ""))
        return text if any("\u4e00" <= c <= "\u9fff" for c in text) else "填写不正确"
    context = _Blank(error.get("ctx", {}))
    if "expected" in context:  # "'open', 'merged' or 'closed'"
        context["expected"] = str(context["expected"]).replace(" or ", ", ").replace("'", "").replace(", ", "、")
    return template.format_map(context)


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""
