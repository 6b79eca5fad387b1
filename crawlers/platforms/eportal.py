"""easysite / eportal: static columns whose further pages are <hash>-N.shtml, portlet pages and JSON portlets."""

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, ClassVar

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic, is_json, parse_any
from crawlers.platforms.interfaces import Interface, paging_of
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.recognition import Mark
from crawlers.platforms.rows import join
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

# Where the pager names a page: tagname="[/x/5dbcf8b5-2.shtml]", queryArticleByCondition(this,'/x/5dbcf8b5-2.shtml'), href.
NUMBERED = re.compile(r"[\"'\[(]([^\"'\[\]()<>\s]{0,300}?\b[0-9a-f]{8,36})-(\d{1,5})(\.s?html?)[\"'\])]")
PORTLET = re.compile(
    r"[\"'\[(](/eportal/ui\?[^\"'\[\]()<>\s]{0,500}\bcurrentPage=\d{1,5}[^\"'\[\]()<>\s]{0,300})[\"'\])]"
)
TOTAL_PAGE = re.compile(r"easysite-total-page[\"'][^<>]{0,100}>(.{0,300}?)</div>", re.DOTALL)
HIDDEN_TOTAL = re.compile(r"\btotalpage=[\"'](\d{1,6})[\"']", re.IGNORECASE)
TAG = re.compile(r"<[^<>]{0,200}>")
NUMBERS = re.compile(r"\d{1,6}")


class Eportal(Generic):
    """easysite columns; `list` is the column's page, a page of /eportal/ui or its queryList.portlet."""

    name = "eportal"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("地址在 /eportal/ 之下", 0.9, url=re.compile(r"/eportal/")),
        Mark(
            "翻页块 easysite-*",
            0.9,
            text=re.compile(r"\beasysite-[a-z]|queryArticleByCondition\(|article_paging_list_hidden"),
        ),
        Mark(
            "脚本与样式取自 /eportal/",
            0.8,
            text=re.compile(r"[\"'(]/eportal/(?:ui|uiFramework|fileDir|commonInterface)"),
        ),
        Mark("翻页地址形如 编号-N.shtml", 0.7, url=re.compile(r"/[0-9a-f]{8,36}-\d{1,5}\.s?html")),
        Mark(
            "地址形如 年月日时间/index.shtml", 0.6, url=re.compile(r"/(?:19|20)\d{6}\d{4,12}/index\.s?html")
        ),
    )
    interfaces: ClassVar[tuple[Interface, ...]] = (
        Interface(re.compile(r"/eportal/ui$"), "pageNo", size="pageSize", needs=("portal.url",)),
        Interface(re.compile(r"/eportal/ui$"), "currentPage", needs=("pageId", "moduleId"), answers="html"),
    )  # fmt: skip
    hints = Hints(
        body=("div.easysite-news-peruse", "div.zoom", "div.zy_content", "#zoom"),
        info=("div.headInfo table",),
    )

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of any list; further pages where the pager block says."""
        page = parse_any(text, url, channel)
        if is_json(text) or not page.rows:
            return page
        paging = self._paging(text, url)
        if paging is None:
            return page
        return replace(page, paging=paging, next=None, pages=_pages(text) or page.pages)

    def _paging(self, text: str, url: str) -> Paging | None:
        if (portlet := PORTLET.search(text)) is not None:
            return paging_of(self.interfaces, join(url, unescape(portlet[1])))
        numbered = NUMBERED.search(text)
        address = join(url, f"{numbered[1]}-0000{numbered[3]}") if numbered else ""
        return Paging(address.replace("-0000.", "-{n}.")) if address else None


def _pages(text: str) -> int | None:
    """How many pages the pager block declares: 1/20, 共20页, or a hidden field."""
    if (hidden := HIDDEN_TOTAL.search(text)) is not None:
        return int(hidden[1])
    block = TOTAL_PAGE.search(text)
    numbers = NUMBERS.findall(TAG.sub(" ", block[1])) if block else []
    return int(numbers[-1]) if numbers else None
