"""The disclosure search of JCMS: rows carry their record in attributes of the anchor."""

import re

from lxml.html import HtmlElement as Element

from crawlers.platforms.base import ListPage
from crawlers.platforms.json_rows import read_date
from crawlers.platforms.paging import PAGES_IN_ALL, TOTAL
from crawlers.platforms.rows import clean_title, join, mark_pinned, unique
from normalizers.chars import tidy
from normalizers.html import parse_html
from normalizers.page import ListRow

RECORD = re.compile(r"<a\b[^<>]{0,3000}\smc\s*=", re.IGNORECASE)


def parse_xxgk(text: str, url: str) -> ListPage | None:
    """The rows of an answer by the attributes mc (title), rq (date), wh (number), syh (index number); None for others."""
    if "mc=" not in text or RECORD.search(text) is None:
        return None
    root = parse_html(text)
    records = [] if root is None else [link for link in root.iter("a") if link.get("mc")]
    found = [(row, _fields(link)) for link in records if (row := _read(link, url)) is not None]
    if not found:
        return None
    total, pages = TOTAL.search(text), PAGES_IN_ALL.search(text)
    return ListPage(
        mark_pinned(unique(row for row, _ in found)),
        pages=int(pages[1]) if pages else None,
        total=int(total[1]) if total else None,
        fields={row.url: fields for row, fields in found if fields},
    )


def _read(link: Element, url: str) -> ListRow | None:
    address, title = join(url, link.get("href") or ""), clean_title(link.get("mc") or "")
    if not address or not title:
        return None
    raw = tidy(link.get("rq") or "")[:40]
    return ListRow(address, title, read_date(raw) if raw else None, raw, tidy(link.get("wh") or ""))


def _fields(link: Element) -> dict[str, str]:
    told = {"doc_number": tidy(link.get("wh") or ""), "index_number": tidy(link.get("syh") or "")}
    return {name: value for name, value in told.items() if value}
