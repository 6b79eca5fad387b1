"""XLSX: rows go to files aside as they come, cells are texts, days and flags and never formulas."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from pipelines.disk import RESERVE_BYTES, check_free, storage_error
from pipelines.policies import StoredPolicy
from portal.exports.rows import Column, Row, Rows, Value, cell_text
from portal.exports.writer import CHUNK

SHEET_ROWS = 1_048_576  # of a sheet of Excel 2007 and later, its heading included
CELL_UNITS = 32_767  # UTF-16 units of a cell
FIRST_YEAR = 1900  # Excel has no days before
PREFIX = ".zhengce-xlsx-"
OWN = re.compile(re.escape(PREFIX) + "[a-z0-9_]{8}")  # as tempfile names them
# A folder in which nothing was written for so long is of a process that was killed: a million rows take an hour.
LEFT_BEHIND_S = 24 * 3600
WIDTHS = {"title": 60, "text": 40, "issuers": 28, "doc_number": 22, "url": 30, "topics": 24}
WIDTH = 14
OPTIONS = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


class XlsxWriter:
    """The file is ready only when all of it is; until then it lies in an own folder below `aside`.

    What killed processes left there is removed first. `spare` bytes are left free on that disk. Raises DiskFull and StorageError.
    """

    def __init__(self, rows: Rows, aside: Path | None = None, spare: int = RESERVE_BYTES) -> None:
        self._rows = rows
        self._spare = spare
        below = aside or Path(tempfile.gettempdir())
        remove_left_behind(below)
        try:
            self._folder = tempfile.TemporaryDirectory(prefix=PREFIX, dir=below)
        except OSError as error:
            raise storage_error(error, below) from error
        self._path = Path(self._folder.name)
        self._file = self._path / "book.xlsx"
        self._book = xlsxwriter.Workbook(str(self._file), {**OPTIONS, "tmpdir": str(self._path)})
        self._book.use_zip64()
        self._bold = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._sheet: Any = None
        self._at = 0
        self._new_sheet()

    def write(self, piece: Sequence[StoredPolicy]) -> bytes:
        """Nothing is ready before the end."""
        check_free(self._path, self._spare)
        try:
            for one in piece:
                if self._at == SHEET_ROWS:
                    self._new_sheet()
                self._write_row(self._rows(one))
        except OSError as error:
            raise storage_error(error, self._path) from error
        return b""

    def finish(self) -> Iterator[bytes]:
        """The file; packing it takes about as long as writing its rows did."""
        try:
            self._end_sheet()
            self._book.close()
        except FileCreateError as error:
            raise storage_error(error.args[0], self._path) from error
        with self._file.open("rb") as packed:
            while piece := packed.read(CHUNK):
                yield piece

    def close(self) -> None:
        """Remove the folder with all that is in it."""
        self._folder.cleanup()

    def _new_sheet(self) -> None:
        """A sheet with the heading; every sheet has it."""
        if self._sheet is not None:
            self._end_sheet()
        number = len(self._book.worksheets()) + 1
        self._sheet = self._book.add_worksheet("政策" if number == 1 else f"政策{number}")
        self._sheet.freeze_panes(1, 2)
        for at, column in enumerate(self._rows.columns):
            self._sheet.set_column(at, at, WIDTHS.get(column.name, WIDTH))
        for at, column in enumerate(self._rows.columns):
            self._sheet.write_string(0, at, heading(column), self._bold)
        self._at = 1

    def _end_sheet(self) -> None:
        """Let the heading filter; the rows of a full sheet leave memory and its file is closed."""
        self._sheet.autofilter(0, 0, self._at - 1, len(self._rows.columns) - 1)

    def _write_row(self, row: Row) -> None:
        for at, value in enumerate(row):
            self._write_cell(at, value)
        self._at += 1

    def _write_cell(self, at: int, value: Value) -> None:
        if isinstance(value, bool):
            self._sheet.write_boolean(self._at, at, value)
        elif isinstance(value, date) and not isinstance(value, datetime) and value.year >= FIRST_YEAR:
            self._sheet.write_datetime(self._at, at, value, self._day)
        elif text := cell_text(value):
            self._sheet.write_string(self._at, at, cut(text))


def remove_left_behind(below: Path) -> None:
    """Remove the folders of killed processes; what cannot be removed stays for the next time."""
    oldest = time.time() - LEFT_BEHIND_S
    for folder in filter(lambda one: OWN.fullmatch(one.name), below.glob(f"{PREFIX}*")):
        try:
            own = folder.lstat().st_uid == os.getuid() and folder.is_dir() and not folder.is_symlink()
            if own and max(one.lstat().st_mtime for one in (folder, *folder.iterdir())) < oldest:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def heading(column: Column) -> str:
    """What stands above a column: its Chinese name and the stable one."""
    return f"{column.heading} {column.name}"


def cut(text: str) -> str:
    """A text that one cell holds; what is longer ends with a mark that says how long it is."""
    if len(text) <= CELL_UNITS // 2 or _units(text) <= CELL_UNITS:
        return text
    mark = f"……〔单元格放不下，原文共 {len(text)} 字〕"
    room = CELL_UNITS - _units(mark)
    kept = text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore")
    return kept + mark


def _units(text: str) -> int:
    """UTF-16 units, which is how Excel counts."""
    return len(text.encode("utf-16-le")) // 2
