"""Rows of a list page: the link, title, date, number and pin of each element that is a row."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement as Element

from crawlers.platforms.blocks import find_rows
from crawlers.platforms.links import PINNED_HEAD, clean_title, is_title, join
from crawlers.platforms.page_scan import Link, link_title
from crawlers.platforms.row_addresses import leads_to_column
from crawlers.platforms.row_dates import extract_date
from normalizers.chars import tidy
from normalizers.html import parse_html
from normalizers.page import ListRow

__all__ = ["clean_title", "extract_rows", "join", "linked", "mark_pinned", "read_rows", "unique"]

# A list page showed at most 300 rows (JCMS perpage=300, 2026-04); more is not a list.
MAX_ROWS = 1000
# Templates leave some dozens of comments in a page.
MAX_COMMENTS = 200
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
CATEGORY = re.compile(r"[\[【(（][^\]】)）]{1,10}[\]】)）]")
PINNED_TEXT = re.compile(r"[\[【(（〔]?\s*(?:置顶|顶)\s*[\]】)）〕]?")
PINNED_CLASS = frozenset({"top", "istop", "is-top", "zhiding", "zd", "sticky", "stick", "settop", "r_lmgd"})
TITLE_LEAST = 4
# A category before the title (规范性文件, 省教育厅) is this short.
SHORT_TITLE = 8


def extract_rows(text: str, url: str, selectors: Mapping[str, Sequence[str]]) -> tuple[ListRow, ...]:
    """The rows of a list page that have an address, in its order, each address once."""
    root = parse_html(text)
    return linked(read_rows(root, text, url, selectors)) if root is not None else ()


def linked(rows: Iterable[ListRow]) -> tuple[ListRow, ...]:
    """The rows that have an address."""
    return tuple(row for row in rows if row.url)


def read_rows(
    root: Element, text: str, url: str, selectors: Mapping[str, Sequence[str]]
) -> tuple[ListRow, ...]:
    """The rows a list page shows, in its order; `url` is "" for one whose link leads nowhere.

    `selectors` are those of the site file (`item`, `link`, `date`, `number`); without `item` the
    rows are found by their repetition. Dated rows that stand inside an HTML comment (seen on
    jyt.gansu.gov.cn, 2025-11) are taken where the page shows none.
    """
    rows = _read_rows(root, url, selectors)
    if any(row.date for row in rows):
        return rows
    for comment in islice(COMMENT.finditer(text), MAX_COMMENTS):
        if "<a" in comment[1] and (fragment := parse_html(comment[1])) is not None:
            hidden = _read_rows(fragment, url, selectors)
            if any(row.date for row in hidden):
                rows = max(rows, hidden, key=len)
    return rows


def _read_rows(root: Element, url: str, selectors: Mapping[str, Sequence[str]]) -> tuple[ListRow, ...]:
    base = _base(root, url)
    if "item" in selectors:
        elements, known = _select(root, selectors["item"]), dict[Element, Link]()
    else:
        elements, known = find_rows(root, base)
    links = [_links(element, base, known, selectors.get("link", ())) for element in elements]
    often = Counter(address for own in links for address in {link.address for link in own if link.address})
    rows = (
        _read_row(element, _main_link(own, often, len(elements)), selectors)
        for element, own in zip(elements, links, strict=True)
    )
    return mark_pinned(unique(row for row in rows if row is not None))


def unique(rows: Iterable[ListRow]) -> list[ListRow]:
    """Each address once, the longest title kept, at most MAX_ROWS; a dead row once by title and date."""
    found: dict[object, ListRow] = {}
    for row in rows:
        key = row.url or (row.title, row.date)
        old = found.get(key)
        if old is None and len(found) < MAX_ROWS:
            found[key] = row
        elif old is not None and len(row.title) > len(old.title):
            found[key] = replace(row, date=old.date or row.date)
    return list(found.values())


def mark_pinned(rows: Sequence[ListRow]) -> tuple[ListRow, ...]:
    """Mark the first rows that are older than a later one: lists are newest first but for pins."""
    result = list(rows)
    newest: date | None = None
    latest_after: list[date | None] = [None] * len(rows)
    for place in range(len(rows) - 1, -1, -1):
        latest_after[place] = newest
        day = rows[place].date
        if day is not None and (newest is None or day > newest):
            newest = day
    for place, row in enumerate(rows):
        after = latest_after[place]
        if row.date is None or after is None or row.date >= after:
            break
        result[place] = replace(row, pinned=True)
    return tuple(result)


def _select(root: Element, selectors: Sequence[str]) -> list[Element]:
    for selector in selectors:
        found = root.cssselect(selector)
        if found:
            return list(found)
    return []


def _base(root: Element, url: str) -> str:
    for element in root.iter("base"):
        return join(url, element.get("href") or "") or url
    return url


def _links(
    element: Element, base: str, known: Mapping[Element, Link], selectors: Sequence[str]
) -> list[Link]:
    """The titled links of a row, those that a selector chooses where there is one."""
    if selectors:
        elements = _select(element, selectors)
    elif known:
        return [known[part] for part in element.iter(etree.Element) if part in known]
    else:
        elements = list(element.iter("a"))
    links = (Link(link, base, link_title(link)) for link in elements)
    return [link for link in links if is_title(link.title)]


def _main_link(links: Sequence[Link], often: Mapping[str, int], rows: int) -> Link | None:
    """The link to the row's own page: no category, no repeated address, the first that reads like a title."""
    plain = [link for link in links if not CATEGORY.fullmatch(link.title)]
    own = [link for link in plain if not link.address or often[link.address] == 1 or rows == 1] or plain
    titled = [link for link in own if len(link.title) >= TITLE_LEAST]
    if not titled:
        return max(own, key=lambda link: len(link.title), default=None)
    first = titled[0]
    if len(first.title) < SHORT_TITLE and leads_to_column(first.address):
        return next((link for link in titled if not leads_to_column(link.address)), first)
    return first


def _read_row(element: Element, link: Link | None, selectors: Mapping[str, Sequence[str]]) -> ListRow | None:
    if link is None:
        return None
    dated = _select(element, selectors["date"]) if "date" in selectors else []
    day, raw = extract_date(dated[0] if dated else element, None if dated else link.element)
    numbers = _select(element, selectors["number"]) if "number" in selectors else []
    number = tidy("".join(numbers[0].itertext())) if numbers else ""
    return ListRow(link.address, link.title, day, raw, number, _is_pinned(element))


def _is_pinned(element: Element) -> bool:
    for part in element.iter(etree.Element):
        classes = (part.get("class") or "").lower().split()
        text = part.text or ""
        if not PINNED_CLASS.isdisjoint(classes) or ("顶" in text and PINNED_TEXT.fullmatch(text.strip())):
            return True
        if "置顶" in text and PINNED_HEAD.match(text):
            return True
    return False
