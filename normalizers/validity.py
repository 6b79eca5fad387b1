"""Validity 有效性: from explicit marks, else from the days on which a document comes into and goes out of force.

国办发〔2017〕47号 asks for a clear mark on the page of a document that was amended, repealed or has expired.
States are those of 国家法律法规数据库 and of the disclosure catalogues (有效, 已修改, 尚未生效, 失效, 废止; 是 and 否 under
是否有效); a document without mark and term has no state here.
"""

import re
from collections.abc import Iterable
from datetime import date

from normalizers.policy import Validity

REPEALED = re.compile(r"废止|撤销")
EXPIRED = re.compile(r"失效|过期|无效|期满")
AMENDED = re.compile(r"已?修改|已?修订|已?修正|部分有效|部分失效|部分废止")
NOT_YET = re.compile(r"尚未生效|未生效|未施行|尚未施行|未实施|待生效")
VALID = re.compile(r"有效|生效|^是$")
# A term is no state: 有效期5年.
TERM = re.compile(r"有效期限?[^，；]*")
TITLE_MARK = re.compile(
    r"[（(【\[〔]\s*(?:本?(?:文件|文)?(?:已被?|全文|现已|已经)?(废止|失效|修改)|(部分(?:失效|废止|条款废止|修改))|(尚未(?:施行|生效)))\s*[）)】\]〕]"
)
BRACKETED_CHANGE = re.compile(r"[（(【\[]\s*修改\s*[）)】\]]")
# A short line beside the title: 该文件已废止, 此件已失效.
LINE_MARK = re.compile(
    r"^[（(【\[※*\s]*(?:注\s*[:：]|提示\s*[:：]|文件状态\s*[:：])?\s*(?:本|该|此)?(?:政策|规范性|行政规范性)?(?:文件|文|件|政策|公文)?[，,\s]*(?:已经?|现已|全文)被?(?:[^，。]{0,30})?(废止|失效|修改)[^，。]{0,6}[）)】\]。！!\s]*$"
)
MAX_MARK = 45
COLUMN_MARK = re.compile(
    r"(现行有效)|(?:已|失效|废止)[^，]{0,6}(废止|失效)|^(失效|废止)(?:文件|的?规范性文件)?$"
)
NAMED: tuple[tuple[re.Pattern[str], Validity], ...] = (
    (NOT_YET, "not_yet"),
    (AMENDED, "amended"),
    (REPEALED, "repealed"),
    (EXPIRED, "expired"),
)
STATES: dict[str, Validity] = {"废止": "repealed", "失效": "expired", "修改": "amended", "现行有效": "valid"}


def validity_of_cell(text: str) -> Validity | None:
    """The state that a cell of an info table names; None where it names none, as a mere term does."""
    if re.search(r"未废止|未失效|未被废止", text):
        return "valid"
    bare = TERM.sub("", text)
    for pattern, state in NAMED:
        if pattern.search(bare):
            return state
    if bare.strip() in ("否", "不"):
        return "expired"
    return "valid" if VALID.search(bare) else None


def validity_of_title(title: str) -> Validity | None:
    """The state that a mark on a title names, as in …的通知（已废止）; inside a title it is a word of it."""
    text = title.strip()
    marks = (m for m in TITLE_MARK.finditer(text) if m.start() == 0 or m.end() == len(text))
    m = next(marks, None)
    if not m or BRACKETED_CHANGE.search(m[0]):
        return None
    if m[1]:
        return STATES[m[1]]
    return "amended" if m[2] else "not_yet"


def validity_of_lines(lines: Iterable[str]) -> tuple[Validity, str] | None:
    """The state that one of the lines beside the title names, and that line."""
    for line in lines:
        if len(line) <= MAX_MARK and (m := LINE_MARK.match(line)):
            return STATES[m[1]], line
    return None


def validity_of_column(name: str) -> Validity | None:
    """The state of everything in a column such as 现行有效规范性文件 or 失效文件."""
    m = COLUMN_MARK.search(name)
    return STATES[m[1] or m[2] or m[3]] if m else None


def validity_of_days(effective: date | None, expiry: date | None, today: date) -> tuple[Validity, str] | None:
    """The state that the days in force give on `today`, with the reason; None where they leave it open.

    A document without a last day may have been repealed: its first day alone tells nothing once it is past.
    """
    if expiry and expiry < today:
        return "expired", f"有效期至{expiry}"
    if effective and effective > today:
        return "not_yet", f"自{effective}起施行"
    if expiry and effective:
        return "valid", f"自{effective}起施行，有效期至{expiry}"
    return None
