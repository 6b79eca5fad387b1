"""A query tree and its filters as a tantivy query."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from tantivy import FieldType, Occur, Query

from index.engine import SearchRequest
from index.query import And, Not, Number, Phrase, Term, Word
from index.tantivy_schema import POLICY, schema
from index.tokens import bigram_tokens, is_word, unigrams

# Weights measured on 20,000 documents and 2,000 queries (title pairs 2, characters 1, body 1: MRR .962).
TITLE, TITLE_CHARS, NAMES, BODY, ATTACHMENTS = 2.0, 1.0, 1.0, 1.0, 0.5
WEIGHTS = {"title": TITLE, "names": NAMES, "body": BODY, "attachments": ATTACHMENTS}
# A document that has the words side by side goes before one that has them apart.
SIDE_BY_SIDE = 2.0
# The document that bears the number goes before all that name it.
BEARER = 1000.0
# Of every four pairs of a long word one may be missing: where two words meet, no document need have
# the pair (陕西|科技成果 → 西科). Words of up to four characters are found as they stand.
PAIRS_A_MISS = 4


def lower_request(request: SearchRequest, but: str = "") -> Query:
    """The query of a request with its filters, the filter named `but` set aside."""
    parts = [(Occur.Must, lower_query(request.query))]
    for name, values in request.filters.items():
        if name != but and values:
            parts.append((Occur.Must, _unscored(Query.term_set_query(schema(), name, list(values)))))
    if request.date_from or request.date_to:
        parts.append((Occur.Must, _unscored(_days(request.date_from, request.date_to))))
    return Query.boolean_query(parts)


def everything() -> Query:
    """All policies; the record of the state is none."""
    return Query.const_score_query(_term("record", POLICY), 0.0)


def lower_query(query: And) -> Query:
    """The query of a tree alone."""
    parts = [
        (Occur.MustNot, _match(node.node)) if isinstance(node, Not) else (Occur.Must, _scored(node))
        for node in query.nodes
    ]
    return Query.boolean_query([(Occur.Must, everything()), *parts])


def key_range(field: str, low: int | None, high: int | None) -> Query:
    """Documents whose sort key lies between two keys, both excluded."""
    return Query.range_query(
        schema(), field, FieldType.Unsigned, low, high, include_lower=False, include_upper=False
    )


def _days(first: date | None, last: date | None) -> Query:
    low, high = (first or date.min).toordinal(), (last or date.max).toordinal()
    return Query.range_query(schema(), "day", FieldType.Integer, low, high)


def _match(term: Term) -> Query:
    """What a term asks of a document, without a thought for order."""
    match term:
        case Phrase(text):
            return _any(_side_by_side(text))
        case Word(text):
            return _match_word(text)
        case Number(key, text):
            return _any([_term("doc_number_key", key), *_side_by_side(key), *_side_by_side(text)])


def _match_word(text: str) -> Query:
    tokens = list(dict.fromkeys(_inner(bigram_tokens(text))))
    if len(tokens) < PAIRS_A_MISS:
        return _any(_side_by_side(text))
    pairs = [(Occur.Should, _any(_term(name, token) for name in WEIGHTS)) for token in tokens]
    return Query.boolean_query(pairs, minimum_number_should_match=len(tokens) - len(tokens) // PAIRS_A_MISS)


def _scored(term: Term) -> Query:
    """The same documents, the better ones with more points."""
    parts = [(Occur.Must, _unscored(_match(term)))]
    parts += [(Occur.Should, query) for query in _points(term)]
    return Query.boolean_query(parts)


def _points(term: Term) -> Iterator[Query]:
    if isinstance(term, Number):
        yield Query.boost_query(_term("doc_number_key", term.key), BEARER)
    for name, weight in WEIGHTS.items():
        for token in dict.fromkeys(bigram_tokens(term.text)):
            yield Query.boost_query(_term(name, token), weight)
    for token in dict.fromkeys(unigrams(term.text).split()):
        yield Query.boost_query(_term("title_chars", token), TITLE_CHARS)
    for name, query in _phrases(term.text):
        yield Query.boost_query(query, SIDE_BY_SIDE * WEIGHTS[name])


def _side_by_side(text: str) -> list[Query]:
    tokens = bigram_tokens(text)
    if len(tokens) > 1:
        return [query for _, query in _phrases(text)]
    fields = WEIGHTS if is_word(tokens[0]) or len(tokens[0]) > 1 else {"title_chars": TITLE_CHARS}
    return [_term(name, tokens[0]) for name in fields]


def _phrases(text: str) -> Iterator[tuple[str, Query]]:
    tokens = bigram_tokens(text)
    if len(tokens) < 2:
        return
    first, last = _alone(tokens[0]), _alone(tokens[-1])
    for name in WEIGHTS:
        if first or last:
            # A character alone at the edge may be part of a longer run in the document: 2023年|度.
            patterns = [".?" + tokens[0] if first else tokens[0], *tokens[1:]]
            patterns[-1] += ".?" if last else ""
            yield name, Query.regex_phrase_query(schema(), name, list(patterns))
        else:
            yield name, Query.phrase_query(schema(), name, list(tokens))


def _inner(tokens: Sequence[str]) -> Sequence[str]:
    """The tokens without single characters at the edges, which say nothing of the document's runs."""
    if len(tokens) < PAIRS_A_MISS:
        return tokens
    return tokens[1 if _alone(tokens[0]) else 0 : len(tokens) - (1 if _alone(tokens[-1]) else 0)]


def _alone(token: str) -> bool:
    return len(token) == 1 and not is_word(token)


def _term(field: str, value: str) -> Query:
    return Query.term_query(schema(), field, value, "freq")


def _any(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
