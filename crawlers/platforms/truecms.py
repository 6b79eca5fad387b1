"""TrueCMS (南通, 如皋, 上海人大): rows in a datastore that `getMessage.do` answers as JSON or JSONP."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from crawlers.platforms.base import ListPage
from crawlers.platforms.datastore import parse_datastore
from crawlers.platforms.generic import Generic
from crawlers.platforms.interfaces import Interface, interface_paging
from crawlers.platforms.json_rows import parse_json
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.numbered import page_by
from crawlers.platforms.paging import Pager
from crawlers.platforms.recognition import Mark
from crawlers.platforms.rows import join
from crawlers.platforms.shells import has_dated_rows, shell_of
from normalizers.failures import Failure
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

ROWS = 20
MESSAGE = Interface(
    re.compile(r"/messageController/getMessage\.do$", re.IGNORECASE),
    page="",
    size="perpage",
    rows=ROWS,
    fixed={"startrecord": "{start}", "endrecord": "{end}"},
    answers="html",
)
PROXY = re.compile(r"""["']([^"'\s]{0,200}messageController/getMessage\.do)""", re.IGNORECASE)
COLUMN = re.compile(r"""columnId["']?\s*[:=]\s*["']([0-9A-Za-z-]{8,64})["']""")
TOTAL = re.compile(r"""totalRecord["']?\s*[:=]\s*["']?(\d{1,7})""", re.IGNORECASE)


class TrueCms(Generic):
    """Columns whose script pages through `getMessage.do` by record numbers; the Referer is asked for."""

    name = "truecms"
    interfaces = (MESSAGE,)
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("列表接口为 messageController/getMessage.do", 0.95, url=MESSAGE.path),
        Mark("页面调用 messageController/getMessage.do", 0.95, text=PROXY),
        Mark("页面取用 TrueCMS 文件", 0.7, text=re.compile(r"[\"'/]truecms/", re.IGNORECASE)),
    )
    hints = Hints(body=("#zoom", "#zoomcon"))

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of an answer, or of a column page whose first records stand in it."""
        if MESSAGE.path.search(url.partition("?")[0]):
            return parse_message(text, url, channel)
        page = super().read_list(text, url, channel)
        dated = has_dated_rows(page)
        source = script_paging(text, url, len(page.rows) if dated else ROWS)
        if source is None:
            return page
        if not dated:
            return shell_of(source)
        declared = TOTAL.search(text)
        total = int(declared[1]) if declared else page.total
        pages = -(-total // source.size) if total is not None else None
        return page_by(page, Pager(source, pages=pages, total=total))


def script_paging(text: str, url: str, size: int) -> Paging | None:
    """The paging of the interface that the script of a column page asks, at `size` records a page."""
    proxy, column = PROXY.search(text), COLUMN.search(text)
    address = join(url, proxy[1]) if proxy and column else ""
    if not address or column is None:
        return None
    paging = interface_paging(MESSAGE, address, {"columnId": column[1], "perpage": str(size)})
    return replace(paging, headers={"Referer": url})


def parse_message(text: str, url: str, channel: "Channel") -> ListPage:
    """The datastore in the `result` of an answer; an answer that is none has no rows."""
    try:
        value = parse_json(text)
    except ValueError:
        value = text
    result = value.get("result") if isinstance(value, dict) else value
    page = parse_datastore(result, url, channel.list) if isinstance(result, str) else None
    if page is None:
        return ListPage(failure=Failure.LIST_EMPTY)
    return page if page.rows else replace(page, failure=Failure.LIST_EMPTY)
