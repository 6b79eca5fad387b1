"""ASP.NET sites: lists paged by a form that is posted back, or by `page=` in the address."""

import re
from html import unescape
from typing import TYPE_CHECKING, ClassVar

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.list_requests import ListRequest, Paging
from crawlers.platforms.numbered import NEXT, linked_pager, page_by
from crawlers.platforms.paging import Pager
from crawlers.platforms.recognition import Mark
from crawlers.platforms.rows import join
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

# What a form posts back holds the page's whole state: 20 KB on real lists (2021); larger ones are not posted.
MAX_STATE = 500_000
HIDDEN = re.compile(r"<input\b([^<>]+)>", re.IGNORECASE)
NAME = re.compile(r"""\bname\s*=\s*["'](__[A-Z]{1,40})["']""")
VALUE = re.compile(r"""\bvalue\s*=\s*["']([^"']*)["']""")
FORM = re.compile(r"""<form\b[^<>]{0,500}\baction\s*=\s*["']([^"']{1,800})["']""", re.IGNORECASE)
POST_BACK = re.compile(
    r"<a\b([^<>]{0,600}?)__doPostBack\('([^'<>]{1,200})','([^'<>]{0,100})'\)[^<>]{0,300}>\s*([^<>]{1,20})<"
)
PAGE_PARAMETER = re.compile(r"([?&](?:page|pageindex|p)=)\d{1,5}(?=&|$)", re.IGNORECASE)


class Aspx(Generic):
    """ASP.NET lists: AspNetPager (`__doPostBack` with the page's state), or `page=` in the address."""

    name = "aspx"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("地址以 .aspx 结尾", 0.8, url=re.compile(r"\.aspx(?:[?#]|$)", re.IGNORECASE)),
        Mark("页面带有 __VIEWSTATE", 0.9, text=re.compile(r"""["']__VIEWSTATE["']""")),
        Mark("翻页用 __doPostBack", 0.5, text=re.compile(r"__doPostBack\(")),
        Mark(
            "站内链接以 .aspx 结尾",
            0.4,
            text=re.compile(r"""["'](?!https?:|//)[^"'<>\s]{1,200}\.aspx["'?]""", re.IGNORECASE),
        ),
    )
    hints = Hints(title=("#Body_lb_newsTitle",), info=("div.msg-2",))

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows as of any list; the following page by address or form."""
        pager = parameter_pager(text, url) or post_back_pager(text, url) or linked_pager(text, url)
        return page_by(super().read_list(text, url, channel), pager)


def parameter_pager(text: str, url: str) -> Pager | None:
    """The pager of a list whose address counts the pages; None for another address."""
    if not PAGE_PARAMETER.search(url):
        return None
    linked = linked_pager(text, url)
    return Pager(
        Paging(PAGE_PARAMETER.sub(r"\g<1>{n}", url, count=1)), pages=linked.pages if linked else None
    )


def post_back_pager(text: str, url: str) -> Pager | None:
    """The form that asks for the following page; None where no link of the page posts one."""
    link = next((m for m in POST_BACK.finditer(unescape_links(text)) if NEXT.fullmatch(m[4].strip())), None)
    if link is None or "disabled" in link[1]:
        return None
    form = hidden_fields(text) | {"__EVENTTARGET": link[2], "__EVENTARGUMENT": link[3]}
    if sum(map(len, form.values())) > MAX_STATE or "__VIEWSTATE" not in form:
        return None
    # A page may have a search form too: the state stands in the form that posts back.
    action = [m for m in FORM.finditer(text) if m.start() < text.index("__VIEWSTATE")][-1:]
    address = join(url, unescape(action[0][1])) if action else url
    return Pager(next=ListRequest(address or url, form=form))


def unescape_links(text: str) -> str:
    """The text with the quotes of its scripts as such; its other entities stay."""
    return text.replace("&#39;", "'").replace("&apos;", "'").replace("&quot;", '"')


def hidden_fields(text: str) -> dict[str, str]:
    """The state of the page: its hidden fields whose names begin with two underscores."""
    found = {}
    for tag in HIDDEN.finditer(text):
        name, value = NAME.search(tag[1]), VALUE.search(tag[1])
        if name:
            found[name[1]] = unescape(value[1]) if value else ""
    return found
