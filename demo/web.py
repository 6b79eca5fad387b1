"""One server for all sites of the demo country, on this machine only; the Host header picks the site.

It is plain asyncio with a small HTTP/1.1 parser, because its CPU competes with the crawler it feeds.
"""

import argparse
import asyncio
import hashlib
import json
import signal
import subprocess
import sys
import threading
import urllib.request
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from typing import Any
from urllib.parse import parse_qsl, unquote

from demo.attachments import TYPES, make_file, make_page_file
from demo.country import SITE, Site
from demo.dialects import dialect_of, parts
from demo.dialects.view import HTML, REDIRECT, Ask, Reply, SiteView
from demo.pages import Page
from demo.world import PORT, World, list_place

MAX_HEAD = 32 * 1024
MAX_BODY = 64 * 1024
CONTROL = "control"
# Bodies kept: a crawl asks a page once, a browser a few times.
SHELF_BYTES = 32 * 2**20
# List pages kept until the next day: those of a quiet night and of the front pages.
LISTS = 1500
REASONS = {
    200: "OK",
    302: "Found",
    304: "Not Modified",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
}
ROBOTS = "User-agent: *\nDisallow: /manage/\nDisallow: /jiansuo\n"
CSS = "body{font:16px/1.8 sans-serif;margin:0 auto;max-width:60em}.nav li{display:inline-block;margin-right:1em}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands at an address: what conditional requests are compared with, and how its body is made."""

    etag: str
    modified: datetime
    head: bytes
    make: Callable[[], bytes]
    status: int = 200


