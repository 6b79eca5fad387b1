"""A channel of 50,000 rows: flat memory, and after kill -9 the walk goes on at its page.

`python -m benchmarks.long_list [--pages N]`. A local server holds one column of 2,500 pages of 20 rows.
Nineteen rows of a page are documents that the site's other columns listed before (they are seeded into the
catalogue as fetched), one is new, with a detail page of its own: so the walk is long and the bench short, and
every row of the list is recorded anew. The first pass is killed in its middle and run again; eight nights later
the weekly deep pass walks the whole list once more, undisturbed. Memory is that of the crawl process itself.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import msgspec
from sqlalchemy import func, select, update

from benchmarks.lab import ROOT, Bars, Night, workshop
from benchmarks.night import memory
from crawlers.options import ChildOptions
from normalizers.page import Hints, ListRow
from pipelines import runs
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.clock import SHANGHAI, clock_at
from pipelines.items import ChannelRecord, PageState, SeenRow, SiteRecord
from pipelines.pages import SiteLedger

PAGES, ROWS = 2500, 20
NEWEST = date(2026, 3, 1)
NIGHT = date(2026, 3, 2)
DEEP_NIGHT = NIGHT + timedelta(days=8)
# One page before the interrupted one is asked again, and the first page before it.
LISTS_BEFORE = 3
NUMBERED = re.compile(r"/zcwj/(?:index(?:_(\d+))?\.html)?$")
SITE = """name = "演示长列表"
level = "municipal"
region = "990100"
platform = "trs"
base = "http://long.test:{port}/"
observed = "benchmark"
[fetch]
delay = 0
concurrency = 4
[[channel]]
name = "政策文件库"
type = "policy"
list = "/zcwj/"
"""


@dataclass(slots=True)
class Column:
    """The column as the server tells it; `asked` holds the numbers of the list pages in the order of their requests."""

    pages: int
    port: int = 0
    asked: list[int] = field(default_factory=list)
    details: int = 0

    def row(self, number: int) -> ListRow:
        """Row `number` of the list, counted from 0."""
        address = f"http://long.test:{self.port}/zcwj/{'new' if number % ROWS == 0 else 'old'}/{number}.html"
        return ListRow(
            address, f"演示市人民政府关于印发第{number}号文件的通知", NEWEST - timedelta(days=number // ROWS)
        )

    def list_page(self, page: int) -> str:
        """The markup of a list page, counted from 1."""
        rows = "".join(
            f'<li><a href="{row.url}">{row.title}</a><span>{row.date}</span></li>'
            for row in map(self.row, range((page - 1) * ROWS, page * ROWS))
        )
        script = f"createPageHTML({self.pages}, {page - 1}, 'index', 'html', {self.pages * ROWS});"
        return f"<html><body><ul class='list'>{rows}</ul><script>{script}</script></body></html>"


class Handler(BaseHTTPRequestHandler):
    """Answers list pages, tiny details and no robots.txt."""

    column: ClassVar[Column]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """One answer; what is no page is 404."""
        found = NUMBERED.search(self.path)
        status, body = 200, ""
        if found:
            page = int(found[1]) + 1 if found[1] else 1
            self.column.asked.append(page)
            status, body = (200, self.column.list_page(page)) if page <= self.column.pages else (404, "")
        elif self.path.startswith("/zcwj/new/"):
            self.column.details += 1
            body = f"<html><body><h1>演示通知</h1><p>{self.path}</p></body></html>"
        else:
            status = 404
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
        """Say nothing."""


class Quiet(ThreadingHTTPServer):
    """A server that says nothing of clients that were killed."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing to say."""


