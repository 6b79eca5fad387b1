"""The values of the API that tell of changes and sites, and how they are made."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pipelines.changes import Change, ChangeKind
from portal.labels import Label
from portal.runs import ApiFailure, ApiRun, named_failures
from portal.sites import ChannelState, SiteRun, SiteState


@dataclass(frozen=True, slots=True)
class ApiChange:
    """One entry of the change log: `seq` grows and is never used twice, `night` is a day in Asia/Shanghai.

    `hidden` is a tombstone: take the policy out of every copy. A policy that is hidden now has only tombstones.
    """

    seq: int
    id: str
    kind: ChangeKind
    night: date
    at: datetime


@dataclass(frozen=True, slots=True)
class ApiChanges:
    """A piece of the change log; `next` is the `since` that goes on behind it, `last` the newest position."""

    items: list[ApiChange]
    next: int
    last: int


@dataclass(frozen=True, slots=True)
class ApiChannel:
    """One column of a site; `listed` addresses it has named so far, `newest` the newest date among them.

    `failures` are names and counts of the last run that asked it; `stopped` is what ended its walk early.
    """

    name: str
    content_type: str
    list_url: str
    last_night: date | None
    last_success: date | None
    failures: Mapping[str, int]
    stopped: str
    listed: int
    newest: date | None


@dataclass(frozen=True, slots=True)
class ApiSite:
    """One site; `state` is fine, failed, blocked or never (crawled), `failure` the name of why it is not fine.

    `documents` are those that can be found here, null while the index is unusable; `last_success` is the last
    night on which one of its channels was walked well.
    """

    id: str
    name: str
    level: str | None
    region: str | None
    region_name: str | None
    platform: str
    base: str
    state: str
    failure: str | None
    last_night: date | None
    last_success: date | None
    documents: int | None
    channels: int


@dataclass(frozen=True, slots=True)
class ApiSites:
    """All sites by id."""

    items: list[ApiSite]


@dataclass(frozen=True, slots=True)
class ApiSiteRun:
    """One run as a site saw it: sums over its channels, failures, and what ended walks early."""

    run: int
    command: str
    night: date
    started_at: datetime
    figures: Mapping[str, int]
    failures: list[ApiFailure]
    stopped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApiSiteWhole:
    """A site with its channels, and its last runs, newest first."""

    site: ApiSite
    channels: list[ApiChannel]
    runs: list[ApiSiteRun]


@dataclass(frozen=True, slots=True)
class ApiRuns:
    """Runs, newest first; `next` is the `before` of the following piece, null at the end."""

    items: list[ApiRun]
    next: int | None


def api_changes(changes: Sequence[Change], hidden: Collection[str], since: int, last: int) -> ApiChanges:
    """A piece of the change log as the API gives it; `hidden` are ids of which only tombstones are told."""
    items = [
        ApiChange(
            one.seq,
            one.page_id,
            ChangeKind.HIDDEN if one.page_id in hidden else one.kind,
            one.night,
            one.at.replace(tzinfo=UTC),
        )
        for one in changes
    ]
    return ApiChanges(items, items[-1].seq if items else since, last)


def api_site(site: SiteState, documents: Mapping[str, int] | None, label: Label) -> ApiSite:
    """A site as the API lists it."""
    return ApiSite(
        id=site.id,
        name=site.name,
        level=site.level,
        region=site.region,
        region_name=label.names["region"].get(site.region or ""),
        platform=site.platform,
        base=site.base,
        state=site.state,
        failure=site.failure,
        last_night=site.last_night,
        last_success=site.last_success,
        documents=None if documents is None else documents.get(site.id, 0),
        channels=len(site.channels),
    )


def api_site_whole(
    site: SiteState, documents: Mapping[str, int] | None, label: Label, runs: Sequence[SiteRun]
) -> ApiSiteWhole:
    """A site with all that is told of it."""
    channels = [_channel(one) for one in site.channels]
    return ApiSiteWhole(api_site(site, documents, label), channels, [_run(one) for one in runs])


def _channel(channel: ChannelState) -> ApiChannel:
    standing = channel.standing
    return ApiChannel(
        name=channel.name,
        content_type=channel.type,
        list_url=channel.list_url,
        last_night=standing.last_night,
        last_success=standing.last_ok_night,
        failures=standing.failures,
        stopped=standing.stopped,
        listed=standing.addresses,
        newest=standing.newest,
    )


def _run(run: SiteRun) -> ApiSiteRun:
    return ApiSiteRun(
        run=run.run,
        command=run.command,
        night=run.night,
        started_at=run.started_at,
        figures=run.sums,
        failures=named_failures(run.failures),
        stopped=run.stopped,
    )
