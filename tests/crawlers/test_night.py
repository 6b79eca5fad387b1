"""Whole crawls of the demo country in a child process: news, kills, budgets, windows, replays."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from crawlers.options import ChildOptions
from demo import web
from demo.world import World, date_of, write_site_files
from pipelines import runs
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.clock import SHANGHAI, clock_at

pytestmark = pytest.mark.slow

# At this size no TRS column is empty; an empty list that declares no total counts as a failure.
DOCUMENTS = 250


@dataclass(frozen=True)
class Country:
    """The running demo, its site files, and a cache that spares each child compiling its imports."""

    world: World
    server: web.Server
    sites: Path
    env: dict[str, str]


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    folder = tmp_path_factory.mktemp("country")
    world = World(DOCUMENTS, 1)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    with web.running(world) as server:
        write_site_files(folder / "sites", server.port, world.sites)
        yield Country(world, server, folder / "sites", env)


class Night:
    """One data folder; `run` is one crawl process over it."""

    def __init__(self, country: Country, data: Path, day: int = 0) -> None:
        self.country, self.data = country, data
        self.url = f"sqlite:///{data / 'catalogue.sqlite'}"
        self.set_day(day)

    def set_day(self, day: int) -> None:
        self.day = day
        self.now = datetime.combine(date_of(day), datetime.min.time(), SHANGHAI) + timedelta(hours=2)
        self.country.server.set_day(day)
        self.country.server.reset_log()

    def options(self, **changes: Any) -> ChildOptions:
        catalogue = Catalogue.open(self.url)
        with catalogue.write() as connection:
            run = runs.start_run(connection, "crawl", date_of(self.day), clock_at(self.now))
        catalogue.close()
        options = ChildOptions(
            catalogue_url=self.url,
            archive=str(self.data / "archive"),
            sites=str(self.country.sites),
            run=run,
            night=date_of(self.day),
            address_map={".test": "127.0.0.1"},
            now=self.now,
            budget=10_000,
        )
        return replace(options, **changes)

    def start(self, **changes: Any) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-m", "crawlers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.country.env,
        )
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(self.options(**changes)) + b"\n")
        process.stdin.flush()
        return process

    def run(self, **changes: Any) -> dict[str, Any]:
        process = self.start(**changes)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err.decode()
        assert b"Traceback" not in err, err.decode()
        summary: dict[str, Any] = json.loads(out.splitlines()[-1])["summary"]
        return summary

    def ask(self, query: Any) -> list[Any]:
        catalogue = Catalogue.open(self.url)
        with catalogue.read() as connection:
            found = list(connection.execute(query))
        catalogue.close()
        return found

    def dump(self) -> dict[str, Any]:
        """What must be equal after any number of kills."""
        c, seen, a, p = t.channel.c, t.listing.c, t.attachment.c, t.page.c
        return {
            "pages": sorted(self.ask(select(p.id, p.url, p.site, p.state, p.sha256, p.anchor, p.next_check))),
            "listings": sorted(
                self.ask(select(seen.page_id, seen.site, seen.channel, seen.title, seen.number)), key=str
            ),
            "attachments": sorted(self.ask(select(a.page_id, a.url, a.name, a.state, a.sha256))),
            "channels": sorted(
                self.ask(select(c.site, c.channel, c.complete_night, c.etag, c.backfill_page))
            ),
        }

    def pages(self, *states: str) -> set[str]:
        return {row.url for row in self.ask(select(t.page).where(t.page.c.state.in_(states)))}


@pytest.fixture(scope="module")
def full(country: Country, tmp_path_factory: pytest.TempPathFactory) -> tuple[Night, dict[str, Any]]:
    night = Night(country, tmp_path_factory.mktemp("full"))
    summary = night.run()
    return night, {"summary": summary, "log": country.server.log(), "dump": night.dump()}


def test_a_first_night_fetches_everything_once(country: Country, full: tuple[Night, dict[str, Any]]) -> None:
    _, seen = full
    port = country.server.port
    live = [page for page in country.world.pages if page.is_live(0)]
    assert {row[1] for row in seen["dump"]["pages"]} == {country.world.url(page, port) for page in live}
    assert Counter(row[3] for row in seen["dump"]["pages"]) == {"fetched": len(live)}
    assert Counter(row[3] for row in seen["dump"]["attachments"]) == {
        "fetched": sum(len(page.attachments) for page in live)
    }
    assert all(row[2] == date_of(0) for row in seen["dump"]["channels"])
    asked = Counter((row["host"], row["path"]) for row in seen["log"])
    assert max(asked.values()) == 1
    assert (seen["summary"]["failures"], seen["summary"]["requests"]) == ({}, len(seen["log"]))


def test_the_report_adds_up(country: Country, full: tuple[Night, dict[str, Any]]) -> None:
    night, seen = full
    rows = [row._mapping for row in night.ask(select(t.run_channel).where(t.run_channel.c.run == 1))]
    assert sum(row["requests"] for row in rows) == len(seen["log"])
    assert sum(row["fetched"] for row in rows) == len(seen["dump"]["pages"])
    assert sum(row["attachments"] for row in rows) == len(seen["dump"]["attachments"])
    assert {row["requests"] for row in rows if row["channel"] == ""} == {1}  # robots.txt, once a site
    assert all(row["oldest"] <= row["newest"] <= date_of(0) for row in rows if row["rows"])
    assert all(row["known_total"] == row["declared_total"] for row in rows if row["declared_total"])


def test_a_quiet_night_and_one_with_news(country: Country, full: tuple[Night, dict[str, Any]]) -> None:
    night, _ = full
    night.set_day(0)
    night.run()
    again = country.server.log()
    assert {row["status"] for row in again if not row["path"].endswith("robots.txt")} == {304}
    channels = sum(1 for _ in night.ask(select(t.channel)))
    assert len(again) == channels + 12  # one list page a channel, robots.txt once a site

    night.set_day(3)
    before = night.pages("fetched")
    summary = night.run()
    news = [country.world.news(day) for day in (1, 2, 3)]
    new = {url for day in news for url in day["new"]}
    new = {url.replace(":8147", f":{country.server.port}") for url in new}
    live = {country.world.url(p, country.server.port) for p in country.world.pages if p.is_live(3)}
    assert night.pages("fetched") - before == new & live
    full_answers = [row["path"] for row in country.server.log() if row["status"] == 200]
    asked = [path for path in full_answers if any(url.endswith(path) for url in before)]
    edited = {url.split("/", 3)[3] for day in news for url in day["edited"]}
    assert {path.lstrip("/") for path in asked} <= edited
    assert set(summary["failures"]) <= {"not_found"}


def test_kills_at_any_moment_lose_nothing(
    country: Country, full: tuple[Night, dict[str, Any]], tmp_path: Path
) -> None:
    night = Night(country, tmp_path)
    for pages in (5, 90, 180):
        process = night.start(lanes=4)
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            if "summary" in said or said["pages"] + len(night.pages("fetched")) >= pages:
                break
        process.kill()
        process.communicate()
    parts = [night.run(k=k, n=2) for k in (1, 2)]
    assert all(part["sites"] for part in parts) and sum(part["sites"] for part in parts) == 12
    assert night.dump() == full[1]["dump"]


def test_a_stop_in_good_order_and_the_end_of_the_window(
    country: Country, full: tuple[Night, dict[str, Any]], tmp_path: Path
) -> None:
    night = Night(country, tmp_path)
    process = night.start(lanes=1)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    summary = json.loads(out.splitlines()[-1])["summary"]
    assert (process.returncode, summary["stopped"], summary["message"]) == (0, "stopped", "SIGTERM"), err
    assert summary["pages"] < DOCUMENTS and summary["failed_sites"] == {}
    summary = night.run(until=night.now + timedelta(seconds=0.1), lanes=1)
    assert (summary["stopped"], summary["failed_sites"]) == ("night_window_closed", {})
    assert len(night.pages("fetched")) < DOCUMENTS
    night.run()
    assert night.dump() == full[1]["dump"]


def test_a_budget_spreads_a_first_pass_over_nights(
    country: Country, full: tuple[Night, dict[str, Any]], tmp_path: Path
) -> None:
    night = Night(country, tmp_path)
    budget = 20
    for _ in range(1 + DOCUMENTS // budget):
        country.server.reset_log()
        night.run(budget=budget)
        asked = Counter(
            row["host"] for row in country.server.log() if row["path"].endswith((".html", ".shtml"))
        )
        if not night.pages("listed") and all(row[2] for row in night.dump()["channels"]):
            break
        assert max(asked.values()) <= budget + 6 * 3  # list pages of its channels come on top
    assert night.dump() == full[1]["dump"]


def test_a_replay_answers_every_page_and_reports_the_rest(country: Country, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    (saved / "detail").mkdir(parents=True)
    row = '<li><a href="{0}.html">演示文件第{0}号</a><span>2026-01-0{0}</span></li>'
    listed = (
        "<ul>"
        + "".join(row.format(n) for n in (3, 2, 1))
        + "</ul><script>createPageHTML(2,0,'index','html')</script>"
    )
    (saved / "list.html").write_text(listed, encoding="utf-8")
    (saved / "api.json").write_text("{}", encoding="utf-8")
    for n in (1, 2):
        (saved / f"detail/{n}.html").write_text(
            f"<h1>演示文件第{n}号</h1><a href='a.pdf'>演示附件</a>", encoding="utf-8"
        )
    details = [
        {"file": "detail/1.html", "url": "http://www.yanshi.gov.cn/zcwj/1.html", "title": "never read"},
        {"file": "detail/2.html", "url": None},
    ]
    lists = [
        {"file": "list.html", "url": "http://www.yanshi.gov.cn/zcwj/"},
        {"file": "api.json", "url": "http://api.yanshi.gov.cn/search"},
    ]
    (saved / "truth.jsonl").write_text("\n".join(map(json.dumps, details)), encoding="utf-8")
    (saved / "lists.jsonl").write_text("\n".join(map(json.dumps, lists)), encoding="utf-8")
    night = Night(country, tmp_path / "data")
    summary = night.run(replay=str(saved))
    assert night.pages("fetched") == {
        "http://www.yanshi.gov.cn/zcwj/1.html",
        "https://unknown.invalid/detail/2.html",
    }
    assert summary["failures"] == {"not_saved": 5, "list_empty": 1}
    assert summary["failed_sites"] == {"api_yanshi_gov_cn": 1} and summary["sites"] == 3
    channels = {row.channel: row.list_pages for row in night.ask(select(t.run_channel))}
    assert channels["回放 list.html"] == 1 and channels["回放 api.json"] == 1
    assert not night.run(replay=str(saved))["pages"]


def test_bad_site_files_and_a_bad_catalogue_are_said(country: Country, tmp_path: Path) -> None:
    night = Night(country, tmp_path)
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "a.toml").write_text("name = 1", encoding="utf-8")
    process = night.start(sites=str(tmp_path / "sites"))
    out, _ = process.communicate(timeout=60)
    said = json.loads(out.splitlines()[-1])
    assert process.returncode == 2 and said["error"] == "site_files" and "a.toml：name：" in said["message"]
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database" * 100)
    process = night.start(catalogue_url=f"sqlite:///{broken}")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 3 and json.loads(out.splitlines()[-1])["error"] == "unusable"
