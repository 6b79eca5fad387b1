"""How the channels of all sites stand: what the last runs said of them, and what is in the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from pipelines import schema as t
from pipelines.items import PageState


@dataclass(frozen=True, slots=True)
class ChannelStanding:
    """One channel: nights of its last run and of its last good walk, its failures, what it holds.

    `failures` maps names to counts, of the last run that asked the channel; `stopped` is what ended that
    walk early, "" where nothing did. `newest` is the newest date of its rows; `addresses` how many it lists.
    """

    last_night: date | None = None
    last_ok_night: date | None = None
    failures: Mapping[str, int] = field(default_factory=dict)
    stopped: str = ""
    newest: date | None = None
    addresses: int = 0


def load_standing(connection: Connection) -> dict[str, dict[str, ChannelStanding]]:
    """The standing of every channel by site and channel; "" is the site itself (robots, start-up)."""
    listed = {(row.site, row.channel): row for row in connection.execute(_listed())}
    good = {(row.site, row.channel): row.last_ok_night for row in connection.execute(select(t.channel))}
    runs = {(row.site, row.channel): row for row in connection.execute(_last_reports())}
    standing: dict[str, dict[str, ChannelStanding]] = {}
    for key in {*listed, *good, *runs}:
        standing.setdefault(key[0], {})[key[1]] = _standing(runs.get(key), good.get(key), listed.get(key))
    return standing


def count_documents(connection: Connection) -> dict[str, int]:
    """How many pages each site has that were fetched, withdrawn ones left out."""
    states = (PageState.FETCHED.value, PageState.NORMALISED.value)
    query = (
        select(t.page.c.site, func.count())
        .where(t.page.c.state.in_(states), t.page.c.vanished_night.is_(None))
        .group_by(t.page.c.site)
    )
    return {row.site: int(row[1]) for row in connection.execute(query)}


def listed_addresses(connection: Connection, site: str, channel: str) -> set[str]:
    """The keys of the addresses a channel has listed so far."""
    query = (
        select(t.address.c.key)
        .join(t.listing, t.listing.c.page_id == t.address.c.page_id)
        .where(t.listing.c.site == site, t.listing.c.channel == channel)
    )
    return set(connection.execute(query).scalars())


def _listed() -> Any:
    return select(
        t.listing.c.site,
        t.listing.c.channel,
        func.count().label("addresses"),
        func.max(t.listing.c.date).label("newest"),
    ).group_by(t.listing.c.site, t.listing.c.channel)


def _last_reports() -> Any:
    """The report of the last run of each site; a site that was given up early has no rows for some channels."""
    last = select(t.run_channel.c.site, func.max(t.run_channel.c.run).label("run")).group_by(
        t.run_channel.c.site
    )
    newest = last.subquery()
    return (
        select(t.run_channel, t.run.c.night)
        .join(newest, (t.run_channel.c.site == newest.c.site) & (t.run_channel.c.run == newest.c.run))
        .join(t.run, t.run.c.id == t.run_channel.c.run)
    )


def _standing(report: Any, good: date | None, listed: Any) -> ChannelStanding:
    failures = msgspec.json.decode(report.failures, type=dict[str, dict[str, Any]]) if report else {}
    return ChannelStanding(
        last_night=report.night if report else None,
        last_ok_night=good,
        failures={name: int(found.get("count", 0)) for name, found in failures.items()},
        stopped=report.stopped if report else "",
        newest=listed.newest if listed else None,
        addresses=listed.addresses if listed else 0,
    )
