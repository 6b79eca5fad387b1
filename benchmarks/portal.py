"""How fast the portal answers over 300,000 documents: every kind of page at 1, 4 and 16 clients.

    python -m benchmarks.portal [--documents 300000] [--requests 400] [--only results]

The portal is a process of its own, `zhengce serve`; so are the clients, whose CPU is told apart. Without caches
every request asks for something else; with caches the same few addresses are asked for again by the tags that came
with them, as browsers and mirrors do. Texts and index are those of benchmarks/search.py and stay where those do.
Ends with 1 where a bar is missed.
"""

import argparse
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks.lab import ROOT, Bars
from benchmarks.portal_world import ids, installation
from benchmarks.search import Asked, mixed, percentile

CLIENTS = (1, 4, 16)
WARM = 40  # requests before the clock
AGAIN = 20  # addresses of a run with caches
# Bars, at 4 clients without caches: requests a second, ms.
PAGES_A_SECOND, PAGE_P95 = 150.0, 60.0
RESULTS_A_SECOND, FIRST_P95, WHOLE_P95 = 30.0, 150.0, 300.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one kind at so many clients: ms to the first piece of a body and to its end, CPU seconds."""

    first: list[float]
    whole: list[float]
    wall: float
    server: float
    clients: float
    bytes: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.whole) / self.wall


def main() -> None:
    """Make the installation if need be, then ask."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=300_000)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--only", metavar="KIND", help="one kind of address")
    parser.add_argument("--load", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.load:
        load(json.load(sys.stdin))
        return
    data, rows = installation(options.documents)
    known = list(ids(data))
    bars = Bars()
    with serving(data) as (port, pid):
        for name, addresses in kinds(rows, known, options.requests).items():
            if options.only not in (None, name):
                continue
            for clients in CLIENTS:
                told(bars, name, clients, asked(port, pid, addresses, clients))
            again = (addresses[:AGAIN] * len(addresses))[: len(addresses)]
            told(None, f"{name}, with caches", 4, asked(port, pid, again, 4, tags=True))
    bars.end()


def kinds(rows: Sequence[Mapping[str, Any]], known: Sequence[str], count: int) -> dict[str, list[str]]:
    """Addresses of every kind, none twice as far as there are so many."""
    r = random.Random(5)
    chosen = r.sample(known, min(2 * count, len(known)))
    titles = [r.choice(rows)["title"] for _ in range(count)]
    mix = mixed(rows, count)
    return {
        "document": [f"/policies/{one}" for one in chosen[:count]],
        "API by id": [f"/api/v1/policies/{one}" for one in chosen[count:]],
        "API search": [f"/api/v1/policies?{_parameters(one)}" for one in mix],
        "suggest": [f"/api/v1/suggest?{urlencode({'q': title[: r.randint(1, 8)]})}" for title in titles],
        # One more parameter makes a page of a number, which else leads on to the document.
        "results": [f"/search?{_parameters(one)}&size=20" for one in mix],
    }


def _parameters(one: Asked) -> str:
    sort = {} if one.sort == "relevance" else {"sort": one.sort}
    return urlencode({"q": one.typed, **one.filters, **sort}, doseq=True)


def told(bars: Bars | None, name: str, clients: int, run: Run) -> None:
    """Print a line, held against its bar where it has one."""
    shares = [f"{share}: {_ms(run.first, at)} / {_ms(run.whole, at)}" for share, at in SHARES.items()]
    figure = (
        f"{run.rate:.0f} a second; first / whole, ms: {'; '.join(shares)}; "
        f"CPU {run.server / len(run.whole) * 1000:.1f} ms + {run.clients / len(run.whole) * 1000:.1f} ms of the "
        f"client; {run.bytes / len(run.whole) / 1000:.1f} KB"
    )
    label = f"{name}, {clients} clients"
    first, whole = percentile(run.first, 0.95), percentile(run.whole, 0.95)
    if bars is not None and clients == 4 and name in ("document", "API by id"):
        good = run.rate >= PAGES_A_SECOND and whole <= PAGE_P95
        bars.check(label, good, figure, f"{PAGES_A_SECOND:g} a second, p95 {PAGE_P95:g} ms")
    elif bars is not None and clients == 4 and name == "results":
        good = run.rate >= RESULTS_A_SECOND and first <= FIRST_P95 and whole <= WHOLE_P95
        bars.check(
            label, good, figure, f"{RESULTS_A_SECOND:g} a second, p95 {FIRST_P95:g} / {WHOLE_P95:g} ms"
        )
    else:
        print(f"      {label}: {figure}", flush=True)


SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def _ms(times: Sequence[float], share: float) -> str:
    return f"{percentile(times, share):.1f}"


@contextmanager
def serving(data: Path) -> Iterator[tuple[int, int]]:
    """`zhengce serve` on a free port, and its process; whoever asks may ask without limit."""
    command = [sys.executable, "-m", "zhengce", "--data", str(data), "serve", "--port", "0", "--json"]
    environment = os.environ | {"ZHENGCE_REQUESTS_PER_SECOND": "0"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment)
    assert process.stdout
    try:
        address = json.loads(process.stdout.readline())["address"]
        yield urlsplit(address).port or 80, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def asked(port: int, pid: int, addresses: Sequence[str], clients: int, *, tags: bool = False) -> Run:
    """One run, by clients in a process of their own."""
    command = [sys.executable, "-m", "benchmarks.portal", "--load"]
    order = {"port": port, "addresses": addresses, "clients": clients, "tags": tags, "server": pid}
    answer = subprocess.run(
        command, input=json.dumps(order).encode(), stdout=subprocess.PIPE, cwd=ROOT, check=True
    )
    return Run(**json.loads(answer.stdout))


def load(order: Mapping[str, Any]) -> None:
    """Ask for all addresses once, shared by the clients, each over one connection; print what came of it."""
    first: list[float] = []
    whole: list[float] = []
    sizes: list[int] = []

    def client(port: int, addresses: Sequence[str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        known: dict[str, str] = {}
        for address in addresses:
            headers = {"Accept-Encoding": "gzip"}
            if order["tags"] and address in known:
                headers["If-None-Match"] = known[address]
            start = time.perf_counter()
            connection.request("GET", address, headers=headers)
            answer = connection.getresponse()
            piece = answer.read1()
            at = time.perf_counter()
            rest = answer.read()
            first.append((at - start) * 1000)
            whole.append((time.perf_counter() - start) * 1000)
            sizes.append(len(piece) + len(rest))
            if answer.status not in (200, 304):
                raise RuntimeError(f"{answer.status} {address}: {(piece + rest)[:200]!r}")
            known[address] = answer.headers.get("ETag", "")
        connection.close()

    addresses, clients = order["addresses"], order["clients"]
    client(order["port"], addresses[-WARM:])
    for kept in (first, whole, sizes):
        kept.clear()
    threads = [
        threading.Thread(target=client, args=(order["port"], addresses[n::clients])) for n in range(clients)
    ]
    server, own, start = _cpu(order["server"]), time.process_time(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - start
    if len(whole) != len(addresses):
        raise RuntimeError(f"{len(whole)} of {len(addresses)} requests were answered")
    figures = {"server": _cpu(order["server"]) - server, "clients": time.process_time() - own}
    json.dump({"first": first, "whole": whole, "wall": wall, "bytes": sum(sizes), **figures}, sys.stdout)


def _cpu(pid: int) -> float:
    """CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    main()
