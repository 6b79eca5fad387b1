"""Records of list interfaces, full texts and article blocks, read as the pages they stand for.

Each set says of itself what it can judge; a field is asked only where the text prints it as a careful
reader would need it. Published days, sources and annexes of these sets stand in no text: they are not asked.

records, as JSON   every field is told by the interface at a path and must come back, in our spelling;
                   a placeholder (-) is no number
records, as page   the body alone under the title of the list row: number, day and issuers are asked where
                   a line of the body is that and nothing else, issuers also where the title begins with them
full texts         the text alone: the title where the first lines are it, the number that stands in its
                   head, issuers (the site abbreviates: 发展改革委), the body to its last words
blocks             an article as TRS prints it: a number alone on one of the first lines, a day alone on the
                   last, the whole text as body
"""

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from lxml.html import fromstring

from benchmarks.doc_numbers import fold, independent
from benchmarks.scoring import PAGES
from normalizers.normalize import NormalizeError, PageInput, normalize_policy
from normalizers.page import Hints, ListRow
from normalizers.policy import Policy, SiteContext

CONTEXT = SiteContext("unknown", "", (), "policy", None, None, date(2026, 1, 1))
Row = dict[str, Any]
DIGITS = "〇一二三四五六七八九"
# What a body may lose of its text: the title and number lines in front.
LEAST_KEPT = 0.9
LONGEST_NUMBER = 20
HEAD_LINES = 5
# Last lines of a text that are links beside the document: files, 文档附件：, …》解读.
LINKED = re.compile(
    r"\.(?:docx?|pdf|xlsx?|wps|zip|rar|ofd|ceb|jpg)$|^(?:文档|相关)?附件[:：]?$|解读[:：]?$|^相关链接[:：]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Case:
    """One document: its name, the page made of it, and what each field is wanted to be."""

    name: str
    page: PageInput
    wanted: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """What a body is wanted to be: all of its text, or `own` without the links behind it."""

    whole: str
    own: str

    def __repr__(self) -> str:
        return repr(ends(self.own))


@dataclass(slots=True)
class Result:
    """Right and asked by field, and a line for every miss."""

    figures: dict[str, tuple[int, int]] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)

    def count(self, case: Case, policy: Policy | None, failure: str) -> None:
        """Compare every wanted field of one document."""
        for name, want in case.wanted.items():
            have, right = COMPARE[name](want, policy) if policy else (None, False)
            before = self.figures.get(name, (0, 0))
            self.figures[name] = before[0] + right, before[1] + 1
            if not right:
                told = policy.evidence.get("text" if name == "body" else name) if policy else None
                rule = f"{told.rule} {told.raw[:60]!r}" if told else failure or "no rule"
                self.misses.append(f"{name} {case.name}: want {want!r} have {have!r}; by {rule}")


def measure(cases: Iterator[Case]) -> Result:
    """Read every document and compare."""
    result = Result()
    for case in cases:
        try:
            policy, failure = normalize_policy(case.page, CONTEXT), ""
        except NormalizeError as error:
            policy, failure = None, error.failure.value
        result.count(case, policy, failure)
    return result


def squash(text: str) -> str:
    """Compatibility forms without white space and invisible marks."""
    return re.sub(r"[\s\u200b-\u200f\ufeff|]+", "", unicodedata.normalize("NFKC", text))


def names_of(label: str) -> list[str]:
    """The bodies of a label, parted by marks or by a space between long names."""
    return [
        squash(name) for name in re.split(r"[、;；,，](?![^（(]*[）)])| (?=\S{3})", label) if name.strip()
    ]


def same_bodies(want: list[str], policy: Policy) -> tuple[list[str], bool]:
    """Whether the bodies are the wanted ones, each as printed, in full or abbreviated."""
    have = [squash(name) for name in policy.issuers]
    either = [{a, squash(b)} for a, b in zip(have, policy.authorities, strict=False)] or [{a} for a in have]
    left = list(either if len(either) == len(have) else [{a} for a in have])
    for name in want:
        hit = next((spelled for spelled in left if any(abbreviated(name, s) for s in spelled)), None)
        if hit is not None:
            left.remove(hit)
    return have, len(want) == len(have) and not left


