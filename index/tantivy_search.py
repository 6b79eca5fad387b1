"""One search on one view of a tantivy index: total, hits, facets, suggestions."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import tantivy
from tantivy import Occur, Order, Query

from index.common_terms import CommonTerms
from index.engine import (
    MAX_VALUES,
    FacetCount,
    RequestError,
    SearchHit,
    SearchRequest,
    SearchResult,
    first_values,
)
from index.keys import SORT_FIELDS
from index.suggest import LOOKED_AT, Issuers, Kind, Suggestion, pick, suggest_term
from index.tantivy_query import Lowering, everything, key_above, key_below
from index.tantivy_schema import NUMBER, NUMBERED, SHOWN, SUGGEST, WEIGHT, numbers_of, schema, value_number

# Values that every segment tells of a facet: counts are exact as long as it has fewer. tantivy makes no more buckets.
SEGMENT_VALUES = 65_000
# Facets that take as long as all others together, of those of very many values and of several a document.
SLOW = frozenset(("issuer", "region"))
BESIDE = ThreadPoolExecutor(2, "facets")
# Hits asked for beyond a piece of a sorted walk, so that equal keys are never torn apart.
SPARE = 8


@dataclass(frozen=True, slots=True)
class View:
    """One generation at one commit."""

    folder: Path
    number: int
    index: tantivy.Index
    searcher: tantivy.Searcher
    seq: int
    common: CommonTerms
    issuers: list[Issuers] = field(default_factory=list)  # one, made when first asked for
    names: dict[int, str] = field(default_factory=dict)  # of values that are counted by number

    @property
    def lowering(self) -> Lowering:
        """How queries become those of this generation."""
        return Lowering(self.common)


def search(view: View, request: SearchRequest) -> SearchResult:
    """Answer a request; raises RequestError."""
    facets = _facets(view, request)
    if request.sort == "relevance":
        return _by_relevance(view, request, facets)
    return _by_date(view, request, facets)


def _by_relevance(
    view: View, request: SearchRequest, facets: dict[str, tuple[FacetCount, ...]]
) -> SearchResult:
    offset = _parse_cursor(request) if request.cursor else request.offset
    if request.limit == 0 or offset >= view.searcher.num_docs:
        return SearchResult(_count(view, view.lowering.request(request)), (), facets, None)
    # One pass scores and counts: to count apart, or to score titles first, costs more than it saves.
    query = view.lowering.scored(request)
    found = view.searcher.search(query, request.limit, offset=offset, weight_by_field=WEIGHT)
    total = _counted(found)
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
    if request.limit == 0 or request.offset >= view.searcher.num_docs:
        return SearchResult(_count(view, whole), (), facets, None)
    order = Order.Desc if request.order == "desc" else Order.Asc
    searcher = view.searcher
    found = searcher.search(
        query, request.limit + SPARE, order_by_field=name, offset=request.offset, order=order
    )
    total = _count(view, whole) if request.cursor else _counted(found)
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
        raise RequestError("cursor 不可用：请原样使用上一页给出的 next，并保持相同的排序")
    return int(value)


def _facets(view: View, request: SearchRequest) -> dict[str, tuple[FacetCount, ...]]:
    """Exact counts; a facet whose own filter is set is counted without that filter."""
    filtered = [name for name in request.facets if request.filters.get(name)]
    free = [name for name in request.facets if name not in filtered]
    counts: dict[str, tuple[FacetCount, ...]] = {}
    if free:
        counts |= _aggregate(view, view.lowering.request(request), free, request.values)
    for name in filtered:
        counts |= _aggregate(view, view.lowering.request(request, but=name), [name], request.values)
    return {name: counts[name] for name in request.facets}


def _aggregate(
    view: View, query: Query, names: Sequence[str], most: int
) -> dict[str, tuple[FacetCount, ...]]:
    """The largest values of facets."""
    found = _counts(view, query, names, most + 1)
    counts = {name: first_values(some, most) for name, some in found.items()}
    if equal := [name for name in names if found[name] and not counts[name]]:
        counts |= {name: some[:most] for name, some in _counts(view, query, equal, SEGMENT_VALUES).items()}
    return counts


def _counts(view: View, query: Query, names: Sequence[str], most: int) -> dict[str, tuple[FacetCount, ...]]:
    """So many values of facets, the slow ones counted beside the others: tantivy lets go of the interpreter."""
    size = {"size": most, "segment_size": SEGMENT_VALUES}

    def counted(some: Sequence[str]) -> dict[str, Any]:
        fields = {name: numbers_of(name) if name in NUMBERED else name for name in some}
        asked = {name: {"terms": {"field": field, **size}} for name, field in fields.items()}
        return view.searcher.aggregate(query, asked) if asked else {}

    beside = BESIDE.submit(counted, [name for name in names if name in SLOW])
    answer = counted([name for name in names if name not in SLOW]) | beside.result()
    return {name: _ordered(view, name, answer[name]["buckets"]) for name in names}


def _ordered(view: View, name: str, buckets: list[dict[str, Any]]) -> tuple[FacetCount, ...]:
    keys = [bucket["key"] for bucket in buckets]
    if name in NUMBERED:
        if any(key not in view.names for key in keys):
            known = view.searcher.terms_with_prefix(name, "")
            view.names.update((value_number(value), value) for value, _ in known)
        keys = [view.names[key] for key in keys]
    counts = [FacetCount(key, int(one["doc_count"])) for key, one in zip(keys, buckets, strict=True)]
    return tuple(sorted(counts, key=lambda c: (-c.count, c.value)))


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
        counts = _aggregate(view, everything(), ["issuer"], MAX_VALUES)["issuer"]
        view.issuers.append(Issuers(count.value for count in counts))
    return view.issuers[0]


def _count(view: View, query: Query) -> int:
    # The order by a number keeps tantivy from scoring what is only counted.
    return _counted(view.searcher.search(query, 1, order_by_field="sort_first_seen"))


def _counted(found: tantivy.SearchResult) -> int:
    return int(cast(Any, found).count)  # absent from the stub of 0.27
