"""安康 Node CMS: columns `/Node-{id}.html`, further pages `/Node-{id}_{n}.html`, details `/Content-{id}.html`."""

import re
from typing import TYPE_CHECKING, ClassVar

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.numbered import linked_pager, page_by
from crawlers.platforms.paging import Pager
from crawlers.platforms.recognition import Mark
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

NODE = re.compile(r"^([^?#]*/Node-\d{1,9})(?:_\d{1,5})?\.html")
PAGES = re.compile(r"/?Node-\d{1,9}_(\d{1,5})\.html")


class Ankang(Generic):
    """Columns of 安康 and its counties: the links of `div.page` count the pages."""

    name = "ankang"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("栏目地址形如 /Node-编号.html", 0.95, url=re.compile(r"/Node-\d+(?:_\d+)?\.html")),
        Mark("详情地址形如 /Content-编号.html", 0.85, url=re.compile(r"/Content-\d+\.html")),
        Mark(
            "链接形如 Node-编号.html 与 Content-编号.html",
            0.8,
            text=re.compile(r"/?(?:Node|Content)-\d+\.html"),
        ),
    )
    hints = Hints(body=("#fontzoom", "div.xqCent"))

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows as of any list; the last page is the highest number among the links."""
        return page_by(super().read_list(text, url, channel), node_pager(text, url))


def node_pager(text: str, url: str) -> Pager | None:
    """The pager of a column: by its links 下一页 and 尾页, else by the highest number of its own links."""
    if (pager := linked_pager(text, url)) is not None:
        return pager
    node = NODE.match(url)
    if node is None:
        return None
    own = node[1].rpartition("/")[2]
    numbers = [int(found[1]) for found in PAGES.finditer(text) if found[0].lstrip("/").startswith(own + "_")]
    return Pager(Paging(node[1] + "_{n}.html"), pages=max(numbers)) if numbers else None
