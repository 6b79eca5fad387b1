"""Labels of info tables that nobody consumes, by count, over all pages there are.

    python -m benchmarks.labels [--documents N]

Reads the saved real pages and lists beside the checkout, the records, full texts and article blocks of
benchmarks.labelled and, with N > 0, a night of the demo country.
A label counts where a table with known labels has it, or a line beside such a line begins with it and a
colon. normalizers/labels.py says what the rest is.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.lab import country, night, workshop
from benchmarks.labelled import SETS, Case
from benchmarks.truth import policies
from normalizers.chars import CJK
from normalizers.facts import PageFacts, read_facts
from normalizers.html import parse_html
from normalizers.labels import LABELS, label_of
from normalizers.normalize import as_markup
from normalizers.page import Hints

PAGES = Path(__file__).resolve().parent.parent.parent / "shared" / "pages"
LABEL = re.compile(rf"(?:^|[\s】\]）)；;，])([{CJK}](?:[{CJK}\s]{{0,14}})[{CJK}])\s*[:：]")
COLON = re.compile("[:：]")
LONGEST_LINE, LONGEST_LABEL, BESIDE = 200, 10, 2
# More unknown labels than this are no short list.
MOST = 12


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=300)
    documents = parser.parse_args().documents
    found: dict[str, Counter[str]] = {}
    if PAGES.exists():
        found["real pages and lists"] = of_real_pages()
        found |= {name: of_texts(cases()) for name, cases in SETS.items()}
    if documents:
        found["demo country"] = of_demo(documents)
    for where, labels in found.items():
        print(f"{where}: {len(labels)} labels that nobody consumes")
        for label, times in labels.most_common():
            print(f"  {times:5} {label}")
    return int(any(len(labels) > MOST for labels in found.values()))


def of_real_pages() -> Counter[str]:
    """Unknown labels of every saved page and list."""
    labels: Counter[str] = Counter()
    for file in sorted((*(PAGES / "detail").iterdir(), *(PAGES / "list").iterdir())):
        root = parse_html(file.read_bytes())
        if root is not None:
            labels.update(set(unknown_labels(read_facts(root, None, Hints()))))
    return labels


def of_texts(cases: Iterable[Case]) -> Counter[str]:
    """Unknown labels of labelled texts, read as the pages they stand for."""
    labels: Counter[str] = Counter()
    for case in cases:
        page = as_markup(case.page)
        root = parse_html(page.data)
        if root is not None:
            labels.update(set(unknown_labels(read_facts(root, page.row, page.hints))))
    return labels


def unknown_labels(facts: PageFacts) -> Iterator[str]:
    """What tables and lines of one page name and no list of ours does."""
    yield from facts.info.unknown
    for i in facts.header:
        text = facts.page.lines[i].text
        if len(text) <= LONGEST_LINE and any(abs(i - row) <= BESIDE for row in facts.info.rows):
            for m in LABEL.finditer(text):
                label = label_of(m[1])
                behind_value = bool(COLON.search(text[: m.start(1)]))
                if not known(label, behind_value) and 2 <= len(label) <= LONGEST_LABEL:
                    yield label


def known(label: str, behind_value: bool) -> bool:
    """Whether these words are a label; behind the value of another label only their end need be one."""
    return label in LABELS or (behind_value and any(label[i:] in LABELS for i in range(1, len(label) - 1)))


def of_demo(documents: int) -> Counter[str]:
    """What the policies of one demo night warn of."""
    with workshop() as folder, country(documents, folder):
        night(folder / "data", folder / "sites")
        found = policies(folder / "data")
    marks = [w for p in found.values() for w in p.warnings if w.startswith("label_unconsumed: ")]
    return Counter(mark.partition(": ")[2] for mark in marks)


if __name__ == "__main__":
    sys.exit(main())
