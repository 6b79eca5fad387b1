"""Crawls groups of cases in a process of its own (a reactor runs once) and prints what came of them as JSON.

Usage: crawl_cases.py GROUP FOLDER
"""

import hashlib
import json
import resource
import socket
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from twisted.python.failure import Failure as TwistedFailure

sys.path.insert(0, str(Path(__file__).parent))
from rude_server import RudeServer

from crawlers.failures import name_failure
from crawlers.replay import load_replay
from crawlers.settings import crawl_settings, site_settings
from crawlers.stopping import RunStop
from pipelines.archive import ArchiveReader, ArchiveWriter
from pipelines.clock import system_clock

Case = dict[str, Any]


def case(
    *paths: str, metas: dict[str, Any] | None = None, hosts: tuple[str, ...] = (), **settings: Any
) -> Case:
    """A site: paths (or whole addresses) to ask for, meta of each path, further hosts, settings."""
    return {"paths": paths, "metas": metas or {}, "hosts": hosts, "settings": settings}


def closed_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def chatty_port() -> int:
    """A port whose server speaks first and knows no TLS."""
    listening = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        while True:
            connection, _ = listening.accept()
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()

    threading.Thread(target=talk, daemon=True).start()
    return int(listening.getsockname()[1])


def polite_cases(port: int) -> dict[str, Case]:
    """Cases about asking well."""
    return {
        "plain": case("/a", "/b", "/c?x=1#part"),
        "conditional": case(
            "/conditional",
            "/moved",
            "/dated",
            metas={
                "/conditional": {"etag": '"v1"'},
                "/moved": {"last_modified": "Mon, 02 Mar 2026 00:00:00 GMT"},
                "/dated": {"last_modified": "Mon, 02 Mar 2026 00:00:00 GMT"},
            },
        ),
        "moves": case(
            *(
                "/cookie",
                "/cookie-never",
                "/self",
                "/off",
                "/local",
                "/decimal",
                "/file",
                "/broken",
                "/nowhere",
            ),
            *("/two", "/end", "/hop0", "/meta", "/metaself", "/metaoff"),
        ),
        "inside": case(
            f"http://127.0.0.1:{port}/inside",
            f"http://2130706433:{port}/inside",
            f"http://0x7f000001:{port}/inside",
            f"http://0177.0.0.1:{port}/inside",
            f"http://127.1:{port}/inside",
            f"http://[::1]:{port}/inside",
            f"http://[::ffff:127.0.0.1]:{port}/inside",
            f"http://[2002:7f00:1::]:{port}/inside",
            f"http://localhost:{port}/inside",
            f"http://localhost.:{port}/inside",
            "http://169.254.169.254/latest/meta-data/",
            "ftp://inside.test/file",
            "http://other.test/page",
            "/" + "x" * 3000,
            hosts=("127.0.0.1", "localhost", "localhost.", "2130706433", "0x7f000001", "127.1", "::1"),
        ),
        "denied": case("/secret/1", "/open"),
        "paced": case("/1", "/2", "/3"),
        "throttled": case("/1", "/2", "/3", AUTOTHROTTLE_ENABLED=True, DOWNLOAD_DELAY=0.2),
        "glacial": case("/1"),
        "robots500": case("/1", "/2"),
        "robotsaway": case("/1"),
    }


def hostile_cases(port: int) -> dict[str, Case]:
    """Cases about answers that are none."""
    pages = tuple(f"/{number}" for number in range(8))
    small = {"DOWNLOAD_MAXSIZE": 1 << 20, "DOWNLOAD_TIMEOUT": 20}
    return {
        **{
            name: case(*pages, CONCURRENT_REQUESTS_PER_DOMAIN=1, CONCURRENT_REQUESTS=4, DOWNLOAD_DELAY=0.2)
            for name in ("rs", "jsl", "wzws", "wzws202", "shell", "geo", "captcha", "later", "robotsblocked")
        },
        "broken": case(
            *("/404", "/410", "/403", "/500", "/204", "/notgzip", "/double", "/bomb", "/bomb2", "/deflate"),
            *("/endless-headers", "/long-header", "/endless-body", "/slow-body", "/short-body", "/not-http"),
            *(
                "/drop",
                "/busy",
                f"https://broken.test:{chatty_port()}/tls",
                f"http://broken.test:{closed_port()}/closed",
            ),
            metas={"/slow-body": {"download_timeout": 1}},
            **small,
        ),
        "nobody": case("http://does-not-exist.invalid/", hosts=("does-not-exist.invalid",)),
    }


