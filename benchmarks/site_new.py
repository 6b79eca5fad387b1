"""How far `zhengce site new` gets by itself: real list pages, and demo sites whose class names mean nothing.

`python -m benchmarks.site_new [--seed N]`. Real list pages are given to `--from` with their address. Of the
demo country 30 sites are picked at random, every class name of their pages is replaced by a random one (and
every id that no script speaks of), and list and documents go to `--from`; a column whose page holds no rows
is surveyed over a proxy that does the same to everything it passes on. The seed is printed.
"""

import argparse
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from benchmarks.lab import SHARED, Bars
from demo.country import SITES
from demo.web import running
from demo.world import World, write_site_files

SAMPLE = 30
DOCUMENTS = 3000
SECONDS = 60.0
# The shortest cut title of the real lists has 30 characters before its dots.
PRINTED = 30
FIELDS = ("count", "title", "url", "date")
# What sites look at besides the address.
PASSED = ("Content-Type", "Referer", "X-Requested-With")
CLASS = re.compile(r"""(\bclass\s*=\s*)(["'])([^"'<>]*)\2""")
IDENTIFIER = re.compile(r"""(\bid\s*=\s*)(["'])([\w-]+)\2""")


@dataclass(slots=True)
class Score:
    """Fields right and asked, lines of the files, seconds of the runs."""

    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))
    asked: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))
    lines: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def note(self, name: str, want: dict[str, Any], got: dict[str, Any] | None) -> None:
        """Compare what one site should give with what its record says."""
        for key, value in want.items():
            if value is None:
                continue
            self.asked[key] += 1
            have = (got or {}).get(key)
            ok = squash(str(have)) == squash(str(value)) or (key == "title" and is_cut(str(have), str(value)))
            self.right[key] += ok
            if not ok:
                print(f"      {name} {key}: want {value!r} have {have!r}", flush=True)


def is_cut(title: str, whole: str) -> bool:
    """Whether a title is the beginning of the whole one as a list printed it, with its dots.

    FineCMS lists print 50 characters and no title attribute; the labels of such real lists are cut too.
    """
    begins = re.sub(r"(?:…|\.{3})+$", "", squash(title))
    return title.endswith(("…", "...")) and len(begins) >= PRINTED and squash(whole).startswith(begins)


def squash(text: str) -> str:
    """A text without white space, as ../shared/pages/score.py compares."""
    return re.sub(r"[\s​﻿　\xa0|]+", "", unicodedata.normalize("NFKC", text))


