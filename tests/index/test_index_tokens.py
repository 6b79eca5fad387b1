"""Tokens: tables, and phrase = substring against brute force."""

import itertools
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_policies import make_policy

from index.document import index_document
from index.engine import SearchRequest
from index.query import All, Phrase
from index.tantivy_engine import TantivyEngine, TantivyReader
from index.tokens import (
    RUN,
    bigram_tokens,
    bigrams,
    is_single,
    is_word,
    phrase_tokens,
    runs,
    search_text,
    unigrams,
)
from pipelines.policies import StoredPolicy

pytestmark = pytest.mark.slow

SEEN = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("科技成果转化", "科技 技成 成果 果转 转化"),
        ("陕政办发〔2023〕12号", "陕政 政办 办发 发 2023 12 号"),
        ("陕政办发［２０２３］１２号", "陕政 政办 办发 发 2023 12 号"),
        ("2023年度", "2023 年 年度"),
        ("2023年12月31日", "2023 年 年 12 月 月 31 日"),
        ("AI大模型v2.0", "ai 大 大模 模型 型 v2 0"),
        ("“放管服”改革", "放管 管服 改革"),
        ("批覆 憑藉 沿著 復甦", "批复 凭借 沿着 复苏"),  # traditional ones that simplified texts have too
        ("甲、乙方", "甲 乙方"),
        ("𠮷林省", "𠮷林 林省"),
        ("第〇八号", "第〇 〇八 八号"),
        ("5㎡和①", "5m2 和 和 1"),
        ("<b>&nbsp;</b>", "b nbsp b"),
        ("", ""),
        ("，。!?", ""),
    ],
)
def test_bigrams(text: str, tokens: str) -> None:
    assert bigrams(text) == tokens


def test_unigrams() -> None:
    assert unigrams("AI大模型 2.0") == "ai 大 模 型 2 0"


def test_single_characters_beside_punctuation_are_left_out_of_a_phrase() -> None:
    assert phrase_tokens("甲，乙方") == ["乙方"]
    assert phrase_tokens("甲12") == ["甲", "12"]
    assert phrase_tokens("甲") == ["甲"]
    assert phrase_tokens("甲，乙") == ["乙"]


@given(st.text())
def test_search_text_is_closed(text: str) -> None:
    found = search_text(text)
    assert search_text(found) == found
    assert re.fullmatch("[\u3400-\u9fff\U00020000-\U0003ffff〇0-9a-z ]*", found)
    assert " ".join(bigram_tokens(text)).split() == bigram_tokens(found)


def test_long_texts_are_folded_like_short_ones() -> None:
    for first in range(0, 0x30000, 0x1000):
        characters = [chr(code) for code in range(first, first + 0x1000)]
        for between in ("", "中", "a"):
            text = between.join(characters)
            assert runs(text) == RUN.findall(search_text(text))


# Runs of at least two characters between punctuation, so that no single character stands alone.
RUNS = st.lists(
    st.one_of(
        st.text("甲乙丙", min_size=2, max_size=6),
        st.sampled_from(["12", "2023", "ai"]),
        st.sampled_from(["〔", "，"]),
    ),
    max_size=8,
).map("".join)
DOCUMENTS = ["".join(p) for p in itertools.product(["甲乙", "12", "，", "乙丙甲", ""], repeat=4)][:400]


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> tuple[TantivyReader, dict[str, str]]:
    engine = TantivyEngine(tmp_path_factory.mktemp("phrases") / "index")
    texts = {}
    with engine.writer() as writer:
        for n, text in enumerate(DOCUMENTS):
            policy = make_policy(n, text=text, title="", issuers=(), doc_number=None, attachments=())
            document = index_document(
                StoredPolicy(policy, "", SEEN, SEEN, SEEN, withdrawn=False, hidden=None)
            )
            assert document
            writer.put(document)
            texts[policy.id] = text
        writer.commit(1)
    return engine.reader(), texts


def spaced(text: str) -> str:
    """The runs of a text; two that share the character where they meet read as one (转化，化工 = 转化工)."""
    return re.sub("([甲乙丙]) \\1", "\\1", " ".join(runs(text)))


def contains(document: str, phrase: str) -> bool:
    """Brute force: the runs of the phrase one after the other, words of a-z and digits whole."""
    pattern = re.escape(spaced(phrase))
    before = "(?<![0-9a-z])" if is_word(runs(phrase)[0]) else ""
    after = "(?![0-9a-z])" if is_word(runs(phrase)[-1]) else ""
    return re.search(before + pattern + after, spaced(document)) is not None


@settings(deadline=None, max_examples=300)
@given(
    phrase=st.one_of(
        RUNS,
        st.tuples(st.sampled_from(DOCUMENTS), st.integers(0, 6), st.integers(1, 8)).map(
            lambda t: t[0][t[1] : t[1] + t[2]]
        ),
    )
)
def test_phrase_is_substring(bodies: tuple[TantivyReader, dict[str, str]], phrase: str) -> None:
    reader, texts = bodies
    tokens = phrase_tokens(phrase)
    if (
        len(tokens) < len(bigram_tokens(phrase))
        or tokens == []
        or (is_single(tokens[0]) and len(tokens) == 1)
    ):
        return  # one character asks titles only, one beside punctuation is left out, by design
    found = reader.search(SearchRequest(All((Phrase(phrase),)), limit=200))
    expected = {page for page, text in texts.items() if contains(text, phrase)}
    assert found.total == len(expected)
    assert {hit.id for hit in found.hits} <= expected
