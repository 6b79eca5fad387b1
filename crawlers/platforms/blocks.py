"""Which elements of a page are the rows of its list: found by repetition, never by the names of classes.

A row is an element that holds a titled link and a date; a list is the parent with most such children.
Where link and date of a row are sisters without an element around them (dt/dd, a and span in one block)
the row is put into one. Where no row is dated, links that lead to details make the rows. Names of
classes are only compared with each other: what they say does not count.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urlsplit

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
from normalizers.address_dialects import read_address
from normalizers.attachment_links import in_shell

# A row prints the written, published and effective date and one more at most (重庆, 内蒙古 2026).
MAX_DATES = 4
# A row with its interpretations (相关解读) has at most six links on 发改委 lists (2026).
MAX_LINKS = 15
# Titles from this length on are those of documents, not of columns (of 3,209 column labels 2 % are longer).
LONG_TITLE = 12
TITLE_LEAST = 8
# Factors of a block's size; set so that the main list of each of 45 real pages and 40 written ones wins.
NEAR_PAGER, IN_SHELL, BESIDE, UNDATED, ONE_PLACE, UNLIKE = 1.6, 0.3, 0.4, 0.5, 1.15, 0.3
# Groups of so few elements may be a coincidence; a pair of unlike ones is, and a single one with much text.
FEW, PAIR = 3, 2
SINGLE_TEXT = 800
# No row has more text: the longest seen, with its abstract and its disclosure table, has 900 characters.
MAX_TEXT = 6000
# The largest real list pages have 12,000 elements and 150 blocks that could be lists.
MAX_ELEMENTS, MAX_GROUPS = 60_000, 400
# How many elements above its rows the pager of a list stands at most.
PAGER_REACH = 4
# Headings of the lists that stand beside the main one.
SIDE = re.compile(
    r"热点|热门|推荐|排行|点击|相关|浏览|最新(?:文章|发布|动态|资讯|更新|信息)|图片|友情链接|专题|随机|猜你"
)
HEADING_LENGTH, MAX_BETWEEN = 14, 200
PAGER_TEXT = re.compile(r"下一?页|尾页|末页|最后一?页|[共总]\s*\d+\s*[页条]")
PAGER_SCRIPTS = ("createPage", "countPage", "nPageCount", "totalRecord")
FOLDER = re.compile(r"(?:^|/)(?:(?:index|list|default)\w*\.\w{2,5})?$", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one block: their places, and whether link and date are sisters (then `segments` of children)."""

    parent: int
    rows: tuple[int, ...]
    segments: tuple[tuple[int, ...], ...] = ()
    dated: bool = True

    @property
    def size(self) -> int:
        """How many rows."""
        return len(self.segments) or len(self.rows)


def find_rows(root: Element, base: str) -> tuple[list[Element], dict[Element, Link]]:
    """The elements that are rows, in the page's order, and every titled link of the page by its element."""
    scan = scan_page(root, base)
    known = {link.element: link for link in scan.links}
    best, score = _best([*_dated(scan), *_flat(scan)], scan, base)
    for group in _undated(scan)[:MAX_GROUPS]:
        if group.size * UNDATED * NEAR_PAGER * ONE_PLACE <= score:
            break
        rank = _rank(group, scan, base)[0]
        if rank > score and _leads_to_documents(group, scan):
            best, score = group, rank
    if best is None:
        return [], known
    if best.segments:
        return [_wrap(scan, segment) for segment in best.segments], known
    return [scan.elements[place] for place in _with_sisters(best, scan)], known


def _best(groups: list[Group], scan: Scan, base: str) -> tuple[Group | None, float]:
    """The group that looks most like the page's list and its score; small ones are not looked at."""
    best, rank = None, (0.0, 0, 0)
    for group in sorted(groups, key=lambda group: -group.size)[:MAX_GROUPS]:
        if group.size * NEAR_PAGER * ONE_PLACE < rank[0]:
            break
        if group.size <= PAIR and _is_chance(group, scan):
            continue
        found = _rank(group, scan, base)
        if best is None or found > rank:
            best, rank = group, found
    return best, rank[0]


def _is_chance(group: Group, scan: Scan) -> bool:
    """Whether one or two elements hold a link and a date by chance: a text, a footer, unlike blocks."""
    if group.size == PAIR:
        return not _alike(group, scan)
    row = group.rows[0]
    named = (link for link in scan.links_in(row) if not leads_to_column(link.address))
    return scan.sizes[row] > SINGLE_TEXT or all(len(link.title) < TITLE_LEAST - 1 for link in named)


# the walk


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


# groups


def _is_row(scan: Scan, place: int) -> bool:
    strong, weak = scan.strong[place], scan.weak[place]
    if not (1 <= strong <= MAX_DATES or (strong == 0 and 1 <= weak <= MAX_DATES)):
        return False
    return scan.sizes[place] <= MAX_TEXT and 1 <= scan.count_links(place) <= MAX_LINKS


