"""The "pc/list + queryList" platform: column pages without rows, all lists by POST /queryList."""

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote, urljoin

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic, parse_any
from crawlers.platforms.interfaces import Interface, paging_of
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.recognition import Mark
from crawlers.platforms.shells import has_dated_rows, named_value, path_parts, shell_of
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

# `current` or `pageNo`, `pageSize` or `perPage`, by the age of the site (江西, 2025-2026): both are sent, as each age is
# taken to leave the other name alone.
QUERY_FIXED = {"pageNo": "{n}", "perPage": "15", "sort": "sortNum", "order": "desc"}
FILES = frozenset({"list.html", "index.html", "pc"})


class PcList(Generic):
    """Columns of 江西 and of counties elsewhere; `list` is the column's page or /queryList with its parameters."""

    name = "pclist"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("地址形如 /栏目/pc/list.html", 0.9, url=re.compile(r"/pc/list(?:_\d+)?\.html")),
        Mark("地址形如 content_19 位编号.html", 0.85, url=re.compile(r"/content/content_\d{19}\.html")),
        Mark("接口 /queryList", 0.95, url=re.compile(r"/queryList(?:$|\?)")),
        Mark("脚本取自 /queryList", 0.85, text=re.compile(r"[\"']/?queryList[\"'?]")),
        Mark(
            "脚本变量 webSiteCode、codeName、unitid",
            0.6,
            text=re.compile(r"\bwebSiteCode(?:\[\])?\s*[=:\"']|\bcodeName\s*[:=]"),
        ),
        Mark(
            "列表与正文地址在 /pc/ 之下",
            0.6,
            text=re.compile(r"href=[\"'][^\"'<>]{1,200}/pc/(?:list\.html|content/content_\d)"),
        ),
        Mark(
            "正文在 article-content-body 中",
            0.5,
            text=re.compile(r"class=[\"'][^\"'<>]{0,80}\barticle-content-body\b"),
        ),
    )
    interfaces: ClassVar[tuple[Interface, ...]] = (
        Interface(re.compile(r"/queryList$"), "current", size="pageSize", rows=15, method="FORM", fixed=QUERY_FIXED),
    )  # fmt: skip
    hints = Hints(
        body=("div.article-content-body",),
        attachments=("div.fj-a", "div.fj-box", "p.insertfileTag"),
    )

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of an answer; for a column's page, the answer it would ask for."""
        page = parse_any(text, url, channel)
        source = None if has_dated_rows(page) else self._source(text, url)
        return shell_of(source) if source else page

    def _source(self, text: str, url: str) -> Paging | None:
        """The interface with the codes of site and column, as the address has them: /site/column[/pc]/list.html."""
        folders = [part for part in path_parts(url) if part not in FILES]
        told = "/pc/list" in url or "queryList" in text or named_value(text, "codeName", "unitid")
        if not told or len(folders) < 2:
            return None
        query = {"webSiteCode[]": folders[0], "channelCode[]": folders[-1]}
        if unit := named_value(text, "unitid"):
            query["unitid"] = unit
        address = urljoin(url, "/queryList?" + "&".join(f"{k}={quote(v)}" for k, v in query.items()))
        return paging_of(self.interfaces, address)
