"""A walk by cursor through many results while documents change under it.

    python -m benchmarks.cursor_walk [--engine tantivy|elasticsearch|both] [--documents 100000] [--rounds 20]

All documents match. While the walk goes on, documents before and behind it are rewritten in place, removed,
added and given another day, and every round of that is committed and seen by the reader before the walk goes
on. None of the documents that stayed may be missing, and none may come twice; a document that was given
another day may come again under its new one (it was changed), and is counted.
"""

import argparse
import hashlib
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from benchmarks.lab import Bars
from benchmarks.search_engines import add_engine_option, chosen, filled
from index.document import IndexDocument
from index.engine import Engine, Order, Reader, SearchRequest, Sort, Writer
from index.query import Word

DOCUMENTS = 100_000
ROUNDS = 20
PAGE = 200
# Of each kind in a round: rewritten, removed, added, given another day.
CHANGES = 50
MANY = 10_000_000  # more than the walk ever begins with
PATIENCE = 30.0  # seconds until a commit is seen
SEEN = datetime(2026, 3, 2, tzinfo=UTC)
WALKS: tuple[tuple[Sort, Order], ...] = (("written", "desc"), ("first_seen", "asc"))


@dataclass(slots=True)
class Walk:
    """What a walk met: ids in order, and what was done to documents meanwhile."""

    met: Counter[str] = field(default_factory=Counter)
    steady: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    rounds: int = 0
    seconds: float = 0.0

    @property
    def lost(self) -> int:
        return len(self.steady - set(self.met))

    @property
    def twice(self) -> int:
        return sum(count > 1 for one, count in self.met.items() if one not in self.moved)

    @property
    def again(self) -> int:
        return sum(self.met[one] > 1 for one in self.moved)


def main() -> None:
    """Walk on every chosen engine, by day of writing and by first sight."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_engine_option(parser)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    bars = Bars()
    documents = [make(n) for n in range(options.documents)]
    for name in chosen(options.engine):
        for sort, order in WALKS:
            with filled(name, documents) as engine:
                report(bars, f"{name} {sort} {order}", walk(engine, documents, sort, order, options.rounds))
    bars.end()


def make(n: int) -> IndexDocument:
    """A short document; every tenth has no day, many share one."""
    day = date(2015, 1, 1) + timedelta(days=n * 7919 % 4000) if n % 10 else None
    return IndexDocument(
        id=hashlib.sha256(str(n).encode()).hexdigest()[:16], title=f"演示市关于第{n}号事项的通知", number_text="",
        issuer_text="演示市人民政府", body=f"事项{n}的有关要求。", attachment_text="", doc_number_key=None,
        issuers=("演示市人民政府",), level="municipal", regions=("990000",), content_type="policy", doc_type="通知",
        instrument=None, subject=None, validity=None, topics=(), keywords=(), site="demo", work=f"{n:016x}",
        withdrawn=False, written_date=day, published_date=None, first_seen=SEEN - timedelta(seconds=n // 3),
    )  # fmt: skip


def walk(engine: Engine, documents: Sequence[IndexDocument], sort: Sort, order: Order, rounds: int) -> Walk:
    """Take all pages, with so many rounds of changes spread over them."""
    r = random.Random(5)
    result = Walk(steady={one.id for one in documents})
    current = list(documents)
    pages = max(1, len(documents) // PAGE)
    every = max(1, pages // (rounds + 1))
    request = SearchRequest(Word("演示市"), sort=sort, order=order, limit=PAGE)
    reader, page = engine.reader(), 0
    with engine.writer() as writer:
        seq = writer.applied_seq()
        while True:
            begun = time.perf_counter()
            found = reader.search(request)
            result.seconds += time.perf_counter() - begun
            result.met.update(hit.id for hit in found.hits)
            page += 1
            if found.next_cursor is None:
                return result
            request = replace(request, cursor=found.next_cursor)
            if page % every == 0 and result.rounds < rounds:
                seq += 1
                change(writer, current, result, r)
                writer.commit(seq)
                wait_for(reader, seq)
                result.rounds += 1


def change(writer: Writer, current: list[IndexDocument], result: Walk, r: random.Random) -> None:
    """One round: documents anywhere are rewritten, removed, given another day; others are added."""
    for at in r.sample(range(len(current)), CHANGES):
        current[at] = replace(current[at], body=f"{current[at].body}已修改。")
        writer.put(current[at])
    for at in sorted(r.sample(range(len(current)), CHANGES), reverse=True):
        gone = current.pop(at)
        writer.delete(gone.id)
        result.steady.discard(gone.id)
    for at in r.sample(range(len(current)), CHANGES):
        one = current[at]
        day = date(2015, 1, 1) + timedelta(days=r.randrange(4000))
        current[at] = replace(
            one, written_date=day, first_seen=one.first_seen + timedelta(seconds=r.randrange(30_000))
        )
        writer.put(current[at])
        result.steady.discard(one.id)
        result.moved.add(one.id)
    for _ in range(CHANGES):
        new = replace(
            make(r.randrange(MANY, 2 * MANY)), first_seen=SEEN + timedelta(seconds=r.randrange(9_000))
        )
        current.append(new)
        writer.put(new)


def wait_for(reader: Reader, seq: int) -> None:
    """Until the reader sees a commit."""
    deadline = time.monotonic() + PATIENCE
    while reader.applied_seq() < seq:
        if time.monotonic() > deadline:
            raise TimeoutError(f"commit {seq} was not seen within {PATIENCE:g} s")
        time.sleep(0.02)


def report(bars: Bars, name: str, result: Walk) -> None:
    """The bar of one walk."""
    bars.check(
        f"{name}: a walk while documents change",
        not result.lost and not result.twice and result.rounds > 0,
        f"{len(result.met)} met in {result.rounds} rounds of changes, {result.lost} of {len(result.steady)} unchanged lost, "
        f"{result.twice} twice, {result.again} again under another day, {result.seconds:.1f} s of searching",
        "0 lost, 0 twice",
    )


if __name__ == "__main__":
    main()
