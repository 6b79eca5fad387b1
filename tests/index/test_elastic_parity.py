"""Elasticsearch and the embedded engine give the same answers: totals, sets, facets, points and walks."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_policies import NOW, make_policy
from made_servers import administrator, fresh_server

from benchmarks.elastic_node.node import Node as ElasticNode
from index import elastic_search
from index.document import IndexDocument, index_document
from index.elastic_engine import ElasticEngine, ElasticReader
from index.engine import FACETS, FILTERS, FacetCount, Order, Reader, SearchRequest, Sort
from index.keys import facet_values
from index.query import EVERYTHING, All, Days, Either, Filter, Node, Not, Number, Phrase, TextField, Word
from index.tantivy_engine import TantivyEngine, TantivyReader
from index.tokens import bigram_tokens, pieces, runs
from pipelines.policies import StoredPolicy

pytestmark = pytest.mark.slow

SHARDS = (1, 3)
QUERIES = 80
POINTS = 0.001  # of a score


def document(n: int) -> IndexDocument:
    stored = StoredPolicy(make_policy(n), "", NOW, NOW, NOW, withdrawn=n % 7 == 0, hidden=None)
    made = index_document(stored)
    assert made
    seen = NOW - timedelta(hours=n // 3)
    titles = {0: "", 1: "年", 2: "A1级企业2023年度第1批“专精特新”名单"}
    return replace(made, first_seen=seen, title=titles.get(n % 50, made.title), keywords=(f"词{n % 9}",))


DOCUMENTS = [document(n) for n in range(300)]


@dataclass(frozen=True)
class Pair:
    """One set of documents in both engines."""

    embedded: TantivyReader
    elastic: ElasticReader
    shards: int


@pytest.fixture(scope="module", params=SHARDS)
def pair(
    request: pytest.FixtureRequest, elasticsearch: ElasticNode, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    folder: Path = tmp_path_factory.mktemp("pair")
    with ExitStack() as stack:
        server = stack.enter_context(fresh_server(elasticsearch, request.param))
        engines = TantivyEngine(folder / "embedded"), ElasticEngine(server, folder / "elastic")
        for engine in engines:
            with engine.build() as build:
                for one in DOCUMENTS:
                    build.put(one)
                build.commit(1)
                assert build.publish() == 1
        embedded, elastic = engines
        yield Pair(embedded.reader(), elastic.reader(), request.param)


def some_text(r: random.Random) -> str:
    """A piece of a document, by characters; never without a token."""
    while True:
        one = r.choice(DOCUMENTS)
        text = r.choice((one.title, one.body, one.attachment_text, one.issuer_text, one.number_text))
        at = r.randrange(len(text)) if text else 0
        piece = text[at : at + r.choice((1, 2, 3, 4, 6, 12, 25))]
        if runs(piece):
            return piece


def some_node(r: random.Random, depth: int = 2) -> Node:
    field: TextField | None = r.choice((None, None, "title", "number", "issuer", "body", "attachment"))
    one = r.choice(DOCUMENTS)
    name = r.choice(FILTERS)
    leaves: list[Node] = [
        Word(some_text(r), field),
        Word(some_text(r), field),
        Phrase(some_text(r), field),
        Number(
            one.doc_number_key or "演政发1999-1",
            one.number_text or "演政发〔1999〕1号",
            r.choice((None, "number")),
        ),
        Filter(name, facet_values(one)[name] or ("无",)),
        Days(date(2021, 1, 1), r.choice((None, date(2023, 6, 30)))),
    ]
    if depth == 0:
        return r.choice(leaves)
    nodes = tuple(some_node(r, depth - 1) for _ in range(r.randrange(1, 4)))
    return r.choice([*leaves, All(nodes), Either(nodes), All((*nodes[:1], Not(nodes[-1])))])


def some_filters(r: random.Random) -> dict[str, tuple[str, ...]]:
    names = r.sample(FILTERS, r.choice((0, 0, 1, 2)))
    values = {
        name: tuple(v for one in r.sample(DOCUMENTS, 3) for v in facet_values(one)[name]) for name in names
    }
    return {name: found for name, found in values.items() if found}


@pytest.mark.parametrize("seed", range(QUERIES))
def test_a_request_has_one_answer(pair: Pair, seed: int) -> None:
    r = random.Random(seed)
    request = SearchRequest(some_node(r), some_filters(r), limit=200, facets=FACETS)
    ours, theirs = pair.embedded.search(request), pair.elastic.search(request)
    assert theirs.total == ours.total
    assert theirs.facets == ours.facets
    points = {hit.id: hit.score for hit in ours.hits}
    if ours.total <= request.limit:
        assert {hit.id for hit in theirs.hits} == set(points)
    scores = [hit.score for hit in ours.hits]
    assert [hit.score for hit in theirs.hits] == pytest.approx(scores, rel=POINTS, abs=1e-6)
    shared = [hit for hit in theirs.hits if hit.id in points]
    assert [hit.score for hit in shared] == pytest.approx(
        [points[hit.id] for hit in shared], rel=POINTS, abs=1e-6
    )


RARE = Counter(name for one in DOCUMENTS for name in one.issuers).most_common()[-1][0]


@pytest.mark.parametrize("seed", range(4))
def test_counts_are_exact_beyond_what_a_shard_tells(
    pair: Pair, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three values of a facet instead of 20,000, walked through by five."""
    monkeypatch.setattr("index.elastic_search.MAX_VALUES", 3)  # of a shard
    monkeypatch.setattr("index.elastic_search.COUNTED_AT_ONCE", 5)
    walked = 0

    def counted(*asked: object) -> Iterator[FacetCount]:
        nonlocal walked
        walked += 1
        return all_counts(*asked)

    all_counts: Callable[..., Iterator[FacetCount]] = elastic_search._all_counts
    monkeypatch.setattr(elastic_search, "_all_counts", counted)
    query = (EVERYTHING, Word("演示"), Not(Word("养老")), Filter("level", ("municipal",)))[seed]
    request = SearchRequest(query, {"issuer": (RARE,)}, limit=0, facets=FACETS)
    every = pair.embedded.search(request).facets
    request = replace(request, values=3, whole=("region",))
    ours, theirs = pair.embedded.search(request), pair.elastic.search(request)
    assert theirs.total == ours.total
    assert theirs.more == ours.more
    for name, counts in every.items():
        apart = tuple(c for c in counts[:3] if len(counts) <= 3 or c.count > counts[3].count)
        told = counts if name == "region" else apart or counts[:3]
        if name == "issuer":
            told += tuple(c for c in counts if c.value == RARE and c not in told)
        assert theirs.facets[name] == ours.facets[name] == told
    assert bool(walked) == (pair.shards > 1), "one shard knows all its values"


