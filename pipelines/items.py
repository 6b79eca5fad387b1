"""Values that the crawl hands to the catalogue."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from normalizers.failures import Failure
from normalizers.page import AttachmentLink, Hints, ListRow


class PageState(StrEnum):
    """Where a page stands; the catalogue is the queue between the stages."""

    LISTED = "listed"
    FETCHED = "fetched"
    NORMALISED = "normalised"
    FAILED = "failed"
    OFF_SITE = "off_site"


class AttachmentState(StrEnum):
    """Where an attachment stands."""

    PENDING = "pending"
    FETCHED = "fetched"
    FAILED = "failed"


class Verdict(StrEnum):
    """What the catalogue says of a list row.

    `relisted` is a known page new to this channel; `seen` was met before in this same unfinished
    walk; only `known` rows (unchanged, from a finished walk) count for stopping early.
    """

    NEW = "new"
    CHANGED = "changed"
    RELISTED = "relisted"
    SEEN = "seen"
    KNOWN = "known"
    OFF_SITE = "off_site"


@dataclass(frozen=True, slots=True)
class ArchiveRef:
    """Where a raw response lies: WARC file name below the archive folder, offset and length in bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came over the wire for one address, already archived; `sha256` is of the decoded body."""

    url: str
    final_url: str
    status: int
    media_type: str
    etag: str
    last_modified: str
    at: datetime
    sha256: str
    size: int
    archive: ArchiveRef


@dataclass(frozen=True, slots=True)
class PageItem:
    """One fetched detail page (or a file that a list row points at)."""

    page_id: str
    site: str
    channel: str
    fetched: Fetched
    hints: Hints
    attachments: tuple[AttachmentLink, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachmentItem:
    """One fetched attachment of a page."""

    page_id: str
    site: str
    channel: str
    url: str
    fetched: Fetched


@dataclass(frozen=True, slots=True)
class NotModifiedItem:
    """A page (or, with `attachment`, one of its attachments) that answered 304."""

    page_id: str
    site: str
    channel: str
    attachment: str = ""


@dataclass(frozen=True, slots=True)
class FailureItem:
    """A page (or, with `attachment`, one of its attachments) that could not be had, by name."""

    page_id: str
    site: str
    channel: str
    failure: Failure
    message: str
    attachment: str = ""


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A list row as the spider hands it over; `off_site` rows are recorded and never asked."""

    row: ListRow
    hints: Hints
    off_site: bool = False


@dataclass(frozen=True, slots=True)
class PageTask:
    """A detail page to ask for; `etag`/`last_modified` make the request conditional (a re-check)."""

    page_id: str
    url: str
    channel: str
    row: ListRow
    hints: Hints
    etag: str = ""
    last_modified: str = ""
    recheck: bool = False


@dataclass(frozen=True, slots=True)
class AttachmentTask:
    """An attachment to ask for."""

    page_id: str
    url: str
    channel: str
    referer: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class SeenVerdict:
    """What became of a list row; `task` is set where its detail page must be asked now."""

    verdict: Verdict
    task: PageTask | None = None


@dataclass(frozen=True, slots=True)
class ChannelRecord:
    """A channel as the catalogue needs it: its name (unique in the site) and content type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """A site as the catalogue needs it, channels in the order of the site file."""

    id: str
    name: str
    level: str | None
    region: str | None
    platform: str
    base: str
    channels: tuple[ChannelRecord, ...]


@dataclass(frozen=True, slots=True)
class FirstPage:
    """What is remembered of the first list page of a finished walk: its address and validators.

    `source` is where the rows of a shell were found, as the crawler wrote it; "" for a list that is none.
    """

    url: str = ""
    etag: str = ""
    last_modified: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How far a channel has been walked; `backfill_page` and `deep_page` are list pages to go on with."""

    complete: bool
    backfill_page: int
    deep_due: bool
    deep_page: int
    first: FirstPage
    known: int
