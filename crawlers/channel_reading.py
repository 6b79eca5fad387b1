"""One channel read as the crawl reads it: its first list page, and a few of its documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from crawlers.asking import Answer, Asker, AskFailed
from crawlers.platforms import PLATFORMS
from crawlers.platforms.base import ListPage, Platform
from crawlers.platforms.list_requests import ListRequest, Paging
from crawlers.site import Channel, Site
from crawlers.walk import MAX_HOPS
from normalizers.addresses import address_key, host_of, page_id
from normalizers.attachments.as_attachment import read_attachment
from normalizers.attachments.contained import ContainedReader
from normalizers.attachments.reading import sniff_kind
from normalizers.failures import Failure
from normalizers.normalize import NormalizeError, PageInput, kind_of, normalize_policy
from normalizers.page import Hints, ListRow
from normalizers.policy import Policy, SiteContext
from pipelines.normalize_worker import PAGE_KINDS, file_name

# Enough to see whether the documents can be read; a site is asked for three pages a channel.
DETAILS = 2


@dataclass(frozen=True, slots=True)
class DetailReading:
    """One document of a channel: its list row and its Policy, or why there is none."""

    row: ListRow
    answer: Answer | None = None
    policy: Policy | None = None
    failure: Failure | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class ChannelReading:
    """What a channel gives: the pages asked for until there were rows, the list, some documents.

    `platform` read it; `answers` ends with the page the rows are on; `source` is the interface they came from where the list
    itself had none; `landing` tells that the first page is a landing page, whose best column was read;
    `failure` names why there are no rows.
    """

    channel: Channel
    answers: tuple[Answer, ...] = ()
    page: ListPage = field(default_factory=ListPage)
    details: tuple[DetailReading, ...] = ()
    failure: Failure | None = None
    message: str = ""
    landing: bool = False
    source: Paging | None = None
    platform: str = ""

    @property
    def following(self) -> ListRequest | None:
        """The request for the second list page; None where there is none, or nothing tells where it lies."""
        page = replace(self.page, paging=self.page.paging_from(self.source))
        one = page.pages == 1 or (page.total is not None and page.total <= len(page.rows))
        return None if one else page.after(1)

    @property
    def failures(self) -> tuple[tuple[Failure, str], ...]:
        """Everything that went wrong, with the address or message it is about."""
        own = [(self.failure, self.message)] if self.failure else []
        return (*own, *((d.failure, d.message or d.row.url) for d in self.details if d.failure))


async def read_channel(
    asker: Asker, site: Site, channel: Channel, today: date, addresses: Sequence[str] | None = None
) -> ChannelReading:
    """Read the first list page of a channel and the documents at `addresses` (None: two of its rows)."""
    platform = PLATFORMS[site.platform](site)
    reading = await read_list(asker, platform, channel)
    if reading.failure is not None:
        return reading
    rows = _chosen(reading.page.rows, site) if addresses is None else _named(reading.page.rows, addresses)
    details = [await _read_detail(asker, platform, channel, reading.page, row, today) for row in rows]
    return replace(reading, details=tuple(details))


async def read_list(
    asker: Asker, platform: Platform, channel: Channel, *, descend: bool = True
) -> ChannelReading:
    """Read the first list page of a channel, from the interface behind it where it is a shell.

    Without `descend` a landing page is left at that.
    """
    answers: list[Answer] = []
    page, landing, source = ListPage(), False, None
    wanted: ListRequest | None = platform.list_requests(channel)
    try:
        while wanted is not None and len(answers) <= MAX_HOPS:
            answer = await asker.ask(wanted)
            answers.append(answer)
            page = platform.parse_list(answer.data, answer.url, channel)
            wanted = page.hop(wanted)
            if wanted is not None:
                source = page.source
                landing = landing or page.failure is Failure.LIST_LANDING
            if landing and not descend:
                break
    except AskFailed as error:
        return ChannelReading(
            channel, tuple(answers), page, (), error.failure, f"{error.url} {error.message}"
        )
    except Exception as error:  # noqa: BLE001  a platform that stumbles over a page is a named failure
        message = f"{type(error).__name__}: {error}"
        return ChannelReading(channel, tuple(answers), page, (), Failure.CRAWL_CRASHED, message)
    if page.rows:
        return ChannelReading(
            channel, tuple(answers), page, landing=landing, source=source, platform=platform.name
        )
    failure = page.failure or Failure.LIST_EMPTY
    return ChannelReading(channel, tuple(answers), page, (), failure, answers[-1].url, landing)


def _chosen(rows: Sequence[ListRow], site: Site) -> list[ListRow]:
    """The first document and one from the middle of the list; files only where there is nothing else."""
    own = [row for row in rows if host_of(row.url) in site.hosts]
    pages = [row for row in own if not kind_of(row.url, "")] or own
    return [pages[place] for place in sorted({0, len(pages) // 2})[:DETAILS]] if pages else []


def _named(rows: Sequence[ListRow], addresses: Sequence[str]) -> list[ListRow]:
    known = {row.url: row for row in rows}
    return [known.get(address, ListRow(address, "")) for address in addresses]


async def _read_detail(
    asker: Asker, platform: Platform, channel: Channel, page: ListPage, row: ListRow, today: date
) -> DetailReading:
    hints = platform.detail_hints(channel, page.fields.get(row.url, {}))
    if content := page.contents.get(row.url):
        hints = replace(hints, content_url=content)
    try:
        answer = await asker.ask(ListRequest(hints.content_url or row.url), "detail")
    except AskFailed as error:
        return DetailReading(row, failure=error.failure, message=f"{error.url} {error.message}")
    try:
        opened = hints.opened_at(row.url, answer.url)
        hints = platform.parse_detail(answer.data, opened, hints).hints
        read = replace(page_input(row.url, answer.data, hints, row), opened=opened)
        policy = normalize_policy(read, context_of(platform.site, channel, today))
    except NormalizeError as error:
        return DetailReading(row, answer, failure=error.failure, message=str(error))
    except Exception as error:  # noqa: BLE001  as above
        return DetailReading(row, answer, None, Failure.NORMALIZE_CRASHED, f"{type(error).__name__}: {error}")
    if policy.title is None:
        return DetailReading(row, answer, policy, Failure.TITLE_MISSING, row.url)
    return DetailReading(row, answer, policy)


def page_input(
    url: str, data: bytes, hints: Hints, row: ListRow | None = None, fallback: str = ""
) -> PageInput:
    """The input of one document; a PDF, OFD or office file is read in a contained child.

    `fallback` is the name of the file where the address has none.
    """
    name, number = file_name(url) or fallback, page_id(address_key(url))
    if sniff_kind(data, name) in PAGE_KINDS:
        return PageInput(number, url, data, row, hints)
    with ContainedReader() as reader:
        file, _ = read_attachment(reader, data, url, name)
    return PageInput(number, url, b"", row, hints, file=file)


def context_of(
    site: Site, channel: Channel, today: date, regions: Mapping[str, str] | None = None
) -> SiteContext:
    """What is known of a channel's documents before they are read."""
    level, region = site.level or None, site.region or None
    names = (channel.name,) if channel.name else ()
    return SiteContext(site.id, site.name, names, channel.type, level, region, today, {}, regions or {})
