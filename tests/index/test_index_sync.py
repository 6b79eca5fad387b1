"""Index and catalogue stay level, whatever happens in between."""

import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import tantivy
from made_policies import hide, make_policy, page_id, store

from index import generations
from index.engine import IndexBusyError, IndexUnusableError, SearchRequest
from index.parse import parse_query
from index.sync import IndexSync, Problem, rebuild_index, sync_index, verify_index
from index.tantivy_engine import TantivyEngine
from pipelines.catalogue import Catalogue
from pipelines.changes import ChangeKind

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent.parent


def total(engine: TantivyEngine, text: str = "") -> int:
    return engine.reader().search(SearchRequest(parse_query(text).tree)).total


def dump(engine: TantivyEngine) -> list[tuple[str, str]]:
    return list(engine.reader().dump())


def test_an_empty_catalogue_gives_an_empty_index(catalogue: Catalogue, engine: TantivyEngine) -> None:
    report = sync_index(catalogue, engine)
    assert (report.applied, report.seq, report.rebuilt) == (0, 0, "")
    assert total(engine) == 0
    assert engine.reader().applied_seq() == 0
    assert dump(engine) == []


def test_changes_are_followed_and_twice_is_once(catalogue: Catalogue, engine: TantivyEngine) -> None:
    store(catalogue, [make_policy(n) for n in range(10)])
    report = sync_index(catalogue, engine)
    assert (report.applied, report.added, report.deleted, report.seq) == (10, 10, 0, 10)
    store(catalogue, [make_policy(3, title="演示改过的题目")], ChangeKind.CHANGED)
    store(catalogue, [make_policy(4)], ChangeKind.VANISHED, withdrawn=True)
    hide(catalogue, page_id(5), "个人信息")
    report = sync_index(catalogue, engine)
    assert (report.applied, report.added, report.deleted, report.seq) == (3, 2, 1, 13)
    assert total(engine) == 9
    assert total(engine, "改过的题目") == 1
    withdrawn = engine.reader().search(SearchRequest(filters={"withdrawn": ("true",)}))
    assert [hit.id for hit in withdrawn.hits] == [page_id(4)]
    before = dump(engine)
    assert sync_index(catalogue, engine).applied == 0
    assert dump(engine) == before
    assert verify_index(catalogue, engine) == []


def test_a_rebuild_equals_what_grew(catalogue: Catalogue, engine: TantivyEngine) -> None:
    store(catalogue, [make_policy(n) for n in range(30)])
    sync_index(catalogue, engine, commit_documents=7)
    store(catalogue, [make_policy(n, seed=8) for n in range(0, 30, 3)], ChangeKind.CHANGED)
    sync_index(catalogue, engine)
    grown = dump(engine)
    report = rebuild_index(catalogue, engine)
    assert (report.added, report.seq, report.rebuilt) == (30, 40, "按要求重建")
    assert dump(engine) == grown
    assert engine.reader().generation() == 2
    assert sync_index(catalogue, engine).applied == 0
    assert not (engine.folder / "1").exists()


def test_segments_stay_few_however_short_the_syncs(catalogue: Catalogue, engine: TantivyEngine) -> None:
    for n in range(24):
        store(catalogue, [make_policy(n)])
        sync_index(catalogue, engine)
    current = tantivy.Index.open(str(engine.folder / "1"))
    assert current.searcher().num_segments < 10


def test_verify_names_every_difference(catalogue: Catalogue, engine: TantivyEngine) -> None:
    store(catalogue, [make_policy(n) for n in range(3)])
    sync_index(catalogue, engine)
    from index.document import index_document
    from pipelines.policies import load_stored

    store(catalogue, [make_policy(9)])
    with catalogue.read() as connection:
        stored = load_stored(connection, [page_id(9)])[page_id(9)]
    extra = index_document(stored)
    assert extra
    assert verify_index(catalogue, engine) == [Problem("behind", ""), Problem("missing", page_id(9))]
    with engine.writer() as writer:
        writer.put(extra)
        writer.delete(page_id(1))
        writer.commit(4)
    store(catalogue, [make_policy(2, text="改")], ChangeKind.CHANGED)
    hide(catalogue, page_id(9), "x")
    with engine.writer() as writer:
        writer.commit(6)
    expected = {Problem("missing", page_id(1)), Problem("differs", page_id(2)), Problem("extra", page_id(9))}
    assert set(verify_index(catalogue, engine)) == expected


def test_steps_commit_by_number_or_time(catalogue: Catalogue, engine: TantivyEngine) -> None:
    store(catalogue, [make_policy(n) for n in range(250)])
    with engine.writer() as writer:
        sync = IndexSync(catalogue, writer, commit_documents=200, commit_seconds=3600)
        assert sync.step() == 100
        assert writer.applied_seq() == 0
        assert sync.step() == 100
        assert writer.applied_seq() == 200
        assert sync.step() == 50
        assert sync.step() == 0
        assert writer.applied_seq() == 200
        assert sync.flush().seq == 250
        assert writer.applied_seq() == 250
        store(catalogue, [make_policy(300)])
        late = IndexSync(catalogue, writer, commit_seconds=0)
        assert late.step() == 1
        assert writer.applied_seq() == 251


