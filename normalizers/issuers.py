"""Issuing bodies: from the signature, the info table, the title, with names made whole by an authority file."""

import re
from collections.abc import Mapping

from normalizers.chars import squeeze
from normalizers.draft import Draft
from normalizers.facts import PageFacts
from normalizers.page import Hints
from normalizers.signature import ORGAN, Signature, split_names

BEFORE_ABOUT = re.compile(r"^(.{2,200}?)(?:关于|印发|转发|批转|令|公告|通告)")
LEAD = re.compile(r"^(?:【[^】]*】|\[[^\]]*\])\s*")


def full_name(name: str, known: Mapping[str, str]) -> str:
    """The full name of a body where the authority file knows this one, else the name itself."""
    flat = squeeze(name)
    return known.get(name) or known.get(flat) or name


def split_issuers(text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """Bodies of a table cell or title: parted by 、 ; spaces; a known name is never cut."""
    flat = squeeze(text)
    if flat in known:
        return (known[flat],)
    names: list[str] = []
    for name in split_names(text):
        whole = full_name(name, known)
        if whole not in names:
            names.append(whole)
    return tuple(names)


def issuers_of_title(title: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The bodies that a title begins with, as in 某省人民政府办公厅关于…的通知; () where it begins otherwise."""
    m = BEFORE_ABOUT.match(LEAD.sub("", title))
    if not m:
        return ()
    lead = m[1].strip()
    if not ORGAN.search(squeeze(lead)) or re.search(r"[《》“”]|的$", lead):
        return ()
    return split_issuers(lead, known)


def decide_issuers(
    draft: Draft, facts: PageFacts, hints: Hints, signature: Signature | None, known: Mapping[str, str]
) -> None:
    """The issuing bodies: API, table row of the issuer, signature, title, table row of the publisher.

    A signature that spells out what the table abbreviates wins over the table.
    """
    title = facts.title[0] if facts.title else ""
    signed = tuple(dict.fromkeys(full_name(name, known) for name in signature.names)) if signature else ()
    if api := hints.fields.get("issuers", ""):
        draft.put("issuers", split_issuers(api, known), "api:issuers", api)
    cell = facts.info.values.get("issuers")
    if cell:
        names = split_issuers(cell[1], known)
        if not (signed and abbreviates(names, signed)):
            draft.put("issuers", names, f"info_table:{cell[0]}", cell[1])
    if signature:
        draft.put("issuers", signed, "body:signature", signature.raw)
    draft.put("issuers", issuers_of_title(title, known), "title:issuers", title)
    if publisher := facts.info.values.get("publisher"):
        draft.put("issuers", split_issuers(publisher[1], known), f"info_table:{publisher[0]}", publisher[1])


def abbreviates(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Whether each short name is made of characters of a full one, in order, and some are shorter."""

    def within(name: str, whole: str) -> bool:
        rest = iter(whole)
        return all(c in rest for c in name)

    return short != full and len(short) <= len(full) and all(any(within(s, f) for f in full) for s in short)
