"""From when and until when a document is in force, as its own last or first sentences say.

Clauses as 《立法技术规范（试行）（一）》 (法工委发〔2009〕62号) words them, 自…起施行, and the terms that provinces ask of normative
documents (有效期5年, 试行2年), with the variants that departments print.

Clauses about other papers, permits and certificates never count: a clause belongs to the document where
its sentence speaks of 本办法, 本通知 … or of publishing (现予公布), or says nothing but the term.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from normalizers.chars import chinese_number, squeeze
from normalizers.dates import PrintedDate, parse_date
from normalizers.policy import Precision

WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
HAN = "一二三四五六七八九〇○零ＯO"
DAY = rf"(?:(?:19|20)\d\d|[{HAN}]{{4}})\s*年\s*[\d{HAN}十]{{1,3}}\s*月\s*[\d{HAN}十]{{1,3}}\s*日"
MONTH = rf"(?:(?:19|20)\d\d|[{HAN}]{{4}})\s*年\s*[\d{HAN}十]{{1,3}}\s*月(?!\s*[\d{HAN}十])"
# 年底 and 年末 are 31 December.
YEAR_END = r"((?:19|20)\d\d)\s*年\s*[底末]"
FORCE = r"(?:施\s*行|实施|执行|生效|实行|试行)"
COUNT = rf"[\d{HAN}两十]{{1,3}}"
FROM_DAY = re.compile(
    rf"(?:自|从|于|在)?\s*({DAY})\s*(?:零时|0时|起|之日起|开始|以后|后)*[，,]?\s*(?:在[^，。]{{2,8}})?(?:正式|全面|开始|统一|依法)*\s*{FORCE}"
)
# A month counts where the clause ends with it: 自2024年3月起执行; 自2024年3月起，实施演示工程 is an aim.
FROM_MONTH = re.compile(
    rf"(?:自|从)\s*({MONTH})\s*份?\s*起?\s*(?:正式|全面|开始|统一)*\s*{FORCE}(?=\s*(?:$|[，,（(]))"
)
FROM_TO = re.compile(
    rf"(?:自|从|(?:有效|执行|实施|试行|施行)期(?:为|自|从|[^，。；]{{0,8}}[（(])?|期限(?:为|自|[^，。；]{{0,8}}[（(])?|时间(?:为|自)?)\s*[:：]?\s*({DAY})\s*(?:起)?\s*(?:至|到|—|－|-|~|～)+\s*({DAY})"
)
SINCE = re.compile(
    rf"(?:自|从)\s*(?:本?[^，。《》日]{{0,6}}?)(?:发布|公布|印发|下发|颁布|发文|下文|签发|公告|颁发|发出|文件印发)\s*(?:之)?\s*(?:日|时)?\s*(?:起|后)?\s*(?:满)?\s*"
    rf"([\d{HAN}十]{{1,4}}\s*(?:个)?(?:日|天|月)(?:之?后|起|后起)?)?\s*(?:起)?\s*(?:正式|开始|依法)*\s*{FORCE}"
)
UNTIL = re.compile(
    rf"(?:有效期限?|试行期限?|执行期限?|实施期限?|有效期截至|执行|实施|施行|试行|有效|失效日期|暂定)(?:至|到|为|截至|截止到?|截止于|止于|[:：])+\s*({DAY}|{MONTH}|{YEAR_END})\s*(?:止|为止)?(?!\s*(?:至|到|—|－|-|~|～))"
)
# …起施行，至2028年12月31日止; …，2028年12月31日自动失效.
ENDS = re.compile(
    rf"(?:[，,；]\s*(?:有效)?(?:至|到)\s*({DAY})\s*(?:止|为止|截止)|[，,；]\s*(?:于|至|到)?\s*({DAY})\s*(?:起|后|时)?(?:自动|自行)?(?:失效|废止))"
)
YEARS = re.compile(
    rf"(?:有效期限?|试行期限?|执行期限?|施行期限?|实施期限?|暂定|试行|暂行|期限)\s*(?:暂?定?为|限为|为期|暂定|是)?\s*({COUNT})\s*(个月|年)(?!\d|度|级|内|以|底|末)"
)
# 自印发之日起1年内有效
WITHIN = re.compile(rf"起\s*({COUNT})\s*(个月|年)\s*(?:之)?内\s*有效")
COUNTED_FROM = re.compile(rf"(?:自|从)\s*({DAY})\s*起\s*(?:计算|算起|起算|计)")
OWN = re.compile(
    r"本(?:办法|规定|通知|意见|条例|决定|公告|通告|细则|实施细则|规则|规程|方案|措施|政策|政策措施|文件|制度|标准|法|令|指南|暂行办法|规范|实施办法|实施意见"
    r"|实施方案|指导意见|计划|规划|预案|准则|补充通知|目录|清单|基准|若干措施|管理办法|管理规定|工作规则|\S{0,6}细则|试行办法|暂行规定)"
)
PROMULGATED = re.compile(r"(?:现|予以?|公布|印发|发布|颁布)")
BARE = re.compile(
    rf"^\s*(?:第[{HAN}十百\d]+条|[（(]?[{HAN}十\d]+[）)、.]*)?\s*(?:自|从|有效期|试行期|(?:政策)?(?:执行|实施|有效)期限?)"
)
# Things other than the document that have a term.
OTHERS = re.compile(
    r"许可|证书|资格|执照|注册|批文|合同|协议|申报|公示|报名|名单|资质|评估结果|额度|检验|补贴对象|承诺书|通行证|废止|清理时|该文件|原文件|期满|届满|延长"
)
# Of a long document its first and last paragraphs are looked at.
FIRST, LAST = 12, 25
MAX_SENTENCE = 400
# A sentence without one of these holds no clause.
MARK = re.compile(r"施\s*行|实施|执行|生效|实行|试行|有效期|暂定|失效日期|期限|内\s*有效")
SENTENCE = re.compile(r"[^。；;\n]+")


@dataclass(frozen=True, slots=True)
class Term:
    """A date with its precision, the rule that found it and the clause it was read from."""

    day: date
    precision: Precision
    rule: str
    raw: str


@dataclass(frozen=True, slots=True)
class Terms:
    """First and last day in force, and what other clauses say against them."""

    effective: Term | None = None
    expiry: Term | None = None
    others: tuple[Term, ...] = ()


def extract_terms(texts: Sequence[str], base: PrintedDate | None, *, amends: bool = False) -> Terms:
    """The terms of a document from its paragraphs.

    `base` is the day of signing, from which 自发布之日起 counts; where it is None such a clause gives
    nothing. Of a document that `amends` another the first clause is its own, else the last.
    """
    sentences = list(_wanted(texts))
    found = [pair for text in sentences if (pair := _effective(text, base))]
    own = [term for term, owned in found if owned] or [term for term, _ in found]
    effective: Term | None = (own[0] if amends else own[-1]) if own else None
    others: dict[date, Term] = {}
    if effective and not amends:
        others = {term.day: term for term, owned in found if owned and term.day != effective.day}
    start = PrintedDate(effective.day, effective.precision, effective.raw, 0, 0) if effective else base
    ends = [term for text in sentences if (term := _expiry(text, start))]
    return Terms(effective, (ends[0] if amends else ends[-1]) if ends else None, tuple(others.values()))


def _wanted(texts: Sequence[str]) -> Iterable[str]:
    """The sentences of the first and last paragraphs that may hold a clause."""
    for text in (*texts[:FIRST], *texts[max(FIRST, len(texts) - LAST) :]):
        if not MARK.search(text):
            continue
        for m in SENTENCE.finditer(text):
            if len(m[0]) <= MAX_SENTENCE and MARK.search(m[0]):
                yield m[0].translate(WIDE)


def _effective(sentence: str, base: PrintedDate | None) -> tuple[Term, bool] | None:
    """The first day in force that a sentence names, and whether it says that it speaks of this document."""
    clause = FROM_TO.search(sentence) or FROM_DAY.search(sentence) or FROM_MONTH.search(sentence)
    owned = _owned(sentence, clause.start() if clause else 0)
    if clause and owned is not None and (day := parse_date(clause[1])):
        return Term(day.day, day.precision, "body:自…起施行", clause[0]), owned
    clause = SINCE.search(sentence)
    owned = _owned(sentence, clause.start()) if clause and not OTHERS.search(clause[0]) else None
    if clause is None or owned is None or base is None:
        return None
    later = _later(base.day, clause[1] or "")
    return (Term(later, base.precision, "body:自发布之日起施行", clause[0]), owned) if later else None


def _owned(sentence: str, at: int) -> bool | None:
    """True where the words before a clause name this document, None where they name something else."""
    before = sentence[:at]
    tail = re.split(r"[，,]", before)[-2:]
    if own := list(OWN.finditer(before)):
        between = before[own[-1].end() :]
        foreign = re.search(r"第.{1,4}条", between) or (
            OTHERS.search("".join(tail)) and not OWN.search("".join(tail))
        )
        return None if foreign else True
    if OTHERS.search(before) or "《" in before.rpartition("》")[2]:
        return None
    if PROMULGATED.search(before):
        return True
    return False if BARE.match(sentence) or len(squeeze(before)) <= 4 else None


def _later(day: date, delay: str) -> date | None:
    """A day so much later, for 30日后 and 3个月后; a day for none, None where it cannot be counted."""
    m = re.match(rf"([\d{HAN}十]+)\s*(?:个)?(日|天|月)", delay)
    if not m:
        return day
    count = chinese_number(m[1])
    if count is None or count > 400:
        return None
    return months_later(day, count) if m[2] == "月" else day + timedelta(days=count)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, the last of its month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th day")


def _expiry(sentence: str, start: PrintedDate | None) -> Term | None:
    """The last day in force that a sentence names or counts."""
    if m := FROM_TO.search(sentence):
        return _last(sentence, m, m[2], "body:至…止")
    if m := UNTIL.search(sentence):
        return _last(sentence, m, f"{m[2]}年12月31日" if m[2] else m[1], "body:有效期至")
    if m := ENDS.search(sentence):
        return _last(sentence, m, m[1] or m[2], "body:至…止")
    m = YEARS.search(sentence) or WITHIN.search(sentence)
    if not m or _term_of_another(sentence, m):
        return None
    if (told := COUNTED_FROM.search(sentence)) and (day := parse_date(told[1])):
        start = day
    count = chinese_number(m[1].replace("两", "二"))
    if start is None or not count or count > (50 if m[2] == "年" else 120):
        return None
    end = months_later(start.day, count * (12 if m[2] == "年" else 1)) - timedelta(days=1)
    if start.precision != "day":
        end = end.replace(day=1, month=end.month if start.precision == "month" else 1)
    return Term(end, start.precision, "computed:有效期", m[0])


def _last(sentence: str, m: re.Match[str], printed: str, rule: str) -> Term | None:
    """The last day that a clause prints, where the clause is the document's."""
    last = parse_date(printed) if _owned(sentence, m.start()) is not None or _begun(sentence, m) else None
    return Term(last.day, last.precision, rule, m[0]) if last else None


