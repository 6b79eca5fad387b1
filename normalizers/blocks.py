"""The lines of a body as blocks: paragraphs, headings, list items, pictures and tables with their cells."""

import re
from collections.abc import Mapping

from normalizers.body import Body
from normalizers.lines import Line, PageLines
from normalizers.policy import Block

# A table with a cell longer than this lays out text.
MAX_CELL_LINES = 12

HEADING = re.compile(
    r"(?:第[一二三四五六七八九十百零〇\d]+[章编节]|[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十]{1,3}[）)])[^。；]{0,60}$"
)
SECOND_LEVEL = re.compile(r"[（(]|第[^章编]+节")


def build_blocks(page: PageLines, body: Body, skip: frozenset[int] = frozenset()) -> tuple[Block, ...]:
    """The blocks of a body: paragraphs, headings, list items, pictures and tables with their cells."""
    data = data_tables(page, body)
    blocks: list[Block] = []
    open_table: tuple[int, dict[tuple[int, int], list[str]]] | None = None
    for i in range(body.start, body.end):
        line = page.lines[i]
        if i in skip:
            continue
        if open_table and line.table != open_table[0]:
            blocks.append(table_block(open_table[1]))
            open_table = None
        if line.table in data:
            open_table = open_table or (line.table, {})
            if line.text:
                open_table[1].setdefault((line.row, line.column), []).append(line.text)
        else:
            blocks.append(line_block(line))
    if open_table:
        blocks.append(table_block(open_table[1]))
    return tuple(b for b in blocks if b.text)


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


def table_block(cells: Mapping[tuple[int, int], list[str]]) -> Block:
    """A table: one line a row, cells parted by tabs; `rows` holds the cells."""
    rows: dict[int, dict[int, str]] = {}
    for (row, column), texts in cells.items():
        rows.setdefault(row, {})[column] = "\n".join(texts)
    width = 1 + max((max(r) for r in rows.values()), default=0)
    table = tuple(tuple(row.get(c, "") for c in range(width)) for _, row in sorted(rows.items()))
    text = "\n".join("\t".join(" ".join(cell.split("\n")) for cell in row).strip() for row in table)
    return Block("table", text, rows=table)


def line_block(line: Line) -> Block:
    """The block of one line; a picture has its address as text."""
    if line.src:
        return Block("image", line.src)
    if line.tag == "li":
        return Block("list", line.text)
    if line.tag in ("h1", "h2", "h3", "h4", "h5", "h6") and len(line.text) <= 80:
        return Block("heading", line.text, level=int(line.tag[1]))
    if HEADING.match(line.text):
        return Block("heading", line.text, level=2 if SECOND_LEVEL.match(line.text) else 1)
    return Block("paragraph", line.text)


def plain_text(blocks: tuple[Block, ...]) -> str:
    """The text of a body, one block a line; a table has a line for each row, pictures have none."""
    return "\n".join(block.text for block in blocks if block.kind != "image")
