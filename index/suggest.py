"""What a beginning of a title, number or issuer may be meant to become.

Engines keep the beginnings of a document as terms (`suggest`), so that any of them is found at the cost of
one list; issuers are few and counted once a commit.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice
from typing import Literal

from index.document import IndexDocument
from index.tokens import search_text

Kind = Literal["title", "number", "issuer"]
LONGEST = 24  # characters of a beginning; what is typed beyond them is compared with what was found
# Documents looked at for so many suggestions: copies of one title are one suggestion.
LOOKED_AT = 5
# Where in a title people begin: at its start, behind 关于 and what is done, in its book marks.
STARTS = re.compile("关于(?:印发|转发|公布|发布|下达|调整|开展|做好)?|《")
MOST_STARTS = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to search for and what it is; `document_id` is "" for an issuer."""

    kind: Kind
    text: str
    document_id: str = ""


def packed(text: str) -> str:
    """A text as beginnings are compared: search text without spaces."""
    return search_text(text).replace(" ", "")


def suggest_terms(document: IndexDocument) -> set[str]:
    """The beginnings of the title and of the number of a document, each with the first letter of its kind."""
    ends = [m.end() for m in STARTS.finditer(document.title)][: MOST_STARTS - 1]
    terms = {term for at in (0, *ends) for term in _beginnings("t", document.title[at : at + 2 * LONGEST])}
    for number in document.number_text.split("\n")[:1]:
        terms.update(_beginnings("n", number))
    if document.doc_number_key:
        terms.update(_beginnings("n", document.doc_number_key))
    return terms


def suggest_term(kind: Kind, typed: str) -> str:
    """The term of what was typed, "" where nothing of it can be searched."""
    text = packed(typed)[:LONGEST]
    return kind[0] + text if text else ""


def _beginnings(letter: str, text: str) -> Iterator[str]:
    folded = packed(text)[:LONGEST]
    return (letter + folded[:end] for end in range(1, len(folded) + 1))


def pick(kind: Kind, typed: str, found: Iterable[tuple[str, str]], limit: int) -> list[Suggestion]:
    """The first different texts of (id, text) that go on from what was typed."""
    wanted = packed(typed)
    picked: dict[str, Suggestion] = {}
    for document_id, text in found:
        folded = packed(text)
        if wanted in folded and folded not in picked:
            picked[folded] = Suggestion(kind, text, document_id)
    return list(picked.values())[:limit]


class Issuers:
    """Names of issuers, the most frequent first, as one text: it is looked through at every key pressed."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        lines = [f"{_packed_name(name)}\n" for name in self._names]
        self._text = "\n" + "".join(lines)
        self._starts = list(accumulate(map(len, lines), initial=1))

    def going_on(self, typed: str, limit: int) -> list[Suggestion]:
        """Those that begin with what was typed, then those that have it, in their order."""
        wanted = packed(typed)
        if not wanted:
            return []
        first = islice(self._having(f"\n{wanted}"), limit)
        found = dict.fromkeys(first)
        found |= dict.fromkeys(islice(self._having(wanted), limit + len(found)))
        return [Suggestion("issuer", self._names[n]) for n in islice(found, limit)]

    def _having(self, wanted: str) -> Iterator[int]:
        """The numbers of the names that have a text, each once; a line break before it is the one before a name."""
        at = self._text.find(wanted)
        while at >= 0:
            n = bisect_right(self._starts, at + (wanted[0] == "\n")) - 1
            yield n
            at = self._text.find(wanted, self._starts[n + 1] - 1)


@lru_cache(maxsize=1 << 16)
def _packed_name(name: str) -> str:
    """An issuer packed; most are the same after every commit."""
    return packed(name)
