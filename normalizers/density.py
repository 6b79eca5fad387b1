"""Bodies without a known container, by structure alone: the run of lines that reads like running text.

Every line has a value: sentences count their length, links, buttons, labels and footers count against,
the rest is neutral. The run of the highest sum (Kadane's maximum subarray) is the text; the smallest
element around it says how far headings, signature, tables and pictures reach on both sides.
"""

import re

from lxml.html import HtmlElement

from normalizers.body import Body
from normalizers.chars import squeeze
from normalizers.containers import HOLDERS
from normalizers.lines import Line, PageLines
from normalizers.shell import EDITOR, MAX_CHROME, is_end, is_foot, is_link, is_shell
from normalizers.signature import DAY_LINE, looks_like_body

# Half and double of each number below give all of 97 real pages the same body, and the same pages without the names
# of their elements too, but one where RIVAL or SHELL_COST is doubled (2026).
# Characters of running text below which a page is left to the general extractors.
MIN_RUNNING = 30
# A second run with more than this share of the first may be the text as well (97 real pages: none above .0,
# but for a menu with sentences, .87).
RIVAL = 0.5
# What a line of the shell costs: as much as a short sentence brings.
SHELL_COST = 20
# A body without sentences stands at most this many lines of shell below its title …
MAX_BETWEEN = 16
# … of at least this many characters (columns are shorter), or of this many in a heading that the title tag
# holds, and says at least this much (详见附件).
MIN_TITLE = 8
MIN_COLUMN = 4
MIN_TOLD = 4
HEADINGS = ("h1", "h2", "h3")
# Lines tried as the title.
MAX_TITLES = 4
# A line with one of these marks and at least so many characters is running text.
MARK = re.compile(r"[，。；！？]")
MIN_LINE = 12
# Links in a row that are no files: a list of related pages.
MAX_LINKS = 3


def find_by_density(page: PageLines) -> Body | None:
    """The lines of the text that a page holds; None where there is too little running text to tell."""
    lines = page.lines
    worth = values(lines)
    run = best_run(worth)
    if run is None or run[2] < MIN_RUNNING or has_rival(worth, run):
        return None
    start, end, _ = run
    floor, ceiling = around(page, start, end)
    while start > floor and worth[start - 1] >= 0 and not is_shell(lines[start - 1]):
        start -= 1
    return Body(start, last_line(lines, end, ceiling), "body:density", "")


def find_under_title(root: HtmlElement, page: PageLines) -> Body | None:
    """Tables, pictures or a few words under the printed title, in the smallest element that holds both.

    For bodies without sentences. The title is a line that the title tag holds, else a heading.
    """
    lines = page.lines
    for title in title_lines(root, lines):
        start = title + 1
        while start < min(len(lines), title + MAX_BETWEEN) and is_shell(lines[start]):
            start += 1
        if start == len(lines):
            continue
        _, ceiling = around(page, title, start + 1)
        end = last_line(lines, start, ceiling)
        if any(line.src for line in lines[start:end]) or told(lines, start, end) >= MIN_TOLD:
            return Body(start, end, "body:under_title", "")
    return None


def title_lines(root: HtmlElement, lines: list[Line]) -> list[int]:
    """The numbers of the lines that may be the title: those that stand in the title tag, else headings."""
    tag = next((squeeze("".join(e.itertext())) for e in root.iter("title")), "")
    plain = [i for i, line in enumerate(lines) if len(line.text) >= MIN_COLUMN and not line.linked]
    heads = [i for i in plain if lines[i].tag in HEADINGS]
    long = [i for i in plain if len(lines[i].text) >= MIN_TITLE]
    tagged = [
        i
        for i in sorted({*heads, *long})
        if squeeze(lines[i].text) in tag and not looks_like_body(lines[i].text)
    ]
    return (tagged or [i for i in heads if i in long])[:MAX_TITLES]


def told(lines: list[Line], start: int, end: int) -> int:
    """Characters of a range that belong to no shell, nor to links that are no files."""
    return sum(
        len(line.text) for line in lines[start:end] if not (is_link(line) or is_shell(line) or is_end(line))
    )


def last_line(lines: list[Line], end: int, ceiling: int) -> int:
    """How far headings, signature, tables and names of files follow a run in its element."""
    links = 0
    for i in range(end, ceiling):
        line = lines[i]
        if is_end(line):
            break
        links = links + 1 if is_link(line) else 0
        if links > MAX_LINKS:
            break
        if not links:
            end = i + 1
    return end


def values(lines: list[Line]) -> list[int]:
    """What each line speaks for (+) or against (-) being the body's; a repeated sentence is neutral."""
    seen: set[str] = set()
    found: list[int] = []
    for line in lines:
        value = value_of(line)
        if value > 0 and line.text in seen:
            value = 0
        seen.add(line.text)
        found.append(value)
    return found


def value_of(line: Line) -> int:
    text = line.text
    if not text:
        return 0
    size = len(text)
    if line.linked * 2 >= size:
        return -SHELL_COST - line.linked if is_link(line) else 0
    if size > MAX_CHROME and MARK.search(text):
        return size - line.linked
    if is_foot(text):
        return -SHELL_COST
    if size >= MIN_LINE and MARK.search(text) and not EDITOR.match(text):
        return size - line.linked
    return 0 if DAY_LINE.match(text) or not is_shell(line) else -SHELL_COST


def is_menu_page(lines: list[Line]) -> bool:
    """Whether a page has no running text at all and consists of links for the most part."""
    linked, total = sum(line.linked for line in lines), sum(len(line.text) for line in lines)
    return linked * 2 >= total and not any(value_of(line) > 0 for line in lines)


def best_run(worth: list[int]) -> tuple[int, int, int] | None:
    """Start, end and sum of the run of the highest sum, the shortest one; None where nothing is above zero."""
    best = None
    total = start = 0
    for i, value in enumerate(worth):
        if total <= 0:
            total, start = 0, i
        total += value
        if total > (best[2] if best else 0):
            best = (start, i + 1, total)
    return best


def has_rival(worth: list[int], run: tuple[int, int, int]) -> bool:
    """Whether another run is nearly as good."""
    start, end, total = run
    others = (best_run(worth[:start]), best_run(worth[end:]))
    return any(other[2] > RIVAL * total for other in others if other)


def around(page: PageLines, start: int, end: int) -> tuple[int, int]:
    """The range of lines of the smallest element that holds a run and more than one line."""
    holders = (
        (last - first, first, last)
        for _, first, last, element in page.marks
        if first <= start and end <= last and last - first > 1 and element.tag in HOLDERS
    )
    _, first, last = min(holders, default=(0, start, end))
    return first, last
