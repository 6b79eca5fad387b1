"""Texts of their own inside a body: annexes printed in the page, and documents that it publishes or forwards.

An annex begins with its label on a line above its title (GB/T 9704-2012, 7.3.7), behind the signature:
in front of it the same words list the annexes (7.3.4). An inner document begins with a title that the
page has named before, in its own title or text: the two prints prove each other. Both run to the next
part of their kind or to the end; an inner document holds its own annexes.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from normalizers.annexes import named_annexes
from normalizers.body import title_core
from normalizers.chars import squeeze
from normalizers.doc_numbers import whole_number
from normalizers.file_endings import FILES_AND_PICTURES
from normalizers.headings import number_of
from normalizers.policy import Block, Part, PartKind

LABEL = re.compile(
    r"附\s{0,3}(?:件|录|表|图)?\s{0,3}(?P<number>\d{1,2}(?:[-—－]\d{1,2})?|[一二三四五六七八九十]{1,3}|[A-Z])?"
    r"\s{0,2}(?P<mark>[:：.．、]|(?=[\s《]|$))\s*"
)
ITEM = re.compile(r"(?:附\s*件\s*)?[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*[.．、）):：]\s*\S")
FILE_NAME = re.compile(rf"\.(?:{FILES_AND_PICTURES})\b", re.IGNORECASE)
SENTENCE = re.compile(r"[。；;！？]|[:：]$")
# Half and double of each number below part all of 97 real pages alike, but one where MIN_NAME is doubled (2026).
# Longest titles seen: 3 lines, 74 characters (saved pages, 2026).
MAX_TITLE_LINES, MAX_TITLE = 4, 120
MAX_LABEL_LINE = 90
# A shorter range is a list of names, not a text.
MIN_PART = 40
# What a title ends with; one that does not goes on in the next line.
TITLE_END = re.compile(
    r"(?:办法|方案|规定|细则|意见|规划|条例|指南|目录|请示|报告|制度|预案|措施|规则|要点|计划|决定|通知|公告|通告|标准|规范|规程|准则|章程|纲要|"
    r"[表单书册图]|名录|样式|式样|模板|格式|说明|须知|大纲|回执|范本|协议|合同|指引|批复|函)"
    r"(?:[（(][^（）()]{1,20}[）)])?$"
)
# A note or a day in front of a title is none of its lines.
NO_TITLE = re.compile(r"[（(【\[].*[）)】\]]$|.*[年月]\s*\S{1,3}\s*日[）)]?$")
CONTINUED = re.compile(r"[（(][^（）()]{1,24}[）)]$")
# Lines behind the last text: notes, copies sent, printing.
IMPRINT = re.compile(
    r"^(?:抄\s*送|分送|[（(](?:此件|联系人|信息公开|公开)|主题词|公开方式|信息公开)|..\d日印发$"
)

# How a title names the text that its document carries.
CARRIED = re.compile(
    r"(?:印发|转发|批转|公布|发布|颁布|颁发|下发|公开|修改|修订|批准|同意)(.{4,})(?:的(?:通知|公告|通告|决定|命令|令|批复|函|复函|意见))"
)
QUOTED = re.compile(r"《([^《》]{4,80}(?:〈[^〈〉]{2,60}〉[^《》]{0,30})?)》")
PUBLISHES = re.compile(
    r"(?:印发|转发|批转|公布|发布|颁布|颁发|施行|实施|通过|批准|同意|制定|修订|修改|予以公布)"
)
ORDER = re.compile(r"^.{2,60}令\s*(?:[（(\[]?第?\s*[\d一二三四五六七八九十百]{1,5}\s*号[）)\]]?)?\s*")
MIN_NAME = 4
MAX_NAMES = 20
# The printed title may add the issuer or a place to the name, or leave the issuer out.
MAX_ADDED = 14
MIN_KEPT = 0.6


class Found(NamedTuple):
    """Where a part begins, the block after its title, its title and number."""

    start: int
    text: int
    title: str
    number: str | None = None


def find_parts(blocks: Sequence[Block], title: str | None, doc_number: str | None = None) -> tuple[Part, ...]:
    """The parts of a body in reading order; `title` and `doc_number` are the page's own."""
    own_end = signature_end(blocks)
    annexes = list(find_annexes(blocks, own_end))
    documents = [
        found
        for found in find_documents(blocks, title or "", own_end, doc_number)
        if not any(annex.start <= found.start <= annex.text for annex in annexes)
    ]
    end = text_end(blocks)
    parts = [*ranges(blocks, "annex", annexes, end), *ranges(blocks, "document", documents, end)]
    return tuple(sorted(parts, key=lambda part: (part.start, -part.end)))


