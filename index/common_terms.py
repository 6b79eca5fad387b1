"""Words that stand in so many documents that reading their places would be slow.

A pair or triple of tokens side by side that is common becomes a term of its own, in a field without places
(`common`): then a word of three or four characters is found by one list of documents, and a longer phrase
reads places only where all its common parts are. What is rare is found by its places, at little cost. The
answers are the same with any list. A generation learns its list from its first documents and keeps it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import add
from pathlib import Path
from typing import Self

# Documents that a list is learned from (2 s), and the share of them that makes a run common. Of 1,000 generated
# policies of 2,000 characters it then has 9,000 runs, of which one policy has 1,100; with a share of 0.01 it has
# 41,000, and marking a policy takes twice as long.
SAMPLE = 500
LEAST_SHARE = 0.03
LEAST_DOCUMENTS = 4
# With a list learned from fewer documents an index of so many is made anew.
LEAST_LEARNED, MANY_DOCUMENTS = 100, 5000
LONGEST = 3  # tokens: four characters
JOIN = "_"  # stands in no token
NONE: tuple[frozenset[str], ...] = (frozenset(),) * LONGEST


@dataclass(frozen=True, slots=True)
class CommonTerms:
    """Runs of one, two and three tokens, joined, that are common; of how many documents they are."""

    runs: tuple[frozenset[str], ...] = NONE
    learned_from: int = 0

    @classmethod
    def learn(cls, documents: Sequence[Sequence[Sequence[str]]]) -> Self:
        """From the token lists of the fields of some documents."""
        least = max(LEAST_DOCUMENTS, int(LEAST_SHARE * len(documents)))
        known: list[frozenset[str]] = []
        for size in range(LONGEST):
            counts: Counter[str] = Counter()
            for fields in documents:
                counts.update({run for tokens in fields for run in _candidates(tokens, size, known)})
            known.append(frozenset(run for run, count in counts.items() if count >= least))
        return cls(tuple(known), len(documents))

    def of(self, fields: Iterable[Sequence[str]]) -> list[str]:
        """The terms of a document, given the tokens of its fields."""
        found: set[str] = set()
        for tokens in fields:
            for known, runs in zip(self.runs, _runs(tokens), strict=True):
                found |= known.intersection(runs)
        return list(found)

    def cover(self, tokens: Sequence[str]) -> tuple[list[str], bool]:
        """Terms that every document with these tokens side by side has, and whether they say it all."""
        terms: list[str] = []
        covered: set[tuple[int, int]] = set()  # runs inside longer ones: how long they are, where they begin
        for size, runs in reversed(list(enumerate(_runs(tokens)))):
            for at, run in enumerate(runs):
                common = run in self.runs[size]
                if common and (size, at) not in covered:
                    terms.append(run)
                if common:
                    covered |= {(size - 1, at), (size - 1, at + 1)}
        return list(dict.fromkeys(terms)), terms == [JOIN.join(tokens)]

    def save(self, path: Path) -> None:
        """Write the number of documents on a line, and every run on one of its own."""
        lines = (str(self.learned_from), *sorted(run for known in self.runs for run in known))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote; OSError and ValueError where that is not there."""
        first, *lines = path.read_text(encoding="utf-8").splitlines()
        sizes = range(LONGEST)
        return cls(tuple(frozenset(run for run in lines if run.count(JOIN) == n) for n in sizes), int(first))


def _runs(tokens: Sequence[str]) -> Iterator[Sequence[str]]:
    """By length, the run that begins at every token, joined."""
    marked = list(map(add, tokens, repeat(JOIN)))
    runs = list(tokens)
    yield runs
    for _ in range(LONGEST - 1):
        runs = list(map(add, marked, runs[1:]))
        yield runs


def _candidates(tokens: Sequence[str], size: int, known: Sequence[frozenset[str]]) -> Iterable[str]:
    """The runs of a length, from 0, of which both shorter ones are common."""
    lengths = list(_runs(tokens))
    if size == 0:
        return lengths[0]
    shorter, common = lengths[size - 1], known[size - 1]
    parts = zip(lengths[size], shorter, shorter[1:], strict=False)
    return [run for run, first, second in parts if first in common and second in common]
