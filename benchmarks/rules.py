"""Which rules of the normalizers fire on the data there is, and which never do.

    python -m benchmarks.rules [--documents N] [--every N] [--all]

Reads the saved real pages (without site files and with them), the real attachments as documents of their
own, the labelled texts of benchmarks.labelled, the samples of pages and dates, the real document numbers
with their titles and a night of the demo country, and counts evidence by field
and rule, warnings by name, every call that can give a field, every pattern with its alternatives and every
table of words. What never fires must stand in the data or the references elsewhere (a button in the shell of
a page that is not at the end of its body), or name the standard or the observed page it is from in the code
beside it. --all also prints how often each of the others fired.
"""

import argparse
import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import update

from benchmarks import firing as counted
from benchmarks.lab import SHARED, Bars, country, night, workshop
from benchmarks.scoring import PAGES
from benchmarks.sources import Corpus, source_of
from normalizers.words import load_table

# What is behind a rule's colon is from the page where the rule is one for many: labels, selectors, tags.
OPEN = {"info_table": "labels", "header": "tags or labels", "body": "containers", "site": "selectors"}
WIDTH, SHOWN = 150, 90
NO_SOURCE = "no source"
TABLE_SOURCES = {"topics.csv": "docs/tags.md", "subject_words.csv": "trained: benchmarks.train_subjects"}
TAKE = 1000


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=200, help="documents of the demo country")
    parser.add_argument(
        "--every", type=int, default=1, help="of the saved pages and labelled texts every n-th"
    )
    parser.add_argument("--all", action="store_true", help="print what fired too")
    options = parser.parse_args()
    if not PAGES.exists():
        print(f"没有 {PAGES}：真实网页不在本目录旁，无法统计", file=sys.stderr)
        return 2
    firing = counted.install()
    rules: Counter[str] = Counter()
    warnings: Counter[str] = Counter()
    for policy in policies(options.documents, options.every):
        rules.update(f"{name}  {evidence.rule}" for name, evidence in policy.evidence.items())
        warnings.update(warning.partition(":")[0] for warning in policy.warnings)
    numbers_and_titles(options.every)
    dates()
    firing.close()
    evidence_report(rules, warnings, show=options.all)
    report = Report(firing, Corpus(options.every), show=options.all)
    report.calls()
    report.patterns()
    report.tables()
    print()
    bars = Bars()
    told = f"{len(report.bare)}: {'; '.join(report.bare)}"
    bars.check("rules and words that are met nowhere and name no source", not report.bare, told, "none")
    bars.end()
    return 0


def policies(documents: int, every: int) -> Iterator[Any]:
    """Every policy of all data, read in this process; of pages and texts every n-th."""
    from benchmarks.extraction import CONTEXT, saved_pages
    from benchmarks.labelled import SETS
    from crawlers.channel_reading import page_input
    from normalizers.page import Hints
    from pipelines.config import load_config
    from zhengce.extract_command import context_for, sites_of

    sites = sites_of(str(load_config({}, None, None).sites))
    for data, url in islice(saved_pages(), 0, None, every):
        yield from read(page_input(url, data, Hints(), fallback="page"), CONTEXT)
        context, hints = context_for(url, sites, CONTEXT.today)
        yield from read(page_input(url, data, hints, fallback="page"), context)
    for cases in SETS.values():
        for case in islice(cases(), 0, None, every):
            yield from read(case.page, CONTEXT)
    yield from files_as_pages(CONTEXT)
    if documents:
        yield from of_demo(documents)


def files_as_pages(context: Any) -> Iterator[Any]:
    """The policies of the sample pages, and of the real attachments as documents of their own."""
    from normalizers.attachments.as_attachment import read_attachment
    from normalizers.attachments.contained import ContainedReader
    from normalizers.normalize import PageInput
    from normalizers.page import Hints, ListRow

    for path in sorted((SHARED / "samples" / "html").glob("*.html")):
        page = PageInput("0" * 16, "https://unknown.invalid/", path.read_bytes(), None, Hints())
        yield from read(page, context)
    with (PAGES / "attachments.jsonl").open(encoding="utf-8") as lines:
        titles = {row["file"].rpartition("/")[2]: row["title"] for row in map(json.loads, lines)}
    reader = ContainedReader()
    for path in sorted((PAGES / "attach").iterdir()):
        url = f"https://unknown.invalid/{path.name}"
        file, _ = read_attachment(reader, path.read_bytes(), url, path.name)
        row = ListRow(url, titles.get(path.name) or "")
        yield from read(PageInput("0" * 16, url, b"", row, Hints(), file=file), context)
    reader.close()


