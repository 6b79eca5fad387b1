"""FineCMS / 迅睿 (吉安 and its counties, 达州): list pages whose rows a script posts for, page by page."""

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, urlsplit

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic, parse_api
from crawlers.platforms.list_requests import ListRequest, Paging
from crawlers.platforms.numbered import linked_pager, page_by
from crawlers.platforms.paging import Pager
from crawlers.platforms.recognition import Mark
from crawlers.platforms.rows import join
from crawlers.platforms.shells import has_dated_rows, shell_of
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

API = re.compile(r"/api-ajax_list-\d{1,5}\.html$")
CALLED = re.compile(r"""["']([^"'\s]{0,200}/?api-ajax_list-)(?:\d{1,5}\.html|["'])""")
# ajax_type: ["21_xxgk", "1234", "21", "xxgk", "Y-m-d", "50", "20", …]: module, category, …, title length, rows.
ARRAY = re.compile(r"ajax_type[\"']?(?:\[\])?[\"']?\s*[:=]\s*\[([^\]]{1,2000})")
MEMBER = re.compile(r"""["']([^"']{0,200})["']|(\d{1,9})""")
ROWS_AT, LEAST = 6, 7
HEADERS = {"X-Requested-With": "XMLHttpRequest"}


class FineCms(Generic):
    """Columns `/xxgk-list-{slug}.html` and `/news-list-{slug}.html`; rows in the page or by `api-ajax_list`."""

    name = "finecms"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("地址形如 /xxgk-list-….html", 0.9, url=re.compile(r"/(?:xxgk|news)-(?:list|show)-[\w-]+\.html")),
        Mark("列表接口为 /api-ajax_list-…", 0.95, text=re.compile(r"api-ajax_list-")),
        Mark(
            "链接形如 xxgk-show-编号.html", 0.8, text=re.compile(r"(?:xxgk|news)-(?:list|show)-[\w-]+\.html")
        ),
        Mark("列表接口为 /api-ajax_list-…", 0.95, url=API),
    )
    hints = Hints()

    def list_requests(self, channel: "Channel") -> ListRequest:
        """The list page, or the interface at its address with the form in its query."""
        paging = api_paging(channel.list)
        return paging.request(1) if paging else ListRequest(channel.list)

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of the page or of an answer; a page without any names where its script asks for them."""
        if API.search(urlsplit(url).path):
            paging = api_paging(channel.list)
            return page_by(parse_api(text, url), Pager(paging) if paging else None)
        page, source = super().read_list(text, url, channel), script_paging(text, url)
        if has_dated_rows(page) or source is None:
            return page_by(page, linked_pager(text, url))
        return shell_of(source)


def api_paging(address: str) -> Paging | None:
    """The paging of an interface that a site file names; None for another address."""
    parts = urlsplit(address)
    if not API.search(parts.path):
        return None
    form = dict(parse_qsl(parts.query, keep_blank_values=True)) | {"is_ds": "1"}
    plain = parts._replace(path=API.sub("/api-ajax_list-{n}.html", parts.path), query="", fragment="")
    return Paging(
        plain.geturl(), size=_size(form.get(f"ajax_type[{ROWS_AT}]", "")), form=form, headers=HEADERS
    )


def script_paging(text: str, url: str) -> Paging | None:
    """The paging of the interface that the script of a list page posts to; None where it names none."""
    called, array = CALLED.search(text), ARRAY.search(text)
    if called is None or array is None:
        return None
    members = [found[1] if found[1] is not None else found[2] for found in MEMBER.finditer(array[1])]
    address = join(url, called[1] + "0.html")
    if len(members) < LEAST or not address:
        return None
    form = {f"ajax_type[{place}]": value for place, value in enumerate(members[:LEAST])} | {"is_ds": "1"}
    template = address.replace("api-ajax_list-0.html", "api-ajax_list-{n}.html")
    return Paging(template, size=_size(members[ROWS_AT]), form=form, headers=HEADERS | {"Referer": url})


def _size(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= 3 else 0
