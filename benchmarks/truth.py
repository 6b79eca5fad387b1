"""What the night read of the demo country against what the country knows of itself.

`python -m benchmarks.truth [--documents N] [--show]`. Pages are matched by address; a field counts
where the world has it, and its absence counts where the world has none.
"""

import argparse
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.lab import Bars, country, night, workshop
from normalizers.doc_numbers import doc_number_key
from normalizers.policy import Policy
from pipelines.catalogue import Catalogue
from pipelines.policies import iter_page_ids, load_stored

BAR = 0.99
FIELDS = (
    "title",
    "doc_number",
    "issuers",
    "level",
    "region",
    "written_date",
    "published_date",
    "effective_date",
    "body_start",
    "body_end",
)
MORE = ("index_number", "attachments", "attachment_text")


@dataclass(slots=True)
class Figures:
    """Right and asked by field, pages read of those there are, and a line for every miss."""

    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    read: int = 0
    pages: int = 0
    misses: list[str] = field(default_factory=list)


def main() -> None:
    """One first night, then every page against its truth."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--show", action="store_true", help="print what was missed")
    options = parser.parse_args()
    bars = Bars()
    check(bars, measure(options.documents), show=options.show)
    bars.end()


def measure(documents: int) -> Figures:
    """Compare every field of every page after one night."""
    figures = Figures()
    with workshop() as folder, country(documents, folder) as (world, server):
        night(folder / "data", folder / "sites")
        found = policies(folder / "data")
        rows = [r for r in world.truth(0, server.port) if r["status"] == "live" and r["reachable"]]
        for row in rows:
            compare(row, found.get(row["url"]), figures)
    figures.read, figures.pages = len(found), len(rows)
    return figures


def check(bars: Bars, figures: Figures, *, show: bool) -> None:
    """Print the figures with their bars, and the misses where asked."""
    right, asked = figures.right, figures.asked
    bars.check("pages read", figures.read == figures.pages, str(figures.read), f"{figures.pages}")
    for name in FIELDS:
        share = right[name] / asked[name]
        bars.check(name, share >= BAR, f"{right[name]}/{asked[name]} = {share:.4f}", "≥ .99")
    for name in MORE:
        print(f"      {name}: {right[name]}/{asked[name]} = {right[name] / asked[name]:.4f}")
    for miss in figures.misses if show else ():
        print(f"  {miss}")


def policies(data: Path) -> dict[str, Policy]:
    """All policies by address."""
    with Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}").read() as connection:
        stored = load_stored(connection, list(iter_page_ids(connection)))
    return {s.policy.url: s.policy for s in stored.values()}


def compare(row: dict[str, Any], policy: Policy | None, figures: Figures) -> None:
    """Count every field of one page."""
    for name, (want, have) in pairs(row, policy).items():
        figures.asked[name] += 1
        figures.right[name] += want == have
        if want != have:
            told = policy.evidence.get("text" if name.startswith("body") else name) if policy else None
            rule = f"{told.rule} {told.raw[:60]!r}" if told else "no rule"
            figures.misses.append(f"{name} {row['url']}: want {want!r} have {have!r}; by {rule}")


def pairs(row: dict[str, Any], policy: Policy | None) -> dict[str, tuple[Any, Any]]:
    """Field → (truth, what was read)."""
    text = re.sub(r"\s", "", policy.text) if policy else ""
    number = row["doc_number"]
    values: dict[str, tuple[Any, Any]] = {
        "title": (row["title"], policy and policy.title),
        "doc_number": (doc_number_key(number) if number else None, policy and policy.doc_number_key),
        "issuers": (sorted(row["issuers"]), policy and sorted(policy.issuers)),
        "level": (row["level"], policy and policy.level),
        "region": (row["region"], policy and policy.region),
        "index_number": (row["index_number"], policy and policy.index_number),
        "body_start": (row["body_start"], text[: len(row["body_start"])]),
        "body_end": (row["body_end"], text[-len(row["body_end"]) :]),
        "attachments": (
            [(a["url"], a["name"]) for a in row["attachments"]],
            policy and [(a.url, a.name) for a in policy.attachments],
        ),
    }
    for name in ("written_date", "published_date", "effective_date"):
        read = getattr(policy, name, None)
        values[name] = (row[name] or None, read.isoformat() if read else None)
    if row["file"]:
        del values["attachments"]  # the page is the file
    if row["attachments"] and not row["file"]:
        texts = [re.sub(r"\s", "", a.text) for a in policy.attachments] if policy else []
        words = [re.sub(r"\s", "", w) for a in row["attachments"] for w in a["words"]]
        values["attachment_text"] = (True, all(any(w in t for t in texts) for w in words))
    return values


if __name__ == "__main__":
    main()
