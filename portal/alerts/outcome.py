"""What became of one try to deliver, and when to try again."""

from dataclasses import dataclass
from datetime import timedelta

from normalizers.failures import Failure

# Seconds until the next try, by tries that failed: a passing trouble is over before the run ends, a night without
# the target is bridged, and the last ones reach over three days. (After that the target is paused.)
TRY_AGAIN = (1, 1, 2, 4, 8, 16, 300, 1_800, 7_200, 21_600, 43_200, 86_400, 86_400)
# Failures in a row after which a target is down: nothing more is tried of it before its time has come.
DOWN_AFTER = 5
# A target that took nothing for so long is paused until a person looks at it.
PAUSE_AFTER = timedelta(days=3)
# The longest that a target may ask us to wait.
LONGEST_WAIT = 3_600
# Trouble with our own mail server is no fault of a receiver: all mails wait so many seconds.
SERVER_PAUSE = 60


@dataclass(frozen=True, slots=True)
class Accepted:
    """The target has said that it took the message."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The target did not take the message, or nobody knows whether it did; `message` is for operators.

    `final` says that the same message will not be taken later either; `ours` that it is no fault of the target;
    `wait` are seconds that the target asked for.
    """

    failure: Failure
    message: str
    final: bool = False
    ours: bool = False
    wait: int = 0


Outcome = Accepted | Refusal


def seconds_until(tries: int, wait: int = 0) -> int:
    """Seconds until the next try after so many that failed (from 1)."""
    own = TRY_AGAIN[min(tries, len(TRY_AGAIN)) - 1]
    return max(own, min(wait, LONGEST_WAIT))
