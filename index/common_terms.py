"""Words that stand in so many documents that reading their places would be slow.

A pair or triple of tokens side by side that is common becomes a term of its own, in a field without places
(`common`): then a word of three or four characters is found by one list of documents, and a longer phrase
reads places only where all its common parts are. What is rare is found by its places, at little cost. The
answers are the same with any list. A generation learns its list from its first documents and keeps it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

# Documents that a list is learned from, and the share of them that makes a run of tokens common. On 30,000
# documents the list then has 11,000 singles, 10,000 pairs and 7,000 triples, and brings 0.5 KB a document.
SAMPLE = 1000
LEAST_SHARE = 0.01
LEAST_DOCUMENTS = 4
# With a list learned from fewer documents an index of so many is made anew.
LEAST_LEARNED, MANY_DOCUMENTS = 100, 5000
LONGEST = 3  # tokens: four characters
JOIN = "_"  # stands in no token

Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommonTerms:
    """Runs of one, two and three tokens that are common, and how many documents they were learned from."""

    runs: tuple[frozenset[Run], ...] = (frozenset(), frozenset(), frozenset())
    learned_from: int = 0

    @classmethod
    def learn(cls, documents: Sequence[Sequence[Sequence[str]]]) -> Self:
        """From the token lists of the fields of some documents."""
        least = max(LEAST_DOCUMENTS, int(LEAST_SHARE * len(documents)))
        known: list[frozenset[Run]] = []
        for size in range(1, LONGEST + 1):
            counts: Counter[Run] = Counter()
            for fields in documents:
                found = {run for tokens in fields for run in _runs(tokens, size)}
                # A run is common only where the two shorter ones in it are.
                counts.update(
                    run for run in found if not known or (run[:-1] in known[-1] and run[1:] in known[-1])
                )
            known.append(frozenset(run for run, count in counts.items() if count >= least))
        return cls(tuple(known), len(documents))

    def of(self, fields: Iterable[Sequence[str]]) -> list[str]:
        """The terms of a document, given the tokens of its fields."""
        found: set[Run] = set()
        for tokens in fields:
            for size, known in enumerate(self.runs, 1):
                found |= known.intersection(_runs(tokens, size))
        return [JOIN.join(run) for run in found]

    def cover(self, tokens: Sequence[str]) -> tuple[list[str], bool]:
        """Terms that every document with these tokens side by side has, and whether they say it all."""
        runs: list[Run] = []
        for size in range(min(LONGEST, len(tokens)), 0, -1):
            for run in _runs(tokens, size):
                if run in self.runs[size - 1] and not any(_inside(run, longer) for longer in runs):
                    runs.append(run)
        whole = len(tokens) <= LONGEST and runs == [tuple(tokens)]
        return [JOIN.join(run) for run in dict.fromkeys(runs)], whole

    def save(self, path: Path) -> None:
        """Write the list as lines of tokens after a line with the number of documents."""
        lines = sorted(" ".join(run) for known in self.runs for run in known)
        path.write_text("\n".join((str(self.learned_from), *lines)) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote; OSError and ValueError where that is not there."""
        first, *lines = path.read_text(encoding="utf-8").splitlines()
        runs = [tuple(line.split(" ")) for line in lines]
        sizes = range(1, LONGEST + 1)
        return cls(tuple(frozenset(run for run in runs if len(run) == size) for size in sizes), int(first))


def _runs(tokens: Sequence[str], size: int) -> Iterable[Run]:
    return zip(*(tokens[at:] for at in range(size)), strict=False)


def _inside(run: Run, longer: Run) -> bool:
    return any(longer[at : at + len(run)] == run for at in range(len(longer) - len(run) + 1))
