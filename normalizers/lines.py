"""A tree as lines of text in reading order: the one walk over a page that every extractor reads.

A line is what a reader sees between two breaks; inline elements join without a space, so a number
split over spans is whole again. Where inline elements meet, `soft` keeps the seams: label and value
of an info table often touch without a colon.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

from normalizers.chars import tidy
from normalizers.list_markers import Numbering

# Real pages have up to 6,000 lines and 40 levels; more is an attack or a dump.
MAX_LINES = 50_000
MAX_DEPTH = 200
SKIPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "iframe",
        "object",
        "select",
        "textarea",
        "button",
        "svg",
        "title",
    }
)
BLOCK = frozenset(
    {"p", "div", "li", "tr", "td", "th", "table", "tbody", "thead", "section", "article", "ul", "ol", "dl", "dt", "dd",
     "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "center", "pre", "form", "fieldset", "header", "footer",
     "main", "aside", "nav", "figure", "figcaption", "hr", "address", "body", "html", "caption", "ucaptitle",
     "ucapcontent", "publishtime", "ucapsource"}
)  # fmt: skip
HEADINGS = {f"h{i}": i for i in range(1, 7)}
LISTS = frozenset({"ol", "ul", "li"})
# A line belongs to the cell or row, not to its group; to the item, not to a paragraph in it.
PASSING = frozenset({"tbody", "thead"})
INNER = frozenset({"div", "p"})
ITEMS = frozenset({"dt", "dd", "li"})
# Real tables have up to 40 columns and cells over 60 rows; the product is the cost of a hostile one.
MAX_SPAN = 200
MAX_SPANS = 20_000
SEAM = "\x1f"
NO_STYLE = (True, None)
NO_TABLE = (-1, -1, -1)
# Longer styles are not remembered; so those that are take 8 MB at most.
MAX_KNOWN = 500


@dataclass(slots=True)
class Line:
    """One line: its text, the text with seams, and where it stands (`table`, `row`, `column`, else -1).

    `linked` counts its characters inside links; `src` is set for an image, `alt` is its text. `marker` is
    the number that an ordered list prints before the item that begins with this line.
    """

    text: str
    soft: str
    tag: str
    table: int = -1
    row: int = -1
    column: int = -1
    linked: int = 0
    src: str = ""
    centred: bool = False
    hrefs: tuple[str, ...] = ()
    alt: str = ""
    marker: str = ""


@dataclass(slots=True)
class PageLines:
    """All lines of a tree and the range of lines of each element that `mark` asked for.

    `nested` holds the numbers of tables that contain another table: they lay out, they hold no data.
    `spans` maps (table, row, column) of cells that cover others to their rows and columns; `column`
    counts the cells of a row as they are written.
    """

    lines: list[Line]
    marks: list[tuple[int, int, int, HtmlElement]] = field(default_factory=list)
    nested: set[int] = field(default_factory=set)
    spans: dict[tuple[int, int, int], tuple[int, int]] = field(default_factory=dict)
    cut: bool = False


class _Walker:
    """Walks a tree once; `tables` is the stack of open tables as [number, row, column], `lists` that of
    open lists, each the marker of its last item."""

    def __init__(self, mark: Callable[[HtmlElement], int | None]) -> None:
        self.page = PageLines([])
        self.lines = self.page.lines
        self.mark = mark
        self.parts: list[str] = []
        self.images: list[tuple[str, str]] = []
        self.hrefs: list[str] = []
        self.linked = 0
        self.links_open = 0
        self.tag = ""
        self.centred = False
        self.tables: list[list[int]] = []
        self.table_count = 0
        self.lists: list[Numbering | None] = []
        self.marker = ""

    def flush(self) -> None:
        """End the current line, then the images that stood in it; beside a link they are icons of files."""
        if self.parts:
            joined = "".join(self.parts)
            self.parts.clear()
            if self.linked and self.hrefs:
                self.images.clear()
            if text := tidy(joined.replace(SEAM, "")):
                self.append(text, joined, self.tag, tuple(self.hrefs))
            self.linked = 0
            self.hrefs.clear()
        if self.images:
            for src, alt in self.images:
                self.append("", "", "img", (), src, alt)
            self.images.clear()

    def append(
        self, text: str, soft: str, tag: str, hrefs: tuple[str, ...], src: str = "", alt: str = ""
    ) -> None:
        if len(self.lines) >= MAX_LINES:
            self.page.cut = True
            return
        table, row, column = self.tables[-1] if self.tables else NO_TABLE
        marker, self.marker = self.marker, ""
        # By place: keywords cost half as much again.
        self.lines.append(
            Line(text, soft, tag, table, row, column, self.linked, src, self.centred, hrefs, alt, marker)
        )

    def add(self, text: str) -> None:
        """Add text to the line; white space does not begin one."""
        if self.parts or not text.isspace():
            self.parts.append(text)
            if self.links_open:
                self.linked += len(tidy(text))

    def walk(self, element: HtmlElement, tag: str, depth: int) -> None:
        """An element that is not SKIPPED, with what is in it."""
        style = element.get("style")
        shown, own = read_style(style) if style else NO_STYLE
        if not shown:
            return
        if depth > MAX_DEPTH or self.page.cut:
            self.page.cut = True
        elif tag in BLOCK:
            self.block(element, tag, own, depth)
        elif tag == "br":
            if self.parts or self.images:
                self.flush()
        elif tag == "img":
            if src := element.get("src"):
                self.images.append((src, tidy(element.get("alt") or "")))
        else:
            self.inline(element, tag, depth)

    def children(self, element: HtmlElement, depth: int) -> None:
        """The content of an element; its range of lines is kept where `mark` wants it."""
        rank = self.mark(element)
        start = len(self.lines)
        parts = self.parts
        if (text := element.text) and (parts or not text.isspace()):
            self.add(text)
        for child in element:
            if (tag := child.tag) not in SKIPPED:
                self.walk(child, tag, depth + 1)
            if (text := child.tail) and (parts or not text.isspace()):
                self.add(text)
        if rank is not None:
            if parts or self.images:
                self.flush()
            self.page.marks.append((rank, start, len(self.lines), element))

    def inline(self, element: HtmlElement, tag: str, depth: int) -> None:
        self.parts.append(SEAM)
        if tag == "a":
            self.links_open += 1
            if href := element.get("href"):
                self.hrefs.append(href)
        self.children(element, depth)
        if tag == "a":
            self.links_open -= 1
        self.parts.append(SEAM)

    def block(self, element: HtmlElement, tag: str, own: bool | None, depth: int) -> None:
        if self.parts or self.images:
            self.flush()
        outer = self.tag, self.centred
        if tag not in PASSING and not (tag in INNER and self.tag in ITEMS):
            self.tag = tag
        own = aligned(element, tag) if own is None else own
        if own is not None:
            self.centred = own
        if self.tables or tag == "table":
            self.open_table(element, tag)
        if tag in LISTS:
            self.open_list(element, tag)
        self.children(element, depth)
        if self.parts or self.images:
            self.flush()
        if tag == "table":
            self.tables.pop()
        elif tag in LISTS:
            self.marker = ""
            if tag != "li":
                self.lists.pop()
        self.tag, self.centred = outer

    def open_list(self, element: HtmlElement, tag: str) -> None:
        if tag != "li":
            self.lists.append(Numbering.of(element) if tag == "ol" else None)
        elif self.lists and (numbering := self.lists[-1]):
            self.marker = numbering.next(element)

    def open_table(self, element: HtmlElement, tag: str) -> None:
        if tag == "table":
            if self.tables:
                self.page.nested.add(self.tables[-1][0])
            self.tables.append([self.table_count, -1, -1])
            self.table_count += 1
        elif tag == "tr":
            self.tables[-1][1] += 1
            self.tables[-1][2] = -1
        elif tag in ("td", "th"):
            self.tables[-1][2] += 1
            if (element.get("rowspan") or element.get("colspan")) and len(self.page.spans) < MAX_SPANS:
                number, row, column = self.tables[-1]
                span = span_of(element, "rowspan"), span_of(element, "colspan")
                self.page.spans[number, row, column] = span


def span_of(element: HtmlElement, name: str) -> int:
    """The rows or columns that a cell covers: 1 where its attribute is no number, at most MAX_SPAN."""
    number = element.get(name, "").strip()
    return (
        min(max(int(number), 1), MAX_SPAN)
        if number.isascii() and number.isdecimal() and len(number) < 6
        else 1
    )


def read_style(style: str) -> tuple[bool, bool | None]:
    """Whether an inline style shows its element, and whether it centres its text; None where it does not say."""
    return _known_style(style) if len(style) <= MAX_KNOWN else _read_style(style)


@lru_cache(maxsize=4096)
def _known_style(style: str) -> tuple[bool, bool | None]:
    """The answer for a style, remembered: the paragraphs of a page share a few."""
    return _read_style(style)


def _read_style(style: str) -> tuple[bool, bool | None]:
    flat = style.replace(" ", "").lower()
    return "display:none" not in flat, "text-align:center" in flat if "text-align" in style else None


def aligned(element: HtmlElement, tag: str) -> bool | None:
    """Whether an element centres its text without a style, a sign of titles and number lines; None as above."""
    if align := element.get("align"):
        return bool(align.lower() == "center")
    return True if tag == "center" else None


def read_lines(root: HtmlElement, mark: Callable[[HtmlElement], int | None] = lambda _: None) -> PageLines:
    """The lines of a tree; `mark` gives a rank to elements whose range of lines is wanted."""
    walker = _Walker(mark)
    if root.tag not in SKIPPED:
        walker.walk(root, root.tag, 0)
    walker.flush()
    return walker.page
