"""The normalise stage on real normalizers, real children and small pages of our own."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from index.document import index_document
from normalizers.failures import Failure
from normalizers.page import AttachmentLink, Hints, ListRow
from normalizers.policy import Attachment
from normalizers.version import EXTRACTOR_VERSION
from pipelines import schema as t
from pipelines.archive import ArchiveWriter
from pipelines.catalogue import Catalogue
from pipelines.changes import ChangeKind
from pipelines.config import Config, load_config
from pipelines.hiding import hide_policy
from pipelines.items import (
    AttachmentItem,
    ChannelRecord,
    Fetched,
    PageItem,
    PageState,
    SeenRow,
    SiteRecord,
)
from pipelines.normalize import NormalizeStage, StepReport
from pipelines.normalize_worker import OUT_OF_MEMORY, Normalizer, Setup
from pipelines.own_tables import OwnTables
from pipelines.pages import SiteLedger
from pipelines.policies import MAX_TRIES, load_stored, requeue_outdated, store_policies, take_work
from pipelines.runs import report_rows, start_run
from pipelines.work import ReadAttachment, WorkItem

pytestmark = pytest.mark.slow

NIGHT = date(2026, 3, 2)
AT = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
BASE = "http://yanshi.test:8147"
CHANNEL = "政策文件"
SITE = SiteRecord(
    id="yanshi",
    name="演示市人民政府",
    level="municipal",
    region="990100",
    platform="generic",
    base=BASE,
    channels=(ChannelRecord(CHANNEL, "policy"),),
)
HTML = """<!doctype html><html><head><meta charset="utf-8"><title>{title}-演示市人民政府</title>
<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="2026-02-01"></head><body>
<div class="article"><h1>{title}</h1><div class="TRS_Editor"><p>各县（区）人民政府，市政府各部门：</p>
<p>为做好演示工作，现就有关事项通知如下。</p><p>一、加强组织领导。{text}</p>
<p>二、落实工作责任。各部门要按照职责分工抓好落实，定期报告进展情况。</p>
<p style="text-align:right">演示市人民政府办公室</p><p style="text-align:right">2026年1月30日</p></div></div></body></html>"""


def html(number: int, text: str = "") -> bytes:
    return HTML.format(title=f"演示市人民政府办公室关于第{number}号演示事项的通知", text=text).encode()


@dataclass
class Crawl:
    """Stands where the crawl stands: archives bytes, then tells the catalogue."""

    catalogue: Catalogue
    config: Config
    run: int

    def ledger(self, night: date = NIGHT) -> SiteLedger:
        book = SiteLedger(self.catalogue, SITE, night, self.run, lambda: AT)
        book.open_site()
        return book

    def archived(self, url: str, body: bytes, kind: str = "text/html") -> Fetched:
        with ArchiveWriter(self.config.archive_folder, lambda: AT) as writer:
            ref = writer.write_response(url, 200, [("Content-Type", kind)], body, AT)
        digest = hashlib.sha256(body).hexdigest()
        return Fetched(url, url, 200, kind, "", "", AT, digest, len(body), ref)

    def bring(self, bodies: dict[str, bytes], links: tuple[AttachmentLink, ...] = ()) -> list[str]:
        """List and fetch pages; returns their ids."""
        book = self.ledger()
        rows = [SeenRow(ListRow(BASE + path, f"演示{path}", date(2026, 2, 1)), Hints()) for path in bodies]
        ids = []
        for verdict, (path, body) in zip(book.see_rows(CHANNEL, rows, 1), bodies.items(), strict=True):
            assert verdict.task is not None
            fetched = self.archived(BASE + path, body)
            item = PageItem(verdict.task.page_id, "yanshi", CHANNEL, fetched, Hints(), links)
            book.store_page(item)
            ids.append(verdict.task.page_id)
        return ids

    def bring_again(self, page_id: str, path: str, body: bytes) -> None:
        item = PageItem(page_id, "yanshi", CHANNEL, self.archived(BASE + path, body), Hints())
        self.ledger(NIGHT + timedelta(days=1)).store_page(item)

    def changes(self) -> list[tuple[str, str]]:
        with self.catalogue.read() as connection:
            query = select(t.change.c.page_id, t.change.c.kind).order_by(t.change.c.seq)
            return [(row.page_id, row.kind) for row in connection.execute(query)]

    def page(self, page_id: str) -> Any:
        with self.catalogue.read() as connection:
            return connection.execute(select(t.page).where(t.page.c.id == page_id)).one()

    def stage(self) -> NormalizeStage:
        return NormalizeStage(self.catalogue, self.config, lambda: AT, night=NIGHT, run=self.run)

    def normalise(self) -> StepReport:
        with self.stage() as stage:
            return stage.run_until_idle()


@pytest.fixture
def crawl(tmp_path: Path) -> Iterator[Crawl]:
    config = load_config({"data": str(tmp_path), "processes": "1"}, {})
    catalogue = Catalogue.open(config.catalogue_url)
    with catalogue.write() as connection:
        run = start_run(connection, "test", NIGHT, lambda: AT)
    yield Crawl(catalogue, config, run)
    catalogue.close()


def test_pages_become_policies_and_changes_once(crawl: Crawl) -> None:
    ids = crawl.bring({f"/zc/t{n}.html": html(n) for n in range(5)})
    report = crawl.normalise()
    assert (report.done, report.new, report.failed, report.idle) == (5, 5, 0, True)
    assert sorted(crawl.changes()) == sorted((i, ChangeKind.NEW) for i in ids)
    with crawl.catalogue.read() as connection:
        stored = load_stored(connection, ids)
        (row,) = report_rows(connection, crawl.run)
    assert stored[ids[3]].policy.title == "演示市人民政府办公室关于第3号演示事项的通知"
    assert stored[ids[3]].policy.channels == (CHANNEL,)
    assert "加强组织领导" in stored[ids[3]].policy.text
    assert (row.channel, row.values["new"]) == (CHANNEL, 5)
    assert crawl.page(ids[0]).state == PageState.NORMALISED
    assert crawl.normalise().done == 0


def test_an_edit_is_a_change_and_another_wrapping_is_none(crawl: Crawl) -> None:
    first, second = crawl.bring({"/zc/t1.html": html(1), "/zc/t2.html": html(2)})
    crawl.normalise()
    crawl.bring_again(first, "/zc/t1.html", html(1, "本条有修改。"))
    crawl.bring_again(second, "/zc/t2.html", html(2) + b"<!-- 10:31:07 -->")
    report = crawl.normalise()
    assert (report.done, report.changed, report.unchanged) == (2, 1, 1)
    assert crawl.changes()[2:] == [(first, ChangeKind.CHANGED)]


def test_what_is_no_page_is_a_named_failure(crawl: Crawl) -> None:
    (page_id,) = crawl.bring({"/zc/t1.html": b"\x00\x01\x02\x03" * 50})
    report = crawl.normalise()
    assert (report.done, report.failed) == (1, 1)
    row = crawl.page(page_id)
    assert row.state == PageState.FAILED
    assert Failure(row.failure) is not Failure.NORMALIZE_CRASHED
    assert crawl.changes() == []


def test_a_damaged_archive_is_a_named_failure_and_harms_no_other(crawl: Crawl) -> None:
    bad, good = crawl.bring({"/zc/t1.html": html(1), "/zc/t2.html": html(2)})
    path = crawl.config.archive_folder / crawl.page(bad).archive_file
    os.truncate(path, path.stat().st_size - 20)
    report = crawl.normalise()
    assert (report.new, report.failed) == (1, 1)
    assert crawl.page(bad).failure == Failure.ARCHIVE_DAMAGED
    assert path.name in crawl.page(bad).message
    assert crawl.page(good).state == PageState.NORMALISED


def test_an_annex_of_a_page_that_has_moved_is_one(crawl: Crawl) -> None:
    link = AttachmentLink(f"{BASE}/xin/fj1.txt", "演示附件.txt")
    markup = html(1, "</p><p><a href='fj1.txt'>演示附件.txt</a>")
    book = crawl.ledger()
    row = SeenRow(ListRow(f"{BASE}/zc/t1.html", "演示", date(2026, 2, 1)), Hints())
    (verdict,) = book.see_rows(CHANNEL, [row], 1)
    assert verdict.task is not None
    fetched = replace(crawl.archived(f"{BASE}/zc/t1.html", markup), final_url=f"{BASE}/xin/t1.html")
    page_id = verdict.task.page_id
    book.store_page(PageItem(page_id, "yanshi", CHANNEL, fetched, Hints(), (link,)))
    file = crawl.archived(link.url, "附件一：演示清单".encode())
    book.store_attachment(AttachmentItem(page_id, "yanshi", CHANNEL, link.url, file))
    assert crawl.normalise().new == 1
    with crawl.catalogue.read() as connection:
        policy = load_stored(connection, [page_id])[page_id].policy
    assert [(one.url, one.text) for one in policy.attachments] == [(link.url, "附件一：演示清单")]


def test_attachments_are_read_once_and_awaited(crawl: Crawl) -> None:
    link = AttachmentLink(f"{BASE}/zc/fj1.txt", "演示附件.txt")
    broken = AttachmentLink(f"{BASE}/zc/fj2.pdf", "演示附件2.pdf")
    (page_id,) = crawl.bring({"/zc/t1.html": html(1)}, (link, broken))
    assert crawl.normalise().done == 0  # the attachments are still to come
    book = crawl.ledger()
    for url, body in ((link.url, "附件一：演示清单".encode()), (broken.url, b"%PDF-1.7 broken")):
        book.store_attachment(AttachmentItem(page_id, "yanshi", CHANNEL, url, crawl.archived(url, body)))
    assert crawl.normalise().new == 1
    with crawl.catalogue.read() as connection:
        policy = load_stored(connection, [page_id])[page_id].policy
        rows = connection.execute(select(t.attachment).order_by(t.attachment.c.position)).all()
    assert policy.attachments[0].text == "附件一：演示清单"
    assert policy.attachments[1].failure == Failure.ATTACHMENT_DAMAGED
    assert [row.read_sha256 == row.sha256 for row in rows] == [True, True]
    # read before: the bytes of the attachments are not needed again
    crawl.bring_again(page_id, "/zc/t1.html", html(1, "修改。"))
    with crawl.catalogue.write() as connection:
        again = [
            {"page_id": page_id, "url": a.url, "position": n, "name": a.name, "state": "fetched"}
            | {"sha256": row.sha256, "archive_file": "gone.warc.gz", "archive_offset": 0, "archive_length": 1}
            | {c: getattr(row, c) for c in ("kind", "text", "failure", "reader", "read_sha256", "extractor")}
            for n, (a, row) in enumerate(zip((link, broken), rows, strict=True))
        ]
        connection.execute(t.attachment.delete())
        connection.execute(t.attachment.insert(), again)
    assert crawl.normalise().changed == 1
    with crawl.catalogue.read() as connection:
        policy = load_stored(connection, [page_id])[page_id].policy
    assert policy.attachments[0].text == "附件一：演示清单"


def test_a_reader_that_crashes_is_tried_three_times(crawl: Crawl) -> None:
    link = AttachmentLink(f"{BASE}/zc/fj1.txt", "演示附件.txt")
    (page_id,) = crawl.bring({"/zc/t1.html": html(1)}, (link,))
    fetched = crawl.archived(link.url, "演示清单".encode())
    crawl.ledger().store_attachment(AttachmentItem(page_id, "yanshi", CHANNEL, link.url, fetched))
    crash = Attachment(link.url, link.name, failure=Failure.ATTACHMENT_CRASHED)

    def take() -> WorkItem:
        with crawl.catalogue.write() as connection:
            connection.execute(t.page.update().values(state=PageState.FETCHED))
            return take_work(connection, 1)[0]

    setup = Setup(str(crawl.config.archive_folder), 2 << 30, 60, OwnTables())
    for tries in range(MAX_TRIES):
        item = take()
        assert (item.attachments[0].read, item.attachments[0].tries) == (None, tries)
        worker = Normalizer(setup)
        outcome = worker.normalize(item)
        worker.close()
        assert outcome.made is not None
        assert [(r.attachment.text, r.tries) for r in outcome.read] == [("演示清单", 0)]
        reads = [ReadAttachment(link.url, fetched.sha256, crash, "", item.attachments[0].tries + 1)]
        with crawl.catalogue.write() as connection:
            store_policies(connection, [(item, outcome.made, reads)], night=NIGHT, at=AT, run=crawl.run)
    assert take().attachments[0].read == crash
    with crawl.catalogue.write() as connection:
        connection.execute(t.attachment.update().values(extractor=EXTRACTOR_VERSION - 1))
    assert take().attachments[0].tries == 0  # another version tries anew


def test_a_list_row_that_is_a_file_is_a_page(crawl: Crawl) -> None:
    body = b"{\\rtf1\\ansi \\u28436?\\u31034?\\u25991?\\u20214?}"
    (page_id,) = crawl.bring({"/zc/%E6%BC%94%E7%A4%BA.rtf": body})
    assert crawl.normalise().new == 1
    with crawl.catalogue.read() as connection:
        policy = load_stored(connection, [page_id])[page_id].policy
    assert "演示文件" in policy.text


def test_withdrawn_and_restored_pages_are_changes_once(crawl: Crawl) -> None:
    (page_id,) = crawl.bring({"/zc/t1.html": html(1)})
    crawl.normalise()
    for vanished, kind in ((NIGHT, ChangeKind.VANISHED), (None, ChangeKind.RESTORED)):
        with crawl.catalogue.write() as connection:
            connection.execute(t.page.update().values(vanished_night=vanished))
        report = crawl.normalise()
        assert (report.vanished, report.restored) == (int(vanished is not None), int(vanished is None))
        assert crawl.normalise().vanished == 0
        assert crawl.changes()[-1] == (page_id, kind)
    assert len(crawl.changes()) == 3


def test_what_is_hidden_stays_hidden_whatever_its_page_does(crawl: Crawl) -> None:
    (page_id,) = crawl.bring({"/zc/t1.html": html(1)})
    crawl.normalise()
    with crawl.catalogue.write() as connection:
        hide_policy(connection, page_id, "含个人信息", AT)
    crawl.bring_again(page_id, "/zc/t1.html", html(1, "本条有修改。"))
    assert crawl.normalise().changed == 1
    for vanished in (NIGHT, None):
        with crawl.catalogue.write() as connection:
            connection.execute(t.page.update().values(vanished_night=vanished))
        crawl.normalise()
    with crawl.catalogue.write() as connection:
        connection.execute(t.policy.update().values(extractor=EXTRACTOR_VERSION - 1))
        assert requeue_outdated(connection) == 1
    assert crawl.normalise().done == 1
    with crawl.catalogue.read() as connection:
        stored = load_stored(connection, [page_id])[page_id]
    assert "本条有修改" in stored.policy.text
    assert stored.hidden == "含个人信息"
    assert index_document(stored) is None


def children() -> list[int]:
    """The pids of the normalise children of this process."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            command = path.with_name("cmdline").read_bytes()
        except (OSError, ProcessLookupError):
            continue
        if parent == os.getpid() and b"pipelines.normalize_worker" in command:
            found.append(int(path.parent.name))
    return found


