"""Recall and precision of exact search against a plain scan of the cleaned texts.

    python -m benchmarks.exactness [--engine tantivy|elasticsearch|both] [--documents N] [--queries N] [--show]

Queries are cut from the corpus by character position, no tokeniser having a say, and typed as a person
would: in quotes, as a short word, or as a document number. What they must find is told by benchmarks.oracle. Beside the
whole sets, the document that a query was cut from must always be among those found, whatever was cut.
Where the rule of edge characters applies (see the oracle) the shortened phrase is the truth; the strict
figure of those queries is printed too. A cut of which the rule leaves one character (甲，乙) is no phrase.
"""

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from opencc import OpenCC

from benchmarks.doc_numbers import independent, spellings
from benchmarks.lab import Bars
from benchmarks.oracle import Text, kept, needle, spaced, text_of
from benchmarks.search_corpus import DOCUMENTS, corpus
from benchmarks.search_engines import add_engine_option, chosen, filled
from index.engine import MAX_LIMIT, Reader, SearchRequest
from index.parse import AND, NOT, OR, QUOTES, parse_query

QUERIES = 800
SHORTEST, LONGEST = 2, 20
SEED = 11
# Characters that mean something to the language of queries inside quotes, or end them.
UNFIT = set(QUOTES) | set(QUOTES.values())
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}


@dataclass(frozen=True, slots=True)
class Query:
    """One query: its kind, what is typed, what was cut from which document, the key if it is a number."""

    kind: str
    typed: str
    cut: str
    seed: int
    number: tuple[str, int | None, int] | None = None


@dataclass(slots=True)
class Figures:
    """Queries, documents wanted, found and both, queries whose own document is missing, and lines to show."""

    queries: int = 0
    wanted: int = 0
    found: int = 0
    right: int = 0
    lost: int = 0
    shortened: int = 0
    strict: int = 0
    shown: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0


