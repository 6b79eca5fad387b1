"""An Elasticsearch index level with the catalogue, whatever happens to node, index or writer."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import BadRequestError, Elasticsearch, NotFoundError
from made_policies import NOW, hide, make_policy, page_id, store
from made_servers import Gate, administrator, server_of

from benchmarks.elastic_node.node import Node
from index.document import content_hash, index_document
from index.elastic_engine import ElasticEngine
from index.elastic_generations import Generations
from index.elastic_mapping import SCHEMA_VERSION, elastic_document
from index.engine import (
    IndexBusyError,
    IndexMissingError,
    IndexServerError,
    IndexUnusableError,
    RequestError,
    SearchRequest,
    Sort,
)
from index.query import All, Phrase, Word
from index.sync import Problem, rebuild_index, sync_index, verify_index
from normalizers.failures import Failure
from normalizers.policy import Attachment
from pipelines.catalogue import Catalogue
from pipelines.changes import ChangeKind
from pipelines.config import IndexServer
from pipelines.policies import StoredPolicy, load_stored

# Servers that go away and processes that are killed are waited for.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
TOO_LONG = "长" * 20_000  # 60,000 bytes; Lucene takes terms of up to 32,766


@pytest.fixture
def engine(index_server: IndexServer, tmp_path: Path) -> ElasticEngine:
    """An engine without an index yet."""
    return ElasticEngine(index_server, tmp_path / "index")


@pytest.fixture
def admin(elasticsearch: Node) -> Iterator[Elasticsearch]:
    with administrator(elasticsearch) as client:
        yield client


def total(engine: ElasticEngine, **fields: Any) -> int:
    return engine.reader().search(SearchRequest(**fields)).total


def test_there_is_no_index_before_the_first_sync(engine: ElasticEngine) -> None:
    with pytest.raises(IndexMissingError, match="zhengce index"):
        total(engine)


def test_changes_are_followed_and_twice_is_once(catalogue: Catalogue, engine: ElasticEngine) -> None:
    store(catalogue, [make_policy(n) for n in range(30)])
    report = sync_index(catalogue, engine)
    assert (report.added, report.seq, report.rebuilt, report.rejected) == (30, 30, "", ())
    assert sync_index(catalogue, engine).applied == 0
    store(catalogue, [make_policy(3, title="改了的标题")], ChangeKind.CHANGED)
    hide(catalogue, page_id(4), "测试")
    report = sync_index(catalogue, engine)
    assert (report.added, report.deleted) == (1, 1)
    assert total(engine) == 29
    assert [hit.id for hit in engine.reader().search(SearchRequest(Word("改了的标题"))).hits] == [page_id(3)]
    assert verify_index(catalogue, engine) == []


def test_a_rebuild_moves_the_alias_and_removes_the_old(
    catalogue: Catalogue, engine: ElasticEngine, admin: Elasticsearch
) -> None:
    store(catalogue, [make_policy(n) for n in range(30)])
    sync_index(catalogue, engine)
    reader = engine.reader()
    before = list(reader.dump())
    rebuild_index(catalogue, engine)
    name = engine.server.name
    assert list(admin.indices.get_alias(name=name).body) == [f"{name}-2"]
    assert list(reader.dump()) == before  # within the second in which the old one is still read
    sync_index(catalogue, engine)
    assert list(admin.indices.get(index=f"{name}-*").body) == [f"{name}-2"]
    assert reader.search(SearchRequest()).total == 30
    assert reader.generation() == 2
    assert admin.count(index=name).body["count"] == 30  # without the record of the state


def test_a_build_that_fails_its_probes_is_not_published(
    catalogue: Catalogue, engine: ElasticEngine, admin: Elasticsearch
) -> None:
    store(catalogue, [make_policy(n) for n in range(5)])
    sync_index(catalogue, engine)
    documents = [index_document(one) for one in stored(catalogue)]
    with pytest.raises(IndexUnusableError, match=r"应有 5 件，实有 4 件；查不到"), engine.build() as build:
        for one in documents:
            assert one
            build.put(one)
        build.delete(page_id(2))
        build.commit(5)
        build.publish()
    assert engine.reader().generation() == 1
    assert list(admin.indices.get(index=f"{engine.server.name}-*").body) == [f"{engine.server.name}-1"]


def stored(catalogue: Catalogue) -> list[StoredPolicy]:
    with catalogue.read() as connection:
        return list(load_stored(connection, [page_id(n) for n in range(5)]).values())


def test_verify_names_every_difference(
    catalogue: Catalogue, engine: ElasticEngine, admin: Elasticsearch
) -> None:
    store(catalogue, [make_policy(n) for n in range(6)])
    sync_index(catalogue, engine)
    index = f"{engine.server.name}-1"
    with catalogue.read() as connection:
        one = index_document(load_stored(connection, [page_id(1)])[page_id(1)])
    assert one
    admin.delete(index=index, id=page_id(0))
    admin.index(index=index, id=page_id(1), document=elastic_document(replace(one, title="另一个")))
    admin.index(
        index=index, id=page_id(9), document=elastic_document(replace(one, id=page_id(9))), refresh=True
    )
    store(catalogue, [make_policy(7)])
    assert set(verify_index(catalogue, engine)) == {
        Problem("behind", ""),
        Problem("missing", page_id(0)),
        Problem("differs", page_id(1)),
        Problem("extra", page_id(9)),
        Problem("missing", page_id(7)),
    }


def test_a_refused_document_is_named_and_the_others_are_written(
    catalogue: Catalogue, engine: ElasticEngine
) -> None:
    store(catalogue, [make_policy(n, index_number=TOO_LONG if n == 3 else None) for n in range(6)])
    for report in (sync_index(catalogue, engine), rebuild_index(catalogue, engine)):
        assert [one.id for one in report.rejected] == [page_id(3)]
        assert "32766" in report.rejected[0].reason
        assert report.added == 5
        assert verify_index(catalogue, engine) == [Problem("missing", page_id(3))]
    store(catalogue, [make_policy(3)], ChangeKind.CHANGED)
    assert sync_index(catalogue, engine).rejected == ()
    assert verify_index(catalogue, engine) == []


def test_what_was_refused_is_offered_again_by_every_sync(
    catalogue: Catalogue, engine: ElasticEngine, admin: Elasticsearch
) -> None:
    store(catalogue, [make_policy(n, index_number=TOO_LONG if n in (3, 4) else None) for n in range(6)])
    refused = {page_id(3), page_id(4)}
    assert {one.id for one in sync_index(catalogue, engine).rejected} == refused
    report = sync_index(catalogue, engine)
    assert ({one.id for one in report.rejected}, report.applied, report.added) == (refused, 0, 0)
    assert {one.id for one in engine.reader().rejected()} == refused
    hide(catalogue, page_id(4), "测试")
    index = f"{engine.server.name}-1"
    bounded = {"type": "keyword", "ignore_above": 100}
    numbers = {"properties": {"number": bounded, "numbers": bounded}}
    admin.indices.put_mapping(index=index, properties={"shown": numbers})
    report = sync_index(catalogue, engine)
    assert (report.added, report.rejected, engine.reader().rejected()) == (1, (), ())
    assert verify_index(catalogue, engine) == []


def test_one_writer_only(engine: ElasticEngine, tmp_path: Path) -> None:
    elsewhere = another(engine, tmp_path)
    with engine.writer() as mine:
        for attempt in (engine.writer, engine.build):
            with pytest.raises(IndexBusyError, match="另一个进程"):
                attempt()
        with elsewhere.writer() as other:
            other.commit(7)
        with pytest.raises(IndexBusyError, match="另一台机器"):
            mine.commit(8)
    assert engine.reader().applied_seq() == 7


def another(engine: ElasticEngine, tmp_path: Path) -> ElasticEngine:
    """The same index, written from another machine."""
    return ElasticEngine(engine.server, tmp_path / "another machine")


def test_a_build_of_another_machine_is_left_alone(
    catalogue: Catalogue, engine: ElasticEngine, tmp_path: Path
) -> None:
    store(catalogue, [make_policy(n) for n in range(5)])
    elsewhere = another(engine, tmp_path)
    with engine.build() as first:
        for attempt in (elsewhere.writer, elsewhere.build):
            with pytest.raises(IndexBusyError, match=f"{engine.server.name}-1：.+正在建立它"):
                attempt()
        first.commit(0)
        first.publish()
    documents = [index_document(one) for one in stored(catalogue)]
    with engine.build() as build:
        with pytest.raises(IndexBusyError, match="正在建立它"):
            rebuild_index(catalogue, elsewhere)
        assert sync_index(catalogue, elsewhere).added == 5  # the current generation has a writer all the same
        for one in documents:
            assert one
            build.put(one)
        build.commit(5)
        assert build.publish() == 2
    assert sync_index(catalogue, elsewhere).applied == 0
    assert verify_index(catalogue, elsewhere) == []


def test_a_build_that_gives_no_sign_is_removed_and_its_writer_told(
    catalogue: Catalogue, engine: ElasticEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(catalogue, [make_policy(n) for n in range(5)])
    sync_index(catalogue, engine)
    monkeypatch.setattr("index.elastic_writer.SIGN_SECONDS", 0.0)
    elsewhere = another(engine, tmp_path)
    document = index_document(stored(catalogue)[0])
    assert document
    with engine.build() as build:
        long_ago = monkeypatch.context()
        with long_ago as patch:
            patch.setattr("index.elastic_generations.ABANDONED", timedelta(0))
            with elsewhere.writer():
                pass
        with pytest.raises(IndexBusyError, match="另一台机器已换成新的一代"):
            build.put(document)
        with pytest.raises(IndexBusyError, match="另一台机器已换成新的一代"):
            build.commit(1)
    assert verify_index(catalogue, engine) == []


def test_signs_keep_a_long_build_alive(
    engine: ElasticEngine, admin: Elasticsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alive() -> dict[str, str]:
        index = f"{engine.server.name}-1"
        meta: dict[str, str] = admin.indices.get_mapping(index=index).body[index]["mappings"]["_meta"]
        return meta

    document = index_document(StoredPolicy(make_policy(1), "", NOW, NOW, NOW, withdrawn=False, hidden=None))
    assert document
    with engine.build() as build:
        first = alive()
        assert {"program", "schema_version", "owner", "host", "alive"} == set(first)
        time.sleep(1.1)
        build.put(document)
        assert alive() == first
        monkeypatch.setattr("index.elastic_writer.SIGN_SECONDS", 1.0)
        build.put(document)
        assert alive()["alive"] > first["alive"]
        build.delete(document.id)
        build.commit(1)
    assert not admin.indices.exists(index=f"{engine.server.name}-1")


def test_the_alias_is_not_taken_from_another_machine(
    catalogue: Catalogue, engine: ElasticEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(catalogue, [make_policy(1)])
    sync_index(catalogue, engine)
    with engine.build() as build:
        build.commit(1)
        monkeypatch.setattr(Generations, "clear_others", lambda *_: "")  # both passed it at the same moment
        rebuild_index(catalogue, another(engine, tmp_path))
        with pytest.raises(IndexBusyError, match=f"{engine.server.name}-3"):
            build.publish()
    assert engine.reader().generation() == 3
    assert verify_index(catalogue, engine) == []


def test_a_writer_whose_generation_was_replaced_is_told_and_makes_nothing_anew(
    catalogue: Catalogue, engine: ElasticEngine, tmp_path: Path
) -> None:
    store(catalogue, [make_policy(n) for n in range(5)])
    sync_index(catalogue, engine)
    elsewhere = another(engine, tmp_path)
    with engine.writer() as writer:
        rebuild_index(catalogue, elsewhere)
        with elsewhere.writer():
            pass
        with pytest.raises(IndexBusyError, match="另一台机器已换成新的一代"):
            writer.commit(5)
    assert engine.reader().generation() == 2
    assert sync_index(catalogue, engine).rebuilt == ""


def test_several_installations_share_a_cluster(
    catalogue: Catalogue, engine: ElasticEngine, admin: Elasticsearch, tmp_path: Path
) -> None:
    """Also where the name of one begins with that of the other, and whichever came first."""
    store(catalogue, [make_policy(n) for n in range(3)])
    server = replace(engine.server, name=f"{engine.server.name}-test")
    other = ElasticEngine(server, tmp_path / "other")
    try:
        for one in (engine, other, engine):
            rebuild_index(catalogue, one)
        sync_index(catalogue, engine)
        assert [verify_index(catalogue, one) for one in (engine, other)] == [[], []]
        assert (engine.reader().generation(), other.reader().generation()) == (2, 1)
    finally:
        admin.indices.delete(index=f"{server.name}-1", ignore_unavailable=True)
        admin.options(ignore_status=404).indices.delete_index_template(name=server.name)


def test_another_version_is_made_anew_and_said_so(
    catalogue: Catalogue, engine: ElasticEngine, admin: Elasticsearch
) -> None:
    store(catalogue, [make_policy(n) for n in range(4)])
    sync_index(catalogue, engine)
    admin.indices.put_mapping(
        index=f"{engine.server.name}-1", meta={"program": "zhengce", "schema_version": SCHEMA_VERSION + 1}
    )
    with pytest.raises(IndexUnusableError, match="版本"):
        total(engine)
    assert "版本" in sync_index(catalogue, engine).rebuilt
    assert (total(engine), engine.reader().generation()) == (4, 2)


def test_an_index_in_place_of_the_alias_is_left_alone(
    catalogue: Catalogue, engine: ElasticEngine, admin: Elasticsearch
) -> None:
    admin.indices.create(index=engine.server.name)
    for attempt in (engine.reader().applied_seq, lambda: sync_index(catalogue, engine)):
        with pytest.raises(IndexUnusableError, match=r"index_name|拒绝"):
            attempt()
    assert admin.indices.exists(index=engine.server.name)


def test_fields_are_strict(engine: ElasticEngine, admin: Elasticsearch) -> None:
    with engine.writer():
        pass
    with pytest.raises(BadRequestError, match="strict_dynamic_mapping"):
        admin.index(index=f"{engine.server.name}-1", document={"record": "policy", "titel": "x"})
    with pytest.raises(NotFoundError, match="forbids"):
        admin.index(index=f"{engine.server.name}-99", document={"record": "policy"})


def test_a_read_only_index_is_named_and_goes_on_afterwards(
    catalogue: Catalogue, engine: ElasticEngine, admin: Elasticsearch
) -> None:
    sync_index(catalogue, engine)
    store(catalogue, [make_policy(n) for n in range(5)])
    index = f"{engine.server.name}-1"
    admin.indices.put_settings(index=index, settings={"index.blocks.read_only_allow_delete": True})
    with pytest.raises(IndexServerError, match="只读") as raised:
        sync_index(catalogue, engine)
    assert raised.value.failure == Failure.INDEX_READ_ONLY
    admin.indices.put_settings(index=index, settings={"index.blocks.read_only_allow_delete": None})
    assert sync_index(catalogue, engine).rebuilt == ""
    assert verify_index(catalogue, engine) == []


def test_a_server_away_for_a_while_is_waited_for(
    catalogue: Catalogue, index_server: IndexServer, tmp_path: Path
) -> None:
    gate = Gate(index_server.addresses[0])
    engine = ElasticEngine(replace(index_server, addresses=(gate.url,)), tmp_path / "index")
    sync_index(catalogue, engine)
    store(catalogue, [make_policy(n) for n in range(50)])
    with engine.writer() as writer:
        gate.close()
        threading.Timer(1.5, gate.open).start()
        for one in stored(catalogue):
            document = index_document(one)
            assert document
            writer.put(document)
        writer.commit(5)
    assert sync_index(catalogue, engine).applied == 45
    assert verify_index(catalogue, engine) == []
    gate.close()


def test_a_server_away_for_long_is_named_and_nothing_is_made_anew(
    catalogue: Catalogue, index_server: IndexServer, tmp_path: Path
) -> None:
    gate = Gate(index_server.addresses[0])
    server = replace(index_server, addresses=(gate.url,), patience=1)
    engine = ElasticEngine(server, tmp_path / "index")
    store(catalogue, [make_policy(1)])
    sync_index(catalogue, engine)
    reader = engine.reader()
    gate.close()
    store(catalogue, [make_policy(2)])
    for attempt in (lambda: sync_index(catalogue, engine), lambda: reader.search(SearchRequest())):
        with pytest.raises(IndexServerError, match="没有回答") as raised:
            attempt()
        assert raised.value.failure == Failure.INDEX_UNREACHABLE
    gate.open()
    assert sync_index(catalogue, engine).rebuilt == ""
    assert engine.reader().generation() == 1
    gate.close()


def test_another_address_of_the_cluster_answers(
    catalogue: Catalogue, index_server: IndexServer, tmp_path: Path
) -> None:
    gate = Gate(index_server.addresses[0])
    both = replace(index_server, addresses=(gate.url, *index_server.addresses))
    engine = ElasticEngine(both, tmp_path / "index")
    gate.close()
    store(catalogue, [make_policy(n) for n in range(5)])
    assert sync_index(catalogue, engine).added == 5
    assert [total(engine) for _ in range(4)] == [5] * 4


def test_logins_and_certificates(elasticsearch: Node, engine: ElasticEngine, tmp_path: Path) -> None:
    with engine.writer():
        pass
    good = engine.server
    cases = [
        (replace(good, secret="writer:wrong"), Failure.INDEX_LOGIN_REFUSED),
        (replace(good, secret=""), Failure.INDEX_LOGIN_REFUSED),
        (replace(good, secret="bm9ib2R5Om5vdGhpbmc="), Failure.INDEX_LOGIN_REFUSED),  # an API key nobody gave
        (replace(good, ca=None), Failure.INDEX_TLS_FAILED),
    ]
    for server, failure in cases:
        with pytest.raises(IndexServerError) as raised:
            ElasticEngine(server, tmp_path / "x").reader().applied_seq()
        assert raised.value.failure == failure, server
    reading = ElasticEngine(server_of(elasticsearch, good.name, "reader"), tmp_path / "y")
    assert total(reading) == 0
    with pytest.raises(IndexServerError, match="权限"):
        reading.build()


def test_an_api_key_is_sent_as_one(tmp_path: Path) -> None:
    """The test distribution cannot give keys out, so this looks at what is sent."""
    sent: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent.append(self.headers["authorization"])
            self.send_error(401)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Listening) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(IndexServerError):
            ElasticEngine(IndexServer((address,), secret="a2V5OnNlY3JldA=="), tmp_path).reader().applied_seq()
        server.shutdown()
    assert sent == ["ApiKey a2V5OnNlY3JldA=="]


def test_strange_cursors_are_refused(engine: ElasticEngine) -> None:
    with engine.writer():
        pass
    reader = engine.reader()
    sorts: tuple[Sort, ...] = ("relevance", "written")
    for cursor in (
        "",
        "x",
        "relevance.-1",
        "relevance.1.2",
        "written.desc.9",
        "written.asc.9.a",
        f"relevance.{2**70}",
    ):
        for sort in sorts:
            with pytest.raises(RequestError):
                reader.search(SearchRequest(sort=sort, cursor=f"{cursor}."))


CHILD = """
import sys
from pathlib import Path
import msgspec
from index.elastic_engine import ElasticEngine
from index.sync import rebuild_index, sync_index
from pipelines.catalogue import Catalogue
from pipelines.config import IndexServer
url, name, ca, secret, folder, database = sys.argv[1:]
engine = ElasticEngine(IndexServer((url,), name, Path(ca), secret), Path(folder))
catalogue = Catalogue.open(database)
print("ready", flush=True)
sync_index(catalogue, engine, commit_documents=40)
print("synced", flush=True)
while True:
    rebuild_index(catalogue, engine)
