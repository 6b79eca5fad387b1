"""Real-life questions judged by the rules of docs/relevance.md: nDCG@10 and MRR beside plain BM25.

    python -m benchmarks.relevance [--engine tantivy|elasticsearch|both] [--show]

`--show` prints every question below .9 with the grades of what was found and the best that was not, but for those
held out: what is tuned is tuned on the others, and both halves are printed. With both engines their answers must be the same: totals, sets, all facets, points within a thousandth.
"""

import argparse
import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.lab import Bars
from benchmarks.oracle import Text, kept, spaced, text_of, within
from benchmarks.search_corpus import BLOCKS, FULL_TEXTS, REAL_PAGES, RECORDS, Known, corpus
from benchmarks.search_engines import TANTIVY, add_engine_option, chosen, filled
from demo.country import regions
from index.engine import FACETS, MAX_LIMIT, Reader, SearchRequest, SearchResult, Sort
from index.parse import parse_query
from index.tokens import bigram_tokens
from index.tries import Trying
from index.vocabulary import Names

QUESTIONS = Path(__file__).with_name("relevance_questions.toml")
TOP = 10
BAR = 0.90
POINTS = 0.001  # of a score: how far two engines may differ
K1, B = 1.2, 0.75
LATEST, YEAR = 3, timedelta(days=365)
SOURCES = {"demo": "demo", "full": FULL_TEXTS, "record": RECORDS, "block": BLOCKS, "page": REAL_PAGES}
FIELD = re.compile(r"[A-Za-z\u4e00-\u9fff]{1,10}[:：]")
Question = Mapping[str, Any]
Grades = dict[int, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a document without any search: its labels, and its text for comparison."""

    known: Known
    text: Text
    title: str
    number: str
    issuers: str
    day: date | None
    cited: str

    @property
    def explains(self) -> bool:
        return self.known.document.content_type == "interpretation"

    @property
    def repealed(self) -> bool:
        return self.known.document.validity == "repealed"


def main() -> None:
    """Judge, ask, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_engine_option(parser)
    parser.add_argument("--show", action="store_true", help="print every question below .9")
    parser.set_defaults(engine=TANTIVY)
    options = parser.parse_args()
    facts = [facts_of(known) for known in corpus()]
    questions = load_questions(facts)
    grades = [judged(question, facts) for question in questions]
    place = {fact.known.document.id: n for n, fact in enumerate(facts)}
    plain = plain_rankings(questions, facts)
    bars = Bars()
    answers: dict[str, list[SearchResult]] = {}
    for name in chosen(options.engine):
        with filled(name, (fact.known.document for fact in facts)) as engine:
            reader = engine.reader()
            answers[name] = [ask(reader, question) for question in questions]
        ours = [[place[hit.id] for hit in result.hits[:TOP]] for result in answers[name]]
        report(bars, name, questions, grades, (ours, plain))
        if options.show:
            show(questions, grades, ours, facts)
    if len(answers) > 1:
        compare(bars, questions, *answers.values())
    bars.end()


def facts_of(known: Known) -> Facts:
    """The labels of one document, whatever the file calls them."""
    document, label = known.document, known.label
    text = text_of(document)
    if known.page is not None:
        number = known.page.number
        return Facts(
            known, text, spaced(document.title), spaced(number), " ".join(document.issuers), document.date,
            spaced(known.page.cited),
        )  # fmt: skip
    day = label.get("written_date") or label.get("published_date") or label.get("date")
    number = label.get("doc_number") or label.get("number_in_head_by_regex") or ""
    title = re.sub(r"<[^>]*>|&nbsp;", " ", label.get("title") or "")
    issuers = str(label.get("issuers") or label.get("issuer") or "")
    return Facts(
        known, text, spaced(title), spaced(number), issuers, date.fromisoformat(day) if day else None, spaced(title)
    )  # fmt: skip


def load_questions(facts: Sequence[Facts]) -> list[Question]:
    """The questions; those about real texts only where these are."""
    questions: list[Question] = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["question"]
    if any(fact.known.page is None for fact in facts):
        return questions
    kept_ones = [q for q in questions if best(judged(q, facts, strict=False)) >= 2]
    print(
        f"      the real texts are not beside this checkout: {len(questions) - len(kept_ones)} questions left out"
    )
    return kept_ones


def judged(question: Question, facts: Sequence[Facts], *, strict: bool = True) -> Grades:
    """The grade of every document that has one, by the written rules; ValueError where none answers."""
    if "is" in question:
        grades = certain(question, facts, strict=strict)
    else:
        found = {n: subject(question, fact) for n, fact in enumerate(facts) if meets(question, fact)}
        grades = {n: grade for n, grade in found.items() if grade}
        if question.get("latest"):
            grades = newest(grades, facts)
    if strict and best(grades) < 2:
        raise ValueError(f"nothing answers the question {question['query']!r}")
    return grades


def best(grades: Grades) -> int:
    """The best grade there is."""
    return max(grades.values(), default=0)


def certain(question: Question, facts: Sequence[Facts], *, strict: bool = True) -> Grades:
    """Rule 2: one document, those that are about it, those that name it."""
    targets = [n for name in question["is"] for n in named(name, facts)]
    if not targets:
        if strict:
            raise ValueError(f"no such document: {question['is']}")
        return {}
    same = {(facts[n].number or facts[n].title) for n in targets}
    grades = {n: 3 for n, fact in enumerate(facts) if (fact.number or fact.title) in same}
    pages = {facts[n].known.place for n in grades if facts[n].known.page}
    near = {n for name in question.get("near", ()) for n in named(name, facts)}
    phrases = {kept(p) for n in grades for p in (facts[n].number, facts[n].cited) if len(p) > 3}
    for n, fact in enumerate(facts):
        relations = fact.known.page.relations if fact.known.page else ()
        if n in near or any(relation.target in pages for relation in relations):
            grades.setdefault(n, 2)
        elif any(fact.text.has(phrase, None) for phrase in phrases):
            grades.setdefault(n, 1)
    return grades


def named(name: str, facts: Sequence[Facts]) -> list[int]:
    """The documents that `source:place` means."""
    source, _, place = name.partition(":")
    if source == "demo":
        wanted = spaced(place)
        return [n for n, f in enumerate(facts) if f.known.page and wanted in (f.number, f.title)]
    file = SOURCES[source]
    if source == "page":
        return [n for n, f in enumerate(facts) if f.known.label.get("file") == f"detail/{place}.html"]
    return [n for n, f in enumerate(facts) if f.known.source == file and f.known.place == int(place)]


def meets(question: Question, fact: Facts) -> bool:
    """Rule 1: whether a document meets every condition of a question."""
    document, day = fact.known.document, fact.day
    first, last = (date.fromisoformat(question[key]) if key in question else None for key in ("from", "to"))
    title_end = re.sub(r" *试行$", "", fact.title)
    return (
        question.get("issuer", "") in fact.issuers
        and ("region" not in question or question["region"] in document.regions)
        and question.get("level", document.level) == document.level
        and ("year" not in question or (day is not None and str(day.year) == question["year"]))
        and ((first is None and last is None) or within(day, first, last))
        and question.get("content", document.content_type) == document.content_type
        and title_end.endswith(question.get("type", ""))
        and not ("without" in question and fact.text.has(spaced(question["without"]), None))
    )


def subject(question: Question, fact: Facts) -> int:
    """Rules 3 and 4: how far a document is about something."""
    ways = [[spaced(way) for way in words.split("|")] for words in question.get("about", ())]
    in_title = sum(any(way in fact.title for way in words) for words in ways)
    if in_title == len(ways):
        grade = 3
    elif "titles" not in question and all(
        any(way in fact.title or fact.text.has(way, None) for way in words) for words in ways
    ):
        grade = 2 if in_title else 1
    else:
        return 0
    asks_explanation = question.get("content") == "interpretation"
    return min(grade, 2) if (fact.explains and not asks_explanation) or fact.repealed else grade


def newest(grades: Grades, facts: Sequence[Facts]) -> Grades:
    """Rule 5: the newest first."""
    days = sorted((day for n, g in grades.items() if g == 3 and (day := facts[n].day)), reverse=True)
    if not days:
        return grades
    third, since = days[:LATEST][-1], days[0] - YEAR
    result: Grades = {}
    for n, grade in grades.items():
        day = facts[n].day or date.min
        if grade == 3:
            result[n] = 3 if day >= third else 2 if day >= since else 1
        elif day >= since:
            result[n] = 1
    return result


def ask(reader: Reader, question: Question) -> SearchResult:
    """What our engine answers to what is typed, with all facets."""
    names = Names({code: name for code, name, *_ in regions()})
    parsed = parse_query(question["query"], names)
    sort: Sort = question.get("sort", "written" if parsed.latest else "relevance")
    request = SearchRequest(
        parsed.tree, sort=sort, limit=MAX_LIMIT, facets=FACETS, titles_first=parsed.latest
    )
    return Trying(reader).search(request)


def compare(
    bars: Bars, questions: Sequence[Question], ours: Sequence[SearchResult], theirs: Sequence[SearchResult]
) -> None:
    """Two engines must give the same totals, sets and facets, and points within a thousandth."""
    close = partial(math.isclose, rel_tol=POINTS, abs_tol=1e-6)
    different = []
    for question, one, other in zip(questions, ours, theirs, strict=True):
        points = {hit.id: hit.score for hit in one.hits}
        wrong = [
            name
            for name, same in (
                ("total", one.total == other.total),
                ("facets", one.facets == other.facets),
                ("set", one.total > MAX_LIMIT or points.keys() == {hit.id for hit in other.hits}),
                ("points", all(close(points.get(hit.id, hit.score), hit.score) for hit in other.hits)),
            )
            if not same
        ]
        if wrong:
            different.append(f"{question['query']!r}: {', '.join(wrong)}")
    for line in different:
        print(f"  {line}")
    bars.check(
        "both engines answer alike", not different, f"{len(different)} of {len(questions)} differ", "0"
    )


def plain_rankings(questions: Sequence[Question], facts: Sequence[Facts]) -> list[list[int]]:
    """Plain BM25 over title and body as one field, an OR of the query's tokens."""
    asked = [tuple(dict.fromkeys(bigram_tokens(FIELD.sub(" ", q["query"])))) for q in questions]
    wanted = {token for tokens in asked for token in tokens}
    postings: dict[str, dict[int, int]] = defaultdict(dict)
    lengths: list[int] = []
    for n, fact in enumerate(facts):
        tokens = bigram_tokens(f"{fact.known.document.title}\n{fact.known.document.body}")
        lengths.append(len(tokens))
        for token, count in Counter(t for t in tokens if t in wanted).items():
            postings[token][n] = count
    mean = sum(lengths) / len(lengths)
    return [_bm25(tokens, postings, lengths, mean) for tokens in asked]


def _bm25(
    tokens: Iterable[str], postings: Mapping[str, Mapping[int, int]], lengths: Sequence[int], mean: float
) -> list[int]:
    points: dict[int, float] = defaultdict(float)
    for token in tokens:
        holders = postings.get(token, {})
        rarity = math.log(1 + (len(lengths) - len(holders) + 0.5) / (len(holders) + 0.5))
        for n, count in holders.items():
            points[n] += rarity * count * (K1 + 1) / (count + K1 * (1 - B + B * lengths[n] / mean))
    return sorted(points, key=lambda n: (-points[n], n))[:TOP]


def ndcg(ranking: Sequence[int], grades: Grades) -> float:
    """Gain of the first ten against the best there is."""
    ideal = sorted(grades.values(), reverse=True)
    return _gain(grades.get(n, 0) for n in ranking) / _gain(ideal)


def _gain(grades: Iterable[int]) -> float:
    return float(sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(list(grades)[:TOP])))


