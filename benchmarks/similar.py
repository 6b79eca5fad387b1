"""Documents alike, over the demo country, whose relations are known: are a document's relatives among the first five?

    python -m benchmarks.similar [--engine tantivy|elasticsearch|both] [--sample 400] [--show]

A relative interprets, implements, forwards, reposts, amends or repeals a document, or is that document; where it has
more than five of a kind, five are asked for. Beside them: how many of the five are of its topic, and how many of those
that carry out the same thing elsewhere (the same topic and aspect) are there. Real texts stand in the same index.
"""

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.lab import Bars
from benchmarks.search_corpus import Known, corpus
from benchmarks.search_engines import TANTIVY, add_engine_option, chosen, filled
from demo.pages import Page
from index.engine import Reader

FIRST = 5
SEED = 5
RELATIVES, SAME_TOPIC, SAME_THING = 0.9, 0.95, 0.9


@dataclass(slots=True)
class Tally:
    """What was wanted and found, by kind; CPU seconds of this process for each document."""

    wanted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def share(self, kinds: Sequence[str]) -> float:
        """What was found of what was wanted of some kinds."""
        return sum(self.found[kind] for kind in kinds) / max(1, sum(self.wanted[kind] for kind in kinds))


def main() -> None:
    """Ask, count, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_engine_option(parser)
    parser.add_argument("--sample", type=int, default=400, help="documents asked for; 0 for all")
    parser.add_argument("--show", action="store_true", help="print what stood in the place of relatives")
    parser.set_defaults(engine=TANTIVY)
    options = parser.parse_args()
    known = corpus()
    bars = Bars()
    for name in chosen(options.engine):
        with filled(name, (one.document for one in known)) as engine:
            report(bars, name, measure(engine.reader(), known, options.sample), show=options.show)
    bars.end()


def measure(reader: Reader, known: Sequence[Known], sample: int) -> Tally:
    """Ask for documents like those of a sample."""
    pages = {one.page.id: one for one in known if one.page}
    at = {one.document.id: one for one in known}
    asked = list(pages.values())
    if sample:
        asked = random.Random(SEED).sample(asked, min(sample, len(asked)))
    related, tally = relatives(pages), Tally()
    reader.similar(asked[0].document, FIRST)
    for one in asked:
        assert one.page is not None
        begun = time.process_time()
        hits = reader.similar(one.document, FIRST)
        tally.seconds.append(time.process_time() - begun)
        found = [at[hit.id] for hit in hits]
        _count(tally, one.page, [other.page for other in found if other.page], related, pages)
        titles = "".join(f"\n        {other.document.title}" for other in found)
        if tally.missed and tally.missed[-1] == one.page.title:
            tally.missed[-1] += titles
    return tally


def relatives(pages: Mapping[int, Known]) -> Mapping[int, Mapping[str, set[int]]]:
    """By page and kind of relation, from either side, the pages it is related to."""
    found: defaultdict[int, defaultdict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for number, one in pages.items():
        assert one.page is not None
        for relation in one.page.relations:
            if relation.target in pages:
                found[number][relation.type].add(relation.target)
                found[relation.target][f"{relation.type}, from the other side"].add(number)
    return found


def _count(
    tally: Tally,
    page: Page,
    found: Sequence[Page],
    related: Mapping[int, Mapping[str, set[int]]],
    pages: Mapping[int, Known],
) -> None:
    ids = {other.id for other in found}
    groups = dict(related.get(page.id, {}))
    others = [one.page for one in pages.values() if one.page and one.page.id != page.id]
    if page.aspect:
        groups["same thing"] = {o.id for o in others if (o.topic, o.aspect) == (page.topic, page.aspect)}
    groups["same topic"] = {o.id for o in others if o.topic == page.topic}
    for kind, wanted in groups.items():
        most = min(FIRST, len(wanted))
        tally.wanted[kind] += most
        tally.found[kind] += min(most, len(wanted & ids))
    if any(not (wanted & ids) for kind, wanted in groups.items() if not kind.startswith("same")):
        tally.missed.append(page.title)


def report(bars: Bars, name: str, tally: Tally, *, show: bool) -> None:
    """One line a kind, then the bars."""
    print(f"{name:<34}{'wanted':>8}{'found':>8}")
    kinds = sorted(tally.wanted)
    for kind in kinds:
        print(f"  {kind:<32}{tally.wanted[kind]:>8}{tally.share([kind]):>8.3f}")
    related = [kind for kind in kinds if not kind.startswith("same")]
    for what, share, least in (
        ("relatives among the first five", tally.share(related), RELATIVES),
        ("of the same topic", tally.share(["same topic"]), SAME_TOPIC),
        ("the same thing elsewhere", tally.share(["same thing"]), SAME_THING),
    ):
        bars.check(f"{name}: {what}", share >= least, f"{share:.3f}", f"≥ {least}")
    seconds = sorted(tally.seconds)
    print(f"      {1000 * sum(seconds) / len(seconds):.1f} ms CPU of this process a document")
    if show:
        print(*tally.missed, sep="\n")


if __name__ == "__main__":
    main()
