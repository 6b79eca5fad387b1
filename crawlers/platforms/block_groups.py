"""Blocks of a page that could be its list: sisters with a link and a date, flat pairs, undated links.

Lists that are broken into several blocks or tabs are put together. Names of classes are only compared
with each other: what they say does not count.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement as Element

from crawlers.platforms.page_scan import Scan, first_words
from normalizers.attachment_links import in_shell

# A row prints the written, published and effective date and one more at most (重庆, 内蒙古 2026).
MAX_DATES = 4
# A row with its interpretations (相关解读) has at most six links on 发改委 lists (2026).
MAX_LINKS = 15
TITLE_LEAST = 8
# Fewer links without dates are no list.
FEW = 3
# No row has more text: the longest seen, with its abstract and its disclosure table, has 900 characters.
MAX_TEXT = 6000
MAX_BETWEEN = 200
# Headings of the lists that stand beside the main one.
SIDE = re.compile(
    r"热点|热门|推荐|排行|点击|相关|浏览|最新(?:文章|发布|动态|资讯|更新|信息)|图片|友情链接|专题|随机|猜你"
)


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


def find_groups(scan: Scan) -> list[Group]:
    """Every block that could be the list of a page."""
    return [*_dated(scan), *_flat(scan), *_undated(scan)]


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
    return [group for group in _merged(groups, scan) if group.size >= FEW]