@pytest.mark.parametrize("sort", ["written", "published", "first_seen"])
@pytest.mark.parametrize("order", ["desc", "asc"])
def test_walks_take_the_same_way(pair: Pair, sort: Sort, order: Order) -> None:
    def walk(reader: Reader, limit: int) -> list[tuple[str, int]]:
        request = SearchRequest(Word("通知"), sort=sort, order=order, limit=limit)
        found: list[tuple[str, int]] = []
        while True:
            page = reader.search(request)
            found += [(hit.id, hit.sort_key) for hit in page.hits]
            if page.next_cursor is None:
                assert page.total == len(found)
                return found
            request = replace(request, cursor=page.next_cursor)

    assert walk(pair.elastic, 7) == walk(pair.embedded, 50)


@pytest.mark.parametrize(
    "typed",
    [
        "演示",
        "演政发",
        "演政发〔2021",
        "演示省人民政府关于养老",
        "养老服务的",
        "财政局",
        "ａ1",
        "年",
        "",
        "！",
    ],
)
def test_beginnings_become_the_same(pair: Pair, typed: str) -> None:
    found = pair.embedded.suggest(typed, 9)
    assert pair.elastic.suggest(typed, 9) == found
    assert found or typed in ("", "！")


def test_bearers_and_contents_are_the_same(pair: Pair) -> None:
    assert list(pair.elastic.dump()) == list(pair.embedded.dump())
    for key in {one.doc_number_key for one in DOCUMENTS[:40] if one.doc_number_key}:
        assert pair.elastic.find_number(key) == pair.embedded.find_number(key) != ()
    assert pair.elastic.applied_seq() == 1


@pytest.fixture(scope="module")
def analyst(pair: Pair, elasticsearch: ElasticNode) -> Iterator[Elasticsearch]:
    with administrator(elasticsearch) as client:
        yield client


TEXTS = st.text(
    st.sampled_from("中年省㐀𠮷〇豈Ａａ1２9-.、，。 _①㎡ßω") | st.characters(codec="utf-8"), max_size=40
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_lucene_makes_our_tokens(analyst: Elasticsearch, text: str) -> None:
    analysed = analyst.indices.analyze(
        text=" ".join(pieces(text)), tokenizer="standard", filter=["cjk_width", "lowercase", "cjk_bigram"]
    ).body["tokens"]
    assert [token["token"] for token in analysed] == bigram_tokens(text)
    assert [token["position"] for token in analysed] == list(range(len(analysed)))
