"""Bodies without a known container: two general extractors, checked against each other.

trafilatura (favor_precision, tables on) is right more often on pages with a shell, readability on bare
fragments (.88 and .93 of 123 real pages, 2026). Both answers are only used to find the range of our own
lines, so tables, links and order stay ours.
"""

import html as entities
import re

from lxml import etree
from lxml.html import HtmlElement, fromstring

from normalizers.body import MIN_BODY, Body, is_head_chrome
from normalizers.chars import squeeze
from normalizers.dates import find_dates
from normalizers.labels import LABELS, label_of
from normalizers.lines import Line, PageLines, read_lines

# Lengths that differ by more than this share are reported and decided by `better`.
DISAGREE = 0.25
# Serialised pages above this are not given to the general extractors: they need a second a megabyte.
MAX_CHARS = 400_000
# Lines shorter than this also occur in navigation and do not place a text.
PLACEABLE = 6


def find_by_extractors(root: HtmlElement, page: PageLines) -> tuple[Body | None, tuple[str, ...]]:
    """The range of lines that the general extractors take for the body, and warnings."""
    markup = etree.tostring(root, encoding="unicode", method="html")
    if len(markup) > MAX_CHARS:
        page_body = refine(page.lines, Body(0, len(page.lines), "body:page", ""))
        return page_body, ("body_too_large_for_extractors",)
    one = place(page.lines, by_trafilatura(markup), "trafilatura:precision")
    two = place(page.lines, by_readability(markup), "readability:summary")
    one, two = (refine(page.lines, body) if body else None for body in (one, two))
    if one is None or two is None:
        return one or two, ()
    sizes = [sum(len(line.text) for line in page.lines[b.start : b.end]) for b in (one, two)]
    if abs(sizes[0] - sizes[1]) <= DISAGREE * max(sizes):
        return one, ()
    chosen = better(page.lines, one, two)
    return chosen, (f"body_disagreement: trafilatura {sizes[0]}, readability {sizes[1]}, {chosen.rule}",)


def better(lines: list[Line], one: Body, two: Body) -> Body:
    """Of two ranges the one with more prose, less what is linked: linked lines are navigation."""

    def worth(body: Body) -> int:
        part = lines[body.start : body.end]
        return sum(len(line.text) if len(line.text) >= 25 else 2 for line in part) - 3 * sum(
            line.linked for line in part
        )

    return two if worth(two) > worth(one) else one


def by_trafilatura(markup: str) -> list[str]:
    """The lines that trafilatura keeps; [] where it finds no text or fails on the markup."""
    import trafilatura

    try:
        text = trafilatura.extract(
            markup, favor_precision=True, include_comments=False, include_tables=True, deduplicate=False
        )
    except (ValueError, TypeError, AttributeError, etree.LxmlError, RecursionError):
        return []
    lines = re.split(r"[\n|]", text or "")
    return [s for line in lines if (s := squeeze(line.lstrip("-# ")))]


def by_readability(markup: str) -> list[str]:
    """The lines of readability's summary; [] where it fails."""
    from readability import Document

    try:
        summary = Document(markup).summary(html_partial=True)
        return [squeeze(line.text) for line in read_lines(fromstring(summary)).lines if line.text]
    except (ValueError, TypeError, AttributeError, etree.LxmlError, RecursionError, KeyError):
        return []
    except Exception as error:
        if type(error).__name__ == "Unparseable":
            return []
        raise


def place(lines: list[Line], wanted: list[str], rule: str) -> Body | None:
    """The range of our lines from the first to the last that an extractor kept."""
    kept = {entities.unescape(text) for text in wanted if len(text) >= PLACEABLE}
    hits = [i for i, line in enumerate(lines) if len(line.text) >= PLACEABLE and squeeze(line.text) in kept]
    if not hits:
        return None
    start, end = hits[0], hits[-1] + 1
    short = {text for text in wanted if len(text) < PLACEABLE}
    while end < len(lines) and lines[end].text and squeeze(lines[end].text) in short:
        end += 1
    if sum(len(line.text) for line in lines[start:end]) < MIN_BODY:
        return None
    return Body(start, end, rule, "")


# Lines of a shell that stand between the page's title and its first sentence.
POSITION = re.compile(r"(?:当前|您?现在的?|所在|您的)位置|首\s*页\s*[>»›＞]|^\W*$")
SENTENCE = re.compile(r"[。；：:]$|[，。；]")
# Headings and names between the shell and the first sentence: at most this many (目录 of a law).
MAX_OPENING = 20


def refine(lines: list[Line], body: Body, floor: int = 0) -> Body:
    """The range with its first line moved to where the shell ends, above the first sentence.

    Extractors keep rows of the info table and buttons in front, and lose chapter headings. A container
    may hold buttons too, but nothing above it (`floor`) belongs to it.
    """
    first = next((i for i in range(body.start, body.end) if is_sentence(lines[i])), None)
    if first is None:
        return body
    above = range(first - 1, max(floor, first - MAX_OPENING) - 1, -1)
    shell = next((i for i in above if is_shell(lines[i])), None)
    if shell is None and floor:
        return body
    return Body(above.stop + 1 if shell is None else shell + 1, body.end, body.rule, body.raw)


def is_sentence(line: Line) -> bool:
    """Whether a line reads like running text or an address (各有关单位：)."""
    text = line.text
    return len(text) >= 8 and bool(SENTENCE.search(text)) and not is_shell(line)


def is_shell(line: Line) -> bool:
    """Whether a line belongs to the page, not to the document: links, buttons, labels, times."""
    text = line.text
    if not text:
        return False
    if (
        line.linked * 2 >= len(text)
        or is_head_chrome(line)
        or label_of(text) in LABELS
        or POSITION.search(text)
    ):
        return True
    return len(text) < 60 and line.tag != "p" and not text.startswith(("（", "(")) and bool(find_dates(text))
