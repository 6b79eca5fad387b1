"""Accuracy and cost of extraction on the saved real pages beside the checkout.

    python -m benchmarks.extraction [--show] [--no-site]

Runs `zhengce extract` on ../shared/pages, prints what ../shared/pages/score.py says about it (with
--show every miss), then CPU milliseconds a page of `normalize_policy` and `extract_attachment_links`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from normalizers.attachment_links import extract_attachment_links
from normalizers.normalize import NormalizeError, PageInput, normalize_policy
from normalizers.page import Hints
from normalizers.policy import SiteContext

PAGES = Path(__file__).resolve().parent.parent.parent / "shared" / "pages"
CONTEXT = SiteContext("unknown", "", (), "policy", None, None, date(2026, 1, 1))
ORDINARY = 30_000  # bytes; above it a page is counted as long


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--no-site", action="store_true")
    options = parser.parse_args()
    if not (PAGES / "truth.jsonl").exists():
        print(f"没有 {PAGES}：真实网页不在本目录旁，无法评测", file=sys.stderr)
        return 2
    score(["--show"] if options.show else [], ["--no-site"] if options.no_site else [])
    costs()
    return 0


def score(show: list[str], site: list[str]) -> None:
    """Run the extract command on all pages and print the scorer's figures."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as out:
        command = [
            sys.executable,
            "-m",
            "zhengce",
            "extract",
            "--manifest",
            str(PAGES / "truth.jsonl"),
            *site,
        ]
        subprocess.run(command, stdout=out, check=True)
        scorer = [sys.executable, str(PAGES / "score.py"), "details", str(PAGES), out.name, *show]
        subprocess.run(scorer, check=True)


def saved_pages() -> Iterator[tuple[bytes, str]]:
    """Bytes and address of every saved page."""
    with (PAGES / "truth.jsonl").open(encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            yield (PAGES / row["file"]).read_bytes(), row["url"] or f"https://unknown.invalid/{row['file']}"


def costs() -> None:
    """Print CPU milliseconds a page, ordinary and long ones apart; the second of two passes counts."""
    pages = list(saved_pages())
    for name, work in (("normalize_policy", normalize), ("extract_attachment_links", links)):
        for data, url in pages:
            work(data, url)
        for kind, chosen in (
            ("ordinary", [p for p in pages if len(p[0]) <= ORDINARY]),
            ("long", [p for p in pages if len(p[0]) > ORDINARY]),
        ):
            times = sorted(spent(work, data, url) for data, url in chosen)
            mean, median = sum(times) / len(times), times[len(times) // 2]
            print(f"{name} {kind}: {len(times)} pages, mean {mean:.1f} ms, median {median:.1f} ms of CPU")


def spent(work: Callable[[bytes, str], None], data: bytes, url: str) -> float:
    """CPU milliseconds of one call."""
    start = time.process_time()
    work(data, url)
    return (time.process_time() - start) * 1e3


def normalize(data: bytes, url: str) -> None:
    """Normalise one page; a named failure is an answer too."""
    try:
        normalize_policy(PageInput("0" * 16, url, data, None, Hints()), CONTEXT)
    except NormalizeError:
        return


def links(data: bytes, url: str) -> None:
    """Find the annexes of one page."""
    extract_attachment_links(data, url, Hints())


if __name__ == "__main__":
    sys.exit(main())
