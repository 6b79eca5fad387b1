"""Make the weights of words that tell the subject of a document.

    python -m benchmarks.train_subjects [--write]

A logistic model over words, pulled towards the seeds in subject_seeds.csv (written from the names of the
second level and from what offices are called), fitted to the labelled documents beside the checkout.
Prints precision and share answered of the seeds alone and in 5-fold cross-validation by document;
--write stores the weights fitted to all documents in normalizers/data/subject_words.csv. Deterministic.
"""

import argparse
import csv
import hashlib
import json
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from normalizers.subjects import SURE, features, matcher, parse_subject, probabilities, subject_names
from normalizers.words import Words

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT.parent / "shared" / "pages"
SEEDS = Path(__file__).with_name("subject_seeds.csv")
WEIGHTS = ROOT / "normalizers" / "data" / "subject_words.csv"
STRONG, WEAK = 2.0, 0.8
# Few documents: small steps, a strong pull towards the seeds, few rounds.
ROUNDS, STEP, PULL, FOLDS = 40, 0.3, 0.02, 5
# Weights smaller than this say nothing.
LEAST = 0.15
Weights = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One document with the id of its subject."""

    title: str
    lead: str
    subject: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--show", action="store_true", help="print what was answered wrongly")
    options = parser.parse_args()
    if not (PAGES / "records.jsonl").exists():
        print(f"没有 {PAGES}：标注过的文件不在本目录旁，无法训练", file=sys.stderr)
        return 2
    documents, seeds = load_labelled(), load_seeds()
    words = matcher(seeds)
    print(f"{len(documents)} documents of {len({d.subject for d in documents})} subjects, {len(seeds)} words")
    report("seeds alone", words, ((d, seeds) for d in documents))
    report("cross-validated", words, cross_validated(documents, words, seeds), show=options.show)
    if options.write:
        store_weights(fit(documents, words, seeds))
    return 0


def load_labelled() -> list[Labelled]:
    """Documents of records, full texts and pages whose printed subject is one of the 22, each title once."""
    ids = {name: id_ for id_, name in subject_names().items()}
    found: dict[str, Labelled] = {}
    for name in ("fulltext_govcn_2020.jsonl", "records.jsonl", "truth.jsonl"):
        with (PAGES / name).open(encoding="utf-8") as rows:
            for row in map(json.loads, rows):
                subject = parse_subject(row.get("subject") or "")
                if subject and subject.name and row["title"]:
                    lead = row.get("text") or row.get("body") or row.get("text_lead") or ""
                    found.setdefault(row["title"], Labelled(row["title"], lead, ids[subject.name]))
    return [found[title] for title in sorted(found)]


def load_seeds() -> Weights:
    """Words with the weight that their seed gives them."""
    weights: Weights = {}
    with SEEDS.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            for column, weight in (("strong", STRONG), ("weak", WEAK)):
                for word in filter(None, row[column].split("|")):
                    weights.setdefault(word, {})[row["subject"]] = weight
    return weights


def fit(documents: Sequence[Labelled], words: Words, seeds: Weights) -> Weights:
    """The weights after some rounds over the documents, kept near the seeds."""
    weights = {word: dict(of) for word, of in seeds.items()}
    known = [(features(words, d.title, d.lead), d.subject) for d in documents]
    for _ in range(ROUNDS):
        for found, subject in known:
            step(weights, found, subject)
        for word, of in weights.items():
            for name in of:
                of[name] += PULL * (seeds[word].get(name, 0.0) - of[name])
    return weights


def step(weights: Weights, found: dict[str, float], subject: str) -> None:
    """Move the weights of one document's words: up for its subject, down for the others that they speak for."""
    if not found:
        return
    chances = probabilities(found, weights)
    length = math.sqrt(sum(count * count for count in found.values())) + 1
    for word, count in found.items():
        of = weights[word]
        for name in {subject, *of}:
            miss = (name == subject) - chances.get(name, 0.0)
            of[name] = of.get(name, 0.0) + STEP * miss * count / length


def cross_validated(
    documents: Sequence[Labelled], words: Words, seeds: Weights
) -> Iterable[tuple[Labelled, Weights]]:
    """Each document with weights fitted to the other folds."""
    folds = [int(hashlib.sha256(d.title.encode()).hexdigest(), 16) % FOLDS for d in documents]
    for k in range(FOLDS):
        weights = fit([d for d, f in zip(documents, folds, strict=True) if f != k], words, seeds)
        yield from ((d, weights) for d, f in zip(documents, folds, strict=True) if f == k)


def report(name: str, words: Words, pairs: Iterable[tuple[Labelled, Weights]], *, show: bool = False) -> None:
    """Print precision and share answered at several thresholds."""
    answers = []
    for document, weights in pairs:
        chances = probabilities(features(words, document.title, document.lead), weights)
        best = max(chances, key=lambda s: chances[s], default="other")
        answers.append((chances.get(best, 0.0), best, document))
    for least in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        sure = [(best, d) for chance, best, d in answers if chance >= least and best != "other"]
        right = sum(best == d.subject for best, d in sure)
        print(
            f"{name} ≥ {least}: answered {len(sure)}/{len(answers)} = {len(sure) / len(answers):.3f}, "
            f"right {right}/{len(sure)} = {right / len(sure):.3f}"
        )
    for chance, best, d in answers if show else ():
        if chance >= SURE and best != d.subject:
            print(f"  {d.title}: {d.subject}, answered {best} {chance:.2f}")


def store_weights(weights: Weights) -> None:
    """Write the weights, rounded to two digits."""
    rows = [
        (word, subject, f"{weight:.2f}")
        for word in sorted(weights)
        for subject, weight in sorted(weights[word].items())
        if abs(weight) >= LEAST
    ]
    with WEIGHTS.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([("word", "subject", "weight"), *rows])
    print(f"{len(rows)} weights written")


if __name__ == "__main__":
    sys.exit(main())
