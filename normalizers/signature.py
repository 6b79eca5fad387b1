"""The signature of a document: the bodies and the day that end its own text.

Plans, annex tables and forwarded documents often follow it, so it is the first place where names of
bodies are followed by a day on a line of its own.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

from normalizers.authorities import SEAL, authority_file, read_body
from normalizers.chars import CJK, squeeze
from normalizers.dates import ZERO, find_dates, parse_date
from normalizers.lines import Line
from normalizers.policy import Precision

# Half and double of each number below give all of 97 real pages the same signature (2026).
# The longest line of bodies and the most bodies that sign together; more is no signature.
MAX_LINE = 90
MAX_BODIES = 20
# Last words of the names of bodies, as 21,000 numbers and titles (2001-2026) and the authority file have them.
_ORGANS = (
    "政府|办公厅|办公室|办|局|厅|委员会|委|部|院|中心|总局|署|会|处|站|公司|党组|党委|秘书局|秘书处|银行|行|总队|支队|大队|组|馆|学校|大学|学院|"
    "指挥部|街道|事务所|所|税务总局|海关|协会|联合会|总社|社|室|集团|司|机制|领导小组|基金会|团|军区|队|科协|妇联|残联|工商联|侨联|文联|工会"
)
# Government, courts, institutions, companies, secretariats and the organisations that laws name (侨联: 《中华人民共和国
# 归侨侨眷权益保护法》).
ORGAN = re.compile(rf"(?:{_ORGANS})(?:[（(][^）)]{{1,20}}[）)]|（代章）)?$")
ORGAN_ENDS = frozenset(name[-1] for name in _ORGANS.split("|")) | frozenset("）)")
# Heads sign the orders that publish rules: 《立法法》, 《地方各级人民代表大会和地方各级人民政府组织法》.
OFFICES = "总理|部长|主任|局长|厅长|署长|主席|行长|省长|市长|县长|区长|州长|盟长|旗长|镇长|乡长|会长|院长|审计长|检察长|关长|秘书长"
# 国家互联网信息办公室主任 庄某某 · 局 长 罗某 · 总理 李某: office and name as GB/T 9704-2012 has orders (命令格式) signed.
SIGNER = re.compile(rf"(?:{OFFICES})[:：]?(?:[{CJK}]{{2,4}}|[{CJK}]{{2,6}}·[{CJK}]{{2,6}})$")
_FIGURE = rf"[\d{CJK}{ZERO}](?:\s?[\d{CJK}{ZERO}]){{0,2}}"
_MONTH = rf"(?:(?:19|20)\d\d|[{CJK}{ZERO}](?:\s?[{CJK}{ZERO}]){{3}})\s*年\s*{_FIGURE}\s*月"
_DAY = rf"{_MONTH}\s*{_FIGURE}\s*日"
# The note 附注 stands on the day's line where a site lost the break: 2019年6月28日 （此件公开发布）.
_NOTE = r"(?:\s*[（(][^（）()]{2,60}[）)])?\s*"
# A day with 印发 after it is that of the imprint (GB/T 9704-2012, 版记), some days after the signature.
DAY_LINE = re.compile(rf"^[\s（(]*({_DAY})\s*[）)]?\s*(?:发布)?{_NOTE}$")
DAY_AT_END = re.compile(rf"^(.{{2,80}}?)[\s（(]*({_DAY})\s*[）)]?{_NOTE}$")
# The last paragraph runs on into the signature: …特此批复。 某县人民政府 2013年9月9日 (observed: Zhejiang, 2013).
RUN_ON = re.compile(rf"(?:[。；）)]\s*|\s)([{CJK}]{{4,40}})\s*({_DAY}){_NOTE}$")
# Days in figures and months alone sign a document only under a name among its last lines.
LOOSE_LINE = re.compile(
    rf"^[\s（(]*((?:19|20)\d\d\s?[-./．]\s?\d{{1,2}}\s?[-./．]\s?\d{{1,2}}|{_MONTH})\s*[）)]?$"
)
LAST_LINES = 8
MAX_DAY_LINE = 60
# What parts the text of a document from its annexes: the note 附件 and the annexes (GB/T 9704-2012, 7.3.4 and 7.3.8).
ANNEX_HEAD = re.compile(r"^(?:附\s*件|附\s*[:：]|附\s*[录表]|注\s*[:：])")
# A text has sentences; a day over a table without one heads the table.
SENTENCE_LENGTH = 30
RUN_ON_TAIL = 100
# Short names are letter-spaced to the width of the others; these ends of longer ones are no names.
SPACED_NAME = 3
TAILS = frozenset({"办公厅", "办公室", "员会", "秘书局"})
# Names of two or three characters end in one of these: 司法部, 财政厅; 中医馆 and 换电站 are items of a list.
SHORT_END = frozenset("部局厅委办院署")
SENTENCE = re.compile(r"[，、]$|[。；！？：:]")


@dataclass(frozen=True, slots=True)
class Signature:
    """Names as printed (one a body), the day, and the numbers of the lines they stand on."""

    names: tuple[str, ...]
    day: date
    precision: Precision
    raw: str
    start: int
    end: int


def looks_like_body(text: str) -> bool:
    """Whether a text reads like the name of a public body, or several of them."""
    flat = squeeze(text)
    if flat[-1:] not in ORGAN_ENDS:
        return False
    if len(flat) < (2 if flat[-1:] in SHORT_END else 4) and flat not in authority_file().by_name:
        return False
    return len(flat) <= MAX_LINE and not SENTENCE.search(text.strip()) and bool(ORGAN.search(flat))


def split_names(text: str) -> tuple[str, ...]:
    """The bodies of one line: parted by 、 or by spaces between whole names."""
    names: list[str] = []
    for part in re.split(r"(?:[、;；，,]|\s{1,})(?![^（(]{0,60}[）)])", text.strip()):
        part = part.strip()
        if not part:
            continue
        if names and (_goes_on(names[-1], part) or not _is_whole(names[-1])):
            names[-1] += part
        else:
            names.append(part)
    joined: list[str] = []
    for name in names:
        if joined and (len(name) == 1 or name in TAILS):
            joined[-1] += name
        else:
            joined.append(name)
    return tuple(known for name in joined for known in split_known(name))


def _goes_on(name: str, part: str) -> bool:
    """Whether one more character of a letter-spaced line belongs to the name before: 司 法 部 公 安 部 are two."""
    return len(part) <= 1 and (len(name) < SPACED_NAME or not _is_whole(name))


def _is_whole(name: str) -> bool:
    return bool(ORGAN.search(name)) or name in authority_file().by_name


def split_known(name: str) -> tuple[str, ...]:
    """Known national bodies printed without a mark between them: 中共中央国务院, 财政部税务总局."""
    known = authority_file().by_name
    if len(name) < 6 or name in known:
        return (name,)
    for at in range(len(name) - 2, 2, -1):
        if name[:at] in known and (rest := split_known(name[at:]))[0] in known:
            return (name[:at], *rest)
    return (name,)


def find_signatures(lines: list[Line], start: int, end: int) -> Iterator[Signature]:
    """All signatures of a range of lines in reading order: names or a signing person before a day."""
    for i in range(start, end):
        text = lines[i].text
        if len(text) < 6:
            continue
        if "日" in text:
            found = (_signed_at(lines, start, i) if len(text) <= MAX_LINE else None) or _run_on(text, i)
        else:
            found = _signed_loosely(lines, start, i) if i >= end - LAST_LINES else None
        if found:
            yield found


def _signed_at(lines: list[Line], start: int, at: int) -> Signature | None:
    """The signature whose day stands on a line, alone or after a name."""
    text = lines[at].text
    if m := DAY_LINE.match(text):
        return _above(lines, start, at, m[1])
    m = DAY_AT_END.match(text)
    if not m or at <= start or not looks_like_body(m[1]) or not (day := parse_date(m[2])):
        return None
    names, first = _names(lines, start, at, [m[1]])
    return Signature(names, day.day, day.precision, text, first, at + 1)


def _signed_loosely(lines: list[Line], start: int, at: int) -> Signature | None:
    """The signature of names above a month alone or a day in figures."""
    m = LOOSE_LINE.match(lines[at].text)
    found = _above(lines, start, at, m[1]) if m else None
    return found if found and found.names else None


def _run_on(text: str, at: int) -> Signature | None:
    """The signature that ends a long paragraph, if a body that is known to be one signs it."""
    m = RUN_ON.search(text[-RUN_ON_TAIL:])
    day = parse_date(m[2]) if m else None
    if not m or not day or not looks_like_body(m[1]) or read_body(m[1]) is None:
        return None
    if m[0][0].isspace() and len(text) <= MAX_LINE:
        return None
    return Signature((m[1],), day.day, day.precision, m[0][1:].strip(), at, at + 1)


def find_signature(
    lines: list[Line], start: int, end: int, expected: Collection[str], origin: Collection[str] = ()
) -> Signature | None:
    """The document's own signature: the first one that agrees with the `expected` bodies, or the first of all.

    Where bodies are expected (table, title) and other bodies sign, the signature belongs to a forwarded
    document and is not taken; nor is one by the `origin` of a forwarded document where nobody is
    expected. A signing person agrees with every body, a last line that is only a day too.
    """
    for signature in find_signatures(lines, start, end):
        if not signature.names:
            return signature
        if not expected:
            if not any(_same_end(name, other) for name in signature.names for other in origin):
                return signature
            continue
        # The lead body signs first; what stands above it is the last item of the annex note.
        for i, name in enumerate(signature.names):
            if agree([name], expected):
                return replace(signature, names=signature.names[i:], start=_line_of(lines, signature, name))
    return last_day(lines, start, end)


def _line_of(lines: list[Line], signature: Signature, name: str) -> int:
    """The line of a signature on which one of its names stands."""
    wanted = squeeze(name)
    found = (i for i in range(signature.start, signature.end) if wanted in squeeze(lines[i].text))
    return next(found, signature.start)


def _same_end(name: str, other: str) -> bool:
    """Whether two names are one but for what stands before: 演示省财政厅 and 省财政厅."""
    return name.endswith(other) or other.endswith(name)


def last_day(lines: list[Line], start: int, end: int) -> Signature | None:
    """A day without names that ends a document's text: after it come only notes in brackets, tables, annexes.

    Of several such days the one at the very end counts; others head tables.
    """
    found = [
        i
        for i in range(start + 1, end)
        if "日" in lines[i].text
        and len(lines[i].text) <= MAX_DAY_LINE
        and DAY_LINE.match(lines[i].text)
        and _ends_text(lines, i, end)
    ]
    if not found:
        return None
    at = found[-1]
    after = next((lines[i] for i in range(at + 1, end) if not _is_note(lines[i].text)), None)
    if after is not None and (
        len(found) > 1 or not any(len(line.text) >= SENTENCE_LENGTH for line in lines[start:at])
    ):
        return None
    m = DAY_LINE.match(lines[at].text)
    day = parse_date(m[1]) if m else None
    if not m or not day or looks_like_body(lines[at - 1].text):
        return None
    return Signature((), day.day, day.precision, m[1], at, at + 1)


def _ends_text(lines: list[Line], at: int, end: int) -> bool:
    """Whether nothing but notes in brackets stands between a line and a table, an annex or the end."""
    for i in range(at + 1, end):  # a copy for each line would take quadratic time
        line = lines[i]
        if line.table >= 0 and line.table != lines[at].table:
            return True
        if not _is_note(line.text):
            return bool(ANNEX_HEAD.match(line.text))
    return True


def _is_note(text: str) -> bool:
    return not text or text.startswith(("（", "("))


def agree(names: Collection[str], others: Collection[str]) -> bool:
    """Whether a name of one side is one of the other side, or abbreviates it."""
    return any(within(a, b) or within(b, a) for a in map(squeeze, names) for b in map(squeeze, others))


def within(name: str, whole: str) -> bool:
    """Whether the characters of a name stand in another in the same order: 省科技厅 in 某省科学技术厅."""
    rest = iter(whole)
    return all(c in rest for c in name)


def _above(lines: list[Line], start: int, at: int, raw: str) -> Signature | None:
    """The signature whose day is on line `at`, if bodies or signing persons stand above it."""
    day = parse_date(raw)
    if not day or at <= start:
        return None
    first = at
    while first > start and is_signer(lines[first - 1].text):
        first -= 1
    if first < at:
        printed = " ".join(line.text for line in lines[first:at])
        return Signature((), day.day, day.precision, f"{printed} {raw}", first, at + 1)
    names, first = _names(lines, start, at, [])
    if not names:
        return None
    return Signature(names, day.day, day.precision, " ".join([*names, raw]), first, at + 1)


def is_signer(text: str) -> bool:
    """Whether a line is the office and name of the person who signed."""
    flat = squeeze(text)
    return len(flat) <= 30 and bool(SIGNER.search(flat))


def _names(lines: list[Line], start: int, at: int, tail: list[str]) -> tuple[tuple[str, ...], int]:
    """The bodies on the lines above `at`, then those of `tail`, and the first of these lines."""
    printed = list(tail)
    first = at
    while (
        first > start
        and len(printed) < MAX_BODIES
        and looks_like_body(lines[first - 1].text)
        and len(lines[first - 1].text) <= MAX_LINE
    ):
        first -= 1
        printed.insert(0, lines[first].text)
    names = (SEAL.sub("", name) for text in printed for name in split_names(text))
    return tuple(dict.fromkeys(names)), first


def day_of_adoption(text: str) -> date | None:
    """The day in a bracket that says when a rule was adopted or published, as 2007年12月4日…令第165号公布."""
    if not re.search(r"(?:公布|通过|发布|批准|签发|令)", text):
        return None
    days = find_dates(text)
    return days[0].day if days and days[0].start <= 3 else None
