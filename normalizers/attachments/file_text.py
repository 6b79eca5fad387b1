"""What reading an attachment gives: its text, or a named failure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from normalizers.attachments.tidy import tidy
from normalizers.failures import Failure

# Warnings that more than one module knows.
PAGES_WITHOUT_TEXT = "pages_without_text"
PAGES_UNREADABLE = "pages_unreadable"
PAGES_LEFT_OUT = "pages_left_out"
TEXT_CUT = "text_cut"
# The file is not as it was written: what was read may lack something, nobody can say what.
CONTENT_DAMAGED = "content_damaged"
# Stands between two pages in a text, as in the output of pdftotext; nowhere else.
PAGE_BREAK = "\f"

# No policy attachment seen comes near (the longest, a list over 274 pages, has 226,541 characters).
MAX_CHARS = 8_000_000
MAX_TITLE_CHARS = 500


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of one file.

    `kind` is the format by its bytes (pdf, docx, doc, wps, ofd, xlsx, xls, …), `reader` the library or
    module that read it, `title` the title property of the document, which is often that of an old template.
    `pages` holds the text by page, slide, sheet or archive member where the format has them; `text` is then
    the same joined by form feeds. Table rows are lines, cells are divided by tabs.
    A warning is a name, or a name, a colon and what it concerns (page numbers count from 1).
    """

    kind: str
    text: str
    pages: tuple[str, ...] | None
    reader: str
    title: str | None
    warnings: tuple[str, ...]


class ReadError(Exception):
    """A file that could not be read; `failure` is its name, `message` says more (Chinese, it is shown)."""

    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(failure, message)
        self.failure = failure
        self.message = message

    def __str__(self) -> str:
        return f"{self.failure}: {self.message}"


def file_text(
    kind: str,
    reader: str,
    content: str | Sequence[str],
    title: str | None = None,
    warnings: Sequence[str] = (),
) -> FileText:
    """A tidied `FileText`; `content` is one text or a sequence of pages, and cut where there is too much."""
    found = list(warnings)
    pages = [content] if isinstance(content, str) else list(content)
    left, kept = MAX_CHARS, list[str]()
    for page in pages:
        kept.append(tidy(page[:left]))
        left -= len(page)
        if left < 0:
            found.append(TEXT_CUT)
            break
    has_pages = not isinstance(content, str)
    return FileText(
        kind, PAGE_BREAK.join(kept), tuple(kept) if has_pages else None, reader, _title(title), tuple(found)
    )


def _title(raw: str | None) -> str | None:
    """A title property, None for what programs write who know none (seen: (anonymous), <4D6963…>)."""
    title = " ".join(tidy(raw or "").split())
    if re.fullmatch(r"\(.*\)|<[0-9A-F]*>|untitled|", title, re.IGNORECASE):
        return None
    return title[:MAX_TITLE_CHARS]
