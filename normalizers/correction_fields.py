"""What a person may set right in a Policy: the fields, what each of them takes, and why others are refused."""

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, partial

from normalizers.chars import tidy
from normalizers.chinese_names import FIELD_NAMES
from normalizers.dates import FIRST_YEAR, LAST_YEAR, iso_text
from normalizers.doc_numbers import doc_number_key, whole_number
from normalizers.doc_types import TYPES
from normalizers.policy import CONTENT_TYPES, INTERPRETATION_FORMS, LEVELS, VALIDITIES, Policy, Precision
from normalizers.subjects import subject_names
from normalizers.topics import load_tags

# A value as a correction keeps it: dates in ISO as exactly as they are known, None where there is none.
Value = str | bool | tuple[str, ...] | None
MAX_TEXT = 2_000
MAX_ITEMS = 100
ISO_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
PRECISIONS: dict[int, Precision] = {4: "year", 7: "month", 10: "day"}
# GB/T 2260: six digits; towns add three more (GB/T 10114), villages another three.
REGION = re.compile(r"[1-9]\d{5}(?:\d{3}){0,2}", re.ASCII)
# A number has a serial, in digits or spelled: 主席令第四号.
SERIAL = re.compile(r"[\d一二三四五六七八九十百]")
FLAGS = {"是": True, "否": False, "true": True, "false": False}


class CorrectionError(ValueError):
    """A field or value that no correction may have; the message (Chinese) says what is allowed."""


def normalize_value(field: str, raw: object) -> Value:
    """The value of a field as a correction keeps it; raises CorrectionError."""
    return kind_of(field)(raw)


def kind_of(field: str) -> Callable[[object], Value]:
    """What reads the values of a field; raises CorrectionError for a field that cannot be corrected."""
    if kind := FIELDS.get(field):
        return kind
    if reason := REFUSED.get(field):
        raise CorrectionError(f"{field} 不能更正：{reason}")
    raise CorrectionError(
        _unknown(field, {name: FIELD_NAMES[name] for name in FIELDS}, "没有字段", "可更正的字段")
    )


def value_of(policy: Policy, field: str) -> Value:
    """The value that a Policy has in a field, in the form of a correction."""
    value: Value | date = getattr(policy, field)
    if isinstance(value, date):
        return iso_text(value, policy.date_precision.get(field, "day"))
    return None if value in ("", ()) else value


def day_and_precision(text: str) -> tuple[date, Precision]:
    """The day that an ISO day, month or year of a correction stands for, with its precision."""
    year, month, day = (int(part or 1) for part in (*text.split("-"), "", "")[:3])
    return date(year, month, day), PRECISIONS[len(text)]


