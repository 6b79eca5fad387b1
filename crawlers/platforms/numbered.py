"""Pages told by the links 下一页 and 尾页: which number in the address counts them, and up or down."""

import re
from dataclasses import replace
from html import unescape

from crawlers.platforms.base import ListPage
from crawlers.platforms.links import LOCATION
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.paging import TOTAL, Pager
from crawlers.platforms.rows import join

ANCHOR = re.compile(
    r"<a\b([^<>]{1,1000})>\s*(?:<(?:span|em|i|b|font)\b[^<>]{0,200}>\s*)?([^<>]{1,20})<", re.IGNORECASE
)
HREF = re.compile(r"""\bhref\s*=\s*["']([^"']{1,800})["']""", re.IGNORECASE)
ONCLICK = re.compile(r"""\bonclick\s*=\s*(?:"([^"]{1,400})"|'([^']{1,400})')""", re.IGNORECASE)
NEXT = re.compile(r"\[?\s*(?:下一?页|后一?页)\s*[>»›]*\s*\]?")
LAST = re.compile(r"\[?\s*(?:尾页|末页|最后一?页)\s*\]?")
NUMBERS = re.compile(r"(\d+)")
# More pages than any list had; a number beyond is a year or an id.
MAX_PAGES = 20_000


def linked_pager(text: str, url: str, pages: int | None = None) -> Pager | None:
    """The pager that the links to the following and the last page give together; None where there is no such pair.

    `pages` is what the page declares otherwise; without it and without the last page there is no pager, for
    nobody would tell where to end. Where the numbers fall from the following page to the last the pages
    are counted downwards (VSB).
    """
    following, last = _targets(text, url)
    if not following:
        return None
    places = _places(following, last or following)
    if places is None:
        return None
    parts = NUMBERS.split(following)
    second, final = int(parts[places]), int(NUMBERS.split(last or following)[places])
    parts[places] = "{n}"
    template = "".join(parts)
    if max(second, final) > MAX_PAGES:
        return None
    here = _number(template, url)
    declared = TOTAL.search(text)
    total = int(declared[1]) if declared else None
    if final < second or (second == 1 and here is None and pages == 2):
        top = pages or (second + 1 if here is None else here)
        return Pager(Paging(template, last=top), pages=top, total=total)
    offset = second - 2 if here is None and second in (1, 2) else 0
    pages = pages or (final - offset if last else None)
    if pages is None or (here is None and second > 2):
        return None
    return Pager(Paging(template, offset), pages=pages, total=total)


def _targets(text: str, url: str) -> tuple[str, str]:
    """Where the links 下一页 and 尾页 lead; "" where one is missing."""
    found = {"next": "", "last": ""}
    for anchor in ANCHOR.finditer(text):
        words = anchor[2].strip()
        for name, pattern in (("next", NEXT), ("last", LAST)):
            if not found[name] and pattern.fullmatch(words):
                found[name] = _target(anchor[1], url)
    return found["next"], found["last"]


def _target(attributes: str, url: str) -> str:
    href = HREF.search(attributes)
    if href and (address := join(url, unescape(href[1]))):
        return address
    script = ONCLICK.search(attributes)
    called = LOCATION.search(unescape(script[1] or script[2])) if script else None
    return join(url, called[1]) if called else ""


def _places(one: str, other: str) -> int | None:
    """Where two addresses differ, which is in one number; the last number of two equal ones."""
    left, right = NUMBERS.split(one), NUMBERS.split(other)
    if len(left) < 3 or len(left) != len(right):
        return None
    differing = [place for place in range(len(left)) if left[place] != right[place]]
    if not differing:
        return len(left) - 2
    return differing[0] if len(differing) == 1 and differing[0] % 2 else None


def _number(template: str, url: str) -> int | None:
    """The number of the page an address is by the template; None for the column's own address."""
    before, after = template.split("{n}", 1)
    middle = (
        url[len(before) : len(url) - len(after)] if url.startswith(before) and url.endswith(after) else ""
    )
    return int(middle) if middle.isdecimal() and len(middle) <= 5 else None


def page_by(page: ListPage, pager: Pager | None) -> ListPage:
    """A list page with the paging its family tells, where it has rows."""
    if pager is None or not page.rows:
        return page
    return replace(
        page,
        paging=pager.paging,
        next=pager.next,
        pages=pager.pages or page.pages,
        total=page.total if pager.total is None else pager.total,
    )
