"""Words that policies are known to be made of: what a query may be meant to say before an index has proved it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from index.synonyms import table
from index.tokens import is_word, runs
from normalizers.authorities import authority_file
from normalizers.doc_types import INSTRUMENTS, TYPES
from normalizers.regions import gazetteer
from normalizers.subjects import model, scheme
from normalizers.topics import load_tags

LONGEST = 12  # characters


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The characters that follow a character in some known word, and those that go before it."""

    after: Mapping[str, frozenset[str]]
    before: Mapping[str, frozenset[str]]


@cache
def known_words() -> frozenset[str]:
    """All of them, as search text: things, kinds of documents, bodies and their short names, divisions."""
    return frozenset(
        run for text in _texts() for run in runs(text) if not is_word(run) and 2 <= len(run) <= LONGEST
    )


@cache
def neighbours() -> Neighbours:
    """Who stands beside whom in the known words."""
    after: defaultdict[str, set[str]] = defaultdict(set)
    before: defaultdict[str, set[str]] = defaultdict(set)
    for word in known_words():
        for first, second in pairwise(word):
            after[first].add(second)
            before[second].add(first)
    return Neighbours(
        *({char: frozenset(found) for char, found in sides.items()} for sides in (after, before))
    )


def _texts() -> Iterator[str]:
    for word, others in table().items():
        yield word
        yield from others
    yield from authority_file().by_name
    yield from authority_file().departments
    for tag in load_tags():
        yield tag.name
        yield from tag.words
    yield from model().weights
    yield from scheme().names
    yield from scheme().details
    yield from TYPES
    yield from INSTRUMENTS
    yield from gazetteer().full
    yield from gazetteer().short
