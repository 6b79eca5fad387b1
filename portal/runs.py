"""What ran and how it ended, for the API."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, func, select

from crawlers.report import FailureCount
from normalizers.failures import ADVICE, Failure
from pipelines import schema as t

# A night says every ten seconds that it lives; other commands only when they begin.
SILENT_AFTER = timedelta(minutes=10)
# The columns of the run report that are figures, in the order of the table.
FIGURES = (
    "requests",
    "list_pages",
    "rechecks",
    "not_modified",
    "bytes",
    "rows",
    "fetched",
    "attachments",
    "new",
    "changed",
    "unchanged",
    "unreadable",
    "missing",
    "vanished",
    "failed",
)


@dataclass(frozen=True, slots=True)
class ApiRun:
    """One run; instants are UTC, `night` is the day it belongs to in Asia/Shanghai.

    `state` is finished, running, or silent: not finished and without a sign of life for ten minutes. `exit_code`
    0 is all fine, 1 some sites failed or are blocked, 3 catalogue or index unusable. `figures` are sums over all
    channels.
    """

    id: int
    command: str
    night: date
    state: Literal["finished", "running", "silent"]
    started_at: datetime
    seen_at: datetime
    finished_at: datetime | None
    exit_code: int | None
    figures: Mapping[str, int]

    @property
    def last_change(self) -> datetime | None:
        """The instant after which this record stays as it is; None while it may still change."""
        if self.state == "silent":
            return self.seen_at + SILENT_AFTER
        return self.finished_at


@dataclass(frozen=True, slots=True)
class ApiFailure:
    """A failure by its name: how often, the first address it was met at, and what to do (Chinese)."""

    name: str
    count: int
    sample: str
    advice: str


@dataclass(frozen=True, slots=True)
class ApiChannelRun:
    """What a run did in one channel; the channel "" is the site itself (robots.txt, start-up).

    `stopped` is the name of what ended the walk over the list early, "" where nothing did; `oldest` and `newest`
    are dates of list rows, the totals what the list declares and what is known here.
    """

    site: str
    channel: str
    figures: Mapping[str, int]
    failures: list[ApiFailure]
    stopped: str
    oldest: date | None
    newest: date | None
    declared_total: int | None
    known_total: int | None


@dataclass(frozen=True, slots=True)
class ApiRunWhole:
    """A run with the report of every channel it asked, by site and channel."""

    run: ApiRun
    channels: list[ApiChannelRun]


def load_runs(connection: Connection, before: int | None, most: int, now: datetime) -> list[ApiRun]:
    """Up to `most` runs, newest first, of those with an id below `before`."""
    query = select(t.run).order_by(t.run.c.id.desc()).limit(most)
    if before is not None:
        query = query.where(t.run.c.id < before)
    rows = connection.execute(query).all()
    figures = _figures(connection, [row.id for row in rows])
    return [_run(row, figures.get(row.id, {}), now) for row in rows]


def load_run(connection: Connection, run: int, now: datetime) -> ApiRunWhole | None:
    """One run with its report; None where there is none."""
    row = connection.execute(select(t.run).where(t.run.c.id == run)).one_or_none()
    if row is None:
        return None
    c = t.run_channel.c
    report = connection.execute(select(t.run_channel).where(c.run == run).order_by(c.site, c.channel))
    figures = _figures(connection, [run]).get(run, {})
    return ApiRunWhole(_run(row, figures, now), [_channel(one) for one in report])


def named_failures(failures: Mapping[str, FailureCount]) -> list[ApiFailure]:
    """Failures with what to do about each, most frequent first."""
    ordered = sorted(failures.items(), key=lambda item: (-item[1].count, item[0]))
    return [ApiFailure(name, one.count, one.sample, _advice(name)) for name, one in ordered]


def last_change(runs: Iterable[ApiRun]) -> datetime | None:
    """The newest last change of some runs; None while one of them may still change, or without any."""
    changes = [run.last_change for run in runs]
    known = [change for change in changes if change is not None]
    return max(known) if known and len(known) == len(changes) else None


def _figures(connection: Connection, runs: Sequence[int]) -> dict[int, dict[str, int]]:
    c = t.run_channel.c
    query = select(c.run, *(func.sum(c[name]) for name in FIGURES)).where(c.run.in_(runs)).group_by(c.run)
    return {row[0]: dict(zip(FIGURES, map(int, row[1:]), strict=True)) for row in connection.execute(query)}


def _run(row: Any, figures: Mapping[str, int], now: datetime) -> ApiRun:
    seen = row.heartbeat_at.replace(tzinfo=UTC)
    finished = row.finished_at.replace(tzinfo=UTC) if row.finished_at else None
    alive: Literal["running", "silent"] = "running" if now - seen < SILENT_AFTER else "silent"
    return ApiRun(
        id=row.id,
        command=row.command,
        night=row.night,
        state="finished" if finished else alive,
        started_at=row.started_at.replace(tzinfo=UTC),
        seen_at=seen,
        finished_at=finished,
        exit_code=row.exit_code,
        figures=figures or dict.fromkeys(FIGURES, 0),
    )


def _channel(row: Any) -> ApiChannelRun:
    return ApiChannelRun(
        site=row.site,
        channel=row.channel,
        figures={name: getattr(row, name) for name in FIGURES},
        failures=named_failures(msgspec.json.decode(row.failures, type=dict[str, FailureCount])),
        stopped=row.stopped,
        oldest=row.oldest,
        newest=row.newest,
        declared_total=row.declared_total,
        known_total=row.known_total,
    )


def _advice(name: str) -> str:
    """What to do about a failure; "" for a name that a newer program wrote."""
    try:
        return ADVICE.get(Failure(name), "")
    except ValueError:
        return ""
