"""Files and annexes of a page: which file is the document itself, which annexes are named and not there.

A page has its text in the body, or only in a file, or in both (正文下载, PDF版 beside the text). GB/T
9704-2012 names the annexes in a note under the text (附件：1. …) and prints each under 附件1 on a line of
its own; sites add links whose text may be neither.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from normalizers.chars import chinese_number, squeeze
from normalizers.file_endings import FILES
from normalizers.policy import Attachment, AttachmentRole, Block

FILE_END = re.compile(rf"\.(?:{FILES})$", re.IGNORECASE)
# What people add to the name of a file that is the document: copies, formats, seals (file names of 2018-2026).
ADDED = re.compile(
    r"(?:[（(【\[]?(?:\d{1,2}|正文|原文|全文|定稿|终稿|印发稿|盖章版?|盖章件|扫描件|公开版|正式版|上网版?|打印版|pdf版?|ofd版?|word版?|文件)[）)】\]]?|[-_—\s])+$",
    re.IGNORECASE,
)
# The last characters of these besides digits and white space.
ADDED_ENDS = frozenset("文稿章版件网fFdD）)】]-_—")
# Longer runs of them are no additions; the search takes quadratic time.
MAX_ADDED = 100
DOCUMENT_NAME = re.compile(
    r"^[\[【（(]?(?:点击|点此)?(?:下载|查看|打开|浏览)?(?:正文|原文|全文|公文|红头文件|正式文件|文件正文|文件原文|文件全文|政策原文|原件|扫描件|盖章件)"
    r"(?:pdf|ofd|word)?版?(?:文件|附件)?(?:下载|查看|浏览)?[\]】）)]?$"
    r"|^(?:文件)?(?:下载)?[\[【（(]?(?:(?:pdf|ofd|word|wps|docx?)(?:格式)?版?|(?:打印|电子|红头|盖章|下载)版)(?:文件)?[\]】）)]?(?:下载|查看)?$",
    re.IGNORECASE,
)
ANNEX = re.compile(
    r"^附\s*[件表录]?\s*(\d{1,2}|[一二三四五六七八九十]{1,3})?\s*(?:[-—]\d{1,2})?\s*[:：.．、]?\s*"
)
NOT_NAME = re.compile(r"[\s《》〈〉“”\"'（）()【】\[\]〔〕:：,，.．、·—_-]+")
# A page that says no more than this besides title and file names has no text of its own: 详见附件, 全文如下.
MAX_POINTER = 40
# Of two names one may be cut or carry a date; shorter ones say too little.
MIN_SHARED, SHARE = 10, 0.8

MAX_NOTE = 300
MAX_ANNEX_NAME = 100
MAX_ANNEXES = 40
# 附件：1. …, 附件2：… (a colon or a number with a mark), not 附件 or 附件1 alone, which head an annex.
NOTE = re.compile(
    r"^附\s*件\s*(?:[:：]\s*|(?=[\d一二三四五六七八九十]{1,3}\s*[:：.．、\s]\s*\S))(?P<rest>.+)$"
)
ITEM = re.compile(
    r"(?:^|(?<=[\s；;。，,）)》]))\s*(?:附\s*件)?\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*[:：.．、]\s*(?=\D|(?:19|20)\d\d)"
)
NUMBERED = re.compile(r"^\s*(\d{1,2})\s*[.．、]\s*(?=\D|(?:19|20)\d\d)")
HEAD = re.compile(r"^附\s*件\s*(\d{1,2}|[一二三四五六七八九十]{1,3})?\s*[:：]?\s*$")
# The key of a head whose number cannot be read.
NO_NUMBER = -1
SIGNATURE_AFTER = re.compile(r"年.{1,6}月.{1,6}日|^[（(]|(?:局|厅|委|会|部|府|室|院|处|中心)$")


@dataclass(frozen=True, slots=True)
class NamedAnnex:
    """An annex that the text names: its number (0 for the only one), its name, the block that names it."""

    number: int
    name: str
    block: int


def bare_name(text: str) -> str:
    """A name for comparing: no annex number, file ending, added words, marks or white space."""
    name = ANNEX.sub("", FILE_END.sub("", text.strip()))
    if name[-1:] in ADDED_ENDS or name[-1:].isdigit() or name[-1:].isspace():
        name = name[:-MAX_ADDED] + ADDED.sub("", name[-MAX_ADDED:])
    return NOT_NAME.sub("", name).lower()


def same_name(one: str, other: str) -> bool:
    """Whether two bare names are one, or nearly the whole of the other."""
    if one == other:
        return bool(one)
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return len(short) >= MIN_SHARED and len(short) >= SHARE * len(long) and short in long


def file_roles(names: Sequence[str], title: str, blocks: Sequence[Block]) -> tuple[AttachmentRole, ...]:
    """For each file of a page whether it is the document itself or an annex.

    The document are files named like the title or as 正文, PDF版 and such. Where the page has no text of
    its own, it is the only file, or the files that alone carry no annex number.
    """
    whole = bare_name(title)
    roles: list[AttachmentRole] = [
        "document"
        if same_name(bare_name(name), whole) or DOCUMENT_NAME.match(squeeze(FILE_END.sub("", name)))
        else "annex"
        for name in names
    ]
    if "document" in roles or not names or not only_points(names, title, blocks):
        return tuple(roles)
    plain = [at for at, name in enumerate(names) if not name.strip().startswith("附")]
    if plain and len({bare_name(names[at]) for at in plain}) == 1:
        for at in plain:
            roles[at] = "document"
    return tuple(roles)


def only_points(names: Sequence[str], title: str, blocks: Sequence[Block]) -> bool:
    """Whether the body has no text of its own: nothing, pictures, or a pointer to the file."""
    if any(block.kind == "table" for block in blocks):
        return False
    text = squeeze("".join(block.text for block in blocks if block.kind != "image"))
    for known in (title, *names):
        text = text.replace(squeeze(known), "").replace(squeeze(FILE_END.sub("", known)), "")
    return len(text) <= MAX_POINTER


def named_annexes(blocks: Sequence[Block]) -> tuple[NamedAnnex, ...]:
    """The annexes that notes under the text name, in their order; headings of annexes are none."""
    found: list[NamedAnnex] = []
    running = 0
    for at, block in enumerate(blocks):
        if not running and block.text[:1] != "附":
            continue
        text = block.text.strip()
        if block.kind in ("table", "image") or len(text) > MAX_NOTE:
            running = 0
            continue
        if m := NOTE.match(text):
            items = list(_items(m["rest"], at))
        elif running and (n := NUMBERED.match(text)) and int(n[1]) == running + 1:
            items = list(_items(text, at))
        else:
            running = 0
            continue
        found += items
        running = items[-1].number if items else 0
        if len(found) >= MAX_ANNEXES:
            break
    return tuple(found)


def _items(text: str, at: int) -> Iterator[NamedAnnex]:
    """The annexes of one line: 1. … 2. …, or a single name."""
    marks = list(ITEM.finditer(text))
    if not marks:
        if 2 <= len(text) <= MAX_ANNEX_NAME:
            yield NamedAnnex(0, text, at)
        return
    for i, m in enumerate(marks):
        end = marks[i + 1].start() if i + 1 < len(marks) else len(text)
        name = text[m.end() : end].strip(" ；;。，,")
        if 2 <= len(name) <= MAX_ANNEX_NAME:
            yield NamedAnnex(chinese_number(m[1]) or 0, name, at)


def lost_annexes(
    blocks: Sequence[Block], files: Sequence[Attachment], dead: Sequence[str] = ()
) -> tuple[str, ...]:
    """The annexes that nobody can get: links to files that lead nowhere (`dead`), then those only named."""
    known = [bare_name(name) for name in dead]
    named = (
        name
        for name in annexes_without_link(blocks, files)
        if not any(same_name(bare_name(name), other) for other in known)
    )
    return (*dead, *named)[:MAX_ANNEXES]


def annexes_without_link(blocks: Sequence[Block], files: Sequence[Attachment]) -> tuple[str, ...]:
    """The annexes that the text names but that neither stand in the page nor among its files.

    A file that is the document, or that no annex is named like, may hold any of them: then none is missing.
    """
    named = named_annexes(blocks)
    if not named or any(file.role == "document" for file in files):
        return ()
    prints = _prints(blocks)
    missing = [annex for annex in named if not _printed(annex, prints) and not _goes_on(annex, blocks)]
    taken: set[int] = set()
    left = []
    for annex in missing:
        held = next(
            (at for at, file in enumerate(files) if at not in taken and _holds(file.name, annex)), None
        )
        if held is None:
            left.append(annex)
        else:
            taken.add(held)
    if len(taken) < len(files):
        return ()
    return tuple(f"附件{annex.number or ''} {annex.name}" for annex in left)


def _holds(file: str, annex: NamedAnnex) -> bool:
    m = ANNEX.match(file)
    number = chinese_number(m[1]) if m and m[1] else None
    if number is None and (n := NUMBERED.match(file)):
        number = int(n[1])
    if annex.number and number:
        return number == annex.number
    return same_name(bare_name(file), bare_name(annex.name)) or bare_name(annex.name) in bare_name(file)


class Prints(NamedTuple):
    """What a body prints that may be the head of an annex, each with the last block that does: numbers under their
    word (0 for the word alone), and short lines as bare names."""

    heads: Mapping[int, int]
    names: Mapping[str, int]


def _prints(blocks: Sequence[Block]) -> Prints:
    """The heads and short lines of a body, once for all of its annexes."""
    heads: dict[int, int] = {}
    names: dict[str, int] = {}
    for at, block in enumerate(blocks):
        text = block.rows[0][0] if block.kind == "table" and block.rows and block.rows[0] else block.text
        if text[:1] == "附":
            if m := HEAD.match(text) or (ANNEX.match(text) if block.kind == "table" else None):
                heads[(chinese_number(m[1]) or NO_NUMBER) if m[1] else 0] = at
            if NOTE.match(text):
                continue
        if len(text) <= MAX_ANNEX_NAME and not NUMBERED.match(text):
            names[bare_name(text)] = at
    return Prints(heads, names)


def _printed(annex: NamedAnnex, prints: Prints) -> bool:
    """Whether an annex stands in the page further down, under its number or name."""
    numbers = (annex.number, 0) if annex.number else prints.heads
    if any(prints.heads.get(number, -1) > annex.block for number in numbers):
        return True
    name = bare_name(annex.name)
    return any(at > annex.block and same_name(text, name) for text, at in prints.names.items())


def _goes_on(annex: NamedAnnex, blocks: Sequence[Block]) -> bool:
    """Whether a table or text follows the line that names an annex, not the signature or the end."""
    after = blocks[annex.block + 1] if annex.block + 1 < len(blocks) else None
    if after is None or after.kind in ("signature", "image"):
        return False
    if after.kind == "table":
        return True
    text = after.text.strip()
    return not (NOTE.match(text) or NUMBERED.match(text) or SIGNATURE_AFTER.search(text))


def with_roles(
    files: Sequence[Attachment], title: str, blocks: Sequence[Block], itself: str
) -> tuple[Attachment, ...]:
    """The files of a page with their roles; the file whose address is `itself` is the page."""
    roles = file_roles([file.name for file in files], title, blocks)
    return tuple(
        replace(file, role="document" if file.url == itself else role)
        for file, role in zip(files, roles, strict=True)
    )
