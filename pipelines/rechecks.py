"""When a page is asked again: at fixed ages, counted from the day it appeared."""

from datetime import date, timedelta

# Ages in days; doubled beyond the last. Edits and withdrawals are found on this schedule.
LADDER = (1, 3, 7, 14, 30, 60, 120)
# A page whose answer was a failure is asked again the next night.
RETRY = timedelta(days=1)


def next_check(anchor: date, night: date) -> date:
    """The first day after `night` on which a page that appeared on `anchor` reaches an age of the ladder."""
    age = (night - anchor).days
    for step in LADDER:
        if step > age:
            return anchor + timedelta(days=step)
    step = LADDER[-1]
    while step <= age:
        step *= 2
    return anchor + timedelta(days=step)
