"""Getting to know a site: its platform, its policy column, and what a crawl would read there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from crawlers.asking import Answer, Asker, AskFailed, SavedPages
from crawlers.channel_reading import ChannelReading, read_channel
from crawlers.column_search import ColumnSearch
from crawlers.columns import Column
from crawlers.domains import domain_of
from crawlers.platforms import PLATFORMS
from crawlers.platforms.list_requests import ListRequest
from crawlers.platforms.recognition import Recognition
from crawlers.site import Site
from crawlers.strangers import first_request, newcomer, recognise_site
from normalizers.addresses import host_of
from normalizers.failures import Failure


@dataclass(frozen=True, slots=True)
class Order:
    """What to survey: an address, and channels where the operator names them (else one is looked for).

    With `whole` the page at `url` is the list, whatever else it links to. `details` are the documents to
    read (None: two of the list's rows), `hosts` further hosts that may be asked.
    """

    url: str
    channels: tuple[Column, ...] = ()
    whole: bool = False
    details: tuple[str, ...] | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found: a site without level and region, its channels as read, further columns, every page seen.

    `failed` has a line for each column that was tried and could not be read, with the name of its failure.
    """

    site: Site
    recognition: Recognition
    readings: tuple[ChannelReading, ...]
    others: tuple[Column, ...] = ()
    seen: tuple[Answer, ...] = ()
    failed: tuple[str, ...] = ()


class _Notebook:
    """An asker that asks for every page once, and keeps the answers; a page that failed fails again."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self.answers: dict[str, Answer] = {}
        self.failed: dict[str, AskFailed] = {}

    async def ask(self, wanted: ListRequest, kind: str = "list") -> Answer:
        """The answer, from the notebook where it stands there."""
        key = repr((wanted.url, sorted(wanted.form.items()), wanted.json))
        if key in self.failed:
            raise self.failed[key]
        if key not in self.answers:
            try:
                self.answers[key] = await self.asker.ask(wanted, kind)
            except AskFailed as error:
                self.failed[key] = error
                raise
        return self.answers[key]

    def lists(self) -> tuple[Answer, ...]:
        """All answers so far."""
        return tuple(self.answers.values())


async def survey_site(asker: Asker, order: Order, today: date) -> Survey:
    """Find out about the site at an address.

    Raises AskFailed where the first page cannot be had, where no list with rows is found, or where a
    channel that was named has none.
    """
    notebook = _Notebook(asker)
    first = await notebook.ask(first_request(order.url))
    site = newcomer(first.url, host_of(order.url), *order.hosts)
    search = ColumnSearch(notebook, site, alone=not order.hosts)
    if order.channels:
        lists = [await _named(search, column) for column in order.channels]
    else:
        lists = [await search.choose(first, order.url, whole=order.whole)]
    if not order.hosts and (elsewhere := _rows_elsewhere(lists, site)):
        raise AskFailed(Failure.OFF_SITE, "条目多在同一单位的另一主机上", elsewhere)
    recognition = recognise_site([*(answer for reading in lists for answer in reading.answers), first])
    site = replace(site, platform=_platform_of(lists[0], site, recognition))
    readings = [
        await read_channel(notebook, site, reading.channel, today, order.details) for reading in lists
    ]
    taken = {reading.channel.list for reading in lists}
    others = [
        column
        for column in search.columns
        if column.type and column.url not in taken and host_of(column.url) in site.hosts
    ]
    others = _named_apart(others, {reading.channel.name for reading in readings})
    return Survey(site, recognition, tuple(readings), tuple(others), notebook.lists(), tuple(search.failed))


async def read_again(site: Site, readings: Sequence[ChannelReading], today: date) -> list[ChannelReading]:
    """The same pages read for a site whose level, region and name are known by now."""
    answers = [answer for reading in readings for answer in reading.answers]
    answers += [detail.answer for reading in readings for detail in reading.details if detail.answer]
    asker, again = SavedPages(answers), []
    for reading in readings:
        had = [detail.row.url for detail in reading.details if detail.answer is not None]
        lost = tuple(detail for detail in reading.details if detail.answer is None)
        new = await read_channel(asker, site, reading.channel, today, had)
        again.append(replace(new, details=(*new.details, *lost), landing=reading.landing))
    return again


def _named_apart(columns: Sequence[Column], taken: set[str]) -> list[Column]:
    """The columns with a number behind a name that is taken: names are unique in a site."""
    apart: list[Column] = []
    names = set(taken)
    for column in columns:
        tries = (column.name, *(f"{column.name}{number}" for number in range(2, len(columns) + 3)))
        name = next((name for name in tries if name not in names), column.name)
        names.add(name)
        apart.append(replace(column, name=name))
    return apart


def _rows_elsewhere(lists: Sequence[ChannelReading], site: Site) -> str | None:
    """A row on another host of the site's owner, where most rows lie there."""
    urls = [row.url for reading in lists for row in reading.page.rows]
    foreign = [
        url for url in urls if host_of(url) not in site.hosts and domain_of(url) == domain_of(site.base)
    ]
    return foreign[0] if len(foreign) * 2 > len(urls) else None


async def _named(search: ColumnSearch, column: Column) -> ChannelReading:
    """A channel that the operator named; raises AskFailed where it has no rows."""
    reading = await search.read(column)
    if reading.failure is not None:
        raise AskFailed(reading.failure, f"栏目「{column.name}」 {reading.message}", column.url)
    return replace(reading, channel=replace(reading.channel, name=column.name, type=column.type))


def _platform_of(reading: ChannelReading, site: Site, recognition: Recognition) -> str:
    """The platform that the site is of, where it reads as many rows as the one that read the list; else that one."""
    last = reading.answers[-1]
    platform = PLATFORMS[recognition.platform](replace(site, platform=recognition.platform))
    page = platform.parse_list(last.data, last.url, reading.channel)
    return platform.name if len(page.rows) >= len(reading.page.rows) else reading.platform