def abbreviated(one: str, other: str) -> bool:
    """Whether the characters of one name stand in the other in the same order."""
    short, long = sorted((one, other), key=len)
    rest = iter(long)
    return all(char in rest for char in short)


def same_body(want: Text, policy: Policy) -> tuple[str, bool]:
    """Whether a body ends as its text does and has nearly all of it, and no more than its number in front."""
    have = squash(policy.text)
    kept = LEAST_KEPT * len(want.own) <= len(have) <= len(want.whole) + LONGEST_NUMBER
    return ends(have), kept and have[-15:] in (want.own[-15:], want.whole[-15:])


def ends(text: str) -> str:
    """A long text by its first and last words and its length."""
    return text if len(text) <= 60 else f"{text[:20]}…{text[-20:]} {len(text)}"


def _subject(want: str, policy: Policy) -> tuple[object, bool]:
    told = [s for s in (policy.subject, policy.subject_detail) if s]
    spelled = [re.sub(r"[、,，和与及等（）()]|含", "", squash(part)) for part in re.split(r"[\\/]", want)]
    plain = [re.sub(r"[、,，和与及等（）()]|含", "", squash(s)) for s in told]
    return told, any(abbreviated(a, b) for a in spelled for b in plain)


Compare = Callable[[Any, Policy], tuple[object, bool]]
COMPARE: dict[str, Compare] = {
    "title": lambda want, p: (p.title, squash(p.title or "") == squash(want)),
    "doc_number": lambda want, p: (p.doc_number, number_of(p.doc_number) == number_of(want)),
    "issuers": same_bodies,
    "index_number": lambda want, p: (p.index_number, squash(p.index_number or "") == squash(want)),
    "written_date": lambda want, p: (p.written_date, str(p.written_date) == want),
    "published_date": lambda want, p: (p.published_date, str(p.published_date) == want),
    "subject": _subject,
    "body": same_body,
}


def number_of(text: str | None) -> object:
    """A number by the independent reader, else its folded text."""
    return text and (independent(text) or fold(text))


