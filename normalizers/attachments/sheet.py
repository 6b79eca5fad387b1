"""Spreadsheets (.xls, .xlsx, .xlsb, .ods) to text: a line a row, tabs between cells, a page a sheet."""

import datetime
import io
from collections.abc import Iterator
from typing import Any

from normalizers.attachments.file_text import (
    MAX_CHARS,
    PAGES_LEFT_OUT,
    PAGES_UNREADABLE,
    TEXT_CUT,
    FileText,
    ReadError,
    file_text,
)
from normalizers.attachments.open_document import is_encrypted
from normalizers.attachments.package import Package
from normalizers.failures import Failure

MAX_SHEETS = 200
# Excel allows 1,048,576; the longest real position list seen has 7,163.
MAX_ROWS = 200_000

_Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


def read_sheets(data: bytes, kind: str) -> FileText:
    """Text of the sheets shown in order, without empty rows and without the empty cells at the end of rows."""
    import python_calamine

    if kind != "xls":
        with Package(data) as package:
            if is_encrypted(package):
                raise ReadError(Failure.ATTACHMENT_ENCRYPTED, "表格需要密码才能打开")
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError as error:
        raise ReadError(Failure.ATTACHMENT_ENCRYPTED, "表格需要密码才能打开") from error
    pages, warnings, left = list[str](), list[str](), MAX_CHARS
    names, hidden = _shown(book)
    if hidden:
        warnings.append(f"sheets_hidden:{len(hidden)}")
    for name in names[:MAX_SHEETS]:
        try:
            sheet = book.get_sheet_by_name(name)
        except python_calamine.CalamineError:
            warnings.append(f"{PAGES_UNREADABLE}:{name}")
            continue
        rows, left = _lines(sheet.iter_rows(), left)
        pages.append("\n".join(rows))
    if len(names) > MAX_SHEETS:
        warnings.append(f"{PAGES_LEFT_OUT}:{len(names) - MAX_SHEETS}")
    if left <= 0:
        warnings.append(TEXT_CUT)
    if not pages:
        raise ReadError(Failure.ATTACHMENT_DAMAGED, "没有一张表可以读取")
    return file_text(kind, "python-calamine", pages, None, warnings)


def _shown(book: Any) -> tuple[list[str], list[str]]:
    """Names of the sheets that a reader of the file sees, and of those that only hold what lists offer."""
    import python_calamine

    visible = python_calamine.SheetVisibleEnum.Visible
    hidden = [sheet.name for sheet in book.sheets_metadata if sheet.visible != visible]
    shown = [name for name in book.sheet_names if name not in hidden]
    return (shown, hidden) if shown else (hidden, [])


def _lines(rows: Iterator[list[_Cell]], left: int) -> tuple[list[str], int]:
    """Lines of the rows that are not empty, and how many characters may still come."""
    lines = list[str]()
    for number, row in enumerate(rows):
        if left <= 0 or number >= MAX_ROWS:
            return lines, 0
        line = "\t".join(map(_as_text, row)).rstrip()
        if line:
            lines.append(line)
            left -= len(line)
    return lines, left


def _as_text(value: _Cell) -> str:
    """A cell as it reads: numbers of at most 15 digits (as Excel), dates in ISO form, no line ends."""
    if isinstance(value, str):
        return " ".join(value.split()) if "\n" in value or "\t" in value or "\r" in value else value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time.min:
        return value.date().isoformat()
    return str(value)