def spider_class(
    name: str, what: Case, port: int, results: dict[str, Any], reader: ArchiveReader
) -> type[scrapy.Spider]:
    """A spider that asks for the paths of a case and writes down what it got."""
    host = f"{name}.test"
    out: dict[str, Any] = results.setdefault(name, {"outcomes": {}})

    class CaseSpider(scrapy.Spider):
        custom_settings = {**site_settings(delay=0, concurrency=8), **what["settings"]}  # noqa: RUF012  Scrapy's name, read once
        site = SimpleNamespace(
            id=name,
            hosts=frozenset({host, *what["hosts"]}),
            fetch=SimpleNamespace(delay=0.0, referer="http://referer.test/"),
        )

        async def start(self) -> AsyncIterator[scrapy.Request]:
            for path in what["paths"]:
                url = path if "://" in path else f"http://{host}:{port}{path}"
                meta = {"channel": "演示", "kind": "detail", "path": path, **what["metas"].get(path, {})}
                yield scrapy.Request(url, self.parse, errback=self.failed, meta=meta, dont_filter=False)

        def parse(self, response: scrapy.http.Response) -> None:
            fetched = response.meta.get("fetched")
            got: dict[str, Any] = {"status": response.status, "size": len(response.body), "url": response.url}
            if fetched is not None:
                stored = reader.read(fetched.archive)
                got["fetched"] = {
                    "url": fetched.url,
                    "final_url": fetched.final_url,
                    "media_type": fetched.media_type,
                    "etag": fetched.etag,
                    "last_modified": fetched.last_modified,
                    "hash_right": hashlib.sha256(stored.body).hexdigest() == fetched.sha256,
                    "body_right": stored.body == response.body and fetched.size == len(stored.body),
                }
            out["outcomes"][response.meta["path"]] = got

        def failed(self, failure: TwistedFailure) -> None:
            name, message = name_failure(failure.value)
            out["outcomes"][failure.request.meta["path"]] = {"failure": name.value, "message": message}  # type: ignore[attr-defined]  # Scrapy adds it

        def closed(self, reason: str) -> None:
            out["reason"] = reason
            out["stopped"] = [str(part) for part in getattr(self, "stopped", ())]
            out["counts"] = {
                channel: [counts.requests, counts.not_modified, counts.bytes]
                for channel, counts in getattr(self, "counts", {}).items()
            }

    CaseSpider.name = name
    return CaseSpider


def main() -> None:
    group, folder = sys.argv[1], Path(sys.argv[2])
    server = RudeServer()
    server.start()
    results: dict[str, Any] = {}
    replay = None
    if group == "replay":
        replay = load_replay(folder / "saved")
        cases = {
            "saved": case(
                *(page.url for page in replay.details),
                "http://saved.test/missing",
                hosts=tuple({"unknown.invalid", "saved.test"}),
            )
        }
    elif group == "disk":
        sys.dont_write_bytecode = True  # what is cut off at the limit would be read by every later process
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        cases = {
            name: case(*(f"/{n}" for n in range(40)), CONCURRENT_REQUESTS=1) for name in ("full1", "full2")
        }
    elif group == "anonymous":
        cases = {"anonymous": case("/mapped", "http://real.example/", hosts=("real.example",))}
    else:
        cases = (polite_cases if group == "polite" else hostile_cases)(server.port)
    archive = ArchiveWriter(folder / "archive", system_clock)
    stop = RunStop()
    settings = crawl_settings(
        archive=archive,
        clock=system_clock,
        contact=None if group == "anonymous" else "demo@example.test",
        address_map={".test": "127.0.0.1"},
        replay=replay,
        stop=stop,
    )
    settings.set("LOG_LEVEL", "CRITICAL", priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    reader = ArchiveReader(folder / "archive")
    for name, what in cases.items():
        process.crawl(spider_class(name, what, server.port, results, reader))
    process.start()
    log = [[asked.host, asked.path, asked.headers, asked.at] for asked in server.log]
    # Not ru_maxrss: that begins with the memory of the process which forked this one (Linux, execve).
    status = Path("/proc/self/status").read_text()
    rss = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps({"sites": results, "log": log, "rss": rss, "stop": stop.reason}))


main()
