"""Facets as the pages show them: choices with their counts, regions as a tree."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.document import region_path
from index.engine import FacetCount
from normalizers.policy import LEVELS
from portal.labels import Label

SHOWN_VALUES = 8  # values of a facet before "more"
SHOWN_YEARS = 12
# Values that are counted for a results page: all regions of the country down to counties (3,300).
COUNTED_VALUES = 4_000
# Values in the page itself, those behind "more" among them: 300 choices are 40 KB. All others have a page of their own.
MOST_VALUES = 30
MOST_REGIONS = 200
WIDEST_FIRST = {level: n for n, level in enumerate(LEVELS)}
# Facets of few values, shown whole.
SHORT = frozenset(("level", "content_type", "doc_type", "validity", "withdrawn"))


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet; `below` are the parts of a region, `open` where they are to be seen at once."""

    value: str
    label: str
    count: int
    chosen: bool
    below: "tuple[Choice, ...]" = ()
    open: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its first values, those behind "more", and how many more a page of its own has (`cut`: or more)."""

    name: str
    choices: Sequence[Choice]
    more: Sequence[Choice] = ()
    others: int = 0
    cut: bool = False


def facet_of(name: str, counts: Sequence[FacetCount], chosen: Collection[str], label: Label) -> Facet:
    """A facet of the results page; what is chosen is always shown, also where nothing has it."""
    if name == "region":
        tree = RegionTree(counts, chosen, label)
        told = tree.told(MOST_REGIONS)
        return Facet(name, told[:SHOWN_VALUES], told[SHOWN_VALUES:], tree.size - size(told))
    most = SHOWN_YEARS if name == "year" else MOST_VALUES if name in SHORT else SHOWN_VALUES
    ordered = order(name, counts, chosen)
    first = [one for n, one in enumerate(ordered) if n < most or one.value in chosen]
    rest = [one for one in ordered[most : most + MOST_VALUES] if one.value not in chosen]
    others = len(ordered) - len(first) - len(rest)
    cut = len(counts) >= COUNTED_VALUES
    return Facet(name, choices(name, first, chosen, label), choices(name, rest, chosen, label), others, cut)


def order(name: str, counts: Sequence[FacetCount], chosen: Collection[str]) -> list[FacetCount]:
    """All values of a facet, largest first, years newest first, levels widest first; chosen ones that nothing has last."""
    known = {c.value for c in counts} if chosen else ()
    ordered = [*counts, *(FacetCount(value, 0) for value in chosen if value not in known)]
    if name == "year":
        return sorted(ordered, key=lambda c: c.value, reverse=True)
    if name == "level":
        return sorted(ordered, key=lambda c: WIDEST_FIRST.get(c.value, len(WIDEST_FIRST)))
    return ordered


def choices(
    name: str, counts: Iterable[FacetCount], chosen: Collection[str], label: Label
) -> tuple[Choice, ...]:
    """Values as they are shown."""
    return tuple(Choice(c.value, label(name, c.value), c.count, c.value in chosen) for c in counts)


class RegionTree:
    """Regions below the region they belong to, largest first; the count of a region includes its parts.

    A code without a name that only joins others (469000, 直辖县级) gives its place to its parts.
    """

    def __init__(self, counts: Iterable[FacetCount], chosen: Collection[str], label: Label) -> None:
        self._counts = dict.fromkeys(chosen, 0) | {c.value: c.count for c in counts}
        self._chosen = chosen
        self._label = label
        known = self._counts
        joining = {above for code in known for above in _above(code) if above in known}
        joining = {code for code in joining if code not in chosen and label("region", code) == code}
        self._below: dict[str, list[str]] = {}
        for code in sorted(known, key=lambda code: (-known[code], code)):
            if code not in joining:
                above = next((one for one in _above(code) if one in known and one not in joining), "")
                self._below.setdefault(above, []).append(code)
        self._open = {one for code in chosen for one in (code, *_above(code))}
        if len(widest := self._below.get("", [])) == 1:  # a province alone hides nothing but its cities
            self._open.update(widest)
        self.size = len(known) - len(joining)

    def told(self, most: float = math.inf) -> tuple[Choice, ...]:
        """The regions with all their parts, or as far as about `most` choices go.

        Then the parts of a region are told all or none, their own parts only where something is chosen.
        """
        most = math.inf if self.size <= most else most
        widest = self._below.get("", [])
        shown = [code for n, code in enumerate(widest) if n < most or code in self._open]
        return self._grown(shown, most - len(shown))

    def _grown(self, codes: Iterable[str], left: float) -> tuple[Choice, ...]:
        grown = []
        for code in codes:
            parts = self._below.get(code, [])
            inner: tuple[Choice, ...] = ()
            if code in self._open or len(parts) <= left:
                inner = self._grown(parts, left if left == math.inf else 0)
                left -= size(inner)
            name = self._label("region", code)
            grown.append(
                Choice(code, name, self._counts[code], code in self._chosen, inner, open=code in self._open)
            )
        return tuple(grown)


@lru_cache(maxsize=1 << 16)
def _above(code: str) -> tuple[str, ...]:
    """The codes above a region, the nearest first."""
    return region_path(code)[-2::-1]


def size(tree: Iterable[Choice]) -> int:
    """How many choices a tree has."""
    return sum(1 + size(one.below) if one.below else 1 for one in tree)