@contextmanager
def serve(column: Column) -> Iterator[None]:
    """The column on a free port."""
    server = Quiet(("127.0.0.1", 0), type("Bound", (Handler,), {"column": column}))
    column.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class Lab:
    """One data folder with its site file; crawls are children like those of a night."""

    def __init__(self, folder: Path, column: Column) -> None:
        self.folder, self.column = folder, column
        self.url = f"sqlite:///{folder / 'catalogue.sqlite'}"
        (folder / "sites").mkdir()
        (folder / "sites" / "long.toml").write_text(SITE.format(port=column.port), encoding="utf-8")
        self.samples: dict[int, list[tuple[float, int]]] = {}

    def seed(self) -> None:
        """The old documents, as the nights before left them: listed by other columns, fetched, normalised."""
        catalogue = Catalogue.open(self.url)
        channels = (ChannelRecord("分栏目", "policy"),)
        site = SiteRecord(
            "long",
            "演示长列表",
            "municipal",
            "990100",
            "trs",
            f"http://long.test:{self.column.port}/",
            channels,
        )
        night = NIGHT - timedelta(days=30)
        ledger = SiteLedger(catalogue, site, night, 1, clock_at(datetime(2026, 1, 1, tzinfo=SHANGHAI)))
        ledger.open_site()
        old = [row for n in range(self.column.pages * ROWS) if "/old/" in (row := self.column.row(n)).url]
        for start in range(0, len(old), 500):
            ledger.see_rows("分栏目", [SeenRow(row, Hints()) for row in old[start : start + 500]], 1)
        with catalogue.write() as connection:
            connection.execute(update(t.page).values(state=PageState.NORMALISED, sha256="0" * 64))
        catalogue.close()

    def start(self, night: date) -> "subprocess.Popen[bytes]":
        """Start one crawl child; its memory is sampled until it ends."""
        now = datetime.combine(night, datetime.min.time(), SHANGHAI) + timedelta(hours=2)
        catalogue = Catalogue.open(self.url)
        with catalogue.write() as connection:
            run = runs.start_run(connection, "crawl", night, clock_at(now))
        catalogue.close()
        options = ChildOptions(
            catalogue_url=self.url,
            archive=str(self.folder / "archive"),
            sites=str(self.folder / "sites"),
            run=run,
            night=night,
            address_map={".test": "127.0.0.1"},
            now=now,
            budget=self.column.pages + 1,
        )
        command = [sys.executable, "-m", "crawlers.child"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(options) + b"\n")
        process.stdin.flush()
        threading.Thread(target=self._sample, args=(process,), daemon=True).start()
        return process

    def run(self, night: date) -> int:
        """One crawl to its end; returns the number of failures that its summary names."""
        process = self.start(night)
        output = process.communicate()[0]
        summary = json.loads(output.splitlines()[-1])["summary"]
        if process.returncode or summary["failed_sites"]:
            raise RuntimeError(f"the crawl failed: {summary}")
        return sum(count for name, count in summary["failures"].items() if name != "robots_absent")

    def _sample(self, process: "subprocess.Popen[bytes]") -> None:
        begun, samples = time.monotonic(), self.samples.setdefault(process.pid, [])
        while process.poll() is None:
            try:
                status = Path(f"/proc/{process.pid}/status").read_text()
            except OSError:
                return
            found = re.search(r"VmRSS:\s*(\d+)", status)
            if found:
                samples.append((time.monotonic() - begun, int(found[1])))
            time.sleep(0.25)

    def channel(self) -> tuple[int, date | None, int]:
        """The page to go on with, the night of the complete pass, and how many rows the channel has."""
        catalogue = Catalogue.open(self.url)
        with catalogue.read() as connection:
            row = connection.execute(
                select(t.channel).where(t.channel.c.channel == "政策文件库")
            ).one_or_none()
            listed = select(func.count()).select_from(t.listing).where(t.listing.c.channel == "政策文件库")
            count = connection.execute(listed).scalar_one()
        catalogue.close()
        return (row.backfill_page, row.complete_night, count) if row else (1, None, count)


def main() -> None:
    """The killed first pass, then the deep pass."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=PAGES)
    column, bars = Column(parser.parse_args().pages), Bars()
    begun = time.monotonic()
    with workshop() as folder, serve(column):
        lab = Lab(folder, column)
        lab.seed()
        first_pass(bars, lab, column)
        column.asked.clear()
        lab.run(DEEP_NIGHT)
        pages = len(set(column.asked))
        bars.check(
            "list pages of the deep pass", pages == column.pages, str(pages), f"{column.pages}, each once"
        )
        if column.pages >= PAGES:  # a shorter walk is over before memory settles
            memory(bars, Night(0, 0.0, 0.0, {}, dict(list(lab.samples.items())[-1:])))
    print(f"{column.pages * ROWS} rows, {column.details} details, {time.monotonic() - begun:.0f} s")
    bars.end()


def first_pass(bars: Bars, lab: Lab, column: Column) -> None:
    """Kill the first pass at half its pages, let it end, and look at what it asked and recorded."""
    process = lab.start(NIGHT)
    while lab.channel()[0] < column.pages // 2 and process.poll() is None:
        time.sleep(0.2)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    reached = lab.channel()[0]
    column.asked.clear()
    lab.run(NIGHT)
    before = next((place for place, page in enumerate(column.asked) if page >= reached), len(column.asked))
    bars.check(
        f"list requests before page {reached}, where kill -9 met the walk",
        before <= LISTS_BEFORE,
        str(before),
        f"≤ {LISTS_BEFORE}",
    )
    _, complete, count = lab.channel()
    bars.check("rows in the catalogue", count == column.pages * ROWS, str(count), str(column.pages * ROWS))
    bars.check("the first pass is complete", complete == NIGHT, str(complete), str(NIGHT))
    peak = max(size for samples in lab.samples.values() for _, size in samples)
    bars.check(
        "peak memory of the killed and the resumed crawl",
        peak <= 300 * 1024,
        f"{peak / 1024:.0f} MB",
        "≤ 300 MB",
    )


if __name__ == "__main__":
    main()
