"""Runs: when, by which command, with what outcome, and the report of each channel."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from pipelines import schema as t
from pipelines.clock import Clock, system_clock
from pipelines.database import upsert


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The run report of one channel, as stored; `values` maps a column of `run_channel` to its value."""

    site: str
    channel: str
    values: Mapping[str, Any]


# Counted by the parent alone, when it stores what became of a page.
RESULTS = ("new", "changed", "unchanged", "unreadable", "vanished")
ADD_RESULTS = (
    update(t.run_channel)
    .where(*(t.run_channel.c[name] == bindparam(f"k_{name}") for name in ("run", "site", "channel")))
    .values({name: t.run_channel.c[name] + bindparam(name) for name in RESULTS})
)


def start_run(connection: Connection, command: str, night: date, clock: Clock) -> int:
    """Open a run and return its id."""
    values = {
        "command": command,
        "night": night,
        "started_at": clock().replace(tzinfo=None),
        "heartbeat_at": system_clock().replace(tzinfo=None),
        "pid": os.getpid(),
    }
    return int(connection.execute(insert(t.run).values(**values).returning(t.run.c.id)).scalar_one())


def beat(connection: Connection, run: int) -> None:
    """Say that the run is alive, by the machine's clock whatever time the run plays."""
    now = system_clock().replace(tzinfo=None)
    connection.execute(update(t.run).where(t.run.c.id == run).values(heartbeat_at=now))


def finish_run(connection: Connection, run: int, exit_code: int, message: str, clock: Clock) -> None:
    """Close a run with its exit code and one line on how it ended."""
    now = clock().replace(tzinfo=None)
    connection.execute(
        update(t.run).where(t.run.c.id == run).values(finished_at=now, exit_code=exit_code, message=message)
    )


def count_results(connection: Connection, run: int, counts: Mapping[tuple[str, str, str], int]) -> None:
    """Complete the report with what the normalise stage decided: (site, channel, column) → how many.

    The columns are those of RESULTS, which the crawl leaves alone.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for (site, channel, column), count in counts.items():
        row = rows.setdefault((site, channel), dict.fromkeys(RESULTS, 0))
        row[column] += count
    keys = [{"run": run, "site": site, "channel": channel} for site, channel in rows]
    upsert(connection, t.run_channel, keys)
    bound = [
        {f"k_{name}": value for name, value in key.items()} | row
        for key, row in zip(keys, rows.values(), strict=True)
    ]
    if bound:
        connection.execute(ADD_RESULTS, bound)


def report_rows(connection: Connection, run: int) -> list[ReportRow]:
    """The report of a run, ordered by site and channel."""
    query = (
        select(t.run_channel)
        .where(t.run_channel.c.run == run)
        .order_by(t.run_channel.c.site, t.run_channel.c.channel)
    )
    return [ReportRow(row.site, row.channel, dict(row._mapping)) for row in connection.execute(query)]