def reciprocal(ranking: Sequence[int], grades: Grades) -> float:
    """One over the rank of the first document of the best grade."""
    top = best(grades)
    return next((1 / at for at, n in enumerate(ranking, 1) if grades.get(n) == top), 0.0)


def report(
    bars: Bars,
    engine: str,
    questions: Sequence[Question],
    grades: Sequence[Grades],
    rankings: tuple[Sequence[Sequence[int]], Sequence[Sequence[int]]],
) -> None:
    """One line a kind, ours and plain, then the bars."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for n, question in enumerate(questions):
        kinds[question["kind"]].append(n)
    print(f"{engine:<22}{'questions':>10}{'nDCG@10':>10}{'plain':>8}{'MRR':>8}{'plain':>8}")
    held = [n for n, question in enumerate(questions) if question.get("held")]
    tuned = [n for n in range(len(questions)) if n not in held]
    rows = [*kinds.items(), ("tuned on", tuned), ("held out", held), ("all", list(range(len(questions))))]
    for kind, members in rows:
        cells = [
            sum(figure(ranking[n], grades[n]) for n in members) / len(members)
            for figure in (ndcg, reciprocal)
            for ranking in rankings
        ]
        print(
            f"  {kind:<20}{len(members):>10}"
            + "".join(f"{c:>{w}.3f}" for c, w in zip(cells, (10, 8, 8, 8), strict=True))
        )
    empty = sum(not ranking for ranking in rankings[0])
    print(f"      {empty} questions found nothing at all")
    bars.check(f"{engine}: nDCG@10", cells[0] >= BAR, f"{cells[0]:.3f}", f"≥ {BAR}")
    bars.check(
        f"{engine}: above plain BM25", cells[0] > cells[1], f"{cells[0]:.3f} and {cells[1]:.3f}", "above"
    )


def show(
    questions: Sequence[Question],
    grades: Sequence[Grades],
    ours: Sequence[Sequence[int]],
    facts: Sequence[Facts],
) -> None:
    """Every question below .9: grades of what was found, and the best document that was not."""
    for question, graded, ranking in zip(questions, grades, ours, strict=True):
        score = ndcg(ranking, graded)
        if score >= BAR or question.get("held"):
            continue
        had = "".join(str(graded.get(n, 0)) for n in ranking) or "nothing"
        ideal = "".join(map(str, sorted(graded.values(), reverse=True)[:TOP]))
        print(f"  {score:.2f} {question['kind']} {question['query']!r}: {had} of {ideal}")
        missed = [n for n in sorted(graded, key=lambda n: -graded[n]) if n not in ranking]
        for label, n in (
            ("first", ranking[0] if ranking else None),
            ("missed", missed[0] if missed else None),
        ):
            if n is not None:
                print(f"       {label}: {graded.get(n, 0)} {facts[n].known.document.title[:70]}")


if __name__ == "__main__":
    main()
