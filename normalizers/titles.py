"""The title of a page: the full printed title without site or column names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from normalizers.chars import squeeze, tidy
from normalizers.doc_types import TYPE_END
from normalizers.lines import Line
from normalizers.page import Hints, ListRow
from normalizers.policy import Evidence
from normalizers.shell import is_shell
from normalizers.signature import looks_like_body

MIN_TITLE, MAX_TITLE = 4, 400
TAGS = re.compile(r"<[^>]{1,40}>")
SEPARATOR = re.compile(r"\s*(?:[_|｜－—–-]+|\s-\s|>>|::)\s*")
SITE_WORDS = re.compile(
    r"(?:网|网站|门户|平台|政府|首页|公报|栏目|人民政府办公[厅室]|委员会|局|厅|部|院|中心|专栏|专题|信息公开|政务公开|政策文件|通知公告|公示公告|解读|文件库|动态|法规)$"
)
SITE_NAME = re.compile(r"^[^，。《》]{0,24}(?:网|网站|门户|平台)$")
GENERIC = re.compile(
    r"^(?:首页|详情|详情页|内容页|正文|文章|政策文件|通知公告|信息公开|政府信息公开|公开内容|.{0,12}(?:网站|门户|信息内容页|内容页|详细页面?|信息公开平台|信息公开目录))$"
)
ADOPTION = re.compile(r"[（(].{0,80}[）)]$|\W*$")
CUT_SHORT = re.compile(r"(?:\.{2,}|…+)$")
MARKS = re.compile(r"^(?:[·•▪◆■★]|\[置顶\]|【置顶】|NEW|new|标题[:：])\s*")


# Source and time that a heading element encloses with its title.
APPENDED = re.compile(
    r"\s*[【\[（(]?(?:发布|信息|文章)?(?:时间|日期|来源|作者|字体|字号)[:：].*$"
    r"|\s+(?:19|20)\d\d-\d\d?-\d\d?(?:\s+\d\d?:\d\d(?::\d\d)?)?$"
)


def clean_title(text: str) -> str:
    """A title without tags, list marks and quotes that enclose nothing."""
    text = MARKS.sub("", tidy(TAGS.sub("", text)))
    while (shorter := APPENDED.sub("", text)) != text:
        text = shorter
    return text


def good(title: str) -> bool:
    """Whether a text can be the title of a document at all: neither too short nor the name of a site or column."""
    if SITE_NAME.search(title) and not TYPE_END.search(title):
        return False
    if ADOPTION.match(title) or title.endswith(("：", ":")):
        return False
    return len(squeeze(title)) >= MIN_TITLE and len(title) <= MAX_TITLE and not GENERIC.match(squeeze(title))


def without_site(title: str, site_names: tuple[str, ...], tail: bool) -> str:
    """A title without the name of its site in front and, of a title element, site and column names behind (`tail`)."""
    parts = SEPARATOR.split(title)
    seps = SEPARATOR.findall(title)
    known = {squeeze(name) for name in site_names if name}
    while (
        tail
        and len(parts) > 1
        and (squeeze(parts[-1]) in known or SITE_WORDS.search(parts[-1]) or len(parts[-1]) < 2)
    ):
        if TYPE_END.search(parts[-1]) and not SITE_WORDS.search(parts[-1]):
            break
        parts.pop()
        seps.pop()
    while len(parts) > 1 and (squeeze(parts[0]) in known or SITE_NAME.match(parts[0])):
        parts.pop(0)
        seps.pop(0)
    return "".join(part + (seps[i] if i < len(parts) - 1 else "") for i, part in enumerate(parts)).strip()


@dataclass(frozen=True, slots=True)
class Near:
    """The lines where a title is printed: those just above a body, and the first ones of its container."""

    above: list[Line]
    head: list[Line]


def extract_title(
    root: HtmlElement,
    hinted: tuple[HtmlElement, ...],
    meta: Mapping[str, str],
    info: Mapping[str, tuple[str, str]],
    row: ListRow | None,
    hints: Hints,
    near: Near,
) -> tuple[str, Evidence] | None:
    """The title by the first source that gives one: API, selector, meta, a line that the title tag repeats,
    headings, list row, table, title tag.

    A list title that was cut with … never counts; that of the page does.
    """
    names = (meta.get("sitename", ""), meta.get("columnname", ""), meta.get("lanmu", ""))
    for rule, raw in _candidates(root, hinted, meta, info, row, hints, near):
        title = clean_title(raw) if raw else ""
        if rule.startswith(("title:", "meta:")):
            title = without_site(title, names, tail=rule in ("title:tag", "meta:title"))
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
    near: Near,
) -> Iterator[tuple[str, str]]:
    """Texts that may be the title with their rules, the most trusted first."""
    yield "api:title", hints.fields.get("title", "")
    yield from (("site:title", _text(element)) for element in hinted)
    yield from ((f"meta:{name}", meta.get(name, "")) for name in ("articletitle", "og:title"))
    tag = next((text for element in root.iter("title") if (text := tidy(_text(element)))), "")
    yield "header:title_tag", confirmed(tag, near)
    yield from _headings(root, near.above)
    if "title" in info:
        yield "info_table:" + info["title"][0], info["title"][1]
    if row:
        yield "list_row:title", row.title
    yield from (("header:line", line.text) for line in reversed(near.above) if titled(line))
    yield "header:above_source", above_source(near.above)
    yield "meta:title", meta.get("title", "")
    yield from (("title:tag", tidy(_text(element))) for element in root.iter("title"))


# A title tag has at most this many parts (site, columns, title); a title is broken over at most this many lines.
MAX_PARTS, MAX_BROKEN = 12, 4
PARTS = re.compile(r"[_|｜—–\-\s>]+")
# Shorter lines are names of columns.
MIN_CONFIRMED = 6
# … up to this length where they end like one (解读, 法规, 公报).
LONG_NAME = 12


def confirmed(tag: str, near: Near) -> str:
    """The longest run of lines that is a whole part of the title tag, or several of its parts; "" where none is.

    Parts in front of it must be shorter, as names of sites and columns are; a line of the container
    counts only where it begins the tag.
    """
    parts = [part for part in PARTS.split(TAGS.sub(" ", tag)) if part][:MAX_PARTS]
    wholes = {
        "".join(parts[i:j]): i
        for i in reversed(range(len(parts)))
        for j in range(i + 1, len(parts) + 1)
        if sum(map(len, parts[:i])) < sum(map(len, parts[i:j]))
    }
    lines = [*near.above, *near.head]
    best: tuple[int, str] = MIN_CONFIRMED - 1, ""
    for first in range(len(lines)):
        for last in range(first + 1, min(first + MAX_BROKEN, len(lines)) + 1):
            run = lines[first:last]
            if not run[-1].text or run[-1].linked:
                break
            text = PARTS.sub("", "".join(line.text for line in run))
            at = wholes.get(text, -1)
            if len(text) <= best[0] or at < 0 or (at > 0 and last > len(near.above)):
                continue
            if not all(is_name(line.text) for line in run):
                best = len(text), join_lines([line.text for line in run])
    return best[1]


def is_name(text: str) -> bool:
    """Whether a part of a title tag reads like the name of a body, a site or a column."""
    return looks_like_body(text) or (len(text) < LONG_NAME and bool(SITE_WORDS.search(text)))


def above_source(lines: list[Line]) -> str:
    """The line right above the line of source and time that precedes a body; "" where there is none."""
    for line, below in zip(reversed(lines[:-1]), reversed(lines[1:]), strict=True):
        if SOURCE_LINE.search(below.text) and is_shell(below):
            fits = not line.linked and not is_shell(line) and len(line.text) >= 8 and "。" not in line.text
            return line.text if fits else ""
    return ""


SOURCE_LINE = re.compile(r"来源|时间|日期|浏览|字号|字体|(?:19|20)\d\d[-年./]")


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


def _headings(root: HtmlElement, above: list[Line]) -> Iterator[tuple[str, str]]:
    """Title tags of platforms, elements named as titles, the headings next to the body, the first headings."""
    yield from (("header:ucaptitle", _text(element)) for element in root.iter("ucaptitle"))
    named = (
        (f"header:{element.tag}.title", _text(element))
        for element in root.iter("div", "h2", "h3", "p", "span", "td")
        if is_named_title(element)
    )
    yield from islice(named, 3)
    near = ((f"header:{tag}", heading) for tag in HEADINGS for heading in headings_of(above, tag))
    yield from islice(near, 2)
    first = (("header:h1", text) for element in root.iter("h1") if len(text := _text(element)) > 6)
    yield from islice(first, 2)


def is_named_title(element: HtmlElement) -> bool:
    """Whether the id or a class of an element is one of the usual names of titles."""
    name, classes = element.get("id"), element.get("class")
    if name and name.lower() in TITLE_NAMES:
        return True
    return bool(classes) and not TITLE_NAMES.isdisjoint(classes.lower().split())


def headings_of(above: list[Line], tag: str) -> list[str]:
    """The headings of one level, the nearest to the body first; lines that follow each other are one heading."""
    groups: list[list[str]] = [[]]
    for line in above:
        if line.tag == tag:
            groups[-1].append(line.text)
        elif groups[-1]:
            groups.append([])
    return [join_lines(group) for group in reversed(groups) if group]


def join_lines(texts: list[str]) -> str:
    """The lines of a broken title as one: bodies are parted by a space, words are not."""
    joined = ""
    for text in texts:
        joined += (" " if joined and looks_like_body(joined) and looks_like_body(text) else "") + text
    return joined


HEADINGS = ("h1", "h2", "h3")


def titled(line: Line) -> bool:
    """Whether a line above a body ends like a title, and is no link."""
    return (
        not line.linked
        and len(line.text) >= 8
        and not re.match(r"[（(]|.{0,8}[:：]", line.text)
        and bool(TYPE_END.search(squeeze(line.text)))
    )


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
        title = clean_title(raw) if raw else ""
        if good(title) and not CUT_SHORT.search(title):
            return title, Evidence(rule, raw)
    return None


# What stands above the title of a printed document (GB/T 9704-2012, 版头): number, 某市人民政府文件, secrecy and urgency, that
# of telegrams (平急) by 《党政机关公文处理工作条例》.
LETTERHEAD = re.compile(r"^[^，。]{2,30}号$|^\d*$|文件$|^(?:特急|加急|平急|秘密|机密|内部)")


def title_of_lines(lines: list[Line], start: int, end: int) -> tuple[str, Evidence] | None:
    """A title printed in the first lines of a body: lines up to the first that ends like a title."""
    while start < end and LETTERHEAD.search(lines[start].text):
        start += 1
    joined = ""
    for line in lines[start : min(end, start + 6)]:
        text = line.text
        if not text or len(text) > 120 or text.endswith(("：", "。", ":", "；")):
            break
        joined += text
        if TYPE_END.search(squeeze(joined)):
            return clean_title(joined), Evidence("body:title", joined)
    return None
