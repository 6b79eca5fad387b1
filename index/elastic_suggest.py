"""What a beginning may be meant to become, asked of Elasticsearch; see index/suggest.py."""

from collections.abc import Iterator, Mapping
from typing import Any

from elasticsearch import Elasticsearch

from index.elastic_mapping import SUGGEST
from index.elastic_query import term_filter
from index.elastic_search import NOTHING_STORED
from index.engine import MAX_VALUES
from index.suggest import LOOKED_AT, Issuers, Kind, Suggestion, pick, suggest_term

SHOWN: dict[Kind, str] = {"title": "shown.title", "number": "shown.number"}
NEWEST_FIRST = [{"sort_written_desc": "desc"}]


def suggest(
    client: Elasticsearch, index: str, issuers: Issuers, typed: str, limit: int
) -> tuple[Suggestion, ...]:
    """Issuers, numbers and titles that go on from what was typed, most frequent and newest first."""
    few = max(1, limit // 3)
    wanted: tuple[tuple[Kind, int], ...] = (("number", few), ("title", limit))
    searches = [part for kind, most in wanted for part in _search(kind, typed, most)]
    answers = client.msearch(index=index, searches=searches).body["responses"] if searches else []
    found = issuers.going_on(typed, few)
    for (kind, most), answer in zip(wanted, answers, strict=False):
        found += pick(kind, typed, _texts(kind, answer), most)
    return tuple(found[:limit])


def all_issuers(client: Elasticsearch, index: str) -> Issuers:
    """All issuers of an index, those of most documents first."""
    values = {"terms": {"field": "issuer", "size": MAX_VALUES, "shard_size": MAX_VALUES}}
    answer = client.search(index=index, size=0, aggs={"issuers": values}).body
    buckets = answer["aggregations"]["issuers"]["buckets"]
    ordered = sorted(buckets, key=lambda bucket: (-bucket["doc_count"], bucket["key"]))
    return Issuers(str(bucket["key"]) for bucket in ordered)


def _search(kind: Kind, typed: str, limit: int) -> tuple[dict[str, Any], ...]:
    term = suggest_term(kind, typed)
    if not term:
        return ()
    query = {"bool": {"filter": [term_filter(term, SUGGEST)]}}
    body = {"query": query, "size": LOOKED_AT * limit, "sort": NEWEST_FIRST, "track_total_hits": False}
    return ({}, body | {"stored_fields": NOTHING_STORED, "docvalue_fields": ["id", SHOWN[kind]]})


def _texts(kind: Kind, answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for hit in answer["hits"]["hits"]:
        fields = hit["fields"]
        yield fields["id"][0], " ".join(fields.get(SHOWN[kind], ("",))[0].split())
