"""The plain values of the world: a page, its attachments, the blocks of its text."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a body: `kind` is to, p, h, title, annex, sign, date, note or table; only tables have rows."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """An annex as a file: `name` with its ending, `kind` pdf, docx, ofd, xlsx or doc."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Relation:
    """This page does `type` (implements, forwards, amends, repeals, interprets, reposts) to page `target`."""

    type: str
    target: int


@dataclass(slots=True)
class Page:
    """One detail page through its whole life; days are counted from the first demo night.

    `cited` is how others name it: 《…》 without the brackets. `withdrawn` is the day from which it
    answers 404, `edits` the days on which its text changes silently; `source` is 来源 where it is not the site.
    """

    id: int
    site: str
    channel: int
    content_type: str
    form: str
    topic: int
    title: str
    cited: str
    number: str
    issuers: tuple[str, ...]
    region: str
    written: date
    published: date
    appears: int
    effective: date | None = None
    effective_rule: str = ""
    index_number: str = ""
    aspect: str = ""
    relations: tuple[Relation, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    addressee: str = ""
    source: str = ""
    edits: list[int] = field(default_factory=list)
    withdrawn: int | None = None

    def version(self, day: int) -> int:
        """How many edits the page has seen by `day`."""
        return sum(1 for edit in self.edits if edit <= day)

    def is_live(self, day: int) -> bool:
        """Whether the page is online on `day`."""
        return self.appears <= day and (self.withdrawn is None or day < self.withdrawn)


def plain(blocks: tuple[Block, ...]) -> str:
    """The text of a body, a line a paragraph, table cells parted by tabs."""
    lines: list[str] = []
    for block in blocks:
        if block.kind == "table":
            lines += ["\t".join(row) for row in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(lines)
