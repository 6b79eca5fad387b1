"""The text of a body as its page prints it, kept where the body was restored or stood twice."""

from dataclasses import replace

from normalizers.blocks import build_blocks, plain_text
from normalizers.body import Body
from normalizers.lines import PageLines
from normalizers.repeats import Ranges


def printed_text(
    printed: PageLines, page: PageLines, body: Body | None, copies: Ranges | None, skip: frozenset[int]
) -> str:
    """What the lines as printed say in the ranges of the body; "" where `page` says the same, once.

    Should restoring have dropped a line, all lines of the page are kept instead of a range.
    """
    if body is None or (printed is page and not copies):
        return ""
    if len(printed.lines) != len(page.lines):
        return "\n".join(line.text for line in printed.lines if line.text)
    ranges = sorted(copies) if copies else [(body.start, body.end)]
    texts = (build_blocks(printed, replace(body, start=start, end=end), skip) for start, end in ranges)
    return "\n".join(map(plain_text, texts))
