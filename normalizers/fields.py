"""The fields that the info table, the meta tags, the interface or a plain mark in the body simply print.

Fields of the disclosure catalogue (政府信息公开目录; labels of 50 sites, 2018-2026) and meta tags of 国办发〔2017〕47号.
"""

import re
from collections.abc import Iterator

from normalizers.chars import squeeze
from normalizers.codes import find_registration_number, index_number, registration_number
from normalizers.date_checks import last_day_of, warn_other_date
from normalizers.dates import PrintedDate, parse_date
from normalizers.doc_numbers import whole_number
from normalizers.draft import Draft
from normalizers.facts import PageFacts
from normalizers.keywords import clean_keywords, split_keywords
from normalizers.meta_tags import KEYWORDS, SOURCE, first_tag
from normalizers.page import Hints
from normalizers.page_dates import first_texts, header_texts
from normalizers.parties import extract_addressees, extract_contacts, extract_note, extract_print_info
from normalizers.policy import SiteContext, Validity
from normalizers.terms import extract_terms, term_of_cell
from normalizers.validity import (
    validity_of_cell,
    validity_of_column,
    validity_of_days,
    validity_of_lines,
    validity_of_title,
)

# Lines above and below the title in which a registration number or a mark of repeal stands alone.
NEAR_TITLE = 14
MAX_SOURCE = 60
SOURCE_END = re.compile(
    r"\s*(?:[|｜】\]]|(?:浏览|字号|字体|文章类型|发布时间|发布日期|时间|作者|点击|阅读|编辑|打印|责任编辑|访问)\s*(?:次数|量|字号)?\s*[:：]?.*)"
)
MAX_SUMMARY = 1_000


def decide_codes(draft: Draft, facts: PageFacts, hints: Hints) -> None:
    """Index and registration number: by their label, else by their shape wherever they are printed alone."""
    for name in ("index_number", "registration_number"):
        draft.put(name, code_of(name, hints.fields.get(name, "")), f"api:{name}", hints.fields.get(name, ""))
        if cell := facts.info.values.get(name):
            draft.put(name, code_of(name, cell[1]), f"info_table:{cell[0]}", cell[1])
    for rule, text in facts.info.told("doc_number", "index_number", "registration_number"):
        draft.put("registration_number", registration_number(text), rule, text)
        draft.put("index_number", index_number(text), rule, text)
    for line in (*header_texts(facts, NEAR_TITLE), *first_texts(facts, NEAR_TITLE)):
        found = find_registration_number(line) if len(line) <= 80 else None
        draft.put("registration_number", found, "header:registration number", line)


def code_of(name: str, text: str) -> str | None:
    """The value of a cell labelled as index or registration number; None where it holds another number."""
    if not text:
        return None
    if name == "index_number":
        return None if registration_number(text) or whole_number(text) else squeeze(text)
    return None if index_number(text) else registration_number(text) or squeeze(text)


def decide_fields(draft: Draft, facts: PageFacts, context: SiteContext) -> None:
    """Source, summary, keywords, addressees, note, contacts and imprint."""
    _source(draft, facts)
    if (cell := facts.info.values.get("summary")) and len(cell[1]) <= MAX_SUMMARY:
        draft.put("summary", cell[1], f"info_table:{cell[0]}", cell[1])
    _keywords(draft, facts, context)
    if parties := extract_addressees(facts.blocks):
        draft.put("addressees", parties[0], "body:addressees", parties[1])
    if note := extract_note(facts.blocks):
        draft.put("note", note[0], "body:note", note[1])
    if cell := facts.info.values.get("note"):
        draft.put("note", cell[1], f"info_table:{cell[0]}", cell[1])
    if contacts := extract_contacts(facts.blocks):
        draft.put("contacts", contacts, "body:contacts", contacts[0])
    if printed := extract_print_info(facts.blocks):
        draft.put("print_info", printed, "body:imprint", printed)


def _source(draft: Draft, facts: PageFacts) -> None:
    title = facts.title[0] if facts.title else ""
    found = facts.info.told("source")
    if tag := first_tag(facts.meta, SOURCE):
        found.append((f"meta:{tag[0]}", tag[1]))
    for rule, raw in found:
        text = SOURCE_END.sub("", raw).strip(" ：:【】[]")
        if 2 <= len(text) <= MAX_SOURCE and squeeze(text) != squeeze(title):
            draft.put("source", text, rule, raw)


