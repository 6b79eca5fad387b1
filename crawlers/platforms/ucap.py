"""开普 UCAP: list templates with a paging script, shells with a channel id, and their JSON interfaces."""

import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic, is_json, parse_any, parse_api
from crawlers.platforms.interfaces import Interface, paging_of
from crawlers.platforms.json_rows import parse_json
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.recognition import Mark
from crawlers.platforms.rows import join
from crawlers.platforms.shells import has_dated_rows, named_value, path_parts, shell_of
from normalizers.failures import Failure
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

SEARCH_FIXED = {
    "_isAgg": "true",
    "_isJson": "true",
    "_template": "index",
    "_rangeTimeGte": "",
    "_channelName": "",
}
# What the library of 海南 sends with every request (2026-04).
LIBRARY_FIXED = {"keywords": "", "docYear": "", "docName": "", "fwzh": "", "column": "undefined"}
# The interfaces a column's script names; a channel id completes the ones that end in /.
KIN = re.compile(
    r"((?:https?:)?//[\w.:-]{3,100})?(/(?:search/)?common/search/|/searchList/|/u/search/list/|/getFileListByCodeId\b)"
)
# Interfaces that say which id a column's code has: `_isAgg` gives the rows of the columns below it too.
CHANNEL_LISTS = {"getChannelList": "/common/search/", "getLocalList": "/searchList/"}
CHANNEL_CODE = re.compile(r"c\d{5,7}")
CHANNEL_ID = re.compile(r"[0-9a-fA-F]{32}|\d{1,10}")
# A channel tree had at most three levels and some hundred columns.
MAX_CHANNELS = 2000