def load(name: str) -> list[Row]:
    """The rows of one file of JSON lines beside the real pages."""
    with (PAGES / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def records_as_json() -> Iterator[Case]:
    """Every record as the answer of an interface that tells its fields by path."""
    told = (
        "title",
        "doc_number",
        "index_number",
        "issuers",
        "written_date",
        "published_date",
        "subject",
    )
    for row in load("records.jsonl"):
        values = {
            **row,
            "issuers": row["issuer"],
            "body": row["body"] or row.get("text_lead") or row["title"],
        }
        hints = Hints(json_body="data.body", json_fields={name: f"data.{name}" for name in told})
        data = json.dumps({"data": values}, ensure_ascii=False).encode()
        wanted = {name: values[name] for name in told if values[name]}
        wanted["title"] = re.sub(r"<br\s*/?>", "", row["title"])
        if wanted.get("doc_number") == "-":
            wanted["doc_number"] = None
        if "文件" in wanted.get("subject", ""):
            del wanted["subject"]  # names a kind of document
        if "issuers" in wanted:
            wanted["issuers"] = names_of(wanted["issuers"])
        yield Case(f"record {row['id']}", PageInput("0" * 16, row["url"], data, None, hints), wanted)


def records_as_pages() -> Iterator[Case]:
    """The body of every record that keeps its lines, under the title of the list row."""
    for row in load("records.jsonl"):
        body = row["body"] or ""
        lines = [line.strip() for line in re.split(r"\u3000\u3000|\n", body) if line.strip()]
        if len(lines) < 3 or re.search(r"<\w+[ >]", body):
            continue
        wanted: Row = {}
        if row["doc_number"] and any(number_of(line) == number_of(row["doc_number"]) for line in lines):
            wanted["doc_number"] = row["doc_number"]
        if row["written_date"] and any(squash(line) in spellings(row["written_date"]) for line in lines):
            wanted["written_date"] = row["written_date"]
        names = names_of(row["issuer"] or "")
        if names and (
            all(n in map(squash, lines) for n in names) or squash(row["title"]).startswith(names[0])
        ):
            wanted["issuers"] = names
        listed = ListRow(row["url"], row["title"])
        page = PageInput("0" * 16, row["url"], markup(lines), listed, Hints())
        yield Case(f"record {row['id']}", page, wanted)


def full_texts() -> Iterator[Case]:
    """Every full text as a page that prints nothing else: for its title, then under the title of the list row."""
    for number, row in enumerate(load("fulltext_govcn_2020.jsonl"), 1):
        lines = [line.strip() for line in row["text"].split("\n") if line.strip()]
        title = squash(row["title"])
        heads = [squash("".join(lines[:count])) for count in range(1, 6)]
        page = PageInput("0" * 16, row["url"], markup(lines), None, Hints())
        if title in heads:
            yield Case(f"full text {number}", page, {"title": row["title"]})
        wanted: Row = {}
        told = row["number_in_head_by_regex"] or ""
        if told and not told.startswith("（"):  # in brackets it is cited
            wanted["doc_number"] = told
        if row["issuer"]:
            wanted["issuers"] = names_of(row["issuer"])
        skipped = heads.index(title) + 1 if title in heads else 0
        wanted["body"] = body_of(lines[skipped:], told)
        listed = ListRow(row["url"], row["title"])
        yield Case(f"full text {number}", replace(page, row=listed), wanted)


def blocks() -> Iterator[Case]:
    """Every article block that has a text."""
    for number, row in enumerate(load("fragments_zyj_beijing.jsonl"), 1):
        if not row["article"]:
            continue
        root = fromstring(row["article"])
        lines = [s for line in root.itertext() if (s := squash(str(line)))]
        wanted: Row = {}
        if told := next((line for line in lines[:HEAD_LINES] if alone(line)), None):
            wanted["doc_number"] = told
        if lines and (day := day_of(lines[-1])):
            wanted["written_date"] = day
        if lines:
            wanted["body"] = body_of(lines, told or "")
        listed = ListRow(row["urlsource"], row["title"])
        data = f"<html><body>{row['article']}</body></html>".encode()
        yield Case(f"block {number}", PageInput("0" * 16, row["urlsource"], data, listed, Hints()), wanted)


def body_of(lines: list[str], number: str) -> Text:
    """What the body of a text is: without its number line in front, with or without the links behind."""
    kept = [line for i, line in enumerate(lines) if i >= HEAD_LINES or line != number or not number]
    whole = squash("".join(kept))
    while kept and LINKED.search(kept[-1]):
        kept.pop()
    return Text(whole, squash("".join(kept)))


def alone(line: str) -> bool:
    """Whether a line is a number of the plain form and nothing else."""
    return bool(re.fullmatch(r"[\u4e00-\u9fff]{1,12}[\[〔(【]\d{4}[\]〕)】]第?\d{1,4}号", line))


def day_of(line: str) -> str | None:
    """The day that a line is, in figures or in Chinese."""
    m = re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日", line)
    if m:
        return f"{m[1]}-{int(m[2]):02}-{int(m[3]):02}"
    years = range(1990, 2027)
    if not re.fullmatch(r"[二一][○〇零OＯo0\w]{3}年\w{1,2}月\w{1,3}日", line):
        return None
    plain = re.sub("[○零OＯo0]", "〇", line)
    days = (date(y, mo, d).isoformat() for y in years for mo in range(1, 13) for d in range(1, 29))
    return next((day for day in days if in_chinese(day) == plain), None)


def in_chinese(day: str) -> str:
    """A day as documents sign it: 二〇一六年四月五日."""
    year, month, number = day.split("-")
    return f"{''.join(DIGITS[int(c)] for c in year)}年{count(int(month))}月{count(int(number))}日"


def count(number: int) -> str:
    """A number below 100 in Chinese."""
    tens, ones = divmod(number, 10)
    lead = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return lead + (DIGITS[ones] if ones else "")


def spellings(day: str) -> set[str]:
    """A day as a line of its own may print it."""
    year, month, number = (int(part) for part in day.split("-"))
    return {f"{year}年{month}月{number}日", f"{year}年{month:02}月{number:02}日", in_chinese(day)}


def markup(lines: list[str]) -> bytes:
    """Lines as a page that has nothing but them."""
    body = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    return f'<html><body><div class="pages_content">{body}</div></body></html>'.encode()


TOLD = "records, as JSON"
SETS: dict[str, Callable[[], Iterator[Case]]] = {
    TOLD: records_as_json,
    "records, as page": records_as_pages,
    "full texts": full_texts,
    "blocks": blocks,
}
