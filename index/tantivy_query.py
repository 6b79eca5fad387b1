"""A query tree and its filters as a tantivy query."""

from collections.abc import Iterable, Iterator
from datetime import date

from tantivy import FieldType, Occur, Query

from index.document import TEXT_NAMES
from index.engine import SearchRequest
from index.query import (
    All,
    Days,
    Either,
    Filter,
    Node,
    Not,
    Number,
    Phrase,
    Term,
    TextField,
    Word,
    loose_tokens,
)
from index.tantivy_schema import POLICY, schema
from index.tokens import is_single, phrase_tokens, unigrams

# Weights measured on 20,000 documents and 2,000 queries (title pairs 2, characters 1, body 1: MRR .962).
TITLE_CHARS = 1.0
WEIGHTS: dict[TextField, float] = {"title": 2.0, "number": 1.0, "issuer": 1.0, "body": 1.0, "attachment": 0.5}
# A document that has the words side by side goes before one that has them apart.
SIDE_BY_SIDE = 2.0
# The document that bears the number goes before all that name it.
BEARER = 1000.0


def lower_request(request: SearchRequest, *, scored: bool, but: str = "") -> Query:
    """The query of a request with its filters, the filter named `but` set aside."""
    parts = [(Occur.Must, lower_query(request.query, scored=scored))]
    for name, values in request.filters.items():
        if name != but and values:
            parts.append((Occur.Must, _one_of(name, values)))
    if request.date_from or request.date_to:
        parts.append((Occur.Must, _days(request.date_from, request.date_to)))
    return Query.boolean_query(parts)


def everything() -> Query:
    """All policies; the record of the state is none."""
    return Query.const_score_query(_term("record", POLICY), 0.0)


def lower_query(node: Node, *, scored: bool) -> Query:
    """The query of a tree alone; without scores it costs a third."""
    match node:
        case Word() | Phrase() | Number():
            return _scored(node) if scored else _match(node)
        case Filter(name, values):
            return _one_of(name, values)
        case Days(first, last):
            return _days(first, last)
        case Not():
            return _all([node], scored)
        case Either(nodes):
            return _any(lower_query(inner, scored=scored) for inner in nodes)
        case All(nodes):
            return _all(nodes, scored)


def _all(nodes: Iterable[Node], scored: bool) -> Query:
    parts = [
        (Occur.MustNot, lower_query(node.node, scored=False))
        if isinstance(node, Not)
        else (Occur.Must, lower_query(node, scored=scored))
        for node in nodes
    ]
    return Query.boolean_query([(Occur.Must, everything()), *parts])


def key_above(field: str, key: int) -> Query:
    """Documents whose sort key is greater."""
    return Query.range_query(schema(), field, FieldType.Unsigned, key, None, include_lower=False)


def key_below(field: str, key: int) -> Query:
    """Documents whose sort key is smaller."""
    return Query.range_query(schema(), field, FieldType.Unsigned, None, key, include_upper=False)


def _days(first: date | None, last: date | None) -> Query:
    low, high = (first or date.min).toordinal(), (last or date.max).toordinal()
    return _unscored(Query.range_query(schema(), "day", FieldType.Integer, low, high))


def _one_of(name: str, values: Iterable[str]) -> Query:
    return _unscored(Query.term_set_query(schema(), name, list(values)))


def _match(term: Term) -> Query:
    """What a term asks of a document, without a thought for order."""
    match term:
        case Phrase(text, where):
            return _any(_side_by_side(text, where))
        case Word():
            return _match_word(term)
        case Number(key, _, "number"):
            return _term("doc_number_key", key)
        case Number(key, text, where):
            bearer = [] if where else [_term("doc_number_key", key)]
            return _any([*bearer, *_side_by_side(key, where), *_side_by_side(text, where)])


def _match_word(word: Word) -> Query:
    tokens, needed = loose_tokens(word)
    if not tokens:
        return _any(_side_by_side(word.text, word.field))
    fields = _fields(word.field)
    pairs = [(Occur.Should, _any(_term(TEXT_NAMES[name], token) for name in fields)) for token in tokens]
    return Query.boolean_query(pairs, minimum_number_should_match=needed)


def _scored(term: Term) -> Query:
    """The same documents, the better ones with more points."""
    parts = [(Occur.Must, _unscored(_match(term)))]
    parts += [(Occur.Should, query) for query in _points(term)]
    return Query.boolean_query(parts)


def _points(term: Term) -> Iterator[Query]:
    if isinstance(term, Number):
        yield Query.const_score_query(_term("doc_number_key", term.key), BEARER)
    tokens = phrase_tokens(term.text)
    for where in _fields(term.field):
        name, weight = TEXT_NAMES[where], WEIGHTS[where]
        for token in dict.fromkeys(tokens):
            yield Query.boost_query(_term(name, token), weight)
        if len(tokens) > 1:
            phrase = Query.phrase_query(schema(), name, list(tokens))
            yield Query.boost_query(phrase, SIDE_BY_SIDE * weight)
    if term.field not in (None, "title"):
        return
    for token in dict.fromkeys(unigrams(term.text).split()):
        yield Query.boost_query(_term("title_chars", token), TITLE_CHARS)


def _side_by_side(text: str, where: TextField | None) -> list[Query]:
    tokens = phrase_tokens(text)
    fields: Iterable[str] = [TEXT_NAMES[name] for name in _fields(where)]
    if len(tokens) > 1:
        return [Query.phrase_query(schema(), name, list(tokens)) for name in fields]
    # A single character is looked for in titles only: bodies hold pairs.
    if is_single(tokens[0]):
        fields = ("title_chars",) if where in (None, "title") else ()
    return [_term(name, tokens[0]) for name in fields]


def _fields(where: TextField | None) -> Iterable[TextField]:
    return WEIGHTS if where is None else (where,)


def _term(field: str, value: str) -> Query:
    return Query.term_query(schema(), field, value, "freq")


def _any(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
