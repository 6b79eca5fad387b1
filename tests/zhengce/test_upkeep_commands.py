"""The commands an operator uses: what they say and the code they exit with."""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, select, text, update

from normalizers.page import Hints, ListRow
from pipelines import schema as t
from pipelines.archive import ArchiveWriter, archive_files
from pipelines.catalogue import Catalogue
from pipelines.clock import system_clock
from pipelines.items import ChannelRecord, Fetched, PageItem, SeenRow, SiteRecord
from pipelines.lock import NightLock
from pipelines.pages import SiteLedger
from pipelines.runs import finish_run, start_run
from zhengce.cli import cli

pytestmark = pytest.mark.slow

NIGHT = date(2026, 3, 2)
AT = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
BASE = "http://yanshi.test:8147"
SITE = SiteRecord(
    id="yanshi",
    name="演示市人民政府",
    level="municipal",
    region="990100",
    platform="generic",
    base=BASE,
    channels=(ChannelRecord("政策文件", "policy"),),
)
HTML = """<!doctype html><meta charset="utf-8"><title>演示市关于第{n}号事项的通知</title><body>
<h1>演示市关于第{n}号事项的通知</h1><div class="TRS_Editor"><p>各有关单位：</p><p>现将第{n}号演示事项通知如下，
请认真贯彻执行。</p><p>一、加强组织领导，落实工作责任。</p><p>演示市人民政府</p><p>2026年1月30日</p></div></body>"""
SITE_FILE = """
name = "演示市人民政府"
level = "municipal"
region = "990100"
platform = "trs"
base = "https://www.yanshi.gov.cn/"
observed = "2026-04, list markup seen in public code"

[[channel]]
name = "政策文件"
type = "policy"
list = "/zwgk/zcwj/"
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "yanshi.toml").write_text(SITE_FILE, encoding="utf-8")
    return tmp_path / "data"


@pytest.fixture
def catalogue(data: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    yield opened
    opened.close()


def run(data: Path, *arguments: str) -> Result:
    common = ["--data", str(data), "--sites-folder", str(data.parent / "sites"), "--contact", "a@example.org"]
    return CliRunner().invoke(cli, [*common, *arguments], catch_exceptions=False)


def fetch(catalogue: Catalogue, data: Path, bodies: list[bytes]) -> int:
    """A small crawl: archived pages that wait to be normalised, and its report."""
    with catalogue.write() as connection:
        number = start_run(connection, "nightly", NIGHT, lambda: AT)
    book = SiteLedger(catalogue, SITE, NIGHT, number, lambda: AT)
    book.open_site()
    rows = [SeenRow(ListRow(f"{BASE}/zc/t{n}.html", "演示", NIGHT), Hints()) for n in range(len(bodies))]
    with ArchiveWriter(data / "archive", lambda: AT) as writer:
        for verdict, body in zip(book.see_rows("政策文件", rows, 1), bodies, strict=True):
            assert verdict.task is not None
            url = verdict.task.url
            ref = writer.write_response(url, 200, [], body, AT)
            digest = hashlib.sha256(body).hexdigest()
            fetched = Fetched(url, url, 200, "text/html", "", "", AT, digest, len(body), ref)
            book.store_page(PageItem(verdict.task.page_id, "yanshi", "政策文件", fetched, Hints()))
    failures = {"timeout": {"count": 3, "sample": f"{BASE}/zc/", "message": "30 s"}}
    book.report({"政策文件": {"requests": 9, "failed": 3, "failures": json.dumps(failures)}})
    with catalogue.write() as connection:
        finish_run(connection, number, 1, "一个站点失败", lambda: AT)
    return number


def pages(count: int) -> list[bytes]:
    return [HTML.format(n=n).encode() for n in range(count)]


def test_normalize_then_status(catalogue: Catalogue, data: Path) -> None:
    fetch(catalogue, data, [*pages(3), b"\x00\x01\x02" * 60])
    done = run(data, "normalize")
    assert (done.exit_code, done.stdout) == (
        0,
        "解析 4 页：新增 3，变更 0，未变 0，失败 1；撤下 0，恢复 0\n",
    )
    shown = run(data, "status").output
    assert "政策：3（其中已撤下 0，已隐去 0）" in shown
    assert "待解析 0，已解析 3，失败 1" in shown
    assert "#1 nightly 2026-03-02 完成，退出码 1" in shown
    assert "一个站点失败" in shown
    answer = json.loads(run(data, "status", "--json").stdout)
    assert [(r["command"], r["state"], r["exit_code"]) for r in answer["runs"]] == [
        ("normalize", "finished", 0),
        ("nightly", "finished", 1),
    ]
    assert answer["pages"]["normalised"] == 3
    assert (answer["change_seq"], answer["index_seq"]) == (3, None)
    (waiting,) = answer["waiting"]
    assert waiting["site"] == "yanshi"
    assert waiting["advice"]


def test_status_names_the_troubles_of_the_last_crawl(catalogue: Catalogue, data: Path) -> None:
    fetch(catalogue, data, [])
    shown = run(data, "status").output
    assert "yanshi/政策文件 timeout ×3：超时" in shown
    assert f"{BASE}/zc/" in shown


def test_status_names_attachments_that_were_not_read_whole(catalogue: Catalogue, data: Path) -> None:
    fetch(catalogue, data, pages(1))
    with catalogue.write() as connection:
        page_id = connection.execute(select(t.page.c.id)).scalar_one()
        common = {"page_id": page_id, "name": "附件", "extractor": 1}
        rows = [
            common | {"url": f"{BASE}/zc/{n}.pdf", "position": n, "state": state, "failure": failure}
            for n, (state, failure) in enumerate(
                [("fetched", "attachment_crashed"), ("fetched", None), ("failed", "not_found")]
            )
        ]
        connection.execute(insert(t.attachment), rows)
    shown = run(data, "status").output
    assert "没有读出或没有读全的附件：\n  yanshi attachment_crashed ×1：读取附件的子进程异常退出" in shown
    assert f"{BASE}/zc/0.pdf" in shown
    assert [row["failure"] for row in json.loads(run(data, "status", "--json").stdout)["unread"]] == [
        "attachment_crashed"
    ]


def test_status_tells_running_from_interrupted(catalogue: Catalogue, data: Path) -> None:
    with catalogue.write() as connection:
        start_run(connection, "nightly", NIGHT, system_clock)
    states = [json.loads(run(data, "status", "--json").stdout)["runs"][0]["state"]]
    with NightLock(data, system_clock):
        states.append(json.loads(run(data, "status", "--json").stdout)["runs"][0]["state"])
    assert states == ["interrupted", "running"]


def test_status_without_data_says_so_and_makes_none(data: Path) -> None:
    result = run(data, "status")
    assert (result.exit_code, "还没有数据" in result.stderr) == (3, True)
    assert not data.exists()


def test_normalize_beside_another_run_is_refused(catalogue: Catalogue, data: Path) -> None:
    with NightLock(data, system_clock):
        result = run(data, "normalize")
    assert result.exit_code == 4
    assert f"进程 {os.getpid()}" in result.stderr


def test_a_catalogue_of_a_newer_version_is_left_alone(catalogue: Catalogue, data: Path) -> None:
    with catalogue.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    catalogue.close()
    for command in ("normalize", "status"):
        result = run(data, command)
        assert result.exit_code == 3
        assert "更新版本" in result.stderr
    check = {c["name"]: c for c in json.loads(run(data, "doctor", "--json").stdout)}["目录库"]
    assert (check["state"], check["advice"]) == ("fail", "升级 zhengce")


def test_a_full_disk_is_refused_at_the_start(
    catalogue: Catalogue, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHENGCE_MIN_FREE_MB", "1000000000")
    result = run(data, "normalize")
    assert result.exit_code == 3
    assert "磁盘空间不足" in result.stderr


def doctor(data: Path) -> dict[str, str]:
    result = run(data, "doctor", "--json")
    states = {check["name"]: check["state"] for check in json.loads(result.stdout)}
    assert result.exit_code == (1 if "fail" in states.values() else 0)
    return states


def test_doctor_on_a_good_installation(catalogue: Catalogue, data: Path) -> None:
    fetch(catalogue, data, pages(1))
    states = doctor(data)
    assert "fail" not in states.values()
    assert {states[name] for name in ("依赖", "时区数据", "数据目录", "联系方式", "站点文件")} == {"ok"}
    assert {states[name] for name in ("目录库", "归档", "索引", "夜间任务")} == {"ok"}


def test_doctor_on_nothing_changes_nothing(data: Path) -> None:
    states = doctor(data)
    assert states["数据目录"] == "warn"
    assert not data.exists()


def test_doctor_names_what_is_broken(catalogue: Catalogue, data: Path) -> None:
    fetch(catalogue, data, pages(1))
    (path,) = archive_files(data / "archive")
    os.truncate(path, path.stat().st_size - 30)
    (data / "index").mkdir()
    (data / "index" / "current").write_text("7")
    (data.parent / "sites" / "yanshi.toml").write_text("name = 3", encoding="utf-8")
    states = doctor(data)
    assert {name for name, state in states.items() if state == "fail"} == {"归档", "索引", "站点文件"}
    catalogue.close()
    for file in data.glob("catalogue.sqlite*"):
        file.write_bytes(b"not a database" * 1000)
    assert doctor(data)["目录库"] == "fail"


def test_doctor_sees_a_night_that_hangs(catalogue: Catalogue, data: Path) -> None:
    with catalogue.write() as connection:
        number = start_run(connection, "nightly", NIGHT, system_clock)
    with NightLock(data, system_clock):
        assert doctor(data)["夜间任务"] == "ok"
        with catalogue.write() as connection:
            old = system_clock().replace(tzinfo=None) - timedelta(hours=1)
            connection.execute(update(t.run).where(t.run.c.id == number).values(heartbeat_at=old))
        assert doctor(data)["夜间任务"] == "warn"


def test_archive_verify(catalogue: Catalogue, data: Path) -> None:
    assert run(data, "archive", "verify").output == "没有归档文件\n"
    fetch(catalogue, data, [os.urandom(3000) for _ in range(4)])
    result = run(data, "archive", "verify")
    assert (result.exit_code, "完好，5 条记录" in result.output) == (0, True)
    (path,) = archive_files(data / "archive")
    os.truncate(path, path.stat().st_size - 30)
    result = run(data, "archive", "verify", "--json")
    (check,) = json.loads(result.stdout)
    assert (result.exit_code, check["state"], check["records"]) == (0, "cut", 4)
    damaged = bytearray(path.read_bytes())
    damaged[4000] ^= 0xFF
    path.write_bytes(damaged)
    result = run(data, "archive", "verify")
    assert (result.exit_code, "损坏" in result.output, "偏移" in result.output) == (1, True, True)


def test_backup_and_restore(catalogue: Catalogue, data: Path, tmp_path: Path) -> None:
    fetch(catalogue, data, pages(2))
    with NightLock(data, system_clock):
        assert run(data, "backup", str(tmp_path / "b.tar")).exit_code == 0
    again = run(data, "backup", str(tmp_path / "b.tar"))
    assert (again.exit_code, "文件已存在" in again.stderr) == (3, True)
    result = run(data, "restore", str(tmp_path / "b.tar"), "--data", str(tmp_path / "new"))
    assert result.exit_code == 0
    assert "自动重建" in result.output
    assert run(tmp_path / "new", "normalize").stdout.startswith("解析 2 页：新增 2")
    result = run(data, "restore", str(tmp_path / "b.tar"))
    assert (result.exit_code, "目录不是空的" in result.stderr) == (3, True)


def test_a_failure_that_this_version_does_not_know_is_shown(catalogue: Catalogue, data: Path) -> None:
    fetch(catalogue, data, [])
    row = {"id": "0" * 16, "url": BASE, "site": "yanshi", "channel": "政策文件", "state": "failed"}
    row |= {"failure": "name_of_tomorrow", "first_seen": AT, "anchor": NIGHT, "row": b"{}", "hints": b"{}"}
    with catalogue.write() as connection:
        connection.execute(insert(t.page).values(**row))
    assert "yanshi name_of_tomorrow ×1：" in run(data, "status").output
