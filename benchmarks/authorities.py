"""What the authority file knows of real document numbers and real issuing bodies.

`python -m benchmarks.authorities [--show]`. Numbers: the share whose prefix leads to a body or at
least to a place, without and with the site as context, and whether that place is the one of the
portal which lists them. Bodies: the share of hand-labelled issuers that are known; the others by count.
"""

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator

from benchmarks.lab import SHARED, Bars
from normalizers.authorities import Reading, lookup, read_body, read_prefix
from normalizers.doc_numbers import DocNumber, parse_doc_numbers
from normalizers.regions import Near
from normalizers.signature import split_names

PAGES = SHARED / "pages"
# The portals of doc_numbers.tsv; each also lists documents of other levels.
ORGANS = {
    "State Council": "", "Shanghai": "310000", "Henan": "410000", "Guangdong": "440000", "Shanxi": "140000",
    "Yunnan": "530000", "Sichuan": "510000", "Liaoning": "210000", "Hubei": "420000", "Ningxia": "640000",
    "Chongqing": "500000",
}  # fmt: skip
SHOWN = 25


def main() -> int:
    """Measure numbers, then bodies; 1 where a bar is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", action="store_true", help="print all that is unknown")
    options = parser.parse_args()
    if not (PAGES / "doc_numbers.tsv").exists():
        print("../shared/pages is not beside this checkout")
        return 0
    most = 10**6 if options.show else SHOWN
    bars = Bars()
    for sited in (False, True):
        measure_numbers(bars, sited, most)
    measure_bodies(bars, most)
    bars.end()
    return 0


def numbers() -> Iterator[tuple[str, DocNumber]]:
    """Region of the portal and number of each row that has one."""
    with (PAGES / "doc_numbers.tsv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            organ = row["organ"].removesuffix(" Provincial Government").removesuffix(" Municipal Government")
            if found := parse_doc_numbers(row["doc_number"] or ""):
                yield ORGANS[organ], found[0]


def measure_numbers(bars: Bars, sited: bool, most: int) -> None:
    """Shares of numbers whose prefix is resolved, and of those that agree with the portal."""
    counts: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for region, number in numbers():
        near = Near("provincial" if region else "national", region) if sited else Near()
        reading = read_prefix(number.prefix, near, number.year)
        counts["asked"] += 1
        if reading is None:
            unknown[number.prefix] += 1
            continue
        counts["placed"] += 1
        counts["named"] += reading.authority is not None
        counts["agree"] += agrees(reading, region)
        if not agrees(reading, region):
            others[f"{number.prefix}→{reading.authority.name if reading.authority else reading.region}"] += 1
    how = "with the site" if sited else "prefix alone"
    for name, bar in (("placed", 0.97 if sited else 0.94), ("named", 0.95 if sited else 0.92)):
        share = counts[name] / counts["asked"]
        bars.check(
            f"numbers {name}, {how}",
            share >= bar,
            f"{counts[name]}/{counts['asked']} = {share:.4f}",
            f"≥ {bar}",
        )
    print(f"      of the portal's own level and region: {counts['agree']}/{counts['placed']}")
    print("      unknown:", listed(unknown, most))
    print("      of others:", listed(others, most))


def agrees(reading: Reading, region: str) -> bool:
    """Whether a prefix tells the place of the portal that lists the number."""
    return reading.region == region and (reading.level == "national") == (not region)


def measure_bodies(bars: Bars, most: int) -> None:
    """Shares of hand-labelled issuers, and of those of list APIs and full texts, that are known."""
    for file, bar in (("truth", 0.92), ("records", 0.6), ("fulltext_govcn_2020", 0.95)):
        names: Counter[str] = Counter()
        with (PAGES / f"{file}.jsonl").open(encoding="utf-8") as stream:
            for row in map(json.loads, stream):
                names.update(split_names(row.get("issuer") or ""))
        unknown = Counter({name: count for name, count in names.items() if lookup(name) is None})
        placed = sum(count for name, count in names.items() if read_body(name))
        known = names.total() - unknown.total()
        share = known / names.total()
        bars.check(f"bodies of {file}", share >= bar, f"{known}/{names.total()} = {share:.4f}", f"≥ {bar}")
        print(f"      level known: {placed}/{names.total()}; unknown: {listed(unknown, most)}")


def listed(counts: Counter[str], most: int) -> str:
    """The commonest entries with their counts."""
    return f"{counts.total()}: " + " ".join(f"{name}×{count}" for name, count in counts.most_common(most))


if __name__ == "__main__":
    sys.exit(main())
