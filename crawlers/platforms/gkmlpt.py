"""广东省政府信息公开平台 gkmlpt: /gkmlpt/index is a shell, rows come from /gkmlpt/api/all/<category>."""

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urldefrag, urljoin

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic, is_json, parse_any
from crawlers.platforms.interfaces import Interface, paging_of
from crawlers.platforms.list_requests import ListRequest
from crawlers.platforms.recognition import Mark
from crawlers.platforms.shells import named_value, shell_of
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

CATEGORY = re.compile(r"/?(\d{1,7})/?")
# Category 0 holds the documents of all categories.
ALL = "0"
# The platform stands below the host or below a department: /gkmlpt/, /zslyj/gkmlpt/.
ROOT = re.compile(r"^[^?#]*?/gkmlpt/")


class Gkmlpt(Generic):
    """Disclosure of Guangdong; `list` is /gkmlpt/index, with #1234 one category of it instead of all."""

    name = "gkmlpt"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("地址在 /gkmlpt/ 之下", 0.95, url=re.compile(r"/gkmlpt/")),
        Mark("页面配置 window._CONFIG", 0.7, text=re.compile(r"window\._CONFIG\s*=\s*\{")),
        Mark(
            "脚本与样式取自 /gkmlpt/",
            0.7,
            text=re.compile(r"(?:src|href)=[\"'](?:https?://[^\"'/<>]{1,80})?/gkmlpt/(?:gkml|public|static)"),
        ),
    )
    interfaces: ClassVar[tuple[Interface, ...]] = (
        Interface(re.compile(r"/gkmlpt/api/all/\d+$"), rows=100, needs=("sid",)),
    )  # fmt: skip
    hints = Hints(
        title=("h1.document-number", "h1.title"),
        body=("div.article-content",),
        info=("div.classify",),
    )

    def list_requests(self, channel: "Channel") -> ListRequest:
        """The platform's page without the category, which stands behind #."""
        request = super().list_requests(channel)
        return ListRequest(urldefrag(channel.list).url) if request.url == channel.list else request

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of an answer; for the platform's page, the answer of its site and category."""
        page = parse_any(text, url, channel)
        root = ROOT.match(url)
        sid = "" if is_json(text) else named_value(text, "SID")
        if not sid.isdecimal() or root is None:
            return page
        category = CATEGORY.fullmatch(urldefrag(channel.list).fragment)
        number = category[1] if category else ALL
        source = paging_of(self.interfaces, urljoin(root[0], f"api/all/{number}?sid={sid}"))
        return shell_of(source) if source else page
