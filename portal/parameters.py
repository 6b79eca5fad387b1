"""Numbers among the parameters of a request, and what is wrong with parameters, in Chinese."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

MOST_TOLD = 5
MAX_NAME = 40
MAX_DIGITS = 7  # of a number that is counted to: pages, sizes
# What the types of errors of pydantic mean; the names in braces are those of its context.
REASONS = {
    "extra_forbidden": "没有这个参数",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "string_too_long": "最多 {max_length} 个字符",
    "too_long": "最多 {max_length} 个值",
    "string_too_short": "不能为空",
    "string_type": "应为文字",
    "list_type": "应为列表",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "应为较小的整数",
    "bool_parsing": "应为 true 或 false",
    "literal_error": "可用 {expected}",
    "missing": "缺少这个参数",
}


def whole_number(text: str, most_digits: int = MAX_DIGITS) -> int:
    """A number in plain digits; 0 for anything else, more digits among it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= most_digits else 0


def refusal(errors: Iterable[Mapping[str, Any]]) -> str:
    """The errors of a validation, as pydantic lists them, in one line."""
    told = dict.fromkeys(f"{_name(one)}：{_reason(one)}" for one in errors)
    return "参数不可用：" + "；".join(list(told)[:MOST_TOLD])


def _name(error: Mapping[str, Any]) -> str:
    names = [part for part in error["loc"][1:] if isinstance(part, str)]
    return (names[0] if names else "请求")[:MAX_NAME]


def _reason(error: Mapping[str, Any]) -> str:
    # Literals come as 'a', 'b' or 'c'.
    limits = {
        name: re.sub("' or '|', '", "、", str(value)).strip("'")
        for name, value in (error.get("ctx") or {}).items()
    }
    return REASONS.get(error["type"], "无法理解").format_map(limits)
