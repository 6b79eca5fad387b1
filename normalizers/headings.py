"""Which lines of a body are headings, and of what level: by their numbers (GB/T 9704-2012, 7.3.3) or tags.

Statutes count 编, 章 and 节, other documents 一、 （一） 1. （1）. Most numbered lines are no headings: the
numbers also begin articles, items of a list and rows of a table of contents. A heading is short, ends
without a full stop, and what stands below it is its text, not the next number of its kind.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from normalizers.chars import CJK
from normalizers.lines import HEADINGS, Line

NUMERAL = "一二三四五六七八九十百零〇"
# One group a kind, from the highest down; a chapter is followed by a space or by the name itself.
NUMBERED = re.compile(
    rf"(第[{NUMERAL}\d]{{1,5}}编)|(第[{NUMERAL}\d]{{1,5}}分编)|(第[{NUMERAL}\d]{{1,5}}(?:部分|章))|(第[{NUMERAL}\d]{{1,5}}节)"
    rf"|([{NUMERAL}]{{1,3}}\s?[、.．])|([（(][{NUMERAL}]{{1,3}}[）)][、.．]?)"
    r"|(\d{1,2}\s?(?:[、．]|\.(?!\d)))|([（(]\d{1,2}[）)][、.．]?)"
)
# The list of annexes begins on the line of its label: 附件：1.申请表
ANNEX_LABEL = re.compile(r"附\s*[件表]\s*[：:]?\s*(?=1\s*[.．、])")
FIRST = frozenset("第（(附" + NUMERAL + "0123456789")
# Longest headings seen: 44 characters below 一、, 38 below （一）, 30 below 1. (saved pages, 2026).
MOST = (40, 40, 40, 40, 60, 50, 40, 40)
STATUTE_KINDS = 4
# 一、参赛对象： is a heading, what is longer leads into a list: 符合下列条件之一的人员：
MOST_BEFORE_COLON = 14
MAX_TAGGED = 80
# 第三章规定的… and 第二节课 speak of a chapter; the name of one begins with another word.
NO_NAME = re.compile(r"[的和与或及至到、，,规课中第]")
# A colon in the middle parts a label from its value: 一、时间：5月1日.
SENTENCE = re.compile(r"[。；;！？?!]|[，,、]$|[:：].")
NO_TEXT = re.compile(rf"[^{CJK}a-zA-Z]*$")


class Number(NamedTuple):
    """The kind of number that begins a line (0 the highest) and where its own text begins."""

    kind: int
    end: int


def number_of(text: str) -> Number | None:
    """The number that begins a line; None for other lines."""
    if text[:1] not in FIRST:
        return None
    label = ANNEX_LABEL.match(text) if text[0] == "附" else None
    m = NUMBERED.match(text, label.end() if label else 0)
    return Number((m.lastindex or 1) - 1, m.end()) if m else None


def is_short(text: str, number: Number) -> bool:
    """Whether a numbered line by itself can be a heading: a name, not a sentence or a label with a value."""
    rest = text[number.end :]
    if len(text) > (MOST_BEFORE_COLON if text[-1] in "：:" else MOST[number.kind]):
        return False
    if SENTENCE.search(rest) or NO_TEXT.match(rest):
        return False
    return number.kind >= STATUTE_KINDS or not NO_NAME.match(rest)


def heading_levels(lines: Sequence[Line]) -> dict[int, int]:
    """The levels of the headings among lines of text in reading order, by their place; 1 is the highest.

    A numbered heading has the level of its kind among the kinds that the document uses, one told by an
    h-tag that of the tag.
    """
    numbers = [number_of(line.text) for line in lines]
    found: dict[int, int] = {}
    tagged: dict[int, int] = {}
    for i, line in enumerate(lines):
        number = numbers[i]
        if number and is_short(line.text, number) and leads(numbers, i):
            found[i] = number.kind
        elif line.tag in HEADINGS and len(line.text) <= MAX_TAGGED:
            tagged[i] = HEADINGS[line.tag]
    ranks = {kind: rank for rank, kind in enumerate(sorted(set(found.values())), 1)}
    return tagged | {i: ranks[kind] for i, kind in found.items()}


def leads(numbers: Sequence[Number | None], at: int) -> bool:
    """Whether text of its own follows a numbered line, and no neighbour has a number of its kind."""
    own = numbers[at]
    around = (*numbers[max(at - 1, 0) : at], *numbers[at + 1 : at + 2])
    last = at + 1 == len(numbers)
    return not last and not any(own and other and other.kind == own.kind for other in around)
