"""Slips of the hand and the ear in one word, and what an index says for having them undone.

Every pair of neighbouring characters is as likely as it is frequent in an index. A slip makes unlikely pairs
of likely ones; undoing it gains the difference, less a price for the kind of slip. Units are natural logarithms.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import accumulate, pairwise, product

from index.engine import FieldToken
from index.known_words import neighbours
from index.pinyin import (
    characters,
    common_characters,
    homophones,
    lookalikes,
    near_homophones,
    partings,
    words_like,
)
from index.similar import ALL
from index.tokens import runs, search_text

Frequencies = Callable[[Sequence[FieldToken]], Mapping[FieldToken, int]]
FIELDS = ("title", "body")
# Prices, found over benchmarks/did_you_mean.py: what people do often is cheap.
SAME_SOUND, NEAR_SOUND, LOOKS_ALIKE, SWAPPED, ANOTHER = 1.0, 2.0, 2.0, 1.0, 7.0
PARTED = 1.0
# A likely pair more or less is worth about 4 by itself, so what shortens a word costs more.
DOUBLED, ONE_TOO_MANY, ONE_MISSING = 4.0, 6.0, -3.0
LEAST_GAIN = 1.0
UNSEEN = 0.05  # documents that a pair in no document is worth
# The least likely pairs of a word are looked at, so many others are asked for in titles, which are quick, and
# the slips that these make likeliest in bodies.
WEAKEST, MOST_PAIRS, LOOKED_INTO = 3, 1500, 80
LONGEST_WORD = 8  # characters of a known word that may be meant by its sound
LATIN_WORDS = re.compile(r"[A-Za-z\s]+")
# Characters tried for a syllable, and readings kept from one syllable to the next.
MOST_CHARACTERS, MOST_PATHS = 20, 10


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text may have been meant to be, and how much likelier that is."""

    text: str
    gain: float


@dataclass(frozen=True, slots=True)
class _Edit:
    """Characters of a text to be replaced, and the price of the slip."""

    start: int
    end: int
    text: str
    price: float


class Likelihood:
    """How likely neighbouring characters are in an index; every pair is asked for once."""

    def __init__(self, frequencies: Frequencies) -> None:
        self._ask = frequencies
        self._all = max(1, frequencies([ALL]).get(ALL, 0))
        self._asked: dict[FieldToken, int] = {}
        self._known: dict[str, float] = {}
        self._unseen = math.log(UNSEEN / self._all)

    def learn(self, pairs: Iterable[str], fields: Iterable[str] = FIELDS) -> None:
        """Ask for pairs in one go, for the first of them where there are too many."""
        wanted = [
            (field, pair)
            for pair in list(dict.fromkeys(pairs))[:MOST_PAIRS]
            for field in fields
            if (field, pair) not in self._asked
        ]
        self._asked |= (found := self._ask(wanted))
        for _, pair in found:
            documents = sum(self._asked.get((field, pair), 0) for field in FIELDS)
            self._known[pair] = math.log(documents / self._all) if documents else self._unseen

    def titled(self, pairs: Iterable[str]) -> list[str]:
        """Those of the pairs that stand in some title."""
        asked = [("title", pair) for pair in pairs]
        found = self._ask(asked)
        return [pair for field, pair in asked if found[field, pair]]

    def of(self, pairs: Iterable[str]) -> float:
        """The sum over pairs; one that was not asked for is in no document."""
        return sum(self._known.get(pair, self._unseen) for pair in pairs)


def pairs_of(text: str) -> list[str]:
    """The pairs of neighbouring ideographs of folded text."""
    return [a + b for a, b in pairwise(text) if a >= "\u0080" and b >= "\u0080"]


def guesses(text: str, likelihood: Likelihood, *, wide: bool = False) -> list[Guess]:
    """What a word with one slip may have been meant to be, likeliest first.

    `wide` tries every character that some title has behind the one where the word is weakest.
    """
    folded = "".join(search_text(char)[:1] or " " for char in text)
    likelihood.learn(pairs_of(folded))
    likely = _any_character(folded, likelihood) if wide else _edits(folded, likelihood)
    edits = sorted(likely, key=lambda edit: edit.price)
    likelihood.learn((pair for edit in edits for pair in pairs_of(_around(folded, edit))), ["title"])

    def gain(edit: _Edit) -> float:
        before = pairs_of(folded[max(0, edit.start - 1) : edit.end + 1])
        return likelihood.of(pairs_of(_around(folded, edit))) - likelihood.of(before) - edit.price

    edits = nlargest(LOOKED_INTO, edits, key=gain)
    likelihood.learn(pair for edit in edits for pair in pairs_of(_around(folded, edit)))
    best: dict[str, float] = {}
    for edit in edits:
        meant = text[: edit.start] + edit.text + text[edit.end :]
        best[meant] = max(gain(edit), best.get(meant, LEAST_GAIN))
    likeliest = nlargest(len(best), best.items(), key=lambda item: item[1])
    return [Guess(meant, found) for meant, found in likeliest if found > LEAST_GAIN]


