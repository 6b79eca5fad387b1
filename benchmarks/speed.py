"""How fast a page becomes a Policy, against trafilatura alone on the same pages in the same run.

    python -m benchmarks.speed [--rounds N] [--pages N]

On the real pages of ../shared/pages whose body a rule of ours gave: CPU of `normalize_policy` and of
`trafilatura.extract` (as our fallback calls it), page by page in turn, the least of all rounds; the pages
that asked the general extractors apart. Then demo pages, real pages grown to 1 MB by repeating what is in
their bodies, hostile pages and the same twice as large, and the steps of an ordinary page.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import islice
from typing import NamedTuple

import trafilatura
from lxml import etree
from lxml.html import HtmlElement

from benchmarks.extraction import normalize, saved_pages
from benchmarks.lab import Bars
from benchmarks.scoring import PAGES
from demo.served import Country
from demo.web import parse_request
from demo.world import World
from normalizers import body, containers, facts, html, lines
from normalizers import normalize as door
from normalizers.page import Hints

RATIO, SLOWEST, MEGABYTE = 4.0, 60.0, 1_000_000
SIZES = (100_000, 250_000, 500_000, MEGABYTE)
DOCUMENTS = 1500
# Hostile pages: twice the input may take so many times the time, and none more milliseconds than this.
TWICE, LONGEST = 3.0, 2_000.0


class Saved(NamedTuple):
    """One page: its bytes, its address, and the rule that gave its body ("" for none)."""

    data: bytes
    url: str
    rule: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", type=int, default=200, help="real pages at most")
    options = parser.parse_args()
    if not (PAGES / "truth.jsonl").exists():
        print(f"没有 {PAGES}：真实网页不在本目录旁，无法评测", file=sys.stderr)
        sys.exit(2)
    bars = Bars()
    pages = [Saved(*page, rule_of(*page)) for page in islice(saved_pages(), options.pages)]
    asking = [page for page in pages if asks_extractors(page)]
    ruled = [page for page in pages if page.rule and page not in asking]
    ratio(bars, ruled, options.rounds)
    fallback(asking, len(pages))
    spread(bars, "real pages", ruled)
    spread(bars, "demo pages", list(demo_pages()))
    for size in SIZES:
        grown = [Saved(data, p.url, p.rule) for p in ruled if (data := grow(p.data, size))]
        print(f"      grown to {size // 1000} KB: {figures([least(normalize, p) for p in grown])}")
    hostile(bars)
    steps(ruled)
    bars.end()


def page_input(page: Saved) -> door.PageInput:
    return door.PageInput("0" * 16, page.url, page.data, None, Hints())


def rule_of(data: bytes, url: str) -> str:
    """The rule that gives the body of a page; "" where none does."""
    try:
        read = door.facts_of_page(page_input(Saved(data, url, "")))
    except door.NormalizeError:
        return ""
    return read.whole.rule if read.whole else ""


def asks_extractors(page: Saved) -> bool:
    """Whether no rule of ours gives the body of a page, so that the general extractors are asked."""
    total: dict[str, float] = {}
    name = "find_by_extractors"
    work = getattr(facts, name)
    setattr(facts, name, timed(total, name, work))
    normalize(page.data, page.url)
    setattr(facts, name, work)
    return bool(total)


def spent(work: Callable[[], object]) -> float:
    """CPU milliseconds of one call."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1e3


def least(work: Callable[[bytes, str], object], page: Saved, rounds: int = 3) -> float:
    """The least CPU milliseconds of some calls."""
    return min(spent(lambda: work(page.data, page.url)) for _ in range(rounds))


def precise(data: bytes, url: str) -> None:
    """What trafilatura alone makes of a page."""
    trafilatura.extract(
        data, favor_precision=True, include_comments=False, include_tables=True, deduplicate=False
    )


def figures(times: list[float]) -> str:
    """Mean, median and 99th percentile in words."""
    ordered = sorted(times)
    mean = sum(times) / len(times)
    return f"{len(times)} pages, mean {mean:.1f}, p50 {ordered[len(times) // 2]:.1f}, p99 {p99(times):.1f} ms"


def p99(times: list[float]) -> float:
    return sorted(times)[int(0.99 * (len(times) - 1) + 0.5)]


def ratio(bars: Bars, pages: list[Saved], rounds: int) -> None:
    """Our rate against trafilatura's on pages that need no general extractor."""
    ours, theirs = ([float("inf")] * len(pages) for _ in range(2))
    for _ in range(rounds):
        for i, page in enumerate(pages):
            ours[i] = min(ours[i], least(normalize, page, 1))
            theirs[i] = min(theirs[i], least(precise, page, 1))
    print(f"      rule path: {figures(ours)} of CPU; trafilatura alone: {figures(theirs)}")
    share = sum(theirs) / sum(ours)
    bars.check(
        f"rate on the rule path against trafilatura, {len(pages)} pages",
        share >= RATIO,
        f"{share:.2f} ×",
        "≥ 4 ×",
    )


def fallback(pages: list[Saved], count: int) -> None:
    """The pages that asked the general extractors."""
    said = figures([least(normalize, page) for page in pages]) if pages else "none"
    print(f"      fallback: {len(pages)} of {count} pages; {said}")


def spread(bars: Bars, name: str, pages: list[Saved]) -> None:
    """The slowest of pages up to 1 MB."""
    times = [least(normalize, page) for page in pages if len(page.data) <= MEGABYTE]
    bars.check(f"{name} up to 1 MB", p99(times) <= SLOWEST, figures(times), "p99 ≤ 60 ms")


