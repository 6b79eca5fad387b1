"""Words that stand in so many documents that reading their places would be slow.

A run of two to four tokens side by side that is common becomes a term of its own, in a field without places
(`common`): then a word of three to five characters is found by one list of documents, and a longer phrase
reads places only where all its common parts are. What is rare is found by its places, at little cost. The
answers are the same with any list. A generation learns its list from its first documents and keeps it.

Tokens of the list have a code of 16 bits, runs the codes of their tokens side by side: looking up every run
of a document as a number takes a third of what it takes as text.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat
from pathlib import Path
from typing import Self

import msgspec

# Documents that a list is learned from (1 s), and the share of them that makes a run common. Of 500 generated
# policies of 2,000 characters it then has 5,100 tokens and runs, of which one policy has 900; with a share of 0.03
# it has twice as many, and marking a policy takes a quarter longer.
SAMPLE = 500
LEAST_SHARE = 0.05
LEAST_DOCUMENTS = 4
# With a list learned from fewer documents an index of so many is made anew.
LEAST_LEARNED, MANY_DOCUMENTS = 100, 5000
LONGEST = 4  # tokens: five characters
# Codes have 16 bits, 0 is a token that is not common; a run is four codes wide.
MOST_TOKENS = 0xFFFF
CODES, BYTES = 4, 8


@dataclass(frozen=True)
class CommonTerms:
    """Tokens that are common, in the order of their codes from 1; runs of them; of how many documents."""

    tokens: tuple[str, ...] = ()
    runs: frozenset[int] = frozenset()
    learned_from: int = 0

    @classmethod
    def learn(cls, documents: Sequence[Sequence[Sequence[str]]]) -> Self:
        """From the token lists of the fields of some documents."""
        least = max(LEAST_DOCUMENTS, int(LEAST_SHARE * len(documents)))
        counts = Counter(chain.from_iterable({*chain(*fields)} for fields in documents))
        most = counts.most_common(MOST_TOKENS)
        learned = cls(tuple(sorted(token for token, count in most if count >= least)))
        coded = [learned._coded(fields) for fields in documents]
        known = frozenset(range(1, len(learned.tokens) + 1))
        every: set[int] = set()
        for size in range(2, LONGEST + 1):
            found: Counter[int] = Counter()
            for codes in coded:
                shorter = _runs(codes, size - 1)
                runs = zip(_runs(codes, size), shorter, shorter[1:], strict=False)
                found.update({run for run, one, other in runs if one in known and other in known})
            known = frozenset(run for run, count in found.items() if count >= least)
            every |= known
        return cls(learned.tokens, frozenset(every), len(documents))

    def of(self, fields: Iterable[Sequence[str]]) -> str:
        """The terms of a document, given the tokens of its fields, joined by spaces."""
        codes = self._coded(fields)
        found = {*codes}
        found.discard(0)
        for size in range(2, LONGEST + 1):
            found |= self.runs.intersection(_runs(codes, size))
        return _text(found)

    def cover(self, tokens: Sequence[str]) -> tuple[list[str], bool]:
        """Terms that every document with these tokens side by side has, and whether they say it all."""
        codes = self._coded((tokens,))
        terms: list[str] = []
        covered: set[tuple[int, int]] = set()  # runs inside longer ones: how long they are, where they begin
        whole = False
        for size in range(min(LONGEST, len(tokens)), 0, -1):
            for at, run in enumerate(_runs(codes, size)[: len(tokens) - size + 1]):
                if not self._is_common(run, size):
                    continue
                if (size, at) not in covered:
                    terms.append(_text((run,)))
                covered |= {(size - 1, at), (size - 1, at + 1)}
                whole = whole or size == len(tokens)
        return list(dict.fromkeys(terms)), whole

    def save(self, path: Path) -> None:
        """Write the list as JSON."""
        path.write_bytes(msgspec.json.encode(self))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote; OSError and ValueError where that is not there."""
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls)
        except msgspec.MsgspecError as error:
            raise ValueError(f"{path.name}: {error}") from error

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {token: code for code, token in enumerate(self.tokens, 1)}

    def _coded(self, fields: Iterable[Sequence[str]]) -> "array[int]":
        """The codes of the tokens, with zeros behind every field, so that a run begins at each of them."""
        codes, code = array("H"), self._codes.get
        for tokens in fields:
            codes.extend(map(code, tokens, repeat(0)))
            codes.extend((0,) * (LONGEST - 1))
        return codes

    def _is_common(self, run: int, size: int) -> bool:
        whole = run >> 16 * (size - 1) > 0  # else it is a shorter one, with nothing common behind it
        return whole and (size == 1 or run in self.runs)


def _runs(codes: "array[int]", size: int) -> "array[int]":
    """The runs of so many codes, by where they begin."""
    count = max(0, len(codes) - LONGEST + 1)
    wide = array("H", bytes(BYTES * count))
    for part in range(size):
        wide[part::CODES] = codes[part : part + count]
    return array("Q", wide.tobytes())


def _text(runs: Iterable[int]) -> str:
    """Runs as terms: the digits of each, joined by spaces."""
    return array("Q", runs).tobytes().hex(" ", BYTES)
