"""The fields that the info table, the meta tags or a plain mark in the body simply print."""

from normalizers.chars import squeeze
from normalizers.doc_types import extract_doc_type, extract_instrument
from normalizers.draft import Draft
from normalizers.facts import PageFacts
from normalizers.meta_tags import KEYWORDS, SOURCE, first_tag
from normalizers.page import Hints
from normalizers.parties import extract_addressees, extract_note
from normalizers.validity import validity_of_cell, validity_of_title

PRINTED = ("index_number", "registration_number", "subject", "source", "summary")


def decide_fields(draft: Draft, facts: PageFacts, hints: Hints) -> None:
    """Index and registration number, subject, source, summary, keywords, types, validity, addressees, note."""
    for name in PRINTED:
        draft.put(name, hints.fields.get(name), f"api:{name}", hints.fields.get(name, ""))
        if cell := facts.info.values.get(name):
            draft.put(
                name,
                squeeze(cell[1]) if name == "index_number" else cell[1],
                f"info_table:{cell[0]}",
                cell[1],
            )
    if cell := facts.info.values.get("category"):
        draft.put("subject", cell[1], f"info_table:{cell[0]}", cell[1])
    if tag := first_tag(facts.meta, SOURCE):
        draft.put("source", tag[1], f"meta:{tag[0]}", tag[1])
    _keywords(draft, facts)
    _types(draft, facts)
    _validity(draft, facts, hints)
    if parties := extract_addressees(facts.blocks):
        draft.put("addressees", parties[0], "body:addressees", parties[1])
    if note := extract_note(facts.blocks):
        draft.put("note", note[0], "body:note", note[1])


def _keywords(draft: Draft, facts: PageFacts) -> None:
    if cell := facts.info.values.get("keywords"):
        draft.put("keywords", _words(cell[1]), f"info_table:{cell[0]}", cell[1])
    if tag := first_tag(facts.meta, KEYWORDS):
        draft.put("keywords", _words(tag[1]), f"meta:{tag[0]}", tag[1])


def _words(text: str) -> tuple[str, ...]:
    parts = (
        text.replace("，", ",")
        .replace("；", ",")
        .replace(";", ",")
        .replace("、", ",")
        .replace(" ", ",")
        .split(",")
    )
    return tuple(dict.fromkeys(p.strip() for p in parts if p.strip()))


def _types(draft: Draft, facts: PageFacts) -> None:
    title = facts.title[0] if facts.title else ""
    draft.put("doc_type", extract_doc_type(title), "title:type", title)
    draft.put("instrument", extract_instrument(title), "title:instrument", title)
    for name in ("doc_type", "instrument"):
        if cell := facts.info.values.get(name):
            draft.put(name, cell[1], f"info_table:{cell[0]}", cell[1])


def _validity(draft: Draft, facts: PageFacts, hints: Hints) -> None:
    cell = facts.info.values.get("validity")
    sources = [
        ("api:validity", hints.fields.get("validity", "")),
        (f"info_table:{cell[0]}" if cell else "", cell[1] if cell else ""),
    ]
    for rule, text in sources:
        if text and draft.put("validity", validity_of_cell(text), rule, text):
            draft.put("validity_reason", text, rule, text)
    title = facts.title[0] if facts.title else ""
    if draft.put("validity", validity_of_title(title), "title:mark", title):
        draft.put("validity_reason", title, "title:mark", title)
