"""The queries and fields that docs/elasticsearch.md shows an analyst."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import AuthorizationException, Elasticsearch
from made_policies import NOW, make_policy
from made_servers import fresh_server, server_of

from benchmarks.elastic_node.node import Node
from benchmarks.elastic_node.security import ROLES
from index.document import index_document
from index.elastic_client import connect
from index.elastic_engine import ElasticEngine
from index.elastic_mapping import properties
from pipelines.policies import StoredPolicy

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "elasticsearch.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```\nGET zhengce/_search\n(.+?)```", PAGE, re.DOTALL)
READER = ROLES.partition("zhengce_reader:")[2]
Analyst = tuple[Elasticsearch, str]


@pytest.fixture(scope="module")
def analyst(elasticsearch: Node, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analyst]:
    """A client that may only read, and the alias."""
    numbered = make_policy(3, doc_number="演发改发〔2024〕1号", doc_number_key="演发改发2024-1", seed=1)
    with fresh_server(elasticsearch) as server:
        with ElasticEngine(server, tmp_path_factory.mktemp("docs")).build() as build:
            for policy in [numbered, *(make_policy(n) for n in range(10, 400))]:
                document = index_document(
                    StoredPolicy(policy, "", NOW, NOW, NOW, withdrawn=False, hidden=None)
                )
                assert document
                build.put(document)
            build.commit(1)
            build.publish()
        with connect(server_of(elasticsearch, server.name, "reader")) as client:
            yield client, server.name


def test_there_are_five() -> None:
    assert len(QUERIES) == 5


@pytest.mark.parametrize("number", range(5))
def test_a_query_works_as_it_stands(analyst: Analyst, number: int) -> None:
    client, alias = analyst
    body = json.loads(QUERIES[number])
    answer = client.perform_request(
        "POST",
        f"/{alias}/_search",
        headers={"content-type": "application/json", "accept": "application/json"},
        body=body,
    ).body
    assert answer["hits"]["total"]["value"] > 0
    shown = set(re.findall(r'"_source": \[(.+?)\]', QUERIES[number]))
    hits = answer["hits"]["hits"]
    if "aggs" in body:
        name = next(iter(body["aggs"]))
        buckets = answer["aggregations"][name]["buckets"]
        assert sum(bucket["doc_count"] for bucket in buckets) > 0
        inner = next(name for name in body["aggs"][name]["aggs"])
        assert all(inner in bucket for bucket in buckets)
    else:
        assert hits
        assert shown
        assert all(hit["_source"]["shown"]["title"] for hit in hits)


def test_every_field_is_explained(analyst: Analyst) -> None:
    fields = {*properties()} - {"shown"}
    fields |= {f"shown.{name}" for name in properties()["shown"]["properties"]}
    told = set(re.findall(r"`([a-z_.]+)`", PAGE.split("## How text")[0]))
    assert {name for name in fields if not name.startswith("sort_")} <= told


def test_the_account_of_an_analyst_is_the_one_tested_here() -> None:
    """The node of the tests cannot give keys out; its reader, with whom all queries here are asked, has this role."""
    (key,) = re.findall(r"POST _security/api_key\n(.+?)```", PAGE, re.DOTALL)
    (granted,) = json.loads(key)["role_descriptors"]["zhengce_reader"]["indices"]
    assert f"names: [{', '.join(map(repr, granted['names']))}]" in READER
    assert f"privileges: [{', '.join(granted['privileges'])}]" in READER


def test_the_query_line_of_kibana(analyst: Analyst) -> None:
    """As Lucene's own syntax, in which the words between are large."""
    client, alias = analyst
    line = re.search(r"(title: .+? and .+? and not .+?)`", PAGE)
    assert line
    lucene = line[1].replace(" and ", " AND ").replace(" not ", " NOT ").replace(": ", ":")

    def count(**query: object) -> int:
        return int(client.count(index=alias, query=query).body["count"])

    found = count(query_string={"query": lucene})
    title = {"match_phrase": {"title": "养老服务"}}
    others = [{"term": {"validity": "repealed"}}]
    level = {"term": {"level": "municipal"}}
    assert found == count(bool={"filter": [title, level], "must_not": others}) > 0
    phrase = {"query": "养老服务", "type": "phrase"}
    fields = ["title", "number_text", "issuer_text", "body", "attachment_text"]
    everywhere = count(multi_match={**phrase, "fields": fields})
    assert count(query_string={"query": '"养老服务"'}) == everywhere > 0


def test_an_analyst_changes_nothing(analyst: Analyst) -> None:
    client, alias = analyst
    for attempt in (
        lambda: client.index(index=alias, document={"record": "policy"}),
        lambda: client.delete(index=alias, id="state"),
        lambda: client.indices.delete(index=f"{alias}-1"),
        lambda: client.indices.put_mapping(index=alias, meta={}),
    ):
        with pytest.raises(AuthorizationException):
            attempt()


def test_a_phrase_with_digits_wants_slop(analyst: Analyst) -> None:
    client, alias = analyst
    phrase = {"query": "2023年度计划", "slop": 2}
    assert client.count(index=alias, query={"match_phrase": {"body": phrase}}).body["count"] == 391
    assert client.count(index=alias, query={"match_phrase": {"body": "2023年度计划"}}).body["count"] == 0


def test_a_hit_reads_like_the_page(analyst: Analyst) -> None:
    client, alias = analyst
    source = client.search(index=alias, query={"term": {"doc_number_key": "演发改发2024-1"}}).body["hits"][
        "hits"
    ][0]["_source"]
    policy = make_policy(3, seed=1)
    assert source["shown"]["body"] == policy.text
    assert source["shown"]["numbers"] == ["演发改发〔2024〕1号"]
    assert source["url"] == policy.url
    assert {"title", "body", "number_text", "sort_first_seen"} & set(source) == set()
