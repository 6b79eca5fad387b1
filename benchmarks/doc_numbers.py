"""Document numbers of ../shared/pages/doc_numbers.tsv against an independent reader.

    python -m benchmarks.doc_numbers [--show] [--every N]

The other reader knows only the plain form prefix〔year〕serial, after folding white space and brackets.
Bars: of the cells that hold a number, prefix, year and serial right in .998 or more; 12 spellings of each
give one key. Cells without a number, and those that begin with the end of a sentence, are listed with the reason.
"""

import argparse
import csv
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.lab import Bars
from normalizers.doc_numbers import DocNumber, doc_number_key, parse_doc_numbers

TABLE = Path(__file__).resolve().parent.parent.parent / "shared" / "pages" / "doc_numbers.tsv"
BAR = 0.998
OPEN, CLOSE = "〔﹝[【{(（〈<［｛〖", "〕﹞]】})）〉>］｝〗"
PLAIN = re.compile(r"(.+?)\[(\d{4})年?\](?:第|号)?(\d+)号?")
# Orders and announcements: what is printed before 令 or 公告, year or none, serial.
SPELLED = re.compile(r"(.+?(?:令|公告|通告))(?:(\d{4})年)?第?(\d+)号")
# The words before a number that the scrapers of the table cut from a sentence.
FRAGMENT = re.compile(r".*(?:的通知|意见的通知|事项的通知|方案的通知|落实|根据|按照)")
BARE_YEAR = re.compile(r".+\d{4}年第\d+号")
Reading = tuple[str, int | None, int]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print every cell that differs")
    parser.add_argument("--every", type=int, default=1, help="spell every Nth number only")
    options = parser.parse_args()
    show = options.show
    if not TABLE.exists():
        print(f"没有 {TABLE}：真实文号不在本目录旁，无法评测", file=sys.stderr)
        return 2
    with TABLE.open(encoding="utf-8", newline="") as rows:
        cells = [row["doc_number"] for row in csv.DictReader(rows, delimiter="\t")]
    cells = [cell for cell in cells if cell.strip()]
    bars = Bars()
    read_all(bars, cells, show=show)
    spell_all(bars, cells[:: options.every], show=show)
    bars.end()
    return 0


def read_all(bars: Bars, cells: list[str], *, show: bool) -> None:
    """Compare every cell; list what holds no number."""
    asked = right = 0
    reasons: Counter[str] = Counter()
    for cell in cells:
        wanted = independent(cell)
        numbers = parse_doc_numbers(cell)
        if wanted is None:
            reason = why_none(cell)
            reasons[reason] += 1
            print(f"  no number: {cell!r}: {reason}")
            continue
        fragment = FRAGMENT.match(wanted[0])
        if fragment:
            reasons["the end of a sentence before the number"] += 1
            wanted = (wanted[0][fragment.end() :], *wanted[1:])
        asked += 1
        have = parts(numbers[0]) if numbers else None
        right += have == wanted
        if show and have != wanted:
            print(f"  {cell!r}: want {wanted}, have {have}")
    print("      " + "  ".join(f"{reason}: {times}" for reason, times in reasons.items()))
    bars.check(
        "prefix, year and serial", right / asked >= BAR, f"{right}/{asked} = {right / asked:.5f}", f"≥ {BAR}"
    )


def fold(text: str) -> str:
    """Compatibility forms, no white space or invisible marks, one kind of bracket, no label."""
    text = re.sub(r"[\s\u200b-\u200f\ufeff\u2060\xad]+", "", unicodedata.normalize("NFKC", text))
    text = text.translate(str.maketrans(OPEN + CLOSE, "[" * len(OPEN) + "]" * len(CLOSE)))
    return re.sub(r"^(?:发文字号|文号|文件编号)[:：]?", "", text)


def independent(cell: str) -> Reading | None:
    """Prefix, year and serial by the plain forms alone."""
    text = fold(cell)
    m = PLAIN.match(text) or SPELLED.match(text)
    return (m[1], int(m[2]) if m[2] else None, int(m[3])) if m else None


def parts(number: DocNumber) -> Reading:
    """What our reader says, its prefix folded like the other's."""
    return fold(number.prefix), number.year, number.serial


def why_none(cell: str) -> str:
    """Why a cell holds no number."""
    text = fold(cell)
    if not text:
        return "a label and nothing behind it"
    if BARE_YEAR.fullmatch(text):
        return "a body and year第N号 without 令, 公告 or a prefix: cut from a sentence"
    if re.search(r"第\d+号$", text):
        return "no year and no 令"
    return "another shape"


def spellings(prefix: str, year: int, serial: int) -> Iterator[str]:
    """Twelve ways in which people write one number."""
    for form in (
        "{p}〔{y}〕{n}号", "{p}[{y}]{n}号", "{p}（{y}）{n}号", "{p}({y}){n}号", "{p}【{y}】{n}号", "{p}﹝{y}﹞{n}号", "{p} 〔{y}〕 {n} 号",
        "{p}〔{y}〕第{n}号", "{p}〔{y}〕{n}", "{p}［{y}］{n}号", "{p}\u200b〔{y}〕{n}号", "{p}〔{y}年〕{n:03d}号",
    ):  # fmt: skip
        yield form.format(p=prefix, y=year, n=serial)


def spell_all(bars: Bars, cells: list[str], *, show: bool) -> None:
    """Twelve spellings of every different plain number give one key, and no two numbers the same."""
    numbers = {
        reading for cell in cells if (reading := independent(cell)) and reading[1] and "[" in fold(cell)
    }
    keys: dict[str, Reading] = {}
    torn = shared = 0
    for prefix, year, serial in sorted(n for n in numbers if not FRAGMENT.match(n[0])):
        found = {doc_number_key(text) for text in spellings(prefix, int(year or 0), serial)}
        torn += len(found) != 1
        shared += any(keys.setdefault(key, (prefix, year, serial)) != (prefix, year, serial) for key in found)
        if show and len(found) != 1:
            print(f"  {prefix} {year} {serial}: {sorted(found)}")
    bars.check(
        "12 spellings, one key", torn == 0, f"{len(numbers)} numbers, {torn} torn, {shared} shared", "0 torn"
    )


if __name__ == "__main__":
    sys.exit(main())
