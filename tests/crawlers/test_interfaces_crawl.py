"""Shells crawled by the real spider in a child process: UCAP, jpaas and pc/list columns on a server of this machine."""

import json
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest
from interface_servers import (
    HEX,
    Answer,
    jpaas_block,
    jpaas_server,
    pclist_answer,
    shell,
    title,
    ucap_server,
)
from sqlalchemy import select

from crawlers.options import ChildOptions
from crawlers.platforms.list_requests import ListRequest
from pipelines import runs
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.clock import SHANGHAI, clock_at

pytestmark = pytest.mark.slow

NIGHT = date(2026, 5, 4)
NOW = datetime.combine(NIGHT, datetime.min.time(), SHANGHAI) + timedelta(hours=2)
DETAIL = re.compile(r"/art_[0-9a-f]{32}\.html|/[0-9a-f]{32}\.shtml|/content_\d{19}\.html")
SITES = {
    "ucap": "/yanshi/c100280/xxgk_list.shtml",
    "jcms": "/zwgk/zcfb/index.html",
    "pclist": "/yssrmzf/szfwj/pc/list.html",
}


def pclist_server(request: ListRequest) -> str | None:
    """Rows by POST alone: GET of the interface is a 404, as on the real sites."""
    if request.url.endswith("/queryList"):
        return pclist_answer(request, 45) if request.form.get("channelCode[]") == "szfwj" else None
    return shell(script="var codeName='szfwj',unitid='380055';$.post('/queryList')")


ANSWERS: dict[str, Answer] = {
    "ucap": ucap_server(shell(head=f'<meta name="channelId" content="{HEX}">')),
    "jcms": jpaas_server(shell(body=jpaas_block("左侧导航") + jpaas_block("分页列表"))),
    "pclist": pclist_server,
}
PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><div class='article-content'><p>演示正文一段。</p></div></body></html>"


@dataclass
class Server:
    """The three sites on one port; `log` holds host, method, path and the body sent of every request."""

    port: int = 0
    log: list[tuple[str, str, str, str]] = field(default_factory=list)

    def handle(self, handler: BaseHTTPRequestHandler, body: str) -> str | None:
        """The text of an answer; None for a 404."""
        site = handler.headers["Host"].partition(".")[0]
        self.log.append((site, handler.command, handler.path, body))
        if handler.path.endswith("/robots.txt"):
            return None
        if DETAIL.search(handler.path):
            return PAGE.format(title(1))
        url = f"http://{handler.headers['Host']}{handler.path}"
        return ANSWERS[site](ListRequest(url, form=dict(parse_qsl(body, keep_blank_values=True))))


@pytest.fixture
def server() -> Iterator[Server]:
    serving = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            text = serving.handle(self, body)
            self.send_response(404 if text is None else 200)
            data = (text or "").encode()
            self.send_header(
                "Content-Type", "application/json" if data[:1] == b"{" else "text/html; charset=utf-8"
            )
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving.port = http.server_port
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield serving
    http.shutdown()


def crawl(data: Path, sites: Path) -> dict[str, Any]:
    url = f"sqlite:///{data / 'catalogue.sqlite'}"
    catalogue = Catalogue.open(url)
    with catalogue.write() as connection:
        run = runs.start_run(connection, "crawl", NIGHT, clock_at(NOW))
    catalogue.close()
    options = ChildOptions(
        url, str(data / "archive"), str(sites), run, NIGHT, address_map={".test": "127.0.0.1"}, now=NOW
    )
    done = subprocess.run(
        [sys.executable, "-m", "crawlers.child"],
        input=msgspec.json.encode(options) + b"\n",
        capture_output=True,
        timeout=120,
        env=dict(os.environ),
        check=False,
    )
    assert done.returncode == 0 and b"Traceback" not in done.stderr, done.stderr.decode()
    summary: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])["summary"]
    return summary


def test_shells_are_crawled_whole_and_then_asked_where_their_rows_are(server: Server, tmp_path: Path) -> None:
    sites = tmp_path / "sites"
    sites.mkdir()
    for platform, address in SITES.items():
        (sites / f"{platform}.toml").write_text(
            f'name = "演示{platform}"\nlevel = "municipal"\nregion = "990100"\nplatform = "{platform}"\n'
            f'base = "http://{platform}.test:{server.port}/"\nobserved = "demo"\n[fetch]\ndelay = 0\n'
            f'[[channel]]\nname = "政策文件"\ntype = "policy"\nlist = "{address}"\n',
            encoding="utf-8",
        )
    summary = crawl(tmp_path, sites)
    assert summary["failures"] == {}
    lists = [row for row in server.log if not DETAIL.search(row[2]) and "robots" not in row[2]]
    assert Counter(row[0] for row in lists) == {"ucap": 4, "jcms": 4, "pclist": 4}
    assert {row[1] for row in lists if row[2] == "/queryList"} == {"POST"}
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    with catalogue.read() as connection:
        pages = Counter(
            row.site for row in connection.execute(select(t.page).where(t.page.c.state == "fetched"))
        )
        numbered = [
            row.number for row in connection.execute(select(t.listing).where(t.listing.c.site == "ucap"))
        ]
    catalogue.close()
    assert pages == {"ucap": 45, "jcms": 45, "pclist": 45}
    assert sorted(numbered) == sorted(f"演政发〔2026〕{n}号" for n in range(1, 46))

    server.log.clear()
    summary = crawl(tmp_path, sites)
    quiet = sorted((row[0], row[1], row[2].partition("?")[0]) for row in server.log if "robots" not in row[2])
    assert quiet == [
        ("jcms", "GET", "/api-gateway/jpaas-publish-server/front/page/build/unit"),
        ("pclist", "POST", "/queryList"),
        ("ucap", "GET", f"/common/search/{HEX}"),
    ]
    assert summary["failures"] == {}
