"""The tree of a query: what every engine lowers to its own terms, and highlights and explanations read.

Leaves are words, phrases and document numbers in one text field or in any of them, filters, days and ids;
`All`, `Either` and `Not` join them. Every node knows the characters of the query it was read from; two
nodes that ask the same are equal wherever they stood.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date
from math import ceil
from typing import Literal, get_args

from index.tokens import is_single, phrase_tokens

TextField = Literal["title", "number", "issuer", "body", "attachment"]
TEXT_FIELDS: tuple[TextField, ...] = get_args(TextField)
# Of every four pairs of a long word one may be missing: where two words meet, no document need have
# the pair (陕西|科技成果 → 西科). Words of up to four characters are found as they stand.
PAIRS_A_MISS = 4
# The share of the pairs of a loose word that must be found. Of .6, .5, .4 and .34 the questions of
# benchmarks/relevance.py that are sentences have nDCG .80, .84, .88 and .88.
LOOSE_SHARE = 0.4
# Pairs of a loose word that are looked for; what is asked in more words than a title has is no clearer for it.
LOOSE_PAIRS = 32


@dataclass(frozen=True, slots=True)
class Span:
    """The characters of a query that a node or a mistake comes from, end exclusive."""

    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Word:
    """A word is found as it stands; a long one (no spaces in Chinese) by nearly all of its pairs.

    A loose one, which may be several words parted by spaces, is found by four of ten of its pairs.
    """

    text: str
    field: TextField | None = None
    span: Span = attribute(default=Span(), compare=False)
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Hint(Word):
    """A word that may mean a value of a facet: documents that say it as it stands, and those that have the value."""

    name: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Text that must stand letter for letter, punctuation aside."""

    text: str
    field: TextField | None = None
    span: Span = attribute(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A document number: the document that bears it, and those that name it, as typed or by its key.

    In the field "number" it is the bearer alone.
    """

    key: str
    text: str
    field: TextField | None = None
    span: Span = attribute(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """One of these values of a facet, "none" for no value; it asks, but gives no points."""

    name: str
    values: tuple[str, ...]
    span: Span = attribute(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Days:
    """A closed range over the written date, else the published one; it gives no points.

    Of "first_seen" it is over the day (Asia/Shanghai) on which a document was seen first.
    """

    first: date | None
    last: date | None
    of: Literal["date", "first_seen"] = "date"
    span: Span = attribute(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Ids:
    """One of these documents; it gives no points. At most 10,000: a server takes no more at once than 65,536."""

    ids: frozenset[str]
    span: Span = attribute(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be found; alone it is everything else."""

    node: "Node"
    span: Span = attribute(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of these; a document has the points of all that it matches."""

    nodes: "tuple[Node, ...]"
    span: Span = attribute(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class All:
    """All of these; without any it is every document."""

    nodes: "tuple[Node, ...]" = ()
    span: Span = attribute(default=Span(), compare=False)


Term = Word | Phrase | Number
Node = Term | Filter | Days | Ids | Not | Either | All
EVERYTHING = All()


def terms(node: Node) -> Iterator[Term]:
    """The words, phrases and numbers that a document may be found by, in order; nothing below Not."""
    match node:
        case Word() | Phrase() | Number():
            yield node
        case Either(nodes) | All(nodes):
            for inner in nodes:
                yield from terms(inner)


def flat(tree: All) -> Iterator[Node]:
    """The nodes of nested conjunctions as those of one."""
    for node in tree.nodes:
        if isinstance(node, All):
            yield from flat(node)
        else:
            yield node


def lone_number(node: Node) -> str | None:
    """The key of the document number where the query is one and nothing else."""
    match node:
        case Number(key) | All((Number(key),)):
            return key
    return None


def loose_tokens(word: Word) -> tuple[tuple[str, ...], int]:
    """The distinct tokens of a long or loose word and how many of them must be found; ((), 0) for all others."""
    distinct = tuple(dict.fromkeys(phrase_tokens(word.text)))
    if word.loose:
        pairs = tuple(token for token in distinct if not is_single(token))[:LOOSE_PAIRS]
        return pairs, ceil(LOOSE_SHARE * len(pairs))
    if len(distinct) < PAIRS_A_MISS or isinstance(word, Hint):
        return (), 0
    return distinct, len(distinct) - len(distinct) // PAIRS_A_MISS
