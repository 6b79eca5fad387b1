"""Getting to know a site: its platform, its policy column, and what a crawl would read there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from crawlers.asking import Answer, Asker, AskFailed
from crawlers.channel_reading import ChannelReading, read_channel, read_list
from crawlers.columns import Column, column_type, find_columns
from crawlers.platforms import PLATFORMS
from crawlers.platforms.base import Platform
from crawlers.platforms.interfaces import paging_of
from crawlers.platforms.list_requests import ListRequest
from crawlers.platforms.recognise import recognise
from crawlers.platforms.recognition import Recognition, SeenPage
from crawlers.saved_lists import LEAST_CONFIDENCE, stranger
from crawlers.site import Channel, Fetch, Site
from normalizers.addresses import host_of
from normalizers.chars import squeeze, tidy
from normalizers.encoding import decode_page
from normalizers.failures import BLOCKED, Failure
from normalizers.html import parse_html
from normalizers.meta_tags import read_meta_tags

# Column pages that are asked for before the search is given up, and how far below the first page they lie.
MAX_COLUMNS, MAX_DEPTH = 8, 2
# A block of news on a home page has 5 to 10 rows and no paging; lists have 10 to 25 (45 real ones, 2020-2026).
LIST_ROWS = 12
# Failures that another platform could not mend.
EMPTY = frozenset({Failure.LIST_EMPTY, Failure.LIST_SHELL, Failure.LIST_LANDING})


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
    """What was found: a site without level and region, its channels as read, further columns, every page seen."""

    site: Site
    recognition: Recognition
    readings: tuple[ChannelReading, ...]
    others: tuple[Column, ...] = ()
    seen: tuple[Answer, ...] = ()


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
    columns = find_columns(decode_page(first.data), first.url)
    if order.channels:
        lists = [await _read(notebook, site, column) for column in order.channels]
        if broken := next((reading for reading in lists if reading.failure), None):
            assert broken.failure is not None
            raise AskFailed(
                broken.failure, f"栏目「{broken.channel.name}」 {broken.message}", broken.channel.list
            )
    else:
        chosen, columns = await _choose(notebook, site, first, columns, order)
        lists = [chosen]
    recognition = recognise_site([*(answer for reading in lists for answer in reading.answers), first])
    site = replace(site, platform=_platform_of(lists[0], site, recognition))
    readings = [
        await read_channel(notebook, site, reading.channel, today, order.details) for reading in lists
    ]
    taken = {reading.channel.list for reading in lists}
    others = tuple(
        column
        for column in columns
        if column.type and column.url not in taken and host_of(column.url) in site.hosts
    )
    return Survey(site, recognition, tuple(readings), others, notebook.lists())


def first_request(url: str) -> ListRequest:
    """How an address is asked: as the interface of a platform where it is one, else as a page."""
    for kind in PLATFORMS.values():
        if (paging := paging_of(kind.interfaces, url)) is not None:
            return paging.request(1)
    return ListRequest(url)


def newcomer(url: str, *others: str) -> Site:
    """A site of which nothing is known but an address; its name with and without www is one host."""
    host = host_of(url)
    bare = host.removeprefix("www.")
    hosts = {host, bare, f"www.{bare}"} if host.endswith(".cn") else {host}
    hosts |= {other for other in others if other}
    fetch = Fetch(delay=0) if host.endswith(".test") else Fetch()
    return replace(stranger(url), id=host, hosts=frozenset(hosts), fetch=fetch)


def recognise_site(answers: Sequence[Answer]) -> Recognition:
    """The platform of some pages of one site: the one that is surest of any of them; generic where none is."""
    found = [family for answer in answers for family in families(answer)]
    return max(found, key=lambda family: family.confidence, default=Recognition("generic", 0.0))


def families(answer: Answer) -> list[Recognition]:
    """The families a page may be of, the surest first; without those that are no more than a hint."""
    page = SeenPage(answer.url, decode_page(answer.data))
    return [
        one for one in recognise(page) if one.confidence >= LEAST_CONFIDENCE and one.platform != "generic"
    ]


# the column


async def _choose(
    notebook: _Notebook, site: Site, first: Answer, columns: tuple[Column, ...], order: Order
) -> tuple[ChannelReading, tuple[Column, ...]]:
    """The list to read, and all columns met on the way; the page itself where it is a list."""
    own = _column_of(first, order.url)
    here = await _read(notebook, site, own, descend=False)
    if here.page.rows and not here.landing and (order.whole or _is_list(here, first.url)):
        return here, columns
    _stop_if_blocked(here)
    found, columns = await _descend(notebook, site, columns, alone=not order.hosts)
    if found is None and here.landing:
        here = await _read(notebook, site, own)
    if found is None and not here.page.rows:
        failure = here.failure or Failure.LIST_EMPTY
        raise AskFailed(failure, f"{here.message}；试过的栏目：{len(columns)}", first.url)
    return found or here, columns


def _is_list(reading: ChannelReading, url: str) -> bool:
    """Whether a page with rows is a list rather than a front page with a block of news."""
    page = reading.page
    paged = page.paging is not None or page.next is not None or (page.pages or 0) > 1
    deep = urlsplit(url).path.rpartition("/")[0].strip("/") != ""
    return paged or len(reading.answers) > 1 or (deep and len(page.rows) >= LIST_ROWS)


async def _descend(
    notebook: _Notebook, site: Site, columns: tuple[Column, ...], *, alone: bool
) -> tuple[ChannelReading | None, tuple[Column, ...]]:
    """Try the columns, best first, and those they lead to; the first policy list counts.

    `alone` says that only one host may be asked: a policy column on another one of the owner's raises
    AskFailed with its address.
    """

    def rank(entry: tuple[Column, int]) -> tuple[bool, int, float]:
        """What lies on the site first; policy columns, pages that may lead to one, columns of other types."""
        column = entry[0]
        foreign = host_of(column.url) not in site.hosts
        return foreign, 0 if column.type == "policy" else 2 if column.type else 1, -column.weight

    queue = sorted(((column, 1) for column in columns), key=rank)
    known = {column.url for column in columns}
    spare: ChannelReading | None = None
    tried = 0
    while queue and tried < MAX_COLUMNS:
        column, depth = queue.pop(0)
        tried += 1
        reading = await _read(notebook, site, column) if column.type else await _look(notebook, column)
        _stop_if_blocked(reading)
        if alone and column.type == "policy" and reading.failure is Failure.OFF_SITE:
            raise AskFailed(reading.failure, reading.message, column.url)
        if reading.page.rows:
            if column.type == "policy":
                return reading, columns
            spare = spare or reading
        elif depth < MAX_DEPTH and reading.answers:
            answer = reading.answers[0]
            below = find_columns(decode_page(answer.data), answer.url)
            fresh = [one for one in below if one.url not in known]
            known |= {one.url for one in fresh}
            columns += tuple(fresh)
            queue = [*((one, depth + 1) for one in fresh), *queue]
            queue.sort(key=rank)
    return spare, columns


async def _look(notebook: _Notebook, column: Column) -> ChannelReading:
    """A page that only leads to columns: asked for, and not read."""
    channel = Channel(column.name, "policy", column.url)
    try:
        return ChannelReading(channel, (await notebook.ask(first_request(column.url)),))
    except AskFailed as error:
        return ChannelReading(channel, failure=error.failure, message=f"{error.url} {error.message}")


def _stop_if_blocked(reading: ChannelReading) -> None:
    if reading.failure in BLOCKED or reading.failure is Failure.STOPPED:
        raise AskFailed(reading.failure, reading.message, reading.channel.list)


async def _read(notebook: _Notebook, site: Site, column: Column, *, descend: bool = True) -> ChannelReading:
    """The list of a column, read as the platform that it looks like, or as any list."""
    channel = Channel(column.name, column.type or "policy", column.url)
    try:
        answer = await notebook.ask(first_request(column.url))
    except AskFailed as error:
        return ChannelReading(channel, failure=error.failure, message=f"{error.url} {error.message}")
    names = dict.fromkeys((*(family.platform for family in families(answer)), "generic"))
    readings = [await _read_as(notebook, site, name, channel, descend) for name in names]
    return next((reading for reading in readings if reading.failure not in EMPTY), readings[0])


async def _read_as(
    notebook: _Notebook, site: Site, name: str, channel: Channel, descend: bool
) -> ChannelReading:
    platform: Platform = PLATFORMS[name](replace(site, platform=name))
    reading = await read_list(notebook, platform, channel, descend=descend)
    if not reading.landing or not reading.page.rows:
        return reading
    child = reading.answers[-1]
    named = column_name(decode_page(child.data)) or channel.name
    found = replace(channel, name=named, type=column_type(named) or channel.type, list=child.request.url)
    return replace(await read_list(notebook, platform, found), landing=True)


def _platform_of(reading: ChannelReading, site: Site, recognition: Recognition) -> str:
    """The platform that the site is of, where it reads as many rows as the one that read the list; else that one."""
    last = reading.answers[-1]
    platform = PLATFORMS[recognition.platform](replace(site, platform=recognition.platform))
    page = platform.parse_list(last.data, last.url, reading.channel)
    return platform.name if len(page.rows) >= len(reading.page.rows) else reading.platform


def _column_of(answer: Answer, asked: str) -> Column:
    """The column that a list page says it is, where the crawl will ask for it; 政策文件 where it says nothing.

    An interface is asked for as the operator wrote it, parameters included.
    """
    name = column_name(decode_page(answer.data))
    address = asked if answer.request.form or answer.request.json else answer.url
    return Column(name or "政策文件", column_type(name) or "policy", address, 1.0)


def column_name(text: str) -> str:
    """What a list page calls its column: the meta tag, else the first part of its title; "" for neither."""
    root = None if text.lstrip()[:1] in ("{", "[") else parse_html(text)
    if root is None:
        return ""
    if named := read_meta_tags(root).get("columnname"):
        return squeeze(named)[:40]
    for element in root.iter("title"):
        first = tidy("".join(element.itertext())).replace("_", "-").replace("|", "-").partition("-")
        if first[2] and 2 <= len(name := squeeze(first[0])) <= 20:
            return name
    return ""