def main() -> None:
    """Measure the chosen engines on one set of queries."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_engine_option(parser)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--queries", type=int, default=QUERIES)
    parser.add_argument("--show", action="store_true", help="print every query that is not exact")
    options = parser.parse_args()
    bars = Bars()
    texts = [text_of(known.document) for known in corpus(options.documents)]
    queries = make_queries(texts, options.queries)
    print(f"      {len(texts)} documents, {len(queries)} queries")
    for name in chosen(options.engine):
        with filled(name, (text.document for text in texts)) as engine:
            report(bars, name, measure(engine.reader(), texts, queries), show=options.show)
    bars.end()


def make_queries(texts: Sequence[Text], count: int) -> list[Query]:
    """The set: half of it phrases of every length and short words, the rest mixed, traditional, full-width, numbers."""
    r = random.Random(SEED)
    simple = OpenCC("s2t")
    queries: list[Query] = []
    while len(queries) < count * 3 // 8:
        queries += _phrase(r, texts, "phrase")
    while len(queries) < count * 4 // 8:
        queries += _word(r, texts)
    while len(queries) < count * 5 // 8:
        queries += _phrase(r, texts, "mixed", mixed=True)
    while len(queries) < count * 6 // 8:
        found = _phrase(r, texts, "traditional")
        queries += [replace(query, typed=simple.convert(query.typed)) for query in found]
    while len(queries) < count * 7 // 8:
        found = _phrase(r, texts, "full-width", mixed=True)
        queries += [replace(query, typed=f'"{query.cut.translate(FULL_WIDTH)}"') for query in found]
    return [*queries, *_numbers(r, texts, count // 8)]


def _phrase(r: random.Random, texts: Sequence[Text], kind: str, *, mixed: bool = False) -> list[Query]:
    """A piece of a document between two positions, in quotes; [] where the lot fell on something unfit."""
    seed = r.randrange(len(texts))
    document = texts[seed].document
    source = r.choices(
        (document.title, document.body, document.attachment_text, document.issuer_text), (2, 6, 2, 1)
    )[0]
    length = r.randint(SHORTEST, LONGEST)
    if len(source) < length:
        return []
    at = r.randrange(len(source) - length + 1)
    cut = source[at : at + length]
    letters = spaced(cut)
    if set(cut) & UNFIT or len(kept(letters).replace(" ", "")) < SHORTEST or not whole(source, at, length):
        return []
    if mixed and not (any(c.isascii() for c in letters if c != " ") and not letters.isascii()):
        return []
    return [Query(kind, f'"{cut}"', cut, seed)]


def _word(r: random.Random, texts: Sequence[Text]) -> list[Query]:
    """Two to four ideographs of a title or body, typed without quotes; [] where they mean something there."""
    seed = r.randrange(len(texts))
    source = r.choice((texts[seed].document.title, texts[seed].document.body))
    at, length = r.randrange(max(1, len(source))), r.randint(2, 4)
    cut = source[at : at + length]
    if not re.fullmatch(r"[\u4e00-\u9fff]{2,4}", cut) or cut in OR | AND | NOT:
        return []
    return [Query("word", cut, cut, seed)]


def whole(source: str, at: int, length: int) -> bool:
    """Whether the cut goes through no word of letters and digits: such are found whole or not at all."""
    return all(
        not (0 < edge < len(source) and _latin(source[edge - 1]) and _latin(source[edge]))
        for edge in (at, at + length)
    )


def _latin(char: str) -> bool:
    folded = spaced(char)
    return bool(folded) and folded.isascii()


def _numbers(r: random.Random, texts: Sequence[Text], count: int) -> Iterator[Query]:
    """Numbers of documents, each in the next of twelve spellings."""
    bearers = [
        (seed, reading)
        for seed, text in enumerate(texts)
        if (reading := independent(text.document.number_text.split("\n")[0])) and reading[1]
    ]
    for turn, (seed, reading) in enumerate(r.sample(bearers, min(count, len(bearers)))):
        prefix, year, serial = reading
        spelled = list(spellings(prefix, int(year or 0), serial))
        typed = spelled[turn % len(spelled)]
        yield Query("number", typed, typed, seed, reading)


def wanted(query: Query, texts: Sequence[Text]) -> set[int]:
    """What a query must find, by position in `texts`."""
    if query.number is None:
        sought = kept(spaced(query.typed))
        return {n for n, text in enumerate(texts) if text.has(sought, None)}
    prefix, year, serial = query.number
    named = {kept(spaced(query.typed)), kept(spaced(f"{prefix}{year}-{serial}"))}
    return {
        n
        for n, text in enumerate(texts)
        if independent(text.document.number_text.split("\n")[0]) == query.number
        or any(text.has(phrase, None) for phrase in named)
    }


def strictly(query: Query, texts: Sequence[Text]) -> set[int]:
    """The documents that have the whole phrase, edge characters too, anywhere."""
    sought = needle(spaced(query.typed))
    return {n for n, text in enumerate(texts) if any(sought in value for value in text.fields.values())}


def measure(reader: Reader, texts: Sequence[Text], queries: Sequence[Query]) -> dict[str, Figures]:
    """Ask every query and compare, by kind."""
    kinds: dict[str, Figures] = defaultdict(Figures)
    place = {text.document.id: n for n, text in enumerate(texts)}
    for query in queries:
        figures = kinds[query.kind]
        ids = ask(reader, query.typed)
        have, want = {place[one] for one in ids}, wanted(query, texts)
        figures.queries += 1
        figures.wanted += len(want)
        figures.found += len(have)
        figures.right += len(have & want)
        own = query.seed in have
        if query.number is not None:
            own = (
                independent(texts[place[ids[0]]].document.number_text.split("\n")[0]) == query.number
                if ids
                else False
            )
        figures.lost += not own
        if query.number is None and kept(spaced(query.typed)) != spaced(query.typed):
            figures.shortened += 1
            figures.strict += have == strictly(query, texts)
        if have != want or not own:
            missing, beyond = len(want - have), len(have - want)
            figures.shown.append(f"{query.typed!r}: {missing} missing, {beyond} too many, own document {own}")
    return kinds


def ask(reader: Reader, typed: str) -> list[str]:
    """The ids of all that a typed query finds, best first, without the help of other words."""
    request = SearchRequest(parse_query(typed, synonyms=False).tree, limit=MAX_LIMIT)
    ids: list[str] = []
    while True:
        result = reader.search(request)
        ids += [hit.id for hit in result.hits]
        if result.next_cursor is None:
            return ids
        request = replace(request, cursor=result.next_cursor)


def report(bars: Bars, engine: str, kinds: dict[str, Figures], *, show: bool) -> None:
    """One bar a kind."""
    for kind, figures in kinds.items():
        exact = figures.recall == figures.precision == 1.0 and figures.lost == 0
        own = "bearer not first" if kind == "number" else "own document not found"
        bars.check(
            f"{engine}: {kind}",
            exact,
            f"{figures.queries} queries, {figures.wanted} wanted, recall {figures.recall:.4f}, "
            f"precision {figures.precision:.4f}, {own} {figures.lost}",
            "1.0 / 1.0, 0",
        )
        if figures.shortened:
            print(
                f"      {figures.shortened} of them lose an edge character; "
                f"{figures.strict} find exactly what the whole phrase would"
            )
        for line in figures.shown if show else ():
            print(f"  {line}")


if __name__ == "__main__":
    main()
