"""Other queries that someone may have meant whose query finds nothing or nearly nothing.

A word that nearly nothing has is taken for a slip: a wrong, missing, doubled or swapped character, another
word of the same sound, or ideographs typed as Latin letters. What the index makes likely is offered only
where the whole query then finds more; numbers and known short names (国办) are never guessed.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from index.engine import Reader, SearchRequest
from index.parse import QUOTES, Parsed, parse_query
from index.query import Either, Node, Number, Term, terms
from index.slips import Guess, Likelihood, guesses, spelled
from index.synonyms import is_known
from index.vocabulary import NO_NAMES, Names

# Up to so many documents are nearly nothing.
NEARLY_NOTHING = 3
# Counts asked of the index for one query, thirty together: of words typed, of guesses for each of several words,
# of offers with their new words letter for letter, of such with any character tried, of the likeliest by parts.
MOST_PLACES, MOST_ALONE, MOST_PROOFS, MOST_WIDE, MOST_LOOSE = 4, 10, 8, 4, 2
KEPT = 2  # guesses for each of several words
MOST_CHARACTERS = 40  # of a word that is looked into
LATIN = re.compile("[A-Za-z]{2,}")
SPACED_LETTERS = re.compile(r"[A-Za-z\s]+")


@dataclass(slots=True)
class _Asker:
    """Counts what queries find, no query twice."""

    reader: Reader
    names: Names
    counted: dict[Node, int] = field(default_factory=dict)

    def count(self, node: Node) -> int:
        """How many documents a tree finds, read strictly."""
        if node not in self.counted:
            result = self.reader.search(SearchRequest(node, limit=0))
            self.counted[node] = 0 if result.loose else result.total
        return self.counted[node]

    def find(self, text: str) -> int:
        """How many documents a query finds."""
        return self.count(parse_query(text, self.names).tree)


@dataclass(frozen=True, slots=True)
class _Typed:
    """A word as it was typed, or several Latin ones, and what is searched for it."""

    start: int
    end: int
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class _Slip:
    """Characters of a query that nearly nothing has, and what they may have been meant to be, likeliest first."""

    start: int
    end: int
    guesses: Sequence[Guess]


@dataclass(frozen=True, slots=True)
class _Offer:
    """A query that may have been meant, the query whose result proves it, and how much likelier it is."""

    text: str
    proof: str
    gain: float


def did_you_mean(
    parsed: Parsed, reader: Reader, most: int = 3, *, names: Names = NO_NAMES
) -> tuple[str, ...]:
    """Whole query texts to offer, each proved to find more, best first; () where the query finds enough.

    About 30 counts at most are asked of the reader. `names` are those that the query was read with.
    """
    asker = _Asker(reader, names)
    total = asker.count(parsed.tree)
    if total > NEARLY_NOTHING:
        return ()
    likelihood = Likelihood(reader.frequencies)
    typed = [
        one
        for one in _joined(_typed(parsed), parsed.text)[:MOST_PLACES]
        if one.end - one.start <= MOST_CHARACTERS
        and not is_known(parsed.text[one.start : one.end])
        and any(asker.count(node) <= NEARLY_NOTHING for node in one.nodes)
    ]
    made: list[_Offer] = []
    tries = ((False, MOST_PROOFS), (True, MOST_WIDE))
    for wide, tried in tries[: 2 if len(typed) == 1 else 1]:  # any character in one word alone
        slips = [_Slip(one.start, one.end, _guesses(parsed.text, one, likelihood, wide)) for one in typed]
        offers = _offers(parsed.text, _likely(slips, asker))[:tried]
        if proved := _proved(offers, asker, 2 * total):
            return proved[:most]
        made += offers
    # A long word need not stand anywhere letter for letter.
    likeliest = sorted(made, key=lambda offer: -offer.gain)[:MOST_LOOSE]
    return _proved([replace(offer, proof=offer.text) for offer in likeliest], asker, 2 * total)[:most]


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


def _guesses(text: str, typed: _Typed, likelihood: Likelihood, wide: bool) -> list[Guess]:
    word = text[typed.start : typed.end]
    return spelled(word, likelihood) if LATIN.search(word) else guesses(word, likelihood, wide=wide)


def _likely(slips: Sequence[_Slip], asker: _Asker) -> Iterator[_Slip]:
    """The slips that something can be made of; of several, each with the best that is known by itself."""
    for slip in slips:
        tried = slip.guesses[: MOST_PROOFS if len(slips) == 1 else MOST_ALONE // len(slips)]
        if len(slips) > 1:
            tried = [guess for guess in tried if asker.find(_quoted(guess.text))][:KEPT]
        if tried:
            yield replace(slip, guesses=tried)


def _offers(text: str, likely: Iterable[_Slip]) -> list[_Offer]:
    """The query with its slips undone, likeliest first."""
    slips = list(likely)
    if not slips:
        return []
    made = (
        _Offer(
            _replaced(text, slips, [guess.text for guess in chosen]),
            _replaced(text, slips, [_quoted(guess.text) for guess in chosen]),
            sum(guess.gain for guess in chosen),
        )
        for chosen in product(*(slip.guesses for slip in slips))
    )
    return sorted(made, key=lambda offer: -offer.gain)


def _replaced(text: str, slips: Sequence[_Slip], chosen: Sequence[str]) -> str:
    for slip, meant in reversed(list(zip(slips, chosen, strict=True))):
        in_quotes = text[slip.start - 1 : slip.start] in QUOTES
        text = text[: slip.start] + (meant.strip('"') if in_quotes else meant) + text[slip.end :]
    return text


def _quoted(text: str) -> str:
    """Every word of a text in quotes."""
    return " ".join(f'"{word}"' for word in text.split())


def _proved(offers: Iterable[_Offer], asker: _Asker, more_than: int) -> tuple[str, ...]:
    """Those of some offers that find more, best first."""
    points = {
        offer.text: offer.gain + math.log(found)
        for offer in offers
        if (found := asker.find(offer.proof)) > more_than
    }
    return tuple(sorted(points, key=lambda text: -points[text]))
