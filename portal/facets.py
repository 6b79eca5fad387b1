"""Facets as the pages show them: choices with their counts, regions as a tree."""

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar

from index.document import region_path
from index.engine import FacetCount
from index.tokens import search_text
from normalizers.policy import LEVELS
from portal.labels import Label

SHOWN_VALUES = 8  # values of a facet before "more"
SHOWN_YEARS = 12
# Values that are counted for a results page, where not all are: those shown below and so many more.
COUNTED_VALUES = 100
# Values in the page itself, those behind "more" among them: 300 choices are 40 KB. All others have a page of
# their own.
MOST_VALUES = 30
MOST_REGIONS = 200
WIDEST_FIRST = {level: n for n, level in enumerate(LEVELS)}
# The last characters of places, in simplified form: what follows one begins a part of a body's name.
PLACE_ENDS = "国省市县区旗州盟乡镇"
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
    """A facet with its first values, those behind "more", and how many a page of its own has besides.

    With `cut` there are at least so many.
    """

    name: str
    choices: Sequence[Choice]
    more: Sequence[Choice] = ()
    others: int = 0
    cut: bool = False


def facet_of(
    name: str, counts: Sequence[FacetCount], chosen: Collection[str], label: Label, *, cut: bool = False
) -> Facet:
    """A facet of the results page; what is chosen is always shown, also where nothing has it."""
    if name == "region":
        tree = RegionTree(counts, chosen, label)
        told = tree.told(MOST_REGIONS)
        return Facet(name, told[:SHOWN_VALUES], told[SHOWN_VALUES:], tree.size - size(told), cut)
    most = SHOWN_YEARS if name == "year" else MOST_VALUES if name in SHORT else SHOWN_VALUES
    ordered = order(name, counts, chosen)
    first = [one for n, one in enumerate(ordered) if n < most or one.value in chosen]
    rest = [one for one in ordered[most : most + MOST_VALUES] if one.value not in chosen]
    others = len(ordered) - len(first) - len(rest)
    return Facet(name, choices(name, first, chosen, label), choices(name, rest, chosen, label), others, cut)


class Valued(Protocol):
    """Whatever tells a value of a facet."""

    @property
    def value(self) -> str:
        """The value."""
        ...


Told = TypeVar("Told", bound=Valued)


def in_order(name: str, counts: Iterable[Told]) -> list[Told]:
    """Values of a facet as they are shown: years newest first, levels widest first, others as they come."""
    if name == "year":
        return sorted(counts, key=lambda c: c.value, reverse=True)
    if name == "level":
        return sorted(counts, key=lambda c: WIDEST_FIRST.get(c.value, len(WIDEST_FIRST)))
    return list(counts)


def order(name: str, counts: Sequence[FacetCount], chosen: Collection[str]) -> list[FacetCount]:
    """All values of a facet in order, which come largest first; chosen ones that nothing has come last."""
    known = {c.value for c in counts} if chosen else ()
    return in_order(name, [*counts, *(FacetCount(value, 0) for value in chosen if value not in known)])


def named_like(name: str, counts: Iterable[FacetCount], wanted: str, label: Label) -> list[FacetCount]:
    """The values whose name holds what is wanted, or that are it; first where it begins the name or a part.

    Letters are folded as the index folds them. A part follows a 省, 市, 县 and the like: 民政 begins one in
    某省民政厅 and none in 某省人民政府.
    """
    folded = search_text(wanted).strip()
    begins = re.compile(rf"(?:^|[{PLACE_ENDS}\s]){re.escape(folded)}")
    kept = [
        (one, text)
        for one in counts
        if folded in (text := search_text(label(name, one.value))) or wanted == one.value
    ]
    return [one for one, text in sorted(kept, key=lambda pair: not begins.search(pair[1]))]


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

    def parts(self, code: str = "") -> tuple[Choice, ...]:
        """The direct parts of a region, of none the widest regions, largest first."""
        return tuple(
            Choice(one, self._label("region", one), self._counts[one], one in self._chosen)
            for one in self._below.get(code, [])
        )

    def alone(self) -> Choice | None:
        """The widest region where there is but one, which has parts: it says nothing of where documents are from."""
        widest = self.parts()
        return widest[0] if len(widest) == 1 and self._below.get(widest[0].value) else None

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
