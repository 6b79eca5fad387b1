"""The datastore of JCMS: rows as HTML in CDATA, in a script of the column page or as the answer of dataproxy.jsp."""

import re
from html import unescape

from crawlers.platforms.base import ListPage
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.paging import Pager
from crawlers.platforms.rows import extract_rows, join

RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL)
NEXT_GROUP = re.compile(
    r"<nextgroup>\s*<!\[CDATA\[.*?href=[\"']([^\"']*dataproxy\.jsp\?[^\"']*)[\"']", re.DOTALL
)
TOTAL = re.compile(r"<totalrecord>\s*(\d+)|totalRecord\s*:\s*'?(\d+)")
EMPTY = re.compile(r"<recordset>\s*</recordset>|<recordset\s*/>")
NUMBERED = re.compile(r"[?&](?:page|startrecord|endrecord|perpage)=[^&]*")


def parse_datastore(text: str, url: str, column: str) -> ListPage | None:
    """The page a datastore holds; None where there is no datastore.

    The n-th page is asked for with both `page`, counted as <nextgroup> does, and record numbers at the
    size of the first: some servers ignore one, some the other; at this size both mean the same records.
    """
    records = RECORD.findall(text)
    if not records and "<datastore" not in text:
        return None
    rows = extract_rows(
        "<html><body><ul>" + "".join(_as_item(r) for r in records) + "</ul></body></html>", column, {}
    )
    pager = _pager(text, url, len(records))
    return ListPage(rows, pager.paging, pages=pager.pages, total=pager.total)


def _as_item(record: str) -> str:
    """A record as a list item: some are one already, others are table rows or bare links."""
    if record.lstrip()[:3].lower() == "<li":
        return record
    return "<li>" + re.sub(r"</?(?:tr|tbody|table|td)\b[^<>]*>", " ", record) + "</li>"


def _pager(text: str, url: str, size: int) -> Pager:
    declared = TOTAL.search(text)
    total = int(declared[1] or declared[2]) if declared else (0 if EMPTY.search(text) else None)
    group = NEXT_GROUP.search(text)
    if group is None or not size:
        return Pager(total=total)
    proxy = join(url, unescape(group[1]))
    path, _, query = proxy.partition("?")
    rest = NUMBERED.sub("", "?" + query).lstrip("?&")
    counted = re.search(r"[?&]page=(\d+)", proxy)
    numbers = f"page={{n}}&startrecord={{start}}&endrecord={{end}}&perpage={size}"
    pages = -(-total // size) if total is not None else None
    return Pager(
        Paging(f"{path}?{numbers}&{rest}", int(counted[1]) - 2 if counted else 0, size),
        pages=pages,
        total=total,
    )
