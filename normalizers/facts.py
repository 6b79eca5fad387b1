"""A page read once: tree, lines, meta tags, info table, title and body, for every extractor to use."""

from dataclasses import dataclass, field, replace

from lxml.html import HtmlElement, fromstring

from normalizers import containers
from normalizers.blocks import build_blocks, data_tables
from normalizers.body import Body, find_container, prose, refine, trim
from normalizers.chars import tidy
from normalizers.density import find_by_density, find_under_title, is_menu_page
from normalizers.fallback import find_by_extractors
from normalizers.info_table import InfoTable, read_info_table
from normalizers.lines import MAX_LINES, Line, PageLines, read_lines
from normalizers.meta_tags import read_meta_tags
from normalizers.mirrors import ORDINARY, Mirror, mirror_of, restore_text, restore_told, restore_tree
from normalizers.page import Hints, ListRow
from normalizers.policy import Block, Evidence
from normalizers.printed import printed_text
from normalizers.repeats import find_copies, keep_first
from normalizers.shell import FOOTER, speaks
from normalizers.titles import Near, extract_title, title_of_lines, title_of_row

# The lines between title and body: source, time, number, "字体：大 中 小" (at most 16 seen).
HEADER_LINES = 40
NEAR_LINES = 25
# The heading of a page stands at most this many lines above its body.
TITLE_LINES = 12
# … or within the first lines of the body's container.
FIRST_LINES = 6

# Running text beside a container makes it a teaser when it has this many times its prose, and more characters
# than notices of a site have.
OUTWEIGHS = 3
MIN_OUTWEIGHING = 200
# Rules of the general extractors, which take buttons and footers for a text where there is none.
EXTRACTORS = ("trafilatura:", "readability:")


@dataclass(slots=True)
class PageFacts:
    """What one page says, before any field is decided.

    `header` is the range of lines in front of the body, `whole` the range of the body before its
    repeated title and chrome were cut off. Where the page is a mirror or prints its text twice, `printed`
    is the text of its body as it stands there, else "".
    """

    root: HtmlElement
    page: PageLines
    meta: dict[str, str]
    info: InfoTable
    title: tuple[str, Evidence] | None
    body: Body | None
    whole: Body | None
    blocks: tuple[Block, ...]
    warnings: list[str] = field(default_factory=list)
    mirror: Mirror = ORDINARY
    printed: str = ""

    @property
    def header(self) -> range:
        """Numbers of the lines between the page's top and the first sentence of its body."""
        if not self.body or not self.whole:
            return range(min(HEADER_LINES, len(self.page.lines)))
        return range(max(0, self.whole.start - HEADER_LINES), self.body.start)


def read_facts(root: HtmlElement, row: ListRow | None, hints: Hints) -> PageFacts:
    """Read a parsed page once; finds no body where neither a container nor an extractor has one."""
    for element in [e for selector in hints.remove for e in containers.matches(root, selector)]:
        if element.getparent() is not None:
            element.drop_tree()
    mark = containers.marker(root, hints.body)
    page = printed = read_lines(root, mark)
    if mirror := mirror_of(page.lines):
        restore_tree(root, mirror)
        row, hints = restore_told(row, hints, mirror)
        page = read_lines(root, mark)
    warnings = ["page_cut", *mirror.warnings] if page.cut else [*mirror.warnings]
    whole, more = find_body(root, page)
    warnings += more
    meta = read_meta_tags(root)
    info = _info(page, whole, hints)
    for name, cell in _hinted_info(root, hints).items():
        info.values[name] = cell
    titled = tuple(containers.select(root, hints.title)) if hints.title else ()
    above = (
        page.lines[max(0, whole.start - TITLE_LINES) : whole.start] if whole else page.lines[:HEADER_LINES]
    )
    head = page.lines[whole.start : min(whole.end, whole.start + FIRST_LINES)] if whole else []
    title = extract_title(root, titled, meta, info.values, row, hints, Near(above, head))
    if title is None and whole:
        title = title_of_lines(page.lines, whole.start, whole.end)
    body = trim(page, whole, title[0] if title else None) if whole else None
    if body and body.rule.startswith(EXTRACTORS) and not speaks(page.lines[body.start : body.end]):
        whole = body = None
        info = _info(page, None, hints)
    copies = find_copies(page.lines, body) if body else None
    if body and copies:
        body = keep_first(body, copies)
        warnings.append("text_printed_twice")
    skip = frozenset(info.rows)
    blocks = build_blocks(page, body, skip) if body else ()
    as_printed = printed_text(printed, page, body, copies, skip)
    return PageFacts(root, page, meta, info, title, body, whole, blocks, warnings, mirror, as_printed)


