"""Rows of a list page: which elements repeat, and the link, title, date and pin of each.

A row is an element that holds a titled link and one to four dates; the list is the element with
most such children. Where no row is dated, the list is the block with most title text.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement as Element

from normalizers.attachment_links import in_shell
from normalizers.chars import tidy
from normalizers.dates import PrintedDate, find_dates
from normalizers.html import parse_html
from normalizers.page import ListRow

# A list page showed at most 300 rows (JCMS perpage=300, 2026-04); more is not a list.
MAX_ROWS = 1000
MAX_DATES = 4
DIGIT = re.compile(r"\d")
# Texts up to this length are remembered with their dates: titles and dates of rows are shorter.
SHORT = 200
MONTH_ONLY = re.compile(r"((?:19|20)\d{2})\s?[-./年]\s?(\d{1,2})\s?月?")
DAY_ONLY = re.compile(r"(\d{1,2})\s?日?")
# What may stand around a date that is alone in its element: brackets, a clock, a label.
AROUND_DATE = re.compile(r"[\s\[(（【]*(?:[^\d\s:：]{2,6}[:：])?\s*|[\s\d:：.\])）】日时分秒]*")
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
# Labels that stand before a date of the other kind (rows of 内蒙古, 唐山 and 重庆 print several).
WRITTEN = re.compile(r"(?:成文|生成|印发|实施|施行|生效|失效|有效|截止|到期)[^:：\d]{0,6}[:：]?\s*$")
PUBLISHED = re.compile(r"(?:发布|公布|公开|上网|发表|刊登)[^:：\d]{0,6}[:：]?\s*$")
NAVIGATION = re.compile(
    r"首页|第一页|上一?页|下一?页|尾页|末页|最后一?页|更多|返回|打印|关闭|[<>«»]+|\d+|more|next|prev|last|first"
    r"|\[?\s*(?:详情|详细|查看|阅读全文|全文|下载|查看详情|相关解读|解读|图解)\s*\]?",
    re.IGNORECASE,
)
BULLETS = "·•▪◆■●◇□▶►>*-—–　 \t\r\n\xa0"
CATEGORY = re.compile(r"[\[【(（][^\]】)）]{1,10}[\]】)）]")
PINNED_TEXT = re.compile(r"[\[【(（〔]?\s*(?:置顶|顶)\s*[\]】)）〕]?")
PINNED_HEAD = re.compile(r"\s*[\[【(（〔]\s*置顶\s*[\]】)）〕]\s*|NEW\b\s*")
PINNED_CLASS = frozenset({"top", "istop", "is-top", "zhiding", "zd", "sticky", "stick", "settop", "r_lmgd"})
HEADINGS = ("h1", "h2", "h3", "h4", "h5")
SILENT = frozenset({"script", "style", "noscript", "template"})
TITLE_LEAST = 4


@dataclass(slots=True)
class _Marks:
    """For every element: how many dates and which titled links lie in it."""

    dates: Counter[Element]
    links: dict[Element, list[Element]]


@dataclass(frozen=True, slots=True)
class _Found:
    """A date of a row and the text before it."""

    day: date
    raw: str
    before: str


def extract_rows(text: str, url: str, selectors: Mapping[str, Sequence[str]]) -> tuple[ListRow, ...]:
    """The rows of a list page, in its order, each address once.

    `selectors` are those of the site file (`item`, `link`, `date`, `number`); without `item` the
    rows are found by their repetition. Dated rows that stand inside an HTML comment (seen on
    jyt.gansu.gov.cn, 2025-11) are taken where the page shows none.
    """
    root = parse_html(text)
    rows = _read_rows(root, url, selectors) if root is not None else ()
    if any(row.date for row in rows):
        return rows
    for comment in COMMENT.finditer(text):
        if "<a" in comment[1] and (fragment := parse_html(comment[1])) is not None:
            hidden = _read_rows(fragment, url, selectors)
            if any(row.date for row in hidden):
                rows = max(rows, hidden, key=len)
    return rows


def _read_rows(root: Element, url: str, selectors: Mapping[str, Sequence[str]]) -> tuple[ListRow, ...]:
    elements = _select(root, selectors["item"]) if "item" in selectors else _find_elements(root)
    base = _base(root, url)
    rows = (_read_row(element, base, selectors) for element in elements)
    return mark_pinned(unique(row for row in rows if row is not None))


def unique(rows: Iterable[ListRow]) -> list[ListRow]:
    """Each address once, the longest title kept, at most MAX_ROWS."""
    found: dict[str, ListRow] = {}
    for row in rows:
        old = found.get(row.url)
        if old is None and len(found) < MAX_ROWS:
            found[row.url] = row
        elif old is not None and len(row.title) > len(old.title):
            found[row.url] = replace(row, date=old.date or row.date)
    return list(found.values())


def mark_pinned(rows: Sequence[ListRow]) -> tuple[ListRow, ...]:
    """Mark the first rows that are older than a later one: lists are newest first but for pins."""
    result = list(rows)
    newest: date | None = None
    latest_after: list[date | None] = [None] * len(rows)
    for place in range(len(rows) - 1, -1, -1):
        latest_after[place] = newest
        day = rows[place].date
        if day is not None and (newest is None or day > newest):
            newest = day
    for place, row in enumerate(rows):
        after = latest_after[place]
        if row.date is None or after is None or row.date >= after:
            break
        result[place] = replace(row, pinned=True)
    return tuple(result)


def _select(root: Element, selectors: Sequence[str]) -> list[Element]:
    for selector in selectors:
        found = root.cssselect(selector)
        if found:
            return list(found)
    return []


def _base(root: Element, url: str) -> str:
    for element in root.iter("base"):
        return join(url, element.get("href") or "") or url
    return url


def join(base: str, href: str) -> str:
    """The absolute address of a link; "" where it leads nowhere a crawler goes."""
    href = re.sub(r"[\t\r\n]", "", href).strip()
    if not href or (href.startswith("#") and not href.startswith(("#/", "#!"))):
        return ""
    try:
        address = urljoin(base, href)
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    return address.replace(" ", "%20")


# which elements are rows


def _find_elements(root: Element) -> list[Element]:
    marks = _mark(root)
    groups: dict[tuple[object, ...], list[Element]] = defaultdict(list)
    for element, count in marks.dates.items():
        if 1 <= count <= MAX_DATES and element in marks.links:
            groups[_signature(element)].append(element)
    best = max(groups.values(), key=lambda group: (len(group), _weight(group, marks)), default=[])
    if not best or (len(best) == 1 and len(marks.links[best[0]]) > MAX_DATES):
        return _undated(marks)
    return _with_undated(best, marks)


def _signature(element: Element) -> tuple[object, ...]:
    """What sister rows share: the list's tag and class, and the block that holds the list."""
    parent = element.getparent()
    grandparent = parent.getparent() if parent is not None else None
    shape = (parent.tag, parent.get("class")) if parent is not None else ()
    return (element.tag, *shape, grandparent if grandparent is not None else parent)