def _dated(scan: Scan) -> Iterator[Group]:
    """Children with a link and a date, by parent; lists that go on in the next block are one."""
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    for place in range(1, len(scan.elements)):
        if (scan.strong[place] or scan.weak[place]) and _is_row(scan, place):
            found[str(scan.elements[place].tag), scan.parents[place]].append(place)
    groups = [Group(parent, tuple(rows)) for (_, parent), rows in found.items()]
    yield from _merged(groups, scan)


def _merged(groups: Sequence[Group], scan: Scan) -> list[Group]:
    """Groups whose parents are sisters with nothing between them, or of one class and no side heading between."""
    families: dict[tuple[object, ...], list[Group]] = defaultdict(list)
    for group in groups:
        parent = scan.elements[group.parent]
        row = scan.elements[group.rows[0]]
        families[row.tag, parent.tag, scan.parents[group.parent]].append(group)
    result: list[Group] = []
    for family in families.values():
        family.sort(key=lambda group: group.parent)
        joined = [family[0]]
        for group in family[1:]:
            if _goes_on(joined[-1].parent, group.parent, scan):
                joined[-1] = Group(group.parent, joined[-1].rows + group.rows, dated=group.dated)
            else:
                joined.append(group)
        result += joined
    return _panels(result, scan)


def _goes_on(first: int, second: int, scan: Scan) -> bool:
    """Whether a list that stands in `first` goes on in its later sister `second`."""
    one, two = scan.elements[first], scan.elements[second]
    between = (one.tail or "").strip()
    sister = one.getnext()
    while sister is not None and sister is not two and len(between) < MAX_BETWEEN:
        between += first_words(sister, MAX_BETWEEN) + (sister.tail or "").strip()
        sister = sister.getnext()
    if not between:
        return True
    return one.get("class") == two.get("class") and SIDE.search(between) is None


def first_words(element: Element, length: int) -> str:
    """The text of an element without white space, scripts left out; no more than a little over `length`."""
    words = ""
    for _, text in chunks(element):
        words += text.strip()
        if len(words) > length:
            break
    return words


def _panels(groups: list[Group], scan: Scan) -> list[Group]:
    """The lists of sister panels (tabs) that hold nothing else are one list."""
    families: dict[tuple[object, ...], list[Group]] = defaultdict(list)
    for group in groups:
        panel = scan.parents[group.parent]
        outer = scan.parents[panel] if panel >= 0 else -1
        alone = panel >= 0 and group.size > 1 and scan.count_links(panel) == scan.count_links(group.parent)
        key = (
            (scan.elements[panel].tag, scan.elements[panel].get("class"), outer)
            if alone and outer >= 0
            else (group.parent, group.rows)
        )
        families[scan.elements[group.rows[0]].tag, *key].append(group)
    return [
        family[0]
        if len(family) == 1
        else Group(
            family[0].parent, tuple(row for group in family for row in group.rows), dated=family[0].dated
        )
        for family in families.values()
    ]


def _flat(scan: Scan) -> Iterator[Group]:
    """Blocks in which the link and the date of a row are sisters: dt and dd, `a` and `span`, pairs of rows."""
    for place, element in enumerate(scan.elements):
        if scan.strong[place] + scan.weak[place] < 2 or len(element) < 2 or scan.count_links(place) < 2:
            continue
        segments = _segments(scan, element)
        if len(segments) >= 2:
            yield Group(place, tuple(segment[0] for segment in segments), tuple(segments))


def _segments(scan: Scan, block: Element) -> list[tuple[int, ...]]:
    """The children of a block cut into rows of a link and a date; () where most children are whole rows."""
    children = [scan.places[child] for child in block if child in scan.places]
    marks = [(1 <= scan.count_links(child) <= 3, _shows_date(scan, child)) for child in children]
    if any(scan.count_links(child) > 3 for child in children):
        return []
    whole = sum(
        link and date and child not in scan.tails for child, (link, date) in zip(children, marks, strict=True)
    )
    date_first = next((date and not link for link, date in marks if link or date), False)
    segments: list[list[int]] = []
    have = (False, False)
    for child, (link, date) in zip(children, marks, strict=True):
        begins = date if date_first else link
        if begins and (all(have) or not segments):
            segments.append([])
            have = (False, False)
        if segments:
            segments[-1].append(child)
            have = (have[0] or link, have[1] or date)
    rows = [
        tuple(s)
        for s in segments
        if any(scan.count_links(c) for c in s) and any(_shows_date(scan, c) for c in s)
    ]
    return rows if len(rows) > 2 * whole else []


def _shows_date(scan: Scan, place: int) -> bool:
    return 1 <= scan.strong[place] + scan.weak[place] <= 2 or place in scan.tails


def _wrap(scan: Scan, segment: Sequence[int]) -> Element:
    """The children of a flat row, moved into an element of their own."""
    first = scan.elements[segment[0]]
    row: Element = first.makeelement("li")
    first.addprevious(row)
    for place in segment:
        row.append(scan.elements[place])
    return row