def read_tables() -> None:
    """Read every table that guesses stand on."""
    guesses("政策", Likelihood(lambda tokens: dict.fromkeys(tokens, 0)))
    common_characters()


def _around(text: str, edit: _Edit) -> str:
    """What an edit makes, with its neighbours."""
    return text[max(0, edit.start - 1) : edit.start] + edit.text + text[edit.end : edit.end + 1]


def _edits(text: str, likelihood: Likelihood) -> Iterator[_Edit]:
    weak = _weakest(text, likelihood, WEAKEST)
    for at in sorted({place for gap in weak for place in (gap, gap + 1)}):
        yield from _instead(text, at)
        doubled = text[at] in text[max(0, at - 1) : at] + text[at + 1 : at + 2]
        if doubled or 0 < at < len(text) - 1:  # a word without its end is always likelier
            yield _Edit(at, at + 1, "", DOUBLED if doubled else ONE_TOO_MANY)
    for gap in weak:
        first, second = text[gap], text[gap + 1]
        yield _Edit(gap, gap + 2, second + first, SWAPPED)
        beside = neighbours()
        between = beside.after.get(first, frozenset()) | beside.before.get(second, frozenset())
        for char in sorted(between):
            yield _Edit(gap + 1, gap + 1, char, ONE_MISSING)
    yield from _known_words(text)


def _weakest(text: str, likelihood: Likelihood, most: int) -> list[int]:
    """Where the least likely pairs begin."""
    gaps = [at for at in range(len(text) - 1) if len(pairs_of(text[at : at + 2])) == 1]
    return sorted(gaps, key=lambda at: likelihood.of([text[at : at + 2]]))[:most]


def _any_character(text: str, likelihood: Likelihood) -> Iterator[_Edit]:
    for gap in _weakest(text, likelihood, 1):
        for pair in likelihood.titled(text[gap] + char for char in common_characters()):
            yield _Edit(gap + 1, gap + 1, pair[1], ONE_MISSING)
            yield _Edit(gap + 1, gap + 2, pair[1], ANOTHER)


def _instead(text: str, at: int) -> Iterator[_Edit]:
    """Other characters in one place."""
    char, beside = text[at], neighbours()
    before, after = text[max(0, at - 1) : at], text[at + 1 : at + 2]
    known = beside.after.get(before, frozenset()) | beside.before.get(after, frozenset())
    for price, others in (
        (SAME_SOUND, homophones(char)),
        (LOOKS_ALIKE, lookalikes(char)),
        (NEAR_SOUND, near_homophones(char)),
        (ANOTHER, sorted(known)),
    ):
        for other in others:
            yield _Edit(at, at + 1, other, price)


def _known_words(text: str) -> Iterator[_Edit]:
    """Known words that are read like some part of a text."""
    for start in range(len(text)):
        for end in range(start + 2, min(len(text), start + LONGEST_WORD) + 1):
            part = text[start:end]
            if len(pairs_of(part)) == len(part) - 1:
                for word in words_like(part):
                    differ = sum(a != b for a, b in zip(word, part, strict=True))
                    yield _Edit(start, end, word, SAME_SOUND * differ)


def spelled(text: str, likelihood: Likelihood) -> list[Guess]:
    """What Latin letters among other characters may spell, likeliest first: as one word, then parted as typed."""
    found: list[Guess] = []
    for ways in product(*(_ways(run) for run in runs(text))):
        lattice = [chars for way in ways for chars in way]
        if len(lattice) < 2:
            continue
        for guess in _paths(lattice, likelihood):
            found.append(guess)
            if len(ways) > 1 and LATIN_WORDS.fullmatch(text):
                found.append(Guess(_parted(guess.text, ways), guess.gain - PARTED))
    return sorted(found, key=lambda guess: -guess.gain)


Way = tuple[tuple[str, ...], ...]  # the characters that may stand in each place


def _ways(run: str) -> list[Way]:
    if run[0] >= "\u0080":
        return [tuple((char,) for char in run)]
    return [tuple(characters(one)[:MOST_CHARACTERS] for one in parting) for parting in partings(run)]


def _parted(text: str, ways: Sequence[Way]) -> str:
    """The text with a space where one was typed."""
    ends = [0, *accumulate(map(len, ways))]
    return " ".join(text[start:end] for start, end in pairwise(ends))


def _paths(lattice: Sequence[Sequence[str]], likelihood: Likelihood) -> list[Guess]:
    """The likeliest ways through the characters of some syllables."""
    paths = [(0.0, char) for char in lattice[0]]
    for chars in lattice[1:]:
        likelihood.learn(last + char for last in {text[-1] for _, text in paths} for char in chars)
        longer = [
            (gain + likelihood.of((text[-1] + char,)), text + char) for gain, text in paths for char in chars
        ]
        paths = nlargest(MOST_PATHS, longer)
    return [Guess(text, gain) for gain, text in paths]
