"""Dates of one page that contradict each other: all are kept, and a warning `date_conflict: …` names both.

A date known to the month or year contradicts another only where no day of it would fit.
"""

from calendar import monthrange
from datetime import date, timedelta

from normalizers.dates import PrintedDate, iso_text
from normalizers.doc_numbers import whole_number
from normalizers.draft import Draft
from normalizers.policy import Precision

# Names of the disclosure catalogue (政府信息公开目录) and of GB/T 9704-2012.
NAMES = {
    "written_date": "成文日期",
    "published_date": "发布日期",
    "effective_date": "施行日期",
    "expiry_date": "失效日期",
}
# A page may go online in the evening of the day before; 52 of 22,586 numbered documents are older online than signed.
SLACK = timedelta(days=1)


def last_day_of(day: date, precision: Precision) -> date:
    """The last day that a date known to the day, month or year may mean."""
    if precision == "year":
        return date(day.year, 12, 31)
    return day.replace(day=monthrange(day.year, day.month)[1]) if precision == "month" else day


def agree_on_day(one: PrintedDate, day: date, precision: Precision) -> bool:
    """Whether two dates may mean the same day."""
    return one.day <= last_day_of(day, precision) and day <= last_day_of(one.day, one.precision)


def warn_other_date(draft: Draft, name: str, other: PrintedDate | None, where: str) -> None:
    """Warn of a second reading of a date that does not fit the one that was taken."""
    day = draft.day(name)
    if other and day and not agree_on_day(other, day, draft.precision.get(name, "day")):
        draft.warn(f"date_conflict: {NAMES[name]} {printed(draft, name)}，另有 {other.day}（{where[:60]}）")


def warn_date_conflicts(draft: Draft, today: date) -> None:
    """Warn of dates in the wrong order, in the future of the crawl, and against the year of the number."""
    _order(draft, "written_date", "published_date", SLACK)
    _order(draft, "written_date", "effective_date")
    _order(draft, "effective_date", "expiry_date")
    for name in ("written_date", "published_date"):
        if (day := draft.day(name)) and day > today + SLACK:
            draft.warn(f"date_conflict: {NAMES[name]} {printed(draft, name)} 晚于采集日 {today}")
    _number(draft)


def _order(draft: Draft, first: str, then: str, slack: timedelta = timedelta(0)) -> None:
    """Warn where the first of two dates is later than the other, more than by the slack."""
    early, late = draft.day(first), draft.day(then)
    if early and late and early > last_day_of(late, draft.precision.get(then, "day")) + slack:
        draft.warn(
            f"date_conflict: {NAMES[first]} {printed(draft, first)} 晚于{NAMES[then]} {printed(draft, then)}"
        )


def _number(draft: Draft) -> None:
    """Warn where the year of the number is not that of the signature; numbers of December may be signed in January."""
    number = whole_number(str(draft.values.get("doc_number", "")))
    day = draft.day("written_date")
    if number is None or number.year is None or day is None:
        return
    months = (day.year - number.year) * 12 + day.month
    if draft.precision.get("written_date") != "year" and not 0 <= months <= 13:
        draft.warn(
            f"date_conflict: 发文字号 {number.year}年，{NAMES['written_date']} {printed(draft, 'written_date')}"
        )


def printed(draft: Draft, name: str) -> str:
    """A date as exactly as it is known: 2024-03-08, 2024-03, 2024."""
    return iso_text(draft.values[name], draft.precision.get(name, "day"))
