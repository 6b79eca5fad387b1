"""Cost of the index: CPU a document to bring it level, and how long searches take.

    python -m benchmarks.index [--documents 2000]

Prints one line a figure and ends with 1 where a budget is missed.
"""

import argparse
import hashlib
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from index.document import IndexDocument, index_document
from index.engine import SearchRequest
from index.highlight import passages
from index.parse import parse_query
from index.tantivy_engine import TantivyEngine
from index.tokens import bigrams
from normalizers.policy import Attachment, Policy
from pipelines.policies import StoredPolicy

SYNC_BUDGET = 3.5  # ms of CPU a document of 2,000 characters
SEARCH_BUDGET = 20.0  # ms, 95 of 100 searches with facets
BODY = 2000
FACETS = ("level", "region", "issuer", "content_type", "doc_type", "year")
SEEN = datetime(2026, 3, 2, tzinfo=UTC)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    count = parser.parse_args().documents
    policies = list(make_policies(count))
    documents = [document for p in policies if (document := index_document(stored(p)))]
    report("tokens, M characters a CPU second", measure_tokens(policies), 1.4, least=True)
    with tempfile.TemporaryDirectory() as folder:
        engine = TantivyEngine(Path(folder) / "index")
        report("sync, ms CPU a document", measure_sync(engine, documents), SYNC_BUDGET)
        for name, p50, p95 in measure_searches(engine, policies):
            report(f"search {name}, p50 ms", p50, SEARCH_BUDGET)
            report(f"search {name}, p95 ms", p95, SEARCH_BUDGET)
    report("passages of 10 documents, ms CPU", measure_passages(policies), SEARCH_BUDGET)
    return 1 if MISSED else 0


MISSED: list[str] = []


def report(name: str, figure: float, budget: float, *, least: bool = False) -> None:
    """Print a figure beside its budget and remember a miss."""
    good = figure >= budget if least else figure <= budget
    print(f"{name:<44}{figure:>9.2f}   {'>=' if least else '<='} {budget:g}   {'ok' if good else 'MISSED'}")
    if not good:
        MISSED.append(name)


def make_policies(count: int) -> Iterator[Policy]:
    """Policies with bodies of 2,000 characters drawn from 20,000 words with the frequencies of a language."""
    r = random.Random(1)
    signs = [chr(c) for c in r.sample(range(0x4E00, 0x9FA5), 3000)]
    words = ["".join(r.choices(signs, k=r.choice((2, 2, 2, 3, 4)))) for _ in range(20_000)]
    weights = [1 / (n + 10) for n in range(len(words))]
    marks = ("，", "，", "。\n", "、", "（一）", "2023年", "100万元")
    for n in range(count):
        drawn = iter(r.choices(words, weights, k=BODY))
        body = ""
        while len(body) < BODY:
            body += "".join(next(drawn) for _ in range(r.randrange(2, 7))) + r.choice(marks)
        title = "关于" + "".join(next(drawn) for _ in range(5)) + "的通知"
        day = date(2020, 1, 1) + timedelta(days=r.randrange(2000))
        yield Policy(
            id=hashlib.sha256(str(n).encode()).hexdigest()[:16],
            url=f"http://demo.test/{n}.html",
            site=f"demo_{n % 12}",
            channels=("政策文件",),
            content_type="policy",
            title=title,
            doc_number=f"演政发〔{day.year}〕{n}号",
            doc_number_key=f"演政发{day.year}-{n}",
            issuers=(f"演示市第{n % 40}局",),
            level=r.choice(("national", "provincial", "municipal", "county")),
            region=f"99{r.randrange(10):02d}{r.randrange(10):02d}",
            doc_type=r.choice(("通知", "意见", "办法")),
            written_date=day,
            published_date=day + timedelta(days=3),
            text=body[:BODY],
            attachments=(Attachment("http://demo.test/a", "附件", "pdf", body[:500]),) if n % 5 == 0 else (),
        )


def stored(policy: Policy) -> StoredPolicy:
    """A policy as the catalogue gives it back."""
    return StoredPolicy(policy, "", SEEN, SEEN, SEEN, withdrawn=False, hidden=None)


def measure_tokens(policies: Sequence[Policy]) -> float:
    """Millions of characters tokenised in a CPU second."""
    start = time.process_time()
    for policy in policies:
        bigrams(policy.text)
    return sum(len(p.text) for p in policies) / (time.process_time() - start) / 1e6


def measure_sync(engine: TantivyEngine, documents: Sequence[IndexDocument]) -> float:
    """CPU milliseconds a document, all threads, merges and a commit every 500 documents included."""
    start = time.process_time()
    with engine.writer() as writer:
        for n, document in enumerate(documents, 1):
            writer.put(document)
            if n % 500 == 0:
                writer.commit(n)
        writer.commit(len(documents))
    return (time.process_time() - start) / len(documents) * 1000


def measure_searches(engine: TantivyEngine, policies: Sequence[Policy]) -> Iterator[tuple[str, float, float]]:
    """Name, p50 and p95 of several kinds of searches, in ms."""
    r = random.Random(2)

    def piece(length: int) -> str:
        text = r.choice(policies).text.split("，")[0].split("。")[0]
        return text[:length] or "通知"

    kinds: dict[str, Callable[[], SearchRequest]] = {
        "everything": lambda: SearchRequest(sort="published", facets=FACETS),
        "word": lambda: SearchRequest(parse_query(piece(4)).tree, facets=FACETS),
        "words": lambda: SearchRequest(parse_query(f"{piece(2)} {piece(2)}").tree, facets=FACETS),
        "sentence": lambda: SearchRequest(parse_query(piece(20)).tree, facets=FACETS),
        "edge": lambda: SearchRequest(parse_query("2023年 100万").tree, facets=FACETS),
        "phrase": lambda: SearchRequest(parse_query(f'"{piece(8)}"').tree, facets=FACETS),
        "number": lambda: SearchRequest(parse_query(str(r.choice(policies).doc_number)).tree, facets=FACETS),
        "filtered": lambda: SearchRequest(
            parse_query(piece(2)).tree,
            {"level": ("county",), "year": ("2023",)},
            sort="written",
            facets=FACETS,
        ),
    }
    reader = engine.reader()
    for name, make in kinds.items():
        times = sorted(timed(partial(reader.search, make())) for _ in range(200))
        yield name, times[100], times[190]


def timed(work: Callable[[], object]) -> float:
    """Milliseconds on the wall."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def measure_passages(policies: Sequence[Policy]) -> float:
    """CPU milliseconds for the passages of a page of ten results."""
    query = parse_query("关于支持企业科技创新的若干措施 2023年").tree
    start = time.process_time()
    for policy in policies[:500]:
        passages(policy.text, query)
    return (time.process_time() - start) / 50 * 1000


if __name__ == "__main__":
    sys.exit(main())
