"""Dates as Chinese pages print them: strict patterns, never a guess.

Forms of 47 real dates (2001-2026); the words of relative phrases are those of dateparser for zh with 刚才, 今日, 昨日, 前日.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from normalizers.address_dialects import read_address
from normalizers.chars import chinese_number, squeeze
from normalizers.policy import Precision

# The oldest documents online are decrees of 1949; nothing is dated more than two years ahead.
FIRST_YEAR, LAST_YEAR = 1949, 2099
# The zeros that people type for 〇: circles, the letters O of three alphabets, digits.
ZERO = "〇○零ОΟＯOoｏ◯0０"
HAN = f"一二三四五六七八九{ZERO}"
# No date is without one of these, and none in Chinese figures without one of those of HAN.
FIGURE = re.compile(rf"[\d{HAN}]")
HAN_FIGURE = re.compile(f"[{HAN}]")
NUMERIC = re.compile(
    r"(?<![\d.])((?:19|20)\d\d)\s*(?:年\s*|[-—–－.．/／]\s*)(\d{1,2})\s*(?:月\s*|[-—–－.．/／]\s*)(\d{1,2})(?!\d)"
)
COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
CHINESE = re.compile(
    rf"([{HAN}](?:\s?[{HAN}]){{3}})\s*年\s*([{HAN}十元](?:\s?[{HAN}十]){{0,2}})\s*月\s*([{HAN}十](?:\s?[{HAN}十]){{0,2}})\s*日"
)
# Years of the republic, as papers from Taiwan and old ones print them: 民国112年1月5日 is 2023-01-05.
REPUBLIC = re.compile(
    rf"民[国國]\s*(\d{{2,3}}|[{HAN}十百]{{1,6}})\s*年\s*(\d{{1,2}}|[{HAN}十]{{1,3}})\s*月\s*(\d{{1,2}}|[{HAN}十]{{1,3}})\s*日"
)
REPUBLIC_BEGAN = 1911
MONTH = re.compile(
    r"(?<![\d.])((?:19|20)\d\d)\s*(?:年\s*|[-/.])(\d{1,2})\s*(?:月(?!\s*[\d一二三四五六七八九十])|(?![\d\-/.年月]))"
)
CHINESE_MONTH = re.compile(rf"([{HAN}]{{4}})\s*年\s*([{HAN}十元]{{1,3}})\s*月(?!\s*[\d{HAN}十])")
YEAR = re.compile(r"^((?:19|20)\d\d)\s*年?$")
WIDE = {ord("０") + i: ord("0") + i for i in range(10)} | {
    ord("／"): ord("/"),
    ord("－"): ord("-"),
    ord("∶"): ord(":"),
}
WIDE_FIGURE = re.compile("[０-９／－∶]")
RELATIVE = re.compile(
    r"(\d{1,3}|[一二两三四五六七八九十]{1,3}|半)\s*个?\s*(秒钟|秒|分钟|刻钟|小时|天|日|周|星期|礼拜|月|年)\s*[之以]?前"
    r"|刚刚|刚才|[今昨]天|[今昨]日|大?前天|前日"
)
DAYS_AGO = {
    "刚刚": 0,
    "刚才": 0,
    "今天": 0,
    "今日": 0,
    "昨天": 1,
    "昨日": 1,
    "前天": 2,
    "前日": 2,
    "大前天": 3,
}
# What dateparser calls the units, and how exact a count of them is; half a year is six months, half a month 15 days.
COUNTED: dict[str, tuple[str, Precision]] = {
    "秒": ("秒", "day"), "秒钟": ("秒", "day"), "分钟": ("分钟", "day"), "刻钟": ("分钟", "day"), "小时": ("小时", "day"),
    "天": ("天", "day"), "日": ("天", "day"), "周": ("周", "month"), "星期": ("周", "month"), "礼拜": ("周", "month"),
    "月": ("个月", "month"), "年": ("年", "year"),
}  # fmt: skip
HALVES: dict[str, tuple[str, Precision]] = {
    "小时": ("30分钟", "day"), "天": ("12小时", "day"), "日": ("12小时", "day"), "月": ("15天", "month"), "年": ("6个月", "year"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """One date of a text: the day, how exact it is, what was printed and where."""

    day: date
    precision: Precision
    raw: str
    start: int
    end: int


def iso_text(day: date, precision: Precision) -> str:
    """A date as exactly as it is known: 2024-03-08, 2024-03, 2024."""
    return day.isoformat()[: {"year": 4, "month": 7, "day": 10}[precision]]


def _dated(year: int | None, month: int | None, day: int | None) -> date | None:
    if year is None or month is None or day is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _matches(text: str) -> list[PrintedDate]:
    found = []
    spelled = "年" in text and HAN_FIGURE.search(text)
    for pattern in (NUMERIC, CHINESE, COMPACT) if spelled else (NUMERIC, COMPACT):
        for m in pattern.finditer(text):
            day = _dated(*(chinese_number(squeeze(g)) for g in m.groups()))
            if day:
                found.append(PrintedDate(day, "day", m[0], m.start(), m.end()))
    if "民" in text:
        for m in REPUBLIC.finditer(text):
            year, month, day_ = (chinese_number(squeeze(g)) for g in m.groups())
            if day := _dated(year + REPUBLIC_BEGAN if year else None, month, day_):
                found.append(PrintedDate(day, "day", m[0], m.start(), m.end()))
    return found


def narrow(text: str) -> str:
    """A text with its full-width figures and marks in half width; looking for them costs a tenth of translating."""
    return text.translate(WIDE) if WIDE_FIGURE.search(text) else text


def find_dates(text: str) -> tuple[PrintedDate, ...]:
    """All full dates of a text in reading order; months and years alone are left out."""
    if not FIGURE.search(text):
        return ()
    found = sorted(_matches(narrow(text)), key=lambda d: (d.start, -d.end))
    return tuple(d for i, d in enumerate(found) if i == 0 or d.start >= found[i - 1].end)


def parse_date(text: str) -> PrintedDate | None:
    """The first full date of a text, else its month, else a text that is nothing but a year.

    Impossible days (2023-02-30), ranges of years and bare numbers give None.
    """
    if not text:
        return None
    if days := find_dates(text):
        return days[0]
    wide = narrow(text)
    for pattern in (MONTH, CHINESE_MONTH):
        if m := pattern.search(wide):
            first = _dated(chinese_number(m[1]), chinese_number(m[2]), 1)
            if first:
                return PrintedDate(first, "month", m[0], m.start(), m.end())
    if m := YEAR.match(wide.strip()):
        return PrintedDate(date(int(m[1]), 1, 1), "year", m[0], 0, len(text))
    return None


def parse_relative_date(text: str, today: date) -> PrintedDate | None:
    """The date meant by 3天前, 昨天, 2小时前, 半年前 … seen on `today`; None for every other text.

    Days are exact; a count of weeks or months gives a month, one of years a year. Hours count from
    noon of `today`. A day without its year (01-05) is no date.
    """
    m = RELATIVE.search(narrow(text))
    if not m:
        return None
    if not m[1]:
        return PrintedDate(today - timedelta(days=DAYS_AGO[m[0]]), "day", m[0], m.start(), m.end())
    phrase, precision = _phrase(m[1], m[2])
    found = _ago(phrase, today) if phrase else None
    if found is None or found.year < FIRST_YEAR:
        return None
    first = found.replace(day=1) if precision != "day" else found
    return PrintedDate(
        first.replace(month=1) if precision == "year" else first, precision, m[0], m.start(), m.end()
    )


def _phrase(count: str, unit: str) -> tuple[str, Precision]:
    """A relative phrase in the words that dateparser reads, and how exact it is; "" where it counts nothing."""
    if count == "半":
        half, precision = HALVES.get(unit, ("", "day"))
        return (f"{half}前" if half else ""), precision
    number = chinese_number(count.replace("两", "二"))
    spelled, precision = COUNTED[unit]
    return (f"{number}{spelled}前" if number else ""), precision


def _ago(phrase: str, today: date) -> date | None:
    from datetime import datetime

    import dateparser

    noon = datetime(today.year, today.month, today.day, 12)  # noqa: DTZ001  (a wall clock of Shanghai)
    found = dateparser.parse(phrase, languages=["zh"], settings={"RELATIVE_BASE": noon})
    return found.date() if found else None


def address_date(url: str) -> PrintedDate | None:
    """The day or month in an address: that of the upload, the weakest sign of publication.

    A year alone is too coarse to stand for a day.
    """
    facts = read_address(url)
    if facts.date is None or facts.precision is None or facts.precision == "year":
        return None
    start = max(url.find(facts.raw_date), 0)
    return PrintedDate(facts.date, facts.precision, facts.raw_date, start, start + len(facts.raw_date))
