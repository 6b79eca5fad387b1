"""A server on this machine that misbehaves: the host name says which case, the path says what."""

import asyncio
import gzip
import threading
import time
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

PAGE = (
    "<html><head><title>演示政策</title></head><body>" + "<p>演示正文。</p>" * 200 + "</body></html>"
).encode()
SHELL_412 = b"<html><head><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1;</script></head><body></body></html>"
SHELL_521 = (
    b"<script>document.cookie=('_')+('_')+('jsl_clearance_s=1');location.href=location.pathname</script>"
)
SHELL_WZWS = (
    b"<html><head><noscript><title>JavaScript</title></noscript><script>eval(function(p,a,c,k,e,d){}"
    b"('0|wzwsquestion|wzwsfactor|wzwsmethod|wzwsparams'.split('|')))</script></head><body></body></html>"
)
SHELL_COOKIE = b"<script>document.cookie='C3VK=1; path=/';window.location.reload();</script>"
SHELL_CAPTCHA = b"<html><head><script src='/nwaf/captcha.js'></script></head><body>\xe8\xaf\xb7\xe9\xaa\x8c\xe8\xaf\x81</body></html>"


def bomb(mebibytes: int) -> bytes:
    """So many MiB of zeros as gzip, made piece by piece: the server shares its process with the crawl."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1 << 20)
    return b"".join([*(packer.compress(piece) for _ in range(mebibytes)), packer.flush()])


@dataclass
class Asked:
    """One request as the server saw it."""

    host: str
    path: str
    headers: dict[str, str]
    at: float


Handler = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RudeServer:
    """Serves in a thread of its own; `log` has every request in order."""

    port: int = 0
    log: list[Asked] = field(default_factory=list)

    def start(self) -> None:
        """Return when the port is open."""
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True).start()
        assert ready.wait(10)

    async def _serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
                asked = Asked(
                    headers["host"].partition(":")[0], head[0].split(" ")[1], headers, time.monotonic()
                )
                self.log.append(asked)
                await answer(self, asked, writer)
                await writer.drain()
        except (
            asyncio.IncompleteReadError,
            ConnectionError,
            asyncio.LimitOverrunError,
            KeyError,
            ValueError,
        ):
            pass
        finally:
            writer.close()


def send(writer: asyncio.StreamWriter, status: int, body: bytes = b"", **headers: str) -> None:
    """One well-formed answer; header names are written with underscores."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
    lines += [
        f"{name.replace('_', '-')}: {value}"
        for name, value in {"Content_Type": "text/html", **headers}.items()
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + (b"" if status == 304 else body))


