"""Document numbers 发文字号: finding them, reading every spelling, one key for each.

Shapes (21,000 real numbers, 2001-2026): 国办发〔2023〕12号 · 国务院令第707号 · 国令第707号 ·
财政部 税务总局公告2020年第27号 · 商服贸函2026年第322号, with brackets of every kind, spaces, zero-width
marks, full-width digits, 第, leading zeros and a forgotten or misplaced 号.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from normalizers.chars import CJK, INVISIBLE, ONE_BRACKET, chinese_number, squeeze
from normalizers.policy import Evidence
from normalizers.signature import looks_like_body
from normalizers.traditional import simplify_name

# Longest agency prefix seen is 国家发展改革委办公厅函 style (11); orders of joint bodies reach 85 characters.
MAX_PREFIX, MAX_JOINT_PREFIX = 20, 120
MAX_TEXT = 20_000
MAX_WHOLE = 250
WIDE = {0xFF10 + i: ord("0") + i for i in range(10)} | {0xFF21 + i: ord("A") + i for i in range(26)}
WIDE[ord("號")] = ord("号")
FOLDED = ONE_BRACKET | WIDE
SERIAL = r"(?:\d{1,5}|[一二三四五六七八九十百零〇○]{1,6})"
TAIL = re.compile(
    rf"""\[\s*(?P<year>(?:19|20)\d\s?\d)\s*年?\s*\]\s*(?:[第号]\s*)*(?P<serial>{SERIAL})(?!\d)\s*(?P<hao>号)?
      | (?P<open2>\[\s*)?(?<!\d)(?P<year2>(?:19|20)\d\d)\s*年?\s*(?:第\s*(?P<serial2>{SERIAL})|(?P<serial3>\d{{1,4}}))\s*号(?(open2)\s*\])
      | (?P<open4>\[\s*)?(?:第\s*(?P<serial4>{SERIAL})|(?P<serial5>\d{{1,4}}))\s*号(?(open4)\s*\])""",
    re.VERBOSE,
)
PREFIX_CHARS = re.compile(rf"[{CJK}A-Za-z·、\s]{{1,{MAX_JOINT_PREFIX}}}$")
# Words that lead to a cited number and are no part of it.
CUE = re.compile(
    r".*(?:发文字号|文号|字号|编号|根据|按照|依据|依照|遵照|贯彻|落实|执行|转发|印发|关于|以下简称|文件|通知|意见|规定|批复|办法"
    r"|决定|方案|精神|详见|参照|废止|修改|修订|实施|来源|登记|时间|日期|主动公开)"
)
ORDER_CUE = re.compile(r".*(?:根据|按照|依据|依照|关于|转发|发文字号|文号)", re.DOTALL)
SPELLED = re.compile(r"(?:令|公告|通告)\s*$")
ANNOUNCEMENT = re.compile(r"(?:公告|通告|公报|通报|函|通知|决定|命令|批复|意见|字|发|办|规|告)$")
REPUBLIC = "中华人民共和国"
KEY = re.compile(rf"[{CJK}a-z·]+(?:(?:19|20)\d\d)?-\d+")
PLACEHOLDER = re.compile(
    r"(?:无|暂无|空|没有|略|null|none|[-—－_/\\.]*|\[\]第?号?|号|\[\s*\d*\s*\]\s*号?)", re.IGNORECASE
)
# A text without any of these, 号 or a year in brackets, holds no number; most lines of a page are such.
NUMBER_MARK = re.compile(rf"[号號]|[〔\[［（(【﹝](?:\s|{INVISIBLE.pattern})*[12１２]")
NUMBER_LABEL = re.compile(r"发文字号|文件编号|文号|字号|编号")
LETTER = re.compile(rf"[{CJK}\w]")
# A line of the header zone longer than this cites numbers, it does not carry its own.
MAX_NUMBER_LINE = 120
ADOPTED = re.compile(r"(?:19|20)\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*")
SECOND_LINE = re.compile(r"\s*(?:[〔［（(【﹝\[]\s*)?(?:第|令|(?:19|20)\d\d)")


@dataclass(frozen=True, slots=True)
class DocNumber:
    """One number of a text: its parts, its key, what was printed and where.

    `year` is None for orders (令) that count through; `start` and `end` refer to the text with
    invisible marks removed.
    """

    prefix: str
    year: int | None
    serial: int
    raw: str
    start: int
    end: int

    @property
    def key(self) -> str:
        """The same for every spelling: prefix, year, hyphen, serial, as in 国办发2023-12."""
        prefix = simplify_name(squeeze(self.prefix)).replace("、", "").replace(REPUBLIC, "").lower()
        prefix = "国务院令" if prefix == "国令" else prefix
        return f"{prefix}{self.year or ''}-{self.serial}"

    @property
    def text(self) -> str:
        """The number as printed, without the white space that no number has."""
        return " ".join(self.raw.split()) if self.joint else squeeze(self.raw)

    @property
    def joint(self) -> bool:
        """Whether the prefix spells out its bodies, as orders and announcements do."""
        return len(squeeze(self.prefix)) > MAX_PREFIX or bool(re.search(r"[令告]\s*$", self.prefix))


def _clean(text: str) -> str:
    return INVISIBLE.sub("", text[:MAX_TEXT])


def _prefix(before: str, order: bool) -> str:
    """The agency's part of a number, read backwards from its year or serial."""
    m = PREFIX_CHARS.search(before)
    if not m:
        return ""
    found = m[0]
    if m.start() and before[m.start() - 1].isdigit():
        found = found.lstrip("年月日")
    if order:
        return ORDER_CUE.sub("", found).strip(" 、\u3000\xa0\n\t")
    words = CUE.sub("", found).rpartition("号")[2]
    if m.start() and before[m.start() - 1] == "]":
        words = words.lstrip("和与及")
    words = words.strip()
    tokens = words.split()
    while len(tokens) > 1 and (len(tokens[-1]) == 1 or len(tokens[-2]) == 1):
        tokens[-2:] = [tokens[-2] + tokens[-1]]
    last = tokens[-1] if tokens else ""
    return last.rpartition("、")[2]


