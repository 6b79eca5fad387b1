"""Issuing bodies: from the signature, the info table, the title, with names made whole by an authority file."""

import re
from collections.abc import Mapping

from normalizers.chars import squeeze
from normalizers.draft import Draft
from normalizers.facts import PageFacts
from normalizers.page import Hints
from normalizers.signature import ORGAN, Signature, split_names, within

BEFORE_ABOUT = re.compile(r"^(.{2,200}?)(?:关于|印发|转发|批转|令|公告|通告)")
SPELLED_NUMBER = re.compile(r"(.{2,120}?)(?:令|公告|通告)\s*[（(〔\[]?\s*(?:第|[（(〔\[\d])")
# Joint orders print the bodies without a mark between them; the republic begins each of its ministries.
REPUBLIC = re.compile(r"(\S)(中华人民共和国)")
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
    for name in [part for joined in split_names(text) for part in split_repeated(joined)]:
        whole = full_name(name, known)
        if whole not in names:
            names.append(whole)
    return tuple(names)


def split_repeated(name: str) -> list[str]:
    """Two bodies of one region printed without a mark between them: 某省财政厅某省审计厅."""
    region = name[:3]
    at = name.find(region, 4) if len(name) >= 10 else -1
    if at > 0 and ORGAN.search(name[:at]) and region[-1] in "省市县区州":
        return [name[:at], *split_repeated(name[at:])]
    return [name]


def issuers_of_title(title: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The bodies that a title begins with, as in 某省人民政府办公厅关于…的通知; () where it begins otherwise."""
    m = BEFORE_ABOUT.match(LEAD.sub("", title))
    if not m:
        return ()
    lead = m[1].strip()
    if not ORGAN.search(squeeze(lead)) or re.search(r"[《》“”（(]|的$", lead):
        return ()
    return split_issuers(lead, known)


def decide_issuers(
    draft: Draft, facts: PageFacts, hints: Hints, signature: Signature | None, known: Mapping[str, str]
) -> None:
    """The issuing bodies: API, table row of the issuer, signature, number of an order, title, row of the publisher.

    Of table, signature and title the one that spells out what the other abbreviates wins.
    """
    title = facts.title[0] if facts.title else ""
    signed = tuple(dict.fromkeys(full_name(name, known) for name in signature.names)) if signature else ()
    titled = issuers_of_title(title, known)
    if api := hints.fields.get("issuers", ""):
        draft.put("issuers", split_issuers(api, known), "api:issuers", api)
    if cell := facts.info.values.get("issuers"):
        names = split_issuers(cell[1], known)
        if not (signed and abbreviates(names, signed)):
            draft.put("issuers", names, f"info_table:{cell[0]}", cell[1])
    if signature and not abbreviates(signed, titled):
        draft.put("issuers", signed, "body:signature", signature.raw)
    if number := draft.evidence.get("doc_number"):
        draft.put(
            "issuers", issuers_of_number(str(draft.values["doc_number"]), known), number.rule, number.raw
        )
    draft.put("issuers", titled, "title:issuers", title)
    draft.put("issuers", signed, "body:signature", signature.raw if signature else "")
    if publisher := facts.info.values.get("publisher"):
        draft.put("issuers", split_issuers(publisher[1], known), f"info_table:{publisher[0]}", publisher[1])


def issuers_of_number(text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The bodies that an order or announcement spells out in its number; () for numbers with an abbreviation."""
    m = SPELLED_NUMBER.match(text)
    lead = m[1].strip() if m else ""
    if len(squeeze(lead)) < 3:
        return ()
    lead = REPUBLIC.sub(r"\1 \2", lead)
    names = split_issuers(lead, known)
    return names if len(names) > 1 else split_issuers(lead.removeprefix("中华人民共和国"), known)


def expected_issuers(facts: PageFacts, known: Mapping[str, str]) -> tuple[str, ...]:
    """The bodies that table and title name before the signature is read."""
    cell = facts.info.values.get("issuers")
    table = split_issuers(cell[1], known) if cell else ()
    return (*table, *issuers_of_title(facts.title[0] if facts.title else "", known))


def abbreviates(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Whether each short name is made of characters of a full one, in order, and some are shorter."""
    return (
        short != full and 0 < len(short) <= len(full) and all(any(within(s, f) for f in full) for s in short)
    )
