"""One search on one view of a tantivy index: total, hits, facets, suggestions."""

from dataclasses import replace
from typing import Any

import tantivy
from tantivy import Occur, Order, Query

from index.engine import (
    MAX_VALUES,
    STRANGE_CURSOR,
    FacetCount,
    RequestError,
    SearchHit,
    SearchRequest,
    SearchResult,
)
from index.keys import SORT_FIELDS
from index.suggest import LOOKED_AT, Issuers, Kind, Suggestion, pick, suggest_term
from index.tantivy_facets import all_values, count_facets, total_of
from index.tantivy_query import everything, key_above, key_below
from index.tantivy_schema import NUMBER, SHOWN, SUGGEST, WEIGHT, schema
from index.tantivy_view import View, counted

# Hits asked for beyond a piece of a sorted walk, so that equal keys are never torn apart.
SPARE = 8


def search(view: View, request: SearchRequest) -> SearchResult:
    """Answer a request; raises RequestError."""
    facets, more = count_facets(view, request)
    if request.limit == 0:
        total = total_of(request, facets, more)
        total = view.count(view.lowering.request(request)) if total is None else total
        return SearchResult(total, (), facets, None, more)
    answer = _by_relevance if request.sort == "relevance" else _by_date
    return replace(answer(view, request, facets), more=more)


def _by_relevance(
    view: View, request: SearchRequest, facets: dict[str, tuple[FacetCount, ...]]
) -> SearchResult:
    offset = _parse_cursor(request) if request.cursor else request.offset
    if offset >= view.searcher.num_docs:
        return SearchResult(view.count(view.lowering.request(request)), (), facets, None)
    # One pass scores and counts: to count apart, or to score titles first, costs more than it saves.
    query = view.lowering.scored(request)
    found = view.searcher.search(query, request.limit, offset=offset, weight_by_field=WEIGHT)
    total = counted(found)
    ids = hit_ids(view, found.hits)
    hits = tuple(SearchHit(one, float(hit[0]), 0) for one, hit in zip(ids, found.hits, strict=True))
    end = offset + len(hits)
    return SearchResult(total, hits, facets, f"relevance.{end}" if hits and end < total else None)


def hit_ids(view: View, hits: list[tuple[Any, tantivy.DocAddress]]) -> list[str]:
    """The ids of hits, read from a column: the store would be unpacked for every one of them."""
    numbers = view.searcher.fast_field_values(NUMBER, [address for _, address in hits])
    return [f"{number:016x}" for number in numbers]


def _by_date(view: View, request: SearchRequest, facets: dict[str, tuple[FacetCount, ...]]) -> SearchResult:
    name = SORT_FIELDS[request.sort, request.order]
    whole = view.lowering.request(request)
    query = whole
    if request.cursor:
        beyond = key_below if request.order == "desc" else key_above
        query = Query.boolean_query([(Occur.Must, whole), (Occur.Must, beyond(name, _parse_cursor(request)))])
    if request.offset >= view.searcher.num_docs:
        return SearchResult(view.count(whole), (), facets, None)
    order = Order.Desc if request.order == "desc" else Order.Asc
    searcher = view.searcher
    found = searcher.search(
        query, request.limit + SPARE, order_by_field=name, offset=request.offset, order=order
    )
    total = view.count(whole) if request.cursor else counted(found)
    piece = _whole_keys(found.hits, request.limit)
    hits = tuple(SearchHit(one, 0.0, hit[0]) for one, hit in zip(hit_ids(view, piece), piece, strict=True))
    more = hits and len(hits) < len(found.hits)
    return SearchResult(
        total, hits, facets, f"{request.sort}.{request.order}.{hits[-1].sort_key}" if more else None
    )


def _whole_keys(
    hits: list[tuple[Any, tantivy.DocAddress]], limit: int
) -> list[tuple[Any, tantivy.DocAddress]]:
    """The first hits, a few more where the last key is shared, so that a cursor skips nobody."""
    end = min(limit, len(hits))
    while 0 < end < len(hits) and hits[end][0] == hits[end - 1][0]:
        end += 1
    return hits[:end]


def _parse_cursor(request: SearchRequest) -> int:
    parts = (request.cursor or "").split(".")
    expected = ["relevance"] if request.sort == "relevance" else [request.sort, request.order]
    value = parts[-1]
    if parts[:-1] != expected or not (value.isascii() and value.isdecimal()) or int(value) >= 1 << 64:
        raise RequestError(STRANGE_CURSOR)
    return int(value)


def suggest(view: View, typed: str, limit: int) -> tuple[Suggestion, ...]:
    """Numbers, issuers and titles that go on from what was typed, newest and most frequent first."""
    issuers = _issuers(view).going_on(typed, max(1, limit // 3))
    numbers = _suggested(view, "number", typed, max(1, limit // 3))
    titles = _suggested(view, "title", typed, limit)
    return (*issuers, *numbers, *titles)[:limit]


def _suggested(view: View, kind: Kind, typed: str, limit: int) -> list[Suggestion]:
    term = suggest_term(kind, typed)
    if not term:
        return []
    query = Query.term_query(schema(), SUGGEST, term, "basic")
    found = view.searcher.search(query, LOOKED_AT * limit, count=False, order_by_field="sort_written_desc")
    shown = (view.searcher.doc(address) for _, address in found.hits)
    line = 0 if kind == "title" else 1
    texts = ((one["id"][0], bytes(one[SHOWN][0]).decode().split("\n")[line]) for one in shown)
    return pick(kind, typed, texts, limit)


def _issuers(view: View) -> Issuers:
    """All issuers of a view, those of most documents first; counted once a commit."""
    if not view.issuers:
        counts = all_values(view, everything(), "issuer")
        view.issuers.append(Issuers(count.value for count in counts[:MAX_VALUES]))
    return view.issuers[0]