def _keywords(draft: Draft, facts: PageFacts, context: SiteContext) -> None:
    if cell := facts.info.values.get("keywords"):
        draft.put("keywords", split_keywords(cell[1]), f"info_table:{cell[0]}", cell[1])
    tag = first_tag(facts.meta, KEYWORDS)
    if tag and tag[1] != facts.meta.get("columnkeywords"):
        names = [context.site_name, draft.values.get("source", ""), *draft.values.get("issuers", ())]
        names += [facts.meta.get(name, "") for name in ("sitename", "columnname", "columntype")]
        title = facts.title[0] if facts.title else ""
        text = "".join(b.text for b in facts.blocks)
        words = clean_keywords(split_keywords(tag[1]), title, text, names)
        draft.put("keywords", words, f"meta:{tag[0]}", tag[1])


def decide_terms(draft: Draft, facts: PageFacts, hints: Hints) -> None:
    """Effective and expiry day: interface, table cells, then the clauses of the document itself."""
    for name in ("effective_date", "expiry_date"):
        draft.put_date(name, parse_date(hints.fields.get(name, "")), f"api:{name}")
        if cell := facts.info.values.get(name):
            draft.put_date(name, parse_date(cell[1]), f"info_table:{cell[0]}", cell[1])
    written = draft.day("written_date")
    base = PrintedDate(written, draft.precision.get("written_date", "day"), "", 0, 0) if written else None
    title = facts.title[0] if facts.title else ""
    adopted = [
        line for line in header_texts(facts, NEAR_TITLE) if line.startswith(("（", "(")) and "起" in line
    ]
    texts = [*adopted, *(b.text for b in facts.blocks if b.kind in ("paragraph", "list", "heading"))]
    terms = extract_terms(texts, base, amends="修改" in title or "修订" in title or "废止" in title)
    for name, term in (("effective_date", terms.effective), ("expiry_date", terms.expiry)):
        if term and draft.put(name, term.day, term.rule, term.raw):
            draft.precision[name] = term.precision
        elif term:
            warn_other_date(draft, name, PrintedDate(term.day, term.precision, "", 0, 0), term.raw)
    for other in terms.others:
        found = PrintedDate(other.day, other.precision, "", 0, 0)
        warn_other_date(draft, "effective_date", found, other.raw)
    _term_cell(draft, facts)


def _term_cell(draft: Draft, facts: PageFacts) -> None:
    start = draft.day("effective_date") or draft.day("written_date")
    for rule, text in facts.info.told("term", "validity"):
        if term := term_of_cell(text, start):
            draft.put_date("expiry_date", PrintedDate(term.day, term.precision, text, 0, 0), rule, text)


def decide_validity(draft: Draft, facts: PageFacts, hints: Hints, context: SiteContext) -> None:
    """Explicit marks, else the days in force on the day of crawl; a mark that the days contradict stays, with a warning."""
    for state, reason, rule in _marks(facts, hints, context):
        if draft.put("validity", state, rule, reason):
            draft.put("validity_reason", reason, rule, reason)
    expiry = draft.day("expiry_date")
    last = last_day_of(expiry, draft.precision.get("expiry_date", "day")) if expiry else None
    computed = validity_of_days(draft.day("effective_date"), last, context.today)
    if computed and draft.put("validity", computed[0], "computed:days", computed[1]):
        draft.put("validity_reason", computed[1], "computed:days", computed[1])
    elif computed and computed[0] == "expired" and draft.values["validity"] == "valid":
        draft.warn(f"validity_conflict: {computed[1]}")


def _marks(
    facts: PageFacts, hints: Hints, context: SiteContext
) -> Iterator[tuple[Validity | None, str, str]]:
    """Every explicit mark, the surest first: its state, the words and the rule."""
    told = hints.fields.get("validity", "")
    yield validity_of_cell(told), told, "api:validity"
    for rule, text in facts.info.told("validity", "term"):
        yield validity_of_cell(text), text, rule
    title = facts.title[0] if facts.title else ""
    yield validity_of_title(title), title, "title:mark"
    lines = (*header_texts(facts, NEAR_TITLE), *(b.text for b in facts.blocks[:2]))
    if found := validity_of_lines(lines):
        yield found[0], found[1], "header:mark"
    for column in (facts.meta.get("columnname", ""), *context.channels):
        yield validity_of_column(column), f"栏目：{column}", "site:column"
