"""How far a list is walked: ordinary nights, first passes, deep passes, and lists that misbehave."""

from collections.abc import Sequence

import pytest

from crawlers.platforms.base import ListPage
from crawlers.platforms.list_requests import ListRequest, Paging
from crawlers.walk import STOP_AFTER, End, Walk
from normalizers.failures import Failure
from normalizers.page import ListRow
from pipelines.items import ChannelState, FirstPage, Verdict

NEW, KNOWN, SEEN, OFF = Verdict.NEW, Verdict.KNOWN, Verdict.SEEN, Verdict.OFF_SITE
BASE = "https://www.yanshi.gov.cn/zcwj/"


def state(
    *,
    complete: bool,
    deep: bool = False,
    backfill: int = 1,
    deep_page: int = 1,
    known: int = 0,
    source: str = "",
) -> ChannelState:
    return ChannelState(complete, backfill, deep, deep_page, FirstPage(source=source), known)


def rows(page: int, count: int, pinned: int = 0) -> list[ListRow]:
    return [ListRow(f"{BASE}{page}-{n}.html", f"演示 {page} {n}", pinned=n < pinned) for n in range(count)]


def paged(page: int, count: int = 15, pages: int | None = 9, pinned: int = 0) -> ListPage:
    paging = Paging(BASE + "index_{n}.html", -1)
    return ListPage(tuple(rows(page, count, pinned)), paging, pages=pages)


def take(walk: Walk, number: int, page: ListPage, verdicts: Sequence[Verdict]) -> ListRequest | None:
    return walk.take(page, number, page.rows, verdicts)


def test_an_ordinary_night_stops_after_fifteen_known_rows() -> None:
    walk = Walk("政策文件", state(complete=True))
    following = take(walk, 1, paged(1), [NEW] + [KNOWN] * 14)
    assert following == ListRequest(BASE + "index_1.html", 2) and walk.end is None
    assert take(walk, 2, paged(2), [KNOWN] + [NEW] * 14) is None
    assert walk.end is End.FINISHED and walk.failure is None


def test_news_starts_the_count_again() -> None:
    walk = Walk("政策文件", state(complete=True))
    assert take(walk, 1, paged(1, 20), [KNOWN] * 10 + [Verdict.CHANGED] + [KNOWN] * 9) is not None
    assert take(walk, 2, paged(2, 20), [KNOWN] * 20) is None


@pytest.mark.parametrize("neutral", [SEEN, Verdict.RELISTED])
def test_rows_of_an_unfinished_walk_do_not_count(neutral: Verdict) -> None:
    walk = Walk("政策文件", state(complete=True))
    assert take(walk, 1, paged(1, 20), [neutral] * 20) is not None


def test_pins_and_off_site_rows_neither_count_nor_interrupt() -> None:
    walk = Walk("政策文件", state(complete=True))
    page = paged(1, 17, pinned=2)
    assert take(walk, 1, page, [KNOWN, KNOWN] + [KNOWN] * 7 + [OFF] + [KNOWN] * 7) is not None
    assert walk.known == 14
    assert take(walk, 2, paged(2), [KNOWN] * 15) is None and walk.longest >= STOP_AFTER


def test_a_new_pin_does_not_keep_the_walk_going() -> None:
    walk = Walk("政策文件", state(complete=True))
    assert take(walk, 1, paged(1, 16, pinned=1), [NEW] + [KNOWN] * 15) is None and walk.end is End.FINISHED


def test_a_first_pass_walks_to_the_declared_end() -> None:
    walk = Walk("政策文件", state(complete=False))
    assert take(walk, 1, paged(1, pages=3), [KNOWN] * 15) is not None
    assert take(walk, 2, paged(2, pages=None), [NEW] * 15) is not None
    assert take(walk, 3, paged(3, pages=None), [NEW] * 15) is None and walk.end is End.FINISHED


def test_an_interrupted_first_pass_goes_on_one_page_before_its_page() -> None:
    walk = Walk("政策文件", state(complete=False, backfill=6))
    assert take(walk, 1, paged(1, 20), [NEW] * 6 + [SEEN] * 14) == ListRequest(BASE + "index_1.html", 2)
    assert take(walk, 2, paged(2, 20), [SEEN] * 20) == ListRequest(BASE + "index_4.html", 5)


