"""index_pc: columns `…/list/index_pc_1.html`, whose script declares totalData and showData (rows a page)."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.links import join
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.recognition import Mark
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

TOTAL = re.compile(r"\btotalData[\"']?\s*[:=]\s*[\"']?(\d{1,7})\b")
SHOWN = re.compile(r"\bshowData[\"']?\s*[:=]\s*[\"']?(\d{1,4})\b")


class IndexPc(Generic):
    """国家数据局 and 国家信息中心 (2025)."""

    name = "index_pc"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("列表地址形如 index_pc_N.html", 0.95, url=re.compile(r"/index_pc(?:_\d+)?\.html")),
        Mark("翻页文件 index_pc_N.html", 0.9, text=re.compile(r"index_pc_")),
        Mark(
            "翻页变量 totalData 与 showData",
            0.7,
            text=re.compile(r"\btotalData\b[^<]{0,400}\bshowData\b|\bshowData\b[^<]{0,400}\btotalData\b"),
        ),
        Mark("正文地址以 _pc.html 结尾", 0.8, url=re.compile(r"/\d{12,}_pc\.html$")),
    )
    hints = Hints(body=("div.article",), attachments=("div.filelist",))

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of a column; other pages by the script's numbers."""
        page = super().read_list(text, url, channel)
        total, shown = TOTAL.search(text), SHOWN.search(text)
        if not page.rows or total is None or shown is None or not int(shown[1]):
            return page
        template = join(url, "index_pc_0000.html").replace("_0000.", "_{n}.", 1)
        pages = -(-int(total[1]) // int(shown[1]))
        return replace(page, paging=Paging(template), next=None, pages=pages, total=int(total[1]))
