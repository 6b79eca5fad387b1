"""RT (.rt, 铜川 and its counties): lists by `news_list.rt`, static mirrors below `/resources/site/`."""

import re
from typing import TYPE_CHECKING, ClassVar

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.interfaces import Interface
from crawlers.platforms.numbered import linked_pager, page_by
from crawlers.platforms.paging import Pager
from crawlers.platforms.recognition import Mark
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

# div.cms_page: the first two spans are the page and the number of pages.
CMS_PAGE = re.compile(
    r"class=[\"']cms_page[\"'][^<>]*>(?:(?!</div>).){0,2000}?<span[^<>]*>\D{0,9}\d{1,5}\D{0,9}</span>"
    r"(?:(?!<span).){0,200}?<span[^<>]*>\D{0,9}(\d{1,5})",
    re.DOTALL,
)


class Rt(Generic):
    """RT columns; the parameter `channlId` is the vendor's spelling."""

    name = "rt"
    interfaces = (Interface(re.compile(r"/\w+_list\.rt$"), page="pageNo", answers="html"),)
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("地址以 .rt 结尾", 0.95, url=re.compile(r"/\w+\.rt(?:\?|$)")),
        Mark("链接指向 .rt 程序", 0.8, text=re.compile(r"(?:news|zwgk)_(?:list|info)\.rt\?")),
        Mark("静态页在 /resources/site/ 下", 0.85, url=re.compile(r"/resources/site/\d+/html/")),
        Mark("链接指向 /resources/site/", 0.5, text=re.compile(r"/resources/site/\d+/html/")),
        Mark("翻页在 cms_page 块中", 0.6, text=re.compile(r"class=[\"']cms_page[\"']")),
    )
    hints = Hints(body=("div.show-text",))

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows as of any list; the pages by `pageNo` or the links, counted in `div.cms_page`."""
        page = super().read_list(text, url, channel)
        counted = CMS_PAGE.search(text)
        pages = int(counted[1]) if counted else page.pages
        return page_by(page, linked_pager(text, url, pages) or Pager(page.paging, page.next, pages))
