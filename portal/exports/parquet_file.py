"""Parquet: typed columns, zstd, row groups of bounded size."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.policies import StoredPolicy
from portal.exports.rows import TEXT, Kind, Row, Rows, dictionaries, encodable
from portal.exports.writer import Sink

# A row group is what is held here, and what a reader takes at once. Short texts end it by rows, long ones by
# characters, of which 8 million are 24 MB in UTF-8.
GROUP_ROWS = 10_000
GROUP_CHARACTERS = 8_000_000
TYPES: dict[Kind, Callable[[], Any]] = {
    "text": pa.string,
    "texts": lambda: pa.list_(pa.string()),
    "day": pa.date32,
    "instant": lambda: pa.timestamp("us", tz="UTC"),
    "flag": pa.bool_,
}


class ParquetWriter:
    """Holds the rows of one group, then their bytes until they are taken."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._schema = pa.schema([pa.field(one.name, TYPES[one.kind]()) for one in rows.columns])
        self._sink = Sink()
        self._file = pq.ParquetWriter(
            self._sink,
            self._schema,
            compression="zstd",
            use_dictionary=list(dictionaries(rows.columns)),
            # The least and greatest text of a group helps nobody.
            write_statistics=[one.name for one in rows.columns if one.name != TEXT],
        )
        self._held: list[Row] = []
        self._characters = 0

    def write(self, piece: Sequence[StoredPolicy]) -> bytes:
        """The row groups that are full."""
        for one in piece:
            self._held.append(self._rows(one))
            self._characters += len(one.policy.text)
            if len(self._held) >= GROUP_ROWS or self._characters >= GROUP_CHARACTERS:
                self._write_group()
        return self._sink.taken()

    def finish(self) -> Iterator[bytes]:
        """The last group and the index at the end of the file."""
        if self._held:
            self._write_group()
        self._file.close()
        yield self._sink.taken()

    def close(self) -> None:
        """Let go of the buffers."""
        self._file.close()
        self._sink.taken()

    def _write_group(self) -> None:
        try:
            table = self._table(self._held)
        except UnicodeEncodeError:
            table = self._table([tuple(map(encodable, row)) for row in self._held])
        self._held, self._characters = [], 0
        self._file.write_table(table, row_group_size=GROUP_ROWS)

    def _table(self, rows: Sequence[Row]) -> Any:
        columns = [
            pa.array(values, field.type)
            for values, field in zip(zip(*rows, strict=True), self._schema, strict=True)
        ]
        return pa.Table.from_arrays(columns, schema=self._schema)
