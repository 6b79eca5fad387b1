"""Dates of list rows: printed alone, glued to a text, labelled, or split over several elements."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lxml.html import HtmlElement as Element

from crawlers.platforms.links import chunks
from normalizers.dates import PrintedDate, find_dates

DIGIT = re.compile(r"\d")
# Texts up to this length are remembered with their dates: titles and dates of rows are shorter.
SHORT = 200
YEAR = re.compile(r"((?:19|20)\d{2})\s?年?")
MONTH_ONLY = re.compile(r"((?:19|20)\d{2})\s?[-./年]\s?(\d{1,2})\s?月?")
DAY_ONLY = re.compile(r"(\d{1,2})\s?日?")
MONTH_ALONE = re.compile(r"(\d{1,2})\s?月")
# A day without its year stands alone or in brackets: 05-20, [05/20], 5月20日.
MONTH_DAY = re.compile(
    r"[\[(（【]?\s*(?:(\d{2})\s?[-./]\s?(\d{2})|(\d{1,2})\s?月\s?(\d{1,2})\s?日)\s*[\])）】]?"
)
# What may stand around a date that is alone in its element: brackets, a clock, a label.
AROUND_DATE = re.compile(r"[\s\[(（【]*(?:[^\d\s:：]{2,6}[:：])?\s*|[\s\d:：.\])）】日时分秒]*")
# Labels that stand before a date of the other kind (rows of 内蒙古, 唐山 and 重庆 print several).
WRITTEN = re.compile(r"(?:成文|生成|印发|实施|施行|生效|失效|有效|截止|到期)[^:：\d]{0,6}[:：]?\s*$")
PUBLISHED = re.compile(r"(?:发布|公布|公开|上网|发表|刊登)[^:：\d]{0,6}[:：]?\s*$")


@dataclass(frozen=True, slots=True)
class _Found:
    """A date of a row and the text before it."""

    day: date
    raw: str
    before: str


def dates_of(text: str) -> tuple[PrintedDate, ...]:
    """The dates of a text; bare digits (20260511) count only where they are all of it."""
    if DIGIT.search(text) is None:
        return ()
    return _short_dates(text) if len(text) <= SHORT else _find_dates(text)


def _find_dates(text: str) -> tuple[PrintedDate, ...]:
    return tuple(one for one in find_dates(text) if not one.raw.isdigit() or one.raw == text.strip())


# A row is looked at several times; looking its texts up again is most of the time a list takes.
_short_dates = lru_cache(maxsize=1024)(_find_dates)


def is_alone(text: str, dates: Sequence[PrintedDate]) -> bool:
    """Whether a text is nothing but its date, give or take brackets, a clock and a label."""
    outside = (text[: dates[0].start], text[dates[0].end :]) if dates else ()
    return bool(dates) and all(AROUND_DATE.fullmatch(part) for part in outside)


def date_marks(text: str) -> tuple[int, int]:
    """How many dates a text shows that stand alone, and how many inside other words."""
    if DIGIT.search(text) is None:
        return 0, 0
    return _short_marks(text) if len(text) <= SHORT else _marks(text)


def _marks(text: str) -> tuple[int, int]:
    dates = dates_of(text)
    if dates:
        return (1, 0) if is_alone(text, dates) else (0, 1)
    bare = text.strip()
    return (1, 0) if MONTH_ONLY.fullmatch(bare) or MONTH_DAY.fullmatch(bare) else (0, 0)


_short_marks = lru_cache(maxsize=4096)(_marks)


def extract_date(element: Element, link: Element | None) -> tuple[date | None, str]:
    """The published date of a row and what was printed; dates inside the title do not count."""
    inside = set(link.iter()) if link is not None and link is not element else set()
    before = ""
    alone: list[_Found] = []
    inline: list[_Found] = []
    for place, chunk in chunks(element):
        dates = dates_of(chunk)
        found = [_Found(one.day, one.raw, before + chunk[: one.start]) for one in dates]
        if is_alone(chunk, dates):
            alone += found
        elif place not in inside:
            inline += found
        before = (before + chunk)[-20:] if chunk.strip() else before
    if alone:
        chosen = _choose(alone, inline, table=element.tag == "tr")
        return chosen.day, chosen.raw
    day, raw = _split_date(element)
    if day is None and inline:
        chosen = _choose(alone, inline, table=element.tag == "tr")
        return chosen.day, chosen.raw
    return day, raw


def _choose(alone: list[_Found], inline: list[_Found], *, table: bool) -> _Found:
    """The date labelled as that of publication, else one that stands alone, else one in a text."""
    for one in alone + inline:
        if PUBLISHED.search(one.before):
            return one
    found = alone or inline
    rest = [one for one in found if not WRITTEN.search(one.before)] or found
    return rest[-1] if table else rest[0]


def _split_date(element: Element) -> tuple[date | None, str]:
    """A date over neighbouring leaves: `20|2026-05`, `2026|05-20`, `20|5月|2026`, in either order.

    A day whose year is not printed at all gives no date, only what was printed.
    """
    leaves = [text.strip() for _, text in chunks(element) if text.strip()]
    for place, leaf in enumerate(leaves):
        near = leaves[max(place - 1, 0) : place] + leaves[place + 1 : place + 2]
        if (month := MONTH_ONLY.fullmatch(leaf)) is not None:
            for neighbour in near:
                if (day := DAY_ONLY.fullmatch(neighbour)) is not None:
                    return make_date(month[1], month[2], day[1]), f"{leaf} {neighbour}"
            return None, leaf
        if (found := MONTH_DAY.fullmatch(leaf)) is not None:
            for neighbour in near:
                if (year := YEAR.fullmatch(neighbour)) is not None:
                    return make_date(year[1], found[1] or found[3], found[2] or found[4]), f"{year[1]} {leaf}"
            return None, leaf
        if YEAR.fullmatch(leaf) is not None and (apart := _three_leaves(leaves, place)) is not None:
            return apart
    return None, ""


def _three_leaves(leaves: Sequence[str], place: int) -> tuple[date, str] | None:
    """Year, month and day in three leaves: `2026|05|20`, `20|5月|2026`, `5月|20|2026`."""
    year = YEAR.fullmatch(leaves[place])
    for pair in (leaves[place + 1 : place + 3], leaves[max(place - 2, 0) : place][::-1]):
        if len(pair) < 2 or year is None:
            continue
        numbers = [re.fullmatch(r"(\d{1,2})\s?[月日]?", part) for part in pair]
        if numbers[0] is None or numbers[1] is None:
            continue
        first, second = numbers[0][1], numbers[1][1]
        if MONTH_ALONE.fullmatch(pair[1]):
            first, second = second, first
        if (day := make_date(year[1], first, second) or make_date(year[1], second, first)) is not None:
            return day, " ".join((leaves[place], *pair))
    return None


def make_date(year: str, month: str, day: str) -> date | None:
    """A day, or None where there is no such day."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
