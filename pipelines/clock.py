"""One clock, passed down from the command; instants are UTC, days are Asia/Shanghai."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The present instant, UTC."""
    return datetime.now(UTC)


def clock_at(start: datetime) -> Clock:
    """A clock that shows `start` now and runs on from there."""
    begun = time.monotonic()

    def now() -> datetime:
        return datetime.fromtimestamp(start.timestamp() + time.monotonic() - begun, UTC)

    return now


def parse_instant(text: str) -> datetime:
    """`2026-03-02` or `2026-03-02T02:00[+08:00]` as an instant; without a zone it is Asia/Shanghai.

    A bare day means 02:00, the hour of the nightly job. Raises ValueError.
    """
    value = datetime.fromisoformat(text)
    if len(text) == len("2026-03-02"):
        value = value.replace(hour=2)
    return (value if value.tzinfo else value.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def day_of(instant: datetime) -> date:
    """The calendar day of an instant in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def minute_text(instant: datetime) -> str:
    """An instant as a reader is told it, in Asia/Shanghai and to the minute: `2026-03-02 14:05`."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def day_begin(day: date) -> datetime:
    """The instant at which a calendar day begins in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
