"""Throughput and memory of a first night against a bare Scrapy fetch of the same pages.

`python -m benchmarks.night [--documents N]`. CPU of the demo server is not counted; the bare fetch
asks for exactly the addresses that the night asked for (lists, details, attachments; list APIs that want a
POST left out), in a spider whose
callback only counts, with Scrapy's own settings but the night's concurrency. The share compares the CPU
seconds of both for the same addresses; the second figure, which sets policies against answers though
five answers in four make a policy, is printed beside it.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.lab import ROOT, Bars, Night, country, night, workshop

POLICIES_PER_CPU_SECOND = 40.0
SHARE_OF_BARE_FETCH = 0.17
MAX_RSS_KB = 300 * 1024
GROWTH = 1.1


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=4000)
    documents = parser.parse_args().documents
    bars = Bars()
    with workshop() as folder, country(documents, folder) as (_, server):
        ours = night(folder / "data", folder / "sites", watch=True)
        log = [r for r in server.log() if r["status"] == 200 and r["method"] == "GET"]
        posted = sum(r["method"] == "POST" for r in server.log())
        addresses = [f"http://{r['host']}{r['path']}" for r in log]
        bare_cpu = bare_fetch(addresses, folder)
        policies = ours.totals["new"]
        print(
            f"night: {policies} policies, {ours.totals['attachments']} attachments, "
            f"{len(addresses)} answers ({posted} posted ones besides), {ours.cpu:.1f} CPU s, {ours.wall:.1f} s wall"
        )
        print(f"bare Scrapy fetch of the same {len(addresses)} addresses: {bare_cpu:.1f} CPU s")
        rate, share = policies / ours.cpu, bare_cpu / ours.cpu
        bars.check("policies per CPU second", rate >= POLICIES_PER_CPU_SECOND, f"{rate:.1f}", "≥ 40")
        bars.check(
            "share of a bare fetch of the same addresses",
            share >= SHARE_OF_BARE_FETCH,
            f"{share:.3f}",
            "≥ .17",
        )
        print(
            f"      policies a second against bare answers a second: {rate / (len(addresses) / bare_cpu):.3f}"
        )
        memory(bars, ours)
    bars.end()


def memory(bars: Bars, ours: Night) -> None:
    """Peak of each crawl process, and its last quarter against its second."""
    for pid, samples in sorted(ours.rss.items()):
        sizes = [size for _, size in samples]
        quarter = max(1, len(sizes) // 4)
        second, last = sizes[quarter : 2 * quarter], sizes[-quarter:]
        bars.check(
            f"peak memory of crawl process {pid}",
            max(sizes) <= MAX_RSS_KB,
            f"{max(sizes) / 1024:.0f} MB",
            "≤ 300 MB",
        )
        growth = statistics.mean(last) / statistics.mean(second or last)
        bars.check(f"growth of crawl process {pid}", growth <= GROWTH, f"{growth:.2f}", "≤ 1.1")


def bare_fetch(addresses: list[str], folder: Path) -> float:
    """CPU seconds of a Scrapy process that fetches the addresses and does nothing with them."""
    listed = folder / "addresses.json"
    listed.write_text(json.dumps(addresses))
    command = [sys.executable, "-m", "benchmarks.bare_fetch", str(listed)]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    said = json.loads(output.splitlines()[-1])
    if said["pages"] != len(addresses):
        raise RuntimeError(f"the bare fetch got {said['pages']} of {len(addresses)} pages")
    return float(said["cpu"])


if __name__ == "__main__":
    main()
