"""Where a page was seen: its addresses, the channels that listed it, what of it lies in the archive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, select

from pipelines import schema as t
from pipelines.items import ArchiveRef

# More sightings than a page shows; a policy reposted on all sites had 40.
MAX_LISTINGS = 200
MAX_ADDRESSES = 50

_OF_PAGE: BindParameter[str] = bindparam("page")
PAGE = select(
    *(
        t.page.c[name]
        for name in (
            "url",
            "final_url",
            "first_seen",
            "last_seen",
            "fetched_at",
            "missing_night",
            "vanished_night",
            "sha256",
            "size",
            "archive_file",
            "archive_offset",
            "archive_length",
        )
    )
).where(t.page.c.id == _OF_PAGE)
ADDRESSES = (
    select(t.address.c.url)
    .where(t.address.c.page_id == _OF_PAGE)
    .order_by(t.address.c.url)
    .limit(MAX_ADDRESSES)
)
LISTINGS = (
    select(
        *(
            t.listing.c[name]
            for name in ("site", "channel", "title", "date", "first_night", "last_night", "missing_night")
        )
    )
    .where(t.listing.c.page_id == _OF_PAGE)
    .order_by(t.listing.c.first_night, t.listing.c.site, t.listing.c.channel)
    .limit(MAX_LISTINGS)
)
FILES = (
    select(
        *(
            t.attachment.c[name]
            for name in ("url", "sha256", "size", "archive_file", "archive_offset", "archive_length")
        )
    )
    .where(t.attachment.c.page_id == _OF_PAGE)
    .order_by(t.attachment.c.position)
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A channel that listed a page, with title and day of its row there.

    `missing_night` is the first complete pass that lacked the row, None while it stands there.
    """

    site: str
    channel: str
    title: str
    day: date | None
    first_night: date
    last_night: date
    missing_night: date | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that lie in the archive: where, how many (content-decoded) and their SHA-256 in hex."""

    ref: ArchiveRef
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PageSources:
    """Where and when a page was seen; instants are UTC, nights Asia/Shanghai.

    `last_seen` is the last answer of the site, None where it never gave one; `missing_night` the first night of
    404 or 410, `vanished_night` the one in which it was held to have vanished. `original` and the `files` (by
    address, in the order of the page) are None where nothing was archived.
    """

    url: str
    final_url: str
    addresses: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime | None
    fetched_at: datetime | None
    missing_night: date | None
    vanished_night: date | None
    original: Kept | None
    files: Mapping[str, Kept | None]
    listings: tuple[Listing, ...]


def load_page_sources(connection: Connection, page_id: str) -> PageSources | None:
    """Where a page was seen; None for a page that the catalogue does not know."""
    page = connection.execute(PAGE, {"page": page_id}).one_or_none()
    if page is None:
        return None
    found = connection.execute(ADDRESSES, {"page": page_id}).scalars()
    return PageSources(
        url=page.url,
        final_url=page.final_url or page.url,
        addresses=tuple(url for url in found if url not in (page.url, page.final_url)),
        first_seen=page.first_seen.replace(tzinfo=UTC),
        last_seen=_instant(page.last_seen),
        fetched_at=_instant(page.fetched_at),
        missing_night=page.missing_night,
        vanished_night=page.vanished_night,
        original=_kept(page),
        files={row.url: _kept(row) for row in connection.execute(FILES, {"page": page_id})},
        listings=tuple(Listing(*row) for row in connection.execute(LISTINGS, {"page": page_id})),
    )


def _kept(row: Row[*tuple[Any, ...]]) -> Kept | None:
    if row.archive_file is None:
        return None
    ref = ArchiveRef(row.archive_file, row.archive_offset, row.archive_length)
    return Kept(ref, row.size or 0, row.sha256 or "")


def _instant(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
