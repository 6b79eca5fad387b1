"""The strict scorer beside the real pages, run on records from anywhere, with what it missed."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from benchmarks.lab import SHARED

PAGES = SHARED / "pages"
MISS = re.compile(r"  MISS (?P<field>\w+) (?P<file>\S+): (?P<told>.*)")
FIGURE = re.compile(r"(?P<field>\w+)\s+(?P<right>\d+)/(?P<asked>\d+) [\d.]+")
REMARK = re.compile(r"(?P<address>\S+) \((?P<count>\d+) links\b")
# Fields of the scorer to the field of a Policy whose evidence says where it is from.
TOLD_BY = {"doc_number_absent": "doc_number", "body": "text", "body_start": "text", "body_end": "text"}


@dataclass(frozen=True, slots=True)
class Miss:
    """One field of one page that is not as wanted; `told` is what was wanted and what there was."""

    field: str
    file: str
    told: str


@dataclass(frozen=True, slots=True)
class Scores:
    """Right and asked by field, in the order of the scorer, and every miss."""

    figures: dict[str, tuple[int, int]]
    misses: tuple[Miss, ...]


def score_details(lines: Iterable[bytes]) -> Scores:
    """What the scorer says of JSON lines, one a saved page."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as out:
        out.writelines(line if line.endswith(b"\n") else line + b"\n" for line in lines)
        out.flush()
        command = [sys.executable, str(PAGES / "score.py"), "details", str(PAGES), out.name, "--show"]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    figures = {m["field"]: (int(m["right"]), int(m["asked"])) for m in map(FIGURE.fullmatch, told) if m}
    misses = tuple(Miss(m["field"], m["file"], m["told"]) for m in map(MISS.fullmatch, told) if m)
    return Scores(figures, misses)


def counted_links(lines: Iterable[bytes]) -> dict[str, tuple[int, int]]:
    """Pages whose label of annexes is a remark (`ADDRESS (N links, …)`), which the scorer takes for an address.

    Answers N and how many of our links begin with the address, provided that we have no others.
    """
    ours = {record["file"]: record for record in map(json.loads, lines)}
    found = {}
    with (PAGES / "truth.jsonl").open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            labels = row["attachments"] or []
            m = REMARK.match(labels[0]) if len(labels) == 1 else None
            if m:
                links = [a["url"] for a in ours[row["file"]].get("attachments", [])]
                address = urljoin(row["url"] or "", m["address"])
                found[row["file"]] = int(m["count"]), len(links) * all(u.startswith(address) for u in links)
    return found


def evidence_of(record: Mapping[str, Any], field: str) -> str:
    """Which rule gave a field of a record printed as JSON, and what it read; a failure by name."""
    if error := record.get("error"):
        return str(error["name"])
    found = record["evidence"].get(TOLD_BY.get(field, field))
    return f"{found['rule']} {found['raw'][:60]!r}" if found else "no rule"


def print_misses(misses: Iterable[Miss], lines: Iterable[bytes]) -> None:
    """Every miss with what was wanted, what there was and the evidence for it."""
    records = {record["file"]: record for record in map(json.loads, lines)}
    for miss in misses:
        print(f"  {miss.field} {miss.file}: {miss.told}; by {evidence_of(records[miss.file], miss.field)}")
