"""How fast a large index is: build rate, size, and one fixed mix of queries, at one and at four clients.

    python -m benchmarks.search [--documents 300000] [--engine tantivy|elasticsearch] [--queries 1000]

Texts come from the generator beside the checkout (../shared/spikes/gen_corpus.py). It needs numpy and the word
list of jieba, which are no dependencies of ours: they are installed with pip into the cache folder below. Texts,
index and what was installed stay in ~/.cache/zhengce/search (XDG_CACHE_HOME) and are used again by the next run;
what was cut short goes on where it ended. Ends with 1 where a bar is missed.
"""

import argparse
import gc
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.lab import Bars
from benchmarks.scoring import PAGES
from benchmarks.search_elastic import fill, served
from benchmarks.search_engines import ELASTICSEARCH, TANTIVY
from index.document import IndexDocument
from index.engine import FACETS, Engine, Reader, SearchRequest, Sort
from index.highlight import mark_all, passages
from index.parse import parse_query
from index.query import Node
from index.tantivy_engine import TantivyBuild, TantivyEngine
from normalizers.doc_numbers import doc_number_key
from normalizers.policy import Validity
from portal.facets import COUNTED_VALUES

GENERATOR = PAGES.parent / "spikes" / "gen_corpus.py"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "zhengce" / "search"
WANTED = ("numpy", "jieba")
COMMIT = 20_000
PAGE = 20
# The mix, in shares of a hundred.
MIX = {"phrase": 25, "word": 25, "words": 25, "filter": 15, "number": 10}
# Bars: ms at one client for 300,000 documents on tantivy, and for 100,000 on Elasticsearch.
P50, P95, P99, SUGGEST, FACET, VISIBLE = 8.0, 30.0, 60.0, 10.0, 60.0, 100.0
ELASTIC_P95 = 60.0
RATE, SIZE = 200.0, 2.0
ASKED = 3000  # documents that queries are drawn from; their texts stay in memory
LEVELS = {"国家级": "national", "省级": "provincial", "市级": "municipal", "区县级": "county"}
VALIDITIES: dict[str, Validity] = {"有效": "valid", "失效": "expired", "废止": "repealed"}
SEEN = datetime(2026, 3, 2, tzinfo=UTC)
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Asked:
    """One query of the mix."""

    kind: str
    typed: str
    filters: Mapping[str, tuple[str, ...]]
    sort: Sort


