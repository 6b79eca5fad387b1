"""The Elasticsearch index of benchmarks/search.py: on a node of its own, kept, and filled on where a run was cut short."""

import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from elasticsearch import Elasticsearch

from benchmarks.elastic_node.node import Node, running_node
from benchmarks.lab import Bars
from index.document import IndexDocument
from index.elastic_engine import ElasticEngine
from index.elastic_writer import ElasticWriter
from index.engine import IndexServerError, IndexUnusableError
from pipelines.config import IndexServer

COMMIT = 20_000
RATE, SIZE = 200.0, 2.0  # documents a CPU second of ours; size of the index by that of the text
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Served:
    """An engine and the node behind it."""

    engine: ElasticEngine
    node: Node

    def cpu(self) -> float:
        """CPU seconds of the node since it was started: of all processes of its session."""
        return sum(_cpu_of(process, self.node.pid) for process in Path("/proc").iterdir())

    def size(self) -> int:
        """Bytes of the index on disk."""
        with administrator(self.node) as client:
            stats = client.indices.stats(index=f"{self.engine.server.name}-*", metric=["store"]).body
        return int(stats["_all"]["primaries"]["store"]["size_in_bytes"])


def administrator(node: Node) -> Elasticsearch:
    """A client that may do everything."""
    return Elasticsearch(node.url, ca_certs=node.certificate, basic_auth=("admin", node.passwords["admin"]))


def _cpu_of(process: Path, session: int) -> float:
    if not process.name.isdecimal():
        return 0.0
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS if int(fields[3]) == session else 0.0


@contextmanager
def served(count: int) -> Iterator[Served]:
    """A guarded node that keeps its data between runs where the user whom it runs as may enter."""
    folder = Path(tempfile.gettempdir()) / f"zhengce-search-{os.getuid()}" / f"elasticsearch-{count}"
    folder.mkdir(parents=True, exist_ok=True)
    with running_node(folder=folder, guarded=True) as node:
        secret = f"writer:{node.passwords['writer']}"
        server = IndexServer((node.url,), "zhengce", Path(node.certificate), secret)
        yield Served(ElasticEngine(server, folder.with_suffix(".lock")), node)


def fill(served: Served, documents: Iterable[IndexDocument], count: int, bars: Bars) -> None:
    """Bring the index to so many documents; the position of a commit is how many there are.

    An index of another make is made anew.
    """
    with _writer(served.engine) as writer:
        done = writer.applied_seq()
        if done >= count:
            return
        ours, reading, node, written, size = time.process_time(), 0.0, served.cpu(), 0, 0
        mark = time.thread_time()
        for number, document in enumerate(documents, 1):
            if number <= done:
                mark = time.thread_time()
                continue
            size += _bytes(document)
            reading += time.thread_time() - mark  # the making of the document is not the index's work
            writer.put(document)
            written += 1
            if number % COMMIT == 0 or number == count:
                writer.commit(number)
                print(f"      {number} documents", flush=True)
            mark = time.thread_time()
        ours, node = time.process_time() - ours - reading, served.cpu() - node
    rate = written / ours
    figure = f"{rate:.0f}; the node's own work: {written / node:.0f}"
    bars.check("build, documents a CPU second of ours", rate >= RATE, figure, f"{RATE:g}")
    ratio = served.size() / size
    if not done:
        bars.check("size of the index, times the text", ratio <= SIZE, f"{ratio:.2f}", f"{SIZE:g}")


def _writer(engine: ElasticEngine) -> ElasticWriter:
    try:
        return engine.writer()
    except IndexServerError:
        raise
    except IndexUnusableError as error:
        print(f"      {error}", flush=True)
    with engine.build() as build:
        build.commit(0)
        build.publish()
    return engine.writer()


def _bytes(document: IndexDocument) -> int:
    texts = (document.title, document.number_text, document.issuer_text, document.body)
    return sum(len(text.encode()) for text in texts)