@dataclass(slots=True)
class Shelf:
    """The bodies drawn last, up to a number of bytes."""

    limit: int
    bodies: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    size: int = 0

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The body under a key, made where it is not on the shelf."""
        if key in self.bodies:
            self.bodies.move_to_end(key)
            return self.bodies[key]
        body = self.bodies[key] = make()
        self.size += len(body)
        while self.size > self.limit and len(self.bodies) > 1:
            self.size -= len(self.bodies.popitem(last=False)[1])
        return body


@dataclass(slots=True)
class Country:
    """Draws the world's sites on the current day; nothing is kept but the bodies drawn last."""

    world: World
    port: int
    day: int = 0
    details: dict[tuple[str, str], Page] = field(default_factory=dict)
    contents: dict[tuple[str, str], Page] = field(default_factory=dict)
    files: dict[tuple[str, str], tuple[Page, int]] = field(default_factory=dict)
    lists: OrderedDict[tuple[str, ...], Answer | None] = field(default_factory=OrderedDict)
    log: list[tuple[str, str, str, int, int, bool]] = field(default_factory=list)
    shelf: Shelf = field(default_factory=lambda: Shelf(SHELF_BYTES))
    _known: int = 0

    def set_day(self, day: int) -> None:
        """Move the world's clock."""
        self.world.extend(day)
        self.day = day
        self.lists.clear()
        for page in self.world.pages[self._known :]:
            site = SITE[page.site]
            dialect = dialect_of(site)
            self.details[page.site, dialect.detail_path(site, page)] = page
            if place := dialect.content_path(site, page):
                self.contents[page.site, place] = page
            for number in range(len(page.attachments)):
                self.files[page.site, dialect.attachment_path(site, page, number)] = (page, number)
        self._known = len(self.world.pages)

    def find(self, ask: Ask) -> Answer | None:
        """What stands at the address, None for nothing."""
        site = self._site(ask.host)
        if site is None:
            return None
        for target in (ask.target, ask.path):
            place = (site.id, target)
            if (page := self.details.get(place)) is not None:
                return self._page(page, "page", self._draw) if page.is_live(self.day) else self._missing(site)
            if (page := self.contents.get(place)) is not None:
                return (
                    self._page(page, "content", self._content)
                    if page.is_live(self.day)
                    else self._missing(site)
                )
            if (file := self.files.get(place)) is not None:
                return self._file(*file) if file[0].is_live(self.day) else self._missing(site)
        return self._list(site, ask)

    def _site(self, host: str) -> Site | None:
        """The site of a host: its own name, or one before it that its dialect knows."""
        name = host.split(":", 1)[0].removesuffix(".test")
        before, _, own = name.rpartition(".")
        site = SITE.get(own)
        if site is None or site not in self.world.sites:
            return None
        return site if not before or before in dialect_of(site).hosts(site) else None

    def _missing(self, site: Site) -> Answer | None:
        """Nothing, or the front page on the sites that show it to who asks for what is gone."""
        if not site.soft404:
            return None
        home = self._view(site).reply(home_page(self._view(site)))
        return _fixed(home, self.world.site_changed_at(site.id, self.day))

    def _view(self, site: Site) -> SiteView:
        return SiteView(self.world, site, self.day, self.port)

    def _page(self, page: Page, kind: str, draw: Callable[[Page], Reply]) -> Answer:
        """A page; what it says depends on nothing but its version, so its mark is known before it is drawn."""
        key = f"{kind}/{self.world.seed}/{self.world.documents}/{page.id}/{page.version(self.day)}"
        head = Reply(b"", self._type_of(page)) if kind == "page" else draw(page)
        etag = _mark(key.encode())
        modified = self.world.changed_at(page, self.day)
        lines = _head(head.content_type, etag, modified)
        return Answer(etag, modified, lines, lambda: self.shelf.get(key, lambda: draw(page).body))

    def _type_of(self, page: Page) -> str:
        site = SITE[page.site]
        if "files" in site.channels[page.channel].traits:
            return TYPES["pdf"]
        return self._view(site).reply("").content_type

    def _draw(self, page: Page) -> Reply:
        site = SITE[page.site]
        if "files" in site.channels[page.channel].traits:
            blocks = self.world.body(page, self.day)
            return Reply(make_page_file(page.title, page.number, blocks), TYPES["pdf"])
        view = self._view(site)
        return view.reply(dialect_of(site).detail(view, page))

    def _content(self, page: Page) -> Reply:
        site = SITE[page.site]
        return dialect_of(site).content(self._view(site), page)

    def _file(self, page: Page, number: int) -> Answer:
        key = f"file/{self.world.seed}/{self.world.documents}/{page.id}/{number}"
        etag, modified = _mark(key.encode()), self.world.changed_at(page, page.appears)
        lines = _head(TYPES[page.attachments[number].kind], etag, modified)
        return Answer(
            etag,
            modified,
            lines,
            lambda: self.shelf.get(key, lambda: make_file(self.world.seed, page, number)),
        )

    def _list(self, site: Site, ask: Ask) -> Answer | None:
        asked = str((sorted(ask.form.items()), ask.json, "referer" in ask.headers))
        key = (site.id, ask.host, ask.method, ask.target, asked)
        if key not in self.lists:
            self.lists[key] = self._other(site, ask)
            while len(self.lists) > LISTS:
                self.lists.popitem(last=False)
        return self.lists[key]

    def _other(self, site: Site, ask: Ask) -> Answer | None:
        view = self._view(site)
        modified = self.world.site_changed_at(site.id, self.day)
        if ask.path == "/robots.txt":
            delay = self.world.crawl_delay.get(site.id)
            text = ROBOTS + (f"Crawl-delay: {delay:g}\n" if delay is not None else "")
            reply = Reply(text.encode(), "text/plain; charset=utf-8")
            return _fixed(reply, self.world.site_changed_at(site.id, 0))
        if ask.path == "/css/style.css":
            return _fixed(Reply(CSS.encode(), "text/css"), modified)
        if ask.path in ("/", "/index.html"):
            return _fixed(view.reply(home_page(view)), modified)
        if ask.path == REDIRECT and ask.query.get("url", "").startswith("http://"):
            return _fixed(Reply(b"", HTML, 302, ask.query["url"]), modified)
        found = dialect_of(site).answer(view, ask)
        return _fixed(found, modified) if found is not None else self._missing(site)


def _fixed(reply: Reply, modified: datetime) -> Answer:
    """An answer whose body is drawn already."""
    etag = _mark(reply.body)
    lines = _head(reply.content_type, etag, modified, reply.location)
    return Answer(etag, modified, lines, lambda: reply.body, reply.status)


def _mark(data: bytes) -> str:
    return f'"{hashlib.sha256(data).hexdigest()[:20]}"'


def _head(content_type: str, etag: str, modified: datetime, location: str = "") -> bytes:
    lines = (
        f"Content-Type: {content_type}\r\nETag: {etag}\r\n"
        f"Last-Modified: {format_datetime(modified, usegmt=True)}\r\nServer: demo\r\n"
    )
    return (lines + (f"Location: {location}\r\n" if location else "")).encode("latin-1")


