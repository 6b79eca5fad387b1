"""A query tree and its filters as a tantivy query."""

from collections.abc import Iterable, Iterator
from datetime import date

from tantivy import FieldType, Occur, Query

from index.engine import SearchRequest
from index.query import And, Not, Number, Phrase, Term, Word, loose_tokens
from index.tantivy_schema import POLICY, schema
from index.tokens import is_single, phrase_tokens, unigrams

# Weights measured on 20,000 documents and 2,000 queries (title pairs 2, characters 1, body 1: MRR .962).
TITLE, TITLE_CHARS, NAMES, BODY, ATTACHMENTS = 2.0, 1.0, 1.0, 1.0, 0.5
WEIGHTS = {"title": TITLE, "names": NAMES, "body": BODY, "attachments": ATTACHMENTS}
# A document that has the words side by side goes before one that has them apart.
SIDE_BY_SIDE = 2.0
# The document that bears the number goes before all that name it.
BEARER = 1000.0


def lower_request(request: SearchRequest, *, scored: bool, but: str = "") -> Query:
    """The query of a request with its filters, the filter named `but` set aside."""
    parts = [(Occur.Must, lower_query(request.query, scored=scored))]
    for name, values in request.filters.items():
        if name != but and values:
            parts.append((Occur.Must, _unscored(Query.term_set_query(schema(), name, list(values)))))
    if request.date_from or request.date_to:
        parts.append((Occur.Must, _unscored(_days(request.date_from, request.date_to))))
    return Query.boolean_query(parts)


def everything() -> Query:
    """All policies; the record of the state is none."""
    return Query.const_score_query(_term("record", POLICY), 0.0)


def lower_query(query: And, *, scored: bool) -> Query:
    """The query of a tree alone; without scores it costs a third."""
    lower = _scored if scored else _match
    parts = [
        (Occur.MustNot, _match(node.node)) if isinstance(node, Not) else (Occur.Must, lower(node))
        for node in query.nodes
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
    return Query.range_query(schema(), "day", FieldType.Integer, low, high)


def _match(term: Term) -> Query:
    """What a term asks of a document, without a thought for order."""
    match term:
        case Phrase(text):
            return _any(_side_by_side(text))
        case Word():
            return _match_word(term)
        case Number(key, text):
            return _any([_term("doc_number_key", key), *_side_by_side(key), *_side_by_side(text)])


def _match_word(word: Word) -> Query:
    tokens, needed = loose_tokens(word)
    if not tokens:
        return _any(_side_by_side(word.text))
    pairs = [(Occur.Should, _any(_term(name, token) for name in WEIGHTS)) for token in tokens]
    return Query.boolean_query(pairs, minimum_number_should_match=needed)


def _scored(term: Term) -> Query:
    """The same documents, the better ones with more points."""
    parts = [(Occur.Must, _unscored(_match(term)))]
    parts += [(Occur.Should, query) for query in _points(term)]
    return Query.boolean_query(parts)


def _points(term: Term) -> Iterator[Query]:
    if isinstance(term, Number):
        yield Query.boost_query(_term("doc_number_key", term.key), BEARER)
    tokens = phrase_tokens(term.text)
    for name, weight in WEIGHTS.items():
        for token in dict.fromkeys(tokens):
            yield Query.boost_query(_term(name, token), weight)
        if len(tokens) > 1:
            phrase = Query.phrase_query(schema(), name, list(tokens))
            yield Query.boost_query(phrase, SIDE_BY_SIDE * weight)
    for token in dict.fromkeys(unigrams(term.text).split()):
        yield Query.boost_query(_term("title_chars", token), TITLE_CHARS)


def _side_by_side(text: str) -> list[Query]:
    tokens = phrase_tokens(text)
    if len(tokens) > 1:
        return [Query.phrase_query(schema(), name, list(tokens)) for name in WEIGHTS]
    # A single character is looked for in titles only: bodies hold pairs.
    return [_term(name, tokens[0]) for name in (("title_chars",) if is_single(tokens[0]) else WEIGHTS)]


def _term(field: str, value: str) -> Query:
    return Query.term_query(schema(), field, value, "freq")


def _any(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
