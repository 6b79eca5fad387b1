"""Any list whose rows repeat: static pages, datastores, JSON answers; next page by script or link."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urljoin

from lxml.html import HtmlElement as Element

from crawlers.platforms.base import ListPage, Platform
from crawlers.platforms.datastore import parse_datastore
from crawlers.platforms.interfaces import find_interface, paging_of
from crawlers.platforms.json_rows import extract_json_rows, parse_json
from crawlers.platforms.landing import best_column, same_page, strayed_home
from crawlers.platforms.links import link_address
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.numbered import linked_pager
from crawlers.platforms.page_scan import first_words
from crawlers.platforms.paging import Pager, count_nothing, link_pager, script_pager
from crawlers.platforms.rows import linked, read_rows
from crawlers.platforms.script_rows import extract_script_rows
from crawlers.platforms.sources import find_source
from normalizers.chars import squeeze
from normalizers.encoding import decode_page
from normalizers.failures import Failure
from normalizers.html import parse_html
from normalizers.soft_errors import ERROR, MAX_TEXT

if TYPE_CHECKING:
    from crawlers.site import Channel

# Marks of a list that a script fills (jpaas, queryList, single-page applications).
SHELL = ("parseType=", "queryList", 'id="app"', "jpaas-publish-server", "$.ajax", "axios", "publicInfoList")
# Beside a list in a script stand side lists of up to so many rows.
FEW_ROWS = 5
FIRST_TEXT = re.compile(r"\[?(?:首页|第一页|首　页)\]?")
JSON_START = re.compile(r"[\ufeff\s]*(?:[\w$.]{1,80}\s*\(\s*)?[{\[]")


class Generic(Platform):
    """A site of no known family; the known ones differ in their hints and their own interfaces.

    `api.paging` is the address of page n of a channel with `{n}` for the number, where the list does
    not tell it itself (JSON interfaces).
    """

    name = "generic"
    api_keys: ClassVar[tuple[str, ...]] = ("paging",)

    def parse_list(self, data: bytes, url: str, channel: "Channel") -> ListPage:
        """What the family reads; further pages by the site file or by the list API at the channel's address."""
        if strayed_home(url, channel.list):
            return ListPage(failure=Failure.SOFT_404)
        text = decode_page(data)
        interface = find_interface(self.interfaces, url) or find_interface(self.interfaces, channel.list)
        if interface is not None and interface.answers == "json" and not is_json(text):
            return ListPage(failure=Failure.LIST_UNREADABLE)
        page = self.read_list(text, url, channel)
        if not page.rows and page.source is None and same_page(url, channel.list):
            page = descend(page, text, url, channel)
        template = channel.api.get("paging")
        paging = (
            Paging(urljoin(channel.list, template)) if template else paging_of(self.interfaces, channel.list)
        )
        return replace(page, paging=paging, next=None) if paging and paging.numbered else page

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows found by their repetition, or by the selectors of the site file."""
        return parse_any(text, url, channel)


def parse_any(text: str, url: str, channel: "Channel") -> ListPage:
    """A list page of any form: JSON, datastore or static page."""
    if is_json(text):
        return parse_api(text, url)
    return parse_datastore(text, url, channel.list) or parse_page(text, url, channel.selectors)


def descend(page: ListPage, text: str, url: str, channel: "Channel") -> ListPage:
    """A page without rows and without a pager as the landing page of its best column, if it has one."""
    listed = page.paging is not None or page.next is not None or page.total is not None
    if listed or page.shown or page.failure not in (Failure.LIST_EMPTY, Failure.LIST_SHELL):
        return page
    shell = page.failure is Failure.LIST_SHELL
    column = best_column(text, url, channel.type, below_only=shell)
    return replace(page, source=column, failure=Failure.LIST_LANDING) if column else page


def is_json(text: str) -> bool:
    """Whether a list answer is JSON (or JSONP) and no page."""
    return JSON_START.match(text) is not None


def parse_page(text: str, url: str, selectors: Mapping[str, Sequence[str]]) -> ListPage:
    """A static list page, whatever paging form it uses."""
    root = parse_html(text)
    if root is None:
        return ListPage(failure=why_empty(text, ()))
    pager = script_pager(text, url) or numbered_pager(root, text, url)
    shown = read_rows(root, text, url, selectors)
    if sum(row.date is not None for row in shown) < FEW_ROWS:
        shown = max(shown, extract_script_rows(text, url), key=len)
    rows = linked(shown)
    source = find_source(root, text, url) if not rows else None
    opened = source is not None or (shown and not rows)
    failure = Failure.LIST_SHELL if opened else why_empty(text, rows, root)
    if pager.total is None and failure is Failure.LIST_EMPTY:
        pager = replace(pager, total=count_nothing(pager, root))
    return ListPage(
        rows,
        pager.paging,
        pager.next,
        pager.pages,
        pager.total,
        failure=failure,
        source=source,
        shown=shown if len(shown) > len(rows) else (),
    )


def numbered_pager(root: Element, text: str, url: str) -> Pager:
    """The pager that a page's links tell: any page where they tell the last one too, else the following one.

    A list of one page may link 下一页 to where 首页 leads: then there is no following page.
    """
    pager = link_pager(root, text, url)
    if pager.next is None:
        return pager
    if pager.next.url in first_pages(root, url):
        return replace(pager, next=None)
    numbered = linked_pager(text, url, pager.pages)
    told = numbered is not None and numbered.paging is not None and numbered.pages
    return replace(numbered, total=pager.total) if numbered and told else pager


def first_pages(root: Element, url: str) -> set[str]:
    """Where the links 首页 lead, those of the menu and of a pager."""
    links = (a for a in root.iter("a") if len(a) <= 1 and FIRST_TEXT.fullmatch("".join(a.itertext()).strip()))
    return {link_address(a, url) for a in links}


def parse_api(text: str, url: str) -> ListPage:
    """A JSON list answer; what is no JSON cannot be read."""
    try:
        page = extract_json_rows(parse_json(text), url)
    except ValueError:
        return ListPage(failure=Failure.LIST_UNREADABLE)
    return page if page.rows else replace(page, failure=Failure.LIST_EMPTY)


def why_empty(text: str, rows: Sequence[object], root: Element | None = None) -> Failure | None:
    """Why a page has no rows: it is an error page, filled by a script, or just empty; None where it has some."""
    if rows:
        return None
    if root is not None and says_error(root):
        return Failure.SOFT_404
    return Failure.LIST_SHELL if any(mark in text for mark in SHELL) else Failure.LIST_EMPTY


def says_error(root: Element) -> bool:
    """Whether a page without rows says that it does not exist, and little else."""
    words = first_words(root, MAX_TEXT)
    return len(words) <= MAX_TEXT and ERROR.search(squeeze(words)) is not None
