"""Fields of a JSON record told by their values, for interfaces whose field names say nothing (f_2021…, c7, 标题)."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from normalizers.chars import squeeze, tidy
from normalizers.dates import find_dates
from normalizers.doc_numbers import whole_number

ADDRESS = re.compile(
    r"https?://[^\s\"'<>]{4,1000}|(?:\.{0,2}/)[^\s\"'<>]{1,500}\.(?:s?html?|jhtml|jspx?|aspx?|pdf|docx?|ofd)(?:\?[^\s\"'<>]{0,300})?"
)
PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|bmp|mp4|css|js)(?:\?|$)", re.IGNORECASE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Words that documents and news end with; a name of an office or a category does not.
DOCUMENT = re.compile(
    r"(?:通知|意见|办法|公告|决定|批复|规定|方案|通告|条例|函|细则|规划|公示|报告|令|解读|办法》)[》）)\s]*$"
)
TITLE_LEAST, TITLE_MOST, HEAD = 8, 120, 400
CHINESE_LEAST = 5
# A date stands alone in its field: 2026-01-02, 2026-01-02 10:00:00, 2026-01-02T10:00:00.000+0800.
DATE_LENGTH = 30


def address_by_value(record: Mapping[str, Any]) -> str:
    """The first value that is an address of a page; "" where none is."""
    texts = (text for text in _texts(record) if ADDRESS.fullmatch(text))
    return next((text for text in texts if PICTURE.search(text) is None), "")


def title_by_value(record: Mapping[str, Any]) -> str:
    """The value that the text begins with, else the longest short Chinese one that ends like a document's title."""
    texts = list(_texts(record))
    heads = [squeeze(text[:HEAD]) for text in texts if len(text) > TITLE_MOST]
    short = [
        text
        for text in texts
        if TITLE_LEAST <= len(text) <= TITLE_MOST and len(CHINESE.findall(text)) >= CHINESE_LEAST
    ]
    for text in short:
        if any(head.startswith(squeeze(text)) for head in heads):
            return text
    return max((text for text in short if DOCUMENT.search(text)), key=len, default="")


def date_by_value(record: Mapping[str, Any]) -> tuple[date | None, str]:
    """The day that every date of the record names; None where they differ or there is none."""
    found = {
        dates[0].day: text
        for text in _texts(record)
        if len(text) <= DATE_LENGTH and (dates := find_dates(text)) and dates[0].start == 0
    }
    return next(iter(found.items())) if len(found) == 1 else (None, "")


def number_by_value(record: Mapping[str, Any]) -> str:
    """The value that is a whole document number with brackets; "" where none is."""
    texts = (tidy(text) for text in _texts(record) if 6 <= len(text) <= 60 and "号" in text)
    return next((text for text in texts if re.search(r"[〔\[［]", text) and whole_number(text)), "")


def _texts(record: Mapping[str, Any]) -> Iterator[str]:
    for value in record.values():
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, str) and value.strip():
            yield value.strip()