def _number(text: str, folded: str, m: re.Match[str]) -> DocNumber | None:
    year = m["year"] or m["year2"]
    serial = chinese_number(m["serial"] or m["serial2"] or m["serial3"] or m["serial4"] or m["serial5"])
    offset = max(0, m.start() - MAX_JOINT_PREFIX - 1)
    before = folded[offset : m.start()]
    spelled = bool(SPELLED.search(before))
    named = spelled or m["year"] or (year and ANNOUNCEMENT.search(before.rstrip()))
    prefix = _prefix(before, order=spelled) if named and serial is not None else ""
    if not prefix or serial is None or (not spelled and len(prefix) > MAX_PREFIX):
        return None
    start = offset + (before.rindex(prefix) if spelled else _start_of(before, prefix))
    raw = text[start : m.end()].strip()
    return DocNumber(prefix, int(squeeze(year)) if year else None, serial, raw, start, m.end())


def _start_of(before: str, prefix: str) -> int:
    """Where a prefix begins whose inner spaces were dropped."""
    i, left = len(before), len(prefix)
    while i and left:
        i -= 1
        left -= not before[i].isspace()
    return i


def parse_doc_numbers(text: str) -> tuple[DocNumber, ...]:
    """All document numbers of a text, own and cited, in reading order; the first MAX_TEXT characters are read."""
    if not NUMBER_MARK.search(text, 0, MAX_TEXT):
        return ()
    clean = _clean(text)
    folded = clean.translate(FOLDED)
    return tuple(n for m in TAIL.finditer(folded) if (n := _number(clean, folded, m)))


def whole_number(text: str) -> DocNumber | None:
    """The number that a text is, apart from a label, brackets or dashes around it; None where it is more."""
    numbers = parse_doc_numbers(text) if len(text) <= MAX_WHOLE else ()
    if not numbers:
        return None
    first = numbers[0]
    clean = _clean(text)
    rest = clean[: first.start] + clean[first.end :]
    return first if not LETTER.search(NUMBER_LABEL.sub("", rest)) else None


