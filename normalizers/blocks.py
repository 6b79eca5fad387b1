"""The lines of a body as blocks: paragraphs, headings, list items, pictures and tables with their cells."""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from normalizers.body import Body
from normalizers.headings import heading_levels
from normalizers.lines import Line, PageLines
from normalizers.policy import Block

# A table with a cell longer than this lays out text.
MAX_CELL_LINES = 12
# Real tables have up to 40 columns and 60,000 cells; beyond this covered cells are left out.
MAX_COLUMNS = 300
MAX_CELLS = 300_000
# An item that prints its own number shows none of its list: most sites turn those off in their styles.
OWN_NUMBER = re.compile(r"[（(]?[\d一二三四五六七八九十①-⑳]{1,3}\s*[、.．,，）)]|[①-⑳●◆■▪·•○-]")
# Editors write the name of an uploaded picture as its text (observed: alt="….jpg", 2018-2026).
FILE_NAME = re.compile(r"^[\w.%()（） -]*\.(?:png|jpe?g|gif|bmp|tiff?|webp)$", re.IGNORECASE)

Cells = dict[tuple[int, int], list[str]]
Spans = Mapping[tuple[int, int], tuple[int, int]]


def build_blocks(page: PageLines, body: Body, skip: frozenset[int] = frozenset()) -> tuple[Block, ...]:
    """The blocks of a body: paragraphs, headings, list items, pictures and tables with their cells.

    Cells that a wide or tall cell covers are "": the value stands once, in the first of them.
    """
    data = data_tables(page, body)
    lines = [page.lines[i] for i in range(body.start, body.end) if i not in skip]
    texts = [i for i, line in enumerate(lines) if line.text and not (line.table in data and line.row >= 0)]
    levels = heading_levels([lines[i] for i in texts])
    level = {i: levels[place] for place, i in enumerate(texts) if place in levels}
    spans = spans_by_table(page)
    blocks: list[Block] = []
    for table, numbers in groupby(range(len(lines)), lambda i: table_of(lines[i], data)):
        if table < 0:
            blocks.extend(line_block(lines[i], level.get(i, 0)) for i in numbers)
        else:
            blocks.extend(table_blocks([lines[i] for i in numbers], spans.get(table, {})))
    return tuple(b for b in blocks if b.text)


def table_of(line: Line, data: frozenset[int]) -> int:
    """The table whose cell a line stands in, -1 outside of tables with data; a caption stands outside."""
    return line.table if line.table in data and line.row >= 0 else -1


def data_tables(page: PageLines, body: Body) -> frozenset[int]:
    """The tables of a body that hold data: at least two columns, no inner table, no cell full of text."""
    shape: dict[int, dict[tuple[int, int], int]] = {}
    for line in page.lines[body.start : body.end]:
        if line.table >= 0 and line.text:
            cells = shape.setdefault(line.table, {})
            cells[(line.row, line.column)] = cells.get((line.row, line.column), 0) + 1
    return frozenset(
        table
        for table, cells in shape.items()
        if table not in page.nested
        and len({c for _, c in cells}) > 1
        and max(cells.values()) <= MAX_CELL_LINES
    )


def spans_by_table(page: PageLines) -> dict[int, dict[tuple[int, int], tuple[int, int]]]:
    """The cells of each table that cover more than one row or column."""
    spans: dict[int, dict[tuple[int, int], tuple[int, int]]] = {}
    for (table, row, number), span in page.spans.items():
        spans.setdefault(table, {})[row, number] = span
    return spans


def table_blocks(lines: list[Line], spans: Spans) -> Iterable[Block]:
    """A table and the pictures in its cells."""
    cells: Cells = {}
    for line in lines:
        if line.text:
            cells.setdefault((line.row, max(line.column, 0)), []).append(line.text)
    if cells:
        yield table_block(cells, spans)
    for line in lines:
        if line.src:
            yield line_block(line)


def table_block(cells: Mapping[tuple[int, int], list[str]], spans: Spans | None = None) -> Block:
    """A table: one line a row, cells parted by tabs; `rows` holds the cells, each in its column."""
    rows: dict[int, dict[int, str]] = {}
    places = settle(cells, spans) if spans else {}
    for place, texts in cells.items():
        rows.setdefault(place[0], {})[places.get(place, place[1])] = "\n".join(texts)
    width = 1 + max((max(row) for row in rows.values()), default=0)
    padded = width * len(rows) <= MAX_CELLS
    table = tuple(
        tuple(row.get(c, "") for c in range(width if padded else 1 + max(row)))
        for _, row in sorted(rows.items())
    )
    text = "\n".join("\t".join(" ".join(cell.split("\n")) for cell in row).strip() for row in table)
    return Block("table", text, rows=table)


def settle(cells: Iterable[tuple[int, int]], spans: Spans) -> dict[tuple[int, int], int]:
    """The column of each cell, told as (row, number in the row), where other cells cover several.

    As browsers do (HTML Standard, 4.9.12): a cell takes the first column that no cell from above covers.
    """
    written: dict[int, int] = {}
    for row, number in (*cells, *spans):
        written[row] = max(written.get(row, 0), number + 1)
    columns: dict[tuple[int, int], int] = {}
    covered: dict[int, int] = {}  # column → the first row that is free again
    for row in sorted(written):
        column = 0
        for number in range(written[row]):
            while covered.get(column, row) > row:
                column += 1
            tall, wide = spans.get((row, number), (1, 1))
            columns[row, number] = column
            if column + wide > MAX_COLUMNS:
                tall, wide = 1, 1
            if tall > 1:
                covered.update(dict.fromkeys(range(column, column + wide), row + tall))
            column += wide
    return columns


def line_block(line: Line, level: int = 0) -> Block:
    """The block of one line; a picture has its address as text."""
    if line.src:
        return Block("image", line.src, alt="" if FILE_NAME.match(line.alt) else line.alt)
    if level:
        return Block("heading", line.text, level=level)
    if line.tag == "li":
        shown = line.marker and not OWN_NUMBER.match(line.text)
        return Block("list", line.marker + line.text if shown else line.text)
    return Block("paragraph", line.text)


def plain_text(blocks: tuple[Block, ...]) -> str:
    """The text of a body, one block a line; a table has a line for each row, pictures have none."""
    return "\n".join(block.text for block in blocks if block.kind != "image")
