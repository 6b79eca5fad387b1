"""Issuing bodies: from the signature, the info table, the title, with names made whole by an authority file."""

import re
from collections.abc import Callable, Mapping

from normalizers.authorities import Authority, by_prefix, known_at_start, lookup
from normalizers.chars import squeeze
from normalizers.doc_numbers import whole_number
from normalizers.draft import Draft
from normalizers.facts import PageFacts
from normalizers.page import Hints
from normalizers.regions import NOWHERE, Near
from normalizers.signature import (
    ORGAN,
    Signature,
    agree,
    find_signature,
    find_signatures,
    looks_like_body,
    split_names,
    within,
)

BEFORE_ABOUT = re.compile(r"^(.{2,200}?)(?:关于|印发|转发|批转|令|公告|通告)")
SPELLED_NUMBER = re.compile(r"(.{2,120}?)(?:令|公告|通告)\s*[（(〔\[]?\s*(?:第|[（(〔\[\d])")
# Joint orders print the bodies without a mark between them; the republic begins each of its ministries.
REPUBLIC = re.compile(r"(\S)(中华人民共和国)")
INTERPRETER = re.compile(r"解读(?:机关|单位|部门)\s*[:：]\s*([^，,；;。、:：\s]{3,40})")
INTERPRETER_LINES = 12
# 转发省财政厅 省审计厅关于…, 转发《国务院办公厅关于…》, 批转发展改革委等部门…意见 (titles of 2001-2026).
FORWARDED = re.compile(
    r"(?:转发|批转)\s*[《〈“]?(.{2,80}?)(?:等\S{0,6}(?:部门|单位|部委|厅局))?(?:关于|印发|《|〈)"
)
FORWARDS = re.compile(r"转发|批转")
# The title of an interpretation names the body of the document that it explains (fulltexts of gov.cn, 2020).
EXPLAINS = re.compile(r"(?:解读|问答|答记者问|图解)(?:[（(].*)?$")
# Titles without 关于 that begin with the body: …行政处罚信息公开表, …政府信息公开指南 (observed 2018-2024).
TITLE_OF_BODY = re.compile(
    r"(?:公开表|通知|意见|批复|信息表|公示表|指南|年度报告|年报|报表|目录|清单|公告|公示|通告|通报|公报|简报|决定书)(?:[（(\[〔【].*)?$"
)
# 国家某委等部门关于…: the others sign below.
AND_OTHERS = re.compile(r"等(?:\d{1,3}|[一二三四五六七八九十]{1,3})?个?(?:部门|单位|部委|厅局)$")
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
    if not m or EXPLAINS.search(title) or m[1].startswith(("转发", "批转", "印发")):
        return ()
    if m[0].endswith(("令", "公告", "通告")) and m[1].startswith("中华人民共和国"):
        return bodies_of_republic(m[1].strip(), known)
    lead = AND_OTHERS.sub("", m[1].strip())
    if not ORGAN.search(squeeze(lead)) or re.search(r"[《》“”（(]|的$", lead):
        return ()
    return split_issuers(lead, known)


def decide_issuers(
    draft: Draft,
    facts: PageFacts,
    hints: Hints,
    signature: Signature | None,
    known: Mapping[str, str],
    near: Near = NOWHERE,
) -> bool:
    """The issuing bodies: API, table row of the issuer, signature, number of an order, title, and weaker signs.

    Of table, signature and title the one that spells out what the other abbreviates wins. True where
    they are only those who put the page online. The body of a forwarded document is no issuer.
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
        spelled = issuers_of_number(str(draft.values["doc_number"]), known)
        put_publisher(draft, facts, known, lambda names: same_bodies(names, spelled, near))
        draft.put("issuers", spelled, number.rule, number.raw)
    draft.put("issuers", titled, "title:issuers", title)
    published = decide_by_weak_signs(draft, facts, known, near)
    put_origin(draft, facts, known)
    return published


def decide_by_weak_signs(draft: Draft, facts: PageFacts, known: Mapping[str, str], near: Near) -> bool:
    """The interpreting body, the publisher, the number's prefix or the head of the title; True for a publisher."""
    if "issuers" in draft.values:
        return False
    if found := interpreting_body(facts):
        draft.put("issuers", split_issuers(found[0], known), "body:interpreter", found[1])
    number = whole_number(str(draft.values.get("doc_number", "")))
    told = by_prefix(number.prefix, near, number.year) if number else None
    listed = told if told and number and squeeze(number.prefix) in told.prefixes else None
    if put_publisher(draft, facts, known, lambda names: not listed or agrees_with(names, listed, near)):
        return True
    if told and number:
        draft.put("issuers", (told.name,), "prefix:authority", number.prefix)
    title = facts.title[0] if facts.title else ""
    if TITLE_OF_BODY.search(title):
        head = known_at_start(title, near)
        draft.put("issuers", (head,) if head else (), "title:head", title)
    return False


