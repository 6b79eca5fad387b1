"""One walk over a list page: its elements in order, the dates and titled links that lie in each, its pagers."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement as Element

from crawlers.platforms.links import (
    HEADINGS,
    SILENT,
    chunks,
    clean_title,
    is_title,
    link_address,
    told_title,
    whole_title,
)
from crawlers.platforms.row_dates import YEAR, date_marks, dates_of, is_alone

# The largest real list pages have 12,000 elements.
MAX_ELEMENTS = 60_000
PAGER_TEXT = re.compile(r"下一?页|尾页|末页|最后一?页|[共总]\s*\d+\s*[页条]")
PAGER_SCRIPTS = ("createPage", "countPage", "nPageCount", "totalRecord")


@dataclass(slots=True)
class Link:
    """A link with a title; `address`, resolved when it is first asked for, is "" where it leads nowhere."""

    element: Element
    base: str
    title: str
    _address: str | None = None

    @property
    def address(self) -> str:
        """The absolute address, or ""."""
        if self._address is None:
            self._address = link_address(self.element, self.base)
        return self._address


@dataclass(slots=True)
class Scan:
    """One walk over a page: its elements in order and, for each, the dates and links that lie in it."""

    elements: list[Element]
    places: dict[Element, int]
    parents: list[int]
    ends: list[int] = field(default_factory=list)
    strong: list[int] = field(default_factory=list)
    weak: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    tails: set[int] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)
    link_places: list[int] = field(default_factory=list)
    pagers: list[int] = field(default_factory=list)

    def links_in(self, place: int) -> Sequence[Link]:
        """The links of an element, its own included."""
        low = bisect_left(self.link_places, place)
        return self.links[low : bisect_right(self.link_places, self.ends[place], low)]

    def count_links(self, place: int) -> int:
        """How many links lie in an element."""
        low = bisect_left(self.link_places, place)
        return bisect_right(self.link_places, self.ends[place], low) - low


def scan_page(root: Element, base: str) -> Scan:
    """Dates, links and pagers of a page, counted for every element that holds them."""
    elements = list(islice(root.iter(etree.Element), MAX_ELEMENTS))
    places = {element: place for place, element in enumerate(elements)}
    parents = [places.get(element.getparent(), -1) for element in elements]
    scan = Scan(elements, places, parents)
    size = len(elements)
    scan.strong, scan.weak, scan.sizes, scan.ends = [0] * size, [0] * size, [0] * size, list(range(size))
    inside = [False] * size
    for place, element in enumerate(elements):
        parent = parents[place]
        inside[place] = element.tag == "a" or (parent >= 0 and inside[parent])
        if element.tag in SILENT:
            if element.text and any(name in element.text for name in PAGER_SCRIPTS):
                scan.pagers.append(place)
        else:
            _count(scan, place, element.text, linked=inside[place])
            _find_link(scan, place, element, base)
        if element.tail and parent >= 0:
            before = scan.strong[parent] + scan.weak[parent]
            _count(scan, parent, element.tail, linked=inside[parent])
            if scan.strong[parent] + scan.weak[parent] > before:
                scan.tails.add(place)
    for place in range(size - 1, 0, -1):
        parent = parents[place]
        if parent >= 0:
            scan.strong[parent] += scan.strong[place]
            scan.weak[parent] += scan.weak[place]
            scan.sizes[parent] += scan.sizes[place]
            scan.ends[parent] = max(scan.ends[parent], scan.ends[place])
    return scan


def _count(scan: Scan, place: int, text: str | None, *, linked: bool) -> None:
    if not text or text.isspace():
        return
    scan.sizes[place] += len(text)
    strong, weak = date_marks(text)
    if not strong and not linked and YEAR.fullmatch(text.strip()):
        strong = 1
    scan.strong[place] += strong
    if not linked:
        scan.weak[place] += weak
        if ("页" in text or "条" in text) and PAGER_TEXT.search(text):
            scan.pagers.append(place)
    elif "页" in text and PAGER_TEXT.search(text):
        scan.pagers.append(place)


def _find_link(scan: Scan, place: int, element: Element, base: str) -> None:
    if element.tag != "a" and (not element.get("onclick") or element.find(".//a") is not None):
        return
    title = link_title(element)
    if not is_title(title):
        return
    link = Link(element, base, title)
    if element.tag != "a" and not link.address:
        return
    scan.links.append(link)
    scan.link_places.append(place)


def link_title(link: Element) -> str:
    """The title a link carries: the title attribute where it is longer than the visible text."""
    return whole_title(_visible(link), told_title(link))


def _visible(link: Element) -> str:
    if len(link) == 0:
        text = link.text or ""
        return "" if is_alone(text, dates_of(text)) else clean_title(text)
    for heading in link.iter(*HEADINGS):
        if text := clean_title("".join(heading.itertext())):
            return text
    texts = [text for _, text in chunks(link) if not is_alone(text, dates_of(text))]
    if title := clean_title("".join(texts)):
        return title
    return clean_title(next((image.get("alt") or "" for image in link.iter("img")), ""))


def first_words(element: Element, length: int) -> str:
    """The text of an element without white space, scripts left out; no more than a little over `length`."""
    words = ""
    for _, text in chunks(element):
        words += text.strip()
        if len(words) > length:
            break
    return words
