"""The night as an operator meets it: exit codes, locks, signals, windows, crashes of a child."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from datetime import time as clock_time
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from benchmarks.lab import crawl_pids, start_night
from crawlers.permission import CrawlRefused, window_end
from crawlers.report import FailureCount
from demo.web import Server, running
from demo.world import World, write_site_files
from normalizers.failures import Failure
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.config import Config, Window, load_config
from zhengce.cli import cli
from zhengce.demo_command import demo_config, demo_options, write_tables
from zhengce.night_report import SUMMED, ChannelLine, NightReport, report_lines
from zhengce.nightly import NightOptions, Progress, choose_sites, run_night

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    folder = tmp_path_factory.mktemp("country")
    world = World(60)
    with running(world) as server:
        write_site_files(folder / "sites", server.port, world.sites)
        yield server, folder / "sites"


def config_for(data: Path, sites: Path) -> Config:
    config = demo_config(load_config({"data": str(data)}, {}, None))
    config = replace(
        config, data=data, catalogue_url=f"sqlite:///{data / 'catalogue.sqlite'}", sites=sites, min_free=1
    )
    write_tables(config)
    return config


def one_process(data: Path, sites: Path) -> Config:
    """For nights that only have to end: a start less of each kind."""
    return replace(config_for(data, sites), processes=1)


def runs(data: Path) -> list[tuple[int | None, str | None]]:
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    with catalogue.read() as connection:
        return [
            (row.exit_code, row.message) for row in connection.execute(select(t.run).order_by(t.run.c.id))
        ]


def line(site: str, failure: Failure | None = None, stopped: str = "") -> ChannelLine:
    figures = dict.fromkeys(SUMMED, 0) | {"new": 3}
    failures = {failure: FailureCount(1, "https://yanshi.test/", "")} if failure else {}
    return ChannelLine(site, "政策文件", figures, failures, None, None, None, None, stopped)


def test_a_report_of_many_sites_names_those_that_need_a_look() -> None:
    peculiar = {
        7: (Failure.LIST_EMPTY, ""),
        8: (Failure.OFF_SITE, ""),
        9: (None, Failure.BUDGET_SPENT.value),
    }
    lines = tuple(line(f"yanshi{number}", *peculiar.get(number, ())) for number in range(30))
    report = NightReport(lines, dict.fromkeys(SUMMED, 0))
    short = list(report_lines(report))
    assert short[0].startswith("yanshi7/政策文件") and "list_empty × 1" in short[1]
    assert short[2] == "另有 29 个栏目无需处理，其中 1 个留待下一夜继续，新增与变更共 87（--full 逐栏列出）"
    assert len(short) == 4
    assert len(list(report_lines(report, full=True))) == 33
    few = NightReport(lines[:5], report.totals)
    assert len(list(report_lines(few))) == 6


def test_a_night_reports_every_channel(country: tuple[Server, Path], tmp_path: Path) -> None:
    shown = []
    outcome = run_night(config_for(tmp_path, country[1]), demo_options(0), shown.append)
    assert outcome.exit_code == 0
    assert outcome.report.totals["new"] == 60
    assert shown[-1].indexed == 60 and shown[-1].normalised.new == 60
    last = shown[-1].crawl
    assert last.sites == last.total == 12 and last.failures == outcome.report.totals["failed"]
    text = "\n".join(report_lines(outcome.report))
    assert "新增 60" in text and "yanshi-fgw/政策文件" in text
    again = run_night(config_for(tmp_path, country[1]), demo_options(0), shown.append)
    assert (again.exit_code, again.report.totals["new"], again.report.totals["fetched"]) == (0, 0, 0)
    assert [code for code, _ in runs(tmp_path)] == [0, 0]


def cli_night(tmp_path: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["--data", str(tmp_path / "data"), *arguments])
    return result.exit_code, result.output


def test_no_real_site_is_asked_without_a_contact(tmp_path: Path) -> None:
    code, output = cli_night(tmp_path, "nightly", "--sites", "ndrc")
    assert code == 2 and "contact" in output and "Traceback" not in output
    assert not (tmp_path / "data" / "catalogue.sqlite").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sites", "no-such-*"), "no-such-*"),
        (("--sites", ""), "--sites 是空的"),
        (("--shard", "3/2"), "k"),
        (("--shard", "x"), "k/n"),
        (("--now", "yesterday"), "2026-03-02"),
        (("--replay", "/nonexistent"), "/nonexistent"),
    ],
)
def test_wrong_use_ends_with_2_and_says_why(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    code, output = cli_night(tmp_path, "nightly", *arguments)
    assert code == 2 and said in output


def test_broken_site_files_stop_a_night_before_it_starts(tmp_path: Path) -> None:
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "bad.toml").write_text('name = "演示"\nlevle = "county"\n', encoding="utf-8")
    code, output = cli_night(tmp_path, "--sites-folder", str(folder), "nightly")
    assert code == 2 and "bad.toml" in output and "levle" in output


def test_a_second_night_is_told_who_runs(tmp_path: Path, country: tuple[Server, Path]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with (data / "night.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code, output = cli_night(
            tmp_path, "--sites-folder", str(country[1]), "nightly", "--now", "2026-03-02"
        )
    assert code == 4 and "另一个任务" in output


def test_a_catalogue_of_a_newer_program_stops_the_night(tmp_path: Path, country: tuple[Server, Path]) -> None:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'data' / 'catalogue.sqlite'}")
    with catalogue.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    catalogue.close()
    code, output = cli_night(tmp_path, "--sites-folder", str(country[1]), "nightly")
    assert code == 3 and "更新版本" in output


def test_too_little_room_stops_the_night_before_it_starts(
    tmp_path: Path, country: tuple[Server, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHENGCE_MIN_FREE_MB", "900000000")
    code, output = cli_night(tmp_path, "--sites-folder", str(country[1]), "nightly")
    assert code == 3 and "磁盘空间不足" in output


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (datetime(2026, 3, 1, 15, tzinfo=UTC), datetime(2026, 3, 1, 23, tzinfo=UTC)),  # 23:00 → 07:00
        (datetime(2026, 3, 1, 20, tzinfo=UTC), datetime(2026, 3, 1, 23, tzinfo=UTC)),  # 04:00 → 07:00
    ],
)
def test_the_window_closes_in_the_morning(now: datetime, end: datetime) -> None:
    assert window_end(Window(clock_time(22), clock_time(7)), now) == end


def test_outside_the_window_nothing_is_asked() -> None:
    with pytest.raises(CrawlRefused, match="夜间窗口"):
        window_end(Window(clock_time(22), clock_time(7)), datetime(2026, 3, 1, 4, tzinfo=UTC))


def test_shards_are_a_partition(country: tuple[Server, Path], tmp_path: Path) -> None:
    config = config_for(tmp_path, country[1])
    parts = [{site.id for site in choose_sites(config, NightOptions(shard=(k, 3)))} for k in (1, 2, 3)]
    everything = {site.id for site in choose_sites(config, NightOptions())}
    assert set.union(*parts) == everything and sum(map(len, parts)) == len(everything) == 12


def wait_for_crawl(process: "subprocess.Popen[bytes]") -> list[int]:
    for _ in range(400):
        if pids := crawl_pids(process.pid):
            return pids
        time.sleep(0.05)
    raise AssertionError("no crawl process appeared")


def test_a_crawl_process_that_dies_is_started_once_more(country: tuple[Server, Path], tmp_path: Path) -> None:
    process = start_night(tmp_path, country[1], 0)
    time.sleep(1.0)
    for pid in wait_for_crawl(process)[:1]:
        os.kill(pid, signal.SIGKILL)
    outcome = json.loads(process.communicate(timeout=120)[0].splitlines()[-1])
    assert (outcome["exit_code"], outcome["report"]["totals"]["new"]) == (0, 60)


def test_crawl_processes_stop_when_only_the_night_is_killed(
    country: tuple[Server, Path], tmp_path: Path
) -> None:
    slow = tmp_path / "sites"
    slow.mkdir()
    for path in country[1].glob("*.toml"):
        text = path.read_text(encoding="utf-8").replace("delay = 0", "delay = 2")
        (slow / path.name).write_text(text, encoding="utf-8")
    process = start_night(tmp_path / "data", slow, 0)
    children = wait_for_crawl(process)
    time.sleep(2.0)
    process.kill()
    process.communicate()
    for _ in range(200):
        if not any(Path(f"/proc/{pid}").exists() for pid in children):
            break
        time.sleep(0.1)
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)
    rest = run_night(one_process(tmp_path / "data", country[1]), demo_options(0), lambda progress: None)
    assert (rest.exit_code, rest.report.totals["failed"]) == (0, 0)


def test_options_of_the_program_may_stand_behind_the_command(tmp_path: Path) -> None:
    runner = CliRunner()
    result = runner.invoke(cli, ["status", "--data", str(tmp_path / "nothing")])
    assert result.exit_code == 3 and str(tmp_path / "nothing") in result.output
    assert runner.invoke(cli, ["status", f"--data={tmp_path}/x"]).exit_code == 3


def test_sigterm_ends_a_night_in_good_order(country: tuple[Server, Path], tmp_path: Path) -> None:
    process = start_night(tmp_path, country[1], 0)
    wait_for_crawl(process)
    process.send_signal(signal.SIGTERM)
    outcome = json.loads(process.communicate(timeout=120)[0].splitlines()[-1])
    assert outcome["exit_code"] == 1 and "SIGTERM" in outcome["message"]
    assert runs(tmp_path)[-1][0] == 1
    rest = run_night(one_process(tmp_path, country[1]), demo_options(0), lambda progress: None)
    assert rest.exit_code == 0
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    with catalogue.read() as connection:
        assert len(connection.execute(select(t.policy.c.page_id)).all()) == 60


def test_the_demo_runs_a_night_by_itself(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "zhengce", "--data", str(tmp_path), "demo", "--documents", "60"]
    done = subprocess.run([*command, "--no-portal"], capture_output=True, text=True, timeout=200, check=False)
    if "8147" in done.stderr and done.returncode == 2:
        pytest.fail("port 8147 is taken on this machine: " + done.stderr)
    assert done.returncode == 0, done.stderr
    assert "新增 60" in done.stdout


def test_progress_counts_no_failures_that_the_report_does_not(tmp_path: Path) -> None:
    saved, sites = tmp_path / "saved", tmp_path / "sites"
    saved.mkdir()
    rows = "".join(f"<li><a href='{n}.html'>演示文件第{n}号</a><i>2026-01-0{n}</i></li>" for n in (3, 2, 1))
    (saved / "list.html").write_text(f"<html><ul>{rows}</ul></html>", encoding="utf-8")
    (saved / "lists.jsonl").write_text('{"file": "list.html", "url": "http://yanshi.test/a/"}\n', "utf-8")
    (saved / "truth.jsonl").write_text("", encoding="utf-8")
    sites.mkdir()
    shown: list[Progress] = []
    outcome = run_night(config_for(tmp_path / "data", sites), NightOptions(replay=saved), shown.append)
    names = {name for line in outcome.report.lines for name in line.failures}
    assert names == {"not_saved"}
    assert shown[-1].crawl.failures == outcome.report.totals["failed"] == 0
