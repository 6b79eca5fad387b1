"""Which date of a page is which: written or published."""

import re
from datetime import date, timedelta

from normalizers.dates import PrintedDate, address_date, find_dates, parse_date, parse_relative_date
from normalizers.draft import Draft
from normalizers.facts import PageFacts
from normalizers.meta_tags import PUBLISHED
from normalizers.page import Hints, ListRow
from normalizers.signature import Signature, day_of_adoption


def decide_written(draft: Draft, facts: PageFacts, hints: Hints, signature: Signature | None) -> None:
    """The day of signing: API, signature, info table, bracket of adoption; PubDate is never used."""
    draft.put_date("written_date", parse_date(hints.fields.get("written_date", "")), "api:written_date")
    if signature:
        signed = PrintedDate(signature.day, signature.precision, signature.raw, 0, 0)
        draft.put_date("written_date", signed, "body:signature", signature.raw)
    for name in [n for n, role in hints.dates.items() if role == "written_date" and n.lower() in facts.meta]:
        draft.put_date("written_date", parse_date(facts.meta[name.lower()]), f"meta:{name}")
    if cell := facts.info.values.get("written_date"):
        printed = parse_date(cell[1])
        if printed is None:
            draft.warn(f"date_unreadable: {cell[0]} {cell[1][:40]}")
        elif (
            not draft.put_date("written_date", printed, f"info_table:{cell[0]}", cell[1])
            and draft.day("written_date") != printed.day
        ):
            draft.warn(f"written_date_conflict: {cell[0]} {printed.day}")
    for line in [*header_texts(facts, 12), *first_texts(facts, 6)]:
        if line.startswith(("（", "(")) and (day := day_of_adoption(line)):
            draft.put_date("written_date", PrintedDate(day, "day", line, 0, 0), "body:adopted", line)


def header_texts(facts: PageFacts, count: int) -> list[str]:
    """The last lines in front of the body's container."""
    return [facts.page.lines[i].text for i in facts.header[-count:] if facts.page.lines[i].text]


def first_texts(facts: PageFacts, count: int) -> list[str]:
    """The first lines of the body, with those between title and body; cells of a second column cite, they do not head."""
    if not facts.body or not facts.whole:
        return []
    start = facts.body.title_start if facts.body.title_start >= 0 else facts.whole.start
    lines = facts.page.lines[start : facts.body.start + count]
    return [line.text for line in lines if line.text and line.column <= 0]


def decide_published(
    draft: Draft, facts: PageFacts, hints: Hints, row: ListRow | None, url: str, today: date
) -> None:
    """The day it went online: API, info table, meta tags, lines above the body, list row, address."""
    draft.put_date("published_date", parse_date(hints.fields.get("published_date", "")), "api:published_date")
    for name, role in hints.dates.items():
        if role == "published_date" and name.lower() in facts.meta:
            draft.put_date("published_date", parse_date(facts.meta[name.lower()]), f"meta:{name}")
    if cell := facts.info.values.get("published_date"):
        if printed := parse_date(cell[1]):
            draft.put_date("published_date", printed, f"info_table:{cell[0]}", cell[1])
        else:
            draft.warn(f"date_unreadable: {cell[0]} {cell[1][:40]}")
    generated = made_with_page(facts)
    if not generated:
        _published_meta(draft, facts, hints)
    if cell := facts.info.values.get("updated_date"):
        draft.put_date("published_date", parse_date(cell[1]), f"header:{cell[0]}", cell[1])
    decide_published_header(draft, facts, today)
    if generated:
        _published_late(draft, facts)
        _published_meta(draft, facts, hints)
    if row and row.date:
        draft.put_date("published_date", PrintedDate(row.date, "day", row.raw_date, 0, 0), "list_row:date")
    draft.put_date("published_date", address_date(url), "address:path")


def made_with_page(facts: PageFacts) -> bool:
    """Whether PubDate is nothing but the moment the page was generated, as a site migration leaves it.

    UCAP writes that moment into `<meta name="others" content="页面生成时间 …">` (seen 2022-2024).
    """
    made = facts.meta.get("others", "").removeprefix("页面生成时间").strip()
    return bool(made) and made == facts.meta.get("pubdate")


def _published_meta(draft: Draft, facts: PageFacts, hints: Hints) -> None:
    unused = {n.lower() for n, role in hints.dates.items() if not role}
    for name in PUBLISHED:
        if name in facts.meta and name not in unused:
            draft.put_date("published_date", parse_date(facts.meta[name]), f"meta:{name}", facts.meta[name])


def _published_late(draft: Draft, facts: PageFacts) -> None:
    """发文日期 after the day of the signature is the day of posting on sites without another one."""
    cell, written = facts.info.values.get("written_date"), draft.day("written_date")
    printed = parse_date(cell[1]) if cell else None
    if cell and printed and written and printed.day > written:
        draft.put_date("published_date", printed, f"info_table:{cell[0]}", cell[1])


# A line of source and time, not a sentence.
MAX_HEADER_LINE = 120


def decide_published_header(draft: Draft, facts: PageFacts, today: date) -> None:
    """A day printed between title and body: the nearest above the body wins; relative phrases are read."""
    if "published_date" in draft.values or not facts.body:
        return
    near = [i for i in facts.header if facts.page.lines[i].text and i >= facts.body.start - 15]
    for i in reversed(near):
        text = facts.page.lines[i].text
        if len(text) > MAX_HEADER_LINE or "星期" in text or facts.info.rows.get(i, "").endswith("_date"):
            continue
        found = [d for d in find_dates(text) if d.day <= today + timedelta(days=1)]
        if found and not re.search(r"号|通过|公布|施行|第.{1,8}次", text):
            draft.put_date("published_date", found[0], "header:day", text)
            return
        if len(text) < 40 and (told := parse_relative_date(text, today)):
            draft.put_date("published_date", told, "header:relative", text)
            return