def demo_pages() -> Iterator[Saved]:
    """Every fifth page of the demo country that is HTML."""
    world = World(DOCUMENTS)
    country = Country(world, 80)
    country.set_day(0)
    for page in world.pages[::5]:
        url = world.url(page, 80)
        host, _, path = url.removeprefix("http://").partition("/")
        ask = parse_request(f"GET /{path} HTTP/1.1\r\nHost: {host}".encode(), b"")
        answer = country.find(ask) if ask else None
        if answer and answer.status == 200 and b"text/html" in answer.head:
            data = answer.make()
            if rule_of(data, url).startswith("body:"):
                yield Saved(data, url, "body:")


def grow(data: bytes, size: int) -> bytes | None:
    """A page with the children of its body's container repeated up to a size; None where it has none."""
    root = html.parse_html(data)
    if root is None:
        return None
    page = lines.read_lines(root, containers.marker(root, ()))
    found = body.find_container(page)
    holder = next((e for _, a, b, e in page.marks if found and (a, b) == (found.start, found.end)), None)
    if holder is None or not len(holder):
        return None
    children, own = list(holder), len(serialised(root))
    each = sum(len(serialised(child)) for child in children)
    middle = len(holder) // 2
    for _ in range(max(0, (size - own) // each)):
        holder[middle:middle] = [deepcopy(child) for child in children]
    return serialised(root)


def serialised(element: HtmlElement) -> bytes:
    return etree.tostring(element, encoding="utf-8", method="html")


def hostile(bars: Bars) -> None:
    """Hostile pages, and the same twice as large."""
    for name, make in HOSTILE.items():
        once, twice = (least(normalize, Saved(make(n), "https://unknown.invalid/x", ""), 2) for n in (1, 2))
        linear = twice <= max(TWICE * once, SLOWEST)
        size = len(make(2)) / MEGABYTE
        bars.check(
            f"hostile: {name}",
            linear and twice <= LONGEST,
            f"{once:.0f} ms, {twice:.0f} ms for twice the {size / 2:.1f} MB",
            "≤ 3 ×, ≤ 2 s",
        )


def page_of(middle: str) -> bytes:
    return f"<html><title>演示通知</title><body><div id=zoom>{middle}</div></body></html>".encode()


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "50,000 short lines": lambda n: page_of("<p>一</p>" * 50_000 * n),
    "one line of 0.5 MB": lambda n: page_of("演示" * 83_000 * n),
    "one word of digits": lambda n: page_of("1" * 500_000 * n),
    "one line of brackets": lambda n: page_of("（〔【" * 55_000 * n),
    "one line of blanks": lambda n: page_of("演" + "　 " * 120_000 * n + "示"),
    "10,000 cells": lambda n: page_of("<table>" + "<tr><td>1<td>2<td>3<td>4<td>5</tr>" * 2_000 * n + "</table>"),
    "labels in a row": lambda n: page_of("发文字号：索引号：成文日期：" * 12_000 * n),
    "labels in cells": lambda n: page_of("<table>" + "<tr><td>发文字号<td>演示" * 8_000 * n + "</table>"),
    "days in a row": lambda n: page_of("2024年1月1日" * 25_000 * n),
    "numbers in a row": lambda n: page_of("演发〔2024〕1号、" * 20_000 * n),
    "clauses in a row": lambda n: page_of("自2024年1月1日起施行，有效期" * 12_000 * n),
    "headings in a row": lambda n: page_of("<p>一、演示</p><p>（一）演示</p>" * 8_000 * n),
    "containers in containers": lambda n: page_of("<div class=content><p>演示。" * 100 + "<p>演示演示。" * 12_000 * n),
    "deep elements": lambda n: page_of("<span>" * 40_000 * n),
    "links in a row": lambda n: page_of("<a href='/a.pdf'>附件1</a>" * 8_000 * n),
    "meta tags": lambda n: b"<html><head>" + b"<meta name='a' content='b'>" * 8_000 * n + page_of("演示"),
    "spans of cells": lambda n: page_of("<table>" + "<tr><td rowspan=999 colspan=999>演示" * 5_000 * n + "</table>"),
}  # fmt: skip


# The steps of a page, each a function of a module that names it.
STEPS = (
    (door, "parse_html read_facts merge_attachments decide decide_codes decide_number find_signature"),
    (door, "decide_written decide_published decide_terms decide_issuers decide_place decide_fields"),
    (door, "decide_kinds decide_validity"),
    (facts, "read_lines extract_title trim build_blocks read_meta_tags"),
)


def steps(pages: list[Saved]) -> None:
    """Print the mean CPU milliseconds of each step; a step encloses those that it calls."""
    total: dict[str, float] = {}
    kept = [
        (module, name, getattr(module, name))
        for module, names in STEPS
        for name in names.split()
        if hasattr(module, name)
    ]
    for module, name, work in kept:
        setattr(module, name, timed(total, name, work))
    for page in pages:
        normalize(page.data, page.url)
    for module, name, work in kept:
        setattr(module, name, work)
    for name, took in sorted(total.items(), key=lambda step: -step[1]):
        print(f"      {name}: {took / len(pages):.2f} ms")


def timed(total: dict[str, float], name: str, work: Callable[..., object]) -> Callable[..., object]:
    """A function that adds what it takes to `total`."""

    def timing(*args: object, **kwargs: object) -> object:
        start = time.process_time()
        try:
            return work(*args, **kwargs)
        finally:
            total[name] = total.get(name, 0.0) + (time.process_time() - start) * 1e3

    return timing


if __name__ == "__main__":
    main()
