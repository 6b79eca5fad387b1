"""ds_ JSON (国家能源局): the rows of a list lie in `ds_{id}.json` beside the column page."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.list_requests import ListRequest, Paging
from crawlers.platforms.recognition import Mark
from crawlers.platforms.rows import join
from crawlers.platforms.shells import has_dated_rows, shell_of
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

MAIN = re.compile(
    r"""<\w+\b(?=[^<>]{0,400}\bid=["']showData0["'])[^<>]{0,400}?\bdata=["'](?:\w+:)?([0-9a-f]{16,64})["']"""
)
ANY = re.compile(r"""\bdata=["']datasource:([0-9a-f]{16,64})["']""")


class DsJson(Generic):
    """Columns whose list element names its data source; one file holds the whole list."""

    name = "ds_json"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark('列表数据源写作 data="datasource:…"', 0.95, text=ANY),
        Mark("列表元素为 #showData0[data]", 0.9, text=MAIN),
        Mark("数据源文件为 ds_….json", 0.9, url=re.compile(r"/ds_[0-9a-f]{16,64}\.json$")),
        Mark("详情地址形如 /日期/编号/c.html", 0.6, url=re.compile(r"/\d{8}/[0-9a-f]{32}/c\.html$")),
    )
    hints = Hints(body=("td.detail", "div.article-content"))

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of the page or of the file; where the page shows the first ones of `showData0`, the file follows."""
        main = MAIN.search(text)
        page = super().read_list(text, url, channel)
        if has_dated_rows(page):
            return replace(page, paging=None, next=ListRequest(file_address(url, main[1]))) if main else page
        found = main or ANY.search(text)
        return shell_of(Paging(file_address(url, found[1]))) if found else page


def file_address(url: str, number: str) -> str:
    """Where the file of a data source lies: beside the page."""
    return join(url, f"ds_{number}.json")
