"""Subjects and topic tags: what is read, what is inferred and how often rightly, which tags are given.

    python -m benchmarks.subjects [--show]

Bars: a printed subject of the 22 is read on every page that has one; of labelled documents, the printed
subject withheld, cross-validated by document, at least .6 get a subject and of these .85 the right one; at most 1 ms.
"""

import argparse
import csv
import json
import sys
import time
from collections import Counter

from benchmarks.lab import Bars
from benchmarks.train_subjects import PAGES, Labelled, cross_validated, load_labelled, load_seeds
from normalizers.subjects import SURE, features, infer_subject, matcher, parse_subject, probabilities
from normalizers.topics import extract_topics, load_tags

PRECISION, ANSWERED, MILLISECONDS, TAGS = 0.85, 0.6, 1.0, 26


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print wrong subjects and some tags")
    show = parser.parse_args().show
    if not (PAGES / "records.jsonl").exists():
        print(f"没有 {PAGES}：标注过的文件不在本目录旁，无法评测", file=sys.stderr)
        return 2
    bars = Bars()
    documents = load_labelled()
    printed(bars)
    inferred(bars, documents, show=show)
    cost(bars, documents)
    tags(bars, documents, show=show)
    bars.end()
    return 0


def printed(bars: Bars) -> None:
    """Every printed subject of the labels that names one of the scheme is parsed to it."""
    values = set()
    for name in ("fulltext_govcn_2020.jsonl", "records.jsonl", "truth.jsonl"):
        with (PAGES / name).open(encoding="utf-8") as rows:
            values |= {row["subject"] for row in map(json.loads, rows) if row.get("subject")}
    outside = sorted(v for v in values if not ((s := parse_subject(v)) and s.name))
    print(f"      printed subjects: {len(values)}, outside the scheme: {'、'.join(outside)}")
    lost = [v for v in values if "\\" in v and v in outside]
    bars.check("printed subjects of two levels", not lost, str(lost), "every one read")


def inferred(bars: Bars, documents: list[Labelled], *, show: bool) -> None:
    """Answers with weights fitted to the other folds."""
    seeds = load_seeds()
    words = matcher(seeds)
    answered, right = 0, 0
    for document, weights in cross_validated(documents, words, seeds):
        chances = probabilities(features(words, document.title, document.lead), weights)
        best = max(chances, key=lambda s: chances[s], default="other")
        if chances.get(best, 0.0) >= SURE and best != "other":
            answered += 1
            right += best == document.subject
            if show and best != document.subject:
                print(f"  {document.title}: {document.subject}, answered {best}")
    share, precision = answered / len(documents), right / answered
    bars.check("subjects answered", share >= ANSWERED, f"{answered}/{len(documents)} = {share:.3f}", "≥ .6")
    bars.check("of these right", precision >= PRECISION, f"{right}/{answered} = {precision:.3f}", "≥ .85")


def cost(bars: Bars, documents: list[Labelled]) -> None:
    """Mean CPU time of subject and tags together."""
    infer_subject("", ""), extract_topics("", "")
    start = time.process_time()
    for document in documents:
        infer_subject(document.title, document.lead)
        extract_topics(document.title, document.lead)
    spent = (time.process_time() - start) * 1e3 / len(documents)
    bars.check("subject and tags of a document", spent <= MILLISECONDS, f"{spent:.2f} ms", "≤ 1 ms")


def tags(bars: Bars, documents: list[Labelled], *, show: bool) -> None:
    """How many documents and bare titles get which tags."""
    scheme = load_tags()
    bars.check("tags of the scheme", len(scheme) >= TAGS, str(len(scheme)), f"≥ {TAGS}")
    with (PAGES / "doc_numbers.tsv").open(encoding="utf-8", newline="") as rows:
        titles = [row["title"] for row in csv.DictReader(rows, delimiter="\t") if row["title"]]
    for what, given in (
        ("documents", [extract_topics(d.title, d.lead) for d in documents]),
        ("titles alone", [extract_topics(title, "") for title in titles]),
    ):
        tagged = [topics for topics in given if topics]
        counts = Counter(name for topics in tagged for name in topics[0])
        print(f"      {what} with a tag: {len(tagged)}/{len(given)}")
        print("      " + "  ".join(f"{name} {times}" for name, times in counts.most_common()))
    for document in documents[::10] if show else ():
        found = extract_topics(document.title, document.lead)
        print(f"  {document.title}: {found[1] if found else '-'}")


if __name__ == "__main__":
    sys.exit(main())
