"""`scrapy crawl` and `scrapy list` as a person meets them: whole commands in a folder of their own."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.clock import SHANGHAI, system_clock
from pipelines.lock import NightLock

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SITE = """
name = "演示市人民政府"
level = "municipal"
region = "990100"
platform = "trs"
base = "http://{host}/"
observed = "demo"

[fetch]
delay = {delay}

[[channel]]
name = "政策文件"
type = "policy"
list = "/zcwj/"
"""
# Scrapy's command with a window that closes as soon as the spider is open.
SHORT_WINDOW = """
import sys
from scrapy.cmdline import execute
from crawlers import standalone
standalone.window_end = lambda window, now: now
execute(["scrapy", *sys.argv[1:]])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with a configuration, a demo site that does not answer, and a real site."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "yanshi.toml").write_text(SITE.format(host="yanshi.test", delay=0), "utf-8")
    (tmp_path / "own" / "real.toml").write_text(SITE.format(host="www.yanshi.gov.cn", delay=2), "utf-8")
    (tmp_path / "zhengce.toml").write_text('sites = "own"\ndata = "here"\n', "utf-8")
    return tmp_path


def scrapy(folder: Path, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return run(folder, "-m", "scrapy", *arguments, **environ)


def run(folder: Path, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    own = {name: value for name, value in os.environ.items() if not name.startswith("ZHENGCE_")}
    env = {**own, "SCRAPY_SETTINGS_MODULE": "crawlers.command_settings", "PYTHONPATH": str(ROOT), **environ}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def refused(folder: Path, site: str, **environ: str) -> tuple[int, str]:
    """The exit code and the one line that a refusal prints; nothing may be stored."""
    done = scrapy(folder, "crawl", site, "--nolog", **environ)
    assert not done.stdout and done.stderr.count("\n") == 1, done.stderr
    assert not list(folder.glob("here/*.sqlite")) and not (folder / "here" / "archive").exists()
    return done.returncode, done.stderr.strip()


def test_the_list_is_that_of_the_configuration(folder: Path) -> None:
    assert scrapy(folder, "list").stdout.split() == ["real", "yanshi"]
    (folder / "own" / "bad.toml").write_text("", "utf-8")
    done = scrapy(folder, "list")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "bad.toml：name：缺少这个键" in done.stderr.splitlines()


def test_refusals_before_anything_is_stored(folder: Path) -> None:
    assert refused(folder, "nosite") == (2, "没有这个站点：nosite；可用 scrapy list 查看")
    code, line = refused(folder, "real")
    assert code == 2 and line.startswith("抓取真实站点（如 real）前必须填写联系方式")
    now = datetime.now(SHANGHAI)
    window = f"{now + timedelta(hours=2):%H:%M}-{now + timedelta(hours=3):%H:%M}"
    code, line = refused(folder, "yanshi", ZHENGCE_WINDOW=window)
    assert code == 2 and f"不在夜间窗口 {window} 内" in line
    with NightLock(folder / "here", system_clock):
        code, line = refused(folder, "yanshi")
    assert code == 4 and line.startswith(f"另一个任务正在使用此数据目录（进程 {os.getpid()}")


def test_the_exit_code_is_that_of_the_run(folder: Path) -> None:
    done = scrapy(folder, "crawl", "yanshi", "-L", "ERROR")
    assert done.returncode == 1, done.stderr
    assert stored_runs(folder) == [("scrapy crawl yanshi", 1, "finished")]
    with NightLock(folder / "here", system_clock):
        pass


def test_the_window_closes_on_a_crawl(folder: Path) -> None:
    contact = "https://yanshi.test/"
    done = run(folder, "-c", SHORT_WINDOW, "crawl", "yanshi", "-L", "ERROR", ZHENGCE_CONTACT=contact)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert stored_runs(folder) == [("scrapy crawl yanshi", 0, "night_window_closed")]


def stored_runs(folder: Path) -> list[tuple[str, int, str]]:
    catalogue = Catalogue.open(f"sqlite:///{folder / 'here' / 'catalogue.sqlite'}")
    with catalogue.read() as connection:
        rows = connection.execute(select(t.run.c.command, t.run.c.exit_code, t.run.c.message)).all()
    catalogue.close()
    return [(row.command, row.exit_code, row.message) for row in rows]
