"""List rows into the catalogue: which page each one is, and whether it is new, changed or known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, bindparam, select, update

from normalizers.addresses import address_key, page_id
from normalizers.page import Hints, ListRow
from pipelines import schema as t
from pipelines.database import find, set_where, upsert
from pipelines.items import PageState, PageTask, SeenRow, SeenVerdict, Verdict

AnyRow = Row[*tuple[Any, ...]]

ADDRESSES = select(t.address.c.key, t.address.c.page_id).where(
    t.address.c.key.in_(bindparam("keys", expanding=True))
)
LISTINGS = select(t.listing).where(
    t.listing.c.site == bindparam("site"),
    t.listing.c.channel == bindparam("channel"),
    t.listing.c.page_id.in_(bindparam("pages", expanding=True)),
)

QUEUE_AGAIN = (
    update(t.page)
    .where(
        t.page.c.id == bindparam("page"),
        t.page.c.site == bindparam("owner"),
        t.page.c.state.in_((PageState.FETCHED, PageState.NORMALISED)),
    )
    .values(state=PageState.FETCHED, ticket=t.page.c.ticket + 1)
)


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk over a channel's list: `number` counts walks, `incremental` once it had a complete pass."""

    site: str
    channel: str
    night: date
    moment: datetime
    run: int
    number: int
    incremental: bool


@dataclass(slots=True)
class _Inserts:
    """What a list page adds, written at its end in three statements."""

    pages: list[dict[str, Any]] = field(default_factory=list)
    addresses: list[dict[str, Any]] = field(default_factory=list)
    listings: list[dict[str, Any]] = field(default_factory=list)


def record_rows(connection: Connection, walk: Walk, rows: Sequence[SeenRow]) -> list[SeenVerdict]:
    """Record the rows of one list page in a transaction that the caller holds; one verdict a row."""
    keys = [address_key(seen.row.url) for seen in rows]
    known = {row.key: row.page_id for row in connection.execute(ADDRESSES, {"keys": keys})}
    bound = {"site": walk.site, "channel": walk.channel, "pages": list(known.values())}
    listed = {row.page_id: row for row in connection.execute(LISTINGS, bound)}
    inserts = _Inserts()
    verdicts = []
    for seen, key in zip(rows, keys, strict=True):
        page = known.get(key)
        if page is None:
            verdicts.append(_first_sight(walk, seen, key, inserts))
            known[key] = page_id(key)
        elif (old := listed.get(page)) is not None:
            verdicts.append(_seen_again(connection, walk, seen, old))
        elif any(row["page_id"] == page for row in inserts.listings):
            verdicts.append(SeenVerdict(Verdict.SEEN))  # the same page twice on one list page
        else:
            verdicts.append(_relisted(connection, walk, seen, page, inserts))
    upsert(connection, t.page, inserts.pages)
    upsert(connection, t.address, inserts.addresses)
    upsert(connection, t.listing, inserts.listings)
    return verdicts


def _first_sight(walk: Walk, seen: SeenRow, key: str, inserts: _Inserts) -> SeenVerdict:
    row = seen.row
    new = page_id(key)
    # In a first pass old pages are met late: their age counts from the day the list gives them.
    # Later a page appears on the day it is first seen, whatever date it carries.
    backfilled = not walk.incremental and row.date is not None and row.date <= walk.night
    inserts.pages.append(
        {
            "id": new,
            "url": row.url,
            "site": walk.site,
            "channel": walk.channel,
            "state": PageState.OFF_SITE if seen.off_site else PageState.LISTED,
            "first_seen": walk.moment,
            "anchor": row.date if backfilled else walk.night,
            "row": msgspec.json.encode(row),
            "hints": msgspec.json.encode(seen.hints),
            "run": walk.run,
        }
    )
    inserts.addresses.append({"key": key, "page_id": new, "url": row.url})
    inserts.listings.append(_listing(walk, new, row))
    if seen.off_site:
        return SeenVerdict(Verdict.OFF_SITE)
    return SeenVerdict(Verdict.NEW, PageTask(new, row.url, walk.channel, row, seen.hints))


def _seen_again(connection: Connection, walk: Walk, seen: SeenRow, old: AnyRow) -> SeenVerdict:
    row = seen.row
    same = (old.title, old.date, old.number) == (row.title, row.date, row.number)
    moved: dict[str, Any] = {"last_night": walk.night, "missing_night": None}
    if not same:
        moved |= {"title": row.title, "date": row.date, "number": row.number, "walk": walk.number}
    where = {"page_id": old.page_id, "site": walk.site, "channel": walk.channel}
    if not same or old.last_night != walk.night or old.missing_night is not None:
        set_where(connection, t.listing, where, moved)
    if old.missing_night is not None:
        back = and_(t.page.c.id == old.page_id, t.page.c.missing_night.is_(None))
        connection.execute(update(t.page).where(back).values(vanished_night=None))
    if seen.off_site:
        return SeenVerdict(Verdict.OFF_SITE)
    if same:
        return SeenVerdict(Verdict.KNOWN if old.walk < walk.number else Verdict.SEEN)
    values = {
        "row": msgspec.json.encode(row),
        "hints": msgspec.json.encode(seen.hints),
        "next_check": walk.night,
    }
    set_where(connection, t.page, {"id": old.page_id}, values)
    queue_again(connection, walk.site, old.page_id)
    page = find(connection, t.page, id=old.page_id)
    assert page is not None
    return SeenVerdict(Verdict.CHANGED, page_task(page, recheck=page.sha256 is not None))


def _relisted(connection: Connection, walk: Walk, seen: SeenRow, page: str, inserts: _Inserts) -> SeenVerdict:
    """A page already known, new to this channel; one known only as off-site becomes this site's own."""
    row = seen.row
    inserts.listings.append(_listing(walk, page, row))
    if seen.off_site:
        return SeenVerdict(Verdict.OFF_SITE)
    values = {
        "site": walk.site,
        "channel": walk.channel,
        "state": PageState.LISTED,
        "row": msgspec.json.encode(row),
        "hints": msgspec.json.encode(seen.hints),
        "run": walk.run,
    }
    if set_where(connection, t.page, {"id": page, "state": PageState.OFF_SITE}, values):
        return SeenVerdict(Verdict.NEW, PageTask(page, row.url, walk.channel, row, seen.hints))
    queue_again(connection, walk.site, page)
    return SeenVerdict(Verdict.RELISTED)


def _listing(walk: Walk, page: str, row: ListRow) -> dict[str, Any]:
    return {
        "page_id": page,
        "site": walk.site,
        "channel": walk.channel,
        "title": row.title,
        "date": row.date,
        "number": row.number,
        "first_night": walk.night,
        "last_night": walk.night,
        "walk": walk.number,
    }


def queue_again(connection: Connection, site: str, page: str) -> None:
    """Normalise a page of this site once more: its row, channels or attachments are not what they were."""
    connection.execute(QUEUE_AGAIN, {"page": page, "owner": site})


def page_task(row: AnyRow, *, recheck: bool) -> PageTask:
    """The task of asking for a page of the catalogue."""
    return PageTask(
        page_id=row.id,
        url=row.url,
        channel=row.channel,
        row=msgspec.json.decode(row.row, type=ListRow),
        hints=msgspec.json.decode(row.hints, type=Hints),
        etag=row.etag if recheck else "",
        last_modified=row.last_modified if recheck else "",
        recheck=recheck,
    )
