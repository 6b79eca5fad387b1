"""What the first page tells: what came in last, by level and region, and the newest documents."""

from dataclasses import dataclass
from datetime import date

from index.engine import NONE, SearchRequest
from index.query import Days
from pipelines.clock import day_of
from portal.counts import Counts
from portal.facets import RegionTree, in_order
from portal.library import Found, Library
from portal.views.browsing import Row, address

NEWEST = 10
SHOWN_REGIONS = 12


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What came in on the last day that brought anything: how many, by level, by region.

    Regions are the widest; a single one is followed by its parts.
    `search` and `all_regions` are the addresses of all of it, and of all its regions.
    """

    day: date
    total: int
    search: str
    levels: tuple[Row, ...]
    regions: tuple[Row, ...]
    other_regions: int
    all_regions: str


def newest_documents(library: Library) -> Found:
    """The documents seen first last; raises IndexUnusableError."""
    return library.search(SearchRequest(sort="first_seen", limit=NEWEST))


def arrivals_of(library: Library, counts: Counts, newest: Found) -> Arrivals | None:
    """The day of the newest document and all that came in on it; None where there is none."""
    if not newest.items:
        return None
    day = day_of(newest.items[0].stored.first_seen)
    request = SearchRequest(
        Days(day, day, "first_seen"), sort="published", limit=0, facets=("level", "region"), whole=("region",)
    )
    counted = counts.of(request)
    label = library.label()
    asked = {"q": f"收录:{day.isoformat()}", "sort": "first_seen"}

    def row(name: str, value: str, count: int) -> Row:
        return Row(label(name, value), count, address("/search", {**asked, name: value}))

    def rows(name: str, told: list[tuple[str, int]]) -> list[Row]:
        unknown = counted.total - sum(count for _, count in told)
        return [row(name, *one) for one in [*told, *([(NONE, unknown)] if unknown else [])]]

    levels = rows("level", [(c.value, c.count) for c in in_order("level", counted.facets["level"])])
    tree = RegionTree(counted.facets["region"], (), label)
    regions = rows("region", [(c.value, c.count) for c in tree.parts()])
    if alone := tree.alone():
        regions += [row("region", c.value, c.count) for c in tree.parts(alone.value)]
    shown = regions if len(regions) <= SHOWN_REGIONS + 1 else regions[:SHOWN_REGIONS]
    return Arrivals(
        day,
        counted.total,
        address("/search", asked),
        tuple(levels),
        tuple(shown),
        len(regions) - len(shown),
        address("/search/facets/region", asked),
    )
