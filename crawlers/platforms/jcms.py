"""大汉 JCMS: rows lie in CDATA of a datastore, other pages come from dataproxy.jsp."""

import re
from html import unescape
from typing import TYPE_CHECKING

from crawlers.platforms.base import ListPage, Paging, Platform
from crawlers.platforms.generic import parse_page
from crawlers.platforms.paging import Pager
from crawlers.platforms.rows import extract_rows, join
from normalizers.encoding import decode_page
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL)
NEXT_GROUP = re.compile(
    r"<nextgroup>\s*<!\[CDATA\[.*?href=[\"']([^\"']*dataproxy\.jsp\?[^\"']*)[\"']", re.DOTALL
)
TOTAL = re.compile(r"<totalrecord>\s*(\d+)|totalRecord\s*:\s*'?(\d+)")
NUMBERED = re.compile(r"[?&](?:page|startrecord|endrecord|perpage)=[^&]*")


class Jcms(Platform):
    """JCMS jpage columns: the column page holds the first records, dataproxy.jsp the others."""

    name = "jcms"
    hints = Hints(
        body=("#zoom", "div.article-content", "div.bt-content", "div.main-txt", "div.artile_zw"),
        info=("table.xxgk_table", "div.headInfo table"),
    )

    def parse_list(self, data: bytes, url: str, channel: "Channel") -> ListPage:
        """Rows of the datastore; a column without one is read as a plain list."""
        text = decode_page(data)
        return parse_datastore(text, url, channel.list) or parse_page(text, url, channel.selectors)


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
    total = int(declared[1] or declared[2]) if declared else None
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
