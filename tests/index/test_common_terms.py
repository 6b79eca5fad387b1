"""The list of common terms never changes an answer."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_policies import NOW, make_policy

from index.common_terms import CommonTerms
from index.document import IndexDocument, index_document
from index.engine import SearchRequest
from index.query import All, Either, Node, Not, Phrase, Word
from index.tantivy_engine import TantivyEngine, TantivyReader
from index.tokens import bigram_tokens, runs
from pipelines.policies import StoredPolicy

DOCUMENTS = 300


def document(n: int) -> IndexDocument:
    made = index_document(StoredPolicy(make_policy(n), "", NOW, NOW, NOW, withdrawn=False, hidden=None))
    assert made
    return made


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> tuple[TantivyReader, TantivyReader]:
    """The same documents with a list learned from them, and without one."""
    folder = tmp_path_factory.mktemp("lists")
    learned, empty = TantivyEngine(folder / "learned"), TantivyEngine(folder / "empty")
    with learned.build() as build, empty.writer() as writer:
        for n in range(DOCUMENTS):
            build.put(document(n))
            writer.put(document(n))
        build.commit(1)
        build.publish()
        writer.commit(1)
    return learned.reader(), empty.reader()


TEXT = "".join(document(7).body.split())
PIECES = st.builds(lambda at, size: TEXT[at : at + size], st.integers(0, len(TEXT) - 20), st.integers(1, 12))
PIECES = PIECES.filter(runs)
LEAVES = st.builds(Word, PIECES) | st.builds(Phrase, PIECES)
TREES: st.SearchStrategy[Node] = LEAVES | st.builds(
    lambda a, b, c: All((a, Either((b, c)), Not(c))), LEAVES, LEAVES, LEAVES
)


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_answers_are_those_of_no_list(readers: tuple[TantivyReader, TantivyReader], tree: Node) -> None:
    learned, empty = (reader.search(SearchRequest(tree, limit=200)) for reader in readers)
    assert learned.total == empty.total
    if learned.total <= 200:
        assert {hit.id for hit in learned.hits} == {hit.id for hit in empty.hits}
    assert [hit.score for hit in learned.hits] == pytest.approx([hit.score for hit in empty.hits], rel=1e-5)


def learn(*texts: str) -> CommonTerms:
    return CommonTerms.learn([[bigram_tokens(text)] for text in texts])


def name(common: CommonTerms, text: str) -> str:
    """The term of a text that is common as a whole."""
    terms, whole = common.cover(bigram_tokens(text))
    assert whole
    return terms[0]


def test_what_four_documents_have_is_common() -> None:
    common = learn(*["高新技术企业认定"] * 4, "社会保险")
    assert len({name(common, text) for text in ("高新", "高新技", "高新技术", "新技术", "技术")}) == 5
    assert common.cover(["高新", "新技", "技术"]) == ([name(common, "高新技术")], True)
    assert common.cover(["社会"]) == ([], False)
    assert common.cover(bigram_tokens("新技术企业")) == ([name(common, "新技术企业")], True)
    terms, whole = common.cover(bigram_tokens("高新技术企业"))
    assert terms == [name(common, text) for text in ("高新技术企", "新技术企业")] and not whole
    assert common.cover(["高新", "社会"]) == ([name(common, "高新")], False)
    assert common.cover([]) == ([], False)


def test_runs_end_with_their_field() -> None:
    common = learn(*["高新技术"] * 4)
    fields = [["高新"], [], ["新技", "技术"]]
    assert set(common.of(fields).split()) == {
        name(common, text) for text in ("高新", "新技", "技术", "新技术")
    }


@given(st.lists(st.lists(st.sampled_from(["甲", "乙丙", "丙丁", "12", "丁"]), max_size=9), max_size=3))
def test_a_document_has_every_term_of_what_stands_in_it(fields: list[list[str]]) -> None:
    common = CommonTerms.learn([[["甲", "12", "乙丙", "丙丁", "乙丙", "12", "甲"]]] * 4)
    terms = common.of(fields).split()
    placed = [field[at : at + size] for field in fields for size in (1, 2, 3, 4) for at in range(len(field))]
    assert len(terms) == len(set(terms))
    assert set(terms) == {term for run in placed for term in common.cover(run)[0]}


def test_a_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    common = learn(*["高新技术企业2023年度认定"] * 5)
    common.save(tmp_path / "list")
    again = CommonTerms.load(tmp_path / "list")
    assert again == common and again.learned_from == 5
    year = [bigram_tokens("2023年度")]
    assert again.of(year) == common.of(year) and len(common.of(year).split()) == 6


@pytest.mark.parametrize("text", ["", "5\n高新\n", '{"tokens": "高新"}'])
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "list").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="list"):
        CommonTerms.load(tmp_path / "list")
