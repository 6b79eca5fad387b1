"""Text as it was meant: line ends, control characters, radicals for characters, sentences over lines."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence

# PDF fonts print 民 as U+2EA0, 页 as U+2EDA, 一 as U+2F00, 金 as U+F90A. NFKC of whole texts would also
# turn full-width punctuation into ASCII, so only these three blocks are folded. NFKC knows no simplified
# radicals of U+2E80..2EFF; these pairs follow EquivalentUnifiedIdeograph.txt of Unicode 15.
_RADICAL_PAIRS = (
    "⺁厂⺅亻⺇几⺋㔾⺌小⺍小⺎尢⺐尢⺒巳⺓幺⺖忄⺗心⺘扌⺙攵⺛旡⺝月⺞歹⺠民⺡氵⺣灬"
    "⺤爫⺦丬⺨犭⺩王⺪疋⺬示⺭礻⺯糹⺱罒⺲罒⺶羊⺸羊⺹耂⺼月⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤"
    "⻃覀⻄西⻅见⻆角⻈讠⻉贝⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦"
    "⻚页⻛风⻜飞⻝食⻟飠⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙"
    "⻱龜⻲亀⻳龟"
)
_RADICALS = {
    code: unicodedata.normalize("NFKC", chr(code))
    for block in (range(0x2E80, 0x2FE0), range(0xF900, 0xFB00))
    for code in block
} | {ord(a): b for a, b in zip(_RADICAL_PAIRS[::2], _RADICAL_PAIRS[1::2], strict=True)}
_HAS_RADICAL = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")
# Control characters, lone surrogates, and U+FFFE, with which PDFium marks a hyphen at a line's end.
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# It begins where the blanks begin, or a long row of them would be read from each of its places.
_LINE_END = re.compile(
    "(?<![ \t\r\v\f\x85\u2028\u2029])[ \t\r\v\f\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x85\u2028\u2029])"
)


def tidy(text: str) -> str:
    """Text with line feeds as the only line ends, no control characters, and no radicals."""
    text = _LINE_END.sub("\n", _UNWANTED.sub("", text))
    if _HAS_RADICAL.search(text):
        text = text.translate(_RADICALS)
    return text.strip("\n")


# A line this full was broken by the margin, not by its writer: lines of official documents hold 28
# characters, and closing punctuation may move one or two of them to the next line.
FULL = 0.85
# Shorter pages of lines show no margin.
LEAST_WIDTH = 30
# The first line of a paragraph stands in by two characters, which PDFium does not say (GB/T 9704, 7.3.3).
INDENT = 4
# Heads and feet stand on so many pages and in so many lines from the edge; digits in them count pages.
LEAST_RUNNING, LEAST_RUNNING_SHARE, EDGE_LINES = 3, 0.3, 3
_ENDS_SENTENCE = frozenset("。；：！？.;:!?…")
_BEGINS_ANEW = re.compile(
    r"\s|[一二三四五六七八九十]+、|[(（][一二三四五六七八九十\d]+[)）]|\d+[.．、]|第[一二三四五六七八九十百零\d]+[章节条]|附件|[—–-]*\s*\d+\s*[—–-]*$"
)
# Entries of a table of contents, told by the end of a line; rows of figures, and the line above a table or a figure.
_LEADER = re.compile(r"(?:\.{5}|…{2}|·{5})[.…·\s]*\d*\s*$")
_LEADER_TAIL = 80
_STANDS_ALONE = re.compile(r"[\d\s.,%‰-]+$|[表图]\s*\d")
# The last line of a title, however wide it is, among the first lines of a page (red head, number, title).
_TITLE_END = re.compile(
    r".*(?:关于|印发|转发).*的(?:通知|公告|通告|决定|意见|批复|函|公报|通报|报告|命令|令)$"
)
_TITLE_LINES = 8
_DIGITS = re.compile(r"\d+")


def running_lines(pages: Sequence[str]) -> frozenset[str]:
    """Lines that stand at the top or bottom of many pages: heads, feet, page numbers."""
    edges = [{line for line in _edge_lines(page) if line} for page in pages]
    count = Counter(key for page in edges for key in {_DIGITS.sub("0", line) for line in page})
    least = max(LEAST_RUNNING, LEAST_RUNNING_SHARE * len(pages))
    return frozenset(line for page in edges for line in page if count[_DIGITS.sub("0", line)] >= least)


def _edge_lines(page: str) -> list[str]:
    lines = page.split("\n")
    return lines[:EDGE_LINES] + lines[-EDGE_LINES:]


def unwrapped(text: str, running: Collection[str] = ()) -> str:
    """Lines of one printed page with those joined that the right margin broke in mid-sentence.

    The `running` lines of the document are left as they are and say nothing of the margin.
    """
    lines = text.split("\n")
    # A row of a table is as wide as its cells are long.
    widths = [0 if "\t" in line or line in running else _width(line) for line in lines]
    margin = max(widths) * FULL
    if max(widths) < LEAST_WIDTH:
        return text
    joined, above = lines[:1], ""
    for at, (before, line, width) in enumerate(zip(lines, lines[1:], widths, strict=False)):
        if at < _TITLE_LINES and _TITLE_END.match(before):
            width = 0
        full = width and width + (INDENT if _begins_paragraph(before, above) else 0) >= margin
        if full and line and line not in running and _goes_on(before, line):
            joined[-1] += (" " if before[-1].isascii() and line[0].isascii() else "") + line
        else:
            joined.append(line)
        above = before
    return "\n".join(joined)


def _width(line: str) -> int:
    return sum(1 if char < "\u0100" else 2 for char in line)


def _begins_paragraph(line: str, above: str) -> bool:
    return bool(_BEGINS_ANEW.match(line)) or above[-1:] in _ENDS_SENTENCE


def _goes_on(line: str, following: str) -> bool:
    return (
        line[-1] not in _ENDS_SENTENCE
        and "\t" not in line + following
        and not _STANDS_ALONE.match(line)
        and not _LEADER.search(line[-_LEADER_TAIL:])
        and not _BEGINS_ANEW.match(following)
    )
