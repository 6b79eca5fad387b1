"""A small share of the bars of search; `make bench` measures them whole."""

from dataclasses import replace

import pytest

from benchmarks.cursor_walk import make, walk
from benchmarks.exactness import make_queries, measure
from benchmarks.oracle import kept, spaced, text_of
from benchmarks.query_fuzz import SLOWEST, fuzz
from benchmarks.relevance import facts_of, judged, load_questions, ndcg, newest, reciprocal
from benchmarks.search_corpus import DOCUMENTS, Known, corpus, demo_documents
from benchmarks.search_engines import ELASTICSEARCH, TANTIVY, filled
from demo.world import World
from index.engine import Order, Sort

ENGINES = (TANTIVY, ELASTICSEARCH)


@pytest.fixture(scope="module")
def known() -> list[Known]:
    """A small country, and the real texts where they are."""
    return corpus(150)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_exact_is_exact(known: list[Known], engine: str) -> None:
    texts = [text_of(one.document) for one in known]
    with filled(engine, (one.document for one in known)) as opened:
        kinds = measure(opened.reader(), texts, make_queries(texts, 80))
    assert set(kinds) == {"phrase", "word", "mixed", "traditional", "full-width", "number"}
    for kind, figures in kinds.items():
        assert figures.wanted >= figures.queries >= 10, kind
        assert (figures.recall, figures.precision, figures.lost) == (1.0, 1.0, 0), (kind, figures.shown)


@pytest.mark.slow
def test_strings_that_nobody_meant_break_nothing(known: list[Known]) -> None:
    with filled(TANTIVY, (one.document for one in known)) as engine:
        result = fuzz(engine.reader(), known, 500)
    assert result.raised == []
    assert result.found > 100
    assert result.slowest[0] < SLOWEST, result.slowest


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "sort", "order"),
    [(TANTIVY, "written", "desc"), (TANTIVY, "first_seen", "asc"), (ELASTICSEARCH, "published", "desc")],
)
def test_a_walk_loses_nobody_while_documents_change(engine: str, sort: Sort, order: Order) -> None:
    documents = [make(n) for n in range(2000)]
    with filled(engine, documents) as opened:
        result = walk(opened, documents, sort, order, rounds=3)
    assert (result.rounds, result.lost, result.twice) == (3, 0, 0)
    assert len(result.steady) > 1500
    assert set(result.met) - {one.id for one in documents}, "what came on the way is met where it lies ahead"


def test_what_stands_where() -> None:
    """The oracle's reading of edges, which everything else is held to."""
    body = "2023年度，甲，乙方与丙方。Covid-19防控PM2.5低于35μg/m³。服務，體系"
    text = text_of(replace(make(7), body=body))
    for phrase in (
        "2023年",
        "2023年度",
        "年度",
        "乙方与丙",
        "covid 19",
        "PM2.5低于",
        "服务，体系",
        "服务。体系",
    ):
        assert text.has(kept(spaced(phrase)), None), phrase
    for phrase in ("23年", "2023度", "服务体系", "务体", "vid-19", "M2.5", "度甲"):
        assert not text.has(kept(spaced(phrase)), None), phrase
    assert [kept(phrase) for phrase in ("甲 乙方", "乙方 丁", "甲 2023", "年")] == [
        "乙方",
        "乙方",
        "甲 2023",
        "年",
    ]


@pytest.mark.slow
def test_every_question_has_an_answer_by_the_rules(known: list[Known]) -> None:
    real = [one for one in known if one.page is None]
    facts = [facts_of(one) for one in (*demo_documents(World(DOCUMENTS)), *real)]
    questions = load_questions(facts)
    assert len(questions) >= 75
    for question in questions[::3]:
        grades = judged(question, facts)
        assert max(grades.values()) >= 2
        order = sorted(grades, key=lambda n: -grades[n])
        assert ndcg(order, grades) == pytest.approx(1.0)
        assert ndcg([], grades) == 0.0
        assert reciprocal(order, grades) == 1.0
        assert len(newest(grades, facts)) <= len(grades)
