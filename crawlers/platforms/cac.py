"""CAC (网信办): rows by `POST /cms/JsonList` with the code that the column's address carries."""

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urljoin

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.interfaces import Interface, interface_paging, paging_of
from crawlers.platforms.list_requests import ListRequest, Paging
from crawlers.platforms.numbered import page_by
from crawlers.platforms.paging import Pager
from crawlers.platforms.recognition import Mark
from crawlers.platforms.shells import has_dated_rows, shell_of
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

JSON_LIST = Interface(re.compile(r"/cms/JsonList$"), page="pageno", size="perPage", method="FORM")
# /wxzw/wxfb/A093702index_1.htm: the column's code; the page itself may answer 404 while the interface works.
COLUMN = re.compile(r"/(A\d{4,12})index_\d{1,5}\.html?(?:[?#]|$)")
CODE = re.compile(r"channelCode\s*[:=]\s*[\"'](A\d{4,12})[\"']")


class Cac(Generic):
    """Columns `/…/A0937xxindex_1.htm`, or `/cms/JsonList?channelCode=A0937xx`."""

    name = "cac"
    interfaces = (JSON_LIST,)
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("列表接口为 /cms/JsonList", 0.95, url=JSON_LIST.path),
        Mark("页面调用 /cms/JsonList", 0.95, text=re.compile(r"/cms/JsonList")),
        Mark("栏目地址形如 A……index_1.htm", 0.9, url=COLUMN),
        Mark("正文在 #BodyLabel 中", 0.7, text=re.compile(r"""id=["']BodyLabel["']""")),
    )
    hints = Hints(title=("h1.title",), body=("#BodyLabel", "div.main-content"))

    def list_requests(self, channel: "Channel") -> ListRequest:
        """The interface, where the column's address names its code; else the column page."""
        paging = column_paging(channel.list)
        return paging.request(1) if paging else ListRequest(channel.list)

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of an answer; a column page without rows names its code in a script."""
        page = super().read_list(text, url, channel)
        paging = column_paging(channel.list)
        if paging is not None:
            return page_by(page, Pager(paging))
        code = None if has_dated_rows(page) else CODE.search(text)
        return page if code is None else shell_of(code_paging(url, code[1]))


def column_paging(address: str) -> Paging | None:
    """The paging of the interface by an address of it, or by that of a column; None for another address."""
    column = COLUMN.search(address)
    return code_paging(address, column[1]) if column else paging_of((JSON_LIST,), address)


def code_paging(address: str, code: str) -> Paging:
    """The paging of the interface for a column's code."""
    return interface_paging(JSON_LIST, urljoin(address, "/cms/JsonList"), {"channelCode": code})
