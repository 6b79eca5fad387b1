"""Where sites keep the body of a page: the containers of every platform seen, exact names first.

From reference sites of 2018-2026 (TRS, JCMS, UCAP, VSB, gkmlpt, Longxun, Epoint, gov.cn and others).
Compared in lower case. A smaller rank is tried first; names of one rank are equal.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from normalizers.lines import BLOCK

HINT = 0
EXACT, USUAL, LOOSE = 100, 200, 300
# Elements without a known name that may hold a body; those that hold a paragraph, a heading or a row never do.
HOLDER = 1000
HOLDERS = BLOCK - {"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "dt", "dd", "tbody", "thead", "hr"}
# The longest class attribute of 127 real pages has 74 characters; of longer ones the rest is not read.
MAX_NAMES = 1000

_NAMES: dict[int, str] = {
    EXACT: "trs_editor trs_editor_view trs_ueditor trs_preappend v_news_content ucapcontent ucap-content js_content "
    "ivs_content vsb_content vsb_content_2 vsb_content_4 vsb_content_500 vsb_content_501 vsb_content_1001 zoom zoomcon "
    "fontzoom bodylabel artibody easysite-news-peruse ewb-article-info divmaincontentid detailcontent articlecontenttext",
    USUAL: "pages_content article-content article-content-body article_content articlecontent article_con bt_content wzcon "
    "xxgk_content news_content news_content_style contxt maintext main-txt main_txt newscontent zwcontent con_con czfxcontent "
    "j-fontcontent content_body_box zwcon zw_con xl-nr xl_con detailcon content_article contentcon info_content content_body "
    "zhengwen wenzhang-content cmsarticlecontent trout-region-content arc_cont artext artile_zw zc_article_con bt-article-y "
    "news_body_txt_a gsj_htmlcon_bot arc_body my_conboxzw my_doccontent doc_left custom_unionstyle main_section m-txt-article "
    "show-text article-detail detail-content detail_content szf_lfnewsdetail main-content",
    LOOSE: "content article con text txt detail view wenzhang news zw neirong maincontent main_content x_content p3 nr article-info art-con",
}
# The only container that is an element of its own name.
UCAP = "ucapcontent"
RANKS: dict[str, int] = {name: rank for rank, names in _NAMES.items() for name in names.split()}


def container_rank(element: HtmlElement) -> int | None:
    """The rank of an element's id, tag or class among the known containers, HOLDER for other blocks."""
    name, names = element.get("id"), element.get("class")
    if name or names:
        return _known_rank(element.tag, (name or "")[:MAX_NAMES], (names or "")[:MAX_NAMES])
    if element.tag == UCAP:
        return RANKS[UCAP]
    return HOLDER if element.tag in HOLDERS else None


def _names(element: HtmlElement) -> tuple[str, str, str]:
    """Tag, id and classes, short enough to be remembered."""
    return element.tag, element.get("id", "")[:MAX_NAMES], element.get("class", "")[:MAX_NAMES]


@lru_cache(maxsize=4096)
def _known_rank(tag: str, name: str, names: str) -> int | None:
    own = RANKS.get(tag) if tag == UCAP else None
    holder = HOLDER if tag in HOLDERS else None
    return _best([own, holder, RANKS.get(name.lower()), *map(RANKS.get, names.lower().split())])


def _best(ranks: Iterable[int | None]) -> int | None:
    return min((rank for rank in ranks if rank is not None), default=None)


@lru_cache(maxsize=2048)
def _compiled(selector: str) -> CSSSelector:
    """A CSS selector, compiled once; raises cssselect.SelectorError on a bad one."""
    return CSSSelector(selector, translator="html")


def matches(root: HtmlElement, selector: str) -> list[HtmlElement]:
    """The elements that a CSS selector finds, in reading order."""
    found = _compiled(selector)(root)
    return (
        [element for element in found if isinstance(element, HtmlElement)] if isinstance(found, list) else []
    )


def select(root: HtmlElement, selectors: tuple[str, ...]) -> list[HtmlElement]:
    """The elements that the first matching selector finds."""
    return next((found for selector in selectors if (found := matches(root, selector))), [])


SIMPLE = re.compile(r"(?P<tag>[a-z0-9]*)(?:#(?P<id>[\w-]+)|\.(?P<class>[\w-]+))")


def marker(root: HtmlElement, selectors: tuple[str, ...]) -> Callable[[HtmlElement], int | None]:
    """A `mark` for `read_lines` that ranks the elements of these selectors by their order, then known containers.

    `tag#id` and `tag.class` are compared while walking: an XPath over the whole tree costs 0.1 ms each.
    """
    if not selectors:
        return container_rank
    order: dict[HtmlElement, int] = {}
    for i, selector in enumerate(selectors):
        if not SIMPLE.fullmatch(selector):
            for element in matches(root, selector):
                order.setdefault(element, i)

    def mark(element: HtmlElement) -> int | None:
        found = _names(element)
        hinted = _hinted_rank(selectors, *found)
        best = _best((order.get(element), hinted)) if order else hinted
        return _known_rank(*found) if best is None else HINT + best

    return mark


@lru_cache(maxsize=4096)
def _hinted_rank(selectors: tuple[str, ...], tag: str, name: str, names: str) -> int | None:
    """The number of the first simple selector that an element of this tag, id and class fits."""
    tokens = names.split()
    for i, selector in enumerate(selectors):
        m = SIMPLE.fullmatch(selector)
        if m and m["tag"] in ("", tag) and (m["id"] == name or m["class"] in tokens):
            return i
    return None
