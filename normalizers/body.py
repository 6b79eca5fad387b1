"""The body of a page: which lines belong to it."""

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from normalizers import containers
from normalizers.chars import squeeze
from normalizers.doc_numbers import whole_number
from normalizers.info_table import is_info_line
from normalizers.lines import Line, PageLines
from normalizers.signature import looks_like_body

# A container with less text than this is an empty shell or a caption (real bodies begin at 60 characters).
MIN_BODY = 20
# … unless its name is certain: 详见附件 is a body.
MIN_CERTAIN = 4
# Share of a page's prose that a container of a loose name must hold to be the body, not a teaser.
LOOSE_SHARE = 0.6
PROSE = 25
# Buttons, labels and footers are shorter than this.
MAX_CHROME = 200
# Title lines, number lines and source lines stand in the first lines of a body if at all.
HEAD_LINES = 14

CHROME = re.compile(
    r"^(?:[【\[（(]?(?:打印|打印本页|打印此页|关闭|关闭窗口|关闭本页|返回|返回顶部|收藏|分享|分享到|字体|大|中|小|纠错|我要纠错|我要打印|我要关闭|扫一扫.*|"
    r"(?:上一页)?[\d\s]*下一页.*|上一篇.*|下一篇.*|上一条.*|下一条.*|没有了|复制|推荐|微信|微博|首页|加入收藏|下载文件|文件下载|阅读全文|页面纠错|语音播报|听全文|无障碍阅读)[】\]）)]?[\s|｜:：]*)+$"
)
EDITOR = re.compile(
    r"^[（(【\[]?(?:责任编辑|责编|(?:编辑|审核|校对|初审|复审|终审|作者|来源|信息来源|文章来源|稿件来源|发布时间|发布日期|浏览次数|点击数|录入|供稿|撰稿"
    r"|阅读次数|本文来源|网络编辑|审稿)[:：])"
)
CUT = re.compile(
    r"^(?:相关附件|附件下载|相关链接|相关文件|相关解读|相关阅读|相关文章|相关新闻|相关信息|相关政策|推荐阅读|延伸阅读|政策解读|文件解读|解读链接|图解|主办单位|版权所有|"
    r"网站地图|联系我们|扫一扫|扫码|分享到|打印本页|您访问的链接|责任编辑|上一篇|下一篇|政府网站标识码|网站标识码|关联文档|相关稿件|热点推荐|附件列表|文件下载|为您推荐|猜你喜欢)"
)
FOOTER = re.compile(r"版权所有|ICP\s*[备证]|公网安备|网站标识码|^(?:主办|承办|技术支持|建设维护)[:：单位]")
ANNEX_LINE = re.compile(r"^(?:附\s*件|附\s*表|附)\s*[\d一二三四五六七八九十]{0,3}\s*[:：.、]?")
FILE_NAME = re.compile(
    r"\.(?:pdf|docx?|wps|ofd|xlsx?|et|zip|rar|7z|pptx?|jpe?g|png|txt|ceb|tif)\s*(?:[（(].{0,12}[）)])?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of a body as a range, with its rule; `title_end` is where its repeated title ended."""

    start: int
    end: int
    rule: str
    raw: str
    title_start: int = -1


def weight(lines: list[Line], start: int, end: int) -> int:
    """Characters of a range that are text and not links."""
    return sum(len(line.text) - line.linked for line in lines[start:end])


def prose(lines: list[Line], start: int, end: int) -> int:
    """Characters of a range in lines that read like sentences."""
    return sum(
        len(line.text)
        for line in lines[start:end]
        if len(line.text) >= PROSE and line.linked * 2 < len(line.text)
    )


def describe(element: HtmlElement) -> str:
    """An element as a short selector for evidence."""
    name = element.get("id")
    classes = (element.get("class") or "").split()
    return str(element.tag) + (f"#{name}" if name else "") + (f".{classes[0]}" if classes else "")


def find_container(page: PageLines) -> Body | None:
    """The range of the best known container; None where no container holds a text or a picture.

    Hinted containers come first, in their order, then exact, usual and loose names; among equals the
    one with most text. A loose name must hold most of the prose of the page.
    """
    best: tuple[int, int, int] | None = None
    found = None
    total = 0
    for rank, start, end, element in page.marks:
        size = weight(page.lines, start, end)
        if size < (MIN_BODY if rank >= containers.USUAL else MIN_CERTAIN):
            continue
        if rank >= containers.LOOSE:
            total = total or max(1, prose(page.lines, 0, len(page.lines)))
            if prose(page.lines, start, end) < LOOSE_SHARE * total:
                continue
            size = -size  # the innermost of loose containers is the tightest
        if best is None or (rank, -size) < best[:2]:
            best = (rank, -size, start)
            source = "site" if rank < containers.EXACT else "body"
            found = Body(start, end, f"{source}:{describe(element)}", "")
    return found or picture_container(page)


def picture_container(page: PageLines) -> Body | None:
    """A known container without text that holds pictures or links to files: a scanned document."""
    for rank, start, end, element in sorted(page.marks, key=lambda m: m[:2]):
        if rank < containers.LOOSE and any(line.src or line.linked for line in page.lines[start:end]):
            return Body(start, end, f"body:{describe(element)}", "")
    return None


def trim(page: PageLines, body: Body, title: str | None, known_number: str = "") -> Body:
    """The body without repeated title and number lines in front and without chrome and file links behind.

    A number line without a title above it is dropped only where it repeats `known_number`, a key;
    else the document prints its number nowhere but here.
    """
    lines = page.lines
    start, end = body.start, body.end
    end = cut_tail(lines, start, end)
    title_start, after = skip_title(lines, start, end, title)
    if title_start >= 0 and after < end:
        start = after
    elif start < end and (number := whole_number(lines[start].text)) and number.key == known_number:
        start += 1
    while start < end - 1 and is_head_chrome(lines[start]):
        start += 1
    end = trim_end(lines, start, end)
    return Body(start, end, body.rule, body.raw, title_start)


def is_head_chrome(line: Line) -> bool:
    """Whether a line before the first sentence is a label, button or source line."""
    return len(line.text) <= MAX_CHROME and bool(
        CHROME.match(line.text)
        or is_info_line(line.text)
        or (EDITOR.match(line.text) and len(line.text) < 60)
    )


def cut_tail(lines: list[Line], start: int, end: int) -> int:
    """Where related links, share buttons and footers begin in the second half of a body."""
    half = start + max(1, (end - start) // 3)
    for i in range(half, end):
        if len(lines[i].text) <= 40 and CUT.match(lines[i].text) and prose(lines, i, end) < 200:
            return i
    return end


def trim_end(lines: list[Line], start: int, end: int) -> int:
    """The end of a body without the buttons, editor names and file links that follow its last words."""
    while end > start + 1:
        line = lines[end - 1]
        if not is_tail(line, end - 1 < start + 1):
            break
        end -= 1
    return end


def is_tail(line: Line, only: bool) -> bool:
    """Whether a line at the end of a body is not a part of the document."""
    text = line.text
    if not text or len(text) > MAX_CHROME:
        return False
    if CHROME.match(text) or FOOTER.search(text) or (EDITOR.match(text) and len(text) < 40):
        return not only
    linked = line.linked >= 0.5 * len(text.replace(" ", ""))
    if linked and (FILE_NAME.search(text) or ANNEX_LINE.match(text) or line.linked >= 0.8 * len(text)):
        return True
    return bool(FILE_NAME.search(text) and ANNEX_LINE.match(text)) or bool(
        re.fullmatch(r"附\s*件\s*[:：]?", text)
    )


def skip_title(lines: list[Line], start: int, end: int, title: str | None) -> tuple[int, int]:
    """Where a title repeated in the first lines begins, and the first line after it and its number.

    (-1, start) where the body does not repeat its title.
    """
    wanted = title_core(title or "")
    if len(wanted) < 4:
        return -1, start
    window = [i for i in range(start, min(end, start + HEAD_LINES)) if lines[i].text]
    for first in range(len(window)):
        if first and not is_letterhead(lines[window[first - 1]]):
            break
        joined = ""
        for i in window[first : first + 8]:
            joined += squeeze(lines[i].text)
            core = title_core(joined)
            if core == wanted or (
                len(wanted) >= 10
                and core.endswith(wanted)
                and len(core) <= len(wanted) + 90
                and no_sentence(core)
                and not DATELINE.match(joined)
            ):
                return window[first], skip_numbers(lines, i + 1, end)
            if len(joined) > len(wanted) + 120:
                break
    return -1, start


# 新华社北京11月7日电: the first words of an agency's text, above a title that the agency quotes.
DATELINE = re.compile(r"^.{2,6}社.{2,20}电")


def is_letterhead(line: Line) -> bool:
    """Whether a line may stand above the title: a number, bodies, a label or button, a part of the title."""
    text = line.text
    if DATELINE.match(text):
        return False
    if line.centred and no_sentence(text):
        return True
    return bool(whole_number(text)) or looks_like_body(text) or is_head_chrome(line)


def no_sentence(text: str) -> bool:
    return "。" not in text and "：" not in text


def skip_numbers(lines: list[Line], start: int, end: int) -> int:
    """The first line after the number lines that follow a title."""
    while start < end - 1 and (whole_number(lines[start].text) or not lines[start].text):
        start += 1
    return start


NOTE_MARK = re.compile(r"(?:\[\d+\]|【\d+】|[①②*＊])+$")
BRACKETED_NUMBER = re.compile(r"[（(\[【][^（(]{2,60}号[）)\]】]$")


def title_core(title: str) -> str:
    """A title for comparing: no white space, footnote marks, number in brackets or quotes."""
    text = NOTE_MARK.sub("", squeeze(title))
    text = BRACKETED_NUMBER.sub("", text)
    return re.sub(r"[《》“”\"'〈〉（）()\-—–、，,]", "", text)
