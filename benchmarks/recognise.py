"""Which platform real pages are of: `python -m benchmarks.recognise [--show]`.

Every page of lists.jsonl and truth.jsonl (../shared/pages) whose label `cms` is a family: right where the
surest recognition is that family. The address is given where the label has one; `null` stays unknown, as does
what is no address (`http://…/ (search api)`). Details are whole pages, article blocks and bare bodies alike.

Then, without a bar: the same pages with their addresses taken away, and of the pages labelled `other` how many
are claimed as one of the labelled families, surer than CLAIM (some of them bear a family's own scripts).
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.lab import SHARED, Bars
from crawlers.platforms.recognise import recognise
from crawlers.platforms.recognition import SeenPage
from normalizers.encoding import decode_page

PAGES = SHARED / "pages"
FAMILIES = {"gov.cn": "gov_cn"}
# How sure a claim must be to count against pages labelled `other`.
CLAIM = 0.8


@dataclass(frozen=True, slots=True)
class Labelled:
    """A saved page and the family it is labelled with."""

    file: str
    family: str
    page: SeenPage


def main() -> None:
    """Print every figure, exit with 1 where one misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print every miss and every claim")
    show = parser.parse_args().show
    bars = Bars()
    pages = {name: list(labelled(name)) for name in ("lists", "truth")}
    families = {one.family for found in pages.values() for one in found} - {"other"}
    for name, found in pages.items():
        measure(bars, name, [one for one in found if one.family != "other"], show)
    for name, found in pages.items():
        claims(name, [one for one in found if one.family == "other"], families, show)
    bars.end()


def labelled(name: str) -> Iterator[Labelled]:
    """The pages of one manifest."""
    with (PAGES / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            url = row["url"] or ""
            text = decode_page((PAGES / row["file"]).read_bytes())
            page = SeenPage("" if " " in url else url, text)
            yield Labelled(row["file"], FAMILIES.get(row["cms"], row["cms"]), page)


def measure(bars: Bars, name: str, pages: list[Labelled], show: bool) -> None:
    """The share of pages recognised, milliseconds a page."""
    right, lines = 0, []
    start = time.process_time()
    for one in pages:
        found = recognise(one.page)
        if found and found[0].platform == one.family:
            right += 1
        else:
            lines.append(f"        {one.file} {one.family} {one.page.url[:60]}: {_first(one)}")
    spent = (time.process_time() - start) / len(pages) * 1000
    bars.check(f"platform recognised, {name}", right / len(pages) >= 0.95, f"{right} of {len(pages)}", "0.95")
    print(f"      CPU a page: {spent:.1f} ms")
    bare = [recognise(SeenPage("", one.page.text)) for one in pages]
    told = sum(found[0].platform == one.family for found, one in zip(bare, pages, strict=True) if found)
    print(f"      without their addresses: {told} of {len(pages)}")
    print("\n".join(lines) if show else "", end="\n" if show and lines else "")


def claims(name: str, pages: list[Labelled], families: set[str], show: bool) -> None:
    """How many pages labelled `other` are claimed as one of the labelled families."""
    lines = []
    for one in pages:
        found = recognise(one.page)
        if found and found[0].platform in families and found[0].confidence >= CLAIM:
            lines.append(f"        {one.file} {one.page.url[:60]}: {_first(one)}")
    print(f"      {name} labelled other, claimed with {CLAIM} or more: {len(lines)} of {len(pages)}")
    print("\n".join(lines) if show else "", end="\n" if show and lines else "")


def _first(one: Labelled) -> str:
    found = recognise(one.page)
    return (
        "; ".join(f"{r.platform} {r.confidence:.2f} ({'，'.join(r.reasons)})" for r in found[:3]) or "nothing"
    )


if __name__ == "__main__":
    main()
