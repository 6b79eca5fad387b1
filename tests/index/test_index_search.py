"""The tantivy engine against brute force."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from made_policies import NOW, make_policy, page_id

from index.document import IndexDocument, index_document, region_path
from index.engine import (
    FACETS,
    LAST_OFFSET,
    IndexUnusableError,
    Order,
    RequestError,
    SearchRequest,
    SearchResult,
    Sort,
)
from index.parse import parse_query
from index.tantivy_engine import TantivyEngine
from normalizers.policy import Policy
from pipelines.policies import StoredPolicy

VARIANTS: list[Callable[[str, int, int], str]] = [
    lambda a, y, n: f"{a}〔{y}〕{n}号",
    lambda a, y, n: f"{a}[{y}]{n}号",
    lambda a, y, n: f"{a}({y}){n}号",
    lambda a, y, n: f"{a}（{y}）{n}号",
    lambda a, y, n: f"{a}【{y}】{n}号",
    lambda a, y, n: f"{a}［{y}］{n}号",
    lambda a, y, n: f"{a}〔{y}〕{n}号".translate({ord(c): 0xFF10 + i for i, c in enumerate("0123456789")}),
    lambda a, y, n: f" {a} 〔{y}〕 {n} 号",
    lambda a, y, n: f"{a}〔{y}〕第{n}号",
    lambda a, y, n: f"{a}{y}年{n}号",
    lambda a, y, n: f"{a}﹝{y}﹞{n}号",
    lambda a, y, n: f"{a}[{y}] {n}",
]


def search(engine: TantivyEngine, text: str = "", **fields: Any) -> SearchResult:
    return engine.reader().search(SearchRequest(parse_query(text).tree, **fields))


def found(engine: TantivyEngine, text: str) -> set[str]:
    return {hit.id for hit in search(engine, text, limit=200).hits}


def document(policy: Policy, **fields: Any) -> IndexDocument:
    made = index_document(StoredPolicy(policy, "", NOW, NOW, NOW, withdrawn=False, hidden=None))
    assert made
    return replace(made, **fields)


def test_a_hidden_policy_is_no_document() -> None:
    assert (
        index_document(StoredPolicy(make_policy(1), "", NOW, NOW, NOW, withdrawn=False, hidden="x")) is None
    )


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("990101", ("990000", "990100", "990101")),
        ("990100", ("990000", "990100")),
        ("990000", ("990000",)),
        ("990101001", ("990000", "990100", "990101", "990101001")),
        (None, ()),
        ("demo", ("demo",)),
    ],
)
def test_region_path(code: str | None, path: tuple[str, ...]) -> None:
    assert region_path(code) == path


def test_every_policy_is_found_and_the_state_is_not(full: TantivyEngine, policies: list[Policy]) -> None:
    assert search(full).total == len(policies)
    assert search(full, limit=0).hits == ()


def test_words_must_all_be_found(full: TantivyEngine, policies: list[Policy]) -> None:
    expected = {p.id for p in policies if "养老" in everything(p) and "财政局" in everything(p)}
    assert expected
    assert found(full, "养老 财政局") == expected
    without = {p.id for p in policies if "养老" in everything(p) and "财政局" not in everything(p)}
    assert found(full, "养老 -财政局") == without


def everything(policy: Policy) -> str:
    return "\n".join(
        [policy.title or "", policy.text, *policy.issuers, *(a.text for a in policy.attachments)]
    )


def test_a_long_word_needs_no_spaces(full: TantivyEngine, policies: list[Policy]) -> None:
    """Where 演示县教育局 and 科技成果转化 meet, no document has the pair 局科."""
    result = search(full, "演示县教育局科技成果转化", limit=200)
    by_id = {p.id: p for p in policies}
    best = [by_id[hit.id] for hit in result.hits[:3]]
    assert all("科技成果转化" in everything(p) and "演示县教育局" in everything(p) for p in best)


def test_attachments_and_numbers_in_text_are_searched(full: TantivyEngine) -> None:
    assert page_id(105) in found(full, "补贴标准105元")
    assert search(full, '"2023年"').total == 400
    assert search(full, '"2023年度计划"').total == 400
    assert search(full, '"023年度"').total == 0


def test_a_title_goes_before_a_body(full: TantivyEngine, policies: list[Policy]) -> None:
    policy = policies[17]
    assert search(full, policy.title or "").hits[0].id == policy.id


def test_number_in_every_spelling(full: TantivyEngine, policies: list[Policy]) -> None:
    numbered = [(n, p) for n, p in enumerate(policies) if p.doc_number][:25]
    reader = full.reader()
    for n, policy in numbered:
        assert policy.written_date
        for variant in VARIANTS:
            text = variant("演政发", policy.written_date.year, n + 1)
            assert reader.search(SearchRequest(parse_query(text).tree)).hits[0].id == policy.id, text
        assert reader.find_number(policy.doc_number_key or "") == (policy.id,)
    assert reader.find_number("演政发1999-1") == ()


def test_a_number_finds_its_bearer_before_those_that_name_it(engine: TantivyEngine) -> None:
    bearer = make_policy(
        1, doc_number="演办〔2024〕7号", doc_number_key="演办2024-7", text="短", title="无关"
    )
    namers = [
        make_policy(n, text="根据《演办〔2024〕7号》" * 5, title="演办〔2024〕7号解读") for n in range(2, 9)
    ]
    with engine.writer() as writer:
        for policy in (bearer, *namers):
            writer.put(document(policy))
        writer.commit(1)
    result = search(engine, "演办2024年第7号")
    assert result.total == 8
    assert result.hits[0].id == bearer.id


FILTERS: list[dict[str, tuple[str, ...]]] = [
    {},
    {"level": ("municipal",)},
    {"level": ("municipal", "county"), "year": ("2021", "2023")},
    {"issuer": ("演示市财政局",), "content_type": ("policy",), "withdrawn": ("false",)},
    {"region": ("990000",), "doc_type": ("通知", "办法"), "topic": ("养老服务",)},
    {"site": ("demo_1",), "validity": ("valid",)},
    {"level": ("nowhere",)},
]


def values(policy: Policy, name: str) -> set[str]:
    day = policy.written_date or policy.published_date
    single = {
        "level": policy.level,
        "content_type": policy.content_type,
        "doc_type": policy.doc_type,
        "instrument": policy.instrument,
        "subject": policy.subject,
        "year": str(day.year) if day else None,
        "validity": policy.validity,
        "site": policy.site,
        "withdrawn": "false",
        "normative": None if policy.normative is None else str(policy.normative).lower(),
        "interpretation_form": policy.interpretation_form,
    }
    many = {"issuer": policy.issuers, "topic": policy.topics, "region": region_path(policy.region)}
    return set(many[name]) if name in many else {v for v in (single[name],) if v}


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("text", ["", "养老"])
def test_facets_equal_brute_force(
    full: TantivyEngine, policies: list[Policy], filters: dict[str, tuple[str, ...]], text: str
) -> None:
    result = search(full, text, filters=filters, facets=FACETS)

    def kept(policy: Policy, but: str = "") -> bool:
        fits = all(values(policy, n) & set(allowed) for n, allowed in filters.items() if n != but)
        return fits and text in everything(policy)

    assert result.total == sum(map(kept, policies))
    for name in FACETS:
        expected = Counter(v for p in policies if kept(p, name) for v in values(p, name))
        assert {c.value: c.count for c in result.facets[name]} == expected, name
        assert [c.count for c in result.facets[name]] == sorted(expected.values(), reverse=True)


def test_dates_are_a_closed_range(full: TantivyEngine, policies: list[Policy]) -> None:
    low, high = date(2021, 3, 1), date(2022, 2, 28)
    days = [p.written_date or p.published_date for p in policies]
    assert search(full, date_from=low, date_to=high).total == sum(bool(d and low <= d <= high) for d in days)
    assert search(full, date_from=low).total == sum(bool(d and low <= d) for d in days)
    assert search(full, date_to=high).total == sum(bool(d and d <= high) for d in days)


@pytest.mark.parametrize("sort", ["written", "published", "first_seen", "relevance"])
@pytest.mark.parametrize("order", ["desc", "asc"])
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_a_cursor_walks_every_document_once(
    full: TantivyEngine, policies: list[Policy], sort: Sort, order: Order, limit: int
) -> None:
    reader, cursor, walked = full.reader(), None, list[str]()
    for _ in range(len(policies) + 1):
        page = reader.search(SearchRequest(sort=sort, order=order, limit=limit, cursor=cursor))
        assert page.total == len(policies)
        walked += [hit.id for hit in page.hits]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(walked) == sorted(p.id for p in policies)
    if sort in ("written", "published"):
        by_id = {p.id: p for p in policies}
        days = [getattr(by_id[i], f"{sort}_date") for i in walked]
        known = [d for d in days if d]
        assert known == sorted(known, reverse=order == "desc")
        assert days[len(known) :] == [None] * (len(days) - len(known))


def test_documents_with_one_sort_key_are_never_torn_apart(engine: TantivyEngine) -> None:
    """Ids that agree in their first bits share a key; a page then holds a few more."""
    ids = {f"{0xABCDEF0123400000 + n:016x}" for n in range(6)}
    with engine.writer() as writer:
        for page in ids:
            writer.put(document(make_policy(1), id=page))
        writer.commit(1)
    reader, walked, cursor = engine.reader(), list[str](), None
    while True:
        page_found = reader.search(SearchRequest(sort="written", limit=2, cursor=cursor))
        walked += [hit.id for hit in page_found.hits]
        cursor = page_found.next_cursor
        if cursor is None:
            break
    assert sorted(walked) == sorted(ids)


def test_first_seen_sorts_by_the_second(engine: TantivyEngine) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with engine.writer() as writer:
        for n in range(20):
            writer.put(document(make_policy(n), first_seen=start + timedelta(seconds=(n * 7) % 20)))
        writer.commit(1)
    hits = search(engine, sort="first_seen").hits
    assert [hit.id for hit in hits] == [page_id(n) for n in sorted(range(20), key=lambda n: -((n * 7) % 20))]


@pytest.mark.parametrize(
    "fields",
    [
        {"filters": {"colour": ("red",)}},
        {"facets": ("colour",)},
        {"sort": "size"},
        {"order": "up"},
        {"limit": 201},
        {"limit": -1},
        {"offset": LAST_OFFSET + 1},
        {"cursor": "relevance.5", "offset": 5},
        {"cursor": "written.desc.5"},
        {"cursor": "nonsense"},
        {"cursor": f"written.desc.{1 << 64}", "sort": "written"},
        {"cursor": "written.desc.-5", "sort": "written"},
        {"cursor": "written.asc.5", "sort": "written"},
    ],
)
def test_requests_that_cannot_be_answered(full: TantivyEngine, fields: dict[str, object]) -> None:
    with pytest.raises(RequestError):
        search(full, **fields)


def test_a_commit_and_a_generation_are_seen_at_once(engine: TantivyEngine) -> None:
    with engine.writer() as writer:
        writer.put(document(make_policy(1)))
        writer.commit(1)
        reader = engine.reader()
        assert (reader.search(SearchRequest()).total, reader.applied_seq()) == (1, 1)
        for n in range(2, 6):
            writer.put(document(make_policy(n)))
            writer.commit(n)
            assert (reader.search(SearchRequest()).total, reader.applied_seq()) == (n, n)
    with engine.build() as build:
        build.put(document(make_policy(9)))
        build.commit(9)
        build.publish()
        assert (reader.search(SearchRequest()).total, reader.generation()) == (1, 2)


def test_pages_have_no_wall(full: TantivyEngine, policies: list[Policy]) -> None:
    last = search(full, "养老", limit=1, offset=search(full, "养老").total - 1)
    assert len(last.hits) == 1 and last.next_cursor is None
    beyond = search(full, "养老", limit=200, offset=LAST_OFFSET)
    assert (beyond.total, beyond.hits) == (last.total, ())


def test_level_and_year_decide_between_equals(engine: TantivyEngine) -> None:
    made = [("county", 2024), ("national", 2024), ("national", 2010), ("municipal", 2024)]
    with engine.writer() as writer:
        for n, (level, year) in enumerate(made):
            day = date(year, 3, 1)
            writer.put(document(make_policy(n, title="同名", text="同文"), level=level, written_date=day))
        writer.commit(1)
    hits = [hit.id for hit in search(engine, "同名").hits]
    assert hits == [page_id(n) for n in (1, 3, 2, 0)]


def test_monstrous_text_hurts_nobody(engine: TantivyEngine) -> None:
    """One word of 200,000 letters, a body of three million characters, a value of 70,000."""
    word = make_policy(1, text="开头词 " + "a" * 200_000 + " 结尾词 甲乙")
    body = make_policy(2, text="中" * 3_000_000, issuers=("x" * 70_000,), level="\x00", title="\x00\ud7ff题")
    with engine.writer() as writer:
        writer.put(document(word))
        writer.put(document(body))
        writer.commit(1)
    assert found(engine, '"结尾词 甲乙"') == {word.id}
    assert found(engine, "中中") == {body.id}
    assert search(engine, facets=FACETS).total == 2


def test_no_index_is_said_so(engine: TantivyEngine) -> None:
    with pytest.raises(IndexUnusableError, match="还没有索引"):
        search(engine)
