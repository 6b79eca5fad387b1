"""What makes documents alike, as points that every engine turns into its own query.

Rare tokens of the title and of the body, by how many documents of the index have them; topics, subject, issuers
and region give small shares. Few terms, rare ones first: their lists are short.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from index.document import IndexDocument
from index.ranking import Point
from index.tokens import END, bigram_tokens, is_single

# Candidates whose frequency an index is asked for, and those of them that are taken.
TITLE_CANDIDATES, BODY_CANDIDATES = 40, 80
TITLE_TERMS, BODY_TERMS = 10, 10
# A token in more than this share of documents tells nothing of a subject and has a long list.
MOST_SHARE, LEAST_CAP = 0.05, 20
TITLE_POINTS, BODY_POINTS = 2.0, 1.0
FACET_POINTS = {"topic": 1.0, "subject": 0.5, "issuer": 0.5, "region": 0.5}

Pair = tuple[str, str]  # a field of the index and a token
Frequencies = Callable[[list[Pair]], Mapping[Pair, int]]
ALL: Pair = ("title", END)  # as frequent as there are documents


@dataclass(frozen=True, slots=True)
class _Kind:
    """Tokens of one field: which of them, how many at most, and what one is worth."""

    field: str
    counts: Counter[str]
    most: int
    points: float


def similar_points(document: IndexDocument, frequencies: Frequencies) -> tuple[Point, ...]:
    """The points that a document like this one has; () where nothing tells what it is about.

    `frequencies` gives the number of documents that have a token in a field, of all pairs in one call.
    """
    kinds = (
        _Kind("title", _counts(document.title, TITLE_CANDIDATES), TITLE_TERMS, TITLE_POINTS),
        _Kind("body", _counts(document.body, BODY_CANDIDATES), BODY_TERMS, BODY_POINTS),
    )
    known = frequencies([ALL, *((kind.field, token) for kind in kinds for token in kind.counts)])
    rare = [point for kind in kinds for point in _rare(kind, known)]
    return (*rare, *_facets(document)) if rare else ()


def _counts(text: str, most: int) -> Counter[str]:
    found = Counter(token for token in bigram_tokens(text) if not is_single(token) and not token.isdecimal())
    return Counter(dict(found.most_common(most)))


def _rare(kind: _Kind, known: Mapping[Pair, int]) -> Iterator[Point]:
    many = known[ALL]
    cap = max(LEAST_CAP, int(MOST_SHARE * many))

    def weight(token: str) -> float:
        return (1 + math.log(kind.counts[token])) * math.log(1 + many / known[kind.field, token])

    # A token that this document alone has finds no other.
    usable = [token for token in kind.counts if 2 <= known.get((kind.field, token), 0) <= cap]
    for token in sorted(usable, key=lambda token: (-weight(token), token))[: kind.most]:
        yield Point(kind.field, (token,), kind.points, "bm25")


def _facets(document: IndexDocument) -> Iterator[Point]:
    values: Mapping[str, Iterable[str]] = {
        "topic": document.topics,
        "subject": (document.subject,) if document.subject else (),
        "issuer": document.issuers,
        "region": document.regions[-1:],
    }
    for name, found in values.items():
        yield from (Point(name, (value,), FACET_POINTS[name], "constant") for value in dict.fromkeys(found))
