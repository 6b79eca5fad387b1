"""The body of a policy as a page shows it: headings one below the other, tables with their heads, cut at limits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from normalizers.policy import Block, Policy

# A page of this size still opens at once on a telephone; the rest is behind the original link.
MAX_BLOCKS = 5_000
MAX_CHARS = 200_000
MAX_CELLS = 20_000
# A text shorter than this is read without a table of contents (three screens of a telephone).
CONTENTS_FROM = 2_000
LEAST_HEADINGS, MOST_HEADINGS = 3, 200
MAX_CONTENT = 80  # characters of an entry
# A row of short words above rows of the same width names the columns.
MAX_HEAD_CELL = 20
# h1 is the title, h2 the section; HTML ends at h6.
FIRST_TAG, LAST_TAG = 3, 6

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table: `spanning` are the rows of one cell above it, `head` names its columns, () where nothing does."""

    number: int
    width: int
    spanning: Cells
    head: Cells
    rows: tuple[Cells, ...]


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """One block; `anchor` is its id on the page, "" where nothing leads to it.

    `tag` is that of a heading. A picture has its address as `text` and its words as `alt`.
    """

    kind: Literal["heading", "paragraph", "table", "list", "image", "signature"]
    text: str
    anchor: str = ""
    tag: str = ""
    table: ShownTable | None = None
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a table of contents: where it leads, its text, how deep it stands (0 the highest)."""

    anchor: str
    text: str
    depth: int


@dataclass(frozen=True, slots=True)
class ShownBody:
    """The blocks that are shown, their table of contents (() for a short text), and whether some are left out."""

    blocks: tuple[ShownBlock, ...]
    contents: tuple[Entry, ...]
    cut: bool


def shown_body(policy: Policy) -> ShownBody:
    """The body of a policy within the limits above; without blocks its text, one paragraph a line."""
    blocks = policy.blocks or tuple(Block("paragraph", line) for line in _lines(policy.text))
    kept, cut = _within(blocks)
    starts = {part.start for part in policy.parts}
    headings = sum(block.kind == "heading" for block in kept)
    long = len(policy.text) >= CONTENTS_FROM and headings >= LEAST_HEADINGS
    shown = tuple(_shown(kept, starts, long))
    entries = [
        Entry(block.anchor, block.text[:MAX_CONTENT], int(block.tag[1]) - FIRST_TAG)
        for block in shown
        if block.kind == "heading"
    ]
    cut = cut or (not policy.blocks and len(policy.text) > MAX_CHARS)
    return ShownBody(shown, tuple(entries[:MOST_HEADINGS]) if long else (), cut)


def _lines(text: str) -> list[str]:
    return [line for line in text[:MAX_CHARS].splitlines() if line]


def _within(blocks: Sequence[Block]) -> tuple[list[Block], bool]:
    """The first blocks up to a limit, the last of them cut where it exceeds one; whether anything is left out."""
    kept: list[Block] = []
    chars, cells = MAX_CHARS, MAX_CELLS
    for block in blocks[:MAX_BLOCKS]:
        size = sum(len(cell) for row in block.rows for cell in row) if block.rows else len(block.text)
        count = sum(map(len, block.rows))
        if size > chars or count > cells:
            kept.append(replace(block, text=block.text[:chars], rows=_rows_within(block.rows, chars, cells)))
            return kept, True
        kept.append(block)
        chars -= size
        cells -= count
    return kept, len(blocks) > MAX_BLOCKS


def _rows_within(rows: Sequence[Cells], chars: int, cells: int) -> tuple[Cells, ...]:
    for number, row in enumerate(rows):
        chars -= sum(map(len, row))
        cells -= len(row)
        if chars < 0 or cells < 0:
            return tuple(rows[:number])
    return tuple(rows)


def _shown(blocks: Sequence[Block], starts: set[int], anchored: bool) -> Iterator[ShownBlock]:
    above: list[int] = []
    tables = 0
    for number, block in enumerate(blocks):
        anchor = f"block-{number}" if number in starts or (anchored and block.kind == "heading") else ""
        match block.kind:
            case "heading":
                yield ShownBlock("heading", block.text, anchor, _tag(above, block.level))
            case "table":
                tables += 1
                yield ShownBlock("table", "", anchor, table=shown_table(tables, block.rows))
            case kind:
                if block.text or anchor:
                    yield ShownBlock(kind, block.text, anchor, alt=block.alt)


def _tag(above: list[int], level: int) -> str:
    """The tag of a heading below those above it: never more than one step down, as readers aloud need it."""
    while above and above[-1] >= level:
        above.pop()
    above.append(level)
    return f"h{min(FIRST_TAG + len(above) - 1, LAST_TAG)}"


def shown_table(number: int, rows: Sequence[Cells]) -> ShownTable:
    """A table with its head told from its cells: the catalogue keeps no marks of it."""
    width = max(map(len, rows), default=0)
    first = 0
    while width > 1 and first < len(rows) - 1 and rows[first][:1] != ("",) and not any(rows[first][1:]):
        first += 1
    head = rows[first] if len(rows) > first + 1 and _names_columns(rows[first], width) else ()
    return ShownTable(
        number,
        width,
        tuple(row[0] for row in rows[:first]),
        head,
        tuple(rows[first + bool(head) :]),
    )


def _names_columns(row: Cells, width: int) -> bool:
    return len(row) == width > 1 and all(
        cell and len(cell) <= MAX_HEAD_CELL and not cell[:1].isdecimal() for cell in row
    )
