"""What makes documents alike, as points that every engine turns into its own query.

Rare tokens of the title and of the body, by how many documents of the index have them; topics, subject, issuers
and region give small shares. Few terms, rare ones first: their lists are short.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from index.document import IndexDocument
from index.engine import FieldToken
from index.ranking import Point
from index.tokens import END, bigram_tokens, phrase_tokens
from normalizers.doc_numbers import parse_doc_numbers

# Candidates whose frequency an index is asked for, and those of them that are taken.
TITLE_CANDIDATES, BODY_CANDIDATES = 30, 30
SPARE = 3  # tokens looked at for each candidate
TITLE_TERMS, BODY_TERMS = 10, 10
# A token in more than this share of documents tells nothing of a subject and has a long list.
MOST_SHARE, LEAST_CAP = 0.05, 20
TITLE_POINTS, BODY_POINTS = 2.0, 1.0
FACET_POINTS = {"topic": 1.0, "subject": 0.5, "issuer": 0.5, "region": 0.5}
# What it cites by number, what cites its number, and titles in which the thing that it is about is named whole.
CITED_POINTS, CITING_POINTS, NAMED_POINTS = 30.0, 30.0, 30.0
MOST_CITED = 6
LEAST_NAMED, MOST_NAMED = 5, 40  # tokens of a name
# A pair with one of these joins two words (于加, 展的), a number is a year or a place in a list.
NO_SUBJECT = re.compile("[的于和及与等]|^[0-9]+$")
QUOTED = re.compile("《([^《》]+)》")
# Characters of a body that are read; 3,000 of them and twice the candidates found no more relatives
# (benchmarks/similar.py).
READ = 2000

Frequencies = Callable[[list[FieldToken]], Mapping[FieldToken, int]]
ALL: FieldToken = ("title", END)  # as frequent as there are documents


@dataclass(frozen=True, slots=True)
class _Kind:
    """Tokens of one field: which of them, how many at most, and what one is worth."""

    field: str
    counts: Mapping[str, int]
    most: int
    points: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a document like one has: at least one of the telling points, and any of the shared ones."""

    telling: tuple[Point, ...]
    shared: tuple[Point, ...]


def likeness(document: IndexDocument, frequencies: Frequencies) -> Likeness:
    """What makes documents like this one; nothing telling where no word says what it is about.

    `frequencies` gives the number of documents that have a token in a field, of all pairs in one call.
    """
    issuing = frozenset(bigram_tokens(document.issuer_text))
    kinds = (
        _Kind("title", _counts(document.title, issuing, TITLE_CANDIDATES), TITLE_TERMS, TITLE_POINTS),
        _Kind("body", _counts(document.body[:READ], issuing, BODY_CANDIDATES), BODY_TERMS, BODY_POINTS),
    )
    known = frequencies([ALL, *((kind.field, token) for kind in kinds for token in kind.counts)])
    rare = [point for kind in kinds for point in _rare(kind, known)]
    telling = (*_numbers(document), *_named(document.title), *rare)
    return Likeness(telling, tuple(_facets(document)))


def _counts(text: str, issuing: frozenset[str], most: int) -> Mapping[str, int]:
    """The tokens that may tell a subject, most frequent first; the words of its issuers tell a place."""
    ranked = Counter(bigram_tokens(text)).most_common(SPARE * most)
    telling = ((token, n) for token, n in ranked if len(token) > 1 and not NO_SUBJECT.search(token))
    return dict(islice(((token, n) for token, n in telling if token not in issuing), most))


def _rare(kind: _Kind, known: Mapping[FieldToken, int]) -> Iterator[Point]:
    many = known[ALL]
    cap = max(LEAST_CAP, int(MOST_SHARE * many))

    def weight(token: str) -> float:
        return (1 + math.log(kind.counts[token])) * math.log(1 + many / known[kind.field, token])

    # A token that this document alone has finds no other.
    usable = [token for token in kind.counts if 2 <= known.get((kind.field, token), 0) <= cap]
    for token in sorted(usable, key=lambda token: (-weight(token), token))[: kind.most]:
        yield Point(kind.field, (token,), kind.points, "bm25")


def _numbers(document: IndexDocument) -> Iterator[Point]:
    """Those whose numbers it names, and those that name its own."""
    own = document.doc_number_key
    keys = dict.fromkeys(number.key for number in parse_doc_numbers(document.body[:READ]))
    for key in list(keys)[:MOST_CITED]:
        if key != own:
            yield Point("doc_number_key", (key,), CITED_POINTS, "constant")
    tokens = tuple(phrase_tokens(document.number_text.partition("\n")[0]))
    if own and tokens:
        yield Point("body", tokens, CITING_POINTS, "constant")


def _named(title: str) -> Iterator[Point]:
    """Titles with the name in its book marks, or with this one: 关于印发《…》的通知, 《…》解读, 转发…的通知."""
    name = max(QUOTED.findall(title), key=len, default=title)
    tokens = tuple(phrase_tokens(name))[:MOST_NAMED]
    if len(tokens) >= LEAST_NAMED:
        yield Point("title", tokens, NAMED_POINTS, "constant")


def _facets(document: IndexDocument) -> Iterator[Point]:
    values: Mapping[str, Iterable[str]] = {
        "topic": document.topics,
        "subject": (document.subject,) if document.subject else (),
        "issuer": document.issuers,
        "region": document.regions[-1:],
    }
    for name, found in values.items():
        yield from (Point(name, (value,), FACET_POINTS[name], "constant") for value in dict.fromkeys(found))
