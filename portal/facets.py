"""Facets as the pages show them: choices with their counts, regions as a tree."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from index.document import region_path
from index.engine import FacetCount
from portal.labels import Label

SHOWN_VALUES = 8  # values of a facet before "more"
SHOWN_YEARS = 12
# Values in the page itself, those behind "more" among them: 300 choices are 40 KB. All others have a page of their own.
MOST_VALUES = 30
MOST_REGIONS = 200
# Facets of few values, shown whole.
SHORT = frozenset(("level", "content_type", "doc_type", "validity", "withdrawn"))


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet; `below` are the parts of a region."""

    value: str
    label: str
    count: int
    chosen: bool
    below: "tuple[Choice, ...]" = ()

    @property
    def open(self) -> bool:
        """Whether this or anything below is chosen."""
        return self.chosen or any(one.open for one in self.below)


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its first values, those behind "more", and how many more a page of its own has."""

    name: str
    choices: Sequence[Choice]
    more: Sequence[Choice] = ()
    others: int = 0


def facet_of(name: str, counts: Sequence[FacetCount], chosen: Collection[str], label: Label) -> Facet:
    """A facet of the results page; what is chosen is always shown, also where nothing has it."""
    if name == "region":
        whole = region_tree(counts, chosen, label)
        listed = [one for n, one in enumerate(whole) if n < MOST_REGIONS or one.open]
        kept, hidden = _within(listed, MOST_REGIONS)
        hidden += size(whole) - size(listed)
        return Facet(name, kept[:SHOWN_VALUES], kept[SHOWN_VALUES:], hidden)
    choices = flat(name, counts, chosen, label)
    most = SHOWN_YEARS if name == "year" else MOST_VALUES if name in SHORT else SHOWN_VALUES
    first = [one for n, one in enumerate(choices) if n < most or one.chosen]
    rest = [one for one in choices[most:] if not one.chosen]
    return Facet(name, first, rest[:MOST_VALUES], max(0, len(rest) - MOST_VALUES))


def flat(name: str, counts: Sequence[FacetCount], chosen: Collection[str], label: Label) -> list[Choice]:
    """All values of a facet, largest first, years newest first; chosen ones that nothing has at the end."""
    ordered = sorted(counts, key=lambda c: c.value, reverse=True) if name == "year" else counts
    missing = [FacetCount(value, 0) for value in chosen if value not in {c.value for c in counts}]
    return [Choice(c.value, label(name, c.value), c.count, c.value in chosen) for c in (*ordered, *missing)]


def region_tree(counts: Iterable[FacetCount], chosen: Collection[str], label: Label) -> tuple[Choice, ...]:
    """Regions below the region they belong to, largest first; the count of a region includes its parts.

    A code without a name that only joins others (469000, 直辖县级) gives its place to its parts.
    """
    known = {c.value: c.count for c in counts}
    known |= {value: 0 for value in chosen if value not in known}
    below: dict[str, list[str]] = {}
    for code in known:
        above = [one for one in region_path(code)[:-1] if one in known]
        below.setdefault(above[-1] if above else "", []).append(code)

    def parts(code: str) -> tuple[Choice, ...]:
        return tuple(one for part in below.get(code, ()) for one in grown(part))

    def grown(code: str) -> tuple[Choice, ...]:
        name, inner = label("region", code), parts(code)
        if name == code and inner and code not in chosen:
            return inner
        ordered = tuple(sorted(inner, key=lambda one: (-one.count, one.value)))
        return (Choice(code, name, known[code], code in chosen, ordered),)

    return tuple(sorted(parts(""), key=lambda one: (-one.count, one.value)))


def _within(tree: Sequence[Choice], most: int) -> tuple[list[Choice], int]:
    """The regions of a tree with their parts as far as `most` choices go, and how many are not told.

    The parts of a region are told all or none, their own parts only where something is chosen.
    """
    left = most - len(tree)
    kept, hidden = [], 0
    for one in tree:
        if one.open:
            inner, _ = _within(one.below, 0)
        else:
            inner = [replace(part, below=()) for part in one.below] if len(one.below) <= left else []
        left -= size(inner)
        hidden += size(one.below) - size(inner)
        kept.append(replace(one, below=tuple(inner)))
    return kept, hidden


def size(tree: Iterable[Choice]) -> int:
    """How many choices a tree has."""
    return sum(1 + size(one.below) for one in tree)