def test_a_killed_child_costs_nothing(crawl: Crawl) -> None:
    ids = crawl.bring({f"/zc/t{n}.html": html(n) for n in range(80)})
    total = StepReport()
    with crawl.stage() as stage:
        for _ in range(3):
            # Children need a second and more to be ready on a loaded machine.
            any(stage.step(0.05).done for _ in range(600))
            for pid in children():
                os.kill(pid, signal.SIGKILL)
        total = stage.run_until_idle()
    assert total.idle
    assert total.failed == 0
    assert Counter(crawl.changes()) == Counter((i, ChangeKind.NEW) for i in ids)


def test_a_page_that_always_kills_its_child_is_named(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real limit: with one second of CPU, a page that needs more ends its child by SIGXCPU."""
    monkeypatch.setattr("pipelines.normalize.CPU_SECONDS", -1)
    heavy = b"<html><body>" + b"".join(b"<div><p>%d</p>" % n for n in range(3_000_000)) + b"</body></html>"
    (page_id,) = crawl.bring({"/zc/t1.html": heavy})
    report = crawl.normalise()
    assert report.failed == 1
    row = crawl.page(page_id)
    assert row.failure == Failure.NORMALIZE_CRASHED
    assert "SIGXCPU" in row.message


def test_memory_has_a_limit(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.normalize.MEMORY_BYTES", 200 << 20)
    big = b"<html><body>" + b"x" * (80 << 20) + b"</body></html>"
    bad, good = crawl.bring({"/zc/t1.html": big, "/zc/t2.html": html(2)})
    report = crawl.normalise()
    assert (report.new, report.failed) == (1, 1)
    assert crawl.page(bad).failure == Failure.NORMALIZE_CRASHED
    assert f"退出码 {OUT_OF_MEMORY}" in crawl.page(bad).message
    assert crawl.page(good).state == PageState.NORMALISED


def test_kill_of_the_whole_program_and_another_start(crawl: Crawl) -> None:
    ids = crawl.bring({f"/zc/t{n}.html": html(n) for n in range(120)})
    command = [sys.executable, "-m", "zhengce", "--data", str(crawl.config.data), "normalize"]
    for pause in (1.2, 1.5, 1.8):
        program = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
        time.sleep(pause)
        program.kill()
        program.wait()
    report = crawl.normalise()
    assert report.failed == 0
    assert Counter(crawl.changes()) == Counter((i, ChangeKind.NEW) for i in ids)
    assert crawl.page(ids[0]).state == PageState.NORMALISED


def test_newer_bytes_that_come_meanwhile_stay_in_the_queue(crawl: Crawl) -> None:
    (page_id,) = crawl.bring({"/zc/t1.html": html(1)})
    with crawl.stage() as stage:
        stage.step(0.0)  # taken and handed out
        crawl.bring_again(page_id, "/zc/t1.html", html(1, "更新的内容。"))
        stage.run_until_idle()
    with crawl.catalogue.read() as connection:
        policy = load_stored(connection, [page_id])[page_id].policy
    assert "更新的内容" in policy.text
    assert crawl.changes() == [(page_id, ChangeKind.NEW), (page_id, ChangeKind.CHANGED)]