def test_a_deep_pass_is_not_stopped_by_known_rows_and_resumes() -> None:
    walk = Walk("政策文件", state(complete=True, deep=True, deep_page=4))
    assert not walk.conditional
    assert take(walk, 1, paged(1), [KNOWN] * 15) == ListRequest(BASE + "index_1.html", 2)
    assert take(walk, 2, paged(2), [KNOWN] * 15) == ListRequest(BASE + "index_2.html", 3)
    assert take(walk, 3, paged(3), [KNOWN] * 15) == ListRequest(BASE + "index_3.html", 4)


def test_a_resumed_walk_learns_how_pages_are_numbered_before_it_skips_any() -> None:
    walk = Walk("政策文件", state(complete=True, deep=True, deep_page=7))
    assert take(walk, 1, paged(1), [KNOWN] * 15) == ListRequest(BASE + "index_1.html", 2)
    assert walk.lost(2, Failure.NOT_FOUND) == ListRequest(BASE + "index_2.html", 2)
    assert take(walk, 2, paged(2), [KNOWN] * 15) == ListRequest(BASE + "index_6.html", 6)


def test_a_list_that_ignores_the_page_number_ends_by_name() -> None:
    walk = Walk("政策文件", state(complete=False))
    assert take(walk, 1, paged(1), [NEW] * 15) is not None
    assert take(walk, 2, paged(1), [SEEN] * 15) == ListRequest(BASE + "index_2.html", 2)
    assert take(walk, 2, paged(1), [SEEN] * 15) is None
    assert (walk.end, walk.failure) == (End.FINISHED, Failure.LIST_REPEATS)


def test_empty_lists() -> None:
    first = Walk("政策文件", state(complete=False))
    assert take(first, 1, ListPage(failure=Failure.LIST_SHELL), []) is None
    assert (first.end, first.failure) == (End.FAILED, Failure.LIST_SHELL)
    later = Walk("政策文件", state(complete=False))
    take(later, 1, paged(1), [NEW] * 15)
    assert take(later, 2, ListPage(failure=Failure.LIST_EMPTY), []) is None and later.end is End.FINISHED
    declared = Walk("政策文件", state(complete=False))
    take(declared, 1, ListPage(total=0, failure=Failure.LIST_EMPTY), [])
    assert declared.end is End.FINISHED
    emptied = Walk("政策文件", state(complete=True, known=40))
    take(emptied, 1, ListPage(total=0, failure=Failure.LIST_EMPTY), [])
    assert emptied.end is End.FAILED


@pytest.mark.parametrize(
    ("number", "failure", "deep", "end"),
    [
        (3, Failure.NOT_FOUND, False, End.FINISHED),
        (3, Failure.NOT_FOUND, True, End.FAILED),
        (3, Failure.HTTP_5XX, False, End.FAILED),
        (1, Failure.NOT_FOUND, False, End.FAILED),
    ],
)
def test_a_page_that_cannot_be_had(number: int, failure: Failure, deep: bool, end: End) -> None:
    walk = Walk("政策文件", state(complete=True, deep=deep))
    walk.lost(number, failure)
    assert walk.end is end


def test_only_the_following_page_is_known() -> None:
    walk = Walk("政策文件", state(complete=False, backfill=9))
    page = ListPage(tuple(rows(1, 20)), next=ListRequest(BASE + "2.html"))
    assert take(walk, 1, page, [SEEN] * 20) == ListRequest(BASE + "2.html", 2)


def test_a_shell_leads_to_its_source_which_then_counts_the_pages() -> None:
    walk = Walk("政策文件", state(complete=False))
    source = Paging(BASE + "api", 0, 15, json='{"page":{n}}')
    shell = ListPage(source=source, failure=Failure.LIST_SHELL)
    asked = walk.hop(shell, ListRequest(BASE))
    assert asked == ListRequest(BASE + "api", 1, json='{"page":1}')
    answer = ListPage(tuple(rows(1, 15)), total=31)
    assert walk.hop(answer, asked) is None
    assert take(walk, 1, answer, [NEW] * 15) == ListRequest(BASE + "api", 2, json='{"page":2}')
    assert take(walk, 2, ListPage(tuple(rows(2, 15))), [NEW] * 15) == source.request(3)
    assert take(walk, 3, ListPage(tuple(rows(3, 1))), [NEW]) is None and walk.end is End.FINISHED