def read(page: Any, context: Any) -> Iterator[Any]:
    """The policy of a page; none where it has a named failure."""
    from normalizers.normalize import NormalizeError, normalize_policy

    try:
        yield normalize_policy(page, context)
    except NormalizeError:
        return


def of_demo(documents: int) -> Iterator[Any]:
    """The policies of one night, read again in this process from its archive."""
    from normalizers.policy import decode_policy
    from pipelines import schema
    from pipelines.catalogue import Catalogue
    from pipelines.config import load_config
    from pipelines.items import PageState
    from pipelines.normalize_worker import Normalizer, Setup
    from pipelines.own_tables import load_own_tables
    from pipelines.policies import take_work

    with workshop() as folder, country(documents, folder):
        data = folder / "data"
        night(data, folder / "sites")
        catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
        with catalogue.write() as connection:
            connection.execute(update(schema.page).values(state=PageState.FETCHED))
            work = take_work(connection, TAKE)
        catalogue.close()
        archive = load_config({"data": str(data)}, None, None).archive_folder
        worker = Normalizer(Setup(str(archive), 0, 0, load_own_tables(data)))
        for item in work:
            if (made := worker.normalize(item).made) is not None:
                yield decode_policy(made.record)
        worker.close()


def numbers_and_titles(every: int) -> None:
    """Read every n-th real number, and its title for what titles alone tell."""
    from normalizers import authorities, content_types, doc_numbers, doc_types, normative, topics
    from normalizers.issuers import issuers_of_title
    from normalizers.regions import Near

    with (SHARED / "pages" / "doc_numbers.tsv").open(encoding="utf-8", newline="") as rows:
        for row in islice(csv.DictReader(rows, delimiter="\t"), 0, None, every):
            number, title = row["doc_number"] or "", row["title"] or ""
            for found in doc_numbers.parse_doc_numbers(number):
                normative.normative_of_prefix(found.prefix)
                authorities.read_prefix(found.prefix, Near(), found.year)
            doc_numbers.doc_number_key(number)
            doc_types.doc_type_of_number(number)
            kind = doc_types.extract_doc_type(title)
            for told in (doc_types.extract_instrument, content_types.content_type_of_title):
                told(title)
            normative.above_normative(title, number), normative.not_normative(title, kind)
            issuers_of_title(title, {})
            topics.extract_topics(title, "")


def dates() -> None:
    """Read every sample of a printed date, relative ones on the day they are for."""
    from datetime import datetime

    from normalizers.dates import parse_date, parse_relative_date

    for row in json.loads((SHARED / "samples" / "dates.json").read_text(encoding="utf-8")):
        parse_date(row["text"])
        parse_relative_date(row["text"], datetime.fromisoformat(row["base"]).date())


def evidence_report(rules: Counter[str], warnings: Counter[str], *, show: bool) -> None:
    """How often each rule gave each field, and how often each warning was given."""
    folded: Counter[str] = Counter()
    for rule, times in rules.items():
        folded[fold(rule)] += times
    print(
        f"evidence: {sum(rules.values())} fields by {len(folded)} rules ({len(rules)} with labels and selectors)"
    )
    for rule, times in sorted(
        (rules if show else folded).items(), key=lambda item: (item[0].split()[0], -item[1])
    ):
        print(f"  {times:6} {rule}")
    print("warnings: " + "  ".join(f"{name} {times}" for name, times in warnings.most_common()))


def fold(rule: str) -> str:
    """A rule without the label, selector or tag that it read."""
    name, _, told = rule.partition("  ")
    source, _, detail = told.partition(":")
    if source == "info_table" or (source in ("body", "site") and name == "text"):
        return f"{name}  {source}:({OPEN[source]})"
    return f"{name}  {source}:{detail}"


