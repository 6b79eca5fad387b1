"""Extraction from the saved real pages after everything that can be known by name was taken away.

    python -m benchmarks.blind [--show VARIANT]

Pages of sites that nobody has seen are like ours with other names. Variants beside the untouched pages:
`names` (every id and class renamed, the same name to the same new one, tags of one platform made div),
`meta` (no meta tags), `table` (both), `wide` (like names, and a usual name of bodies on an element that
holds much more than the body). Figures are those of ../shared/pages/score.py without site
files; then which rule gave the body, what it got right, and CPU milliseconds a page. --show prints every
miss of one variant.
"""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
from lxml import etree
from lxml.html import HtmlElement

from benchmarks.scoring import PAGES, print_misses, score_details
from normalizers.body import find_container
from normalizers.containers import container_rank
from normalizers.html import parse_html
from normalizers.lines import read_lines
from normalizers.normalize import NormalizeError, PageInput, normalize_policy
from normalizers.page import Hints
from normalizers.policy import Policy, SiteContext

CONTEXT = SiteContext("unknown", "", (), "policy", None, None, date(2026, 1, 1))
# Tags that one platform (UCAP) made up; they say what they hold as a class does.
PLATFORM_TAGS = ("ucap", "publishtime")
WIDE_NAME = "main-content"
# Rules of bodies that name no container.
STRUCTURAL = ("density", "under_title", "page")
VARIANTS: dict[str, tuple[str, ...]] = {
    "untouched": (),
    "names": ("names",),
    "meta": ("meta",),
    "table": ("names", "meta"),
    "wide": ("names", "wide"),
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--show", choices=VARIANTS, help="print every miss of one variant")
    options = parser.parse_args()
    if not (PAGES / "truth.jsonl").exists():
        print(f"没有 {PAGES}：真实网页不在本目录旁，无法评测", file=sys.stderr)
        return 2
    runs = {name: measure(blinded, show=options.show == name) for name, blinded in VARIANTS.items()}
    print_figures(runs)
    print_sources(runs)
    return 0


@dataclass(slots=True)
class Run:
    """One variant: figures of the scorer, and pages, right bodies and CPU seconds by the source of the body."""

    figures: dict[str, float] = field(default_factory=dict)
    source_of: dict[str, str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def blind(data: bytes, what: tuple[str, ...]) -> bytes:
    """A page as UTF-8 without its names and/or meta tags; one without any element stays as it is."""
    root = parse_html(data) if what else None
    if root is None:
        return data
    container = container_of(root) if "wide" in what else None
    if "names" in what:
        rename(root)
    if container is not None:
        widen(container)
    if "meta" in what:
        for element in list(root.iter("meta")):
            element.drop_tree()
    return etree.tostring(root, encoding="utf-8", method="html")


def container_of(root: HtmlElement) -> HtmlElement | None:
    """The known container of a page."""
    page = read_lines(root, container_rank)
    body = find_container(page)
    found = (
        element for _, start, end, element in page.marks if body and (start, end) == (body.start, body.end)
    )
    return next(found, None)


def widen(container: HtmlElement) -> None:
    """Name an element two levels above a container as bodies are named."""
    for _ in range(2):
        parent = container.getparent()
        if parent is not None and parent.tag not in ("body", "html"):
            container = parent
    container.set("class", WIDE_NAME)


def rename(root: HtmlElement) -> None:
    """Give every id and class a meaningless name, the same to equal ones; tags that are no HTML become div."""
    known: dict[str, str] = {}
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag.startswith(PLATFORM_TAGS):
            element.tag = "div"
        for attribute in ("id", "class"):
            if names := (element.get(attribute) or "").split():
                new = [known.setdefault(name.lower(), f"k{len(known)}") for name in names]
                element.set(attribute, " ".join(new))


def measure(what: tuple[str, ...], *, show: bool) -> Run:
    """Normalise all pages of one variant and score them."""
    run = Run()
    lines = []
    with (PAGES / "truth.jsonl").open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            data = blind((PAGES / row["file"]).read_bytes(), what)
            lines.append(msgspec.json.encode({"file": row["file"], **answer(row, data, run)}))
    scores = score_details(lines)
    if show:
        print_misses(scores.misses, lines)
    run.figures = {name: right / asked for name, (right, asked) in scores.figures.items()}
    run.right = run.asked - Counter(
        run.source_of[miss.file] for miss in scores.misses if miss.field == "body"
    )
    return run


def answer(row: dict[str, Any], data: bytes, run: Run) -> dict[str, Any]:
    """What one page is read as; notes by which source its body was found."""
    url = row["url"] or f"https://unknown.invalid/{row['file']}"
    start = time.process_time()
    try:
        policy = normalize_policy(PageInput("0" * 16, url, data, None, Hints()), CONTEXT)
    except NormalizeError as error:
        source, fields = error.failure.value, {"error": {"name": error.failure, "message": str(error)}}
    else:
        source = source_of(policy)
        fields = msgspec.to_builtins(policy)
    run.spent[source] += time.process_time() - start
    run.source_of[row["file"]] = source
    if row["body_start"] and not row["body_text_altered_by_uploader"]:
        run.asked[source] += 1
    return fields


def source_of(policy: Policy) -> str:
    """The rule that found the body, names of containers as one."""
    told = policy.evidence.get("text")
    if told is None:
        return "no body"
    source, detail = told.rule.split(":", 1)
    return "container" if source in ("body", "site") and not detail.startswith(STRUCTURAL) else told.rule


def print_figures(runs: dict[str, Run]) -> None:
    """One row a field, one column a variant."""
    print(f"{'':20}", *(f"{name:>10}" for name in runs))
    for name in runs["untouched"].figures:
        print(f"{name:20}", *(f"{run.figures.get(name, 0):10.3f}" for run in runs.values()))


def print_sources(runs: dict[str, Run]) -> None:
    """Which rule gave the body of how many pages, how many of those asked are right, and its cost."""
    for name, run in runs.items():
        print(f"{name}: body by")
        for source, pages in Counter(run.source_of.values()).most_common():
            asked, right = run.asked[source], run.right[source]
            print(
                f"  {source:24} {pages:3} pages, body {right}/{asked}, {run.spent[source] / pages * 1e3:6.1f} ms"
            )


if __name__ == "__main__":
    sys.exit(main())