def find_body(root: HtmlElement, page: PageLines) -> tuple[Body | None, tuple[str, ...]]:
    """The range of the body and warnings: a container of a certain name, running text, a container of a
    usual name, what stands under the title, the general extractors."""
    whole = find_container(page)
    if whole and not speaks(page.lines[whole.start : whole.end]):
        whole = None
    if whole and whole.certain:
        return refine(page.lines, whole, whole.start), ()
    dense = find_by_density(page)
    if whole and not (dense and beats(page.lines, dense, whole)):
        return refine(page.lines, whole, whole.start), ()
    if found := dense or find_under_title(root, page):
        return found, ()
    if is_menu_page(page.lines):
        return None, ()
    found, warnings = find_by_extractors(root, page)
    if found and (end := footer_of(page.lines, found)) > found.start:
        return replace(found, end=end), warnings
    return None, warnings


def footer_of(lines: list[Line], body: Body) -> int:
    """Where the footer of a site begins in what an extractor took for a body; its end where there is none."""
    return next((i for i in range(body.start, body.end) if FOOTER.search(lines[i].text)), body.end)


def beats(lines: list[Line], dense: Body, whole: Body) -> bool:
    """Whether running text is a better body than a container whose name is not certain.

    It is where it stands in that container, which then holds more than the body, and where it is far
    longer and stands beside it: then the container is a teaser.
    """
    if whole.start <= dense.start and dense.end <= whole.end:
        return True
    apart = dense.end <= whole.start or dense.start >= whole.end
    least = max(MIN_OUTWEIGHING, OUTWEIGHS * prose(lines, whole.start, whole.end))
    return apart and prose(lines, dense.start, dense.end) >= least


def read_text(text: str, row: ListRow | None, hints: Hints) -> PageFacts:
    """A document that is a file: its text as lines, title from the list row or its first lines."""
    restored, mirror = restore_text(text)
    page = printed = lines_of_text(text)
    if mirror:
        row, hints = restore_told(row, hints, mirror)
        page = lines_of_text(restored)
    whole = Body(0, len(page.lines), "attachment:text", "")
    title = title_of_row(row, hints) or title_of_lines(page.lines, 0, len(page.lines))
    body = trim(page, whole, title[0] if title else None)
    root, blocks = fromstring("<html></html>"), build_blocks(page, body)
    as_printed = printed_text(printed, page, body, None, frozenset())
    warnings = ["page_cut", *mirror.warnings] if page.cut else [*mirror.warnings]
    return PageFacts(root, page, {}, InfoTable(), title, body, whole, blocks, warnings, mirror, as_printed)


def lines_of_text(text: str) -> PageLines:
    """The lines of a text that is no page."""
    lines = [Line(t, t, "p") for raw in text.splitlines()[:MAX_LINES] if (t := tidy(raw))]
    return PageLines(lines, cut=text.count("\n") >= MAX_LINES)


def _hinted_info(root: HtmlElement, hints: Hints) -> dict[str, tuple[str, str]]:
    """What the elements say that the site file names as its table of fields; it beats what we find."""
    found: dict[str, tuple[str, str]] = {}
    for element in containers.select(root, hints.info):
        lines = read_lines(element).lines
        everywhere = range(len(lines))
        table = read_info_table(lines, everywhere, hints.labels, everywhere)
        found = table.values | found
    return found


def _info(page: PageLines, whole: Body | None, hints: Hints) -> InfoTable:
    """The info table outside the body; one inside the body counts where it is a table with many labels."""
    count = len(page.lines)
    inside = range(whole.start, whole.end) if whole else range(0)
    near = range(max(0, inside.start - NEAR_LINES), inside.start + 6) if whole else range(count)
    outside = [i for i in range(count) if i not in inside]
    info = read_info_table(page.lines, outside, hints.labels, near)
    if whole:
        tables = data_tables(page, whole)
        first = [i for i in inside if page.lines[i].table in tables][:40]
        inner = read_info_table(page.lines, first, hints.labels, near) if first else InfoTable()
        head = read_info_table(page.lines, inside[:8], hints.labels, near)
        for extra, least in ((inner, 3), (head, 2)):
            if extra.strong >= least:
                info.rows.update(extra.rows)
                for name, value in extra.values.items():
                    info.values.setdefault(name, value)
    return info
