"""A text that a page prints twice: once for screens and once for telephones, or pasted in twice.

Observed: the policy library of the State Council's portal (2021 to 2024) writes each body into two
containers, and its styles show one of them. Only a copy of the whole text counts: forms of two sheets
(存根联) and tables with equal rows repeat parts.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, islice

from normalizers.body import Body
from normalizers.chars import squeeze
from normalizers.lines import Line

# Shorter texts (详见附件) recur by chance.
MIN_COPY = 60
# Places where the first line of a text recurs that are looked at: chance repeats it once or twice.
MAX_TRIES = 20
# Title, number and source lines between two copies (at most 5 seen); each stands above the first copy too.
MAX_BETWEEN = 8

Ranges = tuple[tuple[int, int], tuple[int, int]]


def find_copies(lines: Sequence[Line], body: Body) -> Ranges | None:
    """The ranges of lines of both copies of a body, the one to keep first; None where it stands once."""
    own = [i for i in range(body.start, body.end) if lines[i].text]
    if not own or sum(len(lines[i].text) for i in own) < MIN_COPY:
        return None
    return copies_inside(lines, body, own) or copy_outside(lines, body, own)


def copies_inside(lines: Sequence[Line], body: Body, own: list[int]) -> Ranges | None:
    """Two copies, one behind the other, that make up the whole of a body; each holds its first line once."""
    first = lines[own[0]].text
    if sum(lines[i].text == first for i in own) != 2:
        return None
    for middle in range((len(own) + 1) // 2, min(len(own), (len(own) + MAX_BETWEEN) // 2 + 1)):
        second = own[middle:]
        between = own[len(second) : middle]
        if (
            lines[own[middle]].text == first
            and same(lines, own[: len(second)], second)
            and sum(len(lines[i].text) for i in second) >= MIN_COPY
            and repeats_head(lines, between, body.start)
        ):
            end = between[0] if between else second[0]
            return (body.start, end), (second[0], body.end)
    return None


def repeats_head(lines: Sequence[Line], between: list[int], start: int) -> bool:
    """Whether all lines between two copies also stand above the first: title, number, source."""
    above = {squeeze(line.text) for line in lines[:start]} if between else set()
    return all(squeeze(lines[i].text) in above for i in between)


def copy_outside(lines: Sequence[Line], body: Body, own: list[int]) -> Ranges | None:
    """A copy of a whole body elsewhere in the page."""
    first = lines[own[0]].text
    elsewhere = chain(range(body.end, len(lines)), range(body.start))
    for at in islice((i for i in elsewhere if lines[i].text == first), MAX_TRIES):
        limit = body.start if at < body.start else len(lines)
        other = text_lines(lines, at, limit, len(own))
        if same(lines, own, other):
            return (body.start, body.end), (at, other[-1] + 1)
    return None


def text_lines(lines: Sequence[Line], start: int, end: int, most: int) -> list[int]:
    """The numbers of the next lines that hold text."""
    found: list[int] = []
    for i in range(start, end):
        if lines[i].text:
            found.append(i)
            if len(found) == most:
                break
    return found


def same(lines: Sequence[Line], one: list[int], other: list[int]) -> bool:
    """Whether two runs of lines hold the same text."""
    return len(one) == len(other) and all(
        lines[a].text == lines[b].text or squeeze(lines[a].text) == squeeze(lines[b].text)
        for a, b in zip(one, other, strict=True)
    )


def keep_first(body: Body, copies: Ranges) -> Body:
    """The body without its second copy."""
    return replace(body, start=copies[0][0], end=copies[0][1])
