"""What is offered for queries with slips: meant, proved, few questions, the same on both engines."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.did_you_mean import FOREIGN, NAMES, RIGHT_FIRST, mistyped, offers
from benchmarks.search_corpus import demo_documents
from benchmarks.search_engines import ELASTICSEARCH, TANTIVY, filled
from demo.world import World
from index.did_you_mean import NEARLY_NOTHING, did_you_mean
from index.engine import FieldToken, Reader, SearchRequest, SearchResult
from index.parse import parse_query
from index.pinyin import (
    common_characters,
    homophones,
    lookalikes,
    near_sound,
    partings,
    readings,
    words_like,
)

pytestmark = pytest.mark.slow

MOST_COUNTS = 30
PARTS = (
    "养老浮务",
    "补贴",
    "yanglao",
    "gouzhi",
    "-",
    '"',
    "OR",
    "(",
    ")",
    "标题:",
    "演财发〔2023〕1号",
    "\ud800",
    "𠮷",
    " ",
)


@dataclass(slots=True)
class Counting:
    """A reader that remembers what it was asked."""

    reader: Reader
    searches: list[SearchRequest] = field(default_factory=list)
    tokens: int = 0

    def search(self, request: SearchRequest) -> SearchResult:
        self.searches.append(request)
        return self.reader.search(request)

    def frequencies(self, tokens: Sequence[FieldToken]) -> Mapping[FieldToken, int]:
        self.tokens += len(tokens)
        return self.reader.frequencies(tokens)


@pytest.fixture(scope="module")
def readers() -> Iterator[Mapping[str, Reader]]:
    """Both engines with a country."""
    documents = [known.document for known in demo_documents(World(900))]
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(filled(name, documents)).reader() for name in (TANTIVY, ELASTICSEARCH)
        }


def found(reader: Reader, text: str) -> int:
    return reader.search(SearchRequest(parse_query(text, NAMES).tree, limit=0)).total


def test_what_was_meant_comes_first(readers: Mapping[str, Reader]) -> None:
    reader = readers[TANTIVY]
    asked = [
        one
        for one in mistyped()
        if found(reader, one.meant) > NEARLY_NOTHING >= found(reader, one.typed)
    ]  # fmt: skip
    made = {one.typed: offers(reader, one.typed) for one in asked}
    right = [one for one in asked if made[one.typed][:1] == (one.meant,)]
    assert len(asked) >= 60
    assert len({one.kind for one in asked}) == 9
    assert len(right) / len(asked) >= RIGHT_FIRST, [one for one in asked if one not in right]
    for one in asked:
        assert all(found(reader, text) > found(reader, one.typed) for text in made[one.typed])


def test_both_engines_offer_the_same(readers: Mapping[str, Reader]) -> None:
    for one in mistyped()[::9]:
        ours, theirs = (offers(reader, one.typed) for reader in readers.values())
        assert ours == theirs, one.typed


def test_nothing_is_offered_without_need(readers: Mapping[str, Reader]) -> None:
    reader = readers[TANTIVY]
    satisfied = [one.meant for one in mistyped() if found(reader, one.meant) > NEARLY_NOTHING]
    assert len(satisfied) >= 60
    for text in (*satisfied, "", "层级:省级", "-养老", "演财发〔2023〕999号", "养老 农机 燃气 托育 冰雪"):
        assert offers(reader, text) == (), text
    assert sum(bool(offers(reader, text)) for text in FOREIGN) <= len(FOREIGN) // 10


@pytest.mark.parametrize("typed", ["国办", "國辦", "国办 养老"])
def test_known_short_names_are_left_alone(readers: Mapping[str, Reader], typed: str) -> None:
    for offered in did_you_mean(parse_query(typed), readers[TANTIVY]):
        assert typed[:2] in offered


def test_few_questions_are_asked(readers: Mapping[str, Reader]) -> None:
    for text in (
        *(one.typed for one in mistyped()[::4]),
        "养老浮务 政府采狗 营商环竟 一聊保险 农机够置 河胡长制",
        "yanglao buzhu gaoxin qiye rending zhengce",
        *FOREIGN[:6],
    ):
        reader: Any = Counting(readers[TANTIVY])  # of a reader it asks these two things alone
        did_you_mean(parse_query(text, NAMES), reader, names=NAMES)
        assert len(reader.searches) <= MOST_COUNTS, text
        assert all(request.limit == 0 and not request.facets for request in reader.searches)
        assert reader.tokens < 20_000


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PARTS), max_size=6).map("".join))
def test_no_query_breaks_it(readers: Mapping[str, Reader], text: str) -> None:
    reader = readers[TANTIVY]
    for offer in offers(reader, text):
        assert found(reader, offer) > 0


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("gaoxinqiye", ("gao", "xin", "qi", "ye")),
        ("xian", ("xian",)),
        ("lvse", ("lv", "se")),
        ("zhuangxiu", ("zhuang", "xiu")),
    ],
)
def test_letters_are_read_as_syllables(letters: str, expected: tuple[str, ...]) -> None:
    assert partings(letters)[0] == expected


@pytest.mark.parametrize("letters", ["", "qwrtp", "kubernetes", "a" * 60, "xianx"])
def test_other_letters_are_no_syllables(letters: str) -> None:
    assert all(not parting for parting in partings(letters))


def test_many_partings_are_no_burden() -> None:
    assert len(partings("xian" * 12)) <= 3


def test_sounds_and_looks() -> None:
    assert readings("重")[:2] == ("zhong", "chong")
    assert readings("绿")[0] == "lv"
    assert readings("a") == ()
    assert near_sound("zhang") == near_sound("zan")
    assert near_sound("nan") == near_sound("lang")
    assert near_sound("gao") != near_sound("kao")
    assert {"福", "付"} <= set(homophones("浮"))
    assert "浮" not in homophones("浮")
    assert "准" in lookalikes("淮")
    assert words_like("一聊保现") == ("医疗保险",)
    assert len(common_characters()) == 3755
