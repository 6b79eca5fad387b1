"""The documents that the benchmarks of search look for: the demo country as it knows itself, and real texts.

Fields of demo documents are those of the country, not of our reading of its pages, so that search alone is
measured. Real texts and pages (../shared/pages) are normalised as `zhengce extract --no-site` would.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks import labelled
from benchmarks.scoring import PAGES
from demo.attachments import contents_of
from demo.country import SITE, all_authorities
from demo.pages import Page
from demo.world import World
from index.document import IndexDocument, index_document
from normalizers.doc_numbers import doc_number_key
from normalizers.doc_types import extract_doc_type, extract_instrument
from normalizers.normalize import NormalizeError, PageInput, normalize_policy
from normalizers.page import Hints, ListRow
from normalizers.policy import Attachment, Policy, SiteContext
from pipelines.policies import StoredPolicy

DOCUMENTS = 2000
SEEN = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
FULL_TEXTS, RECORDS, BLOCKS, REAL_PAGES = (
    "fulltext_govcn_2020.jsonl",
    "records.jsonl",
    "fragments_zyj_beijing.jsonl",
    "truth.jsonl",
)


@dataclass(frozen=True, slots=True)
class Known:
    """One document and where it is from: `source` is "demo" or a file of the real pages.

    `place` is the page's number in the country or the row of the file, from 1. `page` is set for demo
    documents, `label` holds what the file says of a real one.
    """

    document: IndexDocument
    source: str
    place: int
    page: Page | None
    label: dict[str, Any]


def corpus(documents: int = DOCUMENTS) -> list[Known]:
    """The country of so many documents on day 0, then all real texts that are beside this checkout."""
    return [*demo_documents(World(documents)), *real_documents()]


def demo_documents(world: World) -> Iterator[Known]:
    """Every page that is online on day 0, with the validity that its relations give it."""
    ended = {r.target: r.type for page in world.pages for r in page.relations if page.is_live(0)}
    states = {"repeals": "repealed", "amends": "amended"}
    for page in world.pages:
        if page.is_live(0):
            policy = demo_policy(world, page)
            state: Any = states.get(ended.get(page.id, ""), "valid" if page.number else None)
            yield Known(_document(replace(policy, validity=state), page.id), "demo", page.id, page, {})


def demo_policy(world: World, page: Page) -> Policy:
    """What a reader without fault makes of a page of the country."""
    explains = page.content_type == "interpretation"
    names = tuple(all_authorities()[name].name for name in page.issuers)
    home = SITE[page.site] if explains else all_authorities()[page.issuers[0]]
    return Policy(
        id=record_id("demo", page.id),
        url=world.url(page),
        site=page.site,
        channels=(SITE[page.site].channels[page.channel].name,),
        content_type=page.content_type,
        title=page.title,
        doc_number=page.number or None,
        doc_number_key=doc_number_key(page.number) if page.number else None,
        index_number=page.index_number or None,
        issuers=() if explains else names,
        authorities=() if explains else names,
        level=home.level,
        region=home.region,
        doc_type=extract_doc_type(page.title),
        instrument=extract_instrument(page.title),
        written_date=None if explains else page.written,
        published_date=page.published,
        text=world.text(page, 0),
        attachments=tuple(_attachment(world, page, n) for n in range(len(page.attachments))),
    )


def _attachment(world: World, page: Page, number: int) -> Attachment:
    contents = contents_of(world.seed, page, number)
    lines = [contents.title, *contents.paragraphs, *("\t".join(row) for row in contents.rows)]
    file = page.attachments[number]
    return Attachment(f"http://demo.test/{page.id}/{number}", file.name, file.kind, "\n".join(lines))


def real_documents() -> Iterator[Known]:
    """Full texts, article blocks, records with a body and saved pages; none where the folder is absent."""
    if not (PAGES / "truth.jsonl").exists():
        return
    for source, pages in (
        (FULL_TEXTS, _text_pages(FULL_TEXTS, "url", "text")),
        (RECORDS, _text_pages(RECORDS, "url", "body")),
        (BLOCKS, _text_pages(BLOCKS, "urlsource", "article")),
        (REAL_PAGES, _saved_pages()),
    ):
        for place, label, page in pages:
            try:
                policy = normalize_policy(page, context(source, label))
            except NormalizeError:
                continue
            yield Known(_document(policy, place), source, place, None, label)


def context(source: str, label: dict[str, Any]) -> SiteContext:
    """No site is known; the titles of real interpretations say what they are."""
    explains = "解读" in (label.get("title") or "") or "答记者问" in (label.get("title") or "")
    kind = "interpretation" if explains else "policy"
    return SiteContext(source.split(".")[0].split("_")[0], "", (), kind, None, None, date(2026, 1, 1))


def _text_pages(file: str, url: str, text: str) -> Iterator[tuple[int, dict[str, Any], PageInput]]:
    for place, row in enumerate(labelled.load(file), 1):
        if not row[text]:
            continue
        address = row[url] or f"https://unknown.invalid/{file}/{place}"
        if file == BLOCKS:
            data = f"<html><body>{row[text]}</body></html>".encode()
        else:
            parts = row[text].replace("\u3000\u3000", "\n").split("\n")
            data = labelled.markup([line.strip() for line in parts if line.strip()])
        day = row.get("published_date") or row.get("date")
        number = row.get("doc_number") or ""
        listed = ListRow(address, row["title"], date.fromisoformat(day) if day else None, number=number)
        yield place, row, PageInput(record_id(file, place), address, data, listed, Hints())


def _saved_pages() -> Iterator[tuple[int, dict[str, Any], PageInput]]:
    with (PAGES / REAL_PAGES).open(encoding="utf-8") as rows:
        for place, row in enumerate(map(json.loads, rows), 1):
            address = row["url"] or f"https://unknown.invalid/{row['file']}"
            data = (PAGES / row["file"]).read_bytes()
            yield place, row, PageInput(record_id(REAL_PAGES, place), address, data, None, Hints())


def record_id(source: str, place: int) -> str:
    """An id as the catalogue would give it."""
    return hashlib.sha256(f"{source}/{place}".encode()).hexdigest()[:16]


def _document(policy: Policy, place: int) -> IndexDocument:
    seen = SEEN - timedelta(minutes=place)
    document = index_document(StoredPolicy(policy, "", seen, seen, seen, withdrawn=False, hidden=None))
    assert document is not None
    return document