def _weight(group: Sequence[Element], marks: _Marks) -> int:
    return sum(len(link_title(link)) for element in group for link in marks.links[element][:1])


def _with_undated(rows: list[Element], marks: _Marks) -> list[Element]:
    """The rows and, in their order, sisters of the same class without a date or with an abstract full of them."""
    classes = {row.get("class") for row in rows}
    dated = set(rows)
    result: list[Element] = []
    for parent in dict.fromkeys(row.getparent() for row in rows):
        if parent is None:
            continue
        for child in parent:
            alike = child.tag == rows[0].tag and child.get("class") in classes and child in marks.links
            if child in dated or alike:
                result.append(child)
    return result


def _undated(marks: _Marks) -> list[Element]:
    groups: dict[tuple[object, ...], list[Element]] = defaultdict(list)
    for element, links in marks.links.items():
        long = len(links) == 1 and len(link_title(links[0])) >= 2 * TITLE_LEAST
        if long and not marks.dates[element] and not in_shell(element):
            groups[_signature(element)].append(element)
    best = max(groups.values(), key=lambda group: _weight(group, marks), default=[])
    return best if len(best) > 1 else []


def _mark(root: Element) -> _Marks:
    dates: Counter[Element] = Counter()
    links: dict[Element, list[Element]] = defaultdict(list)
    for element in root.iter(etree.Element):
        if element.tag in SILENT:
            continue
        if element.tag == "a" and _is_titled(element):
            for ancestor in (element, *element.iterancestors()):
                links[ancestor].append(element)
        for place, chunk in ((element, element.text), (element.getparent(), element.tail)):
            if chunk and place is not None and _holds_date(chunk, place):
                for ancestor in (place, *place.iterancestors()):
                    dates[ancestor] += 1
    return _Marks(dates, links)


def _holds_date(chunk: str, element: Element) -> bool:
    if DIGIT.search(chunk) is None:
        return False
    if dates := _dates(chunk):
        return element.tag != "a" or _is_alone(chunk, dates)
    return bool(MONTH_ONLY.fullmatch(chunk.strip()))


def _dates(text: str) -> tuple[PrintedDate, ...]:
    """The dates of a text; bare digits (20260511) count only where they are all of it."""
    if DIGIT.search(text) is None:
        return ()
    return _short_dates(text) if len(text) <= SHORT else _find_dates(text)


def _find_dates(text: str) -> tuple[PrintedDate, ...]:
    return tuple(one for one in find_dates(text) if not one.raw.isdigit() or one.raw == text.strip())


# A row is looked at four times; looking its texts up again is most of the time a list takes.
_short_dates = lru_cache(maxsize=1024)(_find_dates)


def _is_alone(text: str, dates: Sequence[PrintedDate]) -> bool:
    """Whether a text is nothing but its date, give or take brackets, a clock and a label."""
    outside = (text[: dates[0].start], text[dates[0].end :]) if dates else ()
    return bool(dates) and all(AROUND_DATE.fullmatch(part) for part in outside)


