"""General extractors alone on the saved real pages, as records that the strict scorer reads.

What each library gives is taken as it is: trafilatura text, title and date, readability text and title.
Both get the bytes decoded as we decode them, for neither reads a page that names a wrong charset.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml.html import fromstring

from benchmarks.scoring import PAGES
from normalizers.encoding import decode_page
from normalizers.lines import read_lines

Reader = Callable[[str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Run:
    """The records of one library as JSON lines, and the CPU seconds it took."""

    lines: list[bytes]
    seconds: float


def by_trafilatura(markup: str) -> dict[str, Any]:
    """Text, title and date by trafilatura, tables kept, comments left out.

    `favor_precision` is the better of its settings here: 28 bodies right against 24 without it.
    """
    import trafilatura

    found = trafilatura.bare_extraction(
        markup, with_metadata=True, include_comments=False, include_tables=True, favor_precision=True
    )
    if found is None:
        return {}
    record = found if isinstance(found, dict) else found.as_dict()
    return {"title": record["title"], "published_date": record["date"], "text": record["text"]}


def by_readability(markup: str) -> dict[str, Any]:
    """Text and title by readability-lxml."""
    from readability import Document

    document = Document(markup)
    lines = read_lines(fromstring(document.summary(html_partial=True))).lines
    return {"title": document.short_title(), "text": "\n".join(line.text for line in lines)}


READERS: dict[str, Reader] = {"trafilatura": by_trafilatura, "readability": by_readability}


def run(reader: Reader) -> Run:
    """Read every saved page with one library; what it fails on it has not answered."""
    lines, seconds = [], 0.0
    for file, markup in markups():
        start = time.process_time()
        try:
            record = reader(markup)
        except Exception as error:  # noqa: BLE001  libraries fail in their own ways
            record = {"error": {"name": type(error).__name__}}
        seconds += time.process_time() - start
        lines.append(json.dumps({"file": file, **record}, ensure_ascii=False).encode())
    return Run(lines, seconds)


def markups() -> Iterator[tuple[str, str]]:
    """Name and text of every saved page."""
    with (PAGES / "truth.jsonl").open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            yield row["file"], decode_page((PAGES / row["file"]).read_bytes())
