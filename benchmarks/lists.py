"""Accuracy and cost of list pages on the saved real lists beside the checkout, with the bars.

    python -m benchmarks.lists [--show]

Reads every saved list without site files and those of declared hosts with their site files, prints what
../shared/pages/score.py says (with --show every miss) and CPU milliseconds a page. Exit 1 below a bar.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from crawlers.platforms.generic import Generic
from crawlers.saved_lists import parse_saved_list, stranger
from crawlers.site import Channel, Site, load_sites, sites_for_host
from normalizers.addresses import host_of
from pipelines.config import load_config

PAGES = Path(__file__).resolve().parent.parent.parent / "shared" / "pages"
BAR = 0.95
Row = Mapping[str, str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true")
    show = parser.parse_args().show
    if not (PAGES / "lists.jsonl").exists():
        print(f"没有 {PAGES}：真实列表页不在本目录旁，无法评测", file=sys.stderr)
        return 2
    with (PAGES / "lists.jsonl").open(encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    sites = load_sites(load_config().sites)
    declared = [row for row in rows if sites_for_host(sites, host_of(row["url"]))]
    strange = report("without site files", rows, {}, BAR, show=show)
    known = report("declared hosts, with their site files", declared, sites, 1.0, show=show)
    cost(rows)
    return 0 if strange and known else 1


def report(name: str, rows: Sequence[Row], sites: Mapping[str, Site], bar: float, *, show: bool) -> bool:
    """Print the figures of these lists; whether each is at the bar."""
    with tempfile.TemporaryDirectory() as folder:
        labels, answers = Path(folder, "lists.jsonl"), Path(folder, "out.jsonl")
        labels.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        answers.write_text("".join(json.dumps(answer(row, sites)) + "\n" for row in rows), encoding="utf-8")
        scorer = [sys.executable, str(PAGES / "score.py"), "lists", folder, str(answers)]
        printed = subprocess.run(
            scorer + ["--show"] * show, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    print(f"{name}: {len(rows)} lists, bar {bar}")
    print("\n".join(f"  {line}" for line in printed[:-1]))
    return all(share >= bar for share in json.loads(printed[-1]).values())


def answer(row: Row, sites: Mapping[str, Site]) -> dict[str, object]:
    """What is read from one saved list, as the scorer wants it."""
    page = parse_saved_list((PAGES / row["file"]).read_bytes(), row["url"], sites).page
    items = [
        {"url": item.url or None, "title": item.title, "date": item.date.isoformat() if item.date else None}
        for item in page.items
    ]
    return {"file": row["file"], "items": items}


def cost(rows: Sequence[Row]) -> None:
    """Print CPU milliseconds a list read as any platform's; the second of two passes counts."""
    spent = []
    for row in rows:
        data = (PAGES / row["file"]).read_bytes()
        platform, channel = Generic(stranger(row["url"])), Channel("", "policy", row["url"])
        for _ in range(2):
            begin = time.process_time()
            platform.parse_list(data, row["url"], channel)
            last = time.process_time() - begin
        spent.append(last * 1000)
    spent.sort()
    print(
        f"CPU a list: mean {sum(spent) / len(spent):.1f} ms, median {spent[len(spent) // 2]:.1f} ms, longest {spent[-1]:.1f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