def _begun(sentence: str, m: re.Match[str]) -> bool:
    """Whether the same sentence says before that the document begins: 自…起施行，至…止."""
    begins = _begin(sentence[: m.start()])
    return begins is not None and _owned(sentence, begins.start()) is not None


def _begin(text: str) -> re.Match[str] | None:
    """The clause of a text that says when something comes into force."""
    return FROM_DAY.search(text) or SINCE.search(text) or FROM_MONTH.search(text + "，")


def _term_of_another(sentence: str, m: re.Match[str]) -> bool:
    """Whether a term of years is not the document's: its sentence neither names it nor says when it begins."""
    if _begun(sentence, m):
        return False
    owned = _owned(sentence, m.start())
    return owned is None or not (owned or _begin(sentence[: m.start()]) or BARE.match(sentence))


def term_of_cell(text: str, start: date | None) -> Term | None:
    """The last day in force that a cell of 有效期 names (2026-12-31, 至2026年12月31日, 5年, 自…至…); None for 长期."""
    ends = re.split(r"至|到|~|～|--+", text)
    if (last := parse_date(ends[-1])) and last.precision != "year":
        return Term(last.day, last.precision, "cell", text)
    m = re.fullmatch(rf"\s*([\d{HAN}两十]{{1,3}})\s*年\s*", text)
    years = chinese_number(m[1].replace("两", "二")) if m else None
    if not years or years > 50 or start is None:
        return None
    return Term(months_later(start, 12 * years) - timedelta(days=1), "day", "cell", text)