def test_what_was_not_committed_is_gone(catalogue: Catalogue, engine: TantivyEngine) -> None:
    store(catalogue, [make_policy(n) for n in range(5)])
    with engine.writer() as writer:
        IndexSync(catalogue, writer, commit_seconds=3600).step()
    assert total(engine) == 0
    assert sync_index(catalogue, engine).added == 5


def test_one_writer_only(catalogue: Catalogue, engine: TantivyEngine) -> None:
    sync_index(catalogue, engine)
    with engine.writer():
        for attempt in (engine.writer, engine.build, lambda: sync_index(catalogue, engine)):
            with pytest.raises(IndexBusyError, match="另一个进程"):
                attempt()
    with engine.writer():
        pass


def empty(path: Path) -> None:
    """An empty file in place of this one; cutting the file itself would pull mapped pages from under us."""
    path.unlink()
    path.touch()


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda folder: (folder / "1" / "schema-version").write_text("0"), "版本"),
        (lambda folder: (folder / "1" / "schema-version").unlink(), "不完整"),
        (lambda folder: (folder / "1" / "meta.json").write_text("{"), "损坏"),
        (lambda folder: (folder / "1" / "meta.json").unlink(), "损坏"),
        (lambda folder: [empty(p) for p in (folder / "1").glob("*.term")], "损坏"),
        (lambda folder: [p.unlink() for p in (folder / "1").glob("*.store")], "损坏"),
        (lambda folder: shutil.rmtree(folder / "1"), "不完整"),
        (lambda folder: (folder / "current").write_text("one"), "代次"),
    ],
)
def test_an_unusable_index_is_made_anew_and_said_so(
    catalogue: Catalogue, engine: TantivyEngine, damage: Callable[[Path], object], reason: str
) -> None:
    store(catalogue, [make_policy(n) for n in range(8)])
    sync_index(catalogue, engine)
    before = dump(engine)
    damage(engine.folder)
    with pytest.raises(IndexUnusableError, match=reason):
        total(engine)
    report = sync_index(catalogue, engine)
    assert reason in report.rebuilt
    assert report.added == 8
    assert dump(engine) == before


def test_a_restored_catalogue_is_noticed(catalogue: Catalogue, engine: TantivyEngine) -> None:
    store(catalogue, [make_policy(n) for n in range(3)])
    with engine.writer() as writer:
        writer.commit(99)
    report = sync_index(catalogue, engine)
    assert "备份" in report.rebuilt
    assert (report.seq, total(engine)) == (3, 3)


def test_a_build_left_alone_leaves_nothing(catalogue: Catalogue, engine: TantivyEngine) -> None:
    store(catalogue, [make_policy(1)])
    sync_index(catalogue, engine)
    with pytest.raises(RuntimeError, match="stop"), engine.build() as build:
        build.commit(5)
        raise RuntimeError("stop")
    assert generations.read_current(engine.folder) == 1
    assert not (engine.folder / "2").exists()
    assert total(engine) == 1


def test_a_live_reader_follows_commits_and_generations(catalogue: Catalogue, engine: TantivyEngine) -> None:
    """A thread searches all the time while documents come and generations change."""
    reader = engine.reader()
    store(catalogue, [make_policy(n) for n in range(20)])
    sync_index(catalogue, engine)
    stop, errors, totals = threading.Event(), list[Exception](), list[int]()

    def look() -> None:
        while not stop.is_set():
            try:
                totals.append(reader.search(SearchRequest(facets=("level",))).total)
            except Exception as error:  # noqa: BLE001  whatever it is, it is told
                errors.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for round_ in range(1, 4):
            store(catalogue, [make_policy(100 * round_ + n) for n in range(5)])
            sync_index(catalogue, engine)
            rebuild_index(catalogue, engine)
            deadline = time.monotonic() + 5
            while totals[-1] != 20 + 5 * round_ and time.monotonic() < deadline:
                time.sleep(0.02)
            assert totals[-1] == 20 + 5 * round_
    finally:
        stop.set()
        thread.join()
    assert errors == []
    assert totals == sorted(totals)
    assert reader.generation() == 4


CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
from index.sync import rebuild_index, sync_index
from index.tantivy_engine import TantivyEngine
from pipelines.catalogue import Catalogue
catalogue, engine = Catalogue.open(sys.argv[2]), TantivyEngine(__import__("pathlib").Path(sys.argv[3]))
print("ready", flush=True)
sync_index(catalogue, engine, commit_documents=100)
print("synced", flush=True)
while True:
    rebuild_index(catalogue, engine)
    print("rebuilt", flush=True)
"""


def test_killed_at_any_moment_the_next_run_ends_the_same(tmp_path: Path, catalogue: Catalogue) -> None:
    store(catalogue, [make_policy(n) for n in range(400)])
    engine = TantivyEngine(tmp_path / "killed")
    calm = TantivyEngine(tmp_path / "calm")
    sync_index(catalogue, calm)
    expected = dump(calm)
    r = random.Random(5)
    url = f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    for n in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(TESTS), url, str(engine.folder)], stdout=subprocess.PIPE
        )
        assert child.stdout
        child.stdout.readline()
        if n % 2:
            child.stdout.readline()  # synced: the kill falls into a rebuild
        time.sleep(r.uniform(0, 0.4))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        if generations.read_current(engine.folder):
            assert set(dump(engine)) <= set(expected)
        if n == 1:
            shutil.rmtree(engine.folder)
    sync_index(catalogue, engine)
    assert dump(engine) == expected
    assert verify_index(catalogue, engine) == []