def home_page(view: SiteView) -> str:
    """A site's front page: its columns with their newest rows."""
    site = view.site
    blocks = []
    for number, channel in enumerate(site.channels):
        rows = "".join(
            f'<li><a href="{view.href(page)}">{escape(page.title)}</a><span>{page.published}</span></li>'
            for page in view.rows(number)[:6]
        )
        blocks.append(
            f'<div class="col"><h2><a href="{escape(list_place(site, channel, view.port))}">{channel.name}</a></h2><ul>{rows}</ul></div>'
        )
    return parts.shell("", site.name, f"{parts.header(site)}{''.join(blocks)}{parts.footer(site)}")


def not_modified(stored: Answer, headers: Mapping[str, str]) -> bool:
    """Whether a conditional request is answered by 304 (RFC 9110: If-None-Match wins)."""
    if (tags := headers.get("if-none-match")) is not None:
        names = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        return stored.etag in names or "*" in names
    if (since := headers.get("if-modified-since")) is not None:
        try:
            then = parsedate_to_datetime(since)
        except ValueError:
            return False
        return stored.modified <= (then if then.tzinfo else then.replace(tzinfo=UTC))
    return False


MISSING = "<!DOCTYPE html><html><head><meta charset='utf-8'><title>404</title></head><body><h1>您访问的页面不存在（演示）</h1></body></html>"


def answer(country: Country, request: Ask) -> tuple[int, bytes, bytes]:
    """Status, header lines and body of an answer; HEAD bodies are cut by the connection."""
    if request.host.split(":", 1)[0] == f"{CONTROL}.test":
        return _control(country, request)
    if request.method not in ("GET", "HEAD", "POST"):
        return 405, b"Allow: GET, HEAD, POST\r\n", b""
    found = country.find(request)
    if found is None:
        return 404, f"Content-Type: {HTML}\r\n".encode(), MISSING.encode()
    if found.status == 200 and not_modified(found, request.headers):
        return 304, found.head, b""
    return found.status, found.head, found.make()


def _control(country: Country, request: Ask) -> tuple[int, bytes, bytes]:
    names = ("host", "path", "method", "status", "bytes", "conditional")
    result: Any
    if request.path == "/log":
        result = {"requests": [dict(zip(names, row, strict=True)) for row in country.log]}
    elif request.method == "POST" and request.path == "/day" and request.query.get("day", "").isdecimal():
        country.set_day(int(request.query["day"]))
        result = {"day": country.day}
    elif request.method == "POST" and request.path == "/reset-log":
        country.log.clear()
        result = {"requests": []}
    elif request.path == "/":
        result = {
            "day": country.day,
            "documents": country.world.documents,
            "sites": [site.id for site in country.world.sites],
        }
    else:
        return 404, b"Content-Type: application/json\r\n", b"{}"
    return 200, b"Content-Type: application/json\r\n", json.dumps(result, ensure_ascii=False).encode()


def parse_request(head: bytes, body: bytes) -> Ask | None:
    """A request from its head (without the blank line) and body, None where it is malformed."""
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3:
        return None
    method, target, _ = words
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            return None
        headers[name.strip().lower()] = value.strip()
    if target.startswith("http://"):
        target = "/" + target.split("/", 3)[3] if target.count("/") > 2 else "/"
    path, _, query_text = target.partition("?")
    query = dict(parse_qsl(query_text, keep_blank_values=True))
    form, value = _parse_body(body, headers.get("content-type", ""))
    host = headers.get("host", "").lower()
    return Ask(method, host, target, unquote(path), query, form, value, headers)


def _parse_body(body: bytes, content_type: str) -> tuple[dict[str, str], Any]:
    """The form (values of a repeated name joined by commas) and the JSON value of a body."""
    if not body:
        return {}, None
    if "json" in content_type:
        try:
            return {}, json.loads(body)
        except ValueError:
            return {}, None
    form: dict[str, str] = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        form[name] = f"{form[name]},{value}" if name in form else value
    return form, None


