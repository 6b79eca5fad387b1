"""xa_publish (西安, 渭南, 延安, 杨凌 and their counties): numbered static pages, details with 19-digit ids."""

import re
from typing import TYPE_CHECKING, ClassVar

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.interfaces import Interface
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.numbered import linked_pager, page_by
from crawlers.platforms.paging import Pager
from crawlers.platforms.recognition import Mark
from crawlers.platforms.rows import join
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

# var maxPage = parseInt('12'): the number of pages, in a script of the list page (2025).
MAX_PAGE = re.compile(r"maxPage[^\n;]{0,40}?parseInt\(\s*['\"](\d{1,5})['\"]")
ANY_PAGE = re.compile(r"parseInt\(\s*['\"](\d{1,5})['\"]\s*\)")
NUMBERED = re.compile(r"/\d{1,5}\.html$")


class XaPublish(Generic):
    """Columns of pages `1.html`, `2.html` …; `/search.html?…` is the search over the whole site."""

    name = "xa_publish"
    interfaces = (
        Interface(
            re.compile(r"/search\.html$"),
            size="size",
            rows=15,
            fixed={"keywords": "", "tab": "all", "isAll": "1"},
            answers="html",
        ),
    )
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("详情地址以 19 位编号结尾", 0.75, url=re.compile(r"/\d{19}\.html$")),
        Mark("列表链接以 19 位编号结尾", 0.7, text=re.compile(r"""href=["'][^"']{0,200}/\d{19}\.html["']""")),
        Mark("列表在 m-lst 块中", 0.8, text=re.compile(r"""class=["']m-(?:2?lst36|lst-pg|txt-article)\b""")),
        Mark("总页数写作 maxPage = parseInt('…')", 0.6, text=MAX_PAGE),
        Mark("政策文件库地址为 /publish/wjk.html", 0.9, url=re.compile(r"/publish/wjk\.html")),
    )
    hints = Hints(body=("div.m-txt-article", "#article"))

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows as of any list; the number of pages stands in a script."""
        return page_by(super().read_list(text, url, channel), column_pager(text, url))


def column_pager(text: str, url: str) -> Pager | None:
    """The pager of a column: `<column>/{n}.html` where the script counts the pages, else its links."""
    found = MAX_PAGE.search(text) or ANY_PAGE.search(text)
    if found is None:
        return linked_pager(text, url)
    folder = NUMBERED.sub("/", url) if NUMBERED.search(url) else re.sub(r"(?:/index)?\.html$", "/", url)
    return Pager(Paging(join(folder, "0.html").replace("/0.html", "/{n}.html")), pages=int(found[1]))
