"""Shanghai's ivs platform: columns `/nw12345/index.html`, `index_2.html`; ids ivs_title, ivs_content."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.links import join
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.paging import MAX_PAGES
from crawlers.platforms.recognition import Mark
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

COUNT = re.compile(r"\b(?:totalPages?|pageCount|countPage)[\"']?\s*[:=]\s*[\"']?(\d{1,6})\b")
COLUMN = re.compile(r"/(?:index(?:_\d{1,5})?\.html)?$")


class Shanghai(Generic):
    """上海市 and its bureaus and districts."""

    name = "shanghai"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark(
            "正文编号 ivs_content / ivs_title",
            0.95,
            text=re.compile(r"\bid=[\"']ivs_(?:content|title|date)[\"']"),
        ),
        Mark("栏目地址形如 /nwNNNN/", 0.85, url=re.compile(r"/nw\d{4,6}/")),
        Mark(
            "列表链接形如 /nwNNNN/日期/32 位编号.html",
            0.8,
            text=re.compile(r"/nw\d{4,6}/\d{8}/[0-9a-f]{32}\.html"),
        ),
        Mark("列表容器 tadaty-list", 0.8, text=re.compile(r"tadaty-list\b")),
        Mark("附件地址 /cmsres/", 0.4, text=re.compile(r"[\"']/cmsres/[0-9a-f]{2}/")),
    )
    hints = Hints(
        title=("#ivs_title",),
        body=("#ivs_content", "div.Article_content"),
    )

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of a column; page n is `index_n.html`, the number of pages stands in the pager's script."""
        page = super().read_list(text, url, channel)
        count = COUNT.search(text)
        if not page.rows or count is None or int(count[1]) > MAX_PAGES or not COLUMN.search(url):
            return page
        template = join(url, "index_0000.html").replace("_0000.", "_{n}.", 1)
        return replace(page, paging=Paging(template), next=None, pages=int(count[1]))
