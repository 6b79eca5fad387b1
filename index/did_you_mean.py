"""Other queries that someone may have meant whose query finds nothing or nearly nothing.

A word that nearly nothing has is taken for a slip: a wrong, missing, doubled or swapped character, another
word of the same sound, or ideographs typed as Latin letters. What the index makes likely is offered only
where the whole query then finds something; numbers are never guessed.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from index.engine import Reader, SearchRequest
from index.parse import Parsed, parse_query
from index.query import Either, Node, Number, Term, terms
from index.slips import Guess, Likelihood, guesses, spelled
from index.vocabulary import NO_NAMES, Names

# Up to so many documents are nearly nothing.
NEARLY_NOTHING = 3
# Questions to the index for one query: those that ask whether a word is known, and those that prove an offer.
MOST_PLACES, MOST_PROOFS, MOST_WIDE = 6, 16, 8
LATIN = re.compile("[A-Za-z]{2,}")
SPACED_LETTERS = re.compile(r"[A-Za-z\s]+")
MOST_CHARACTERS = 40  # of a word that is looked into


@dataclass(slots=True)
class _Asker:
    """Counts what queries find."""

    reader: Reader
    names: Names
    counted: dict[Node, int] = field(default_factory=dict)

    def count(self, node: Node) -> int:
        """How many documents a tree finds, read strictly."""
        if node not in self.counted:
            result = self.reader.search(SearchRequest(node, limit=0))
            self.counted[node] = 0 if result.loose else result.total
        return self.counted[node]


@dataclass(frozen=True, slots=True)
class _Typed:
    """A word as it was typed, or several Latin ones, and what is searched for it."""

    start: int
    end: int
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class _Slip:
    """Characters of a query that nearly nothing has, and what they may have been meant to be."""

    start: int
    end: int
    guesses: tuple[Guess, ...]


def did_you_mean(
    parsed: Parsed, reader: Reader, most: int = 3, *, names: Names = NO_NAMES
) -> tuple[str, ...]:
    """Whole query texts to offer, each proved to find more, best first; () where the query finds enough.

    At most 30 short questions go to the reader. `names` are those that the query was read with.
    """
    asker = _Asker(reader, names)
    total = asker.count(parsed.tree)
    if total > NEARLY_NOTHING:
        return ()
    likelihood = Likelihood(reader.frequencies)
    for wide in (False, True):
        slips = list(_slips(parsed, asker, likelihood, wide=wide))
        offers: dict[str, float] = {}
        for text, gain in _combined(parsed.text, slips)[: MOST_WIDE if wide else MOST_PROOFS]:
            found = asker.count(parse_query(text, names).tree)
            if found > 2 * total:
                offers[text] = gain + math.log(found)
        if offers:
            return tuple(sorted(offers, key=lambda text: -offers[text])[:most])
    return ()


def _slips(parsed: Parsed, asker: _Asker, likelihood: Likelihood, *, wide: bool) -> Iterator[_Slip]:
    for typed in _joined(_typed(parsed), parsed.text)[:MOST_PLACES]:
        text = parsed.text[typed.start : typed.end]
        if len(text) > MOST_CHARACTERS or all(asker.count(node) > NEARLY_NOTHING for node in typed.nodes):
            continue
        latin = bool(LATIN.search(text))
        found = spelled(text, likelihood) if latin else guesses(text, likelihood, wide=wide)
        if found:
            yield _Slip(typed.start, typed.end, tuple(found[:MOST_PROOFS]))


def _typed(parsed: Parsed) -> list[_Typed]:
    """The words and phrases in their order, each with all that is searched for it."""
    by_place: dict[tuple[int, int], list[Term]] = {}
    for term in terms(parsed.tree):
        start = parsed.text.find(term.text, term.span.start, term.span.end)
        # Another word for the one that was typed has its place.
        place = (start, start + len(term.text)) if start >= 0 else (term.span.start, term.span.end)
        if not isinstance(term, Number):
            by_place.setdefault(place, []).append(term)
    return [
        _Typed(*place, (same[0] if len(same) == 1 else Either(tuple(same)),))
        for place, same in sorted(by_place.items(), key=lambda item: item[0])
    ]


def _joined(typed: list[_Typed], text: str) -> list[_Typed]:
    """The same, Latin words that only spaces part as one."""
    found: list[_Typed] = []
    for one in typed:
        last = found[-1] if found else None
        if last and SPACED_LETTERS.fullmatch(text, last.start, one.end):
            found[-1] = _Typed(last.start, one.end, last.nodes + one.nodes)
        else:
            found.append(one)
    return found


def _combined(text: str, slips: list[_Slip]) -> list[tuple[str, float]]:
    """The query with its slips undone, likeliest first."""
    if not slips:
        return []
    each = max(2, int(MOST_PROOFS ** (1 / len(slips))))
    choices = [slip.guesses[: MOST_PROOFS if len(slips) == 1 else each] for slip in slips]
    made = [
        (_replaced(text, slips, chosen), sum(guess.gain for guess in chosen)) for chosen in product(*choices)
    ]
    return sorted(made, key=lambda pair: -pair[1])


def _replaced(text: str, slips: list[_Slip], chosen: tuple[Guess, ...]) -> str:
    for slip, guess in reversed(list(zip(slips, chosen, strict=True))):
        text = text[: slip.start] + guess.text + text[slip.end :]
    return text