def test_a_source_of_one_address_has_no_further_pages() -> None:
    walk = Walk("政策文件", state(complete=False))
    frame = ListPage(source=Paging(BASE + "frame.html"))
    assert walk.hop(frame, ListRequest(BASE)) == ListRequest(BASE + "frame.html")
    assert take(walk, 1, ListPage(tuple(rows(1, 15))), [NEW] * 15) is None and walk.end is End.FINISHED


def test_shells_that_lead_in_a_circle_end() -> None:
    walk = Walk("政策文件", state(complete=False))
    assert walk.hop(ListPage(source=Paging(BASE)), ListRequest(BASE)) is None
    posted = Paging(BASE, form={"page": "{n}"})
    assert walk.hop(ListPage(source=posted), posted.request(1)) is None
    places = [
        walk.hop(ListPage(source=Paging(f"{BASE}{turn % 2}")), ListRequest(f"{BASE}{1 - turn % 2}"))
        for turn in range(5)
    ]
    assert [place is None for place in places] == [False, False, False, True, True]


def test_a_page_numbered_downwards_is_asked_from_the_last_number() -> None:
    paging = Paging(BASE + "tzgg/{n}.htm", last=60)
    assert [paging.request(page).url for page in (2, 60)] == [BASE + "tzgg/59.htm", BASE + "tzgg/1.htm"]
    assert paging.number(BASE + "tzgg/59.htm") == 2


def test_the_source_of_a_shell_is_remembered_and_forgotten_where_it_leads_nowhere() -> None:
    first = Walk("政策文件", state(complete=False))
    source = Paging(BASE + "api?page={n}", 0, 15)
    column = ListRequest(BASE)
    assert first.begin(column) is column
    first.hop(ListPage(source=source), column)
    first.first = FirstPage(BASE + "api?page=1", "etag")
    memory = first.memory()
    assert (memory.url, memory.etag) == (BASE + "api?page=1", "etag")
    ordinary = Walk("政策文件", state(complete=True, source=memory.source))
    assert ordinary.begin(column) == source.request(1) and ordinary.remembered
    assert ordinary.memory().source == memory.source
    ordinary.forget()
    assert not ordinary.remembered and ordinary.memory().source == ""
    assert Walk("政策文件", state(complete=True, deep=True, source=memory.source)).begin(column) is column
    assert Walk("政策文件", state(complete=True, source='{"of":"another version"')).begin(column) is column


@pytest.mark.parametrize("second", ["missing", "page 1 again"])
def test_page_two_is_asked_under_its_other_number_once(second: str) -> None:
    walk = Walk("政策文件", state(complete=False))
    assert take(walk, 1, paged(1), [NEW] * 15) == ListRequest(BASE + "index_1.html", 2)
    missing = second == "missing"
    other = walk.lost(2, Failure.NOT_FOUND) if missing else take(walk, 2, paged(1), [SEEN] * 15)
    assert other == ListRequest(BASE + "index_2.html", 2) and walk.end is None
    assert take(walk, 2, paged(2), [NEW] * 15) == ListRequest(BASE + "index_3.html", 3)


def test_a_second_page_missing_under_both_numbers_ends_the_walk() -> None:
    walk = Walk("政策文件", state(complete=False))
    take(walk, 1, paged(1), [NEW] * 15)
    assert walk.lost(2, Failure.NOT_FOUND) is not None and walk.lost(2, Failure.NOT_FOUND) is None
    assert walk.end is End.FINISHED


def test_an_answer_that_is_no_list_leaves_the_walk_to_be_resumed() -> None:
    walk = Walk("政策文件", state(complete=False))
    assert take(walk, 1, paged(1), [NEW] * 15) is not None
    assert take(walk, 2, ListPage(failure=Failure.LIST_UNREADABLE), []) is None
    assert (walk.end, walk.failure) == (End.FAILED, Failure.LIST_UNREADABLE)