def shown_value(value: Value) -> str:
    """A value as one line of text; "" for none."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "；".join(value) if isinstance(value, tuple) else value or ""


def _text(raw: object, most: int = MAX_TEXT) -> str:
    if not isinstance(raw, str) or not (text := tidy(raw)) or len(text) > most:
        raise CorrectionError(f"应为不超过 {most} 字的非空文字；确实没有值时写 unknown = true")
    return text


def _number(raw: object) -> str:
    text = _text(raw, 200)
    if number := whole_number(text):
        return number.text
    if not doc_number_key(text) or not SERIAL.search(text):
        raise CorrectionError(f"{text!r} 不是发文字号；确实没有发文字号时写 unknown = true")
    return text


def _texts(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple) or not 0 < len(raw) <= MAX_ITEMS:
        raise CorrectionError('应为非空的文字列表，例如 ["甲", "乙"]；确实没有值时写 unknown = true')
    return tuple(dict.fromkeys(_text(item) for item in raw))


def _date(raw: object) -> str:
    text = raw.isoformat() if isinstance(raw, date) and not isinstance(raw, datetime) else raw
    try:
        if not isinstance(text, str) or not ISO_DATE.fullmatch(text):
            raise ValueError(text)
        day, _ = day_and_precision(text)
    except ValueError as error:
        raise CorrectionError(f"{raw!s} 不是日期：应为 2023-05-01，只知道月份时写 2023-05") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CorrectionError(f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间")
    return text


def _flag(raw: object) -> bool:
    found = raw if isinstance(raw, bool) else FLAGS.get(raw) if isinstance(raw, str) else None
    if found is None:
        raise CorrectionError("应为 true（是）或 false（否）")
    return found


def _region(raw: object) -> str:
    if not isinstance(raw, str) or not REGION.fullmatch(raw):
        raise CorrectionError('应为 GB/T 2260 的 6 位数字代码（乡镇 9 或 12 位），写成文字，例如 "610200"')
    return raw


def _choice(names: Callable[[], Mapping[str, str]], raw: object) -> str:
    """One of the values of a closed list, given as the value or by its Chinese name."""
    allowed = names()
    if isinstance(raw, str):
        if raw in allowed:
            return raw
        if found := next((value for value, name in allowed.items() if name == raw), None):
            return found
    raise CorrectionError(_unknown(str(raw), allowed, "不认识", "可用的值"))


def _tags(raw: object) -> tuple[str, ...]:
    return tuple(_choice(_tag_names, name) for name in _texts(raw))


def _unknown(given: str, allowed: Mapping[str, str], said: str, named: str) -> str:
    """What is told of a word that is neither one of the allowed ones nor one of their Chinese names."""
    both = {value: value if value == name else f"{value}（{name}）" for value, name in allowed.items()}
    words = both | {name: both[value] for value, name in allowed.items()}
    close = difflib.get_close_matches(given, words, n=1, cutoff=0.5)
    hint = f"，是否想写 {words[close[0]]}？" if close else "。"
    return f"{said} {given!r}{hint}{named}：{'；'.join(both.values())}"


@cache
def _tag_names() -> dict[str, str]:
    return {tag.name: tag.name for tag in load_tags()}


@cache
def _subject_names() -> dict[str, str]:
    return {name: name for name in subject_names().values()}


FIELDS: dict[str, Callable[[object], Value]] = {
    "title": _text,
    "doc_number": _number,
    "registration_number": partial(_text, most=100),
    "index_number": partial(_text, most=100),
    "issuers": _texts,
    "authorities": _texts,
    "level": partial(_choice, lambda: LEVELS),
    "region": _region,
    "content_type": partial(_choice, lambda: CONTENT_TYPES),
    "doc_type": partial(_choice, lambda: {name: name for name in TYPES.values()}),
    "instrument": partial(_text, most=20),
    "normative": _flag,
    "subject": partial(_choice, _subject_names),
    "subject_detail": partial(_text, most=100),
    "topics": _tags,
    "written_date": _date,
    "published_date": _date,
    "effective_date": _date,
    "expiry_date": _date,
    "validity": partial(_choice, lambda: VALIDITIES),
    "validity_reason": _text,
    "interpretation_form": partial(_choice, lambda: INTERPRETATION_FORMS),
    "addressees": _texts,
    "keywords": _texts,
    "summary": _text,
    "source": partial(_text, most=200),
    "note": _text,
    "contacts": _texts,
    "print_info": _text,
}
DATES = frozenset(name for name, kind in FIELDS.items() if kind is _date)
LISTS = frozenset(name for name, kind in FIELDS.items() if kind in (_texts, _tags))
# Every Policy has one.
NEVER_UNKNOWN = frozenset({"content_type"})
_PAGE = "它是页面的身份，由抓取时的地址决定"
_SITE = "它由站点文件和列表决定，请改站点文件"
_TEXT = "正文和附件以原件为准；读法有误时请改站点文件的选择器，或报告这个页面"
_MADE = "它由程序得出，不单独更正"
REFUSED: dict[str, str] = {
    **dict.fromkeys(("id", "url"), _PAGE),
    **dict.fromkeys(("site", "channels"), _SITE),
    **dict.fromkeys(("text", "printed_text", "blocks", "parts", "attachments"), _TEXT),
    "doc_number_key": "它由 doc_number 得出，请更正 doc_number",
    "date_precision": "日期本身写明精度：2023-05 即只知道月份",
    **dict.fromkeys(("evidence", "warnings"), _MADE),
}
