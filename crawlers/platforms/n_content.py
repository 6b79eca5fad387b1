"""n_content: folders of node numbers `/n12/n34/index.html`, further pages `index_<node>_<n>.html`, counted downwards."""

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

COUNT = re.compile(r"\bmaxPageNum(\d{0,12})\s*=\s*[\"']?(\d{1,6})")
FILE = re.compile(r"\bindex_(\d{1,12})_(?:(\d{1,6})\.(s?html?)|[\"'])")
# A link to page t: which file it is tells how the pages are counted.
NUMBERED = re.compile(r"index_(\d{1,12})_(\d{1,6})\.s?html?[\"'][^<>]{0,200}>\s*(\d{1,6})\s*<")


class NContent(Generic):
    """国资委, 审计署, 公安部, 移民局, 税务总局 and others; the page's script names the number of its pages."""

    name = "n_content"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("地址形如 /nA/nB/cN/content.html", 0.9, url=re.compile(r"/n\d+/c\d+/content\.s?html?")),
        Mark("栏目地址形如 /nA/nB/index.html", 0.7, url=re.compile(r"/n\d+/n\d+/(?:index\w*\.s?html?)?$")),
        Mark("翻页变量 maxPageNum", 0.6, text=re.compile(r"maxPageNum\d{3,}\s*=")),
        Mark("翻页文件 index_栏目号_N.html", 0.5, text=re.compile(r"\bindex_\d{3,12}_(?:\d+\.html|[\"'])")),
        Mark(
            "列表链接形如 cN/content.html",
            0.5,
            text=re.compile(r"href=[\"'][^\"'<>]{0,200}/c\d{3,}/content\.html"),
        ),
        Mark("模板注释 start component", 0.7, text=re.compile(r"<!--start component [^<>]{1,60}-->")),
        Mark("容器 zsy_comain / zsy_conlist", 0.8, text=re.compile(r"zsy_co(?:main|nlist|title)\b")),
    )
    hints = Hints(body=("div.zsy_comain", "#fontzoom", "#content_main"), title=("div.zsy_cotitle",))

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of a column; other pages by the node's number and the script's count."""
        page = super().read_list(text, url, channel)
        paging = _paging(text, url) if page.rows else None
        if paging is None:
            return page
        pages = paging.last or _count(text) or page.pages
        return replace(page, paging=paging, next=None, pages=pages)


def _count(text: str) -> int:
    found = COUNT.search(text)
    return int(found[2]) if found and int(found[2]) <= MAX_PAGES else 0


def _paging(text: str, url: str) -> Paging | None:
    """The files of a column: by a link to a page of known number, else downwards from the script's count."""
    file = FILE.search(text)
    if file is None:
        return None
    template = join(url, f"index_{file[1]}_0000.{file[3] or 'html'}").replace("_0000.", "_{n}.", 1)
    pages = _count(text)
    links = [(int(link[2]), int(link[3])) for link in NUMBERED.finditer(text)]
    if pages and all(number + shown == pages + 1 for number, shown in links):
        return Paging(template, last=pages)
    steps = {number - shown for number, shown in links}
    return Paging(template, steps.pop()) if len(steps) == 1 else None
