"""Where sites keep the body of a page: the containers of every platform seen, exact names first.

From reference sites of 2018-2026 (TRS, JCMS, UCAP, VSB, gkmlpt, Longxun, Epoint, gov.cn and others).
Compared in lower case. A smaller rank is tried first; names of one rank are equal.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

HINT = 0
EXACT, USUAL, LOOSE = 100, 200, 300

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
RANKS: dict[str, int] = {name: rank for rank, names in _NAMES.items() for name in names.split()}


def container_rank(element: HtmlElement) -> int | None:
    """The rank of an element's id, tag or class among the known containers."""
    best = RANKS.get(element.tag) if element.tag == "ucapcontent" else None
    if name := element.get("id"):
        best = _better(best, RANKS.get(name.lower()))
    if names := element.get("class"):
        for token in names.lower().split():
            best = _better(best, RANKS.get(token))
    return best


def _better(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)


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
    ids: dict[str, tuple[int, str]] = {}
    classes: dict[str, tuple[int, str]] = {}
    order: dict[HtmlElement, int] = {}
    for i, selector in enumerate(selectors):
        if m := SIMPLE.fullmatch(selector):
            table, name = (ids, m["id"]) if m["id"] else (classes, m["class"])
            table.setdefault(name, (i, m["tag"]))
        else:
            for element in matches(root, selector):
                order.setdefault(element, i)

    def mark(element: HtmlElement) -> int | None:
        best = order.get(element) if order else None
        if name := element.get("id"):
            best = _better(best, _hint(ids.get(name), element))
        if names := element.get("class"):
            for token in names.split():
                best = _better(best, _hint(classes.get(token), element))
        return container_rank(element) if best is None else HINT + best

    return mark


def _hint(found: tuple[int, str] | None, element: HtmlElement) -> int | None:
    """The rank of a simple selector whose name matched, if its tag does too."""
    return found[0] if found and found[1] in ("", element.tag) else None
