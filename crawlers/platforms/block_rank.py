"""Which of the blocks that could be lists is the page's: size, its pager, headings beside it, where its links lead."""

from bisect import bisect_left
from collections.abc import Sequence

from lxml import etree

from crawlers.platforms.block_groups import FEW, SIDE, TITLE_LEAST, Group
from crawlers.platforms.page_scan import Scan, first_words
from crawlers.platforms.row_addresses import is_document, leads_to_column
from normalizers.attachment_links import in_shell

# Factors of a block's size; set so that the main list of each of 45 real pages and 40 written ones wins.
NEAR_PAGER, IN_SHELL, BESIDE, UNDATED, ONE_PLACE, UNLIKE = 1.6, 0.3, 0.4, 0.5, 1.15, 0.3
MOST = NEAR_PAGER * ONE_PLACE
# Groups of so few elements may be a coincidence; a pair of unlike ones is, and a single one with much text.
PAIR = 2
SINGLE_TEXT = 800
# How many elements above its rows the pager of a list stands at most.
PAGER_REACH = 4
HEADING_LENGTH = 14
# Real pages have 150 blocks at most that could be lists.
MAX_GROUPS = 400


def best_group(groups: Sequence[Group], scan: Scan, base: str) -> Group | None:
    """The group that looks most like the page's list, dated ones before others; None where none does."""
    best, rank = None, (0.0, 0, 0)
    for group in sorted(groups, key=_most, reverse=True)[:MAX_GROUPS]:
        if _most(group) < rank[0]:
            break
        if group.dated and group.size <= PAIR and _is_chance(group, scan):
            continue
        found = _rank(group, scan, base)
        better = found > rank if group.dated else found[0] > rank[0] and _leads_to_documents(group, scan)
        if better:
            best, rank = group, found
    return best


def _most(group: Group) -> float:
    """The most that a group of this size can reach."""
    return group.size * MOST * (1 if group.dated else UNDATED)


def _is_chance(group: Group, scan: Scan) -> bool:
    """Whether one or two elements hold a link and a date by chance: a text, a footer, unlike blocks."""
    if group.size == PAIR:
        return not _alike(group, scan)
    row = group.rows[0]
    named = (link for link in scan.links_in(row) if not leads_to_column(link.address))
    return scan.sizes[row] > SINGLE_TEXT or all(len(link.title) < TITLE_LEAST - 1 for link in named)


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


def _leads_to_documents(group: Group, scan: Scan) -> bool:
    """Whether the links of undated rows are those of documents, not of columns."""
    links = [max(scan.links_in(row), key=lambda link: len(link.title)) for row in group.rows]
    good = sum(is_document(link.address, link.title) for link in links)
    return good * 2 > len(links)