class Ucap(Generic):
    """UCAP columns; `list` is the column's page or the address of one of the interfaces.

    Of `/common/getChannelList?channelCode=…` the column itself is read, with `#名称` the column of that name below it.
    """

    name = "ucap"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark(
            "正文在 ucapcontent 标签中",
            0.6,
            text=re.compile(r"<ucapcontent|<ucaptitle|id=[\"']UCAP-CONTENT", re.IGNORECASE),
        ),
        Mark(
            "脚本变量 websiteCode、manuscriptId",
            0.7,
            text=re.compile(r"\bmanuscriptId\s*=|\bwebsiteCode\s*="),
        ),
        Mark(
            "开普翻页脚本 createPageHTML('page_div', …)",
            0.7,
            text=re.compile(
                r"createPageHTML\(\s*[\"'][\w-]{1,40}[\"']\s*,\s*\d{1,5}\s*,\s*\d{1,5}\s*,\s*[\"']"
            ),
        ),
        # gov.cn and the procuratorate print it too: their systems are of the same make.
        Mark(
            "页首写明模板号 template,templategroup,version",
            0.5,
            text=re.compile(r"<meta\b[^<>]{0,40}\bname=[\"']template,templategroup,version[\"']"),
        ),
        Mark(
            "页面写明 channelId",
            0.6,
            text=re.compile(
                r"<meta\b[^<>]{0,100}\bname=[\"']channelid[\"']|\bvar channelId\s*=", re.IGNORECASE
            ),
        ),
        Mark(
            "开普接口 common/search",
            0.8,
            text=re.compile(r"/common/search/|/u/search/list/|_isAgg=true|/getFileListByCodeId"),
        ),
        Mark(
            "开普接口地址",
            0.9,
            url=re.compile(
                r"/common/search/[0-9a-f]{32}|/searchList/[0-9a-f]{32}|/u/search/(?:list|wjk)/|/getFileListByCodeId"
            ),
        ),
        Mark(
            "地址形如 年月/32 位编号.shtml",
            0.8,
            url=re.compile(
                r"/(?:\d{6}|\d{4}/\d{1,2}/\d{1,2}|\d{4}-\d{2}/\d{2})/(?:content_)?[0-9a-f]{32}\.s?html?$"
            ),
        ),
        Mark(
            "地址中有栏目代码 cNNNNNN",
            0.6,
            url=re.compile(r"/c\d{5,7}/(?:\d{6}/)?[\w-]+(?:/content)?\.s?html"),
        ),
        Mark(
            "开普模板名",
            0.7,
            url=re.compile(
                r"/(?:nav_list|\d{4}_nav_list|common_list|xxgk_(?:list|navs|lists)|zfxxgk\w*|zwgk_xxgklist|secondLevelChannel|gk_n_zcwj|zcwjk)(?:_\d+)?\.shtml"
            ),
        ),
    )
    interfaces: ClassVar[tuple[Interface, ...]] = (
        Interface(re.compile(r"/common/search/[0-9a-zA-Z]+$"), size="_pageSize", fixed=SEARCH_FIXED),
        Interface(re.compile(r"/searchList/[0-9a-zA-Z]+$"), size="_pageSize", fixed=SEARCH_FIXED),
        Interface(
            re.compile(r"/u/search/wjk/rs$"), "curPage", size="PageSize", rows=15, fixed=LIBRARY_FIXED
        ),
        Interface(re.compile(r"/u/search/list/[0-9a-zA-Z]+$"), "currentPage", size="number", method="FORM", fixed={"keywords": ""}),
        Interface(re.compile(r"/getFileListByCodeId$"), size="size", method="FORM", fixed={"codeId": ""}),
        Interface(re.compile(r"/get(?:Channel|Local)List$"), ""),
    )  # fmt: skip
    hints = Hints(
        title=("ucaptitle",),
        body=("ucapcontent", "#UCAP-CONTENT", "#zoomcon", "div.article-content"),
        info=(
            "div.xxgkml-content",
            "div.detail_xxgk_info",
            "div.zc-top table",
            "div.listtopbox",
        ),
    )

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of a static template or a JSON answer; for a shell, the interface of its channel."""
        if is_json(text):
            return (
                self._read_channels(text, url, channel)
                if _channel_list(url)
                else parse_api(text, channel.list)
            )
        page = parse_any(text, url, channel)
        if has_dated_rows(page) or page.total == 0:
            return page
        source = self._source(text, url)
        return shell_of(source) if source is not None else page

    def _source(self, text: str, url: str) -> Paging | None:
        """The interface a shell takes its rows from: that of its channel id, or where to ask for that id."""
        channel_id = named_value(text, "channelId")
        kin = KIN.search(text)
        if CHANNEL_ID.fullmatch(channel_id):
            address = join(url, f"{kin[1] or ''}{kin[2]}" if kin else "/common/search/")
            if address.endswith("/getFileListByCodeId"):
                return paging_of(self.interfaces, f"{address}?channelId={channel_id}")
            return paging_of(self.interfaces, address + channel_id)
        asked = next((name for name in CHANNEL_LISTS if name in text), None)
        parts = path_parts(url)
        code = next((part for part in reversed(parts) if CHANNEL_CODE.fullmatch(part)), None)
        if asked is None or code is None:
            return None
        folder = "/common/" if asked == "getChannelList" else "/"
        query = f"channelCode={code}&websiteCodeName={parts[0]}"
        return Paging(urljoin(url, f"{folder}{asked}?{query}"))

    def _read_channels(self, text: str, url: str, channel: "Channel") -> ListPage:
        """The interface of the column which an answer of getChannelList is about."""
        try:
            tree = parse_json(text)
        except ValueError:
            return ListPage(failure=Failure.LIST_EMPTY)
        channels = _channels(tree)
        wanted = unquote(urldefrag(channel.list).fragment)
        if wanted:
            channels = [one for one in channels if wanted in _names(one)]
        if not channels:
            return ListPage(failure=Failure.LIST_SHELL)
        address = urljoin(url, CHANNEL_LISTS[_channel_list(url)] + channels[0]["channelId"])
        source = paging_of(self.interfaces, address)
        return shell_of(source) if source else ListPage(failure=Failure.LIST_SHELL)


def _channel_list(url: str) -> str:
    """Which interface about channels an address is; "" for none."""
    last = urlsplit(url).path.rpartition("/")[2]
    return last if last in CHANNEL_LISTS else ""


def _channels(value: Any) -> list[dict[str, Any]]:
    """Every record of a channel id, the outermost first."""
    found: list[dict[str, Any]] = []
    level = [value]
    for _ in range(8):
        found += [
            one
            for one in level
            if isinstance(one, dict) and CHANNEL_ID.fullmatch(str(one.get("channelId") or ""))
        ]
        inner = [x for one in level for x in (one.values() if isinstance(one, dict) else one)]
        level = [x for x in inner if isinstance(x, dict | list)][:MAX_CHANNELS]
    return [{**one, "channelId": str(one["channelId"])} for one in found[:MAX_CHANNELS]]


def _names(channel: dict[str, Any]) -> set[str]:
    return {str(channel.get(key) or "") for key in ("displayName", "channelName", "channelCode")}
