"""Accuracy and cost of extraction: real pages, labelled texts and the demo country, each miss with its evidence.

    python -m benchmarks.extraction [--show] [--no-site] [--documents N]

One table for ../shared/pages by its own strict scorer: without site files (the bars), with them, and two
general extractors alone in the same run (- where a library does not give the field). Then what
benchmarks.labelled compares, the demo country of N documents against what it knows of itself, and CPU
milliseconds a page. `--no-site` stops after the first column; `--show` prints every miss with what was
wanted, what there was and which evidence rule won.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from benchmarks import labelled, truth
from benchmarks.lab import Bars
from benchmarks.others import READERS, run
from benchmarks.scoring import PAGES, Scores, counted_links, print_misses, score_details
from normalizers.attachment_links import extract_attachment_links
from normalizers.normalize import NormalizeError, PageInput, normalize_policy
from normalizers.page import Hints
from normalizers.policy import SiteContext

CONTEXT = SiteContext("unknown", "", (), "policy", None, None, date(2026, 1, 1))
ORDINARY = 30_000  # bytes; above it a page is counted as long
# Least share that is right, and most pages that may be wrong where pages are too few for a share.
LEAST = {"title": 0.98, "body": 0.97, "written_date": 0.98, "published_date": 0.98, "issuers": 0.97}
MOST_WRONG = {
    "doc_number": 1,
    "doc_number_absent": 1,
    "index_number": 0,
    "attachments_found": 0,
    "attachments_exact": 0,
}
# For texts without a shell; a title is then told by its last word alone, and what an interface tells is never lost.
LABELLED_LEAST = {**LEAST, "title": 0.97, "doc_number": 0.98}
FEW = 50
GIVEN = {"trafilatura": ("title", "published_date", "body"), "readability": ("title", "body")}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--show", action="store_true", help="print every miss")
    parser.add_argument("--no-site", action="store_true", help="only the real pages without site files")
    parser.add_argument("--documents", type=int, default=400, help="documents of the demo country")
    options = parser.parse_args()
    if not (PAGES / "truth.jsonl").exists():
        print(f"没有 {PAGES}：真实网页不在本目录旁，无法评测", file=sys.stderr)
        return 2
    bars = Bars()
    real_pages(bars, show=options.show, alone=options.no_site)
    if not options.no_site:
        texts(bars, show=options.show)
        print(f"\ndemo country, {options.documents} documents")
        truth.check(bars, truth.measure(options.documents), show=options.show)
    costs()
    bars.end()
    return 0


def real_pages(bars: Bars, *, show: bool, alone: bool) -> None:
    """The table of the saved real pages, its bars, and the misses of both our columns."""
    lines = extracted(site_files=False)
    columns = {"no site file": score_details(lines)}
    ours = {"no site file": lines}
    if not alone:
        ours["site files"] = extracted(site_files=True)
        columns["site files"] = score_details(ours["site files"])
        columns |= {name: score_details(run(reader).lines) for name, reader in READERS.items()}
    print_table(columns)
    check(bars, with_counted_links(columns["no site file"].figures, lines))
    for name, printed in ours.items() if show else ():
        print(f"misses, {name}")
        print_misses(columns[name].misses, printed)


def with_counted_links(figures: dict[str, tuple[int, int]], lines: list[bytes]) -> dict[str, tuple[int, int]]:
    """The figures with the labels that are remarks judged by their count, said in a line."""
    met = 0
    for file, (wanted, had) in counted_links(lines).items():
        met += wanted == had
        print(f"      {file}: the label of its annexes is a count: {wanted}, had {had}")
    annexes = ("attachments_found", "attachments_exact")
    return figures | {name: (figures[name][0] + met, figures[name][1]) for name in annexes}


def extracted(*, site_files: bool) -> list[bytes]:
    """What the extract command prints for all saved pages."""
    command = [sys.executable, "-m", "zhengce", "extract", "--manifest", str(PAGES / "truth.jsonl")]
    if not site_files:
        command.append("--no-site")
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.splitlines(keepends=True)


def print_table(columns: Mapping[str, Scores]) -> None:
    """One line a field, one column a reader."""
    print(f"{'':18}" + "".join(f"{name:>18}" for name in columns))
    for name in next(iter(columns.values())).figures:
        cells = [
            cell(scores.figures[name]) if name in GIVEN.get(reader, (name,)) else "-"
            for reader, scores in columns.items()
        ]
        print(f"{name:18}" + "".join(f"{text:>18}" for text in cells))


def cell(figure: tuple[int, int]) -> str:
    """Right of asked with the share."""
    return f"{figure[0]}/{figure[1]} {figure[0] / figure[1]:.3f}"


def check(bars: Bars, figures: Mapping[str, tuple[int, int]]) -> None:
    """The bars of the real pages."""
    for name, least in LEAST.items():
        right, asked = figures[name]
        bars.check(name, right / asked >= least, cell(figures[name]), f"≥ {least}")
    for name, most in MOST_WRONG.items():
        right, asked = figures[name]
        bars.check(
            name, asked - right <= most, cell(figures[name]), "no miss" if not most else f"all but {most}"
        )


def texts(bars: Bars, *, show: bool) -> None:
    """What benchmarks.labelled compares, set by set."""
    for name, cases in labelled.SETS.items():
        result = labelled.measure(cases())
        print(f"\n{name}")
        for field, figure in result.figures.items():
            check_text(bars, name, field, figure)
        for miss in result.misses if show else ():
            print(f"  {miss}")


def check_text(bars: Bars, name: str, field: str, figure: tuple[int, int]) -> None:
    """The bar of one field of one set."""
    right, asked = figure
    if name == labelled.TOLD:
        bars.check(field, right == asked, cell(figure), "no miss")
    elif asked < FEW:
        bars.check(field, asked - right <= 1, cell(figure), "all but 1")
    else:
        bars.check(field, right / asked >= LABELLED_LEAST[field], cell(figure), f"≥ {LABELLED_LEAST[field]}")


def saved_pages() -> Iterator[tuple[bytes, str]]:
    """Bytes and address of every saved page."""
    with (PAGES / "truth.jsonl").open(encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            yield (PAGES / row["file"]).read_bytes(), row["url"] or f"https://unknown.invalid/{row['file']}"


def costs() -> None:
    """Print CPU milliseconds a page, ordinary and long ones apart; the second of two passes counts."""
    print()
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