def _with_sisters(group: Group, scan: Scan) -> list[int]:
    """The rows and, in their order, sisters like them without a date or with an abstract full of them."""
    first = scan.elements[group.rows[0]]
    classes = {scan.elements[row].get("class") for row in group.rows}
    dated = set(group.rows)
    result: list[int] = []
    for parent in dict.fromkeys(scan.parents[row] for row in group.rows):
        for child in scan.elements[parent]:
            place = scan.places.get(child, -1)
            if place in dated:
                result.append(place)
            elif place >= 0 and child.tag == first.tag and 1 <= scan.count_links(place) <= MAX_LINKS:
                main = max(scan.links_in(place), key=lambda link: len(link.title))
                alike = child.get("class") in classes
                if len(main.title) >= (TITLE_LEAST if alike else LONG_TITLE) or (
                    alike and page_kind(main.address) in ("detail", "file")
                ):
                    result.append(place)
    return result


# which group is the list


def _rank(group: Group, scan: Scan, base: str) -> tuple[float, int, int]:
    """How much a group looks like the page's list; then more title text; then the outer of two elements."""
    links = [found[0] for row in group.rows if (found := scan.links_in(row))]
    score = float(group.size)
    if not group.dated:
        score *= UNDATED
    if _near_pager(group.parent, scan):
        score *= NEAR_PAGER
    if in_shell(scan.elements[group.rows[0]]):
        score *= IN_SHELL
    if _beside(group.parent, scan):
        score *= BESIDE
    if PAIR < group.size <= FEW and not _alike(group, scan):
        score *= UNLIKE
    folder = base.partition("?")[0].rpartition("/")[0].partition("//")[2] + "/"
    below = sum(link.address.partition("//")[2].startswith(folder) for link in links)
    if folder.count("/") > 1 and 2 * below > len(links):
        score *= ONE_PLACE
    outer = -group.parent if group.size > 1 else group.parent
    return score, sum(len(link.title) for link in links), outer


def _alike(group: Group, scan: Scan) -> bool:
    """Whether few rows are made of the same kinds of elements."""
    if group.segments:
        return True
    kinds = [{part.tag for part in scan.elements[row].iter(etree.Element)} for row in group.rows]
    return all(2 * len(kinds[0] & other) >= len(kinds[0] | other) for other in kinds[1:])


def _near_pager(parent: int, scan: Scan) -> bool:
    place = parent
    for _ in range(PAGER_REACH):
        if place < 0 or scan.elements[place].tag in ("body", "html"):
            return False
        at = bisect_left(scan.pagers, place)
        if at < len(scan.pagers) and scan.pagers[at] <= scan.ends[place]:
            return True
        place = scan.parents[place]
    return False


def _beside(parent: int, scan: Scan) -> bool:
    """Whether the words before a block are the heading of a side list."""
    place = parent
    for _ in range(3):
        if place <= 0 or scan.elements[place].tag in ("body", "html"):
            return False
        if scan.elements[place].tag == "aside":
            return True
        previous = scan.elements[place].getprevious()
        if previous is not None:
            words = first_words(previous, HEADING_LENGTH)
            if words:
                return len(words) <= HEADING_LENGTH and SIDE.search(words) is not None
        place = scan.parents[place]
    return False


def _undated(scan: Scan) -> list[Group]:
    """Children with a link or two and a long title, no date, outside the page's shell."""
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    seen: dict[int, bool] = {}
    for link, own in zip(scan.links, scan.link_places, strict=True):
        if len(link.title) < TITLE_LEAST or not link.address:
            continue
        place = own
        while place > 0 and not scan.strong[place] and not scan.weak[place] and scan.count_links(place) <= 3:
            found[str(scan.elements[place].tag), scan.parents[place]].append(place)
            place = scan.parents[place]
    groups = []
    for (_, parent), rows in found.items():
        unique = tuple(dict.fromkeys(rows))
        if parent not in seen:
            seen[parent] = in_shell(scan.elements[unique[0]])
        if not seen[parent]:
            groups.append(Group(parent, unique, dated=False))
    return sorted((group for group in _merged(groups, scan) if group.size >= FEW), key=lambda one: -one.size)


def _leads_to_documents(group: Group, scan: Scan) -> bool:
    """Whether the links of undated rows are those of documents, not of columns."""
    links = [max(scan.links_in(row), key=lambda link: len(link.title)) for row in group.rows]
    good = sum(is_document(link.address, link.title) for link in links)
    return good * 2 > len(links)


def is_document(address: str, title: str) -> bool:
    """Whether an address is that of a document, or its form is unknown and its title long."""
    kind = page_kind(address)
    if kind in ("detail", "file"):
        return True
    return kind == "unknown" and len(title) >= LONG_TITLE and not leads_to_column(address)


def leads_to_column(address: str) -> bool:
    """Whether an address is that of a list or a home page, or a folder."""
    kind = page_kind(address)
    return kind in ("list", "home") or (
        kind == "unknown" and FOLDER.search(urlsplit(address).path) is not None
    )


def page_kind(address: str) -> str:
    """What the address table says; a bare name (a9.html) may be either in a list of titles."""
    facts = read_address(address)
    return "unknown" if facts.dialect == "named_page" else facts.kind