class Report:
    """Prints what never fired with its source, and keeps what has none."""

    def __init__(self, firing: counted.Firing, corpus: Corpus, *, show: bool) -> None:
        self.firing = firing
        self.show = show
        self.corpus = corpus
        self.bare: list[str] = []

    def calls(self) -> None:
        """The calls that never gave anything; a warning reports what is unknown and needs no source."""
        sites = sorted(self.firing.sites.items(), key=lambda item: (item[0].module, item[0].first))
        never = sum(not times for _, times in sites)
        print(f"\ncalls that give a field, a note, a warning or evidence: {len(sites)}, never: {never}")
        for site, times in sites:
            source = source_of(site.module, site.first)
            where = f"{site.module}.py:{site.first} {site.rule}"
            if self.show or not times:
                print(f"  {times:6} {where}  [{source[:SHOWN] or NO_SOURCE}]")
            if not times and not source and not site.rule.startswith("warn"):
                self.bare.append(where)

    def patterns(self) -> None:
        """The patterns that never hit, and the alternatives of the others that never took part."""
        patterns = sorted(self.firing.patterns.values(), key=lambda p: (p.module, p.line))
        never = [p for p in patterns if not p.hits]
        print(f"\npatterns: {len(patterns)}, never: {len(never)}")
        for pattern in never:
            self.words(place(pattern), 1, [pattern.source[:WIDTH]], source_of(pattern.module, pattern.line))
        count = sum(len(p.twin.texts) for p in patterns if p.twin)
        idle = [(p, p.never) for p in patterns if p.hits and p.never]
        print(f"\nalternatives of the others: {count}, never: {sum(len(texts) for _, texts in idle)}")
        for pattern, texts in idle:
            size = len(pattern.twin.texts if pattern.twin else ())
            self.words(place(pattern), size, texts, source_of(pattern.module, pattern.line))

    def tables(self) -> None:
        """The entries of tables and word lists that were never met."""
        print("\nentries of tables that were never asked for and found")
        for (module, name), (entries, hits) in sorted(self.firing.tables.items()):
            never = [entry for entry in entries if not hits[entry]]
            line = self.firing.lines[module].get(name, 0)
            self.words(f"{module}.py:{line} {name}", len(entries), never, source_of(module, line))
        for table, column in (
            ("topics.csv", "words"),
            ("topics.csv", "exclude"),
            ("subject_words.csv", "word"),
        ):
            words = {word for row in load_table(table) for word in row[column].split("|") if word}
            never = sorted(word for word in words if not self.firing.words[word])
            self.words(f"{table} {column}", len(words), never, TABLE_SOURCES[table])

    def words(self, where: str, count: int, never: list[str], source: str) -> None:
        """One list: how many never fired, and those of them that stand nowhere in the data or the references."""
        if not never:
            return
        by_place: dict[str, list[str]] = {"data": [], "reference": [], "": []}
        for text in never:
            by_place[self.corpus.met(text)].append(re.sub(r"\s+", " ", text))
        counts = (
            f"{len(by_place['data'])} in the data elsewhere, {len(by_place['reference'])} in the references"
        )
        print(f"  {where}: {len(never)} of {count} never; {counts}  [{source[:SHOWN] or NO_SOURCE}]")
        line = ""
        for text in by_place[""]:
            if line and len(line) + len(text) > WIDTH:
                print(f"      {line}".encode(errors="backslashreplace").decode())
                line = ""
            line += text + "  "
        if line:
            print(f"      {line}".encode(errors="backslashreplace").decode())
        if by_place[""] and not source:
            self.bare.append(f"{where} ({len(by_place[''])})")


def place(pattern: counted.Pattern) -> str:
    """Where a pattern is."""
    head = f" {pattern.source[:30]!r}" if pattern.name == counted.LITERAL else ""
    return f"{pattern.module}.py:{pattern.line} {pattern.name}{head}"


if __name__ == "__main__":
    sys.exit(main())
