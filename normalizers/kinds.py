"""Which kind of document a page is: content type, type, instrument, normative or not, form, subject, topics.

Cells of 公文种类 and 体裁分类 are fields of the disclosure catalogue (labels of 50 sites, 2018-2026); which words
they may hold is in doc_types.py, subjects.py and content_types.py, each with its source.
"""

from collections.abc import Iterator

from normalizers.chars import squeeze
from normalizers.content_types import (
    COLUMN_TAGS,
    PAPERS,
    content_type_of_column,
    content_type_of_title,
    form_of_interpretation,
)
from normalizers.doc_numbers import parse_doc_numbers
from normalizers.doc_types import (
    doc_type_of_cell,
    doc_type_of_number,
    extract_doc_type,
    extract_instrument,
    instrument_of_cell,
)
from normalizers.draft import Draft
from normalizers.facts import PageFacts
from normalizers.normative import above_normative, normative_of_prefix, normative_of_words, not_normative
from normalizers.page import Hints
from normalizers.policy import SiteContext
from normalizers.subjects import infer_subject, parse_subject
from normalizers.topics import extract_topics

# Characters of the body that subject and topics are told from.
LEAD = 800
# Pages that carry a paper, and may have a type and an instrument.
CARRIERS = frozenset({"policy", "notice", "gazette", "consultation", "data"})
# Cells of 体裁分类 that say that it is none of the list.
OTHER = ("其他", "其它")


def decide_kinds(draft: Draft, facts: PageFacts, hints: Hints, context: SiteContext) -> None:
    """Content type first, then what depends on it."""
    title = facts.title[0] if facts.title else ""
    decide_content_type(draft, facts, title, context)
    kind = draft.values["content_type"]
    if kind in CARRIERS:
        _types(draft, facts, title)
    if kind == "policy":
        _normative(draft, facts, title, context)
    if kind == "interpretation":
        _form(draft, facts, title)
    lead = lead_of(facts)
    _subject(draft, facts, hints, title, lead)
    if topics := extract_topics(title, lead):
        titled = topics[1].partition("：")[2].partition("、")[0].partition("；")[0] in squeeze(title)
        draft.put("topics", topics[0], "title:topics" if titled else "body:topics", topics[1])


def columns(facts: PageFacts, context: SiteContext) -> Iterator[tuple[str, str]]:
    """What the page and the site call the column: rule and name."""
    yield from facts.info.told("column", "kind", "category")
    for tag in COLUMN_TAGS:
        if tag in facts.meta:
            yield f"meta:{tag}", facts.meta[tag]
    for channel in context.channels:
        yield "site:channel", channel


def decide_content_type(draft: Draft, facts: PageFacts, title: str, context: SiteContext) -> None:
    """The title's own words, a numbered paper in a column of interpretations, the column, the declared channel."""
    if found := content_type_of_title(title):
        draft.put("content_type", found[0], "title:words", found[1])
    numbered = "doc_number" in draft.values
    if numbered and context.content_type == "interpretation" and extract_doc_type(title) in PAPERS:
        draft.put("content_type", "policy", "title:numbered paper", title)
    for rule, name in columns(facts, context):
        kind = content_type_of_column(name) if rule.startswith("meta") else None
        if kind and not (numbered and kind != "policy"):
            draft.put("content_type", kind, rule, name)
    rule = "site:channel" if context.channels else "site:default"
    draft.put("content_type", context.content_type, rule, "、".join(context.channels))


def _types(draft: Draft, facts: PageFacts, title: str) -> None:
    draft.put("doc_type", extract_doc_type(title), "title:type", title)
    draft.put("instrument", extract_instrument(title), "title:instrument", title)
    for rule, text in facts.info.told("doc_type", "instrument", "kind"):
        draft.put("doc_type", doc_type_of_cell(text), rule, text)
        draft.put("instrument", instrument_of_cell(text), rule, text)
    for _, text in facts.info.told("doc_type", "instrument"):
        if not (doc_type_of_cell(text) or instrument_of_cell(text) or text in OTHER):
            draft.warn(f"doc_type_unknown: {text[:60]}")
    if number := draft.values.get("doc_number"):
        draft.put("doc_type", doc_type_of_number(number), draft.evidence["doc_number"].rule, number)


def _normative(draft: Draft, facts: PageFacts, title: str, context: SiteContext) -> None:
    """Orders and laws stand above it; then marks for it; then marks against it."""
    number = str(draft.values.get("doc_number", ""))
    if above := above_normative(title, number):
        draft.put("normative", False, "title:order or law", above)
    for rule, raw in _marks_for(draft, facts, number, context):
        draft.put("normative", True, rule, raw)
    if against := not_normative(title, draft.values.get("doc_type")):
        draft.put("normative", False, "title:kind", against)


def _marks_for(
    draft: Draft, facts: PageFacts, number: str, context: SiteContext
) -> Iterator[tuple[str, str]]:
    """What says that a paper is a normative document, with its rule: registered, numbered, labelled, kept as one."""
    if registered := draft.evidence.get("registration_number"):
        yield registered.rule, registered.raw
    for found in parse_doc_numbers(number):
        if normative_of_prefix(found.prefix):
            yield draft.evidence["doc_number"].rule, found.raw
    for label, value in facts.info.values.values():
        if "规范性文件" in label:
            yield f"info_table:{label}", value
    named = (*facts.info.told("subject", "doc_type", "instrument"), *columns(facts, context))
    yield from ((rule, name) for rule, name in named if normative_of_words(name))


def _form(draft: Draft, facts: PageFacts, title: str) -> None:
    text = "".join(b.text for b in facts.blocks[:40] if b.kind != "image")
    pictures = any(b.kind == "image" for b in facts.blocks)
    video = next(facts.root.iter("video"), None) is not None
    if form := form_of_interpretation(title, text, pictures=pictures, video=video):
        draft.put("interpretation_form", form[0], "title:form" if form[1] in title else "body:form", form[1])


def lead_of(facts: PageFacts) -> str:
    """The first characters of the body, one block a line."""
    lead = ""
    for block in facts.blocks:
        lead += block.text + "\n"
        if len(lead) >= LEAD:
            break
    return lead[:LEAD]


def _subject(draft: Draft, facts: PageFacts, hints: Hints, title: str, lead: str) -> None:
    """Read where the interface or the table prints it, else inferred; a name outside the scheme stays as detail."""
    sources = [("api:subject", hints.fields.get("subject", ""))]
    sources += facts.info.told("subject", "category", "kind")
    for rule, text in sources:
        subject = parse_subject(text) if text else None
        if subject and (subject.name or rule.endswith(("subject", "主题分类", "主题类别"))):
            fresh = subject.name and draft.put("subject", subject.name, rule, text)
            if fresh or not subject.name:
                draft.put("subject_detail", subject.detail, rule, text)
    if "subject" not in draft.values and (inferred := infer_subject(title, lead)):
        draft.put("subject", inferred[0], "inferred:subject", inferred[1])
