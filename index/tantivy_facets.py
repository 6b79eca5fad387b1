"""Exact counts of facets over what a search finds in a tantivy index."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import starmap
from typing import Any

from tantivy import Query

from index.engine import FacetCount, SearchRequest, first_values, largest_first
from index.tantivy_schema import GROUPS, JOIN, NUMBERED, numbers_of, value_number
from index.tantivy_view import View

# Values that every segment tells of a facet: counts are exact as long as it has fewer. tantivy makes no more buckets.
SEGMENT_VALUES = 65_000
# Facets that take as long as all others together: of very many values, or of several a document.
SLOW = frozenset(("issuer", "region"))
BESIDE = ThreadPoolExecutor(2, "facets")


Counts = dict[str, tuple[FacetCount, ...]]


def count_facets(view: View, request: SearchRequest) -> tuple[Counts, tuple[str, ...]]:
    """The facets of a request, and which have more values; one whose own filter is set is counted without it."""
    filtered = [name for name in request.facets if request.filters.get(name)]
    free = [name for name in request.facets if name not in filtered]
    asked = [(view.lowering.request(request), free)] if free else []
    asked += [(view.lowering.request(request, but=name), [name]) for name in filtered]
    counts: Counts = {}
    more: set[str] = set()
    for query, names in asked:
        told, cut = _count_values(view, query, {name: request.most(name) for name in names})
        counts |= told
        more |= cut
    for name in filtered:
        counts[name] += tuple(_chosen(view, request, name, {count.value for count in counts[name]}))
    return {name: counts[name] for name in request.facets}, tuple(n for n in request.facets if n in more)


def total_of(request: SearchRequest, counts: Counts, more: Collection[str]) -> int | None:
    """How many documents match, where the counts tell it: each has one value of `withdrawn`."""
    name = "withdrawn"
    if name not in counts or name in more or request.filters.get(name):
        return None
    return sum(one.count for one in counts[name])


def _chosen(view: View, request: SearchRequest, name: str, told: Collection[str]) -> Iterator[FacetCount]:
    """The values that a facet is filtered by, as far as they are not told yet and some document has them."""
    for value in dict.fromkeys(request.filters[name]):
        if value not in told:
            alone = replace(request, filters={**request.filters, name: (value,)})
            if count := view.count(view.lowering.request(alone)):
                yield FacetCount(value, count)


def all_values(view: View, query: Query, name: str) -> list[FacetCount]:
    """Every value of a facet, largest first."""
    return _counts(view, query, {name: SEGMENT_VALUES})[name]


def _count_values(view: View, query: Query, most: Mapping[str, int]) -> tuple[Counts, set[str]]:
    """The largest values of facets, and which have more."""
    found = _counts(view, query, {name: size + 1 for name, size in most.items()})
    counts = {name: first_values(some, most[name]) for name, some in found.items()}
    for name in most:
        if found[name] and not counts[name]:
            counts[name] = tuple(all_values(view, query, name)[: most[name]])
    return counts, {name for name in most if len(found[name]) > most[name]}


def _counts(view: View, query: Query, most: Mapping[str, int]) -> dict[str, list[FacetCount]]:
    """At least so many values of facets, the slow ones counted beside the others: tantivy lets go of the interpreter."""
    groups = [group for group, members in GROUPS.items() if sum(name in most for name in members) > 1]
    grouped = {name for group in groups for name in GROUPS[group]}
    alone = [name for name in most if name not in grouped]

    def counted(some: Iterable[str]) -> dict[str, list[FacetCount]]:
        sizes = {name: SEGMENT_VALUES if name in groups else most[name] for name in some}
        return _ask(view, query, sizes) if sizes else {}

    beside = BESIDE.submit(counted, [name for name in alone if name in SLOW])
    answer = counted([*groups, *(name for name in alone if name not in SLOW)]) | beside.result()
    for group in groups:
        answer |= _parted(GROUPS[group], answer[group])
    return {name: answer[name] for name in most}


def _ask(view: View, query: Query, sizes: dict[str, int]) -> dict[str, list[FacetCount]]:
    """So many values of each."""
    asked = {
        name: {
            "terms": {
                "field": numbers_of(name) if name in NUMBERED else name,
                "size": size,
                "segment_size": SEGMENT_VALUES,
            }
        }
        for name, size in sizes.items()
    }
    answer = view.searcher.aggregate(query, asked)
    return {name: _named(view, name, answer[name]["buckets"]) for name in sizes}


def _named(view: View, name: str, buckets: Sequence[dict[str, Any]]) -> list[FacetCount]:
    """Buckets by the values that they are of, largest first."""
    if name not in NUMBERED:
        counts = [FacetCount(bucket["key"], bucket["doc_count"]) for bucket in buckets]
    else:
        if any(bucket["key"] not in view.names for bucket in buckets):
            known = view.searcher.terms_with_prefix(name, "")
            view.names.update((value_number(value), value) for value, _ in known)
        counts = [FacetCount(view.names[bucket["key"]], bucket["doc_count"]) for bucket in buckets]
    return largest_first(counts)


def _parted(members: Sequence[str], counts: Iterable[FacetCount]) -> dict[str, list[FacetCount]]:
    """The counts of every member of a group."""
    sums: dict[str, Counter[str]] = {name: Counter() for name in members}
    for one in counts:
        for name, value in zip(members, one.value.split(JOIN), strict=True):
            if value:
                sums[name][value] += one.count
    return {name: largest_first(starmap(FacetCount, found.items())) for name, found in sums.items()}
