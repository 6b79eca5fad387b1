"""Statistics of the library: numbers by level, region, issuer, subject and month, their pictures and their files."""

import codecs
import csv
import hashlib
import io
import threading
import time
from calendar import monthrange
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from index.engine import NONE, SearchRequest
from pipelines.clock import day_of
from portal.counts import Counted, Counts
from portal.exports.csv_file import guarded
from portal.facets import RegionTree, in_order
from portal.labels import Label
from portal.library import Library
from portal.views.browsing import Row, address
from portal.views.charts import Drawings, bars, columns, described

MONTHS = 36
BARS = 20  # issuers, the only ones that are more than a picture can show
# Seconds that statistics stay while the index moves on in a night: a set of charts takes 2 s of CPU.
KEPT = 60
TITLES = {
    "level": "各层级文件数",
    "region": "各地区文件数",
    "issuer": "文件最多的机关",
    "subject": "各主题分类文件数",
    "month": f"近 {MONTHS} 个月文件数",
}
COUNTED = ("level", "region", "issuer", "subject")


@dataclass(frozen=True, slots=True)
class Figure:
    """One table of numbers; `rows` are drawn, `beside` (unknown, all others) are told under them."""

    name: str
    title: str
    rows: tuple[Row, ...]
    beside: tuple[Row, ...]

    @property
    def told(self) -> str:
        """The picture in words."""
        largest = sorted(self.rows, key=lambda row: -row.count)[:3]
        return (
            f"{self.title}："
            + "，".join(f"{row.label} {row.count} 件" for row in largest)
            + "；全部数字见表。"
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """All tables for one state of the index; `key` tells sets of equal pictures apart."""

    total: int
    as_of: datetime | None
    figures: dict[str, Figure]
    key: str


class Statistics:
    """Counts and draws, each at most once for a state of the index and not more often than every KEPT."""

    def __init__(self, library: Library, counts: Counts) -> None:
        self._library = library
        self._counts = counts
        self._drawings = Drawings()
        self._lock = threading.Lock()
        self._figures: Figures | None = None
        self._made = 0.0
        self._seq = (0, 0)

    def figures(self) -> Figures:
        """The numbers of now; raises IndexUnusableError, SQLAlchemyError."""
        reader = self._library.reader
        with self._lock:
            seq = reader.generation(), reader.applied_seq()
            fresh = self._seq == seq or time.monotonic() - self._made < KEPT
            if self._figures is None or not fresh:
                self._figures = _figures(self._library, self._counts)
                self._made, self._seq = time.monotonic(), seq
            return self._figures

    def drawn(self, figures: Figures) -> "Future[dict[str, str]]":
        """The pictures by name, now or later."""
        specs: dict[str, Any] = {}
        for name, figure in figures.figures.items():
            pairs = [(row.label, row.count) for row in figure.rows]
            if pairs:
                specs[name] = columns(pairs) if name == "month" else bars(pairs)
        return self._drawings.ask(figures.key, specs)

    def undrawn(self, figures: Figures) -> bool:
        """Whether the pictures are known not to be drawn."""
        return self._drawings.failed(figures.key)


def picture(figure: Figure, drawn: dict[str, str]) -> str:
    """The SVG of a figure with its title and description; KeyError where it has nothing to draw."""
    return described(drawn[figure.name], figure.title, figure.told)


def table_file(figure: Figure) -> bytes:
    """A figure as CSV for spreadsheets, all rows."""
    held = io.StringIO(newline="")
    lines = csv.writer(held, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    lines.writerow(("名称", "件数"))
    lines.writerows((guarded(row.label), row.count) for row in (*figure.rows, *figure.beside))
    return codecs.BOM_UTF8 + held.getvalue().encode(errors="replace")


def _figures(library: Library, counts: Counts) -> Figures:
    counted = counts.of(
        SearchRequest(sort="published", limit=0, facets=COUNTED, values=BARS, whole=("region", "subject"))
    )
    as_of = library.state().as_of
    made = [_figure(library, counts, counted, name) for name in COUNTED]
    made.append(_months(counts, counted.total, as_of))
    figures = {figure.name: figure for figure in made}
    shown = repr([(figure.title, [(row.label, row.count) for row in figure.rows]) for figure in made])
    return Figures(counted.total, as_of, figures, hashlib.blake2b(shown.encode(errors="replace")).hexdigest())


def _figure(library: Library, counts: Counts, counted: Counted, name: str) -> Figure:
    label = library.label()
    if name == "region":
        return _regions(counted, label)
    told = in_order(name, counted.facets[name])[: BARS if name == "issuer" else None]
    rows = tuple(_row(label, name, one.value, one.count) for one in told)
    if name == "issuer":
        unknown = counts.of(SearchRequest(filters={name: (NONE,)}, sort="published", limit=0)).total
    else:
        unknown = counted.total - sum(row.count for row in rows)
    return Figure(name, TITLES[name], rows, (_row(label, name, NONE, unknown),) if unknown else ())


def _regions(counted: Counted, label: Label) -> Figure:
    """The widest regions; of one alone the parts, and beside them all of it."""
    tree = RegionTree(counted.facets["region"], (), label)
    alone, widest = tree.alone(), tree.parts()
    parts = tree.parts(alone.value) if alone else widest
    beside = [Row(f"{alone.label}（含以上各地）", alone.count, _href("region", alone.value))] if alone else []
    if unknown := counted.total - sum(one.count for one in widest):
        beside.append(_row(label, "region", NONE, unknown))
    rows = tuple(_row(label, "region", one.value, one.count) for one in parts)
    return Figure("region", TITLES["region"], rows, tuple(beside))


def _row(label: Label, name: str, value: str, count: int) -> Row:
    return Row(label(name, value), count, _href(name, value))


def _href(name: str, value: str) -> str:
    return address("/search", {name: (value,)})


def _months(counts: Counts, total: int, as_of: datetime | None) -> Figure:
    """The months up to the one of the data; what is earlier, later or of unknown day stands beside them."""
    if as_of is None:
        return Figure("month", TITLES["month"], (), ())
    spans = list(_spans(day_of(as_of)))
    rows = tuple(_days(counts, f"{first:%Y-%m}", first, last) for first, last in spans)
    earlier = _days(counts, f"{spans[0][0]:%Y-%m} 之前", None, date.fromordinal(spans[0][0].toordinal() - 1))
    later = _days(counts, f"{spans[-1][1]:%Y-%m} 之后", date.fromordinal(spans[-1][1].toordinal() + 1), None)
    unknown = total - sum(row.count for row in (*rows, earlier, later))
    beside = (earlier, later, Row("日期未知", unknown, address("/search", {"year": (NONE,)})))
    return Figure("month", TITLES["month"], rows, tuple(row for row in beside if row.count))


def _spans(day: date) -> Iterator[tuple[date, date]]:
    """The first and last days of MONTHS months, the one of `day` last."""
    newest = day.year * 12 + day.month - 1
    for month in range(newest - MONTHS + 1, newest + 1):
        year, number = month // 12, month % 12 + 1
        yield date(year, number, 1), date(year, number, monthrange(year, number)[1])


def _days(counts: Counts, label: str, first: date | None, last: date | None) -> Row:
    found = counts.of(SearchRequest(date_from=first, date_to=last, sort="published", limit=0)).total
    asked = {"from": first.isoformat() if first else "", "to": last.isoformat() if last else ""}
    return Row(label, found, address("/search", {name: day for name, day in asked.items() if day}))
