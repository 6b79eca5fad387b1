"""Looking for the policy column of a site from any of its pages."""

from dataclasses import replace
from urllib.parse import urlsplit

from crawlers.asking import Answer, Asker, AskFailed
from crawlers.channel_reading import ChannelReading, read_list
from crawlers.columns import Column, column_type, find_columns
from crawlers.list_likeness import is_paged
from crawlers.platforms import PLATFORMS
from crawlers.platforms.base import Platform
from crawlers.site import Channel, Site
from crawlers.strangers import families, first_request
from normalizers.addresses import host_of
from normalizers.chars import squeeze, tidy
from normalizers.encoding import decode_page
from normalizers.failures import BLOCKED, Failure
from normalizers.html import parse_html
from normalizers.meta_tags import read_meta_tags

# Column pages that are asked for before the search is given up, and how far below the first page they lie.
MAX_COLUMNS, MAX_DEPTH = 8, 2
# A block of news on a front page has 5 to 10 rows and no paging; lists have 10 to 25 (45 real ones, 2020-2026).
LIST_ROWS = 12
# Failures that another platform could mend.
EMPTY = frozenset({Failure.LIST_EMPTY, Failure.LIST_SHELL, Failure.LIST_LANDING})


class ColumnSearch:
    """One search: what has been met on the way is in `columns`, what failed in `failed`.

    With `alone` only the hosts of the site may be asked: a policy column on another host of its owner
    raises AskFailed with its address. The asker should ask for no page twice.
    """

    def __init__(self, asker: Asker, site: Site, *, alone: bool) -> None:
        self.asker = asker
        self.site = site
        self.alone = alone
        self.columns: list[Column] = []
        self.failed: list[str] = []

    async def choose(self, first: Answer, asked: str, *, whole: bool) -> ChannelReading:
        """The list that a page is (with `whole` whatever else it links to), else the best column it leads to.

        `asked` is the address as the operator wrote it. Raises AskFailed.
        """
        own = column_of(first, asked)
        self._meet(first)
        here = await self.read(own, descend=False)
        if here.page.rows and not here.landing and (whole or _is_list(here)):
            return here
        _stop_if_blocked(here)
        if (found := await self._descend()) is not None:
            return found
        if here.landing:
            here = await self.read(own)
        if here.page.rows and (whole or _is_deep(first.url)):
            return here
        tried = f"；试过：{'；'.join(self.failed)}" if self.failed else ""
        raise AskFailed(here.failure or Failure.LIST_EMPTY, f"没有找到能读出条目的政策栏目{tried}", first.url)

    def _meet(self, answer: Answer) -> list[Column]:
        """Note the columns a page links to; those not met before."""
        known = {column.url for column in self.columns}
        found = find_columns(decode_page(answer.data), answer.url)
        fresh = [column for column in found if column.url not in known]
        self.columns += fresh
        return fresh

    def _rank(self, entry: tuple[Column, int]) -> tuple[bool, int, float]:
        """What lies on the site first; policy columns, pages that may lead to one, columns of other types."""
        column = entry[0]
        foreign = host_of(column.url) not in self.site.hosts
        return foreign, 0 if column.type == "policy" else 2 if column.type else 1, -column.weight

    async def _descend(self) -> ChannelReading | None:
        """Try the columns, best first, and those they lead to; the first policy list, else the first list."""
        queue = sorted(((column, 1) for column in self.columns), key=self._rank)
        spare: ChannelReading | None = None
        for _ in range(MAX_COLUMNS):
            if not queue:
                break
            column, depth = queue.pop(0)
            reading = await (self.read(column) if column.type else self._look(column))
            self._note(column, reading)
            if reading.page.rows:
                if column.type == "policy":
                    return reading
                spare = spare or reading
            elif depth < MAX_DEPTH and reading.answers:
                queue += [(fresh, depth + 1) for fresh in self._meet(reading.answers[0])]
                queue.sort(key=self._rank)
        return spare

    def _note(self, column: Column, reading: ChannelReading) -> None:
        """Remember a failure; stop where the site wants no more, or where another host must be allowed first."""
        if reading.failure is None:
            return
        _stop_if_blocked(reading)
        if self.alone and column.type == "policy" and reading.failure is Failure.OFF_SITE:
            raise AskFailed(reading.failure, reading.message, column.url)
        self.failed.append(f"{column.name} {column.url} {reading.failure.value}")

    async def _look(self, column: Column) -> ChannelReading:
        """A page that only leads to columns: asked for, and not read."""
        channel = Channel(column.name, "policy", column.url)
        try:
            return ChannelReading(channel, (await self.asker.ask(first_request(column.url)),))
        except AskFailed as error:
            return ChannelReading(channel, failure=error.failure, message=f"{error.url} {error.message}")

    async def read(self, column: Column, *, descend: bool = True) -> ChannelReading:
        """The list of a column, read as the platform that it looks like, or as any list."""
        channel = Channel(column.name, column.type or "policy", column.url)
        try:
            answer = await self.asker.ask(first_request(column.url))
        except AskFailed as error:
            return ChannelReading(channel, failure=error.failure, message=f"{error.url} {error.message}")
        names = dict.fromkeys((*(family.platform for family in families(answer)), "generic"))
        readings = [await self._read_as(name, channel, descend) for name in names]
        return next((reading for reading in readings if reading.failure not in EMPTY), readings[0])

    async def _read_as(self, name: str, channel: Channel, descend: bool) -> ChannelReading:
        platform: Platform = PLATFORMS[name](replace(self.site, platform=name))
        reading = await read_list(self.asker, platform, channel, descend=descend)
        if not reading.landing or not reading.page.rows:
            return reading
        child = reading.answers[-1]
        named = column_name(decode_page(child.data)) or channel.name
        found = replace(channel, name=named, type=column_type(named) or channel.type, list=child.request.url)
        return replace(await read_list(self.asker, platform, found), landing=True)


def _is_list(reading: ChannelReading) -> bool:
    """Whether a page with rows is a list rather than a front page with a block of news."""
    page = reading.page
    long = _is_deep(reading.channel.list) and len(page.rows) >= LIST_ROWS
    return is_paged(page) or len(reading.answers) > 1 or long


def _is_deep(url: str) -> bool:
    """Whether an address is not that of a front page."""
    return urlsplit(url).path.rpartition("/")[0].strip("/") != ""


def _stop_if_blocked(reading: ChannelReading) -> None:
    if reading.failure in BLOCKED or reading.failure is Failure.STOPPED:
        raise AskFailed(reading.failure, reading.message, reading.channel.list)


def column_of(answer: Answer, asked: str) -> Column:
    """The column that a list page says it is, where the crawl will ask for it; 政策文件 where it says nothing.

    It is asked for as the operator wrote it, with the parameters of an interface and the number behind a
    hash, unless it redirects.
    """
    name = column_name(decode_page(answer.data))
    request = answer.request
    moved = request.url == asked and answer.url != asked.partition("#")[0]
    address = answer.url if moved and not request.form and not request.json else asked
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
