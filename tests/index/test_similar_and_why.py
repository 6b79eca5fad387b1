"""Documents like one and why a document is found: the same of both engines, and sums that are exact."""

import math
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import date

import pytest

from benchmarks.relevance import QUESTIONS
from benchmarks.search_corpus import Known, demo_documents
from benchmarks.search_engines import ELASTICSEARCH, TANTIVY, filled
from demo.country import regions
from demo.world import World
from index.engine import Reader, RequestError, SearchRequest
from index.parse import parse_query
from index.query import EVERYTHING, Filter, Not, Word, terms
from index.ranking import points
from index.tokens import bigram_tokens
from index.vocabulary import Names
from index.words_of_why import ONLY_FILTERS, reasons

pytestmark = pytest.mark.slow

ENGINES = (TANTIVY, ELASTICSEARCH)
POINTS = 0.001  # of a score
NAMES = Names({code: name for code, name, *_ in regions()})
FORMS = (
    "养老 OR (补贴 通知) OR 标题:医疗",
    "(养老 -通知) OR 意见",
    '"养老服务" 层级:市级',
    "农",
    "补贴 补贴",
    "政府采购管理预留份额工作",
)


@pytest.fixture(scope="module")
def known() -> list[Known]:
    """A small country, one document of it twice."""
    found = list(demo_documents(World(300)))
    copied = found[7]
    copy = replace(copied.document, id="00000000000000aa", url="http://demo.test/copy")
    return [*found, replace(copied, document=copy)]


@pytest.fixture(scope="module")
def readers(known: list[Known]) -> Iterator[Mapping[str, Reader]]:
    """Both engines with the country."""
    with ExitStack() as stack:
        documents = [one.document for one in known]
        yield {name: stack.enter_context(filled(name, documents)).reader() for name in ENGINES}


def questions() -> list[str]:
    """What people ask, and forms of the language that they seldom use."""
    return [*(q["query"] for q in tomllib.loads(QUESTIONS.read_text("utf-8"))["question"]), *FORMS]


def test_the_parts_of_a_score_make_it_up_on_both_engines(readers: Mapping[str, Reader]) -> None:
    explained = 0
    for query in questions():
        request = SearchRequest(parse_query(query, NAMES).tree, limit=2)
        for hit in readers[TANTIVY].search(request).hits:
            ours, theirs = (reader.explain(request, hit.id) for reader in readers.values())
            total = sum(share.points for share in ours.shares) * ours.factor
            assert math.isclose(total, hit.score, rel_tol=POINTS), query
            assert math.isclose(ours.score, hit.score, rel_tol=POINTS), query
            assert math.isclose(theirs.score, hit.score, rel_tol=POINTS), query
            assert [s.points for s in ours.shares] == sorted((s.points for s in ours.shares), reverse=True)
            parts = [{(s.term, s.field, s.text, s.how) for s in one.shares} for one in (ours, theirs)]
            assert parts[0] == parts[1], query
            explained += 1
    assert explained > 150


@pytest.mark.parametrize("name", ENGINES)
def test_what_is_not_found_is_not_explained(
    readers: Mapping[str, Reader], known: list[Known], name: str
) -> None:
    reader, document = readers[name], known[0].document
    level = Filter("level", (document.level or "",))
    for request in (
        SearchRequest(Not(Word(document.title[:6]))),
        SearchRequest(Word(document.title[:6]), filters={"site": ("elsewhere",)}),
        SearchRequest(Word(document.title[:6]), date_to=date(1990, 1, 1)),
        SearchRequest(Not(level)),
    ):
        with pytest.raises(RequestError):
            reader.explain(request, document.id)
    with pytest.raises(RequestError):
        reader.explain(SearchRequest(EVERYTHING), "00000000000000ff")
    alone = reader.explain(SearchRequest(level), document.id)
    assert (alone.score, alone.shares) == (0.0, ())
    assert reasons(alone, document.level, document.date)[0].words == ONLY_FILTERS


@pytest.mark.parametrize("name", ENGINES)
def test_reasons_are_sentences(readers: Mapping[str, Reader], known: list[Known], name: str) -> None:
    document = next(one.document for one in known if one.document.doc_number_key and one.document.date)

    def said(query: str, **typed: str) -> list[str]:
        explanation = readers[name].explain(SearchRequest(parse_query(query).tree), document.id)
        return [reason.words for reason in reasons(explanation, document.level, document.date, typed)]

    number = document.number_text.partition("\n")[0]
    assert said(number)[0] == f"文号就是“{number}”"
    assert said(document.title)[0] == f"标题里原样出现“{document.title}”"
    words = said(f"{document.title[:6]} 工作", **{document.title[:6]: "简称"})
    assert f"标题里原样出现“{document.title[:6]}”（“简称”的另一种说法）" in words
    assert any(one.startswith("正文里出现“工作”") for one in words)
    assert document.date and f"{document.date.year}年，略微提前（" in words[-1]


def test_documents_alike_are_the_same_on_both_engines(
    readers: Mapping[str, Reader], known: list[Known]
) -> None:
    for one in known[::9]:
        ours, theirs = (reader.similar(one.document, 10) for reader in readers.values())
        assert [h.score for h in ours] == pytest.approx([h.score for h in theirs], rel=POINTS)
        assert len(ours) == len(theirs) > 0
        last = ours[-1].score * (1 + POINTS)  # equal ones at the end may be others
        assert {h.id for h in ours if h.score > last} == {h.id for h in theirs if h.score > last}
        assert one.document.id not in {h.id for h in ours}


@pytest.mark.parametrize("name", ENGINES)
def test_copies_of_its_work_are_left_out(
    readers: Mapping[str, Reader], known: list[Known], name: str
) -> None:
    original, copy = known[7].document, known[-1].document
    assert original.work == copy.work and original.id != copy.id
    for document, other in ((original, copy), (copy, original)):
        found = [hit.id for hit in readers[name].similar(document, 20)]
        assert found and other.id not in found and document.id not in found
    apart = replace(original, work="00000000000000bb", id="00000000000000cc")
    assert {hit.id for hit in readers[name].similar(apart, 2)} == {original.id, copy.id}


@pytest.mark.parametrize("name", ENGINES)
def test_nothing_is_like_a_document_without_words(
    readers: Mapping[str, Reader], known: list[Known], name: str
) -> None:
    empty = replace(
        known[0].document, id="00000000000000dd", title="", body="", number_text="", doc_number_key=None
    )
    assert readers[name].similar(empty) == ()
    assert readers[name].similar(known[0].document, 0) == ()


def test_frequencies_are_the_same_on_both_engines(readers: Mapping[str, Reader], known: list[Known]) -> None:
    tokens = [
        (field, token) for field in ("title", "body") for token in ("养老", "通知", "2023", "没这")
    ]  # fmt: skip
    ours, theirs = (reader.frequencies(tokens) for reader in readers.values())
    assert ours == theirs
    having = sum("通知" in bigram_tokens(one.document.title) for one in known)
    assert (ours["title", "通知"], ours["body", "没这"]) == (having, 0)
    assert all(reader.frequencies([]) == {} for reader in readers.values())


def test_characters_that_nearly_every_title_has_give_no_points() -> None:
    (word,) = terms(parse_query("养老服务的补贴和标准", synonyms=False).tree)
    characters = {point.tokens[0] for point in points(word) if point.field == "title_chars"}
    assert characters == set("养老服务补贴标准")
