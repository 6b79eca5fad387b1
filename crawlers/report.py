"""The run report of a channel: what the crawl asked, got and could not get, by name."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from normalizers.failures import ADVICE, Failure
from normalizers.page import ListRow

# Named in the report, but the night is none the worse for them.
HARMLESS = frozenset(
    {
        Failure.OFF_SITE,
        Failure.NOT_SAVED,
        Failure.BUDGET_SPENT,
        Failure.NIGHT_WINDOW_CLOSED,
        Failure.STOPPED,
        Failure.TOTAL_MISSED,
        Failure.LIST_SILENT,
        Failure.LIST_LANDING,
        Failure.ROW_WITHOUT_LINK,
    }
)
# Of these, the ones that nobody has to do anything about.
NO_MATTER = HARMLESS - {Failure.TOTAL_MISSED, Failure.LIST_SILENT, Failure.LIST_LANDING}


@dataclass(slots=True)
class ChannelCounts:
    """Requests sent (robots.txt, redirects and retries included), 304 answers, and bytes received.

    Bytes are those of bodies as they came over the wire, compressed, broken-off downloads included;
    headers are not counted, and a replay, which has no wire, counts none.
    """

    requests: int = 0
    not_modified: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class FailureCount:
    """How often a failure was met, with the first address and message as a sample."""

    count: int
    sample: str
    message: str


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """What the crawl knows of one channel of one night; the channel "" is the site itself.

    `rows` are list rows read, `missing` pages that a re-check or a deep pass no longer found; `failed`
    counts failures other than HARMLESS ones; `stopped` is the name of what ended the walk early, ""
    where nothing did.
    """

    requests: int = 0
    list_pages: int = 0
    rechecks: int = 0
    not_modified: int = 0
    bytes: int = 0
    rows: int = 0
    fetched: int = 0
    attachments: int = 0
    missing: int = 0
    failed: int = 0
    failures: Mapping[str, FailureCount] = field(default_factory=dict)
    oldest: date | None = None
    newest: date | None = None
    declared_total: int | None = None
    known_total: int | None = None
    stopped: str = ""

    def columns(self) -> dict[str, Any]:
        """The values as columns of the table run_channel."""
        values: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        values["failures"] = msgspec.json.encode(self.failures).decode()
        return values


@dataclass(slots=True)
class Tally:
    """What is counted while a channel is crawled."""

    list_pages: int = 0
    rechecks: int = 0
    rows: int = 0
    fetched: int = 0
    attachments: int = 0
    missing: int = 0
    oldest: date | None = None
    newest: date | None = None
    declared_total: int | None = None
    known_total: int | None = None
    stopped: str = ""
    failures: dict[Failure, FailureCount] = field(default_factory=dict)

    def fail(self, failure: Failure, sample: str, message: str = "") -> None:
        """Count a failure; the first one of a name is kept as the sample."""
        old = self.failures.get(failure)
        if old is None:
            self.failures[failure] = FailureCount(1, sample[:500], message[:300])
        else:
            self.failures[failure] = FailureCount(old.count + 1, old.sample, old.message)

    def see(self, rows: Iterable[ListRow]) -> None:
        """Count list rows and widen the range of their dates."""
        for row in rows:
            self.rows += 1
            if row.date is not None:
                self.oldest = min(self.oldest or row.date, row.date)
                self.newest = max(self.newest or row.date, row.date)

    def report(self, counts: ChannelCounts | None = None) -> ChannelReport:
        """The finished report."""
        counts = counts or ChannelCounts()
        own = {name: getattr(self, name) for name in self.__slots__ if name != "failures"}
        return ChannelReport(
            requests=counts.requests,
            not_modified=counts.not_modified,
            bytes=counts.bytes,
            failed=failed(self.failures),
            failures={failure.value: found for failure, found in self.failures.items()},
            **own,
        )


def failed(failures: Mapping[Failure, FailureCount]) -> int:
    """How many of these failures make the night worse."""
    return sum(found.count for failure, found in failures.items() if failure not in HARMLESS)


def failure_lines(failures: Mapping[str, FailureCount]) -> list[str]:
    """One Chinese line a failure, most frequent first: name, count, advice, sample address, message."""
    lines = []
    for name, found in sorted(failures.items(), key=lambda item: (-item[1].count, item[0])):
        advice = ADVICE.get(Failure(name), "")
        detail = f"（{found.message}）" if found.message else ""
        lines.append(f"{name} × {found.count}：{advice} 例：{found.sample}{detail}")
    return lines


def merged(reports: Iterable[ChannelReport]) -> Counter[str]:
    """The failures of several channels together, by name."""
    total: Counter[str] = Counter()
    for report in reports:
        total.update({name: found.count for name, found in report.failures.items()})
    return total
