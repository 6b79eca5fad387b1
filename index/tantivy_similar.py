"""Documents like one, and why a document was found, asked of one view of a tantivy index."""

import math
from collections.abc import Mapping, Sequence

import tantivy
from tantivy import Occur, Query

from index.document import IndexDocument
from index.engine import Explanation, FieldToken, SearchHit, SearchRequest
from index.explain import explained, refused
from index.ranking import Point
from index.similar import likeness
from index.tantivy_query import pointed
from index.tantivy_schema import WEIGHT, schema
from index.tantivy_search import hit_ids
from index.tantivy_view import View


def similar(view: View, document: IndexDocument, limit: int) -> tuple[SearchHit, ...]:
    """Documents most like one, best first; itself and copies of its work left out."""
    alike = likeness(document, lambda tokens: frequencies(view, tokens))
    if not alike.telling or limit <= 0:
        return ()
    telling = Query.boolean_query([(Occur.Should, pointed(point)) for point in alike.telling])
    shared = [(Occur.Should, pointed(point)) for point in alike.shared]
    same = [
        (Occur.MustNot, _term(name, value)) for name, value in (("id", document.id), ("work", document.work))
    ]
    found = view.searcher.search(
        Query.boolean_query([(Occur.Must, telling), *shared, *same]), limit, count=False
    )
    ids = hit_ids(view, found.hits)
    return tuple(SearchHit(one, float(hit[0]), 0) for one, hit in zip(ids, found.hits, strict=True))


def frequencies(view: View, tokens: Sequence[FieldToken]) -> Mapping[FieldToken, int]:
    """In how many documents each token stands."""
    return {token: view.searcher.doc_freq(*token) for token in tokens}


def explain(view: View, request: SearchRequest, document_id: str) -> Explanation:
    """Why a document is found; raises RequestError where it is not."""
    itself = Query.const_score_query(_term("id", document_id), 0.0)
    address = _address(view, itself, view.lowering.request(request))
    if address is None:
        raise refused(document_id)

    def worth(point: Point) -> float:
        query = Query.boolean_query([(Occur.Must, itself), (Occur.Should, pointed(point))])
        return float(view.searcher.search(query, 1, count=False).hits[0][0])

    weight = float(view.searcher.fast_field_values(WEIGHT, [address])[0] or 0)
    return explained(request, worth, math.log2(2 + weight))


def _address(view: View, itself: Query, query: Query) -> tantivy.DocAddress | None:
    found = view.searcher.search(
        Query.boolean_query([(Occur.Must, itself), (Occur.Must, query)]), 1, count=False
    )
    return found.hits[0][1] if found.hits else None


def _term(field: str, value: str) -> Query:
    return Query.term_query(schema(), field, value, "basic")
