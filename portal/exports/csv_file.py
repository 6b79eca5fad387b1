"""CSV for spreadsheets: UTF-8 with a mark at its head, every cell quoted, no cell a formula."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence

from pipelines.policies import StoredPolicy
from portal.exports.rows import Rows, cell_text

# What a spreadsheet may take for the beginning of a formula (OWASP, CSV Injection, 2025), full-width signs among
# it; blanks before it are no shelter. A text that begins with the guard itself is guarded too, so that one guard
# taken off gives every text back.
GUARD = "'"
FORMULA = frozenset("=+-@＝＋－＠\t\r\n" + GUARD)


class CsvWriter:
    """Lines end in CR LF as RFC 4180 has it; within cells they end in LF."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._held = io.StringIO(newline="")
        self._lines = csv.writer(self._held, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        self._head = codecs.BOM_UTF8
        self._lines.writerow([column.name for column in rows.columns])

    def write(self, piece: Sequence[StoredPolicy]) -> bytes:
        """The lines of these policies."""
        self._lines.writerows([guarded(cell_text(value)) for value in self._rows(one)] for one in piece)
        return self._taken()

    def finish(self) -> Iterator[bytes]:
        """The heading, where there was nothing else."""
        yield self._taken()

    def close(self) -> None:
        """Nothing is open."""

    def _taken(self) -> bytes:
        ready = self._head + self._held.getvalue().encode()
        self._head = b""
        self._held.seek(0)
        self._held.truncate()
        return ready


def guarded(text: str) -> str:
    """A cell that no spreadsheet computes; without the one guard at its head it is the text."""
    first = text[:1]
    if first.isspace():
        first = text.lstrip()[:1] or first
    return GUARD + text if first in FORMULA or text[:1] in FORMULA else text
