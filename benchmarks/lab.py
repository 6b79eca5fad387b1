"""What the benchmarks share: a demo server, nights in a process of their own, and honest figures."""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.web import Server, running
from demo.world import World, write_site_files

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@dataclass(slots=True)
class Night:
    """How one night went: CPU seconds of all our processes, wall seconds, peak and course of memory."""

    exit_code: int
    cpu: float
    wall: float
    outcome: dict[str, Any]
    rss: dict[int, list[tuple[float, int]]] = field(default_factory=dict)

    @property
    def totals(self) -> dict[str, int]:
        """The sums of the run report."""
        totals: dict[str, int] = self.outcome["report"]["totals"]
        return totals


@contextmanager
def country(documents: int, folder: Path) -> Iterator[tuple[World, Server]]:
    """A demo server on a free port, its site files in `folder/sites`."""
    world = World(documents)
    with running(world) as server:
        write_site_files(folder / "sites", server.port, world.sites)
        server.reset_log()
        yield world, server


@contextmanager
def workshop() -> Iterator[Path]:
    """A temporary folder."""
    with tempfile.TemporaryDirectory(prefix="zhengce-bench-") as name:
        yield Path(name)


def start_night(data: Path, sites: Path, day: int) -> "subprocess.Popen[bytes]":
    """Start one night in a process group of its own."""
    command = [sys.executable, "-m", "benchmarks.one_night", str(data), str(sites), str(day)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, start_new_session=True)


def night(data: Path, sites: Path, day: int = 0, *, watch: bool = False) -> Night:
    """Run one night to its end; with `watch` the memory of its crawl processes is sampled."""
    before = _cpu()
    begun = time.monotonic()
    process = start_night(data, sites, day)
    rss: dict[int, list[tuple[float, int]]] = {}
    stop = threading.Event()
    if watch:
        threading.Thread(target=_sample, args=(process.pid, begun, rss, stop), daemon=True).start()
    output = process.communicate()[0]
    stop.set()
    wall = time.monotonic() - begun
    lines = output.decode().splitlines()
    if not lines:
        raise RuntimeError(f"the night said nothing, exit code {process.returncode}")
    return Night(process.returncode, _cpu() - before, wall, json.loads(lines[-1]), rss)


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    """kill -9 for a night and everything it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def crawl_pids(parent: int) -> list[int]:
    """The crawl processes below a night."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            command = (folder / "cmdline").read_bytes()
            ppid = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if ppid == parent and b"crawlers.child" in command:
            found.append(int(folder.name))
    return found


def _sample(pid: int, begun: float, rss: dict[int, list[tuple[float, int]]], stop: threading.Event) -> None:
    while not stop.wait(0.25):
        for child in crawl_pids(pid):
            try:
                status = Path(f"/proc/{child}/status").read_text()
            except OSError:
                continue
            for line in status.splitlines():
                if line.startswith("VmRSS:"):
                    rss.setdefault(child, []).append((time.monotonic() - begun, int(line.split()[1])))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Bars:
    """Collects the lines of a benchmark and whether each bar was met."""

    def __init__(self) -> None:
        self.met = True

    def check(self, name: str, ok: bool, figure: str, bar: str) -> None:
        """Print one line; a missed bar makes the benchmark fail."""
        self.met &= ok
        print(f"{'ok  ' if ok else 'MISS'}  {name}: {figure}  (bar: {bar})", flush=True)

    def end(self) -> None:
        """Exit 1 where a bar was missed."""
        sys.exit(0 if self.met else 1)
