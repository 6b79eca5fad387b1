"""Key areas of disclosure 重点领域, the tags in them, and the subjects of the State Council's list, with counts."""

from collections.abc import Iterator
from dataclasses import dataclass

from index.engine import NONE, SearchRequest
from normalizers.topics import load_tags
from portal.counts import Counts
from portal.labels import Label
from portal.views.browsing import Row, address

MOST_OTHERS = 200  # tags that are not of the scheme: of older readings


@dataclass(frozen=True, slots=True)
class Area:
    """A key area: how many documents have one of its tags, and the tags."""

    row: Row
    tags: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Areas:
    """All areas with their tags, tags of no area, documents without a tag, and the subjects."""

    areas: tuple[Area, ...]
    others: tuple[Row, ...]
    subjects: tuple[Row, ...]


def areas_of(counts: Counts, label: Label) -> Areas:
    """The areas in the order of the scheme, the largest tag first; raises IndexUnusableError."""
    counted = counts.of(SearchRequest(sort="published", limit=0, facets=("topic", "subject")))
    topics = {one.value: one.count for one in counted.facets["topic"]}
    areas, known = [], set[str]()
    for name, tags in _scheme().items():
        known.update(tags)
        rows = sorted(
            (_row("topic", (tag,), tag, topics[tag]) for tag in tags if tag in topics), key=_largest
        )
        if rows:
            areas.append(Area(_row("topic", tags, name, _together(counts, tags, rows)), tuple(rows)))
    others = [_row("topic", (tag,), tag, n) for tag, n in topics.items() if tag not in known][:MOST_OTHERS]
    subjects = [_row("subject", (c.value,), c.value, c.count) for c in counted.facets["subject"]]
    return Areas(
        tuple(areas),
        (*others, *_unknown(counts, "topic", label)),
        (*subjects, *_unknown(counts, "subject", label)),
    )


def _scheme() -> dict[str, tuple[str, ...]]:
    """The tags of every key area; a tag may belong to several."""
    areas: dict[str, tuple[str, ...]] = {}
    for tag in load_tags():
        for area in tag.key_area.split("、"):
            areas[area] = (*areas.get(area, ()), tag.name)
    return areas


def _together(counts: Counts, tags: tuple[str, ...], rows: list[Row]) -> int:
    """How many documents have one of these tags; a document of several is one."""
    if len(tags) == 1:
        return rows[0].count
    return counts.of(SearchRequest(filters={"topic": tags}, sort="published", limit=0)).total


def _unknown(counts: Counts, name: str, label: Label) -> Iterator[Row]:
    found = counts.of(SearchRequest(filters={name: (NONE,)}, sort="published", limit=0)).total
    if found:
        yield _row(name, (NONE,), label(name, NONE), found)


def _row(name: str, values: tuple[str, ...], label: str, count: int) -> Row:
    return Row(label, count, address("/search", {name: values}))


def _largest(row: Row) -> int:
    return -row.count
