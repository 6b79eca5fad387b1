"""Bodies without a known container: two general extractors, checked against each other.

trafilatura (favor_precision, tables on) is right more often on pages with a shell, readability on bare
fragments (.88 and .93 of 123 real pages, 2026). Both answers are only used to find the range of our own
lines, so tables, links and order stay ours.
"""

import html as entities
import re

from lxml import etree
from lxml.html import HtmlElement, fromstring

from normalizers.body import MIN_BODY, Body, refine
from normalizers.chars import squeeze
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
