"""Corrections from a table: what a spreadsheet saves as CSV, or what is pasted from one into a text file."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from normalizers.correction_fields import LISTS
from normalizers.corrections import Correction
from normalizers.encoding import decode_page
from pipelines.correction_file import CorrectionFileError, Mistake, read_entries

# Headings that people write, and the key each of them is.
HEADINGS: dict[str, str] = {
    "页面": "page",
    "网址": "page",
    "编号": "page",
    "字段": "field",
    "值": "value",
    "更正为": "value",
    "理由": "reason",
    "更正人": "by",
    "日期": "date",
}
REQUIRED = ("page", "field", "value", "reason")
COLUMNS = (*REQUIRED, "by", "date")
# A cell that says that there is no value; an empty one was rather forgotten.
NOTHING = frozenset({"（无）", "(无)", "unknown"})
ITEMS = re.compile(r"[；;\n]")
# 2026-3-2 and 2026/3/2, as spreadsheets write days.
DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", re.ASCII)


def parse_sheet(data: bytes, label: str, fields: Mapping[str, str]) -> tuple[Correction, ...]:
    """The corrections of a table with a row of headings; `fields` maps Chinese names of fields to their own.

    Cells of lists are parted by ；. Raises CorrectionFileError with every mistake of every row.
    """
    text = decode_page(data)  # Chinese editions of Excel save GBK, "Unicode text" is UTF-16
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in head else ",")
    try:
        names = [HEADINGS.get(name.strip(), name.strip()) for name in next(reader, [])]
        wrong = [name for name in names if name not in COLUMNS]
        missing = [name for name in REQUIRED if name not in names]
        if wrong or missing or len(set(names)) < len(names):
            said = f"第一行应为表头：{'、'.join(REQUIRED)}，可加 by、date（中文：页面、字段、值、理由、更正人、日期）"
            raise CorrectionFileError([Mistake(label, "", said)])
        rows = [dict(zip(names, row, strict=False)) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise CorrectionFileError(
            [Mistake(label, "", f"第 {reader.line_num} 行不是 CSV（{error}）")]
        ) from error
    return read_entries(_entries(rows, fields), label)


def _entries(rows: list[dict[str, str]], fields: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Each row as an entry of the file has it."""
    for row in rows:
        cells = {name: cell.strip() for name, cell in row.items() if cell.strip()}
        entry: dict[str, Any] = dict(cells)
        if "field" in cells:
            entry["field"] = fields.get(cells["field"], cells["field"])
        if cells.get("value") in NOTHING:
            del entry["value"]
            entry["unknown"] = True
        elif "value" in cells and entry.get("field") in LISTS:
            entry["value"] = [item for item in ITEMS.split(cells["value"]) if item.strip()]
        if "date" in cells:
            entry["date"] = _day(cells["date"])
        yield entry


def _day(text: str) -> date | str:
    """The day of a cell; a text that is none stays, to be named as a mistake."""
    m = DAY.fullmatch(text)
    try:
        return date(int(m[1]), int(m[2]), int(m[3])) if m else text
    except ValueError:
        return text
