"""NFRA (金融监管总局): lists and details are JSON files; the pages people open are shells around them."""

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs, urljoin, urlsplit

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.interfaces import Interface
from crawlers.platforms.json_details import keyed_rows
from crawlers.platforms.json_rows import parse_json
from crawlers.platforms.list_requests import ListRequest, Paging
from crawlers.platforms.numbered import page_by
from crawlers.platforms.paging import Pager
from crawlers.platforms.recognition import Mark
from normalizers.failures import Failure
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

SIZE = 18
LISTS = (
    "/cn/static/data/DocInfo/SelectDocByItemIdAndChild/data_itemId={item},pageIndex={{n}},pageSize=18.json"
)
CONTENT = "/cn/static/data/DocInfo/SelectByDocId/data_docId={id}.json"
DETAIL = "/cn/view/pages/ItemDetail.html?docId={id}"
COLUMN = re.compile(r"/view/pages/[\w/]*ItemList\w*\.html$")
FILE = re.compile(
    r"/SelectDocByItemIdAndChild/data_itemId=(\d{1,9}),pageIndex=\d{1,5},pageSize=\d{1,3}\.json$"
)


class Nfra(Generic):
    """Columns `ItemList.html?itemId=…`; a row is known by its `docId`, its content asked by the same."""

    name = "nfra"
    interfaces = (
        Interface(
            re.compile(r"/DocInfo/SelectDocByItemIdAndChild$"), page="pageIndex", size="pageSize", rows=SIZE
        ),
    )
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark(
            "列表页地址带 itemId", 0.95, url=re.compile(r"/view/pages/[\w/]*Item(?:List|Detail)\w*\.html\?")
        ),
        Mark("数据文件在 /DocInfo/ 下", 0.95, url=re.compile(r"/DocInfo/Select(?:Doc)?By\w+")),
        Mark(
            "页面调用 SelectDocByItemIdAndChild",
            0.9,
            text=re.compile(r"SelectDocByItemIdAndChild|SelectByDocId"),
        ),
    )
    hints = Hints(
        json_body="data.docClob",
        json_fields={
            "title": "data.docTitle",
            "doc_number": "data.documentNo",
            "index_number": "data.indexNo",
            "published_date": "data.publishDate",
            "source": "data.docSource",
        },
        json_files="data.attachmentInfoVOList",
    )

    def list_requests(self, channel: "Channel") -> ListRequest:
        """The data file of a column page, or the interface at its address."""
        paging = column_paging(channel.list)
        return paging.request(1) if paging else super().list_requests(channel)

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows `data.rows[]`; the address of a row is that of the page people open."""
        try:
            page = keyed_rows(parse_json(text), url, "docId", DETAIL, CONTENT)
        except ValueError:
            return ListPage(failure=Failure.LIST_EMPTY)
        paging = column_paging(channel.list)
        return page_by(page, Pager(paging) if paging else None)


def column_paging(address: str) -> Paging | None:
    """The data files of a column page or of one of them; None for another address."""
    parts = urlsplit(address)
    item = parse_qs(parts.query).get("itemId", [""])[0] if COLUMN.search(parts.path) else ""
    found = FILE.search(parts.path)
    item = found[1] if found else item
    if not item.isdecimal():
        return None
    return Paging(urljoin(address, LISTS.format(item=item)), size=SIZE)