def put_publisher(
    draft: Draft, facts: PageFacts, known: Mapping[str, str], accept: Callable[[tuple[str, ...]], bool]
) -> bool:
    """The table's row of the publisher, if its bodies are accepted; True where it was put."""
    cell = facts.info.values.get("publisher")
    if not cell or not accept(names := split_issuers(cell[1], known)):
        return False
    return draft.put("issuers", names, f"info_table:{cell[0]}", cell[1])


def same_bodies(names: tuple[str, ...], others: tuple[str, ...], near: Near) -> bool:
    """Whether two lists name the same known bodies."""
    sides = [{body.id if (body := lookup(n, near)) else n for n in side} for side in (names, others)]
    return bool(names) and sides[0] == sides[1]


def agrees_with(names: tuple[str, ...], body: Authority, near: Near) -> bool:
    """Whether a publisher may be the body that a number's prefix tells: the same, or one that is not known."""
    read = [lookup(name, near) for name in names]
    return any(other is None or other.id == body.id for other in read)


def interpreting_body(facts: PageFacts) -> tuple[str, str] | None:
    """The body on the line 解读机关：… that ends an interpretation (observed: Zhejiang, 2021), and the line."""
    if not facts.body:
        return None
    for i in range(facts.body.end - 1, max(facts.body.start, facts.body.end - INTERPRETER_LINES) - 1, -1):
        if m := INTERPRETER.search(facts.page.lines[i].text):
            return (m[1], m[0]) if looks_like_body(m[1]) else None
    return None


def origin_of_title(title: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The bodies whose document a title says is forwarded; () where it forwards none or names nobody."""
    m = FORWARDED.search(title)
    lead = AND_OTHERS.sub("", m[1].strip()) if m else ""
    return split_issuers(lead, known) if lead and ORGAN.search(squeeze(lead)) else ()


def own_signature(facts: PageFacts, known: Mapping[str, str]) -> Signature | None:
    """The signature of the page's own document, not of one that it forwards."""
    if not facts.body:
        return None
    title = facts.title[0] if facts.title else ""
    expected = expected_issuers(facts, known)
    return find_signature(
        facts.page.lines, facts.body.start, facts.body.end, expected, origin_of_title(title, known)
    )


def put_origin(draft: Draft, facts: PageFacts, known: Mapping[str, str]) -> None:
    """Note the bodies whose document is forwarded as `origin`: by the title, else by the other signature.

    转发 and 批转 are kinds of notice of 《党政机关公文处理工作条例》; the forwarded document keeps its signature.
    """
    title = facts.title[0] if facts.title else ""
    if not FORWARDS.search(title):
        return
    if names := origin_of_title(title, known):
        draft.note("origin", "title:forwarded", "、".join(names))
        return
    issuers = draft.values.get("issuers", ())
    if not facts.body or not issuers:
        return
    for signature in find_signatures(facts.page.lines, facts.body.start, facts.body.end):
        if signature.names and not agree(signature.names, issuers):
            draft.note("origin", "body:signature", "、".join(signature.names))
            return


def issuers_of_number(text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The bodies that an order or announcement spells out in its number; () for numbers with an abbreviation."""
    m = SPELLED_NUMBER.match(text)
    lead = m[1].strip() if m else ""
    if len(squeeze(lead)) < 3:
        return ()
    return bodies_of_republic(lead, known)


def bodies_of_republic(lead: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The bodies that head an order: several as printed, one without the name of the state before it."""
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
