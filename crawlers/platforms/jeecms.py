"""JEECMS (.jhtml): static lists whose pages are told by onclick links (`index_2.jhtml`)."""

import re
from typing import TYPE_CHECKING, ClassVar

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.numbered import linked_pager, page_by
from crawlers.platforms.recognition import Mark
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel


class Jeecms(Generic):
    """JEECMS columns."""

    name = "jeecms"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("地址以 .jhtml 结尾", 0.95, url=re.compile(r"\.jhtml(?:[?#]|$)")),
        # A single absolute link may lead to another site.
        Mark(
            "站内链接以 .jhtml 结尾",
            0.85,
            text=re.compile(r"""["'](?!https?:|//)[^"'<>\s]{1,200}\.jhtml["']"""),
        ),
        Mark("链接以 .jhtml 结尾", 0.3, text=re.compile(r"[\w/]\.jhtml['\"]")),
        Mark("页面取用 /r/cms/ 模板文件", 0.85, text=re.compile(r"/r/cms/")),
        Mark("页面调用 Cms.siteFlow", 0.8, text=re.compile(r"\bCms\.(?:siteFlow|viewCount|attachment)\(")),
    )
    hints = Hints(body=("div.con-txt", ".con-txt"), attachments=(".fjlist",))

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows as of any list; pages by the links 下一页 and 尾页."""
        return page_by(super().read_list(text, url, channel), linked_pager(text, url))
