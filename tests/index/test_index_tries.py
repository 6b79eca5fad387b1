"""What plain words say besides, and what is tried where a request finds nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from made_policies import NOW, make_policy

from benchmarks.search_engines import TANTIVY, filled
from index.document import IndexDocument, index_document
from index.engine import RequestError, SearchRequest
from index.parse import parse_query
from index.plain_words import hinted, latest, pieces, place_before
from index.query import All, Either, Filter, Hint, Node, Not, Phrase, Word
from index.tries import LETTERS, LOOSE, NEWEST, NEWEST_LOOSE, NEWEST_TITLES, Trying, loosened, tries
from index.vocabulary import NO_NAMES, Names
from pipelines.policies import StoredPolicy

NAMES = Names({"990000": "演示国", "990100": "演示省", "990110": "演城市"})


@pytest.mark.parametrize(
    ("word", "wished", "rest"),
    [
        ("最新", True, ""),
        ("最新政策", True, ""),
        ("最新养老服务政策", True, "养老服务政策"),
        ("最近发布的养老通知", True, "养老通知"),
        ("今年最新的义务教育政策", True, "义务教育政策"),
        ("养老服务最新文件", True, "养老服务"),
        ("新出台的购房政策", True, "购房政策"),
        ("近期社会救助政策", True, "社会救助政策"),
        ("近期的通知", True, "通知"),
        ("近期建设规划", False, "近期建设规划"),
        ("新型研发机构", False, "新型研发机构"),
        ("就近入学", False, "就近入学"),
    ],
)
def test_a_wish_for_the_newest(word: str, wished: bool, rest: str) -> None:
    found, start, end = latest(word)
    assert (found, word[start:end]) == (wished, rest)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("老旧小区加装电梯怎么表决", ["老旧小区加装电梯", "表决"]),
        ("失能老年人护理补贴多少钱？", ["失能老年人护理补贴"]),
        ("可以领算力券吗", ["领算力券"]),
        ("有哪些购房政策", ["购房政策"]),
        ("怎么办", ["怎么办"]),
        ("是否", ["是否"]),
        ("科技成果转化", ["科技成果转化"]),
    ],
)
def test_what_only_asks_is_left_out(word: str, found: list[str]) -> None:
    assert [word[a:b] for a, b in pieces(word)] == found


@pytest.mark.parametrize(
    ("word", "name", "values"),
    [
        ("2023年", "year", ("2023",)),
        ("２０２３年度", "year", ("2023",)),
        ("2023", "year", ("2023",)),
        ("陕西省", "region", ("610000",)),
        ("西安", "region", ("610100",)),
        ("演示省", "region", ("990100",)),
        ("省级", "level", ("provincial",)),
        ("国家级", "level", ("national",)),
        ("2123年", None, ()),
        ("2023年5月", None, ()),
        ("演示国", None, ()),
        ("养老", None, ()),
    ],
)
def test_words_that_may_mean_a_value(word: str, name: str | None, values: tuple[str, ...]) -> None:
    found = hinted(word, NAMES)
    assert (found[:2] if found else (None, ())) == (name, values)


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("演示省科技成果转化", "演示省"),
        ("演示省科学技术厅通知", ""),
        ("演城市人民政府关于养老的意见", ""),
        ("陕西省高新区认定", "陕西省"),
        ("市场监管条例解读", ""),
        ("演示省养老", ""),
    ],
)
def test_a_place_before_something_else(word: str, place: str) -> None:
    assert word[: place_before(word, NAMES)] == place


@pytest.mark.parametrize(
    ("typed", "nodes", "wish"),
    [
        ("最新养老服务政策", (Word("养老服务"),), True),
        ("养老 最新 政策", (Word("养老"),), True),
        ("最新的养老通知", (Word("养老"), Word("通知")), True),
        ("最近的养老服务的通知", (Word("养老服务"), Word("通知")), True),
        ("近期的通知", (Word("通知"),), True),
        ("养老通知", (Word("养老通知"),), False),
        ("养老通知 最新", (Word("养老"), Word("通知")), True),
        ("最新", (), True),
        ("-最新 养老", (Not(Word("最新")), Word("养老")), False),
        ('"最新" 养老', (Phrase("最新"), Word("养老")), False),
        ("标题:最新", (Word("最新", "title"),), False),
        ("2023年 养老", (Hint("2023年", name="year", values=("2023",)), Word("养老")), False),
        ("-2023年 养老", (Not(Word("2023年")), Word("养老")), False),
        (
            "演示省科技成果转化的政策",
            (Hint("演示省", name="region", values=("990100",)), Word("科技成果转化")),
            False,
        ),
    ],
)
def test_a_query_is_read_for_what_it_says_besides(typed: str, nodes: tuple[Node, ...], wish: bool) -> None:
    parsed = parse_query(typed, NAMES)
    assert (parsed.tree.nodes, parsed.latest, parsed.mistakes) == (nodes, wish, ())
    for also in parsed.also:
        assert typed[also.span.start : also.span.end] == also.word


def test_without_synonyms_a_word_is_a_word() -> None:
    parsed = parse_query("最新 2023年 怎么办", NAMES, synonyms=False)
    assert parsed.tree.nodes == (Word("最新"), Word("2023年"), Word("怎么办"))
    assert (parsed.latest, parsed.also) == (False, ())


def test_plain_words_are_loosened_together_and_all_else_stays() -> None:
    year, without = Filter("year", ("2023",)), Not(Word("通知"))
    tree = All((Word("高企"), year, Word("补贴标准"), without))
    assert loosened(tree) == All((Word("高企 补贴标准", loose=True), year, without))
    widened = Either((Word("高企"), Phrase("高新技术企业")))
    both = Either((Word("高企 补贴标准", loose=True), Word("高新技术企业 补贴标准", loose=True)))
    assert loosened(All((widened, Word("补贴标准")))) == All((both,))
    for strict in (
        All(()),
        All((Word("养老"),)),
        All((Phrase("养老服务"),)),
        All((Word("养老服务", "title"), year)),
    ):
        assert loosened(strict) is None


def test_what_is_tried_in_turn() -> None:
    tree = All((Word("养老服务补贴办法"),))

    def notes(request: SearchRequest) -> list[str]:
        return [one.note for one in tries(request)]

    assert notes(SearchRequest(tree)) == ["", LOOSE]
    assert notes(SearchRequest(tree, sort="written")) == [LETTERS, "", LOOSE]
    assert notes(SearchRequest(tree, sort="written", titles_first=True)) == [
        NEWEST_TITLES,
        LETTERS,
        NEWEST,
        NEWEST_LOOSE,
        LOOSE,
    ]
    assert notes(SearchRequest(tree, sort="written", titles_first=True, strict=True)) == [""]
    assert notes(SearchRequest(All(()), sort="written", titles_first=True)) == [""]


TITLES = {
    1: ("演城市养老服务补贴办法", date(2021, 1, 1)),
    2: ("演城市养老服务补贴办法（修订）", date(2023, 1, 1)),
    3: ("演城市养老服务补贴有关办法", date(2024, 1, 1)),
    4: ("演城市低效用地再开发方案", date(2022, 1, 1)),
}


def document(n: int) -> IndexDocument:
    stored = StoredPolicy(make_policy(n), "", NOW, NOW, NOW, withdrawn=False, hidden=None)
    made = index_document(stored)
    assert made
    title, day = TITLES.get(n, (made.title, made.written_date))
    body = made.body if n not in TITLES else title
    return replace(made, title=title, body=body, attachment_text="", content_type="policy", written_date=day)


DOCUMENTS = [document(n) for n in range(40)]
PLACE = {one.id: n for n, one in enumerate(DOCUMENTS)}


@pytest.fixture(scope="module")
def reader() -> Iterator[Trying]:
    with filled(TANTIVY, DOCUMENTS) as engine:
        yield Trying(engine.reader())


def asked(reader: Trying, typed: str, **fields: Any) -> tuple[list[int], str, bool]:
    parsed = parse_query(typed, NO_NAMES)
    found = reader.search(SearchRequest(parsed.tree, **fields))
    return [PLACE[hit.id] for hit in found.hits], found.note, found.loose


def test_nothing_is_tried_where_the_request_finds_something(reader: Trying) -> None:
    assert asked(reader, "低效用地") == ([4], "", False)


def test_what_finds_nothing_is_loosened_and_says_so(reader: Trying) -> None:
    ids, note, loose = asked(reader, "低效用地再开发 收储赔偿")
    assert (ids[0], note, loose) == (4, LOOSE, True)
    assert asked(reader, "低效用地再开发 收储赔偿", strict=True) == ([], "", False)
    assert asked(reader, "全然无关之物") == ([], "", False)


def test_sorted_by_date_a_long_word_stands_letter_for_letter(reader: Trying) -> None:
    assert set(asked(reader, "养老服务补贴办法")[0]) == {1, 2, 3}
    assert asked(reader, "养老服务补贴办法", sort="written") == ([2, 1], LETTERS, False)


def test_the_newest_have_it_in_their_titles(reader: Trying) -> None:
    ids, note, _ = asked(reader, "养老", sort="written", titles_first=True)
    assert note == NEWEST_TITLES
    days = [DOCUMENTS[n].date for n in ids]
    known = [day for day in days if day]
    assert days[: len(known)] == sorted(known, reverse=True), "unknown days come last"
    assert all("养老" in DOCUMENTS[n].title for n in ids)
    assert {1, 2, 3} < set(ids)


def test_what_is_told_is_what_is_sorted(reader: Trying) -> None:
    def sorted_by(typed: str, **fields: Any) -> str | None:
        tree = parse_query(typed, NO_NAMES).tree
        return reader.search(SearchRequest(tree, sort="written", **fields)).sort

    assert sorted_by("养老服务补贴办法 收储赔偿金") == "relevance"
    assert sorted_by("养老服务补贴办法") == "written"
    assert sorted_by("养老服务补贴办法 收储赔偿金", titles_first=True) == "written"


def test_the_newest_that_have_parts_in_their_titles(reader: Trying) -> None:
    found = asked(reader, "养老服务补贴办法 收储赔偿金", sort="written", titles_first=True)
    assert found == ([3, 2, 1], NEWEST_LOOSE, True)


def test_a_cursor_goes_on_with_its_try(reader: Trying) -> None:
    tree = parse_query("养老服务补贴办法 收储赔偿金").tree
    first = reader.search(SearchRequest(tree, sort="written", limit=1))
    assert (first.note, first.loose) == (LOOSE, True)
    assert first.total > 1
    assert first.next_cursor
    ids = [hit.id for hit in first.hits]
    cursor: str | None = first.next_cursor
    while cursor:
        piece = reader.search(SearchRequest(tree, sort="written", limit=1, cursor=cursor))
        assert (piece.total, piece.note) == (first.total, LOOSE)
        ids += [hit.id for hit in piece.hits]
        cursor = piece.next_cursor
    assert len(set(ids)) == len(ids) == first.total
    for strange in ("9~relevance.1", "x~relevance.1", "1~", "~"):
        with pytest.raises(RequestError):
            reader.search(SearchRequest(tree, sort="written", cursor=strange))


def test_a_loose_hit_is_explained(reader: Trying) -> None:
    request = SearchRequest(parse_query("低效用地再开发 收储赔偿").tree)
    hit = reader.search(request).hits[0]
    assert reader.explain(request, hit.id).score == pytest.approx(hit.score, rel=1e-3)
