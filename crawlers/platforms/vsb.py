"""博达 VSB (Visual SiteBuilder): static lists whose further pages are numbered downwards."""

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

GOTO = re.compile(r"_simple_list_gotopage_fun\(\s*(\d{1,5})\s*,")
# "共1183条&nbsp;&nbsp;1/60" of the older pager, the highest number of the newer one.
PAGE_OF = re.compile(r"条(?:\s|&nbsp;){0,9}\d{1,5}/(\d{1,5})(?!\d)")
PAGE_LINKS = re.compile(r'class="p_no(?:_d)?">\s*(?:<a[^<>]{0,300}>)?\s*(\d{1,5})\s*<')
COLUMN = re.compile(r"^([^?#]*?)(?:/\d{1,5})?\.(html?)$")


class Vsb(Generic):
    """VSB sites: `<column>.htm` is page 1, `<column>/{pages-1}.htm` page 2, `<column>/1.htm` the last."""

    name = "vsb"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark(
            "页面由博达 Visual SiteBuilder 生成",
            0.95,
            text=re.compile(r"Visual SiteBuilder|/_sitegray/|_jsq_\("),
        ),
        Mark("列表行以 line_u 编号", 0.9, text=re.compile(r'\bid="line_u\d+_\d+"')),
        Mark("博达翻页脚本", 0.9, text=re.compile(r"_simple_list_gotopage_fun|system/resource/js/gotopage")),
        Mark(
            "博达脚本与点击计数",
            0.7,
            text=re.compile(r"system/resource/(?:js|css)/|_showDynClick|dynclicks_u\d"),
        ),
        Mark(
            "正文在 vsb_content 中",
            0.9,
            text=re.compile(r"""(?:id|class)=["'](?:vsb_content\w*|v_news_content)["']"""),
        ),
        Mark("博达附件地址", 0.6, text=re.compile(r"/system/_content/download\.jsp\?|/__local/")),
        Mark("地址形如 /info/栏目/编号.htm", 0.6, url=re.compile(r"/info/\d+/\d+\.html?$")),
        Mark("地址为 content.jsp?urltype=news", 0.9, url=re.compile(r"\.jsp\?urltype=(?:news|tree)\.")),
    )
    hints = Hints(
        body=(
            "#vsb_content",
            "#vsb_content_2",
            "#vsb_content_4",
            "#vsb_content_500",
            "#vsb_content_501",
            "div.v_news_content",
            "div.centent-centent",
        ),
        info=("div.dtl-list",),
        dates={"PubDate": "published_date"},
    )

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows as of any list; pages counted downwards."""
        return page_by(super().read_list(text, url, channel), vsb_pager(text, url))


def vsb_pager(text: str, url: str) -> Pager | None:
    """The pager of a VSB list; None where the page shows no number of pages and no following one."""
    declared = GOTO.search(text) or PAGE_OF.search(text)
    links = [int(number) for number in PAGE_LINKS.findall(text)]
    pages = int(declared[1]) if declared else max(links, default=None)
    pager = linked_pager(text, url, pages)
    if pager is not None or not pages:
        return pager
    column = COLUMN.match(url)
    if column is None:
        return Pager(pages=pages)
    return Pager(Paging(f"{column[1]}/{{n}}.{column[2]}", last=pages), pages=pages)
