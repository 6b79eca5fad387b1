"""The large index of Elasticsearch is filled on where a run was cut short."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import search_elastic
from benchmarks.cursor_walk import make
from benchmarks.elastic_node.node import Node
from benchmarks.lab import Bars
from benchmarks.search_elastic import Served, administrator, fill
from index.document import IndexDocument
from index.elastic_engine import ElasticEngine
from index.engine import SearchRequest
from pipelines.config import IndexServer

pytestmark = pytest.mark.slow


def cut_short(documents: list[IndexDocument]) -> Iterator[IndexDocument]:
    yield from documents[:37]
    raise KeyboardInterrupt


def test_a_run_goes_on_after_the_last_commit(
    elasticsearch: Node, index_server: IndexServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_elastic, "COMMIT", 10)
    documents = [make(n) for n in range(55)]
    engine = ElasticEngine(index_server, tmp_path)
    served, bars = Served(engine, elasticsearch), Bars()
    with pytest.raises(KeyboardInterrupt):
        fill(served, cut_short(documents), 55, bars)
    assert engine.reader().applied_seq() == 30
    fill(served, documents, 55, bars)
    reader = engine.reader()
    assert (reader.applied_seq(), reader.search(SearchRequest()).total) == (55, 55)
    assert {one for one, _ in reader.dump()} == {one.id for one in documents}
    before = served.cpu()
    fill(served, iter(()), 55, bars)  # nothing is left to do
    assert served.cpu() >= before > 0
    assert served.size() > 0
    with administrator(elasticsearch) as client:  # as if an older program had made it
        client.indices.put_mapping(
            index=f"{index_server.name}-1", meta={"program": "zhengce", "schema_version": 1}
        )
    fill(served, documents[:10], 10, bars)
    assert (engine.reader().generation(), engine.reader().applied_seq()) == (2, 10)
