"""The signature of a document: the bodies and the day that end its own text.

Plans, annex tables and forwarded documents often follow it, so it is the first place where names of
bodies are followed by a day on a line of its own.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

from normalizers.authorities import authority_file, read_body
from normalizers.chars import CJK, squeeze
from normalizers.dates import find_dates, parse_date
from normalizers.lines import Line
from normalizers.policy import Precision

MAX_LINE = 90
MAX_BODIES = 20
ORGAN = re.compile(
    r"(?:政府|办公厅|办公室|办|局|厅|委员会|委|部|院|中心|总局|署|会|处|站|公司|党组|党委|秘书局|秘书处|银行|行|总队|支队|大队|组|馆|学校|大学|学院|"
    r"指挥部|街道|事务所|所|税务总局|海关|协会|联合会|总社|社|室|集团|司|机制|领导小组|基金会|团|军区|队|科协|妇联|残联|工商联|侨联|文联|工会)(?:[（(][^）)]{1,20}[）)]|（代章）)?$"
)
OFFICES = "总理|部长|主任|局长|厅长|署长|主席|行长|省长|市长|县长|区长|州长|盟长|旗长|镇长|乡长|会长|院长|审计长|检察长|关长|秘书长"
# 国家互联网信息办公室主任 庄某某 · 局 长 罗某 · 总理 李某
SIGNER = re.compile(rf"(?:{OFFICES})[:：]?(?:[{CJK}]{{2,4}}|[{CJK}]{{2,6}}·[{CJK}]{{2,6}})$")
DAY_LINE = re.compile(
    rf"^[\s（(]*((?:(?:19|20)\d\d|[{CJK}○Ｏ０ОOo0]{{4}})\s*年\s*[\d{CJK}○Ｏ０ОOo0]{{1,3}}\s*月\s*[\d{CJK}○Ｏ０ОOo0]{{1,3}}\s*日)\s*[）)]?\s*(?:印发|发布)?$"
)
DAY_AT_END = re.compile(
    rf"^(.{{2,80}}?)[\s（(]*((?:(?:19|20)\d\d|[{CJK}○ОOo0]{{4}})\s*年\s*[\d{CJK}○ОOo]{{1,3}}\s*月\s*[\d{CJK}○ОOo]{{1,3}}\s*日)\s*[）)]?$"
)
# The last paragraph runs on into the signature: …特此批复。 某县人民政府 2013年9月9日 (observed: Zhejiang, 2013).
RUN_ON = re.compile(
    rf"[。；）)]\s*([{CJK}]{{4,40}})\s*((?:(?:19|20)\d\d|[{CJK}○ОOo0]{{4}})\s*年\s*[\d{CJK}○ОOo0]{{1,3}}\s*月\s*[\d{CJK}○ОOo0]{{1,3}}\s*日)\s*$"
)
RUN_ON_TAIL = 100
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
        if names and (len(part) <= 1 or not _is_whole(names[-1])):
            names[-1] += part
        else:
            names.append(part)
    return tuple(name for joined in names for name in split_known(joined))


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
        if len(text) < 6 or "日" not in text:
            continue
        if len(text) > MAX_LINE:
            if found := _run_on(text, i):
                yield found
            continue
        if m := DAY_LINE.match(text):
            if found := _above(lines, start, i, m[1]):
                yield found
        elif (
            (m := DAY_AT_END.match(text))
            and looks_like_body(m[1])
            and i > start
            and (day := parse_date(m[2]))
        ):
            names = _names(lines, start, i, [m[1]])
            yield Signature(names, day.day, day.precision, text, i, i + 1)


def _run_on(text: str, at: int) -> Signature | None:
    """The signature that ends a long paragraph, if a body that is known to be one signs it."""
    m = RUN_ON.search(text[-RUN_ON_TAIL:])
    day = parse_date(m[2]) if m else None
    if not m or not day or not looks_like_body(m[1]) or read_body(m[1]) is None:
        return None
    return Signature((m[1],), day.day, day.precision, m[0][1:].strip(), at, at + 1)


def find_signature(lines: list[Line], start: int, end: int, expected: Collection[str]) -> Signature | None:
    """The document's own signature: the first one that agrees with the `expected` bodies, or the first of all.

    Where bodies are expected (table, title) and other bodies sign, the signature belongs to a forwarded
    document and is not taken. A signing person agrees with every body, a last line that is only a day too.
    """
    for signature in find_signatures(lines, start, end):
        if not expected or not signature.names:
            return signature
        # The lead body signs first; what stands above it is the last item of the annex note.
        for i, name in enumerate(signature.names):
            if agree([name], expected):
                return replace(signature, names=signature.names[i:])
    return last_day(lines, start, end)


def last_day(lines: list[Line], start: int, end: int) -> Signature | None:
    """A day without names that ends a document; only a note in brackets may follow it."""
    for i in range(end - 1, max(start, end - 3), -1):
        if (m := DAY_LINE.match(lines[i].text)) and (day := parse_date(m[1])):
            return (
                None
                if looks_like_body(lines[i - 1].text)
                else Signature((), day.day, day.precision, m[1], i, i + 1)
            )
        if not lines[i].text.startswith(("（", "(")):
            return None
    return None


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
    names = _names(lines, start, at, [])
    if not names:
        return None
    return Signature(
        names, day.day, day.precision, " ".join([*names, raw]), max(at - len(names), start), at + 1
    )


def is_signer(text: str) -> bool:
    """Whether a line is the office and name of the person who signed."""
    flat = squeeze(text)
    return len(flat) <= 30 and bool(SIGNER.search(flat))


def _names(lines: list[Line], start: int, at: int, tail: list[str]) -> tuple[str, ...]:
    printed = list(tail)
    i = at - 1
    while (
        i >= start
        and len(printed) < MAX_BODIES
        and looks_like_body(lines[i].text)
        and len(lines[i].text) <= MAX_LINE
    ):
        printed.insert(0, lines[i].text)
        i -= 1
    names: list[str] = []
    for text in printed:
        names += [n for n in split_names(text) if n not in names]
    return tuple(names)


def day_of_adoption(text: str) -> date | None:
    """The day in a bracket that says when a rule was adopted or published, as 2007年12月4日…令第165号公布."""
    if not re.search(r"(?:公布|通过|发布|批准|签发|令)", text):
        return None
    days = find_dates(text)
    return days[0].day if days and days[0].start <= 3 else None
