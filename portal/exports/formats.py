"""The formats by their names."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.disk import RESERVE_BYTES
from portal.exports.csv_file import CsvWriter
from portal.exports.jsonl_file import JsonlWriter
from portal.exports.rows import Rows
from portal.exports.writer import Writer
from portal.labels import Label

Format = Literal["csv", "xlsx", "jsonl", "parquet"]


@dataclass(frozen=True, slots=True)
class Form:
    """What a format is called, and as what it is sent."""

    label: str
    media_type: str


FORMATS: dict[Format, Form] = {
    "csv": Form("CSV", "text/csv; charset=utf-8"),
    "xlsx": Form("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "jsonl": Form("JSONL", "application/jsonl; charset=utf-8"),
    "parquet": Form("Parquet", "application/vnd.apache.parquet"),
}


def open_writer(
    format_name: Format, label: Label, text: bool, aside: Path | None = None, spare: int = RESERVE_BYTES
) -> Writer:
    """A writer of a format; what it must put aside lies below `aside`, where `spare` bytes are left free."""
    match format_name:
        case "csv":
            return CsvWriter(Rows(label, text))
        case "xlsx":
            from portal.exports.xlsx_file import XlsxWriter

            return XlsxWriter(Rows(label, text), aside, spare)
        case "jsonl":
            return JsonlWriter(text)
        case "parquet":
            # pyarrow costs every process that imports it 0.3 s of CPU and 60 MB.
            from portal.exports.parquet_file import ParquetWriter

            return ParquetWriter(Rows(label, text))
