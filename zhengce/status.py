"""What the last nights did, what waits, and what needs a person: the values behind `zhengce status`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, select

from index.engine import IndexUnusableError
from normalizers.failures import ADVICE, Failure
from pipelines import schema as t
from pipelines.archive import archive_files
from pipelines.changes import last_seq
from pipelines.config import Config
from pipelines.items import AttachmentState, PageState
from pipelines.lock import Holder
from zhengce.engines import open_index

# The columns of the run report that are shown as sums.
SUMS = (
    "requests",
    "not_modified",
    "bytes",
    "new",
    "changed",
    "unchanged",
    "vanished",
    "failed",
    "unreadable",
)


@dataclass(frozen=True, slots=True)
class RunState:
    """One run; `state` is finished, running or interrupted (ended without a word); instants are UTC."""

    id: int
    command: str
    night: date
    state: str
    started_at: datetime
    finished_at: datetime | None
    exit_code: int | None
    message: str
    sums: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A named failure of one channel in one night, or of pages that wait, with what to do."""

    site: str
    channel: str
    failure: str
    count: int
    sample: str
    advice: str


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that `zhengce status` shows; `index_seq` is None where there is no readable index."""

    runs: tuple[RunState, ...]
    troubles: tuple[Trouble, ...]
    waiting: tuple[Trouble, ...]
    unread: tuple[Trouble, ...]
    pages: Mapping[str, int]
    attachments: Mapping[str, int]
    policies: int
    withdrawn: int
    hidden: int
    change_seq: int
    index_seq: int | None
    archive_files: int
    archive_bytes: int


def load_status(connection: Connection, config: Config, holder: Holder | None, runs: int) -> Status:
    """The state of the last `runs` runs and of the queues; `holder` is who holds the lock now."""
    rows = connection.execute(select(t.run).order_by(t.run.c.id.desc()).limit(runs)).all()
    archive = archive_files(config.archive_folder)
    policies = connection.execute(
        select(
            func.count(),
            func.count().filter(t.policy.c.withdrawn),
            func.count().filter(t.policy.c.hidden.is_not(None)),
        ).select_from(t.policy)
    ).one()
    return Status(
        runs=tuple(_run_state(connection, row, holder) for row in rows),
        troubles=_troubles(connection, rows),
        waiting=_failed_pages(connection),
        unread=_unread_attachments(connection),
        pages=_by_state(connection, t.page, PageState),
        attachments=_by_state(connection, t.attachment, AttachmentState),
        policies=policies[0],
        withdrawn=policies[1],
        hidden=policies[2],
        change_seq=last_seq(connection),
        index_seq=index_seq(config),
        archive_files=len(archive),
        archive_bytes=sum(path.stat().st_size for path in archive),
    )


def index_seq(config: Config) -> int | None:
    """The position of the change log that the index has reached; None where there is no readable index."""
    try:
        return open_index(config).reader().applied_seq()
    except IndexUnusableError:
        return None


def advice_for(failure: str) -> str:
    """What to do about a failure, by its name; "" for a name this version does not know."""
    try:
        return ADVICE[Failure(failure)]
    except (ValueError, KeyError):
        return ""


def _run_state(connection: Connection, row: Row[*tuple[Any, ...]], holder: Holder | None) -> RunState:
    if row.finished_at is not None:
        state = "finished"
    else:
        state = "running" if holder is not None and holder.pid == row.pid else "interrupted"
    c = t.run_channel.c
    sums = connection.execute(select(*(func.sum(c[name]) for name in SUMS)).where(c.run == row.id)).one()
    return RunState(
        id=row.id,
        command=row.command,
        night=row.night,
        state=state,
        started_at=row.started_at.replace(tzinfo=UTC),
        finished_at=row.finished_at.replace(tzinfo=UTC) if row.finished_at else None,
        exit_code=row.exit_code,
        message=row.message or "",
        sums={name: int(value or 0) for name, value in zip(SUMS, sums, strict=True)},
    )


def _troubles(connection: Connection, runs: Sequence[Row[*tuple[Any, ...]]]) -> tuple[Trouble, ...]:
    """The failures in the report of the newest run that crawled."""
    c = t.run_channel.c
    for run in runs:
        query = select(c.site, c.channel, c.failures).where(c.run == run.id).order_by(c.site, c.channel)
        rows = connection.execute(query).all()
        if rows:
            return tuple(trouble for row in rows for trouble in _row_troubles(row))
    return ()


def _row_troubles(row: Row[*tuple[Any, ...]]) -> list[Trouble]:
    named = msgspec.json.decode(row.failures, type=dict[str, dict[str, Any]])
    return [
        Trouble(row.site, row.channel, name, int(f["count"]), str(f.get("sample", "")), advice_for(name))
        for name, f in named.items()
    ]


def _failed_pages(connection: Connection) -> tuple[Trouble, ...]:
    """Pages that could not be had or could not become a policy, by site and failure."""
    c = t.page.c
    query = (
        select(c.site, c.failure, func.count(), func.min(c.url))
        .where(c.state == PageState.FAILED)
        .group_by(c.site, c.failure)
        .order_by(c.site, c.failure)
    )
    return tuple(
        Trouble(site, "", failure or "", count, sample, advice_for(failure or ""))
        for site, failure, count, sample in connection.execute(query)
    )


def _unread_attachments(connection: Connection) -> tuple[Trouble, ...]:
    """Attachments that were had and not read, or not whole, by site and failure."""
    c, page = t.attachment.c, t.page.c
    query = (
        select(page.site, c.failure, func.count(), func.min(c.url))
        .join(t.page, page.id == c.page_id)
        .where(c.state == AttachmentState.FETCHED, c.failure.is_not(None))
        .group_by(page.site, c.failure)
        .order_by(page.site, c.failure)
    )
    return tuple(
        Trouble(site, "", failure, count, sample, advice_for(failure))
        for site, failure, count, sample in connection.execute(query)
    )


def _by_state(
    connection: Connection, table: Any, states: type[PageState] | type[AttachmentState]
) -> dict[str, int]:
    query = select(table.c.state, func.count()).group_by(table.c.state)
    found: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    return {state.value: found.get(state.value, 0) for state in states}
