"""中国政府网: the feed of the newest policies, the library's interface, static columns (home_1.htm is page 2)."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, urljoin, urlsplit

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic, is_json, parse_any
from crawlers.platforms.interfaces import Interface, find_interface, paging_of
from crawlers.platforms.json_rows import parse_json
from crawlers.platforms.list_requests import ListRequest, Paging
from crawlers.platforms.recognition import Mark
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

FEED_FOLDER = re.compile(r"/zhengce/zuixin/(?:(?:index|home)\.html?)?$")
FEED = "ZUIXINZHENGCE.json"
LIBRARY = "/zcwjk/policyDocumentLibrary"
# The library answers `n` rows of each category (国务院文件, 部门文件 …) on a page.
ROWS = 20
# No list declares a billion rows.
MAX_DIGITS = 10


class GovCn(Generic):
    """The central portal; the library is asked with its own page as Referer, one page for all its categories."""

    name = "gov_cn"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("中国政府网文件库接口", 0.95, url=re.compile(r"/search-gov/data\b")),
        Mark("文件库接口的字段 searchVO", 0.9, text=re.compile(r'"searchVO"\s*:')),
        Mark("政策推送文件 ZUIXINZHENGCE.json", 0.9, text=re.compile(r"ZUIXINZHENGCE\.json")),
        Mark("中国政府网的主机", 0.9, url=re.compile(r"^https?://(?:www|sousuo\.www|sousuo|big5)\.gov\.cn/")),
        Mark(
            "列表链接形如 /zhengce/…/content_N.htm",
            0.5,
            text=re.compile(r"href=[\"'][^\"'<>]{0,120}/zhengce/(?:\w+/)?\d{6}/content_\d+\.htm"),
        ),
        Mark(
            "正文在 UCAP-CONTENT 与 pages_content 中",
            0.6,
            text=re.compile(
                r'class="[^"]{0,60}\bpages_content\b[^<>]{0,80}id="UCAP-CONTENT"|id="UCAP-CONTENT"[^<>]{0,80}pages_content'
            ),
        ),
        Mark("中国政府网自己的脚本", 0.85, text=re.compile(r"//(?:stat|user)\.www\.gov\.cn/")),
        Mark("标题以 中国政府网 结尾", 0.85, text=re.compile(r"_中国政府网\s*</title>")),
        Mark(
            "正文在 td.b12c#UCAP-CONTENT 中",
            0.8,
            text=re.compile(r'class="b12c"[^<>]{0,60}id="UCAP-CONTENT"'),
        ),
        Mark("公文表格 table.bd1", 0.5, text=re.compile(r'<table[^<>]{0,100}class="bd1"')),
    )
    interfaces: ClassVar[tuple[Interface, ...]] = (
        Interface(
            re.compile(r"/search-gov/data$"),
            page="p",
            size="n",
            rows=ROWS,
            fixed={
                "q": "",
                "timetype": "timeqb",
                "sort": "pubtime",
                "sortType": "1",
                "searchfield": "title",
                "type": "gwyzcwjk",
            },
        ),
    )
    hints = Hints(
        title=("h1#ti", "div.pages-title"),
        body=("#UCAP-CONTENT", "div.pages_content", "td.b12c"),
        info=("table.bd1",),
    )

    def list_requests(self, channel: "Channel") -> ListRequest:
        """The feed for the folder of the newest policies, else the library's page 1 or the column."""
        if FEED_FOLDER.search(urlsplit(channel.list).path):
            return ListRequest(urljoin(channel.list, FEED))
        library = self._library(channel)
        return library.request(1) if library else super().list_requests(channel)

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of a column, the feed or an answer of the library."""
        page = parse_any(text, url, channel)
        if find_interface(self.interfaces, url) is None or not is_json(text):
            return page
        size = _size(url)
        counts = _category_counts(text)
        if not counts:
            return page
        return replace(page, total=sum(counts), pages=max(-(-count // size) for count in counts))

    def parse_list(self, data: bytes, url: str, channel: "Channel") -> ListPage:
        """As any list, the library's further pages with its Referer."""
        page = super().parse_list(data, url, channel)
        library = self._library(channel)
        return replace(page, paging=library) if library and "paging" not in channel.api else page

    def _library(self, channel: "Channel") -> Paging | None:
        paging = paging_of(self.interfaces, channel.list)
        if paging is None:
            return None
        kind = parse_qs(urlsplit(channel.list).query).get("t", ["zhengcelibrary"])[0]
        return replace(paging, headers={"Referer": urljoin(channel.list, f"{LIBRARY}?t={kind}")})


def _size(url: str) -> int:
    text = parse_qs(urlsplit(url).query).get("n", [""])[0]
    return int(text) if text.isdecimal() and int(text[:6]) > 0 else ROWS


def _category_counts(text: str) -> list[int]:
    """The number of rows of each category of a library answer; [] where it has no categories."""
    try:
        answer: Any = parse_json(text)
    except ValueError:
        return []
    found = answer.get("searchVO") if isinstance(answer, dict) else None
    categories = found.get("catMap") if isinstance(found, dict) else None
    if not isinstance(categories, dict):
        return []
    counts = [str(one.get("totalCount")) for one in categories.values() if isinstance(one, dict)]
    return [int(count) for count in counts if count.isdecimal() and len(count) < MAX_DIGITS]
