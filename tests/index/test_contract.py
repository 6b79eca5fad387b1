"""One table of behaviours, held by both engines against an oracle that knows no index."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from made_policies import NOW, make_policy

from benchmarks.oracle import Text, asked, counted, text_of
from benchmarks.search_engines import ELASTICSEARCH, TANTIVY, filled
from index.document import IndexDocument, index_document
from index.engine import (
    FACETS,
    FILTERS,
    MAX_LIMIT,
    ORDERS,
    SORTS,
    Order,
    Reader,
    RequestError,
    SearchRequest,
    Sort,
)
from index.keys import facet_values
from index.parse import parse_query
from index.query import (
    All,
    Days,
    Either,
    Filter,
    Hint,
    Ids,
    Node,
    Not,
    Number,
    Phrase,
    TextField,
    Word,
    terms,
)
from index.tokens import runs
from normalizers.subjects import subject_names
from pipelines.policies import StoredPolicy

pytestmark = pytest.mark.slow

ENGINES = (TANTIVY, ELASTICSEARCH)
POINTS = 0.001  # of a score
CIVIL = next(name for name in subject_names().values() if name.startswith("民政"))
# Titles and bodies at the edges of runs: punctuation, words beside ideographs, one character, full width, no text.
NUMBERED = next(policy for n in range(12, 40) if (policy := make_policy(n)).doc_number_key)
assert NUMBERED.doc_number_key and NUMBERED.doc_number
KEY, NUMBER = NUMBERED.doc_number_key, NUMBERED.doc_number
YEAR, SERIAL = KEY.removeprefix("演政发").split("-")
TITLES = {
    1: "",
    2: "年",
    3: "A1级企业2023年度第1批“专精特新”名单",
    4: "關於促進養老服務發展的若干意見（試行）",
    5: "《养老，服务》问答",
    6: "ＡＩ＋政务２０２５行动，云。上",
    7: "养老服务体系",
}
BODIES = {
    8: "甲，乙方与丙方。丁，戊。2023 年 12 月\t31日，面积3.5万㎡，电话010-1234567。",
    9: "养老、服务、体系；养老服务，体系建设。COVID-19防控PM2.5低于35μg/m3。",
    10: "",
    11: f"按照演政发〔{YEAR}〕第{SERIAL}号、养老服务的要求",
    100: f"按照演政发[{YEAR}]{SERIAL}号和{KEY}的要求",
}


def document(n: int) -> IndexDocument:
    stored = StoredPolicy(make_policy(n), "", NOW, NOW, NOW, withdrawn=n % 7 == 0, hidden=None)
    made = index_document(stored)
    assert made
    return replace(
        made,
        title=TITLES.get(n, made.title),
        body=BODIES.get(n, made.body),
        keywords=(f"词{n % 3}", f"词{n % 4}"),
        subject=(CIVIL, None, "科技、教育")[n % 3],
        instrument=("办法", None)[n % 2],
        normative=(True, None, False)[n % 3],
        interpretation_form=(None, "text", None, "video")[n % 4],
        first_seen=NOW - timedelta(hours=n // 3),
        work=f"{n // 2:016x}",
    )


DOCUMENTS = [document(n) for n in range(110)]
TEXTS = [text_of(one) for one in DOCUMENTS]


@pytest.fixture(scope="module")
def readers() -> Iterator[dict[str, Reader]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(filled(name, DOCUMENTS)).reader() for name in ENGINES}


def check(reader: Reader, request: SearchRequest, texts: list[Text] = TEXTS) -> int:
    """The total, the set and every facet are the oracle's; the total."""
    want = {one.id for one in asked(request, texts)}
    result = reader.search(replace(request, limit=MAX_LIMIT))
    assert result.total == len(want)
    assert {hit.id for hit in result.hits} == want
    assert len(result.hits) == len(want)
    assert list(result.facets) == list(request.facets)
    for name in request.facets:
        assert result.facets[name] == counted(request, texts, name), name
    counts = reader.search(replace(request, limit=0))
    assert (counts.total, counts.hits, counts.facets) == (result.total, (), result.facets)
    return len(want)


