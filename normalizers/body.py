"""The body of a page: which lines belong to it."""

import re
from dataclasses import dataclass
from itertools import accumulate

from lxml.html import HtmlElement

from normalizers import containers
from normalizers.chars import squeeze
from normalizers.doc_numbers import whole_number
from normalizers.lines import Line, PageLines
from normalizers.shell import (
    ANNEX_LINE,
    CHROME,
    EDITOR,
    FILE_NAME,
    FOOTER,
    MAX_CHROME,
    is_cut,
    is_file,
    is_head_chrome,
    is_link,
    is_shell,
)
from normalizers.signature import looks_like_body

# A container with less text than this is an empty shell or a caption (real bodies begin at 60 characters).
MIN_BODY = 20
# … unless its name is certain: 详见附件 is a body.
MIN_CERTAIN = 4
# Share of a page's prose that a container of a loose name must hold to be the body, not a teaser.
LOOSE_SHARE = 0.6
PROSE = 25
# What follows a body has less prose than this, in characters.
MAX_PROSE_BEHIND = 200
# A document without text has at most this many links that are no files (打印, 关闭, 分享).
MAX_OTHER_LINKS = 5
# Title lines, number lines and source lines stand in the first lines of a body if at all.
HEAD_LINES = 14
# 新华社北京11月7日电: the first words of an agency's text, above a title that the agency quotes.
DATELINE = re.compile(r"^.{2,6}社.{2,20}电")
# （2023年2月25日国家市场监督管理总局令第72号公布 自2023年5月1日起施行）; without a number, as
# （…会议通过）, the bracket belongs to the text.
PROMULGATED = re.compile(
    r"[（(][^（）()]{0,60}令\s*(?:第\s*)?\d{1,4}\s*号\s*(?:公布|发布)[^（）()]{0,60}[）)]$"
)
NOTE_MARK = re.compile(r"(?:\[\d+\]|【\d+】|[①②*＊])+$")
# The last characters of what these two and the next find, ＊ the full-width * of Unicode.
NOTE_ENDS = frozenset("]】①②*＊")
BRACKET_ENDS = frozenset("）)]】")
QUOTES = re.compile(r"[《》“”\"'〈〉（）()\-—–、，,]")
BRACKETED_NUMBER = re.compile(r"[（(\[【][^（(]{2,60}号[）)\]】]$")
SENTENCE = re.compile(r"[。；：:]$|[，。；]")
# Headings and names between the shell and the first sentence: at most this many (目录 of a law).
MAX_OPENING = 20


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of a body as a range, with its rule; `title_start` is where its repeated title begins.

    `certain` says that a site file or an exact name of a platform told its container.
    """

    start: int
    end: int
    rule: str
    raw: str
    title_start: int = -1
    certain: bool = False


def prose(lines: list[Line], start: int, end: int) -> int:
    """Characters of a range in lines that read like sentences."""
    return sum(map(prose_of, lines[start:end]))


def prose_of(line: Line) -> int:
    """Characters of a line that reads like a sentence, else 0."""
    size = len(line.text)
    return size if size >= PROSE and line.linked * 2 < size else 0


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
    # Sums from the first line on: hundreds of known names may enclose each other.
    text = list(accumulate((len(line.text) - line.linked for line in page.lines), initial=0))
    said: list[int] = []
    for rank, start, end, element in page.marks:
        if rank == containers.HOLDER:
            continue
        size = text[end] - text[start]
        if size < (MIN_BODY if rank >= containers.USUAL else MIN_CERTAIN):
            continue
        if rank >= containers.LOOSE:
            said = said or list(accumulate(map(prose_of, page.lines), initial=0))
            if said[end] - said[start] < LOOSE_SHARE * max(1, said[-1]):
                continue
            size = -size  # the innermost of loose containers is the tightest
        if best is None or (rank, -size) < best[:2]:
            best = (rank, -size, start)
            source = "site" if rank < containers.EXACT else "body"
            found = Body(start, end, f"{source}:{describe(element)}", "", certain=rank < containers.USUAL)
    return found or picture_container(page)


def picture_container(page: PageLines) -> Body | None:
    """A known container without text that holds pictures or links to files: a scanned document."""
    for rank, start, end, element in sorted(page.marks, key=lambda m: m[:2]):
        part = page.lines[start:end]
        if rank < containers.LOOSE and any(line.src or is_file(line) for line in part) and not is_menu(part):
            return Body(start, end, f"body:{describe(element)}", "", certain=rank < containers.USUAL)
    return None


def is_menu(lines: list[Line]) -> bool:
    """Whether lines are links to other pages rather than a document."""
    return sum(map(is_link, lines)) > MAX_OTHER_LINKS


def trim(page: PageLines, body: Body, title: str | None) -> Body:
    """The body without repeated title and number lines in front and without chrome and file links behind.

    A number line without a title above it stays: it is the first line of the document as printed.
    """
    lines = page.lines
    start, end = body.start, body.end
    end = cut_tail(lines, start, end)
    title_start, after = skip_title(lines, start, end, title)
    if title_start >= 0 and after < end:
        start = after
    while start < end - 1 and is_head_chrome(lines[start].text):
        start += 1
    end = trim_end(lines, start, end)
    return Body(start, end, body.rule, body.raw, title_start)


def cut_tail(lines: list[Line], start: int, end: int) -> int:
    """Where related links, share buttons and footers begin in the second half of a body."""
    half = start + max(1, (end - start) // 3)
    first, behind = end, 0
    while first > half and (behind := behind + prose(lines, first - 1, first)) < MAX_PROSE_BEHIND:
        first -= 1
    return next((i for i in range(first, end) if is_cut(lines[i].text)), end)


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
        re.fullmatch(r"附\s*件(?:信息|列表|下载)?\s*[:：]?", text)
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


def is_letterhead(line: Line) -> bool:
    """Whether a line may stand above the title: a number, bodies, a label or button, a part of the title."""
    text = line.text
    if DATELINE.match(text):
        return False
    if line.centred and no_sentence(text):
        return True
    return bool(whole_number(text)) or looks_like_body(text) or is_head_chrome(text)


def no_sentence(text: str) -> bool:
    return "。" not in text and "：" not in text


def skip_numbers(lines: list[Line], start: int, end: int) -> int:
    """The first line after the number lines that follow a title, a bracket that promulgates it by number too."""
    while start < end - 1 and (
        not lines[start].text or whole_number(lines[start].text) or PROMULGATED.match(lines[start].text)
    ):
        start += 1
    return start


def title_core(title: str) -> str:
    """A title for comparing: no white space, footnote marks, number in brackets or quotes."""
    text = squeeze(title)
    if text[-1:] in NOTE_ENDS:
        text = NOTE_MARK.sub("", text)
    if text[-1:] in BRACKET_ENDS:
        text = BRACKETED_NUMBER.sub("", text)
    return QUOTES.sub("", text)


def refine(lines: list[Line], body: Body, floor: int = 0) -> Body:
    """The range with its first line moved to where the shell ends, above the first sentence.

    Extractors keep rows of the info table and buttons in front, and lose chapter headings. A container
    may hold buttons too, but nothing above it (`floor`) belongs to it.
    """
    first = next((i for i in range(body.start, body.end) if is_sentence(lines[i])), None)
    if first is None:
        return body
    above = range(first - 1, max(floor, first - MAX_OPENING) - 1, -1)
    shell = next((i for i in above if is_shell(lines[i])), None)
    if shell is None and floor:
        return body
    return Body(above.stop + 1 if shell is None else shell + 1, body.end, body.rule, body.raw)


def is_sentence(line: Line) -> bool:
    """Whether a line reads like running text or an address (各有关单位：)."""
    text = line.text
    return len(text) >= 8 and bool(SENTENCE.search(text)) and not is_shell(line)