class Connection(asyncio.Protocol):
    """One keep-alive connection; requests may be pipelined."""

    def __init__(self, country: Country) -> None:
        self.country = country
        self.buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self.buffer += data
        while self.transport is not None and not self.transport.is_closing():
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self.buffer) > MAX_HEAD:
                    self.transport.close()
                return
            head = self.buffer[:end]
            length = _content_length(head)
            if length > MAX_BODY:
                self.transport.close()
                return
            if len(self.buffer) < end + 4 + length:
                return
            body = self.buffer[end + 4 : end + 4 + length]
            self.buffer = self.buffer[end + 4 + length :]
            self._answer(parse_request(head, body))

    def _answer(self, request: Ask | None) -> None:
        assert self.transport is not None
        if request is None:
            self.transport.write(
                b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            self.transport.close()
            return
        status, lines, body = answer(self.country, request)
        length = b"" if status == 304 else b"Content-Length: %d\r\n" % len(body)
        start = f"HTTP/1.1 {status} {REASONS[status]}\r\n".encode()
        out = start + lines + length + b"\r\n" + (b"" if request.method == "HEAD" else body)
        self.transport.write(out)
        if not request.host.startswith(f"{CONTROL}."):
            conditional = "if-none-match" in request.headers or "if-modified-since" in request.headers
            self.country.log.append(
                (request.host, request.target, request.method, status, len(out), conditional)
            )
        if request.headers.get("connection", "").lower() == "close":
            self.transport.close()


def _content_length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"\r\ncontent-length:")
    if at < 0:
        return 0
    text = lower[at + 17 :].split(b"\r\n", 1)[0].strip()
    return int(text) if text.isdigit() else MAX_BODY + 1


async def serve(world: World, port: int, day: int, *, attached: bool) -> None:
    """Serve until cancelled, or, when attached, until standard input ends."""
    country = Country(world, port)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(country), "127.0.0.1", port)
    country.port = server.sockets[0].getsockname()[1]
    country.set_day(day)
    sys.stdout.write(f"{country.port}\n")
    sys.stdout.flush()
    if attached:
        await loop.run_in_executor(None, sys.stdin.read)
    else:
        await server.serve_forever()
    server.close()


@dataclass(slots=True)
class Server:
    """A running demo server in a child process."""

    port: int
    process: "subprocess.Popen[str]"

    def log(self) -> list[dict[str, Any]]:
        """The requests so far: host, path, method, status, bytes, conditional."""
        rows: list[dict[str, Any]] = self._ask("GET", "/log")["requests"]
        return rows

    def set_day(self, day: int) -> None:
        """Move the world's clock."""
        self._ask("POST", f"/day?day={day}")

    def reset_log(self) -> None:
        """Forget the requests so far."""
        self._ask("POST", "/reset-log")

    def _ask(self, method: str, target: str) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{target}", method=method, headers={"Host": f"{CONTROL}.test"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=120) as response:
            return json.load(response)


@contextmanager
def running(world: World, day: int = 0, port: int = 0) -> Iterator[Server]:
    """A server in a child process with a world of the same arguments; port 0 takes a free one."""
    arguments = json.dumps(
        {
            "documents": world.documents,
            "seed": world.seed,
            "ladder": world.ladder,
            "crawl_delay": world.crawl_delay,
            "sites": [site.id for site in world.sites],
        }
    )
    command = [
        sys.executable,
        "-m",
        "demo.web",
        "--attached",
        "--world",
        arguments,
        "--port",
        str(port),
        "--day",
        str(day),
    ]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line.strip().isdecimal():
            raise RuntimeError(f"演示服务器未能在端口 {port} 上启动")
        yield Server(int(line), process)
    finally:
        process.stdin.close()
        killer = threading.Timer(5, process.kill)
        killer.start()
        process.wait()
        killer.cancel()
        process.stdout.close()


def _world_of(options: argparse.Namespace) -> World:
    if options.world:
        wanted = json.loads(options.world)
        ladder = tuple(wanted["ladder"])
        delays, sites = wanted["crawl_delay"], wanted["sites"]
        return World(wanted["documents"], wanted["seed"], ladder=ladder, crawl_delay=delays, sites=sites)
    delays = dict(item.split("=", 1) for item in options.crawl_delay)
    crawl_delay = {site: float(seconds) for site, seconds in delays.items()}
    return World(options.documents, options.seed, crawl_delay=crawl_delay)


def main(arguments: list[str] | None = None) -> None:
    """`python -m demo.web`: serve the country until interrupted; prints its port."""
    parser = argparse.ArgumentParser(prog="python -m demo.web", description="在本机提供演示国的全部网站。")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--day", type=int, default=0)
    parser.add_argument("--documents", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crawl-delay", action="append", default=[], metavar="SITE=SECONDS")
    parser.add_argument("--world", help="世界的全部参数（JSON），优先于上面两项")
    parser.add_argument("--attached", action="store_true", help="标准输入关闭时退出")
    options = parser.parse_args(arguments)
    world = _world_of(options)
    if options.attached:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    try:
        asyncio.run(serve(world, options.port, options.day, attached=options.attached))
    except KeyboardInterrupt:
        sys.exit(0)
    except OSError as error:
        sys.exit(f"演示服务器无法监听端口 {options.port}：{error.strerror}")


if __name__ == "__main__":
    main()