def ranges(blocks: Sequence[Block], kind: PartKind, group: Sequence[Found], end: int) -> Iterator[Part]:
    """The parts of one kind, each up to the next one; what has no text of its own is none."""
    for i, found in enumerate(group):
        last = group[i + 1].start if i + 1 < len(group) else end
        if size(blocks, found.text, last) >= MIN_PART:
            yield Part(kind, found.start, last, found.title, found.number)


def size(blocks: Sequence[Block], start: int, end: int) -> int:
    """Characters of a range; a picture counts as a text of its own."""
    return sum(MIN_PART if block.kind == "image" else len(block.text) for block in blocks[start:end])


def signature_end(blocks: Sequence[Block]) -> int:
    """The block behind the document's own signature; 0 where it has none."""
    first = next((i for i, block in enumerate(blocks) if block.kind == "signature"), None)
    if first is None:
        return 0
    end = first
    while end < len(blocks) and blocks[end].kind == "signature":
        end += 1
    return end


def text_end(blocks: Sequence[Block]) -> int:
    """The block behind the last text: notes and printing lines at the end belong to no part."""
    end = len(blocks)
    while end and len(blocks[end - 1].text) < MAX_LABEL_LINE and IMPRINT.search(blocks[end - 1].text):
        end -= 1
    return end


# --- annexes ------------------------------------------------------------------------------------------


def find_annexes(blocks: Sequence[Block], own_end: int) -> Iterator[Found]:
    """The annexes whose text stands in the body, by their labels."""
    names = tuple(annex.name for annex in named_annexes(blocks[: own_end or len(blocks)]))
    for i in range(max(own_end, 1), len(blocks)):
        head = head_of(blocks[i])
        m = LABEL.match(head) if head[:1] == "附" and len(head) <= MAX_LABEL_LINE else None
        if not m or not is_annex(blocks, i, m, signed=bool(own_end), names=names):
            continue
        rest = head[m.end() :]
        if blocks[i].kind == "table":
            yield Found(i, i, rest or head.strip())
        elif rest:
            after, joined = (
                read_title(blocks, i + 1, rest, names) if not TITLE_END.search(rest) else (i + 1, rest)
            )
            yield Found(i, after, joined)
        else:
            after, joined = read_title(blocks, i + 1, "", names)
            yield Found(i, after, joined or head.strip(" :："))


def head_of(block: Block) -> str:
    """The first line of a block; of a table the only cell of its first row, "" where that has more."""
    if block.kind == "table":
        cells = [cell for cell in block.rows[0] if cell] if block.rows else []
        return " ".join(cells[0].split()) if len(cells) == 1 else ""
    return block.text if block.kind in ("paragraph", "heading", "list") else ""


def is_annex(blocks: Sequence[Block], at: int, m: re.Match[str], signed: bool, names: Sequence[str]) -> bool:
    """Whether a label begins the text of an annex, not a list of annexes or a sentence about them."""
    head = head_of(blocks[at])
    rest = head[m.end() :]
    if blocks[at].kind == "table":
        return not SENTENCE.search(rest)
    following = head_of(blocks[at + 1]) if at + 1 < len(blocks) else ""
    if at + 1 == len(blocks) or starts_list(following) or ITEM.match(rest):
        return False
    if not rest:
        return True
    if SENTENCE.search(rest) or FILE_NAME.search(rest) or (not m["number"] and not m["mark"]):
        return False
    if labelled(blocks, at - 1) or labelled(blocks, at + 1):
        return False
    return signed or core(rest) in {core(name) for name in names} or blocks[at + 1].kind == "table"


def starts_list(text: str) -> bool:
    """Whether a line continues or begins a list of annexes."""
    return (
        bool(FILE_NAME.search(text)) or bool(re.match(r"[（(]?[1一2二]\s*[.．、）)]", text)) or is_label(text)
    )


def is_label(text: str) -> bool:
    m = LABEL.match(text) if text[:1] == "附" and len(text) <= MAX_LABEL_LINE else None
    return bool(m and (m["number"] or m["mark"]))


def labelled(blocks: Sequence[Block], at: int) -> bool:
    """Whether a neighbour is a label too, as in a list of annexes."""
    return 0 <= at < len(blocks) and blocks[at].kind != "table" and is_label(head_of(blocks[at]))


def read_title(blocks: Sequence[Block], at: int, begun: str, names: Sequence[str]) -> tuple[int, str]:
    """The block behind a title that begins at a block, and the title; ("" where there is none).

    Lines are joined until they make a name of the list, else until they end like a title.
    """
    wanted = {core(name) for name in names}
    joined, best = begun, (at, begun)
    for i in range(at, min(at + MAX_TITLE_LINES, len(blocks))):
        text = blocks[i].text
        if not title_line(blocks[i]) or len(joined) + len(text) > MAX_TITLE:
            break
        if joined and best[1] and not CONTINUED.match(text) and TITLE_END.search(best[1]):
            break
        joined += unspaced(text)
        if core(joined) in wanted:
            return i + 1, joined
        if i == at or TITLE_END.search(joined):
            best = i + 1, joined
    return best


