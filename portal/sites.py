"""How every site and channel stands, and what their last nights were: for the pages of sources and the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from crawlers.report import FailureCount
from crawlers.site_state import state_of
from pipelines import schema as t
from pipelines.standing import ChannelStanding, load_standing

MOST_RUNS = 30  # of the history of one site
# What of the run report is added up over the channels of a site.
SUMS = ("requests", "rows", "new", "changed", "vanished", "failed")
Failures = Mapping[str, FailureCount]


@dataclass(frozen=True, slots=True)
class ChannelState:
    """One channel; `standing` is what its last run said and what it lists."""

    name: str
    type: str
    list_url: str
    standing: ChannelStanding


@dataclass(frozen=True, slots=True)
class SiteState:
    """One site with its channels; `state` is fine, failed, blocked or never, `failure` the name of why.

    `last_night` is the night of its last run, `last_success` the last night on which a channel of it was
    walked well. `failures` are those of its last run by name, channels and site together.
    """

    id: str
    name: str
    level: str | None
    region: str | None
    platform: str
    base: str
    state: str
    failure: str | None
    last_night: date | None
    last_success: date | None
    failures: Mapping[str, int]
    channels: tuple[ChannelState, ...]


@dataclass(frozen=True, slots=True)
class SiteRun:
    """One run as a site saw it: sums over its channels, failures with a sample each, what ended walks early."""

    run: int
    command: str
    night: date
    started_at: datetime
    sums: Mapping[str, int]
    failures: Failures
    stopped: tuple[str, ...]


def load_sites(connection: Connection) -> tuple[SiteState, ...]:
    """Every site that was ever crawled, by id."""
    standing = load_standing(connection)
    ordered = select(t.channel).order_by(t.channel.c.site, t.channel.c.position)
    rows = groupby(connection.execute(ordered), key=attrgetter("site"))
    channels = {site: list(some) for site, some in rows}
    sites = connection.execute(select(t.site).order_by(t.site.c.id))
    return tuple(_site(row, standing.get(row.id, {}), channels.get(row.id, [])) for row in sites)


def load_site_runs(connection: Connection, site: str, most: int = MOST_RUNS) -> tuple[SiteRun, ...]:
    """The last runs that asked a site, newest first."""
    r = t.run_channel.c
    last = select(r.run).where(r.site == site).distinct().order_by(r.run.desc()).limit(most).subquery()
    query = (
        select(t.run_channel, t.run.c.command, t.run.c.night, t.run.c.started_at)
        .join(t.run, t.run.c.id == r.run)
        .where(r.site == site, r.run.in_(select(last.c.run)))
        .order_by(r.run.desc(), r.channel)
    )
    rows = groupby(connection.execute(query), key=attrgetter("run"))
    return tuple(_run(list(reports)) for _, reports in rows)


def _site(row: Any, standing: Mapping[str, ChannelStanding], channels: Sequence[Any]) -> SiteState:
    state, failure = state_of(standing)
    failures: dict[str, int] = {}
    for one in standing.values():
        for name, count in one.failures.items():
            failures[name] = failures.get(name, 0) + count
    return SiteState(
        id=row.id,
        name=row.name,
        level=row.level,
        region=row.region,
        platform=row.platform,
        base=row.base,
        state=state,
        failure=failure,
        last_night=max((one.last_night for one in standing.values() if one.last_night), default=None),
        last_success=max((one.last_ok_night for one in standing.values() if one.last_ok_night), default=None),
        failures=dict(sorted(failures.items(), key=lambda item: (-item[1], item[0]))),
        channels=tuple(
            ChannelState(one.channel, one.type, one.list_url, standing.get(one.channel, ChannelStanding()))
            for one in channels
        ),
    )


def _run(reports: Sequence[Any]) -> SiteRun:
    first = reports[0]
    failures: dict[str, FailureCount] = {}
    for report in reports:
        for name, one in msgspec.json.decode(report.failures, type=dict[str, FailureCount]).items():
            old = failures.get(name)
            failures[name] = FailureCount(old.count + one.count, old.sample, old.message) if old else one
    return SiteRun(
        run=first.run,
        command=first.command,
        night=first.night,
        started_at=first.started_at.replace(tzinfo=UTC),
        sums={name: sum(getattr(one, name) for one in reports) for name in SUMS},
        failures=failures,
        stopped=tuple(dict.fromkeys(one.stopped for one in reports if one.stopped)),
    )
