"""How a list says where its other pages lie: every paging form seen on government sites."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement as Element

from crawlers.platforms.links import join, link_address
from crawlers.platforms.list_requests import ListRequest, Paging

# More pages than any list had (外交部 67, 山西 287, 湖北 1000 capped by the site).
MAX_PAGES = 20_000
# A pager's link holds its words and an image or arrow at most.
MAX_PARTS, MAX_WORDS = 2, 60
QUOTED = r"""\s*["']([^"']*)["']\s*"""
NUMBER = r"\s*(\d{1,6})\s*"
# TRS: createPageHTML(20, 0, "index", "html"[, rows]); the definition `function createPageHTML(` is no call.
TRS_CALL = re.compile(
    rf"(?<!function )createPage(?:HTML)?\({NUMBER},{NUMBER},{QUOTED},{QUOTED}(?:,\s*[\"']?(\d+)[\"']?\s*)?\)"
)
# UCAP: createPageHTML('page_div', 20, 1, 'list', 'shtml', 383).
UCAP_CALL = re.compile(
    rf"createPageHTML\({QUOTED},{NUMBER},{NUMBER},{QUOTED},{QUOTED}(?:,\s*[\"']?(\d+)[\"']?\s*)?\)"
)
# TRS: Pager({size:3, current:0, prefix:'index',suffix:'html'}).
PAGER_CALL = re.compile(
    rf"Pager\(\{{\s*size\s*:{NUMBER},\s*current\s*:{NUMBER},\s*prefix\s*:{QUOTED},\s*suffix\s*:{QUOTED}"
)
# TRS: var countPage = 56, or createPage(56, …); the file name is that of the page itself.
COUNT_PAGE = re.compile(r"(?:\bcountPage\s*=|\bnPageCount\s*=)\s*(\d{1,6})")
CURRENT_PAGE = re.compile(r"\bcurrentPage\s*=\s*(\d{1,6})")
FILE_NAME = re.compile(r"([\w-]+?)(?:_(\d+))?\.(s?html?|jhtml|jspx?|php|aspx)$")
GAP = r"(?:\s|&nbsp;|<[^<>]{1,80}>){0,12}"
TOTAL = re.compile(rf"(?:共|总计|总共|共有){GAP}(\d{{1,7}}){GAP}(?:条|项|篇|个?记录)")
# How many pages there are: "共12页" of pagers that count in the address (JCMS); other lists tell it otherwise.
PAGES_IN_ALL = re.compile(rf"共{GAP}(\d{{1,5}}){GAP}页")
PAGE_OF = re.compile(
    r"页次[:：]?\s*\d{1,5}\s*[/／]\s*(\d{1,5})|(?<![\d/.-])\d{1,5}\s*[/／]\s*(\d{1,5})\s*页|条(?:\s|&nbsp;|<[^>]{1,60}>)*\d{1,5}/(\d{1,5})(?!\d)"
)
NEXT_TEXT = re.compile(r"\[?\s*(?:下一?页|后页|next|>|›|»)\s*[>»›]*\s*\]?", re.IGNORECASE)
# gov-list, list_table, newsList; none of 131 saved real pages is taken for an empty list (2026).
LIST_NAME = re.compile(r"list", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pager:
    """What a page says of its paging: `paging` for any page or `next` for the following one."""

    paging: Paging | None = None
    next: ListRequest | None = None
    pages: int | None = None
    total: int | None = None


def script_pager(text: str, url: str) -> Pager | None:
    """The pager that a script of the page declares; None where there is none."""
    return ucap_pager(text, url) or trs_pager(text, url)


def trs_pager(text: str, url: str) -> Pager | None:
    """The pager of a TRS page: `index_1` is page 2 unless the script counts from 1."""
    # A plain search first: the patterns begin with what a regex cannot skip to (1 ms each a page).
    call = (TRS_CALL.search(text) if "createPage" in text else None) or PAGER_CALL.search(text)
    if call is not None:
        pages, current, prefix, suffix = int(call[1]), int(call[2]), call[3], call[4]
        total = int(call[5]) if call.re is TRS_CALL and call[5] else None
        return _numbered(url, prefix, suffix, pages, _offset(text, url, prefix, suffix, current), total)
    count = COUNT_PAGE.search(text) if "countPage" in text or "nPageCount" in text else None
    if count is None:
        return None
    name = FILE_NAME.search(urlsplit(url).path)
    prefix, suffix = (name[1], name[3]) if name else ("index", "html")
    shown = CURRENT_PAGE.search(text)
    offset = _offset(text, url, prefix, suffix, int(shown[1]) if shown else None)
    return _numbered(url, prefix, suffix, int(count[1]), offset, None)


def _offset(text: str, url: str, prefix: str, suffix: str, current: int | None) -> int:
    """Whether page 2 is `_1` (-1) or `_2` (0): by the links of the page, else by the script's number of this page.

    Most count from `_1`; 国家中医药管理局, 湖南 and 西藏 from `_2`, whose scripts call the first page 1 (2026).
    """
    name = rf"{re.escape(prefix)}_(\d{{1,5}})\.{re.escape(suffix.lstrip('.'))}[\"']"
    if f"{prefix}_" in text:
        for link in re.finditer(rf"{name}[^<>]{{0,200}}>\s*(\d{{1,5}}|下一?页)\s*<", text):
            shown = int(link[2]) if link[2].isdecimal() else 2 if _first(url) else None
            if shown is not None and int(link[1]) - shown in (0, -1):
                return int(link[1]) - shown
    return 0 if _first(url) and current == 1 else -1


def ucap_pager(text: str, url: str) -> Pager | None:
    """The pager of a UCAP page: page n is `prefix_n`, page 1 has no number."""
    call = UCAP_CALL.search(text)
    if call is None:
        return None
    return _numbered(url, call[4], call[5], int(call[2]), 0, int(call[6]) if call[6] else None)


def _first(url: str) -> bool:
    name = FILE_NAME.search(urlsplit(url).path)
    return name is None or name[2] is None


def _numbered(url: str, prefix: str, suffix: str, pages: int, offset: int, total: int | None) -> Pager:
    template = join(url, f"{prefix}_0000.{suffix.lstrip('.')}")
    if not template or pages > MAX_PAGES:
        return Pager(total=total)
    paging = Paging(template.replace("_0000.", "_{n}.", 1), offset)
    return Pager(paging=paging, pages=pages, total=total)


def count_nothing(pager: Pager, root: Element) -> int | None:
    """0 where a page without rows shows that its list has none; None where that cannot be told.

    Its paging script counts no page, or one page and there is a list block with nothing in it.
    """
    if pager.pages == 0:
        return 0
    blocks = (b for b in root.iter("ul", "ol", "table") if LIST_NAME.search(_names(b)))
    empty = any(next(block.iter("a", "li", "td"), None) is None for block in blocks)
    return 0 if pager.pages == 1 and empty else None


def _names(element: Element) -> str:
    return f"{element.get('id') or ''} {element.get('class') or ''}"


def link_pager(root: Element, text: str, url: str, page: int = 0) -> Pager:
    """The next page by its 下一页 link, address in `href` or in an `onclick`; declared counts beside it."""
    total = TOTAL.search(text)
    pages = PAGE_OF.search(text)
    counts = (int(pages[pages.lastindex or 0]) if pages else None, int(total[1]) if total else None)
    for element in root.iter("a", "input", "button", "span", "li"):
        if len(element) > MAX_PARTS:
            continue
        if element.tag == "input":
            words = element.get("value") or ""
        else:
            words = "".join(element.itertext()) if len(element) else element.text or ""
        if len(words) > MAX_WORDS or not NEXT_TEXT.fullmatch(words.strip()):
            continue
        address = link_address(element, url)
        if address and address != url:
            return Pager(None, ListRequest(address, page + 1), *counts)
    for element in root.iter("link"):
        if element.get("rel") == "next" and (address := join(url, element.get("href") or "")):
            return Pager(None, ListRequest(address, page + 1), *counts)
    return Pager(None, None, *counts)
