"""Documents like one, and why a document was found, asked of Elasticsearch."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from index.document import IndexDocument
from index.elastic_mapping import WEIGHT
from index.elastic_query import lower_request, pointed, term_filter
from index.elastic_search import NOTHING_STORED
from index.engine import Explanation, FieldToken, SearchHit, SearchRequest
from index.explain import explained, refused
from index.ranking import request_points
from index.similar import likeness


def similar(
    client: Elasticsearch, index: str, document: IndexDocument, limit: int, *, several_shards: bool
) -> tuple[SearchHit, ...]:
    """Documents most like one, best first; itself and copies of its work left out."""
    alike = likeness(document, lambda tokens: frequencies(client, index, tokens))
    if not alike.telling or limit <= 0:
        return ()
    telling = {"bool": {"should": [pointed(point) for point in alike.telling]}}
    shared = [pointed(point) for point in alike.shared]
    same = [term_filter(document.id, "id"), term_filter(document.work, "work")]
    answer = client.search(
        index=index,
        query={"bool": {"must": [telling], "should": shared, "must_not": same}},
        sort=[{"_score": "desc"}, {"id": "asc"}],
        size=limit,
        stored_fields=NOTHING_STORED,
        track_total_hits=False,
        search_type=_search_type(several_shards),
    ).body
    found = (hit["sort"] for hit in answer["hits"]["hits"])
    return tuple(SearchHit(record_id, float(score), 0) for score, record_id in found)


def frequencies(client: Elasticsearch, index: str, tokens: Sequence[FieldToken]) -> Mapping[FieldToken, int]:
    """How many documents of one shard have each token: the shards are alike, and one answers at once."""
    fields: dict[str, list[str]] = defaultdict(list)
    for field, token in tokens:
        fields[field].append(token)
    if not fields:
        return {}
    answer = client.termvectors(
        index=index,
        doc={field: " ".join(wanted) for field, wanted in fields.items()},
        per_field_analyzer=dict.fromkeys(fields, "whitespace"),
        term_statistics=True,
        field_statistics=False,
        positions=False,
        offsets=False,
        payloads=False,
        routing=index,  # always the same shard
    ).body["term_vectors"]
    known = {
        (field, token): int(facts.get("doc_freq", 0))
        for field, found in answer.items()
        for token, facts in found["terms"].items()
    }
    return {token: known.get(token, 0) for token in tokens}


def explain(
    client: Elasticsearch, index: str, request: SearchRequest, document_id: str, *, several_shards: bool
) -> Explanation:
    """Why a document is found; raises RequestError where it is not."""
    chosen = list(request_points(request.query))
    asked = [{"bool": {"must": [pointed(point)], "_name": str(n)}} for n, point in enumerate(chosen)]
    found = lower_request(request, scored=False)["bool"]["filter"]
    answer = client.search(
        index=index,
        query={"bool": {"filter": [term_filter(document_id, "id"), *found], "should": asked}},
        include_named_queries_score=True,
        stored_fields=NOTHING_STORED,
        docvalue_fields=[{"field": WEIGHT}],
        search_type=_search_type(several_shards),
    ).body
    if not answer["hits"]["hits"]:
        raise refused(document_id)
    hit = answer["hits"]["hits"][0]
    given: Mapping[str, float] = hit.get("matched_queries", {})
    worth = {point: given.get(str(n), 0.0) for n, point in enumerate(chosen)}
    return explained(request, worth.__getitem__, float(hit["fields"][WEIGHT][0]))


def _search_type(several_shards: bool) -> Any:
    return "dfs_query_then_fetch" if several_shards else "query_then_fetch"
