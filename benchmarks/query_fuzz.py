"""Strings that nobody meant as queries: no exception, and no answer that takes long.

    python -m benchmarks.query_fuzz [--strings 50000] [--documents N] [--engine tantivy|elasticsearch] [--seed N]

Each string is parsed, searched with facets and its first passages are made, as the portal does. Strings are
random characters of several scripts, words of the query language in disorder, pieces of documents with
damage, and queries made to cost much (deep brackets, many short words, long ones, everything excluded).
"""

import argparse
import math
import random
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.lab import Bars
from benchmarks.search_corpus import Known, corpus
from benchmarks.search_engines import ELASTICSEARCH, TANTIVY, filled
from demo.country import regions
from index.document import IndexDocument
from index.engine import FACETS, Reader, RequestError, SearchRequest, Sort
from index.highlight import mark_all, passages
from index.parse import parse_query
from index.tries import Trying
from index.vocabulary import FILTER_WORDS, TEXT_WORDS, Names

STRINGS = 50_000
SLOWEST = 1.0  # seconds
TRIES = 3  # a slow answer is asked for again: a busy machine is not the fault of the query
SCREEN = 3  # hits of which passages are made
SYNTAX = [
    *'"“”「」『』()（）:：-－|&,，;；.～~/\\*?+^[]{}<>%$#@!',
    " OR ",
    " AND ",
    " NOT ",
    "||",
    "..",
    " ",
    "\u3000",
    "\n",
]
NAMES = [f"{word}:" for words in (*TEXT_WORDS.values(), *FILTER_WORDS.values()) for word in words.split()]
VALUES = (
    "2023", "2023-13", "2023..", "..", "2024-02-30..2023", "省级", "国家级,市", "通知", "解读", "有效", "云川省", "民政",
    "99999999999999999999", "0000", "-1", "true", "养老", "养老服务", "年", "a", "1", "最新", "2023年", "怎么办",
)  # fmt: skip
RANGES = (
    (0x20, 0x7E), (0x4E00, 0x9FFF), (0x3000, 0x303F), (0xFF00, 0xFFEF), (0x20000, 0x2A6DF), (0xF900, 0xFAFF),
    (0x0300, 0x036F), (0x200B, 0x200F), (0x1F300, 0x1F64F), (0x0600, 0x06FF), (0x3040, 0x30FF), (0xD7B0, 0xD7FF),
    (0xD800, 0xDFFF), (0xE000, 0xE0FF), (0x00, 0x1F), (0x2150, 0x218F), (0x10FFF0, 0x10FFFF),
)  # fmt: skip


@dataclass(slots=True)
class Fuzzed:
    """What happened: strings asked, the slowest with its seconds, what raised, how many found something."""

    strings: int = 0
    found: int = 0
    slowest: tuple[float, str] = (0.0, "")
    slow: int = 0
    times: list[float] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)