def unspaced(text: str) -> str:
    """A line of a title without the spaces that only stretch it: 工 作 方 案."""
    return squeeze(text) if all(len(word) == 1 for word in text.split()) else text


def title_line(block: Block) -> bool:
    """Whether a block can be a line of a title."""
    if block.kind not in ("paragraph", "heading", "list") or len(block.text) > MAX_TITLE:
        return False
    return (
        not SENTENCE.search(block.text) and not number_of(block.text) and not block.text.startswith("第一条")
    )


# --- inner documents ----------------------------------------------------------------------------------


def find_documents(
    blocks: Sequence[Block], title: str, own_end: int, doc_number: str | None
) -> Iterator[Found]:
    """The documents that the page publishes, forwards or approves, by titles that it names before."""
    first = own_end or first_sentence(blocks)
    if not first:
        return
    names = carried_names(title, [block.text for block in blocks[:first]])
    i = first
    while i < len(blocks) and names:
        found = document_at(blocks, i, names) if title_line(blocks[i]) else None
        if found is None:
            i += 1
            continue
        name, after, printed = found
        yield Found(i, after, printed, own_number(blocks, i, after, doc_number))
        names = [other for other in names if other != name]
        i = after


def first_sentence(blocks: Sequence[Block]) -> int:
    """The block behind the first sentence that publishes something; 0 where none does."""
    for i, block in enumerate(blocks[:12]):
        if block.kind == "paragraph" and block.text.endswith("。") and PUBLISHES.search(block.text):
            return i + 1
    return 0


def carried_names(title: str, texts: Sequence[str]) -> list[str]:
    """The cores of titles that a document says it carries, from its own title and text."""
    flat = squeeze(title)
    names = [m[1] for m in QUOTED.finditer(flat)] if PUBLISHES.search(flat) or ORDER.match(flat) else []
    if m := CARRIED.search(flat):
        # 转发A关于B的通知: the last words are those of the document that is forwarded, written once.
        names += [m[1], flat[m.start(1) :]]
    if any(PUBLISHES.search(text) for text in texts):
        names.append(ORDER.sub("", flat) or flat)
    for text in texts:
        names += [m[1] for m in QUOTED.finditer(text) if publishes(text, m)]
    return list(dict.fromkeys(name for n in names if len(name := core(n)) >= MIN_NAME))[:MAX_NAMES]


def publishes(text: str, m: re.Match[str]) -> bool:
    """Whether the words around a quoted title say that its document comes with this one."""
    before, after = text[max(0, m.start() - 12) : m.start()], text[m.end() : m.end() + 60]
    return bool(
        re.search(
            r"(?:现将|现把|现予|公布|发布|颁布|印发|转发|批转|通过|批准|制定了?|同意|修订后的)[^。，]{0,10}$",
            before,
        )
        or re.match(r"[^。》]{0,40}(?:印发|转发|公布|发布|颁布|通过|施行)", after)
    )


def core(title: str) -> str:
    """A title for comparing: as title_core, without 的 and what stands in brackets at its end."""
    return re.sub(r"的|^附件\d*[:：]?", "", title_core(title))


def document_at(blocks: Sequence[Block], at: int, names: Sequence[str]) -> tuple[str, int, str] | None:
    """The name that the lines from a block on print as a title, the block after them, and the print."""
    joined = ""
    for i in range(at, min(at + MAX_TITLE_LINES, len(blocks))):
        if not title_line(blocks[i]) or NO_TITLE.match(blocks[i].text):
            break
        joined += unspaced(blocks[i].text)
        printed = core(joined)
        if len(printed) > MAX_TITLE:
            break
        for name in names:
            if same_title(printed, name):
                if (
                    i + 1 < len(blocks)
                    and CONTINUED.match(blocks[i + 1].text)
                    and "年" not in blocks[i + 1].text
                ):
                    return name, i + 2, joined + blocks[i + 1].text
                return name, i + 1, joined
    return None


def same_title(printed: str, name: str) -> bool:
    """Whether a printed title is a named one, with or without the issuer in front."""
    if printed == name:
        return True
    if len(name) >= 8 and printed.endswith(name):
        return len(printed) - len(name) <= MAX_ADDED
    return len(printed) >= 8 and len(printed) >= MIN_KEPT * len(name) and name.endswith(printed)


def own_number(blocks: Sequence[Block], start: int, after: int, doc_number: str | None) -> str | None:
    """The number on a line beside the title of an inner document, which is not that of the page."""
    for block in (*blocks[after : after + 2], *reversed(blocks[max(0, start - 2) : start])):
        number = whole_number(block.text) if block.kind in ("paragraph", "heading") else None
        if number and squeeze(number.text) != squeeze(doc_number or ""):
            return number.text
    return None
