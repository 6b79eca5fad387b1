"""The title of a page: the full printed title without site or column names."""

import re
from collections.abc import Mapping

from lxml.html import HtmlElement

from normalizers.chars import squeeze, tidy
from normalizers.doc_types import TYPE_END
from normalizers.lines import Line
from normalizers.page import Hints, ListRow
from normalizers.policy import Evidence

MIN_TITLE, MAX_TITLE = 4, 400
TAGS = re.compile(r"<[^>]{1,40}>")
SEPARATOR = re.compile(r"\s*(?:[_|｜－—–-]+|\s-\s|>>|::)\s*")
SITE_WORDS = re.compile(
    r"(?:网|网站|门户|平台|政府|首页|公报|栏目|人民政府办公[厅室]|委员会|局|厅|部|院|中心|专栏|专题|信息公开|政务公开|政策文件|通知公告|公示公告|解读|文件库|动态|法规)$"
)
GENERIC = re.compile(
    r"^(?:首页|详情|详情页|内容页|正文|文章|政策文件|通知公告|信息公开|政府信息公开|公开内容|.{0,12}(?:网站|门户|信息内容页|内容页|详细页面?|信息公开平台|信息公开目录))$"
)
CUT_SHORT = re.compile(r"(?:\.{2,}|…+)$")
MARKS = re.compile(r"^(?:[·•▪◆■★]|\[置顶\]|【置顶】|NEW|new|标题[:：])\s*")


def clean_title(text: str) -> str:
    """A title without tags, list marks and quotes that enclose nothing."""
    return MARKS.sub("", tidy(TAGS.sub("", text)))


def good(title: str) -> bool:
    """Whether a text can be the title of a document at all."""
    return len(squeeze(title)) >= MIN_TITLE and len(title) <= MAX_TITLE and not GENERIC.match(squeeze(title))


def without_site(title: str, site_names: tuple[str, ...]) -> str:
    """The text of a title element without the names of site and column after (or before) it."""
    parts = SEPARATOR.split(title)
    seps = SEPARATOR.findall(title)
    known = {squeeze(name) for name in site_names if name}
    while len(parts) > 1 and (
        squeeze(parts[-1]) in known or SITE_WORDS.search(parts[-1]) or len(parts[-1]) < 2
    ):
        if TYPE_END.search(parts[-1]) and not SITE_WORDS.search(parts[-1]):
            break
        parts.pop()
        seps.pop()
    while len(parts) > 1 and squeeze(parts[0]) in known:
        parts.pop(0)
        seps.pop(0)
    return "".join(part + (seps[i] if i < len(parts) - 1 else "") for i, part in enumerate(parts)).strip()


def extract_title(
    root: HtmlElement,
    hinted: tuple[HtmlElement, ...],
    meta: Mapping[str, str],
    info: Mapping[str, tuple[str, str]],
    row: ListRow | None,
    hints: Hints,
) -> tuple[str, Evidence] | None:
    """The title by the first source that gives one: API, selector, meta, headings, list row, table, title tag.

    A list title that was cut with … never counts; that of the page does.
    """
    names = (meta.get("sitename", ""), meta.get("columnname", ""), meta.get("lanmu", ""))
    for rule, raw in _candidates(root, hinted, meta, info, row, hints):
        title = clean_title(raw)
        if rule in ("title:tag", "meta:title"):
            title = without_site(title, names)
        if good(title) and squeeze(title) not in names and not CUT_SHORT.search(title):
            return title, Evidence(rule, raw)
    return None


def _candidates(
    root: HtmlElement,
    hinted: tuple[HtmlElement, ...],
    meta: Mapping[str, str],
    info: Mapping[str, tuple[str, str]],
    row: ListRow | None,
    hints: Hints,
) -> list[tuple[str, str]]:
    found = [("api:title", hints.fields.get("title", ""))]
    found += [("site:title", _text(element)) for element in hinted]
    found += [(f"meta:{name}", meta.get(name, "")) for name in ("articletitle", "og:title")]
    found += _headings(root)
    if "title" in info:
        found.append(("info_table:" + info["title"][0], info["title"][1]))
    if row:
        found.append(("list_row:title", row.title))
    found.append(("meta:title", meta.get("title", "")))
    found += [("title:tag", tidy(element.text_content())) for element in list(root.iter("title"))[:1]]
    return [(rule, raw) for rule, raw in found if raw]


# Elements that hold the title of a detail page, by id or class (TRS, JCMS, UCAP, VSB, Epoint; 2018-2026).
TITLE_NAMES = frozenset(
    [
        "ti",
        "title-con",
        "article-title",
        "article_title",
        "articletitle",
        "ivs_title",
        "news_title",
        "newstitle",
        "xl_title",
        "xl-title",
        "bt_title",
        "zw_title",
        "content_title",
        "content-title",
        "con_title",
        "detail-title",
        "detail_title",
        "info_title",
        "doc_title",
        "arttitle",
        "titlecon",
        "main_title",
        "maintitle",
        "wzbt",
        "wz_title",
        "title_con",
    ]
)


def _headings(root: HtmlElement) -> list[tuple[str, str]]:
    """Title tags of platforms, the first headings, and elements named as titles."""
    found = [("header:ucaptitle", _text(element)) for element in root.iter("ucaptitle")]
    first = [("header:" + str(element.tag), _text(element)) for element in root.iter("h1")]
    named = [
        (f"header:{element.tag}.title", _text(element))
        for element in root.iter("div", "h2", "h3", "p", "span", "td")
        if (element.get("id") or "").lower() in TITLE_NAMES
        or TITLE_NAMES.intersection((element.get("class") or "").lower().split())
    ]
    return found + [f for f in first if len(f[1]) > 6][:2] + named[:3]


def _text(element: HtmlElement) -> str:
    if element.tag == "meta":
        return element.get("content") or ""
    return "".join(t for t in element.itertext() if isinstance(t, str))[:MAX_TITLE]


def title_of_row(row: ListRow | None, hints: Hints) -> tuple[str, Evidence] | None:
    """The title that the list API or the list row gave, unless it was cut."""
    for rule, raw in (
        ("api:title", hints.fields.get("title", "")),
        ("list_row:title", row.title if row else ""),
    ):
        title = clean_title(raw)
        if good(title) and not CUT_SHORT.search(title):
            return title, Evidence(rule, raw)
    return None


def title_of_lines(lines: list[Line], start: int, end: int) -> tuple[str, Evidence] | None:
    """A title printed in the first lines of a body: lines up to the first that ends like a title."""
    joined = ""
    for line in lines[start : min(end, start + 6)]:
        text = line.text
        if not text or len(text) > 120 or text.endswith(("：", "。", ":", "；")):
            break
        joined += text
        if TYPE_END.search(squeeze(joined)):
            return clean_title(joined), Evidence("body:title", joined)
    return None
