"""One search on Elasticsearch: a request becomes one body, its answer a SearchResult."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from index.elastic_mapping import HALF
from index.elastic_query import filters, lower_request
from index.engine import (
    MAX_VALUES,
    STRANGE_CURSOR,
    FacetCount,
    RequestError,
    SearchHit,
    SearchRequest,
    SearchResult,
    first_values,
    largest_first,
)
from index.keys import SORT_FIELDS

# One shard tells the largest values by itself; of several each is asked for all that may be told. Where they have
# more, the sum of what they tell may lack some, and Elasticsearch says so: then all values are counted, so many at
# a time.
COUNTED_AT_ONCE = 10_000
# Ids come with the values that hits are sorted by: to read one from the store, the texts of hundreds of documents
# beside it are unpacked (9 of 16 ms CPU for a page of 20 from 10,000 documents).
NOTHING_STORED = "_none_"


def search(
    client: Elasticsearch, index: str, request: SearchRequest, *, several_shards: bool
) -> SearchResult:
    """Answer a request, hits and facets as of one moment; raises RequestError and what the client raises.

    Points on several shards need the counts of all of them first (dfs), which one shard has by itself.
    """
    relevance = request.sort == "relevance"
    offset, after = _start(request)
    # A filter that its own facet must not feel is applied after counting.
    late = [name for name in request.facets if request.filters.get(name)]
    answer = client.search(
        index=index,
        query=lower_request(request, scored=relevance, but=late),
        post_filter={"bool": {"filter": filters(request, late)}} if late else None,
        aggs=_aggregations(request, late, several_shards) or None,
        sort=_order(request),
        from_=offset,
        search_after=after,
        size=request.limit + (1 if request.limit and not relevance else 0),  # one more tells of a next page
        stored_fields=NOTHING_STORED,
        track_total_hits=True,
        search_type="dfs_query_then_fetch" if relevance and several_shards else "query_then_fetch",
    ).body
    total = int(answer["hits"]["total"]["value"])
    found = answer["hits"]["hits"]
    hits = tuple(_hit(one, relevance) for one in found[: request.limit])
    counts = {
        name: _counts(client, index, request, name, answer["aggregations"][name]) for name in request.facets
    }
    facets = {name: _told(some, request, name, answer["aggregations"]) for name, some in counts.items()}
    more = tuple(name for name, some in counts.items() if len(some) > request.most(name))
    return SearchResult(total, hits, facets, _next(request, offset, found, total), more)


def _start(request: SearchRequest) -> tuple[int, list[Any] | None]:
    """Where the piece begins: an offset, or the sort values of the hit before it."""
    if request.cursor is None:
        return request.offset, None
    sort, *rest = request.cursor.split(".")
    try:
        if request.sort == "relevance" and sort == "relevance" and len(rest) == 1:
            offset = _number(rest[0])
            SearchRequest(offset=offset).check()
            return offset, None
        order, key, record_id = rest
        if (sort, order) == (request.sort, request.order) and record_id and sort != "relevance":
            return 0, [_number(key) - HALF, record_id]
    except ValueError as error:
        if isinstance(error, RequestError):
            raise
    raise RequestError(STRANGE_CURSOR)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 20 or int(text) >= 2 * HALF:
        raise ValueError(text)
    return int(text)


def _order(request: SearchRequest) -> list[dict[str, str]]:
    """Equal ones by id, so that every shard and copy has one order."""
    if request.sort == "relevance":
        return [{"_score": "desc"}, {"id": "asc"}]
    return [{SORT_FIELDS[request.sort, request.order]: request.order}, {"id": request.order}]


def _hit(found: Mapping[str, Any], relevance: bool) -> SearchHit:
    first, record_id = found["sort"]
    if relevance:
        return SearchHit(record_id, float(first), 0)
    return SearchHit(record_id, 0.0, int(first) + HALF)


def _next(request: SearchRequest, offset: int, found: list[Any], total: int) -> str | None:
    if request.sort == "relevance":
        end = offset + len(found)
        return f"relevance.{end}" if found and end < total else None
    if not 0 < request.limit < len(found):
        return None
    key, record_id = found[request.limit - 1]["sort"]
    return f"{request.sort}.{request.order}.{key + HALF}.{record_id}"


def _aggregations(request: SearchRequest, late: Collection[str], several_shards: bool) -> dict[str, Any]:
    """Counts of every facet, and of the values that it is filtered by; each feels all late filters but its own."""
    aggregations: dict[str, Any] = {}
    for name in request.facets:
        size = request.most(name) + 1
        asked: dict[str, dict[str, Any]] = {
            name: {"size": size, "shard_size": MAX_VALUES if several_shards else size}
        }
        if name in late:
            asked[_chosen(name)] = {"size": MAX_VALUES, "include": list(request.filters[name])}
        felt = filters(request, (other for other in late if other != name))
        for key, terms in asked.items():
            values = {"terms": {"field": name, **terms}}
            inner = {"filter": {"bool": {"filter": felt}}, "aggs": {"values": values}}
            aggregations[key] = inner if felt else values
    return aggregations


def _chosen(name: str) -> str:
    """The aggregation of the values that a facet is filtered by."""
    return f"chosen_{name}"


def _told(
    counts: Sequence[FacetCount], request: SearchRequest, name: str, answer: Mapping[str, Any]
) -> tuple[FacetCount, ...]:
    """The largest values, and behind them those that the facet is filtered by."""
    most = request.most(name)
    first = first_values(counts, most) or tuple(counts[:most])
    if _chosen(name) not in answer:
        return first
    chosen = answer[_chosen(name)]
    buckets = {bucket["key"]: bucket["doc_count"] for bucket in chosen.get("values", chosen)["buckets"]}
    known = {count.value for count in first}
    behind = (
        value for value in dict.fromkeys(request.filters[name]) if value in buckets and value not in known
    )
    return (*first, *(FacetCount(value, buckets[value]) for value in behind))


def _counts(
    client: Elasticsearch, index: str, request: SearchRequest, name: str, answer: Mapping[str, Any]
) -> list[FacetCount]:
    """More values than are told, if there are any, largest first."""
    values = answer.get("values", answer)
    if values["doc_count_error_upper_bound"]:
        counts = list(_all_counts(client, index, request, name))
    else:
        counts = [FacetCount(bucket["key"], bucket["doc_count"]) for bucket in values["buckets"]]
    return largest_first(counts)


def _all_counts(client: Elasticsearch, index: str, request: SearchRequest, name: str) -> Iterator[FacetCount]:
    """Every value of a facet, by walking through them."""
    values: dict[str, Any] = {"size": COUNTED_AT_ONCE, "sources": [{"value": {"terms": {"field": name}}}]}
    query = lower_request(request, scored=False, but=[name])
    while True:
        aggs = {"values": {"composite": values}}
        found = client.search(index=index, query=query, aggs=aggs, size=0).body["aggregations"]["values"]
        for bucket in found["buckets"]:
            yield FacetCount(bucket["key"]["value"], bucket["doc_count"])
        if "after_key" not in found:
            return
        values["after"] = found["after_key"]
