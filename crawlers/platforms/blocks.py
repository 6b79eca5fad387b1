"""Which elements of a page are the rows of its list: found by repetition, never by the names of classes.

A row is an element that holds a titled link and a date; a list is the parent with most such children.
Where link and date of a row are sisters without an element around them (dt/dd, a and span in one block)
the row is put into one. Where no row is dated, links that lead to details make the rows.
"""

from collections.abc import Sequence

from lxml.html import HtmlElement as Element

from crawlers.platforms.block_groups import MAX_LINKS, TITLE_LEAST, Group, find_groups
from crawlers.platforms.block_rank import best_group
from crawlers.platforms.page_scan import Link, Scan, scan_page
from crawlers.platforms.row_addresses import LONG_TITLE, page_kind


def find_rows(root: Element, base: str) -> tuple[list[Element], dict[Element, Link]]:
    """The elements that are rows, in the page's order, and every titled link of the page by its element."""
    scan = scan_page(root, base)
    known = {link.element: link for link in scan.links}
    best = best_group(find_groups(scan), scan, base)
    if best is None:
        return [], known
    if best.segments:
        return [_wrap(scan, segment) for segment in best.segments], known
    return [scan.elements[place] for place in _with_sisters(best, scan)], known


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
