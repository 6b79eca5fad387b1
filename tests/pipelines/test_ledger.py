"""The ledger of one site: what is asked, what is left alone, what an interruption leaves behind."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from normalizers.failures import Failure
from normalizers.page import AttachmentLink, Hints, ListRow
from normalizers.version import EXTRACTOR_VERSION
from pipelines import policies
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.items import (
    ArchiveRef,
    AttachmentItem,
    ChannelRecord,
    FailureItem,
    Fetched,
    NotModifiedItem,
    PageItem,
    PageState,
    SeenRow,
    SiteRecord,
    Verdict,
)
from pipelines.pages import SiteLedger
from pipelines.policies import requeue_outdated, store_normalize_failure, store_policies, take_work
from pipelines.rechecks import next_check
from pipelines.work import Normalised

NIGHT = date(2026, 3, 2)
BASE = "http://yanshi.test:8147"
SITE = SiteRecord(
    id="yanshi",
    name="演示市人民政府",
    level="municipal",
    region="990100",
    platform="trs",
    base=BASE,
    channels=(ChannelRecord("政策文件", "policy"), ChannelRecord("通知公告", "notice")),
)

MADE = Normalised(b"{}", "0" * 64, "演示通知1", None, None, None, "policy")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(f"sqlite:///{tmp_path / 'c.sqlite'}")
    yield opened
    opened.close()


def ledger(catalogue: Catalogue, night: date = NIGHT, run: int = 1) -> SiteLedger:
    moment = datetime(night.year, night.month, night.day, tzinfo=UTC)
    book = SiteLedger(catalogue, SITE, night, run, lambda: moment)
    book.open_site()
    return book


def seen(number: int, *, title: str = "", day: date | None = None) -> SeenRow:
    row = ListRow(f"{BASE}/zc/t{number}.html", title or f"演示通知{number}", day or date(2026, 2, 1))
    return SeenRow(row, Hints())


def fetched(url: str, sha: str = "a" * 64, etag: str = '"1"') -> Fetched:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    ref = ArchiveRef("x.warc.gz", 10, 20)
    return Fetched(url, url, 200, "text/html", etag, "", moment, sha, 10, ref)


def take(book: SiteLedger, task: Any, sha: str = "a" * 64, links: tuple[AttachmentLink, ...] = ()) -> Any:
    item = PageItem(task.page_id, "yanshi", task.channel, fetched(task.url, sha), task.hints, links)
    return book.store_page(item)


def page(catalogue: Catalogue, page_id: str) -> Any:
    with catalogue.read() as connection:
        return connection.execute(select(t.page).where(t.page.c.id == page_id)).one()


def mark_normalised(catalogue: Catalogue) -> None:
    with catalogue.write() as connection:
        connection.execute(
            t.page.update().where(t.page.c.state == PageState.FETCHED).values(state=PageState.NORMALISED)
        )


@pytest.mark.parametrize(
    ("age", "expected"),
    [(0, 1), (1, 3), (2, 3), (3, 7), (14, 30), (59, 60), (60, 120), (119, 120), (120, 240), (500, 960)],
)
def test_next_check_is_the_next_age_of_the_ladder(age: int, expected: int) -> None:
    assert next_check(NIGHT - timedelta(days=age), NIGHT) == NIGHT + timedelta(days=expected - age)


def test_a_row_is_new_then_seen_then_known(catalogue: Catalogue) -> None:
    book = ledger(catalogue)
    first = book.see_rows("政策文件", [seen(1), seen(2)], 1)
    assert [v.verdict for v in first] == [Verdict.NEW, Verdict.NEW]
    assert first[0].task is not None
    again = book.see_rows("政策文件", [seen(1)], 1)
    assert again[0].verdict is Verdict.SEEN
    book.finish_walk("政策文件", complete=True)
    later = ledger(catalogue, NIGHT + timedelta(days=1))
    assert later.channel_state("政策文件").complete
    assert later.see_rows("政策文件", [seen(1)], 1)[0].verdict is Verdict.KNOWN


def test_every_spelling_of_an_address_is_one_page(catalogue: Catalogue) -> None:
    book = ledger(catalogue)
    row = ListRow("https://yanshi.test:8147/zc/a/index.html", "演示", date(2026, 2, 1))
    other = ListRow("http://YANSHI.test:8147/zc/a/#top", "演示", date(2026, 2, 1))
    verdicts = book.see_rows("政策文件", [SeenRow(row, Hints()), SeenRow(other, Hints())], 1)
    assert [v.verdict for v in verdicts] == [Verdict.NEW, Verdict.SEEN]


def test_a_changed_row_is_asked_again_conditionally(catalogue: Catalogue) -> None:
    book = ledger(catalogue)
    task = book.see_rows("政策文件", [seen(1)], 1)[0].task
    take(book, task)
    book.finish_walk("政策文件", complete=True)
    later = ledger(catalogue, NIGHT + timedelta(days=1))
    verdict = later.see_rows("政策文件", [seen(1, title="演示通知（修订）")], 1)[0]
    assert verdict.verdict is Verdict.CHANGED
    assert verdict.task is not None and verdict.task.etag == '"1"' and verdict.task.recheck


def test_an_interrupted_first_pass_leaves_its_work_behind(catalogue: Catalogue) -> None:
    book = ledger(catalogue)
    book.see_rows("政策文件", [seen(1), seen(2)], 1)
    book.see_rows("政策文件", [seen(3)], 2)
    resumed = ledger(catalogue, run=2)
    state = resumed.channel_state("政策文件")
    assert not state.complete and state.backfill_page == 3
    assert {task.row.title for task in resumed.pending_pages(10)} == {"演示通知1", "演示通知2", "演示通知3"}


def test_a_page_waits_for_its_attachments(catalogue: Catalogue) -> None:
    book = ledger(catalogue)
    task = book.see_rows("政策文件", [seen(1)], 1)[0].task
    assert task is not None
    tasks = take(book, task, links=(AttachmentLink(f"{BASE}/a.pdf", "附件1"),))
    assert [a.url for a in tasks] == [f"{BASE}/a.pdf"]
    assert [a.url for a in ledger(catalogue, run=2).pending_attachments(9)] == [f"{BASE}/a.pdf"]
    book.store_attachment(
        AttachmentItem(task.page_id, "yanshi", "政策文件", f"{BASE}/a.pdf", fetched(f"{BASE}/a.pdf"))
    )
    assert ledger(catalogue, run=2).pending_attachments(9) == []


def test_a_page_is_due_at_its_age_and_only_once_a_night(catalogue: Catalogue) -> None:
    book = ledger(catalogue)
    rows = [seen(1, day=NIGHT - timedelta(days=6)), seen(2, day=NIGHT - timedelta(days=5))]
    for verdict in book.see_rows("政策文件", rows, 1):
        take(book, verdict.task)
    mark_normalised(catalogue)
    tomorrow = ledger(catalogue, NIGHT + timedelta(days=1))
    due = tomorrow.due_rechecks()
    assert [task.row.title for task in due] == ["演示通知1"]
    assert due[0].etag == '"1"'
    tomorrow.store_not_modified(NotModifiedItem(due[0].page_id, "yanshi", "政策文件"))
    assert tomorrow.due_rechecks() == []


def test_a_page_gone_on_two_nights_has_vanished_and_may_come_back(catalogue: Catalogue) -> None:
    task = ledger(catalogue).see_rows("政策文件", [seen(1)], 1)[0].task
    assert task is not None
    take(ledger(catalogue), task)
    mark_normalised(catalogue)
    gone = FailureItem(task.page_id, "yanshi", "政策文件", Failure.NOT_FOUND, "404")
    first = ledger(catalogue, NIGHT + timedelta(days=1))
    assert first.store_failure(gone) is False
    assert first.store_failure(gone) is False, "a second 404 in the same night is no second night"
    second = ledger(catalogue, NIGHT + timedelta(days=2))
    assert [due.page_id for due in second.due_rechecks()] == [task.page_id]
    assert second.store_failure(gone) is True
    assert page(catalogue, task.page_id).vanished_night == NIGHT + timedelta(days=2)
    third = ledger(catalogue, NIGHT + timedelta(days=3))
    take(third, task)
    assert page(catalogue, task.page_id).vanished_night is None


def test_a_server_error_takes_nothing_away(catalogue: Catalogue) -> None:
    task = ledger(catalogue).see_rows("政策文件", [seen(1)], 1)[0].task
    assert task is not None
    take(ledger(catalogue), task)
    mark_normalised(catalogue)
    later = ledger(catalogue, NIGHT + timedelta(days=1))
    later.store_failure(FailureItem(task.page_id, "yanshi", "政策文件", Failure.HTTP_5XX, "502"))
    row = page(catalogue, task.page_id)
    assert row.state == PageState.NORMALISED and row.next_check == NIGHT + timedelta(days=2)


def test_missing_in_two_deep_passes_is_vanished(catalogue: Catalogue) -> None:
    book = ledger(catalogue)
    tasks = [v.task for v in book.see_rows("政策文件", [seen(1), seen(2)], 1)]
    for task in tasks:
        take(book, task)
    mark_normalised(catalogue)
    book.finish_walk("政策文件", complete=True)
    for week, expected in ((1, None), (2, NIGHT + timedelta(days=14))):
        night = NIGHT + timedelta(days=7 * week)
        deep = ledger(catalogue, night)
        assert deep.channel_state("政策文件").deep_due
        deep.see_rows("政策文件", [seen(1)], 1, deep=True)
        deep.finish_walk("政策文件", complete=True, deep=True)
        assert page(catalogue, tasks[1].page_id).vanished_night == expected
    assert page(catalogue, tasks[0].page_id).vanished_night is None


def test_an_off_site_row_is_recorded_and_adopted_by_its_owner(catalogue: Catalogue) -> None:
    book = ledger(catalogue)
    row = ListRow("http://linjie.test:8147/zc/1.html", "演示邻县通知", date(2026, 2, 1))
    verdict = book.see_rows("政策文件", [SeenRow(row, Hints(), off_site=True)], 1)[0]
    assert verdict.verdict is Verdict.OFF_SITE and verdict.task is None
    assert book.pending_pages(9) == []
    owner = SiteLedger(
        catalogue,
        SiteRecord("linjie", "演示邻县", "county", None, "trs", "http://linjie.test:8147", SITE.channels),
        NIGHT,
        1,
        lambda: datetime(2026, 3, 2, tzinfo=UTC),
    )
    owner.open_site()
    adopted = owner.see_rows("通知公告", [SeenRow(row, Hints())], 1)[0]
    assert adopted.verdict is Verdict.NEW
    assert page(catalogue, adopted.task.page_id).site == "linjie"


def test_a_page_queued_again_while_it_is_read_stays_queued(catalogue: Catalogue) -> None:
    book = ledger(catalogue)
    task = book.see_rows("政策文件", [seen(1)], 1)[0].task
    take(book, task)
    with catalogue.read() as connection:
        (item,) = take_work(connection, 1)
    book.see_rows("通知公告", [seen(1)], 1)
    with catalogue.write() as connection:
        store_policies(
            connection, [(item, MADE, ())], night=NIGHT, at=datetime(2026, 3, 2, tzinfo=UTC), run=1
        )
    with catalogue.read() as connection:
        (again,) = take_work(connection, 1)
    assert item.context.channels == ("政策文件",)
    assert again.context.channels == ("政策文件", "通知公告")


@pytest.mark.parametrize("readable", [True, False])
def test_another_extractor_version_reads_again(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, readable: bool
) -> None:
    book = ledger(catalogue)
    take(book, book.see_rows("政策文件", [seen(1)], 1)[0].task)
    with catalogue.write() as connection:
        (item,) = take_work(connection, 1)
        if readable:
            store_policies(
                connection, [(item, MADE, ())], night=NIGHT, at=datetime(2026, 3, 2, tzinfo=UTC), run=1
            )
        else:
            store_normalize_failure(connection, item, Failure.BODY_EMPTY, "没有正文")
        assert requeue_outdated(connection) == 0
        monkeypatch.setattr(policies, "EXTRACTOR_VERSION", EXTRACTOR_VERSION + 1)
        assert requeue_outdated(connection) == 1
        assert [w.page_id for w in take_work(connection, 9)] == [item.page_id]


@pytest.mark.parametrize(
    ("failure", "again"),
    [(Failure.TIMEOUT, True), (Failure.CONNECTION_FAILED, True), (Failure.NOT_FOUND, False)],
)
def test_an_attachment_that_met_passing_trouble_is_asked_the_next_night(
    catalogue: Catalogue, failure: Failure, again: bool
) -> None:
    book = ledger(catalogue)
    task = book.see_rows("政策文件", [seen(1, day=NIGHT - timedelta(days=400))], 1)[0].task
    assert task is not None
    annex = f"{BASE}/a.pdf"
    take(book, task, links=(AttachmentLink(annex, "附件1"),))
    book.store_failure(FailureItem(task.page_id, "yanshi", "政策文件", failure, "", attachment=annex))
    mark_normalised(catalogue)
    tomorrow = ledger(catalogue, NIGHT + timedelta(days=1))
    assert bool(tomorrow.due_rechecks()) is again
    retried = tomorrow.store_not_modified(NotModifiedItem(task.page_id, "yanshi", "政策文件"))
    assert [a.url for a in retried] == [annex]
