"""Validity 有效性, only from explicit marks: a table cell or a mark on the title."""

import re

from normalizers.policy import Validity

REPEALED = re.compile(r"废止|撤销")
EXPIRED = re.compile(r"失效|过期|无效")
AMENDED = re.compile(r"已?修改|已?修订|部分有效|部分失效|部分废止")
NOT_YET = re.compile(r"尚未生效|未生效|未施行")
VALID = re.compile(r"有效|生效|未废止|未失效|^是$")
TITLE_MARK = re.compile(r"[（(【\[]\s*(?:已|全文|现已)?(废止|失效|修改)\s*[）)】\]]")


def validity_of_cell(text: str) -> Validity | None:
    """The state that a cell of an info table names; None where it names none."""
    if re.search(r"未废止|未失效", text):
        return "valid"
    for pattern, state in (
        (NOT_YET, "not_yet"),
        (AMENDED, "amended"),
        (REPEALED, "repealed"),
        (EXPIRED, "expired"),
    ):
        if pattern.search(text):
            return state  # type: ignore[return-value]
    if text.strip() in ("否", "不"):
        return "expired"
    return "valid" if VALID.search(text) else None


def validity_of_title(title: str) -> Validity | None:
    """The state that a mark on a title names, as in …的通知（已废止）."""
    m = TITLE_MARK.search(title)
    if not m:
        return None
    return {"废止": "repealed", "失效": "expired", "修改": "amended"}[m[1]]  # type: ignore[return-value]