def is_placeholder(text: str) -> bool:
    """Whether a cell says that there is no value: empty, 无, 暂无, dashes, 〔〕号."""
    return bool(PLACEHOLDER.fullmatch(squeeze(text).translate(ONE_BRACKET)))


def doc_number_key(text: str) -> str:
    """One key for every spelling of a number; of a text that is no number, its folded characters; "" for none.

    `doc_number_key(doc_number_key(x)) == doc_number_key(x)`.
    """
    if is_placeholder(text):
        return ""
    text = simplify_name(text)
    folded = squeeze(_clean(text)).translate(FOLDED).lower()
    if KEY.fullmatch(folded):
        return folded
    if number := whole_number(text):
        return number.key
    numbers = parse_doc_numbers(folded)
    if numbers and numbers[0].start == 0 and numbers[0].end >= len(folded) - 1:
        return numbers[0].key
    rest = re.sub(r"[\[\]第]", "", folded).rstrip("号")
    return "" if is_placeholder(rest) else rest


def extract_doc_number(
    api: str, cell: tuple[str, str] | None, title: str, header: Iterable[str], first: Iterable[str], row: str
) -> tuple[DocNumber, Evidence] | None:
    """The page's own number: from the API, the info table, the title, the lines above the body, its first lines, the list row.

    Numbers that a sentence cites never count; None where no source has one.
    """
    sources = [("api:doc_number", api), (f"info_table:{cell[0]}" if cell else "", cell[1] if cell else "")]
    for rule, text in sources:
        if text and (numbers := parse_doc_numbers(text)):
            return numbers[0], Evidence(rule, text)
    if number := number_at_title_end(title):
        return number, Evidence("title:number", number.raw)
    for rule, texts in (("header:number", list(header)), ("body:number", list(first))):
        if number := number_of_lines(texts):
            return number, Evidence(rule, number.raw)
    if number := number_at_title_start(title):
        return number, Evidence("title:number", number.raw)
    if row and (number := whole_number(row)):
        return number, Evidence("list_row:number", row)
    return None


def number_at_title_end(title: str) -> DocNumber | None:
    """The number in brackets at the end of a title."""
    numbers = parse_doc_numbers(title)
    if not numbers:
        return None
    last = numbers[-1]
    closed = not re.search(r"[^\s）)\]】]", title[last.end :])
    return last if closed and re.search(r"[（(\[【]\s*$", title[: last.start]) else None


def number_at_title_start(title: str) -> DocNumber | None:
    """The order or announcement that a title begins with."""
    first = next(iter(parse_doc_numbers(title)), None)
    return first if first and first.start <= 1 and first.joint and "关于" not in first.raw else None


def number_of_lines(texts: list[str]) -> DocNumber | None:
    """The number that stands on a line of its own, over several lines, or in a bracket of adoption."""
    for i, text in enumerate(texts):
        if len(text) > MAX_NUMBER_LINE:
            continue
        if number := whole_number(text) or whole_number(spread(texts, i)) or adopted_number(text):
            return number
    return None


def spread(texts: list[str], last: int) -> str:
    """A number over several lines that ends on line `last`: bodies, 令 and 第N号 each on their own; "" for none."""
    if not last or not SECOND_LINE.match(texts[last]) or len(texts[last]) > 20:
        return ""
    first = last - 1
    if squeeze(texts[first]) == "令" and first:
        first -= 1
        while first and looks_like_body(texts[first - 1]):
            first -= 1
    return " ".join(texts[first : last + 1])


def adopted_number(text: str) -> DocNumber | None:
    """The order in a bracket such as （2007年12月4日建设部、财政部令第165号公布 自…起施行）."""
    if not re.match(r"\s*[（(]\s*(?:19|20)\d\d\s*年", text) or "修" in text.partition("令")[0]:
        return None
    rest = ADOPTED.sub("", text.strip(" （("), count=1)
    numbers = parse_doc_numbers(rest)
    return numbers[0] if numbers and numbers[0].start == 0 else None
