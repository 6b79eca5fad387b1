"""A query tree and its filters as a query of Elasticsearch: the same documents and points as tantivy's."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from index.document import TEXT_NAMES
from index.elastic_mapping import POLICY, WEIGHT
from index.engine import NONE, SearchRequest
from index.query import (
    All,
    Days,
    Either,
    Filter,
    Hint,
    Ids,
    Node,
    Not,
    Number,
    Phrase,
    Term,
    TextField,
    Word,
    flat,
    loose_tokens,
)
from index.ranking import Point, points_tell, request_points, text_fields
from index.tokens import is_single, phrase_tokens

Query = dict[str, Any]
ZONE = "+08:00"


def lower_request(request: SearchRequest, *, scored: bool, but: Iterable[str] = ()) -> Query:
    """The query of a request with its filters, those named in `but` set aside."""
    kept = [_one_of(name, values) for name, values in request.filters.items() if name not in but and values]
    if request.date_from or request.date_to:
        kept.append(_days(Days(request.date_from, request.date_to)))
    if not kept and _asks_nothing(request.query):
        kept.append(term_filter(POLICY, "record"))  # the record of the state has no word, value or day
    if not scored:
        return {"bool": {"filter": [*kept, lower_query(request.query)]}}
    matched: Query = {"should": list(map(pointed, request_points(request.query)))}
    if points_tell(request.query):
        matched |= {"filter": kept, "minimum_should_match": 1}
    else:
        matched |= {"filter": [*kept, lower_query(request.query)], "minimum_should_match": 0}
    weight = {"field": WEIGHT, "missing": 1}
    return {
        "function_score": {
            "query": {"bool": matched},
            "field_value_factor": weight,
            "boost_mode": "multiply",
        }
    }


def _asks_nothing(node: Node) -> bool:
    """Whether a record without any words, values and days is found too."""
    match node:
        case Not():
            return True
        case Either(nodes):
            return any(map(_asks_nothing, nodes))
        case All(nodes):
            return all(map(_asks_nothing, nodes))
    return isinstance(node, Days) and not (node.first or node.last)


def filters(request: SearchRequest, names: Iterable[str]) -> list[Query]:
    """Some filters of a request alone."""
    return [_one_of(name, request.filters[name]) for name in names]


def term_filter(value: str, field: str) -> Query:
    """Records that have a value."""
    return {"term": {field: value}}


def lower_query(node: Node) -> Query:
    """All that match a tree, without points."""
    match node:
        case Word() | Phrase() | Number():
            return _match(node)
        case Filter(name, values):
            return _one_of(name, values)
        case Days():
            return _days(node)
        case Ids(ids):
            return _one_of("id", sorted(ids))
        case Either(nodes):
            return _any(map(lower_query, nodes))
        case Not() | All():
            return _all(flat(All((node,))))


def _all(nodes: Iterable[Node]) -> Query:
    must: list[Query] = []
    must_not: list[Query] = []
    for node in nodes:
        if isinstance(node, Not):
            must_not.append(lower_query(node.node))
        else:
            must.append(lower_query(node))
    # A bool without any of these gives every document.
    return {"bool": {"filter": must, "must_not": must_not}}


def _days(days: Days) -> Query:
    limits = {"gte": days.first, "lt": days.last and days.last + timedelta(days=1)}
    asked = {name: day.isoformat() for name, day in limits.items() if day}
    zone = {"format": "strict_date", "time_zone": ZONE} if days.of == "first_seen" else {}
    return {"range": {days.of: asked | zone}}


def _one_of(name: str, values: Collection[str]) -> Query:
    known = [value for value in values if value != NONE]
    asked: Query = {"terms": {name: known}}
    if len(known) == len(values):
        return asked
    return _any(
        [asked, {"bool": {"must_not": {"exists": {"field": name}}, "filter": term_filter(POLICY, "record")}}]
    )


def _match(term: Term) -> Query:
    """What a term asks of a document."""
    match term:
        case Phrase(text, where):
            return _any(_side_by_side(text, where))
        case Hint(text, where):
            return _any([*_side_by_side(text, where), _one_of(term.name, term.values)])
        case Word():
            return _match_word(term)
        case Number(key, _, "number"):
            return term_filter(key, "doc_number_key")
        case Number(key, text, where):
            bearer = [] if where else [term_filter(key, "doc_number_key")]
            return _any([*bearer, *_side_by_side(key, where), *_side_by_side(text, where)])


def _match_word(word: Word) -> Query:
    tokens, needed = loose_tokens(word)
    if not tokens:
        return _any(_side_by_side(word.text, word.field))
    names = [TEXT_NAMES[name] for name in text_fields(word.field)]
    pairs = [_any(term_filter(token, name) for name in names) for token in tokens]
    return {"bool": {"should": pairs, "minimum_should_match": needed}}


def pointed(point: Point) -> Query:
    """All that have a point, with their points."""
    if point.how == "bm25":
        return _weighted(point.field, point.tokens[0], point.points)
    if len(point.tokens) > 1:
        query = _phrase(point.field, point.tokens)
    else:
        query = term_filter(point.tokens[0], point.field)
    return {"constant_score": {"filter": query, "boost": point.points}}


def _side_by_side(text: str, where: TextField | None) -> list[Query]:
    tokens = phrase_tokens(text)
    fields: Iterable[str] = [TEXT_NAMES[name] for name in text_fields(where)]
    if len(tokens) > 1:
        return [_phrase(name, tokens) for name in fields]
    # A single character is looked for in titles only: bodies hold pairs.
    if is_single(tokens[0]):
        fields = ("title_chars",) if where in (None, "title") else ()
    return [term_filter(tokens[0], name) for name in fields]


def _weighted(field: str, token: str, boost: float) -> Query:
    return {"term": {field: {"value": token, "boost": boost}}}


def _phrase(field: str, tokens: Iterable[str]) -> Query:
    """Tokens side by side, taken as they are."""
    return {"match_phrase": {field: {"query": " ".join(tokens), "analyzer": "whitespace"}}}


def _any(queries: Iterable[Query]) -> Query:
    found = list(queries)
    return {"bool": {"should": found, "minimum_should_match": 1}} if found else {"match_none": {}}
