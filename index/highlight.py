"""Passages of a text around what was searched, marked; the same whatever the engine.

Works on the original text: what is shown is what the page said, and an offset map leads from the
folded characters that were compared back to it.
"""

import html
import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.query import Node, Number, Word, loose_tokens, terms
from index.tokens import FOLD, SEARCHABLE, folding, is_single, is_word, runs

WIDTH = 120  # characters of a passage: two to three lines on a telephone
BEFORE = 20  # characters shown before the first mark
MAX_TEXT = 200_000  # characters looked at; beyond it a passage is not worth the wait
MAX_SPANS = 2_000
# A long run of marks says more than several short ones: points, in thousandths, grow faster than length.
RUN_POWER = 1.5
OPEN, CLOSE = "<mark>", "</mark>"
WORD_LETTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")
# Where in a text, end exclusive.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text as it is compared: letters folded, all else as it is.

    Where a character folds to several, `starts` are the places of them and of what follows, and `origins`
    those of the characters they came from; between two starts both texts run alike.
    """

    text: str
    starts: Sequence[int]
    origins: Sequence[int]

    def back(self, at: int) -> int:
        """The place of the original character under a folded one."""
        n = bisect_right(self.starts, at) - 1
        return at if n < 0 else self.origins[n] + at - self.starts[n]


def mark_all(text: str, query: Node) -> str:
    """The whole text as escaped HTML with every match in <mark>."""
    return _marked(text, 0, len(text), _spans(text, query))


def passages(text: str, query: Node, *, width: int = WIDTH, most: int = 2) -> tuple[str, ...]:
    """Up to `most` passages as escaped HTML, best first; () where nothing of the query is in the text."""
    return tuple(passage for _, passage in placed_passages(text, query, width=width, most=most))


def placed_passages(
    text: str, query: Node, *, width: int = WIDTH, most: int = 2
) -> tuple[tuple[int, str], ...]:
    """As `passages`, each with the offset in the text where its first match begins.

    Of a longer text than `MAX_TEXT` the part is looked at where a word of the query first stands as typed.
    """
    start = 0
    spans = _spans(text, query)
    if len(text) > MAX_TEXT:
        start = 0 if spans else _first_word(text, query)
        text = text[start : start + MAX_TEXT]
        spans = _spans(text, query) if start else spans
    taken: list[tuple[int, int, int]] = []
    for at in _by_weight(text, spans, width):
        low, high = max(0, at - BEFORE), min(len(text), at + width)
        if all(high <= a or b <= low for _, a, b in taken):
            taken.append((at, low, high))
        if len(taken) == most:
            break
    return tuple(
        (start + at, _ellipses(text, low, high, _marked(text, low, high, spans))) for at, low, high in taken
    )


def _first_word(text: str, query: Node) -> int:
    """Where in the part of a text that is not looked at to begin, 0 where it holds no word of the query."""
    found = [text.find(term.text, MAX_TEXT - BEFORE) for term in terms(query)]
    return max(0, min((at for at in found if at >= 0), default=0) - BEFORE)


def opening(text: str, *, width: int = WIDTH) -> str:
    """The first characters of a text as escaped HTML, for where nothing is to be marked."""
    flat = " ".join(text[: 4 * width].split())
    return html.escape(flat[:width]) + ("…" if len(flat) > width or len(text) > 4 * width else "")


def _spans(text: str, query: Node) -> list[Place]:
    """Where the query is found: disjoint ranges of the original text, in order."""
    folded = _fold(text[:MAX_TEXT])
    found: list[Place] = []
    for needle in _needles(query):
        found += _find(folded.text, needle)
    if folded.starts:
        found = [(folded.back(a), folded.back(b - 1) + 1) for a, b in found]
    found.sort()
    return _merged(found)


def _fold(text: str) -> _Folded:
    parts: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    done = longer = 0
    for odd in folding(text):
        at, folded = odd.start(), odd[0].translate(FOLD)
        parts += text[done:at], folded
        done = odd.end()
        if len(folded) == done - at:  # no character folds to nothing, so each folded to one
            continue
        for origin, letter in enumerate(odd[0], at):
            more = len(FOLD[ord(letter)])
            starts += range(origin + longer, origin + longer + more + 1)
            origins += *(origin,) * more, origin + 1
            longer += more - 1
    parts.append(text[done:])
    return _Folded("".join(parts), starts, origins)


@lru_cache(maxsize=256)
def _needles(query: Node) -> tuple[tuple[str, ...], ...]:
    """What to look for: runs that follow each other with nothing but white space and marks between."""
    needles: list[tuple[str, ...]] = []
    for term in terms(query):
        needles.append(tuple(runs(term.text)))
        if isinstance(term, Number):
            needles.append(tuple(runs(term.key)))
        if isinstance(term, Word):
            needles += [(token,) for token in loose_tokens(term)[0] if not is_single(token)]
    return tuple(dict.fromkeys(needles))


def _find(text: str, needle: tuple[str, ...]) -> list[Place]:
    """Every place of a needle."""
    places = _find_run(text, needle[0])
    if len(needle) == 1 or not places:
        return places
    ends = ((at, _end_of(text, end, needle[1:])) for at, end in places)
    return [(at, end) for at, end in ends if end]


def _find_run(text: str, run: str) -> list[Place]:
    """Every place of a run, overlapping ones too; words of a-z and digits only whole."""
    whole, length = is_word(run), len(run)
    found: list[Place] = []
    at = text.find(run)
    while at >= 0 and len(found) < MAX_SPANS:
        if not whole or not (_word_at(text, at - 1) or _word_at(text, at + length)):
            found.append((at, at + length))
        at = text.find(run, at + 1)
    return found


def _end_of(text: str, at: int, rest: Sequence[str]) -> int:
    """Where the rest of a needle ends that goes on from here, 0 where it does not."""
    for run in rest:
        start = _skip(text, at)
        at = start + len(run)
        if not text.startswith(run, start) or (is_word(run) and _word_at(text, at)):
            return 0
    return at


def _skip(text: str, at: int) -> int:
    found = SEARCHABLE.search(text, at)
    return found.start() if found else len(text)


def _word_at(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at] in WORD_LETTERS


def _merged(spans: Sequence[Place]) -> list[Place]:
    merged: list[Place] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged[:MAX_SPANS]


def _by_weight(text: str, spans: Sequence[Place], width: int) -> list[int]:
    """The starts of all spans, those first whose window holds most of what was searched."""
    seen: dict[str, int] = {}  # what is marked in the window, how often each
    weighed: list[Place] = []
    weight = end = 0
    for n, (start, stop) in enumerate(spans):
        end = max(end, n)
        while end < len(spans) and spans[end][1] <= start + width:
            mark = text[slice(*spans[end])]
            often = seen.get(mark, 0)
            seen[mark] = often + 1
            weight += 0 if often else _points(len(mark))
            end += 1
        weighed.append((-weight, start))
        if end > n:
            mark = text[start:stop]
            seen[mark] -= 1
            weight -= 0 if seen[mark] else _points(len(mark))
    return [start for _, start in sorted(weighed)]


@lru_cache(maxsize=256)
def _points(length: int) -> int:
    return round(1000 * math.pow(length, RUN_POWER))


def _marked(text: str, low: int, high: int, spans: Sequence[Place]) -> str:
    parts: list[str] = []
    at = low
    for start, end in spans[bisect_left(spans, (low, 0)) :]:
        if end > high:
            break
        parts += [html.escape(text[at:start]), OPEN, html.escape(text[start:end]), CLOSE]
        at = end
    parts.append(html.escape(text[at:high]))
    return "".join(parts)


def _ellipses(text: str, low: int, high: int, marked: str) -> str:
    return ("…" if low else "") + marked + ("…" if high < len(text) else "")