async def answer(server: RudeServer, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Answer one request by host and path."""
    name = asked.host.partition(".")[0]
    if asked.path == "/robots.txt":
        return _robots(name, writer)
    if name in SHELLS:
        status, body, headers = SHELLS[name]
        return send(writer, status, body, **headers)
    if name in PATHS and asked.path in PATHS[name]:
        status, body, headers = PATHS[name][asked.path]
        return send(
            writer, status, body, **{key: value.format(port=server.port) for key, value in headers.items()}
        )
    if asked.path in SPECIAL:
        return await SPECIAL[asked.path](asked, writer)
    return send(writer, 200, PAGE, ETag='"v1"', Last_Modified="Mon, 02 Mar 2026 00:00:00 GMT")


def _robots(name: str, writer: asyncio.StreamWriter) -> None:
    match name:
        case "denied":
            send(writer, 200, b"User-agent: zhengce\nDisallow: /secret\n")
        case "paced" | "throttled":
            send(writer, 200, b"User-agent: *\nCrawl-delay: 1\n")
        case "glacial":
            send(writer, 200, b"User-agent: *\nCrawl-delay: 86400\n")
        case "robots500":
            send(writer, 500)
        case "robotsaway":
            send(writer, 302, Location="http://elsewhere.test/robots.txt")
        case "robotsblocked":
            send(writer, 412, SHELL_412)
        case _:
            send(writer, 404)


SHELLS: dict[str, tuple[int, bytes, dict[str, str]]] = {
    "rs": (412, SHELL_412, {}),
    "jsl": (521, SHELL_521, {"Set_Cookie": "__jsluid_h=1"}),
    "wzws": (200, SHELL_WZWS, {}),
    "wzws202": (202, gzip.compress(SHELL_WZWS), {"Content_Encoding": "gzip"}),
    "shell": (200, SHELL_COOKIE, {}),
    "geo": (403, b"<h1>403</h1>reason:GeoBL", {}),
    "captcha": (200, SHELL_CAPTCHA, {}),
    "later": (503, b"", {"Retry_After": "86400"}),
}
PATHS: dict[str, dict[str, tuple[int, bytes, dict[str, str]]]] = {
    "moves": {
        "/self": (302, b"", {"Location": "/self"}),
        "/off": (301, b"", {"Location": "http://elsewhere.test/new"}),
        "/local": (302, b"", {"Location": "http://127.0.0.1:{port}/inside"}),
        "/decimal": (302, b"", {"Location": "http://2130706433:{port}/inside"}),
        "/file": (302, b"", {"Location": "file:///etc/hostname"}),
        "/broken": (302, b"", {"Location": "http://[bad"}),
        "/nowhere": (302, b"", {}),
        "/two": (301, b"", {"Location": "/one"}),
        "/one": (301, b"", {"Location": "/end"}),
        **{f"/hop{n}": (302, b"", {"Location": f"/hop{n + 1}"}) for n in range(9)},
        "/meta": (200, b"<meta http-equiv='refresh' content='0;url=/end'>", {}),
        "/metaself": (200, b"<meta http-equiv='refresh' content='5;url=/metaself'>text", {}),
        "/metaoff": (200, b"<meta http-equiv='refresh' content='0;url=http://elsewhere.test/'>", {}),
    },
    "broken": {
        "/404": (404, b"", {}),
        "/410": (410, b"", {}),
        "/403": (403, b"<h1>Forbidden</h1>", {}),
        "/500": (500, b"", {}),
        "/204": (204, b"", {}),
        "/notgzip": (200, b"plain", {"Content_Encoding": "gzip"}),
        "/double": (200, gzip.compress(gzip.compress(PAGE)), {"Content_Encoding": "gzip, gzip"}),
        "/bomb": (200, bomb(40), {"Content_Encoding": "gzip"}),
        "/bomb2": (200, gzip.compress(bomb(40)), {"Content_Encoding": "gzip, gzip"}),
        "/deflate": (200, zlib.compress(PAGE), {"Content_Encoding": "deflate"}),
    },
}


async def _cookie(asked: Asked, writer: asyncio.StreamWriter) -> None:
    if "seen=1" in asked.headers.get("cookie", ""):
        return send(writer, 200, PAGE)
    return send(writer, 302, Location=asked.path, Set_Cookie="seen=1; path=/")


async def _cookie_never(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, 302, Location=asked.path, Set_Cookie="other=1; path=/")


async def _conditional(asked: Asked, writer: asyncio.StreamWriter) -> None:
    same = asked.headers.get("if-none-match") == '"v1"' or "if-modified-since" in asked.headers
    send(writer, 304 if same else 200, PAGE, ETag='"v1"')


async def _conditional_moved(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, 302, Location="/dated")


async def _endless_headers(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1 << 20):
        writer.write(f"X-{number}: {'x' * 1000}\r\n".encode())
        await writer.drain()


async def _long_header(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * (1 << 20) + b"\r\n\r\n")


async def _endless_body(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(bytes(1 << 16))
        await writer.drain()


async def _slow_body(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(20):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.5)


async def _short_body(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort")
    await writer.drain()
    writer.close()


async def _not_http(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-nothing\r\n\r\n")
    await writer.drain()
    writer.close()


async def _drop(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.close()


_asked_before: set[str] = set()


async def _busy_once(asked: Asked, writer: asyncio.StreamWriter) -> None:
    if asked.path in _asked_before:
        return send(writer, 200, PAGE)
    _asked_before.add(asked.path)
    return send(writer, 429, Retry_After="1")


SPECIAL: dict[str, Handler] = {
    "/cookie": _cookie,
    "/cookie-never": _cookie_never,
    "/conditional": _conditional,
    "/moved": _conditional_moved,
    "/dated": _conditional,
    "/endless-headers": _endless_headers,
    "/long-header": _long_header,
    "/endless-body": _endless_body,
    "/slow-body": _slow_body,
    "/short-body": _short_body,
    "/not-http": _not_http,
    "/drop": _drop,
    "/busy": _busy_once,
}