FORMS = [
    "养老",
    "养老 财政",
    "养老 -通知",
    "-养老",
    "养老 OR 职业教育 OR 森林",
    "(养老 OR 公积金) 意见",
    "-(养老 OR 公积金) 意见",
    '"养老服务"',
    '"服务，体系"',
    '"养老服务体系"',
    '"务体"',
    '"2023年度"',
    '"23年"',
    '"3年度"',
    '"2023年12月31日"',
    '"3.5万㎡"',
    '"专精特新”名单"',
    '"甲，乙方与"',
    "covid-19",
    "PM2.5",
    "养老服务发展",
    "關於促進養老服務",
    "ＡＩ＋政务",
    "年",
    "标题:年",
    "正文:年",
    "演示市财政局住房公积金通知",
    "演示县教育局科技成果转化",
    "标题:养老 正文:财政",
    "机关:财政局",
    "附件:补贴标准5元",
    "附件:(补贴 OR 附件) -标题:养老",
    "文号:演政发",
    NUMBER,
    f"演政发{YEAR}年第{SERIAL}号 演示",
    f"-{NUMBER}",
    "层级:省级",
    "层级:省级,市级 养老",
    "2022年 养老",
    "２０２２ 通知",
    "县级 养老",
    "最新养老服务政策",
    "养老服务补贴怎么申请",
    "-层级:省级",
    "年份:2021..2022",
    "日期:2021-03..2022-06",
    "日期:..2021",
    "有效性:废止 OR 类型:解读",
    "文种:通知 体裁:办法",
    "主题:民政",
    "关键词:词1",
    "站点:demo_1",
    "region:990100",
    "政务公开",
    "无此词语",
    "标题:无此 OR 养老",
    "level:foo",
    "！！",
    "",
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("typed", FORMS)
def test_a_form_of_the_language_finds_what_the_oracle_finds(
    readers: dict[str, Reader], engine: str, typed: str
) -> None:
    check(readers[engine], SearchRequest(parse_query(typed).tree, facets=("level", "doc_type", "year")))


def test_the_table_is_worth_asking() -> None:
    """Most forms find something and not everything; a form that finds nothing is meant to."""
    totals = {typed: len(asked(SearchRequest(parse_query(typed).tree), TEXTS)) for typed in FORMS}
    assert [typed for typed, total in totals.items() if total == 0] == [
        '"23年"',
        '"3年度"',
        "正文:年",
        "无此词语",
        "level:foo",
        "！！",
    ]
    assert [typed for typed, total in totals.items() if total == len(DOCUMENTS)] == [""]


TREES: list[tuple[Node, int | None]] = [
    (All(()), len(DOCUMENTS)),
    (Either(()), 0),
    (All((Either(()), All(()))), 0),
    (Either((Either(()), Word("养老"))), None),
    (Not(All(())), 0),
    (Not(Either(())), len(DOCUMENTS)),
    (Not(Not(Word("养老"))), None),
    (Either((Not(Word("养老")), Word("养老"))), len(DOCUMENTS)),
    (Either((Not(Word("养老")), Filter("level", ("county",)))), None),
    (All((Not(Word("养老")), Not(Filter("level", ("county",))))), None),
    (Filter("level", ("county", "national")), None),
    (Filter("level", ("无",)), 0),
    (Days(None, None), None),
    (Days(date(2021, 1, 1), None), None),
    (Days(date(2021, 1, 1), date(2020, 1, 1)), 0),
    (Number(KEY, NUMBER, "number"), 1),
    (Number(KEY, NUMBER, "body"), 1),
    (Number(KEY, f"演政发〔{YEAR}〕第{SERIAL}号", "body"), 2),
    (Number(KEY, NUMBER), 2),
    (Number("演政发1949-1", "演政发〔1949〕1号"), 0),
    (Word("年", "body"), 0),
    (Phrase("年", "title"), None),
    (Phrase("2023"), None),
    (Hint("2022年", name="year", values=("2022",)), None),
    (Hint("养老", name="level", values=("county", "无")), None),
    (Word("养老 不存在的词语", loose=True), 0),
    (Word("养老服务 体系", loose=True), None),
    (Word("科技成果转化的养老服务补贴标准", loose=True), None),
    (Not(Word("养老 财政", loose=True)), None),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("tree", "total"), TREES)
def test_trees_that_no_one_types(
    readers: dict[str, Reader], engine: str, tree: Node, total: int | None
) -> None:
    found = check(readers[engine], SearchRequest(tree, facets=("region",)))
    assert found == total if total is not None else found > 0


SELECTIONS: list[dict[str, tuple[str, ...]]] = [
    {"level": ("county",)},
    {"level": ("county", "national"), "year": ("2021", "2022", "2023")},
    {"level": ("county",), "doc_type": ("通知",), "withdrawn": ("false",)},
    {"region": ("990100",), "issuer": ("演示市财政局", "演示县教育局")},
    {"topic": ("养老服务", "粮食安全"), "topic_free": ()},
    {"keyword": ("词1",), "site": ("demo_1", "demo_2")},
    {"work": (f"{3:016x}",)},
    {"validity": ("valid",), "content_type": ("policy", "notice")},
    {"subject": (CIVIL,), "instrument": ("办法",)},
    {"level": ("无",)},
    {"level": ()},
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("typed", ["", "养老", "养老 -通知"])
@pytest.mark.parametrize("chosen", SELECTIONS)
def test_a_facet_does_not_filter_itself(
    readers: dict[str, Reader], engine: str, typed: str, chosen: dict[str, tuple[str, ...]]
) -> None:
    filters = {name: values for name, values in chosen.items() if name in FILTERS}
    check(readers[engine], SearchRequest(parse_query(typed).tree, filters, facets=FACETS))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", FACETS)
def test_a_chosen_value_is_told_however_rare(readers: dict[str, Reader], engine: str, name: str) -> None:
    request = SearchRequest(Word("通知"), facets=FACETS)
    counts = counted(request, TEXTS, name)
    request = replace(request, filters={name: (counts[-1].value, "无此")}, values=1)
    found = readers[engine].search(request)
    first = counts[:1] if len(counts) == 1 or counts[0].count > counts[1].count else found.facets[name][:1]
    assert found.facets[name] == tuple(dict.fromkeys((*first, counts[-1])))
    assert (name in found.more) == (len(counts) > 1)
    whole = readers[engine].search(replace(request, whole=(name,)))
    assert (whole.facets[name], name in whole.more) == (counts, False)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "ends", [(date(2021, 1, 1), None), (None, date(2022, 6, 30)), (date(2022, 1, 1),) * 2]
)
def test_a_range_of_days_is_closed(
    readers: dict[str, Reader], engine: str, ends: tuple[date | None, date | None]
) -> None:
    request = SearchRequest(
        Word("通知"), {"level": ("county",)}, date_from=ends[0], date_to=ends[1], facets=("level", "year")
    )
    check(readers[engine], request)


def words(tree: Node) -> list[Word]:
    return [term for term in terms(tree) if isinstance(term, Word)]


def day_of(one: IndexDocument, sort: Sort) -> object:
    return {"written": one.date, "published": one.published_date}.get(sort, one.first_seen)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("sort", [sort for sort in SORTS if sort != "relevance"])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("limit", [1, 9, 200])
def test_a_walk_in_order_of_days_meets_everybody_once(
    readers: dict[str, Reader], engine: str, sort: Sort, order: Order, limit: int
) -> None:
    request = SearchRequest(Word("通知"), sort=sort, order=order, limit=limit)
    want = asked(request, TEXTS)
    ids: list[str] = []
    while True:
        page = readers[engine].search(request)
        assert page.total == len(want)
        ids += [hit.id for hit in page.hits]
        if page.next_cursor is None:
            break
        request = replace(request, cursor=page.next_cursor)
    assert sorted(ids) == sorted(one.id for one in want)
    by_id = {one.id: one for one in DOCUMENTS}
    days = [day_of(by_id[one], sort) for one in ids]
    known: list[Any] = [day for day in days if day is not None]
    assert days == known + [None] * (len(days) - len(known)), "unknown days come last"
    assert known == sorted(known, reverse=order == "desc")


@pytest.mark.parametrize("engine", ENGINES)
def test_pages_of_relevance_follow_one_another(readers: dict[str, Reader], engine: str) -> None:
    request = SearchRequest(Word("通知"), limit=200)
    whole = [hit.id for hit in readers[engine].search(request).hits]
    by_offset = [
        hit.id
        for offset in range(0, len(whole) + 7, 7)
        for hit in readers[engine].search(replace(request, limit=7, offset=offset)).hits
    ]
    by_cursor: list[str] = []
    step = replace(request, limit=7)
    while True:
        page = readers[engine].search(step)
        by_cursor += [hit.id for hit in page.hits]
        if page.next_cursor is None:
            break
        step = replace(step, cursor=page.next_cursor)
    assert len(whole) > 14
    assert by_offset == by_cursor == whole


@pytest.mark.parametrize("typed", [typed for typed in FORMS if typed])
def test_both_engines_give_the_same_points(readers: dict[str, Reader], typed: str) -> None:
    request = SearchRequest(parse_query(typed).tree, limit=200)
    ours, theirs = (readers[name].search(request).hits for name in ENGINES)
    points = {hit.id: hit.score for hit in ours}
    assert [hit.score for hit in theirs] == pytest.approx(
        [points[hit.id] for hit in theirs], rel=POINTS, abs=1e-6
    )


@pytest.mark.parametrize(
    "tree", [tree for tree, _ in TREES if any(isinstance(term, Hint) or term.loose for term in words(tree))]
)
def test_both_engines_give_the_same_points_for_hints_and_loose_words(
    readers: dict[str, Reader], tree: Node
) -> None:
    ours, theirs = (readers[name].search(SearchRequest(tree, limit=200)).hits for name in ENGINES)
    points = {hit.id: hit.score for hit in ours}
    assert [hit.score for hit in theirs] == pytest.approx(
        [points[hit.id] for hit in theirs], rel=POINTS, abs=1e-6
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_number_leads_to_its_bearer(readers: dict[str, Reader], engine: str) -> None:
    reader = readers[engine]
    bearers = [one for one in DOCUMENTS if one.doc_number_key]
    assert len(bearers) > 50
    for one in bearers[::5]:
        assert one.doc_number_key
        assert reader.find_number(one.doc_number_key) == (one.id,)
        tree = parse_query(one.number_text).tree
        assert reader.search(SearchRequest(tree)).hits[0].id == one.id
    assert reader.find_number("演政发1949-1") == ()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "request_",
    [
        SearchRequest(filters={"colour": ("red",)}),
        SearchRequest(facets=("keyword",)),
        SearchRequest(sort="size"),  # type: ignore[arg-type]  # what programs may send
        SearchRequest(order="up"),  # type: ignore[arg-type]  # as above
        SearchRequest(limit=-1),
        SearchRequest(limit=MAX_LIMIT + 1),
        SearchRequest(offset=-1),
        SearchRequest(cursor="relevance.10", offset=10),
        SearchRequest(cursor="nonsense"),
        SearchRequest(cursor="relevance.-1"),
        SearchRequest(sort="written", cursor="relevance.10"),
        SearchRequest(sort="written", cursor="written.asc.1"),
        SearchRequest(sort="written", cursor="written.desc.99999999999999999999999"),
    ],
)
def test_a_request_that_nobody_can_answer_is_refused(
    readers: dict[str, Reader], engine: str, request_: SearchRequest
) -> None:
    with pytest.raises(RequestError):
        readers[engine].search(request_)


def cut(place: tuple[int, int, int, int]) -> str:
    n, field, at, length = place
    one = DOCUMENTS[n]
    text = (one.title, one.body, one.attachment_text, one.issuer_text, one.number_text)[field]
    start = at % max(1, len(text))
    return text[start : start + length]


PIECES = (
    st.tuples(
        st.integers(0, len(DOCUMENTS) - 1),
        st.integers(0, 4),
        st.integers(0, 500),
        st.sampled_from((1, 2, 3, 4, 6, 9, 16)),
    )
    .map(cut)
    .filter(lambda text: bool(runs(text)))
)
WHERE: st.SearchStrategy[TextField | None] = st.sampled_from(
    (None, None, "title", "number", "issuer", "body", "attachment")
)
KEYS = sorted({one.doc_number_key for one in DOCUMENTS if one.doc_number_key})
VALUES = sorted({(name, v) for one in DOCUMENTS for name, vs in facet_values(one).items() for v in vs})
SEEN = st.none() | st.dates(date(2026, 2, 28), date(2026, 3, 5))
LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.builds(Word, PIECES, WHERE),
    st.builds(lambda words: Word(" ".join(words), loose=True), st.lists(PIECES, min_size=1, max_size=3)),
    st.tuples(PIECES, st.sampled_from(VALUES)).map(
        lambda one: Hint(one[0], name=one[1][0], values=one[1][1:])
    ),
    st.builds(Phrase, PIECES, WHERE),
    st.builds(Number, st.sampled_from(KEYS), PIECES, WHERE),
    st.sampled_from(VALUES).map(lambda pair: Filter(pair[0], (pair[1],))),
    st.tuples(st.sampled_from(FILTERS), st.sampled_from(VALUES)).map(
        lambda one: Filter(one[0], ("none", one[1][1]))
    ),
    st.lists(st.sampled_from([one.id for one in DOCUMENTS]), max_size=9).map(lambda ids: Ids(frozenset(ids))),
    st.builds(Days, st.none() | st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.none()),
    st.builds(Days, SEEN, SEEN, st.just("first_seen")),
)
NODES: st.SearchStrategy[Node] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda nodes: All(tuple(nodes))),
        st.lists(inner, max_size=3).map(lambda nodes: Either(tuple(nodes))),
        inner.map(Not),
    ),
    max_leaves=6,
)
CHOSEN = st.lists(st.sampled_from(VALUES), max_size=3).map(
    lambda pairs: {name: tuple(v for n, v in pairs if n == name) for name, _ in pairs}
)


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=NODES, filters=CHOSEN)
@example(tree=Word("示市", loose=True), filters={})  # each of its characters stands in other titles
def test_any_tree_finds_what_the_oracle_finds(
    readers: dict[str, Reader], engine: str, tree: Node, filters: dict[str, tuple[str, ...]]
) -> None:
    check(readers[engine], SearchRequest(tree, filters, facets=("level", "topic")))