def run_new(folder: Path, name: str, *arguments: str) -> tuple[int, str, float]:
    """Run `site new` into `folder`; exit code, what it said, seconds."""
    command = [
        sys.executable,
        "-m",
        "zhengce",
        "--data",
        str(folder / "data"),
        "--sites-folder",
        str(folder / "sites"),
    ]
    begun = time.monotonic()
    done = subprocess.run(
        [*command, "site", "new", "--id", name, "--out", str(folder / "out"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr, time.monotonic() - begun


def record(folder: Path, name: str) -> dict[str, Any] | None:
    """Count and first item of the record that was written; None where none was."""
    path = folder / "out" / f"{name}.golden" / "expected.json"
    if not path.exists():
        return None
    (channel,) = json.loads(path.read_text(encoding="utf-8"))["channels"].values()
    first = (channel["first"] or [{}])[0]
    return {"count": channel["items"], **{key: first.get(key) for key in ("title", "url", "date")}}


def lines_of(folder: Path, name: str) -> int:
    """Lines of the site file, which must be one."""
    text = (folder / "out" / f"{name}.toml").read_text(encoding="utf-8")
    tomllib.loads(text)
    return len(text.splitlines())


# real pages


def real_pages(folder: Path) -> tuple[Score, int, int]:
    """`site new --from` on every real list page; the score, shells refused as they must, places asked for."""
    score, shells, asked = Score(), 0, 0
    with (SHARED / "pages" / "lists.jsonl").open(encoding="utf-8") as rows:
        for number, line in enumerate(rows):
            row = json.loads(line)
            name = f"real{number}"
            arguments = ["--from", str(SHARED / "pages" / row["file"]), "--url", row["url"].split()[0]]
            code, said, seconds = run_new(folder, name, *arguments)
            if code == 2 and "--region" in said:
                asked += 1
                code, said, again = run_new(folder, name, *arguments, "--level", "national")
                seconds += again
            score.seconds.append(seconds)
            want = wanted(row)
            if not row["item_count"]:
                shells += code == 1 and record(folder, name) is None
                continue
            if code:
                print(f"      {row['file']} ended with {code}: {said.splitlines()[0] if said else ''}")
            else:
                score.lines.append(lines_of(folder, name))
            score.note(row["file"], want, record(folder, name))
    return score, shells, asked


def wanted(row: dict[str, Any]) -> dict[str, Any]:
    """What a label says a record must hold; None where it says nothing."""
    href = row.get("first_item_href")
    return {
        "count": row["item_count"],
        "title": row.get("first_item_title") or None,
        "url": urljoin(row["url"], href) if href else None,
        "date": row.get("first_item_date") or None,
    }


# demo sites with names that mean nothing


class Renamer:
    """Gives every class name, and every id that stands nowhere else, another name; the same for all pages."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.names: dict[str, str] = {}

    def rename(self, text: str) -> str:
        """A page with other names."""
        text = CLASS.sub(lambda m: f"{m[1]}{m[2]}{' '.join(map(self._name, m[3].split()))}{m[2]}", text)
        return IDENTIFIER.sub(
            lambda m: f"{m[1]}{m[2]}{self._name(m[3]) if text.count(m[3]) == 1 else m[3]}{m[2]}", text
        )

    def _name(self, old: str) -> str:
        if old not in self.names:
            self.names[old] = "".join(self.chance.choices("bcdfghjklmnpqrstvwxz", k=7))
        return self.names[old]


def fetch(
    port: int, host: str, target: str, data: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, str, bytes]:
    """One answer of the demo: status, media type, bytes."""
    sent = {"Host": f"{host}:{port}", **(headers or {})}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{target}", data, sent)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type", ""), error.read()


@contextmanager
def proxy(port: int, renamer: Renamer) -> Iterator[int]:
    """A server in front of the demo that renames what passes; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            data = self.rfile.read(length) if length else None
            host = self.headers["Host"].partition(":")[0]
            passed = {name: self.headers[name] for name in PASSED if self.headers[name]}
            status, kind, body = fetch(port, host, self.path, data, passed)
            body = renamed(body, kind, renamer).replace(f":{port}".encode(), f":{own}".encode())
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815  http.server's name

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    own = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield own
    finally:
        server.shutdown()
        server.server_close()


def renamed(body: bytes, kind: str, renamer: Renamer) -> bytes:
    """The bytes of a page with other names; what is no text stays."""
    if not any(word in kind for word in ("html", "json", "javascript", "xml")):
        return body
    for codec in ("utf-8", "gb18030"):
        try:
            return renamer.rename(body.decode(codec)).encode(codec)
        except UnicodeDecodeError:
            continue
    return body


def demo_sites(folder: Path, chance: random.Random) -> tuple[Score, int]:
    """`site new` on random demo sites with random names; the score, and how many went through the network."""
    world = World(DOCUMENTS)
    score, networked = Score(), 0
    with running(world) as server:
        files = {path.stem: path for path in write_site_files(folder / "files", server.port)}
        sites = chance.sample(SITES, min(SAMPLE, len(SITES)))
        for site in sites:
            channel = tomllib.loads(files[site.id].read_text(encoding="utf-8"))["channel"][0]
            address = urljoin(f"http://{site.id}.test:{server.port}/", channel["list"])
            listed = world.listed(site.id, 0, 0)
            parts = urlsplit(address)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            status, kind, body = fetch(server.port, f"{site.id}.test", target)
            shown = sum(tail(world.path(page)) in body for page in listed[:200]) if status == 200 else 0
            renamer = Renamer(chance)
            name = site.id
            first = listed[0]
            want = {
                "title": first.title,
                "date": str(first.published),
                "url": world.path(first),
                "count": shown or None,
            }
            if shown:
                saved = folder / name
                saved.mkdir()
                (saved / "list.html").write_bytes(renamed(body, kind, renamer))
                pages = [saved / "list.html"]
                for number, page in enumerate(listed[:2]):
                    _, kind, body = fetch(server.port, f"{site.id}.test", world.path(page))
                    pages.append(saved / f"detail{number}.html")
                    pages[-1].write_bytes(renamed(body, kind, renamer))
                code, said, seconds = run_new(folder, name, address, "--from", *map(str, pages))
            else:
                networked += 1
                with proxy(server.port, renamer) as port:
                    code, said, seconds = run_new(
                        folder, name, address.replace(f":{server.port}", f":{port}")
                    )
            score.seconds.append(seconds)
            got = record(folder, name)
            if code:
                print(f"      {name} ({site.platform}) ended with {code}: {said.splitlines()[:3]}")
            else:
                score.lines.append(lines_of(folder, name))
            if got and got["url"]:
                found = urlsplit(got["url"])
                got["url"] = found.path + (f"?{found.query}" if found.query else "")
            score.note(name, want, got)
    return score, networked


def tail(path: str) -> bytes:
    """The last two parts of an address, which relative links have too."""
    return "/".join(path.rsplit("/", 2)[1:]).encode()


def judge(bars: Bars, label: str, score: Score) -> None:
    """The bars of one part."""
    for key in FIELDS:
        share = score.right[key] / score.asked[key] if score.asked[key] else 0.0
        bars.check(
            f"{label} {key}", share >= 0.95, f"{score.right[key]}/{score.asked[key]} {share:.3f}", ">= .95"
        )
    bars.check(
        f"{label} lines", max(score.lines, default=0) <= 10, f"{max(score.lines, default=0)} at most", "<= 10"
    )
    slowest = max(score.seconds, default=0.0)
    bars.check(
        f"{label} seconds",
        slowest < SECONDS,
        f"{statistics.median(score.seconds):.1f}, slowest {slowest:.1f}",
        "< 60",
    )


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--part", choices=["real", "demo", "both"], default="both")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    bars = Bars()
    with tempfile.TemporaryDirectory(prefix="zhengce-bench-") as name:
        folder = Path(name)
        (folder / "sites").mkdir()
        if options.part != "demo" and SHARED.exists():
            score, shells, asked = real_pages(folder)
            judge(bars, "real", score)
            print(f"      {shells} shells refused by name; level asked of the operator {asked} times")
        if options.part != "real":
            score, networked = demo_sites(folder, random.Random(options.seed))
            judge(bars, "demo", score)
            print(f"      {networked} of the demo sites over the network, the others from saved pages")
    bars.end()


if __name__ == "__main__":
    main()