def main() -> None:
    """Ask all strings of an engine."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=(TANTIVY, ELASTICSEARCH), default=TANTIVY)
    parser.add_argument("--strings", type=int, default=STRINGS)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    known = corpus(options.documents)
    bars = Bars()
    with filled(options.engine, (one.document for one in known)) as engine:
        report(bars, fuzz(engine.reader(), known, options.strings, options.seed))
    bars.end()


def fuzz(reader: Reader, known: Sequence[Known], strings: int, seed: int = 1) -> Fuzzed:
    """Ask so many strings; a seed gives the same strings for ever."""
    r = random.Random(seed)
    documents = {one.document.id: one.document for one in known}
    texts = [one.document for one in known]
    result = Fuzzed()
    for _ in range(strings):
        text = r.choice(MAKERS)(r, texts)
        lot = r.getrandbits(32)
        took, found = math.inf, 0
        try:
            for _ in range(TRIES):
                begun = time.perf_counter()
                found = answer(reader, text, documents, random.Random(lot))
                took = min(took, time.perf_counter() - begun)
                if took <= SLOWEST:
                    break
        except Exception:  # noqa: BLE001  whatever it is, it is what is looked for
            result.raised.append(f"{text!r}\n{traceback.format_exc(limit=-3)}")
            took = 0.0
        result.found += bool(found)
        result.strings += 1
        result.times.append(took)
        result.slow += took > SLOWEST
        result.slowest = max(result.slowest, (took, text))
    return result


def answer(reader: Reader, text: str, documents: dict[str, IndexDocument], r: random.Random) -> int:
    """One screen of results, as the portal makes it; the total."""
    names = Names({code: name for code, name, *_ in regions()}, {"yanshi": "演示国政府网（演示）"})
    parsed = parse_query(text, names, synonyms=r.random() < 0.8)
    for mistake in parsed.mistakes:
        assert 0 <= mistake.span.start <= mistake.span.end <= len(text), mistake
    sort: Sort = r.choice(("relevance", "relevance", "written", "first_seen"))
    facets = r.choice(((), FACETS))
    limit, newest = r.choice((0, 10, 200)), parsed.latest
    request = SearchRequest(parsed.tree, sort=sort, limit=limit, facets=facets, titles_first=newest)
    result = Trying(reader).search(request)
    assert len(result.hits) <= result.total
    for hit in result.hits[:SCREEN]:
        document = documents[hit.id]
        mark_all(document.title, result.query or parsed.tree)
        passages(document.body, result.query or parsed.tree)
    cursor_of_nowhere(reader, text)
    return result.total


def cursor_of_nowhere(reader: Reader, text: str) -> None:
    """A string taken for a cursor is refused by name."""
    if not text:
        return
    try:
        reader.search(SearchRequest(cursor=text, limit=1))
    except RequestError:
        return
    raise AssertionError(f"taken for a cursor: {text!r}")


def _characters(r: random.Random, _: Sequence[IndexDocument]) -> str:
    low, high = r.choice(RANGES)
    several = [r.choice(RANGES) for _ in range(3)] if r.random() < 0.5 else [(low, high)]
    return "".join(chr(r.randint(*r.choice(several))) for _ in range(r.randint(0, r.choice((5, 30, 400)))))


def _disorder(r: random.Random, _: Sequence[IndexDocument]) -> str:
    return "".join(
        r.choice(pool) for pool in r.choices((SYNTAX, NAMES, VALUES), (4, 2, 3), k=r.randint(1, 25))
    )


def _damaged(r: random.Random, texts: Sequence[IndexDocument]) -> str:
    one = r.choice(texts)
    source = r.choice((one.title, one.body, one.number_text, one.issuer_text, one.attachment_text)) or "演"
    at = r.randrange(len(source))
    piece = list(source[at : at + r.choice((2, 4, 8, 20, 60))])
    for _ in range(r.randint(0, 4)):
        piece.insert(r.randint(0, len(piece)), r.choice((*SYNTAX, chr(r.randint(0x4E00, 0x9FFF)))))
    return "".join(piece)


def _costly(r: random.Random, texts: Sequence[IndexDocument]) -> str:
    words = [one.title[at : at + 2] for one in r.choices(texts, k=30) if (at := r.randint(0, 8)) >= 0]
    body = r.choice(texts).body
    shapes: tuple[Callable[[], str], ...] = (
        lambda: "(" * r.randint(1, 200) + words[0],
        lambda: " ".join(words),
        lambda: " OR ".join(words),
        lambda: " ".join(f"-{word}" for word in words),
        lambda: body[:300],
        lambda: f'"{body[: r.randint(2, 290)]}"',
        lambda: " OR ".join(f"({a} {b} -{c})" for a, b, c in zip(words, words[1:], words[2:], strict=False)),
        lambda: "的" * r.randint(1, 300),
        lambda: "".join(r.choice("的一二三年月日工作通知") for _ in range(300)),
        lambda: " ".join("年月日的一在和有工作"),
        lambda: "a" * 300,
        lambda: "演政发〔2023〕" * 20,
        lambda: " ".join(f"演政发〔2023〕{n}号" for n in range(30)),
        lambda: f"标题:({' OR '.join(words[:12])}) 正文:({' '.join(words[12:20])})",
    )
    return r.choice(shapes)()


MAKERS: tuple[Callable[[random.Random, Sequence[IndexDocument]], str], ...] = (
    _characters,
    _disorder,
    _damaged,
    _costly,
)


def report(bars: Bars, result: Fuzzed) -> None:
    """The bars, and everything that raised."""
    for text in result.raised[:20]:
        print(f"  {text}")
    result.times.sort()
    middle, late = (result.times[int(len(result.times) * share)] * 1000 for share in (0.5, 0.99))
    print(
        f"      {result.strings} strings, {result.found} found something; p50 {middle:.1f} ms, p99 {late:.1f} ms"
    )
    bars.check("exceptions", not result.raised, str(len(result.raised)), "0")
    took, text = result.slowest
    bars.check(
        f"answers over {SLOWEST:g} s",
        not result.slow,
        f"{result.slow}, the slowest {took:.3f} s: {text[:60]!r}",
        "0",
    )


if __name__ == "__main__":
    main()
