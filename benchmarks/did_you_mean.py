"""Queries with slips of the hand and the ear over the demo country and the real texts: what is offered for them.

    python -m benchmarks.did_you_mean [--engine tantivy|elasticsearch|both] [--show]

Two sets: a table written by hand, which prices were chosen by, and slips made by chance in the things that the
demo country regulates, which they were not. The bars: the query that was meant is the first offer, and nothing is
offered for queries that find enough. `--show` prints every query that missed.
"""

import argparse
import csv
import random
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.lab import Bars
from benchmarks.relevance import QUESTIONS
from benchmarks.search_corpus import corpus
from benchmarks.search_engines import add_engine_option, chosen, filled
from demo.country import regions
from index.did_you_mean import NEARLY_NOTHING, did_you_mean
from index.engine import Reader, SearchRequest
from index.parse import parse_query
from index.pinyin import homophones, lookalikes, near_homophones, readings
from index.vocabulary import Names

MISTYPED = Path(__file__).with_name("mistyped.csv")
NAMES = Names({code: name for code, name, *_ in regions()})
RIGHT_FIRST = 0.85
# Names and things that no policy here is about, rightly written: an offer for one of them is a nuisance.
FOREIGN = (
    "量子纠缠", "霍格沃茨", "二次元手办", "咖啡拉花", "黑洞吸积盘", "侏罗纪恐龙", "巴洛克建筑", "莫扎特奏鸣曲",
    "蒙娜丽莎", "披头士乐队", "尼安德特人", "超导磁悬浮", "费马大定理", "爵士鼓教程", "魔方公式", "塔罗牌",
    "qwrtp", "zzxxcc", "kubernetes", "javascript", "blockchain", "龘靐齉", "饕餮纹", "甲骨文卜辞",
)  # fmt: skip


MADE_UP = 500
SEED = 3


@dataclass(frozen=True, slots=True)
class Mistyped:
    """A query as it was typed and as it was meant; `kind` is the slip."""

    kind: str
    typed: str
    meant: str


def main() -> None:
    """Ask, count, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_engine_option(parser)
    parser.add_argument("--show", action="store_true", help="print every query that missed")
    options = parser.parse_args()
    known = corpus()
    things = sorted({one.page.aspect for one in known if one.page and 3 <= len(one.page.aspect) <= 6})
    made_up = random.Random(SEED).sample(list(slips(things)), MADE_UP)
    bars = Bars()
    for name in chosen(options.engine):
        with filled(name, (one.document for one in known)) as engine:
            reader = engine.reader()
            report(bars, f"{name}, by hand", reader, mistyped(), show=options.show)
            report(bars, f"{name}, by chance", reader, made_up, show=options.show)
            needless(bars, name, reader, show=options.show)
    bars.end()


def mistyped() -> tuple[Mistyped, ...]:
    """The table of slips."""
    with MISTYPED.open(encoding="utf-8", newline="") as rows:
        return tuple(Mistyped(row["kind"], row["typed"], row["meant"]) for row in csv.DictReader(rows))


def slips(words: Sequence[str]) -> Iterator[Mistyped]:
    """Every word with a slip of each kind, by chance."""
    chance = random.Random(SEED)
    for word in words:
        at = chance.randrange(len(word) - 1)
        others = {"sound": homophones, "near": near_homophones, "looks": lookalikes}
        for kind, like in others.items():
            if found := like(word[at]):
                yield Mistyped(kind, word[:at] + chance.choice(found) + word[at + 1 :], word)
        yield Mistyped("missing", word[: at + 1] + word[at + 2 :], word)
        yield Mistyped("doubled", word[:at] + word[at] + word[at:], word)
        yield Mistyped("swapped", word[:at] + word[at + 1] + word[at] + word[at + 2 :], word)
        yield Mistyped("letters", "".join(readings(char)[0] for char in word), word)


def offers(reader: Reader, text: str) -> tuple[str, ...]:
    """What is offered for a query."""
    return did_you_mean(parse_query(text, NAMES), reader, names=NAMES)


def satisfied(reader: Reader) -> Iterator[str]:
    """The questions of the relevance set that find enough."""
    for question in tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["question"]:
        if total(reader, question["query"]) > NEARLY_NOTHING:
            yield question["query"]


def total(reader: Reader, text: str) -> int:
    """How many documents a query finds."""
    return reader.search(SearchRequest(parse_query(text, NAMES).tree, limit=0)).total


def report(bars: Bars, name: str, reader: Reader, table: Iterable[Mistyped], *, show: bool) -> None:
    """One line a kind, then the bar; a query that finds enough as it was typed is not asked."""
    asked, first, among = Counter[str](), Counter[str](), Counter[str]()
    for one in table:
        if total(reader, one.typed) > NEARLY_NOTHING:
            continue
        found = offers(reader, one.typed)
        asked[one.kind] += 1
        first[one.kind] += found[:1] == (one.meant,)
        among[one.kind] += one.meant in found
        if show and found[:1] != (one.meant,):
            print(f"      {one.kind}: {one.typed} → {'、'.join(found) or 'nothing'}, meant was {one.meant}")
    print(f"{name:<28}{'queries':>8}{'first':>8}{'among 3':>9}")
    for kind in asked:
        print(
            f"  {kind:<26}{asked[kind]:>8}{first[kind] / asked[kind]:>8.2f}{among[kind] / asked[kind]:>9.2f}"
        )
    right = first.total() / asked.total()
    bars.check(f"{name}: right first", right >= RIGHT_FIRST, f"{right:.3f}", f"≥ {RIGHT_FIRST}")


def needless(bars: Bars, name: str, reader: Reader, *, show: bool) -> None:
    """Offers that nobody needs."""
    made = _offered(reader, list(satisfied(reader)), show=show)
    bars.check(f"{name}: offers for queries that find enough", not made, str(made), "0")
    foreign = _offered(reader, FOREIGN, show=show)
    print(
        f"      {foreign} of {len(FOREIGN)} words that are rightly written, but foreign here, have an offer"
    )


def _offered(reader: Reader, queries: Sequence[str], *, show: bool) -> int:
    found = {query: made for query in queries if (made := offers(reader, query))}
    for query, made in found.items():
        if show:
            print(f"      needless: {query} → {'、'.join(made)}")
    return len(found)


if __name__ == "__main__":
    main()
