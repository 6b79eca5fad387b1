"""A shelf of the library and how it divides: every number on the page is that of the search it leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from index.engine import NONE, SearchRequest
from portal.counts import SEVERAL, Counted, Counts
from portal.facets import RegionTree, in_order
from portal.forms import SearchForm
from portal.labels import FACET_NAMES, Label
from portal.library import Library
from portal.passages import Item
from portal.views.shelves import Shelf

NEWEST = 10  # documents on the page of a shelf
SHOWN = 60  # values of a step; what is more has a page of its own


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a step: what it is called, how many documents have it, where they are ("" for nowhere)."""

    label: str
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class Step:
    """One way to divide what is shown; `all_values` is the address of a page with the values left out here."""

    name: str
    title: str
    rows: tuple[Row, ...]
    all_values: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value that was chosen on the way, and the address without it."""

    title: str
    label: str
    without: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A shelf, or the part of it that was chosen: total, address of the search, parts, newest documents.

    `way` has the values chosen, `request` asks for just these documents.
    """

    shelf: Shelf
    way: Mapping[str, tuple[str, ...]]
    request: SearchRequest
    total: int
    search: str
    chosen: tuple[Chosen, ...]
    steps: tuple[Step, ...]
    newest: Sequence[Item]


def address(path: str, filters: Mapping[str, Sequence[str] | str]) -> str:
    """An address with filters as its parameters."""
    return f"{path}?{urlencode(filters, doseq=True)}" if filters else path


def branch_of(library: Library, counts: Counts, shelf: Shelf, parameters: QueryParams) -> Branch:
    """What the address of a shelf shows; raises RequestError, IndexUnusableError."""
    way = {name: (value,) for name in shelf.steps if (value := parameters.get(name, ""))}
    filters = {**way, **shelf.filters}
    asked = SearchForm(filters=filters, names=library.query_names()).request(limit=NEWEST).request
    found = library.search(asked)
    open_steps = tuple(name for name in shelf.steps if name not in way or name == "region")
    counting = replace(asked, limit=0, facets=open_steps, values=SHOWN, whole=("region",), strict=True)
    counted = counts.of(counting)
    page = _Page(shelf, way, library.label(), counts, counting, counted)
    return Branch(
        shelf=shelf,
        way=way,
        request=asked,
        total=counted.total,
        search=address("/search", filters),
        chosen=page.chosen(),
        steps=tuple(step for step in map(page.step, open_steps) if step.rows),
        newest=found.items,
    )


@dataclass(frozen=True, slots=True)
class _Page:
    shelf: Shelf
    way: Mapping[str, tuple[str, ...]]
    label: Label
    counts: Counts
    counting: SearchRequest
    counted: Counted

    def chosen(self) -> tuple[Chosen, ...]:
        return tuple(
            Chosen(
                FACET_NAMES[name],
                self.label(name, value),
                address(self.shelf.path, {n: v for n, v in self.way.items() if n != name}),
            )
            for name, (value,) in self.way.items()
        )

    def step(self, name: str) -> Step:
        rows = self._regions() if name == "region" else self._values(name)
        every = f"/search/facets/{name}"
        more = address(every, {**self.way, **self.shelf.filters}) if name in self.counted.more else ""
        return Step(name, FACET_NAMES[name], tuple(rows), more)

    def _row(self, name: str, value: str, label: str, count: int) -> Row:
        """A value with the branch it leads to; where nothing is left to divide that is a search."""
        way = {**self.way, name: (value,)}
        if [one for one in self.counting.facets if one not in self.way] == [name]:
            return Row(label, count, address("/search", {**way, **self.shelf.filters}))
        return Row(label, count, address(self.shelf.path, way))

    def _values(self, name: str) -> list[Row]:
        told = in_order(name, self.counted.facets[name])
        rows = [self._row(name, one.value, self.label(name, one.value), one.count) for one in told]
        return rows + self._unknown(name, sum(one.count for one in told))

    def _regions(self) -> list[Row]:
        (above,) = self.way.get("region", ("",))
        if above == NONE:
            return []
        parts = RegionTree(self.counted.facets["region"], (), self.label).parts(above)
        rows = [self._row("region", one.value, one.label, one.count) for one in parts]
        rest = self.counted.total - sum(one.count for one in parts)
        if above:
            return [*rows, Row("本级，或未细分到下级", rest, "")] if parts and rest else rows
        return rows + self._unknown("region", sum(one.count for one in parts))

    def _unknown(self, name: str, known: int) -> list[Row]:
        """The documents without a value."""
        if name in SEVERAL - {"region"} or name in self.counted.more:
            unknown = replace(self.counting, facets=(), filters={**self.counting.filters, name: (NONE,)})
            count = self.counts.of(unknown).total
        else:
            count = self.counted.total - known
        return [self._row(name, NONE, self.label(name, NONE), count)] if count else []
