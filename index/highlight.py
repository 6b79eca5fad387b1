"""Passages of a text around what was searched, marked; the same whatever the engine.

Works on the original text: what is shown is what the page said, and an offset map leads from the
folded characters that were compared back to it.
"""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.query import Node, Number, Phrase, Term, Word, loose_tokens, terms
from index.tokens import FOLD, is_single, is_word, runs, search_text

WIDTH = 120  # characters of a passage: two to three lines on a telephone
BEFORE = 20  # characters shown before the first mark
MAX_TEXT = 200_000  # characters looked at; beyond it a passage is not worth the wait
MAX_SPANS = 2_000
# A long run of marks says more than several short ones: points grow faster than length.
RUN_POWER = 1.5
OPEN, CLOSE = "<mark>", "</mark>"


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text as it is compared, with the offset of the original character under each folded one."""

    text: str
    back: Sequence[int]


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
    if len(text) > MAX_TEXT and not _spans(text, query) and (start := _first_word(text, query)):
        placed = placed_passages(text[start : start + MAX_TEXT], query, width=width, most=most)
        return tuple((start + at, passage) for at, passage in placed)
    text = text[:MAX_TEXT]
    spans = _spans(text, query)
    taken: list[tuple[int, int, int]] = []
    for start in _by_weight(text, spans, width):
        low, high = max(0, start - BEFORE), min(len(text), start + width)
        if all(high <= a or b <= low for _, a, b in taken):
            taken.append((start, low, high))
        if len(taken) == most:
            break
    return tuple((at, _ellipses(text, low, high, _marked(text, low, high, spans))) for at, low, high in taken)


def _first_word(text: str, query: Node) -> int:
    """Where in the part of a text that is not looked at to begin, 0 where it holds no word of the query."""
    found = [text.find(term.text, MAX_TEXT - BEFORE) for term in terms(query)]
    return max(0, min((at for at in found if at >= 0), default=0) - BEFORE)


def opening(text: str, *, width: int = WIDTH) -> str:
    """The first characters of a text as escaped HTML, for where nothing is to be marked."""
    flat = " ".join(text[: 4 * width].split())
    return html.escape(flat[:width]) + ("…" if len(flat) > width or len(text) > 4 * width else "")


def _spans(text: str, query: Node) -> list[tuple[int, int]]:
    """Where the query is found: disjoint ranges of the original text, in order."""
    text = text[:MAX_TEXT]
    folded = _fold(text)
    found: list[tuple[int, int]] = []
    for term in terms(query):
        found += _find(folded, term)
    return _merged(sorted((folded.back[a], folded.back[b - 1] + 1) for a, b in found))


def _fold(text: str) -> _Folded:
    joined = search_text(text)
    if len(joined) == len(text):  # no character folds to nothing, so each folded to one
        return _Folded(joined, range(len(text)))
    return _Folded(joined, [at for at, c in enumerate(text) for _ in FOLD[ord(c)]])


def _find(folded: _Folded, term: Term) -> Iterator[tuple[int, int]]:
    match term:
        case Phrase(text):
            yield from _find_phrase(folded.text, text)
        case Number(key, text):
            yield from _find_phrase(folded.text, text)
            yield from _find_phrase(folded.text, key)
        case Word(text):
            yield from _find_phrase(folded.text, text)
            for token in loose_tokens(term)[0]:
                if not is_single(token):
                    yield from _find_token(folded.text, token)


def _find_token(text: str, token: str) -> Iterator[tuple[int, int]]:
    """Every place of a token, overlapping ones too; words of a-z and digits only whole."""
    whole = is_word(token)
    at, found = text.find(token), 0
    while at >= 0 and found < MAX_SPANS:
        end = at + len(token)
        if not whole or not (_word_at(text, at - 1) or _word_at(text, end)):
            yield at, end
            found += 1
        at = text.find(token, at + 1)


def _find_phrase(text: str, phrase: str) -> Iterator[tuple[int, int]]:
    """Every place where the runs of a phrase follow each other with only white space and marks between."""
    first, *rest = runs(phrase)
    for at, end in _find_token(text, first):
        for run in rest:
            start = _skip(text, end)
            end = start + len(run)
            if not text.startswith(run, start) or (is_word(run) and _word_at(text, end)):
                break
        else:
            yield at, end


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] == " ":
        at += 1
    return at


def _word_at(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at] < "\u0080" and text[at] != " "


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged[:MAX_SPANS]


def _by_weight(text: str, spans: Sequence[tuple[int, int]], width: int) -> list[int]:
    """The starts of all spans, those first whose window holds most of what was searched."""
    weighed = []
    for n, (start, _) in enumerate(spans):
        seen = set()
        for low, high in spans[n:]:
            if high > start + width:
                break
            seen.add(text[low:high])
        weighed.append((-sum(len(run) ** RUN_POWER for run in seen), start))
    return [start for _, start in sorted(weighed)]


def _marked(text: str, low: int, high: int, spans: Sequence[tuple[int, int]]) -> str:
    parts: list[str] = []
    at = low
    for start, end in spans:
        if start < low or end > high:
            continue
        parts += [html.escape(text[at:start]), OPEN, html.escape(text[start:end]), CLOSE]
        at = end
    parts.append(html.escape(text[at:high]))
    return "".join(parts)


def _ellipses(text: str, low: int, high: int, marked: str) -> str:
    return ("…" if low else "") + marked + ("…" if high < len(text) else "")
