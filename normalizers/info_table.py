"""Info tables: labels and values in every layout that sites use.

Layouts: td/td pairs and th/td, a header row over a value row, dl/dt/dd, and lines or spans of
"label：value" (several a line). A table may be printed twice, or at the end of the page.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from normalizers.chars import CJK, squeeze, tidy
from normalizers.doc_numbers import is_placeholder
from normalizers.labels import EDGES, KNOWN, LABELS, LAST_LETTERS, LONGEST, STRONG, WEAK, label_of
from normalizers.lines import SEAM, Line

LABEL_ENDS = LAST_LETTERS | frozenset(EDGES)
MAX_LABEL_LINE = 600
MAX_VALUE = 500
# A label of two or three letters is spaced out at most to this length.
MAX_PRINTED = 60
COLON = re.compile(r"[:：∶]")
# A table that numbers its rows lists documents, as a list of repealed ones does (observed: Beijing, 2019).
ROW_NUMBER = "序号"
HANZI = re.compile(rf"[{CJK}]")
UNKNOWN_LABEL = re.compile(rf"[{CJK}]{{2,8}}")


@dataclass(slots=True)
class InfoTable:
    """What the info table of a page says.

    `values` maps a field of Policy (or publisher, updated_date) to label and value of its first
    row that holds a value; `rows` maps the numbers of the lines that were read to the last field found there, `unknown` the labels
    that no field and no list of ours names.
    """

    values: dict[str, tuple[str, str]] = field(default_factory=dict)
    rows: dict[int, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    strong: int = 0

    def told(self, *names: str) -> list[tuple[str, str]]:
        """What the table says for these fields: the rule for evidence and the value, in the order of `names`."""
        cells = (self.values[name] for name in names if name in self.values)
        return [(f"info_table:{label}", value) for label, value in cells]


class _Reader:
    def __init__(self, lines: list[Line], wanted: list[int], extra: Mapping[str, str], near: range) -> None:
        self.lines = lines
        self.wanted = frozenset(wanted)
        self.labels: Mapping[str, str] = {**KNOWN, **extra} if extra else KNOWN
        # What a label may end with as printed.
        self.ends = LABEL_ENDS | {label[-1:] for label in extra} if extra else LABEL_ENDS
        self.near = near
        self.info = InfoTable()

    def known(self, text: str, at: int) -> str | None:
        """The label that a text is, None for other texts and for weak labels far from the body."""
        label = label_of(text) if len(text) <= MAX_PRINTED else ""
        if label in self.labels and (label not in WEAK or at in self.near):
            return label
        return None

    def keep(self, label: str, value: str, *rows: int) -> None:
        name = self.labels[label]
        self.info.rows.update(dict.fromkeys(rows, name))
        self.info.strong += label in STRONG
        value = tidy(value.replace(SEAM, " ")).strip(":： ")
        if name and value and not is_placeholder(value) and len(value) <= MAX_VALUE:
            self.info.values.setdefault(name, (label, value))

    def unknown(self, text: str, row: int) -> None:
        label = label_of(text)
        self.info.rows[row] = ""
        if label not in self.info.unknown and UNKNOWN_LABEL.fullmatch(label):
            self.info.unknown.append(label)

    def cells(self, table: dict[tuple[int, int], list[int]]) -> None:
        """Label/value cells of one table, or labels over values."""
        found = {
            place: label for place, rows in table.items() if (label := self.known(self.cell(rows), rows[0]))
        }
        strong = sum(label in STRONG for label in found.values())
        if not found or (len(found) < 2 and not strong):
            return
        if any(squeeze(self.cell(rows)) == ROW_NUMBER for rows in table.values()):
            return
        header = {r for r, c in found if (r, c + 1) in found}
        for (r, c), label in found.items():
            value = (r + 1, c) if r in header else (r, c + 1)
            if value in found:
                value = (-1, -1)
            rows = table.get(value, [])
            self.keep(label, self.cell(rows), *table[(r, c)], *rows)
        for (r, c), rows in table.items():
            if (
                (r, c) not in found
                and (r, c - 1) not in found
                and r not in header
                and COLON.search(self.cell(rows)[-1:])
            ):
                self.unknown(self.cell(rows), rows[0])

    def cell(self, rows: list[int]) -> str:
        return " ".join(self.lines[i].text for i in rows)

    def definition(self, at: int) -> None:
        """A dt with the dd lines that follow it."""
        label = self.known(self.lines[at].text, at)
        if not label:
            return
        end = at + 1
        while end < len(self.lines) and self.lines[end].tag == "dd" and end < at + 5:
            end += 1
        self.keep(label, " ".join(line.text for line in self.lines[at + 1 : end]), *range(at, end))

    def colons(self, at: int) -> bool:
        """All "label：value" of one line; True where there was one."""
        soft = self.lines[at].soft
        found: list[tuple[str, int, int]] = []
        last = 0
        for m in COLON.finditer(soft):
            if hit := self.label_before(soft, last, m.start(), at):
                found.append((hit[0], hit[1], m.end()))
                last = m.end()
        for i, (label, _, start) in enumerate(found):
            end = found[i + 1][1] if i + 1 < len(found) else len(soft)
            value = soft[start:end]
            if not value.strip() and i + 1 == len(found) and self.follows(at):
                self.keep(label, self.lines[at + 1].text, at, at + 1)
            else:
                self.keep(label, value, at)
        return bool(found)

    def label_before(self, soft: str, start: int, end: int, at: int) -> tuple[str, int] | None:
        """The longest known label that ends at `end`, and where it begins."""
        best = None
        text = ""
        for i in range(end - 1, start - 1, -1):
            if soft[i].isspace():
                continue
            if not text and soft[i] not in self.ends:
                return None
            text = soft[i] + text
            if len(text) > LONGEST:
                break
            if len(text) > 1 and (label := self.known(text, at)) and self.edge(soft, i, start):
                best = label, i
        return best

    @staticmethod
    def edge(soft: str, i: int, start: int) -> bool:
        """Whether a label may begin here: not in the middle of a word."""
        return i == start or not HANZI.match(soft[i - 1])

    def seams(self, at: int) -> bool:
        """A label and its value in neighbouring inline elements without a colon."""
        parts = [p for p in self.lines[at].soft.split(SEAM) if p and not p.isspace()]
        if len(parts) < 2:
            return False
        hits = [i for i, part in enumerate(parts[:-1]) if self.known(part, at)]
        for i in hits:
            if i + 1 not in hits:
                self.keep(label_of(parts[i]), parts[i + 1], at)
        return bool(hits)

    def follows(self, at: int) -> bool:
        """Whether the next line can be the value of a label that stands alone on its line."""
        if at + 1 not in self.wanted or self.lines[at + 1].table != self.lines[at].table:
            return False
        text = self.lines[at + 1].text
        return len(text) <= MAX_VALUE and not self.known(text, at + 1) and not COLON.search(text[:9])

    def line(self, at: int) -> None:
        line = self.lines[at]
        if not line.text or len(line.text) > MAX_LABEL_LINE:
            return
        if line.tag == "dt":
            self.definition(at)
        elif (COLON.search(line.text) and self.colons(at)) or (SEAM in line.soft and self.seams(at)):
            return
        elif (label := self.known(line.text, at)) and label in STRONG and self.follows(at):
            self.keep(label, self.lines[at + 1].text, at, at + 1)


def read_info_table(
    lines: list[Line], where: Iterable[int], labels: Mapping[str, str], near: range
) -> InfoTable:
    """The info table found in the lines `where`; `near` are the lines just before the body.

    `labels` adds labels of the platform to ours.
    """
    wanted = list(where)
    reader = _Reader(lines, wanted, labels, near)
    tables: dict[int, dict[tuple[int, int], list[int]]] = {}
    for i in wanted:
        line = lines[i]
        if line.table >= 0 and line.column >= 0 and line.text:
            tables.setdefault(line.table, {}).setdefault((line.row, line.column), []).append(i)
    for table in tables.values():
        reader.cells(table)
    for i in wanted:
        if i not in reader.info.rows:
            reader.line(i)
    return reader.info


def is_info_line(text: str) -> bool:
    """Whether a line starts with a label of info tables and a colon."""
    head, colon, _ = text.partition("：") if "：" in text else text.partition(":")
    return bool(colon) and label_of(head) in LABELS
