"""One server for all sites of the demo country, on this machine only; the Host header picks the site.

It is plain asyncio with a small HTTP/1.1 parser, because its CPU competes with the crawler it feeds.
"""

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from demo.dialects.view import HTML, Ask
from demo.served import Answer, Country
from demo.world import PORT, World

MAX_HEAD = 32 * 1024
MAX_BODY = 64 * 1024
CONTROL = "control"
REASONS = {
    200: "OK",
    302: "Found",
    304: "Not Modified",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
}


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