"""


@pytest.mark.parametrize("wait", [0.2, -0.2])
def test_killed_at_any_moment_the_next_run_ends_level(
    catalogue: Catalogue, engine: ElasticEngine, tmp_path: Path, wait: float
) -> None:
    """Below zero: that long after the sync, in a rebuild."""
    store(catalogue, [make_policy(n) for n in range(200)])
    server, database = engine.server, f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    arguments = [
        server.addresses[0],
        server.name,
        str(server.ca),
        server.secret,
        str(engine.folder),
        database,
    ]
    child = subprocess.Popen([sys.executable, "-c", CHILD, *arguments], cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout
    for _ in range(1 if wait > 0 else 2):
        child.stdout.readline()
    time.sleep(abs(wait))
    child.kill()
    child.wait()
    child.stdout.close()
    sync_index(catalogue, engine)
    assert verify_index(catalogue, engine) == []
    with catalogue.read() as connection:
        one = index_document(load_stored(connection, [page_id(7)])[page_id(7)])
    assert one
    assert dict(engine.reader().dump())[page_id(7)] == content_hash(one)


def test_the_longest_documents_and_queries_are_taken(catalogue: Catalogue, engine: ElasticEngine) -> None:
    sentence = "".join(chr(0x4E00 + 37 * n % 20_000) for n in range(5_000))
    attachment = Attachment("http://demo.test/a.pdf", "附件.pdf", "pdf", sentence * 120)
    long = make_policy(1, text=sentence * 60, attachments=(attachment,))
    store(catalogue, [long, make_policy(2)])
    assert sync_index(catalogue, engine).rejected == ()
    assert verify_index(catalogue, engine) == []
    reader = engine.reader()
    words = (
        Word(sentence[:300]),
        Phrase(sentence[4_000:4_300]),
        *(Word(sentence[n : n + 12]) for n in range(0, 264, 12)),
    )
    for query in (*words[:2], All(words)):
        assert [hit.id for hit in reader.search(SearchRequest(query)).hits] == [long.id]