def main() -> None:
    """Build what is not there yet, then measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=300_000)
    parser.add_argument("--engine", choices=(TANTIVY, ELASTICSEARCH), default=TANTIVY)
    parser.add_argument("--queries", type=int, default=1000)
    options = parser.parse_args()
    if not GENERATOR.exists():
        print(f"没有 {GENERATOR}：无法生成语料", file=sys.stderr)
        sys.exit(2)
    texts = made_texts(options.documents)
    bars = Bars()
    with built(options.engine, texts, options.documents, bars) as (engine, cpu):
        rows = list(islice(read_rows(texts), ASKED))
        gc.freeze()  # the collector does not look through what the benchmark alone keeps
        measure(bars, options.engine, engine, cpu, rows, options.queries)
    bars.end()


def made_texts(count: int) -> Path:
    """The file of so many generated rows, made at the first run."""
    CACHE.mkdir(parents=True, exist_ok=True)
    texts = CACHE / f"texts-{count}.jsonl"
    if texts.exists():
        return texts
    tools = CACHE / "tools"
    if not all((tools / name).exists() for name in WANTED):
        run = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--target",
            str(tools),
            "setuptools",
            *WANTED,
        ]
        subprocess.run(run, check=True)
    part = texts.with_suffix(".part")
    environment = os.environ | {"PYTHONPATH": str(tools)}
    subprocess.run([sys.executable, str(GENERATOR), str(count), str(part)], check=True, env=environment)
    part.replace(texts)
    return texts


def read_rows(texts: Path) -> Iterator[dict[str, Any]]:
    """The generated rows, in order."""
    with texts.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def document(row: Mapping[str, Any]) -> IndexDocument:
    """A generated row as an index takes it."""
    page = sha256(row["id"].encode()).hexdigest()[:16]
    return IndexDocument(
        id=page,
        title=row["title"],
        number_text=row["docno"],
        issuer_text=row["issuer"],
        body=row["body"],
        attachment_text="",
        doc_number_key=doc_number_key(row["docno"]),
        issuers=(row["issuer"],),
        level=LEVELS[row["level"]],
        regions=(row["region"], row["city"]) if row["city"] else (row["region"],),
        content_type="policy",
        doc_type=row["kind"],
        instrument=None,
        subject=None,
        validity=VALIDITIES.get(row["status"]),
        topics=tuple(row["tags"]),
        keywords=(),
        site=f"site_{int(page[:6], 16) % 147}",
        work=page,
        withdrawn=False,
        written_date=date.fromisoformat(row["date"]),
        published_date=date.fromisoformat(row["pub"]),
        first_seen=SEEN,
    )


@contextmanager
def built(name: str, texts: Path, count: int, bars: Bars) -> Iterator[tuple[Engine, Clock]]:
    """The engine with all documents, kept, and filled on where a run was cut short; the CPU seconds of all its work."""
    if name == ELASTICSEARCH:
        with served(count) as server:
            fill(server, map(document, islice(read_rows(texts), count)), count, bars)
            yield server.engine, lambda: time.process_time() + server.cpu()
        return
    engine = TantivyEngine(CACHE / f"tantivy-{count}")
    figures = build(engine, texts, count)
    size = sum(file.stat().st_size for file in engine.folder.rglob("*") if file.is_file())
    rate, ratio = figures["documents"] / figures["seconds"], size / figures["bytes"]
    bars.check("build, documents a CPU second", rate >= RATE, f"{rate:.0f}", f"{RATE:g}")
    bars.check("size of the index, times the text", ratio <= SIZE, f"{ratio:.2f}", f"{SIZE:g}")
    yield engine, time.process_time


def build(engine: TantivyEngine, texts: Path, count: int) -> dict[str, float]:
    """Documents written, CPU seconds for them (tokens and merges included), bytes of their text (UTF-8).

    The first documents are a generation, the others follow as changes do; a run that was cut short is
    continued after its last commit.
    """
    kept = engine.folder.with_suffix(".json")
    figures: dict[str, float] = {"documents": 0.0, "seconds": 0.0, "bytes": 0.0}
    if kept.exists():
        figures = json.loads(kept.read_text())
    while (done := int(figures["documents"])) < count:
        rows = islice(read_rows(texts), done, done + COMMIT if not done else None)
        with engine.writer() if done else engine.build() as writer:
            start, reading = time.process_time(), 0.0
            mark = time.thread_time()
            for row in rows:
                one = document(row)
                figures["bytes"] += sum(
                    len(text.encode()) for text in (one.title, one.number_text, one.issuer_text, one.body)
                )
                reading += time.thread_time() - mark  # the making of the document is not the index's work
                writer.put(one)
                figures["documents"] += 1
                if figures["documents"] % COMMIT == 0 or figures["documents"] == count:
                    writer.commit(int(figures["documents"]))
                    figures["seconds"] += time.process_time() - start - reading
                    start, reading = time.process_time(), 0.0
                    if done:
                        kept.write_text(json.dumps(figures))
                    print(f"      {figures['documents']:.0f} documents", flush=True)
                mark = time.thread_time()
            if isinstance(writer, TantivyBuild):
                writer.publish()
                kept.write_text(json.dumps(figures))
    return figures


def mixed(rows: Sequence[Mapping[str, Any]], count: int) -> list[Asked]:
    """The mix: pieces by character position and words of titles, never by a tokeniser."""
    r = random.Random(2)

    def piece(length: int) -> str:
        while True:
            body = r.choice(rows)["body"]
            at = r.randrange(max(1, len(body) - length))
            cut = str(body[at : at + length])
            if all("\u4e00" <= c <= "\u9fff" for c in cut):
                return cut

    def word() -> str:
        while True:
            words = [one for one in r.choice(rows)["parts"]["mid"] if 2 <= len(one) <= 4]
            if words:
                return str(r.choice(words))

    def either(share: float) -> str:
        return word() if r.random() < share else piece(r.randint(2, 4))

    def some_filters() -> dict[str, tuple[str, ...]]:
        level: dict[str, tuple[str, ...]] = {"level": (r.choice(list(LEVELS.values())),)}
        return level | ({"doc_type": ("通知",)} if r.random() < 0.5 else {})

    makers: dict[str, Callable[[], Asked]] = {
        "phrase": lambda: Asked("phrase", f'"{piece(r.randint(4, 12))}"', {}, "relevance"),
        "word": lambda: Asked("word", either(0.6), {}, "relevance"),
        "words": lambda: Asked(
            "words", " ".join(either(0.7) for _ in range(r.randint(2, 3))), {}, "relevance"
        ),
        "filter": lambda: Asked("filter", word() if r.random() < 0.5 else "", some_filters(), "written"),
        "number": lambda: Asked("number", r.choice(rows)["docno"], {}, "relevance"),
    }
    asked = [make() for kind, make in makers.items() for _ in range(count * MIX[kind] // 100)]
    r.shuffle(asked)
    return asked


def measure(
    bars: Bars, name: str, engine: Engine, cpu: Clock, rows: list[dict[str, Any]], count: int
) -> None:
    """Every kind, the mix, suggestions, facets, and how soon a commit is seen."""
    reader = engine.reader()
    shown = [(row["title"], row["body"]) for row in rows]
    asked = mixed(rows, count)
    # Files of the index come into memory; a node of Elasticsearch compiles what it does often.
    answer_all(reader, shown, asked if name == ELASTICSEARCH else asked[: count // 10])
    begun = cpu()
    times = answer_all(reader, shown, asked)
    print(f"      CPU a query: {(cpu() - begun) / len(asked) * 1000:.1f} ms")
    for kind in MIX:
        print(f"      {kind}: {told([t for one, t in zip(asked, times, strict=True) if one.kind == kind])}")
    p50, p95, p99 = (percentile(times, share) for share in (0.5, 0.95, 0.99))
    if name == TANTIVY:
        good, bar = p50 <= P50 and p95 <= P95 and p99 <= P99, f"{P50:g} / {P95:g} / {P99:g} ms"
    else:
        good, bar = p95 <= ELASTIC_P95, f"p95 {ELASTIC_P95:g} ms"
    bars.check(f"{name}: the mix, first page with total and highlights, 1 client", good, told(times), bar)
    print(f"      4 clients: {told(four_clients(engine, shown, asked))}")
    measure_suggest(bars, name, engine, rows)
    if name == TANTIVY:
        measure_visible(bars, engine, rows)
    measure_facets(bars, name, reader, asked)
    measure_offsets(reader)


def answer(reader: Reader, shown: Sequence[tuple[str, str]], asked: Asked) -> float:
    """ms of one first page: parse, search, exact total, titles and passages marked.

    The texts of the hits are not in the index; those marked are texts of as many other documents.
    """
    start = time.perf_counter()
    tree = parse_query(asked.typed).tree
    result = reader.search(SearchRequest(tree, asked.filters, sort=asked.sort, limit=PAGE))
    for hit in result.hits:
        _mark(tree, *shown[int(hit.id, 16) % len(shown)])
    return (time.perf_counter() - start) * 1000


def _mark(tree: Node, title: str, body: str) -> None:
    mark_all(title, tree)
    passages(body, tree)


def answer_all(reader: Reader, shown: Sequence[tuple[str, str]], asked: Sequence[Asked]) -> list[float]:
    """ms of each."""
    return [answer(reader, shown, one) for one in asked]


def four_clients(engine: Engine, shown: Sequence[tuple[str, str]], asked: Sequence[Asked]) -> list[float]:
    """The mix by four threads at once, a quarter each; on two cores they share what there is."""
    times: list[list[float]] = [[] for _ in range(4)]
    reader = engine.reader()

    def client(n: int) -> None:
        times[n] = answer_all(reader, shown, asked[n::4])

    threads = [threading.Thread(target=client, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [t for some in times for t in some]


def measure_suggest(bars: Bars, name: str, engine: Engine, rows: Sequence[Mapping[str, Any]]) -> None:
    """Beginnings of every length of titles, their subjects, numbers and issuers."""
    r = random.Random(3)
    reader = engine.reader()
    reader.suggest("陕")  # issuers are counted once a commit
    times = []
    for _ in range(500):
        row = r.choice(rows)
        text = r.choice((row["title"], row["title"].split("关于")[-1], row["docno"], row["issuer"]))
        typed = text[: r.randint(1, len(text))]
        times.append(timed(partial(reader.suggest, typed)))
    report(bars, name, "suggest, p95", times, SUGGEST)


def measure_facets(bars: Bars, name: str, reader: Reader, asked: Sequence[Asked]) -> None:
    """All facets of a query as the results page asks for them, and the same with no hits and no facets."""
    for label, facets in (("all facets of a query, p95", FACETS), ("count alone, p95", ())):
        times = []
        for one in asked[:200]:
            request = SearchRequest(
                parse_query(one.typed).tree,
                one.filters,
                limit=0,
                facets=facets,
                values=COUNTED_VALUES,
                whole=tuple(name for name in facets if name == "region"),
            )
            times.append(timed(partial(reader.search, request)))
        report(bars, name, label, times, FACET)


def report(bars: Bars, name: str, label: str, times: Sequence[float], most: float) -> None:
    """A bar for tantivy, a figure for Elasticsearch, of which the mix alone is asked."""
    if name == TANTIVY:
        bars.check(label, percentile(times, 0.95) <= most, told(times), f"{most:g} ms")
    else:
        print(f"      {label}: {told(times)}")


def measure_offsets(reader: Reader) -> None:
    """What far pages of a frequent word cost."""
    tree = parse_query("通知").tree
    for offset in (0, 1000, 10_000, 100_000):
        took = timed(partial(reader.search, SearchRequest(tree, offset=offset)))
        print(f"      通知 from hit {offset}: {took:.1f} ms")


def measure_visible(bars: Bars, engine: Engine, rows: Sequence[Mapping[str, Any]]) -> None:
    """From the return of a commit until a reader finds the new number of documents' position."""
    reader = engine.reader()
    seq, times = reader.applied_seq(), []
    with engine.writer() as writer:
        for _ in range(10):
            seq += 1
            writer.put(document(rows[seq % len(rows)]))
            writer.commit(seq)
            start = time.perf_counter()
            while reader.applied_seq() < seq:
                time.sleep(0.001)
            times.append((time.perf_counter() - start) * 1000)
    bars.check("a commit is seen after, most", max(times) <= VISIBLE, told(times), f"{VISIBLE:g} ms")


def timed(call: Callable[[], object]) -> float:
    """ms of a call."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def percentile(times: Sequence[float], share: float) -> float:
    """The time that so large a share stays within."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def told(times: Sequence[float]) -> str:
    """The figures of some times."""
    shares = (percentile(times, share) for share in (0.5, 0.95, 0.99))
    return "p50 {:.1f} ms, p95 {:.1f} ms, p99 {:.1f} ms".format(*shares)


if __name__ == "__main__":
    main()
