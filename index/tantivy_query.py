"""A query tree and its filters as tantivy queries: all that match, and their points."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tantivy import FieldType, Occur, Query

from index.common_terms import CommonTerms
from index.document import TEXT_NAMES
from index.engine import NONE, SearchRequest
from index.keys import SORT_FIELDS, seen_keys
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
from index.tantivy_schema import COMMON, POLICY, schema
from index.tokens import is_single, phrase_tokens

SEEN = SORT_FIELDS["first_seen", "asc"]


@dataclass(frozen=True, slots=True)
class Lowering:
    """Queries of one generation, which has its own list of common terms."""

    common: CommonTerms

    def request(self, request: SearchRequest, but: str = "") -> Query:
        """All that match a request, without points; the filter named `but` is set aside."""
        return self.query(All((request.query, *_kept(request, but))))

    def query(self, node: Node) -> Query:
        """All that match a tree, without points."""
        match node:
            case Word() | Phrase() | Number():
                return self._term(node)
            case Filter(name, values):
                return _any(_valued(name, value) for value in values)
            case Days():
                return _days(node)
            case Ids(ids):
                return Query.term_set_query(schema(), "id", sorted(ids))
            case Either(nodes):
                return _any(self.query(inner) for inner in nodes)
            case Not() | All():
                return self._all(list(flat(All((node,)))))

    def _all(self, nodes: Sequence[Node]) -> Query:
        wanted = [self.query(node) for node in nodes if not isinstance(node, Not)]
        unwanted = [(Occur.MustNot, self.query(node.node)) for node in nodes if isinstance(node, Not)]
        if not wanted:  # the record of the state has no word, value or day, but neither what is not wanted
            wanted.append(everything())
        if len(wanted) == 1 and not unwanted:
            return wanted[0]
        return Query.boolean_query([*((Occur.Must, query) for query in wanted), *unwanted])

    def _term(self, term: Term) -> Query:
        match term:
            case Phrase(text, where):
                return self._side_by_side(text, where)
            case Number(key, _, "number"):
                return _term("doc_number_key", key)
            case Number(key, text, where):
                bearer = [] if where else [_term("doc_number_key", key)]
                spelled = (self._side_by_side(key, where), self._side_by_side(text, where))
                return _any([*bearer, *spelled])
            case Hint(text, where):
                values = (_valued(term.name, value) for value in term.values)
                return _any([self._side_by_side(text, where), *values])
            case Word(text, where):
                tokens, needed = loose_tokens(term)
                if not tokens:
                    return self._side_by_side(text, where)
                pairs = [(Occur.Should, self._token(token, where)) for token in tokens]
                return Query.boolean_query(pairs, minimum_number_should_match=needed)

    def _token(self, token: str, where: TextField | None) -> Query:
        if where is None:
            terms, whole = self.common.cover((token,))
            if whole:
                return _term(COMMON, terms[0])
        return _any(_term(TEXT_NAMES[name], token) for name in text_fields(where))

    def _side_by_side(self, text: str, where: TextField | None) -> Query:
        tokens = phrase_tokens(text)
        if len(tokens) == 1 and is_single(tokens[0]):
            # A single character is looked for in titles only: bodies hold pairs.
            return _term("title_chars", tokens[0]) if where in (None, "title") else Query.empty_query()
        if len(tokens) == 1:
            return self._token(tokens[0], where)
        if where is not None:
            return _phrase(TEXT_NAMES[where], tokens)
        terms, whole = self.common.cover(tokens)
        shared = [_term(COMMON, term) for term in terms]
        if whole:
            return shared[0]
        # What is common narrows the long fields before places are read.
        return _any(
            _must([*shared, _phrase(TEXT_NAMES[name], tokens)])
            if name in ("body", "attachment")
            else _phrase(TEXT_NAMES[name], tokens)
            for name in text_fields(None)
        )

    def scored(self, request: SearchRequest) -> Query:
        """All that match a request, with their points."""
        found = request_points(request.query)
        if points_tell(request.query):
            pointing = Query.boolean_query([(Occur.Should, pointed(point)) for point in found])
            kept = _kept(request)
            return _must([pointing, _unscored(self._all(kept))]) if kept else pointing
        return _with_points(self.request(request), found)


def _with_points(query: Query, points: Iterable[Point]) -> Query:
    """All that match a query, with some points.

    What is weighted by BM25 stands apart: an alternative of nothing but words is tantivy's fastest.
    """
    chosen = list(points)
    weighted = [(Occur.Should, pointed(point)) for point in chosen if point.how == "bm25"]
    constant = [(Occur.Should, pointed(point)) for point in chosen if point.how == "constant"]
    groups = [(Occur.Should, Query.boolean_query(group)) for group in (weighted, constant) if group]
    return Query.boolean_query([(Occur.Must, _unscored(query)), *groups])


def everything() -> Query:
    """All policies; the record of the state is none."""
    return _term("record", POLICY)


def key_above(field: str, key: int) -> Query:
    """Documents whose sort key is greater."""
    return Query.range_query(schema(), field, FieldType.Unsigned, key, None, include_lower=False)


def key_below(field: str, key: int) -> Query:
    """Documents whose sort key is smaller."""
    return Query.range_query(schema(), field, FieldType.Unsigned, None, key, include_upper=False)


def _kept(request: SearchRequest, but: str = "") -> list[Node]:
    """The filters and days of a request, the filter named `but` set aside."""
    nodes: list[Node] = [Filter(name, some) for name, some in request.filters.items() if name != but and some]
    if request.date_from or request.date_to:
        nodes.append(Days(request.date_from, request.date_to))
    return nodes


def pointed(point: Point) -> Query:
    """All that have a point, with their points."""
    query = _point_query(point)
    if point.how == "constant":
        return Query.const_score_query(query, point.points)
    return Query.boost_query(query, point.points)


def _point_query(point: Point) -> Query:
    if len(point.tokens) > 1:
        return _phrase(point.field, point.tokens)
    return _term(point.field, point.tokens[0])


def _phrase(name: str, tokens: Sequence[str]) -> Query:
    return Query.phrase_query(schema(), name, list(tokens))


def _term(field: str, value: str) -> Query:
    return Query.term_query(schema(), field, value, "freq")


def _days(days: Days) -> Query:
    if days.of == "first_seen":
        return Query.range_query(schema(), SEEN, FieldType.Unsigned, *seen_keys(days.first, days.last))
    low, high = (days.first or date.min).toordinal(), (days.last or date.max).toordinal()
    return Query.range_query(schema(), "day", FieldType.Integer, low, high)


def _valued(name: str, value: str) -> Query:
    """Policies that have a value of a facet; the one for none is had by those without any."""
    if value != NONE:
        return _term(name, value)
    return Query.boolean_query([(Occur.Must, everything()), (Occur.MustNot, Query.exists_query(name))])


def _any(queries: Iterable[Query]) -> Query:
    found = list(queries)
    return found[0] if len(found) == 1 else Query.boolean_query([(Occur.Should, query) for query in found])


def _must(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
