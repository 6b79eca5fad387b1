"""Ruled tables of a PDF page: lines that are drawn make a grid, a cell is the text inside its lines.

Tables without lines in both directions stay as PDFium reads them.
"""

import ctypes
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# Points. A line of Word is a rectangle .5 to 1.5 thick; lines that meet are up to 2 apart (seen 2026-11).
THIN = 3.0
SNAP = 3.0
LEAST_LENGTH = 6.0
# Objects looked at: a page of map has hundreds of thousands of paths, a page of table up to 500.
MAX_OBJECTS = 20_000
MAX_LINES = 3000
MAX_CELLS = 3000
# Characters asked for at once; the cells seen have up to 700.
MOST_AT_ONCE = 4096
_FAR = 1e5
_BUFFER = (ctypes.c_ushort * MOST_AT_ONCE)()


@dataclass(frozen=True, slots=True)
class _Line:
    """A line at `at` (x of an upright one, y of a level one) from `low` to `high`."""

    at: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table: the x of its columns from left, the y of its rows from the top, and the lines at each."""

    xs: list[float]
    ys: list[float]
    upright: list[list[_Line]]
    level: list[list[_Line]]


def text_with_tables(page: Any, text_page: Any, plain: str) -> str:
    """The text of the page with the rows of its tables as lines, cells divided by tabs; else `plain`."""
    parts, top = list[str](), _FAR
    for grid in _grids(*_lines(page)):
        rows = list(_rows(text_page, grid))
        if _is_table(rows):
            parts += [_inside(text_page, -_FAR, grid.ys[0], _FAR, top), *rows]
            top = grid.ys[-1]
    if not parts:
        return plain
    parts.append(_inside(text_page, -_FAR, -_FAR, _FAR, top))
    text = "\n".join(part for part in parts if part.strip())
    # What stands on a line, or where lines were misread, must be neither lost nor said twice.
    return text if _characters(text) == _characters(plain) else plain


def _is_table(rows: list[str]) -> bool:
    """Whether most rows have cells beside each other; frames of web pages and slides have one thing a row."""
    shared = sum(len(list(filter(None, row.split("\t")))) > 1 for row in rows)
    return shared >= max(2, len(rows) / 2)


def _characters(text: str) -> Counter[str]:
    return Counter("".join(text.replace("\ufffe", "").split()))


def _lines(page: Any) -> tuple[list[_Line], list[_Line]]:
    """Upright and level lines of the page, those of boxes too."""
    upright, level = list[_Line](), list[_Line]()
    for left, bottom, right, top in _boxes(page):
        wide, high = right - left, top - bottom
        if wide <= THIN < high:
            upright.append(_Line((left + right) / 2, bottom, top))
        elif high <= THIN < wide:
            level.append(_Line((bottom + top) / 2, left, right))
        elif wide > THIN and high > THIN:
            upright += [_Line(left, bottom, top), _Line(right, bottom, top)]
            level += [_Line(bottom, left, right), _Line(top, left, right)]
        if len(upright) + len(level) > MAX_LINES:
            return [], []
    return upright, level


def _boxes(page: Any) -> Iterator[tuple[float, float, float, float]]:
    """Left, bottom, right, top of the drawn paths; by the raw interface, ten times as fast as objects."""
    import pypdfium2.raw as pdfium

    corners = [ctypes.c_float() for _ in range(4)]
    pointers = [ctypes.byref(corner) for corner in corners]
    handle, path = page.raw, pdfium.FPDF_PAGEOBJ_PATH
    get_object, get_type = pdfium.FPDFPage_GetObject, pdfium.FPDFPageObj_GetType
    for number in range(min(pdfium.FPDFPage_CountObjects(handle), MAX_OBJECTS)):
        drawn = get_object(handle, number)
        if get_type(drawn) == path and pdfium.FPDFPageObj_GetBounds(drawn, *pointers):
            left, bottom, right, top = (corner.value for corner in corners)
            yield left, bottom, right, top


def _grids(upright: list[_Line], level: list[_Line]) -> Iterator[_Grid]:
    """Tables from the top of the page, each where upright lines follow each other without a gap."""
    for low, high in _bands(line for line in upright if line.high - line.low > LEAST_LENGTH):
        xs, columns = _snapped(
            line for line in upright if low - SNAP <= line.low and line.high <= high + SNAP
        )
        ys, rows = _snapped(line for line in level if low - SNAP <= line.at <= high + SNAP)
        if len(xs) >= 3 and len(ys) >= 3 and len(xs) * len(ys) <= MAX_CELLS:
            yield _Grid(xs, ys[::-1], columns, rows[::-1])


def _bands(lines: Iterable[_Line]) -> list[tuple[float, float]]:
    """Ranges of y that upright lines cover, from the top."""
    bands = list[tuple[float, float]]()
    for line in sorted(lines, key=lambda line: -line.high):
        if bands and line.high >= bands[-1][0] - SNAP:
            bands[-1] = (min(bands[-1][0], line.low), bands[-1][1])
        else:
            bands.append((line.low, line.high))
    return bands


def _snapped(lines: Iterable[_Line]) -> tuple[list[float], list[list[_Line]]]:
    """Places of the lines in rising order, those next to each other as one, with the lines at each."""
    places, groups = list[float](), list[list[_Line]]()
    for line in sorted(lines, key=lambda line: line.at):
        if not places or line.at - places[-1] > SNAP:
            places.append(line.at)
            groups.append([])
        groups[-1].append(line)
    return places, groups


def _rows(text_page: Any, grid: _Grid) -> Iterator[str]:
    """Lines of the table; a cell that spans rows stands in the first of them, the others are empty there."""
    open_until: dict[tuple[float, float], int] = {}
    for row, (top, bottom) in enumerate(zip(grid.ys, grid.ys[1:], strict=False)):
        cells = list[str]()
        cells_of_row = list(_row_cells(grid, (top + bottom) / 2))
        for left, right in cells_of_row:
            if open_until.get((left, right), 0) > row:
                cells.append("")
                continue
            end = row + 1
            while end < len(grid.ys) - 1 and not _covers(grid.level[end], (left + right) / 2):
                end += 1
            open_until[left, right] = end
            # The outermost cells take in what stands beside the table.
            low = -_FAR if not cells else left
            high = _FAR if right == cells_of_row[-1][1] else right
            cells.append(_flat(_inside(text_page, low, grid.ys[end], high, top)))
        if any(cells):
            yield "\t".join(cells).rstrip()


def _row_cells(grid: _Grid, middle: float) -> Iterator[tuple[float, float]]:
    """Left and right of the cells of the row that holds this y."""
    walls = [x for x, lines in zip(grid.xs, grid.upright, strict=True) if _covers(lines, middle)]
    if len(walls) < 2:
        walls = [grid.xs[0], grid.xs[-1]]
    return pairwise(walls)


def _covers(lines: list[_Line], where: float) -> bool:
    """Whether one of the lines passes `where`."""
    return any(line.low - SNAP <= where <= line.high + SNAP for line in lines)


def _inside(text_page: Any, left: float, bottom: float, right: float, top: float) -> str:
    import pypdfium2.raw as pdfium

    # pypdfium2 itself asks for the length first, which doubles the time.
    count = pdfium.FPDFText_GetBoundedText(text_page.raw, left, top, right, bottom, _BUFFER, MOST_AT_ONCE)
    if count >= MOST_AT_ONCE:
        text: str = text_page.get_text_bounded(left, bottom, right, top)
        return text
    return bytes(memoryview(_BUFFER)[:count]).decode("utf-16-le", "replace").rstrip("\0")


def _flat(text: str) -> str:
    """A cell's text on one line, with spaces only where letters or digits meet."""
    joined = ""
    for line in text.split():
        joined += " " if joined and (joined[-1].isascii() and line[0].isascii()) else ""
        joined += line
    return joined
