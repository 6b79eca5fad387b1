"""Which date of a page is which: written or published.

What each label and meta tag means is from the disclosure catalogue and 国办发〔2017〕47号; a platform may name
others (Hints.dates). Days without a label are told by where they stand, as on 97 real pages (2018-2026).
"""

import re
from datetime import date, timedelta

from normalizers.date_checks import warn_other_date
from normalizers.dates import PrintedDate, address_date, find_dates, parse_date, parse_relative_date
from normalizers.draft import Draft
from normalizers.facts import PageFacts
from normalizers.meta_tags import PUBLISHED, first_tag
from normalizers.page import Hints, ListRow
from normalizers.signature import Signature, day_of_adoption

# Labels of a day that the page was last touched; the others of updated_date (日期, 时间) name the day it was posted.
TOUCHED = re.compile("更新|录入")
# A line of source and time, not a sentence.
MAX_HEADER_LINE = 120
MAX_RELATIVE_LINE = 40
NEAR_BODY = 15
MAX_LABEL = 12
# What only the line of source and time prints beside its day: a clock, where it is from, who looked, how large.
POSTED = re.compile(
    r"\d\s*[:：∶时]\s*\d\d|来源|发布|时间|日期|浏览|点击|阅读|访问|字号|字体|作者|编辑|打印|分享|大\s*中\s*小"
)
# Days of something else: the clock of the page, the document's own days, meetings, numbers.
OTHER_DAY = re.compile(
    r"星期|今天是|(?<!字)号|通过|公布|施行|实施|生效|执行|成文|签发|签署|印发|制发|废止|失效|截止|截至|有效|第.{1,8}次"
)


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
        elif not draft.put_date("written_date", printed, f"info_table:{cell[0]}", cell[1]):
            warn_other_date(draft, "written_date", printed, cell[0])
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
    """The day it went online: API, info table, the line of source and time, meta tags, other days, list row, address.

    国办发〔2017〕47号 wants that line printed; where a site was moved, only the tags name the day of the
    move (8 of 42 pages with PubDate, 0 of 66 with such a line).
    """
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
    _published_label(draft, facts, posted=True)
    decide_published_header(draft, facts, today, posted=True)
    if not generated:
        _published_meta(draft, facts, hints)
    _published_label(draft, facts, posted=False)
    decide_published_header(draft, facts, today, posted=False)
    if generated:
        _published_late(draft, facts)
        _published_meta(draft, facts, hints)
    if row and row.date:
        draft.put_date("published_date", PrintedDate(row.date, "day", row.raw_date, 0, 0), "list_row:date")
    draft.put_date("published_date", address_date(url), "address:path")
    if not generated and (tag := first_tag(facts.meta, PUBLISHED)):
        warn_other_date(draft, "published_date", parse_date(tag[1]), f"meta:{tag[0]}")


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


def _published_label(draft: Draft, facts: PageFacts, *, posted: bool) -> None:
    cell = facts.info.values.get("updated_date")
    if cell and posted != bool(TOUCHED.search(cell[0])):
        draft.put_date("published_date", parse_date(cell[1]), f"header:{cell[0]}", cell[1])


def decide_published_header(draft: Draft, facts: PageFacts, today: date, *, posted: bool) -> None:
    """A day printed between title and body, the nearest above the body; relative phrases are read.

    With `posted` only lines count that look like those of source and time.
    """
    if "published_date" in draft.values or not facts.body:
        return
    near = [i for i in facts.header if facts.page.lines[i].text and i >= facts.body.start - NEAR_BODY]
    for i in reversed(near):
        text = facts.page.lines[i].text
        if len(text) > MAX_HEADER_LINE or OTHER_DAY.search(text) or (posted and not POSTED.search(text)):
            continue
        if facts.info.rows.get(i, "").endswith("_date"):
            continue
        found = [d for d in find_dates(text) if d.day <= today + timedelta(days=1)]
        if found and not _labelled_otherwise(facts, i):
            draft.put_date("published_date", found[0], "header:day", text)
            return
        if len(text) < MAX_RELATIVE_LINE and (told := parse_relative_date(text, today)):
            draft.put_date("published_date", told, "header:relative", text)
            return


def _labelled_otherwise(facts: PageFacts, at: int) -> bool:
    """Whether the line before is the label of another day, as 成文日期： in a cell of its own."""
    before = facts.page.lines[at - 1].text if at else ""
    return len(before) <= MAX_LABEL and bool(OTHER_DAY.search(before))