def _is_titled(link: Element) -> bool:
    href = link.get("href") or ""
    if not href.strip() or href.lstrip().lower().startswith(("javascript:", "mailto:", "tel:", "#")):
        return False
    title = link_title(link)
    return len(title) >= 2 and not NAVIGATION.fullmatch(title)


# what a row says


def _read_row(element: Element, base: str, selectors: Mapping[str, Sequence[str]]) -> ListRow | None:
    link = _main_link(element, selectors.get("link", ()))
    if link is None or not (url := join(base, link.get("href") or "")):
        return None
    dated = _select(element, selectors["date"]) if "date" in selectors else []
    day, raw = extract_date(dated[0] if dated else element, None if dated else link)
    numbers = _select(element, selectors["number"]) if "number" in selectors else []
    number = tidy("".join(numbers[0].itertext())) if numbers else ""
    return ListRow(url, link_title(link), day, raw, number, _is_pinned(element))


def _main_link(element: Element, selectors: Sequence[str]) -> Element | None:
    links = _select(element, selectors) if selectors else list(element.iter("a"))
    if element.tag == "a":
        return element
    titled = [link for link in links if _is_titled(link)]
    plain = [link for link in titled if not CATEGORY.fullmatch(link_title(link))]
    for link in plain:
        if len(link_title(link)) >= TITLE_LEAST:
            return link
    return max(plain, key=lambda link: len(link_title(link)), default=None)


def link_title(link: Element) -> str:
    """The title a link carries: the title attribute where it is longer than the visible text."""
    visible = _visible(link)
    told = clean_title(link.get("title") or "")
    return told if len(told) > len(visible.rstrip(".…")) else visible


def _visible(link: Element) -> str:
    for heading in link.iter(*HEADINGS):
        if text := clean_title("".join(heading.itertext())):
            return text
    chunks = [text for _, text in _chunks(link) if not _is_alone(text, _dates(text))]
    if not chunks:
        return clean_title(next((img.get("alt") or "" for img in link.iter("img")), ""))
    return clean_title("".join(chunks))


def clean_title(text: str) -> str:
    """A list title without bullets, pins and NEW marks."""
    text = tidy(text).strip(BULLETS)
    head = PINNED_HEAD.match(text)
    return text[head.end() :].strip(BULLETS) if head else text


def _chunks(element: Element) -> Iterator[tuple[Element, str]]:
    """Every text of an element with the element it stands in, scripts left out."""
    if not isinstance(element.tag, str) or element.tag in SILENT:
        return
    if element.text:
        yield element, element.text
    for child in element:
        yield from _chunks(child)
        if child.tail:
            yield element, child.tail


def extract_date(element: Element, link: Element | None) -> tuple[date | None, str]:
    """The published date of a row and what was printed; dates inside the title do not count."""
    inside = set(link.iter()) if link is not None and link is not element else set()
    before = ""
    alone: list[_Found] = []
    inline: list[_Found] = []
    for place, chunk in _chunks(element):
        dates = _dates(chunk)
        found = [_Found(one.day, one.raw, before + chunk[: one.start]) for one in dates]
        if _is_alone(chunk, dates):
            alone += found
        elif place not in inside:
            inline += found
        before = (before + chunk)[-20:] if chunk.strip() else before
    if not alone and not inline:
        return _split_date(element)
    chosen = _choose(alone, inline, table=element.tag == "tr")
    return chosen.day, chosen.raw


def _choose(alone: list[_Found], inline: list[_Found], *, table: bool) -> _Found:
    """The date labelled as that of publication, else one that stands alone, else one in a text."""
    for one in alone + inline:
        if PUBLISHED.search(one.before):
            return one
    found = alone or inline
    rest = [one for one in found if not WRITTEN.search(one.before)] or found
    return rest[-1] if table else rest[0]


def _split_date(element: Element) -> tuple[date | None, str]:
    """Day and month in blocks of their own: `<b>20</b><span>2026-05</span>`, in either order."""
    leaves = [text.strip() for _, text in _chunks(element) if text.strip()]
    for place, leaf in enumerate(leaves):
        month = MONTH_ONLY.fullmatch(leaf)
        if month is None:
            continue
        for neighbour in leaves[max(place - 1, 0) : place] + leaves[place + 1 : place + 2]:
            if (day := DAY_ONLY.fullmatch(neighbour)) is not None:
                return make_date(month[1], month[2], day[1]), f"{leaf} {neighbour}"
        return None, leaf
    return None, ""


def make_date(year: str, month: str, day: str) -> date | None:
    """A day, or None where there is no such day."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _is_pinned(element: Element) -> bool:
    for part in element.iter(etree.Element):
        classes = (part.get("class") or "").lower().split()
        text = part.text or ""
        if not PINNED_CLASS.isdisjoint(classes) or PINNED_TEXT.fullmatch(text.strip()):
            return True
        if "置顶" in text and PINNED_HEAD.match(text):
            return True
    return False
